/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/cpu-tile.h"

/* Measured with PoCL 3.1 on Zen 4 for AVX-512 (32 registers); by count of registers (16) for the others. */
static const NnCpuTile tiles[] = {
  { .vector = 16, .vectors = 2, .rows = 6, .max_rows = 8 },
  { .vector = 8, .vectors = 2, .rows = 6, .max_rows = 6 },
  { .vector = 4, .vectors = 2, .rows = 6, .max_rows = 6 },
};

void
nn_cpu_tile_for (const NnDeviceLimits *limits, guint columns, NnCpuTile *tile)
{
  guint i = 0;
  while (i + 1 < G_N_ELEMENTS (tiles) && tiles[i].vector > limits->float_vector)
    i++;
  /* Half a vector would be empty: take the shorter one. */
  while (i + 1 < G_N_ELEMENTS (tiles) && tiles[i].vector >= 2 * columns)
    i++;
  *tile = tiles[i];
  if (columns <= tile->vector)
    tile->vectors = 1;
  /* Three vectors by four rows take a load less for twelve products (a tenth faster with AVX2), unless the last panel is
   * half empty. */
  guint wide = 3 * tile->vector, empty = CEIL_DIV (columns, wide) * wide - columns;
  if (tile->vector <= 8 && columns > 2 * tile->vector && empty <= columns / 16) {
    tile->vectors = 3;
    tile->rows = tile->max_rows = 4;
  }
}
