/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/graph.h"

G_BEGIN_DECLS

/**
 * NnReceptiveField: the part of the picture that a unit of a layer sees; height first, then width
 * @size: in pixels; may be larger than the picture
 * @jump: how far apart in the picture two neighbours see
 * @start: the first pixel of the first unit; below 0 where it sees padding
 * @centre: of the first unit's field, in pixels from the edge of the picture
 * @units: how many there are side by side
 * @whole: each sees all of the picture (dense and recurrent layers, global pooling); @jump is 0
 */
typedef struct {
  guint size[2], jump[2];
  int start[2];
  double centre[2];
  guint units[2];
  gboolean whole;
} NnReceptiveField;

/**
 * nn_receptive_fields_new:
 *
 * Returns: (transfer full): the field of each node, in their order; node 0 is the picture. Araujo, Norris and Sim 2019,
 *   "Computing Receptive Fields of Convolutional Neural Networks". A node with several inputs sees what any of them sees.
 *   Where these step differently, that is exact for its middle unit only. Free with g_free()
 */
NnReceptiveField *nn_receptive_fields_new (const NnGraph *graph);

/** nn_receptive_field: of one node */
NnReceptiveField nn_receptive_field (const NnGraph *graph, guint node);

/** nn_receptive_field_get_span: @from, @to: (out): the pixels along dimension @d that @unit sees, @to not included;
 * they may lie outside the picture */
void nn_receptive_field_get_span (const NnReceptiveField *self, guint d, guint unit, int *from, int *to);

/** nn_receptive_field_get_middle: the same of the middle unit */
void nn_receptive_field_get_middle (const NnReceptiveField *self, guint d, int *from, int *to);

G_END_DECLS
