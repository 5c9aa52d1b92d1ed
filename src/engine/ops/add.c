/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Add: the sum of two tensors of one shape, as in residual blocks (He et al. 2016). */
#include "ops/registry.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
infer (NnNode *node, GError **error)
{
  const NnShape *a = &node->inputs[0]->shape, *b = &node->inputs[1]->shape;
  if (!nn_shape_equal (a, b)) {
    g_autofree char *text_a = nn_shape_to_string (a), *text_b = nn_shape_to_string (b);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("Its inputs must have one shape; they have %s and %s."), text_a, text_b);
    return FALSE;
  }
  node->shape = *a;
  return TRUE;
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "add", .options = "-D ADD", .dims = 1, .label = args->node->name };
  nn_commands_linear (args->ctx, args->y->size, launch.global, launch.local);
  return nn_commands_launch (args->commands, &launch,
                             NN_ARGS (NN_UINT (args->y->size), NN_TENSOR (args->x[0]), NN_TENSOR (args->x[1]),
                                      NN_TENSOR (args->y)), error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  for (guint i = 0; i < 2; i++)
    if (args->dx[i] && !nn_commands_copy (args->commands, args->dy->buffer, args->dx[i]->buffer,
                                          nn_tensor_get_bytes (args->dy), error))
      return FALSE;
  return TRUE;
}

static void
ref_forward (const NnRefArgs *args)
{
  gsize n = args->batch * nn_shape_size (&args->node->shape);
  for (gsize i = 0; i < n; i++)
    args->y[i] = args->x[0][i] + args->x[1][i];
}

static void
ref_backward (const NnRefArgs *args)
{
  gsize bytes = args->batch * nn_shape_size (&args->node->shape) * sizeof (double);
  memcpy (args->dx[0], args->dy, bytes);
  memcpy (args->dx[1], args->dy, bytes);
}

const NnOp nn_op_add = {
  .id = "add", .title = "Add", .n_inputs = 2, .infer = infer, .forward = forward, .backward = backward,
  .ref_forward = ref_forward, .ref_backward = ref_backward,
};
