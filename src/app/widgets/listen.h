/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * pcn_listen:
 * @on_motion: void (widget, double x, double y): the pointer is there
 * @on_leave: void (widget): it isn't over the widget any more
 * @on_key: gboolean (widget, guint key, guint code, GdkModifierType state): returns whether the key meant something
 *
 * What widgets whose parts are painted and pointed at have in common: they hear of the pointer and of keys, can have the
 * focus, paint themselves anew when they get or lose it, and have a tooltip.
 */
void pcn_listen (GtkWidget *widget, GCallback on_motion, GCallback on_leave, GCallback on_key);

G_END_DECLS
