/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

G_BEGIN_DECLS

/**
 * NnWeights:
 *
 * The weights of a model on a device, shared by all networks that run it there (the one that trains, the one that
 * evaluates, the one that classifies a drawing). All weights lie in one arena, those that learn and decay first, then the
 * others that learn, then the frozen ones, each at an offset that the device allows for sub-buffers; the gaps are zero and
 * stay zero. So an optimizer is one launch over the front of the arena.
 * Reference-counted; belongs to the context's thread.
 */
typedef struct _NnWeights NnWeights;

/** nn_weights_new: uploads @model's weights and states. @training: makes a second arena for their gradients */
NnWeights *nn_weights_new (NnContext *context, NnModel *model, gboolean training, GError **error);
NnWeights *nn_weights_ref (NnWeights *self);
void nn_weights_unref (NnWeights *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnWeights, nn_weights_unref)

NnContext *nn_weights_get_context (NnWeights *self);
NnGraph *nn_weights_get_graph (NnWeights *self);
/** nn_weights_get_param, nn_weights_get_grad, nn_weights_get_state: Returns: (transfer none): of a node of the graph; a
 * frozen one has no gradient */
NnTensor *nn_weights_get_param (NnWeights *self, guint node, guint index);
NnTensor *nn_weights_get_grad (NnWeights *self, guint node, guint index);
NnTensor *nn_weights_get_state (NnWeights *self, guint node, guint index);
/** nn_weights_get_arena, nn_weights_get_grad_arena: Returns: (transfer none): float32, all weights; the gradients of those
 * that learn */
NnTensor *nn_weights_get_arena (NnWeights *self);
NnTensor *nn_weights_get_grad_arena (NnWeights *self);
/** nn_weights_get_n_decayed: Returns: how many floats at the start of the arena weight decay applies to */
gsize nn_weights_get_n_decayed (NnWeights *self);

/** nn_weights_download: copies weights and states into @model, which has the same graph, but for those that it shares with
 * another model (nn_model_new_sharing()). Waits for the device */
gboolean nn_weights_download (NnWeights *self, NnModel *model, GError **error);

G_END_DECLS
