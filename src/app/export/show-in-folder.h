/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** pcn_show_in_folder: has the desktop's file manager show the folder of @path, with the file selected where
 * it can */
void pcn_show_in_folder (GtkWindow *parent, const char *path);

G_END_DECLS
