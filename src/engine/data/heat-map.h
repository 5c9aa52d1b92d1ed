/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Heat maps: a number for each pixel of a picture, and how they are shown. Any thread. */

/**
 * nn_heat_spread:
 * @grid: [@n_rows][@n_columns]
 * @rows, @columns: the pixels (rising, 0 for the middle of the first one) at which the rows and columns of the grid lie
 * @map: (out): [@height][@width]: the grid, bilinear between its places, and beyond the outermost as they are
 */
void nn_heat_spread (const float *grid, guint n_rows, const double *rows, guint n_columns, const double *columns,
                     guint height, guint width, float *map);

/**
 * nn_heat_colour:
 * @share: 0 to 1; others are taken for the nearest of these
 * @rgb: (out): from a dark violet over green to yellow; lightness only grows, so that people who don't tell red from
 *   green, and prints in grey, show the same order
 *
 * The map is viridis (Smith and van der Walt 2015, in matplotlib, CC0), linear between nine of its colours.
 */
void nn_heat_colour (double share, guint8 rgb[3]);

/** nn_heat_peak: Returns: the largest of @n numbers, at least 0; @index: (out) (optional): where it is first */
float nn_heat_peak (const float *map, gsize n, gsize *index);

/**
 * nn_heat_paint:
 * @pixels: uint8 [@height][@width][@channels], 1 or 3 channels
 * @map: [@height][@width]; colours go from 0, and less, to its largest number
 * @opacity: of the colours over the picture, 0 to 1
 * @rgb: (out): uint8 [@height][@width][3]
 */
void nn_heat_paint (const guint8 *pixels, guint height, guint width, guint channels, const float *map, double opacity,
                    guint8 *rgb);

/**
 * nn_heat_save_png: writes what nn_heat_paint() gives, small pictures enlarged by a whole factor
 *
 * Errors: those of writing the file, which is whole or not there; NN_ERROR_UNSUPPORTED where no PNG can be made
 */
gboolean nn_heat_save_png (const char *path, const guint8 *pixels, guint height, guint width, guint channels,
                           const float *map, double opacity, GError **error);

G_END_DECLS
