/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** PcnNameFunc: @name: what was typed, without spaces around it; not empty */
typedef void (*PcnNameFunc) (PcnSession *session, const char *name, gpointer data);

/**
 * pcn_ask_class_name:
 * @widget: whose window the dialog belongs to
 * @class_index: the class that gets another name, or -1 for a new class
 * @func: called once, unless the user thinks better of it
 * @destroy: frees @data
 *
 * Asks for the name of a class, and says where it would be merged with another.
 */
void pcn_ask_class_name (GtkWidget *widget, PcnSession *session, int class_index, PcnNameFunc func, gpointer data,
                         GDestroyNotify destroy);

G_END_DECLS
