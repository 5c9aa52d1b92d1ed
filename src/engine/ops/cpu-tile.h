/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/context.h"

G_BEGIN_DECLS

#ifndef CEIL_DIV
#define CEIL_DIV(a, b) (((a) + (b) - 1) / (b))
#endif

/**
 * NnCpuTile: the register tile of the CPU kernels
 * @vector: floats of a vector
 * @vectors: vectors side by side, so that a tile is @vector times @vectors columns wide
 * @rows: rows of a tile; rows × vectors accumulators, a line of the right factor and a broadcast of the left one have
 *   to fit the registers
 * @max_rows: the most rows that still do
 */
typedef struct {
  guint vector;
  guint vectors;
  guint rows;
  guint max_rows;
} NnCpuTile;

/** nn_cpu_tile_for: @columns: how many columns the result has; a narrow one takes a narrow tile */
void nn_cpu_tile_for (const NnDeviceLimits *limits, guint columns, NnCpuTile *tile);

G_END_DECLS
