/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnSwatch:
 *
 * A dot in the colour of a class. Decoration: the class's name stands beside it.
 *
 * Property "class-index": which class; -1: hidden.
 */
#define PCN_TYPE_SWATCH (pcn_swatch_get_type ())
G_DECLARE_FINAL_TYPE (PcnSwatch, pcn_swatch, PCN, SWATCH, GtkWidget)

G_END_DECLS
