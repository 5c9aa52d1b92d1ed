/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/graph.h"

G_BEGIN_DECLS

/**
 * NnPlanItem: a tensor's place
 * @bytes: its size; 0 where there is no such tensor
 * @first, @last: the moments between which it must keep its contents
 * @slot: the buffer it lies in
 */
typedef struct {
  gsize bytes;
  guint first, last;
  guint slot;
} NnPlanItem;

/** NnNodePlan: the tensors of a node */
typedef struct {
  NnPlanItem y, dy;
  NnPlanItem aux[NN_MAX_AUX];
  guint n_consumers;
  gboolean needs_gradient; /* it, or something before it, has weights that learn, or is the plan's target */
  gboolean shares_input;   /* y is its input's memory (flatten) */
  gboolean shares_gradient;
  gboolean pools_next; /* the next node is a pooling that it can do itself: NnOp.forward_pooled */
} NnNodePlan;

/**
 * NnPlan:
 *
 * Which tensors of a pass share memory. Node i of N runs forward at moment i and backward at moment 2N - i; the loss is at
 * moment N. In training an output lives until its own and its consumers' backward have read it. Tensors whose lives
 * don't overlap get one slot; the slot that fits best is taken (a greedy colouring of the interval graph).
 *
 * A plan may be of a part of the graph: the output of node @first is filled by the caller, that of @last is the result, and
 * nodes outside have no tensors.
 *
 * @target: 0, or the node back to whose output gradients run, whether or not anything learns
 */
typedef struct {
  guint n_nodes;
  guint first, last;
  guint target;
  NnNodePlan *nodes;
  GArray *slots; /* gsize: bytes of each */
} NnPlan;

NnPlan *nn_plan_new (const NnGraph *graph, guint batch, gboolean training);
/** nn_plan_new_part: of the nodes behind @first up to @last, which take nothing from before @first */
NnPlan *nn_plan_new_part (const NnGraph *graph, guint batch, gboolean training, guint first, guint last);
/** nn_plan_find_cut: Returns: the last node up to which nothing learns, and from before which nothing behind it takes
 * anything: what it gives can be kept instead of being computed in each step. 0 where no layer with weights is frozen */
guint nn_plan_find_cut (const NnGraph *graph);
/** nn_plan_new_kept: of a forward pass after which every output is still there */
NnPlan *nn_plan_new_kept (const NnGraph *graph, guint batch);
/** nn_plan_new_back_to: of a pass forward and back to the output of node @target; that output and its gradient are still
 * there afterwards. Where the logits don't depend on it, they aren't given a place (see needs_gradient) */
NnPlan *nn_plan_new_back_to (const NnGraph *graph, guint batch, guint target);
void nn_plan_free (NnPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnPlan, nn_plan_free)
guint64 nn_plan_get_bytes (const NnPlan *self);

G_END_DECLS
