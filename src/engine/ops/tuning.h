/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/context.h"

G_BEGIN_DECLS

/* The parameters of kernels by device family, and the choice between the ways to do a piece of work. Operators ask here;
 * what they are told first is a rule of the family and the shape, what a tuning run may try comes after it. */

#ifndef CEIL_DIV
#define CEIL_DIV(a, b) (((a) + (b) - 1) / (b))
#endif

/** NN_MAX_WAYS: how many ways there are at most for one piece of work: the rule's, and few that are worth a try */
#define NN_MAX_WAYS 6

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

/**
 * NnGpuTile: the tile of the GPU kernels, through local memory
 * @group: a work-group has @group × @group items
 * @item: an item has @item × @item results, so that a tile is @group times @item wide and high
 * @depth: products of a result between two barriers
 */
typedef struct {
  guint group;
  guint item;
  guint depth;
} NnGpuTile;

/** nn_cpu_tile_for: @tile: (out): what the family's rule says for a result of @columns; a narrow one takes a narrow tile */
void nn_cpu_tile_for (NnContext *context, guint columns, NnCpuTile *tile);
/** nn_cpu_tile_list: @tiles: (out): that one, and after it others that suit @columns. Returns: how many, at least 1 */
guint nn_cpu_tile_list (NnContext *context, guint columns, NnCpuTile tiles[NN_MAX_WAYS]);
/** nn_cpu_tile_width: Returns: columns of a tile */
guint nn_cpu_tile_width (const NnCpuTile *tile);
/** nn_cpu_dot_side: Returns: how many rows, and columns, of sums over vectors fit the registers */
guint nn_cpu_dot_side (NnContext *context);

/** nn_gpu_tile_list: @tiles: (out): those that the device's work-groups and local memory allow, the rule's first. Returns:
 * how many; 0 where none does, as on a CPU */
guint nn_gpu_tile_list (NnContext *context, NnGpuTile tiles[NN_MAX_WAYS]);
/** nn_gpu_tile_width: Returns: columns, and rows, of a tile */
guint nn_gpu_tile_width (const NnGpuTile *tile);

/**
 * NnWays: the ways to do a piece of work, by name
 * @n: how many there are so far
 */
typedef struct {
  char names[NN_MAX_WAYS][NN_CHOICE_NAME];
  guint n;
} NnWays;

/** nn_ways_add: adds "@kind 6x2x8". Returns: FALSE where there are NN_MAX_WAYS already */
gboolean nn_ways_add_cpu (NnWays *self, const char *kind, const NnCpuTile *tile);
gboolean nn_ways_add_gpu (NnWays *self, const char *kind, const NnGpuTile *tile);
gboolean nn_ways_add (NnWays *self, const char *name);

/** nn_ways_choose: @key: operator, shape and pass. Returns: the index of the way to take: 0 unless something else was
 * tuned (see NnChoices) */
guint nn_ways_choose (const NnWays *self, NnContext *context, const char *key);

G_END_DECLS
