/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PcnFeatureStyle:
 * @PCN_FEATURE_ACTIVATION: how strongly a channel answers; from 0 (dark) to the greatest of all tiles (light)
 * @PCN_FEATURE_FILTER: weights; around 0 (grey) to the greatest size of all tiles, or as a coloured picture
 */
typedef enum {
  PCN_FEATURE_ACTIVATION,
  PCN_FEATURE_FILTER,
} PcnFeatureStyle;

/**
 * PcnFeatureGrid:
 * @scale: pixels for each value, at least 1
 * @tile_width, @tile_height: of a tile in pixels, without the gap after it
 *
 * Where tiles are, row by row.
 */
typedef struct {
  guint n, columns, rows;
  guint scale, gap;
  guint tile_width, tile_height;
} PcnFeatureGrid;

/**
 * pcn_feature_grid_fit:
 * @n, @h, @w: how many tiles, and their values
 * @width: pixels across
 * @tile: pixels that a tile should have across, roughly; tiles of fewer values are enlarged by a whole number
 *
 * Returns: as many columns as fit
 */
PcnFeatureGrid pcn_feature_grid_fit (guint n, guint h, guint w, guint width, guint tile, guint gap);

/** pcn_feature_grid_size: Returns: pixels that the grid takes; @width, @height: (out) */
void pcn_feature_grid_size (const PcnFeatureGrid *self, guint *width, guint *height);

/** pcn_feature_grid_hit: Returns: the tile at a pixel, or -1 */
int pcn_feature_grid_hit (const PcnFeatureGrid *self, double x, double y);

/**
 * pcn_feature_grid_paint:
 * @values: [n][h][w] or [n][h][w][3]
 * @pixels: (out): [height][width], 0 (transparent) between tiles; opaque ones as 0xffRRGGBB
 *
 * Writes all tiles in one picture of the size pcn_feature_grid_size() tells.
 */
void pcn_feature_grid_paint (const PcnFeatureGrid *self, const float *values, guint h, guint w,
                             guint channels, PcnFeatureStyle style, guint32 *pixels);

/** pcn_feature_range: range of finite values; 0 to 0 when there are none */
void pcn_feature_range (const float *values, gsize n, float *low, float *high);

/** pcn_feature_words: Returns: (transfer full): a tile in words: its number and range */
char *pcn_feature_words (const float *values, guint h, guint w, guint channels, guint index);

G_END_DECLS
