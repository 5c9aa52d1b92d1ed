/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * pcn_class_palette:
 * @class_index: any number
 * @dark: whether it is seen on a dark background
 * @rgb: (out): red, green and blue, 0 to 1
 *
 * The colour of a class. Without a display; widgets ask pcn_class_colour().
 */
void pcn_class_palette (guint class_index, gboolean dark, float rgb[3]);

G_END_DECLS
