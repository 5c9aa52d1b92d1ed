/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "net/network.h"

G_BEGIN_DECLS

/* What goes on inside a network: the activations of its layers for a picture, and the filters that look at
 * the picture itself. */

/** NN_INSPECTION_FILTERS: instead of a node: the weights of nn_inspection_find_filters() */
#define NN_INSPECTION_FILTERS G_MAXUINT

/**
 * NnInspector: runs a network for one picture, and keeps all that is between. Belongs to the context's
 * thread.
 */
typedef struct _NnInspector NnInspector;

NnInspector *nn_inspector_new (NnContext *context, NnModel *model, GError **error);
/** nn_inspector_new_shared: with weights that are on the device already, and may be in training */
NnInspector *nn_inspector_new_shared (NnWeights *weights, const NnPreprocess *preprocess, GError **error);
void nn_inspector_free (NnInspector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnInspector, nn_inspector_free)

/** nn_inspector_run: @pixels: one picture, uint8 of the network's input shape */
gboolean nn_inspector_run (NnInspector *self, const guint8 *pixels, GError **error);
/**
 * nn_inspector_read:
 * @node: of the graph, or NN_INSPECTION_FILTERS
 * @values: (out): what the latest run gave in the node's shape; of filters, their weights in the shape of the
 * parameter
 */
gboolean nn_inspector_read (NnInspector *self, guint node, float *values, GError **error);

/**
 * nn_inspection_find_filters:
 *
 * Returns: the node whose filters look at the picture itself: a convolution on the input, or what a dense
 * layer weighs its pixels with; 0 where there is none
 */
guint nn_inspection_find_filters (const NnGraph *graph);
/** nn_inspection_is_worth_showing: Returns: FALSE for nodes that give nothing new: the input, flatten,
 * dropout */
gboolean nn_inspection_is_worth_showing (const NnNode *node);

/**
 * NnMaps: values as pictures
 * @n: how many; 1 for layers without place, whose values then stand in one row (of a sequence: a row a step)
 * @channels: of a picture: 1, or 3 for filters of a picture in colour
 */
typedef struct {
  guint n, height, width, channels;
} NnMaps;

/** nn_inspection_get_maps: Returns: how many values nn_inspector_read() gives for @node. @maps: (out) */
gsize nn_inspection_get_maps (const NnGraph *graph, guint node, NnMaps *maps);
/**
 * nn_inspection_arrange:
 * @values: as nn_inspector_read() gives them
 * @pictures: (out): [n][height][width][channels]
 */
void nn_inspection_arrange (const NnGraph *graph, guint node, const float *values, float *pictures);

G_END_DECLS
