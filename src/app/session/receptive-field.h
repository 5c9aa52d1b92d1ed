/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/graph.h"

G_BEGIN_DECLS

/**
 * PcnReceptiveField: the part of the picture that one unit of a layer sees
 * @height, @width: in pixels; may be larger than the picture
 * @step_y, @step_x: how far apart in the picture two neighbours see
 * @whole: it sees all of it (dense and recurrent layers, global pooling)
 */
typedef struct {
  guint height, width, step_y, step_x;
  gboolean whole;
} PcnReceptiveField;

/** pcn_receptive_field: @node: index in the graph; 0 is the picture. Araujo, Norris and Sim 2019 */
PcnReceptiveField pcn_receptive_field (const NnGraph *graph, guint node);

G_END_DECLS
