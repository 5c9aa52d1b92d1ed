/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shift: y = x + b, a number for each of the features. What is pretrained gives features that are all positive; a classifier
 * learns many times faster on what is left when their mean is taken away. */
#include "ops/column-sum.h"
#include "ops/registry.h"

#include "base/error.h"

#include <glib/gi18n.h>

static gboolean
infer (NnNode *node, GError **error)
{
  const NnShape *x = &node->inputs[0]->shape;
  if (x->rank != 1) {
    g_autofree char *text = nn_shape_to_string (x);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("It takes a list of numbers and is given %s; put “flatten” or “global_avg_pool” before it."), text);
    return FALSE;
  }
  node->shape = *x;
  nn_node_add_param (node, "bias", *x, NN_INIT_ZERO, x->dims[0], x->dims[0], FALSE);
  return TRUE;
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "shift", .options = "-D SHIFT", .dims = 1,
                      .label = args->node->name };
  nn_commands_linear (args->ctx, args->y->size, launch.global, launch.local);
  return nn_commands_launch (args->commands, &launch,
                             NN_ARGS (NN_UINT (args->y->size), NN_UINT (args->node->shape.dims[0]),
                                      NN_TENSOR (args->x[0]), NN_TENSOR (args->param[0]), NN_TENSOR (args->y)),
                             error);
}

static gboolean
bias_backward (NnOpArgs *args, GError **error)
{
  NnColumnSum sum = { .rows = args->batch, .columns = args->node->shape.dims[0], .x = args->dy, .out = args->grad[0] };
  gsize scratch = nn_column_sum_scratch (args->ctx, sum.rows, sum.columns);
  if (scratch > 0 && (sum.scratch = nn_op_scratch (args, scratch, error)) == NULL)
    return FALSE;
  return nn_column_sum_record (args, &sum, error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  return (args->grad[0] == NULL || bias_backward (args, error))
         && (args->dx[0] == NULL
             || nn_commands_copy (args->commands, args->dy->buffer, args->dx[0]->buffer, nn_tensor_get_bytes (args->dy),
                                  error));
}

static void
ref_forward (const NnRefArgs *args)
{
  gsize n = nn_shape_size (&args->node->shape);
  for (gsize i = 0; i < args->batch * n; i++)
    args->y[i] = args->x[0][i] + args->param[0][i % n];
}

static void
ref_backward (const NnRefArgs *args)
{
  gsize n = nn_shape_size (&args->node->shape);
  for (gsize i = 0; i < n; i++)
    args->grad[0][i] = 0;
  for (gsize i = 0; i < args->batch * n; i++) {
    args->grad[0][i % n] += args->dy[i];
    if (args->dx[0] != NULL)
      args->dx[0][i] = args->dy[i];
  }
}

const NnOp nn_op_shift = {
  .id = "shift", .title = "Shift", .n_inputs = 1, .infer = infer, .forward = forward, .backward = backward,
  .ref_forward = ref_forward, .ref_backward = ref_backward,
};
