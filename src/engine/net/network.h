/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/weights.h"

G_BEGIN_DECLS

/**
 * NnNetwork:
 *
 * A graph compiled for a device and a batch size: every tensor has its place, every launch is recorded. Forward runs from
 * the input tensor to the logits; a network for training also runs back from the gradient of the logits to the gradients
 * of all weights.
 *
 * Memory is planned by lifetimes (nn_plan_new): tensors that are never needed at the same time share a buffer.
 */
typedef struct _NnNetwork NnNetwork;

NnNetwork *nn_network_new (NnWeights *weights, guint batch, gboolean training, GError **error);
/** nn_network_new_constant: for classification, with weights that are on the device and stay as they are: what follows from
 * them alone is computed once, while forward is recorded */
NnNetwork *nn_network_new_constant (NnWeights *weights, guint batch, GError **error);
/** nn_network_new_constant_part: the same of a part */
NnNetwork *nn_network_new_constant_part (NnWeights *weights, guint batch, guint first, guint last, GError **error);
/** nn_network_new_part: of the nodes behind @first up to @last (see nn_plan_new_part()): the input is then what node @first
 * gives, and the logits are what node @last gives */
NnNetwork *nn_network_new_part (NnWeights *weights, guint batch, gboolean training, guint first, guint last,
                                GError **error);
/** nn_network_new_kept: for looking inside: after a forward pass the output of each node can be read */
NnNetwork *nn_network_new_kept (NnWeights *weights, guint batch, GError **error);
/** nn_network_new_back_to: for gradients of the logits as the network classifies (running statistics, no dropout) by what
 * node @target gives; weights get none. After a forward and a backward pass nn_network_get_output() and
 * nn_network_get_output_grad() of @target can be read. NN_ERROR_BAD_INPUT where the logits don't depend on it */
NnNetwork *nn_network_new_back_to (NnWeights *weights, guint batch, guint target, GError **error);
void nn_network_free (NnNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnNetwork, nn_network_free)

guint nn_network_get_batch (NnNetwork *self);
/** nn_network_get_input: Returns: (transfer none): float32 [batch][h][w][c], preprocessed; of a part: [batch][shape] */
NnTensor *nn_network_get_input (NnNetwork *self);
/** nn_network_get_output: Returns: (transfer none): float32 [batch][shape] of a node; only of a network that keeps it */
NnTensor *nn_network_get_output (NnNetwork *self, guint node);
/** nn_network_get_output_grad: Returns: (transfer none): its gradient, of the target of nn_network_new_back_to() */
NnTensor *nn_network_get_output_grad (NnNetwork *self, guint node);
/** nn_network_get_logits, nn_network_get_logits_grad: Returns: (transfer none): float32 [batch][classes] */
NnTensor *nn_network_get_logits (NnNetwork *self);
NnTensor *nn_network_get_logits_grad (NnNetwork *self);
/** nn_network_get_step: Returns: (transfer none): uint32[4]: [0] steps done, [1] seed, [2] step within the epoch */
NnTensor *nn_network_get_step (NnNetwork *self);

/** nn_network_record_forward, nn_network_record_backward: append the launches of a pass to @commands */
gboolean nn_network_record_forward (NnNetwork *self, NnCommands *commands, GError **error);
gboolean nn_network_record_backward (NnNetwork *self, NnCommands *commands, GError **error);

/** nn_network_plan_bytes: Returns: bytes of device memory that activations and their gradients take, before anything is
 * allocated. Weights, gradients and optimizer state come on top */
guint64 nn_network_plan_bytes (const NnGraph *graph, guint batch, gboolean training);

/** nn_network_limit_batch: Returns: @batch, or less of it where so many pictures at once would take a large network more
 * than a quarter of a gibibyte for nothing: the processor's caches end long before */
guint nn_network_limit_batch (const NnGraph *graph, guint batch);

G_END_DECLS
