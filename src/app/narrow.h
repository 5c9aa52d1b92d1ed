/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * pcn_narrow_follow:
 *
 * On a narrow window the device in the header bar is an icon, and @extra, which the menu has too, is hidden:
 * what is left is enough for the title. By the width of @window alone: what fits would depend on itself.
 */
void pcn_narrow_follow (GtkWindow *window, GtkDropDown *devices, GtkWidget *extra);

G_END_DECLS
