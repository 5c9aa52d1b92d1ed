/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/graph.h"

G_BEGIN_DECLS

/** NN_MAX_CHANNELS: of an input picture */
#define NN_MAX_CHANNELS 4

/**
 * NnPreprocess: from stored pixels to the network's input: x = (p / 255 - mean[c]) / deviation[c]
 * @fit: how a picture of another shape is brought to the input's size: "cover" (scale the shorter side, cut the
 *   middle), "contain" (scale the longer side, pad), "stretch", "centre" (the middle 7/8 of "cover"); or "digit" for drawn strokes (20×20 box, centred by mass)
 */
typedef struct {
  float mean[NN_MAX_CHANNELS];
  float deviation[NN_MAX_CHANNELS];
  char fit[16];
} NnPreprocess;

/**
 * NnModel:
 *
 * A graph with its weights, the names of the classes, the preprocessing and provenance: what is saved, opened, and
 * loaded onto a device. Lies in host memory. Reference-counted (atomically). Treat it as immutable once another thread
 * has seen it: trainers give out new ones.
 */
typedef struct _NnModel NnModel;

/** nn_model_new: weights are undefined until nn_model_init_weights() or they are filled by hand.
 * @classes: (nullable): as many names as the graph has classes; NULL for "0", "1", … */
NnModel *nn_model_new (NnGraph *graph, const char *const *classes);
/** nn_model_new_copy: @graph: its nodes have the weights of those of @self, as the same graph, or one of
 * nn_graph_new_unfrozen(). Everything else is copied */
NnModel *nn_model_new_copy (NnModel *self, NnGraph *graph);
/** nn_model_new_sharing: Returns: (transfer full): a model of the same graph that has the arrays of frozen layers in common
 * with @self, which lives at least as long; the other weights are undefined. Everything else is copied */
NnModel *nn_model_new_sharing (NnModel *self);
/** nn_model_shares: Returns: whether the weights of that node are those of the model that @self was made from */
gboolean nn_model_shares (NnModel *self, guint node);
NnModel *nn_model_ref (NnModel *self);
void nn_model_unref (NnModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnModel, nn_model_unref)

/** nn_model_init_weights: as each parameter's NnInit says, from @seed; states get their values */
void nn_model_init_weights (NnModel *self, guint64 seed);

NnGraph *nn_model_get_graph (NnModel *self);
const char *const *nn_model_get_classes (NnModel *self);
NnPreprocess *nn_model_get_preprocess (NnModel *self);
/** nn_model_get_param, nn_model_get_state: Returns: (transfer none): the floats of weight @index of node @node */
float *nn_model_get_param (NnModel *self, guint node, guint index);
float *nn_model_get_state (NnModel *self, guint node, guint index);
/** nn_model_get_metadata, nn_model_set_metadata: provenance, such as "epochs", "val_accuracy", "device".
 * @value: (nullable): NULL takes it away */
const char *nn_model_get_metadata (NnModel *self, const char *key);
void nn_model_set_metadata (NnModel *self, const char *key, const char *value);
/** nn_model_get_metadata_keys: Returns: (transfer container): NULL-terminated, sorted */
const char **nn_model_get_metadata_keys (NnModel *self);
/** nn_model_is_finite: Returns: FALSE when a weight is not a number or infinite */
gboolean nn_model_is_finite (NnModel *self);

/** nn_model_ref_run: the whole network by the C reference, in double. @x: preprocessed input [batch][h][w][c];
 * @logits: [batch][classes]. Slow; for tests and for checking exports */
void nn_model_ref_run (NnModel *self, guint batch, const float *x, double *logits);

/** nn_model_ref_run_node: the same up to the node @node. Returns: (transfer full): its output, [batch][shape] */
double *nn_model_ref_run_node (NnModel *self, guint node, guint batch, const float *x);

G_END_DECLS
