/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dropout (Srivastava et al. 2014), inverted: in training a value is zero with probability "rate", else divided by
 * 1 - rate; otherwise it passes unchanged. The mask is a function of seed, step and place, so it is never stored. */
#include "base/random.h"
#include "ops/registry.h"

#include <string.h>

enum { ATTR_RATE };

static const NnAttrSpec attrs[] = {
  { "rate", NN_ATTR_FLOAT, 0.5, 0.0, 0.95, NULL },
  { 0 },
};

static gboolean
infer (NnNode *node, GError **error)
{
  node->shape = node->inputs[0]->shape;
  return TRUE;
}

static gboolean
record (NnOpArgs *args, NnTensor *source, NnTensor *target, GError **error)
{
  if (!args->training || args->settled)
    return nn_commands_copy (args->commands, source->buffer, target->buffer, nn_tensor_get_bytes (target), error);
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "dropout", .options = "-D DROPOUT", .dims = 1,
                      .label = args->node->name };
  nn_commands_linear (args->ctx, target->size, launch.global, launch.local);
  return nn_commands_launch (args->commands, &launch,
                             NN_ARGS (NN_UINT (target->size), NN_TENSOR (source), NN_TENSOR (target),
                                      NN_TENSOR (args->step), NN_UINT (args->node->index),
                                      NN_FLOAT (args->node->attrs[ATTR_RATE].f)), error);
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  return record (args, args->x[0], args->y, error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  return args->dx[0] == NULL || record (args, args->dy, args->dx[0], error);
}

static void
ref_apply (const NnRefArgs *args, const double *source, double *target)
{
  gsize n = args->batch * nn_shape_size (&args->node->shape);
  float rate = (float) args->node->attrs[ATTR_RATE].f;
  for (gsize i = 0; i < n; i++) {
    guint32 word = nn_random_word (args->step[1] + args->node->index, args->step[0], (guint32) i);
    gboolean kept = !args->training || (float) (word >> 8) * 0x1p-24f >= rate;
    target[i] = kept ? source[i] / (args->training ? 1 - (double) rate : 1) : 0;
  }
}

static void
ref_forward (const NnRefArgs *args)
{
  ref_apply (args, args->x[0], args->y);
}

static void
ref_backward (const NnRefArgs *args)
{
  ref_apply (args, args->dy, args->dx[0]);
}

const NnOp nn_op_dropout = {
  .id = "dropout", .title = "Dropout", .n_inputs = 1, .attrs = attrs, .infer = infer, .forward = forward,
  .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};
