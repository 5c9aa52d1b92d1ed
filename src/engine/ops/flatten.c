/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flatten: the same numbers in the same order, as one dimension. */
#include "ops/registry.h"

#include <string.h>

static gboolean
infer (NnNode *node, GError **error)
{
  node->shape = NN_SHAPE ((guint) nn_shape_size (&node->inputs[0]->shape));
  return TRUE;
}

/* A tensor that shares its memory with the input needs no copy. */
static gboolean
forward (NnOpArgs *args, GError **error)
{
  return args->y->buffer == args->x[0]->buffer ||
         nn_commands_copy (args->commands, args->x[0]->buffer, args->y->buffer, nn_tensor_get_bytes (args->y), error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  return args->dx[0] == NULL || args->dx[0]->buffer == args->dy->buffer ||
         nn_commands_copy (args->commands, args->dy->buffer, args->dx[0]->buffer, nn_tensor_get_bytes (args->dy), error);
}

static void
ref_forward (const NnRefArgs *args)
{
  memcpy (args->y, args->x[0], args->batch * nn_shape_size (&args->node->shape) * sizeof (double));
}

static void
ref_backward (const NnRefArgs *args)
{
  memcpy (args->dx[0], args->dy, args->batch * nn_shape_size (&args->node->shape) * sizeof (double));
}

const NnOp nn_op_flatten = {
  .id = "flatten", .title = "Flatten", .n_inputs = 1, .infer = infer, .forward = forward, .backward = backward,
  .ref_forward = ref_forward, .ref_backward = ref_backward,
};
