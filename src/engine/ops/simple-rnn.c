/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simple recurrent network (Elman 1990): h' = f (x W + h U + b), f the hyperbolic tangent or a ReLU. */
#include "ops/activation.h"
#include "ops/recurrent.h"
#include "ops/registry.h"

static const char *const activations[] = { "tanh", "relu", NULL };

static const NnAttrSpec attrs[] = {
  NN_RECURRENT_ATTRS,
  { "activation", NN_ATTR_CHOICE, 0, 0, 1, activations },
  { 0 },
};

static gboolean
infer (NnNode *node, GError **error)
{
  return nn_recurrent_infer (node, NN_CELL_SIMPLE, error);
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  return nn_recurrent_forward (args, NN_CELL_SIMPLE, error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  return nn_recurrent_backward (args, NN_CELL_SIMPLE, error);
}

static NnActivation
activation_of (const NnNode *node)
{
  return node->attrs[NN_RECURRENT_ACTIVATION].i[0] == 0 ? NN_ACTIVATION_TANH : NN_ACTIVATION_RELU;
}

static void
cell_forward (const NnRefCell *cell)
{
  for (guint i = 0; i < cell->sequence->units; i++)
    cell->h_out[i] = nn_activation_ref (activation_of (cell->node), cell->a[i] + cell->r[i]);
}

static void
cell_backward (const NnRefCell *cell, NnRefCellGrad *grad)
{
  for (guint i = 0; i < cell->sequence->units; i++) {
    grad->da[i] = grad->dh[i] * nn_activation_ref_grad (activation_of (cell->node), cell->h_out[i]);
    grad->dr[i] = grad->da[i];
    grad->dh_before[i] = 0;
  }
}

static void
ref_forward (const NnRefArgs *args)
{
  nn_recurrent_ref_forward (args, NN_CELL_SIMPLE, cell_forward);
}

static void
ref_backward (const NnRefArgs *args)
{
  nn_recurrent_ref_backward (args, NN_CELL_SIMPLE, cell_forward, cell_backward);
}

const NnOp nn_op_rnn = {
  .id = "rnn", .title = "Simple recurrent", .n_inputs = 1, .attrs = attrs, .infer = infer, .forward = forward,
  .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};
