/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dense layer: y = f (x·W + b), the input taken flat. Weights [in][out].
 * Backward, with dz = dy·f'(y): dW = xᵀ·dz, db = Σ over the batch of dz, dx = dz·Wᵀ. */
#include "ops/column-sum.h"
#include "ops/gemm.h"
#include "ops/registry.h"

#include "base/error.h"

#include <glib/gi18n.h>

enum {
  ATTR_UNITS,
  ATTR_ACTIVATION,
  ATTR_BIAS,
};

static const NnAttrSpec attrs[] = {
  { "units", NN_ATTR_UNITS, 128, 1, 65536, NULL },
  { "activation", NN_ATTR_CHOICE, NN_ACTIVATION_NONE, NN_ACTIVATION_NONE, NN_ACTIVATION_RELU6, nn_activation_names },
  { "bias", NN_ATTR_BOOL, 1, 0, 1, NULL },
  { 0 },
};

static NnActivation
activation (const NnNode *node)
{
  return (NnActivation) node->attrs[ATTR_ACTIVATION].i[0];
}

static gboolean
infer (NnNode *node, GError **error)
{
  gsize in = nn_shape_size (&node->inputs[0]->shape), weights;
  guint units = (guint) node->attrs[ATTR_UNITS].i[0];
  if (!g_size_checked_mul (&weights, in, units) || weights > G_MAXINT32) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("A dense layer of %u units on %zu inputs is too large; put pooling before it."), units,
                 in);
    return FALSE;
  }
  gboolean rectifier = nn_activation_is_rectifier (activation (node));
  node->shape = NN_SHAPE (units);
  node->flops = 2 * (guint64) weights;
  nn_node_add_param (node, "weight", NN_SHAPE ((guint) in, units), rectifier ? NN_INIT_HE : NN_INIT_GLOROT, (guint) in,
                     units, TRUE);
  if (node->attrs[ATTR_BIAS].i[0])
    nn_node_add_param (node, "bias", NN_SHAPE (units), NN_INIT_ZERO, (guint) in, units, FALSE);
  return TRUE;
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  const NnShape *weight = &args->node->params[0].shape;
  return nn_gemm_record (args,
                         &(NnGemm){ .op = NN_GEMM_NN, .m = args->batch, .n = weight->dims[1], .k = weight->dims[0],
                                    .a = args->x[0], .b = args->param[0], .c = args->y, .bias = args->param[1],
                                    .activation = activation (args->node) },
                         error);
}

static gboolean
bias_backward (NnOpArgs *args, guint units, GError **error)
{
  NnColumnSum sum = { .rows = args->batch, .columns = units, .x = args->dy, .out = args->grad[1] };
  gsize scratch = nn_column_sum_scratch (args->ctx, sum.rows, units);
  if (scratch > 0 && (sum.scratch = nn_op_scratch (args, scratch, error)) == NULL)
    return FALSE;
  return nn_column_sum_record (args, &sum, error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  guint in = args->node->params[0].shape.dims[0], units = args->node->params[0].shape.dims[1];
  NnGemm weights = { .op = NN_GEMM_TN, .m = in, .n = units, .k = args->batch,
                     .a = args->x[0], .b = args->dy, .c = args->grad[0] };
  NnGemm input = { .op = NN_GEMM_NT, .m = args->batch, .n = in, .k = units,
                   .a = args->dy, .b = args->param[0], .c = args->dx[0] };
  return nn_activation_backward (args, activation (args->node), error) &&
         (args->grad[0] == NULL || nn_gemm_record (args, &weights, error)) &&
         (args->grad[1] == NULL || bias_backward (args, units, error)) &&
         (args->dx[0] == NULL || nn_gemm_record (args, &input, error));
}

static void
ref_forward (const NnRefArgs *args)
{
  gsize in = args->node->params[0].shape.dims[0], units = args->node->params[0].shape.dims[1];
  for (gsize n = 0; n < args->batch; n++)
    for (gsize j = 0; j < units; j++) {
      double sum = args->node->n_params > 1 ? args->param[1][j] : 0;
      for (gsize i = 0; i < in; i++)
        sum += args->x[0][n * in + i] * args->param[0][i * units + j];
      args->y[n * units + j] = nn_activation_ref (activation (args->node), sum);
    }
}

static void
ref_backward (const NnRefArgs *args)
{
  gsize in = args->node->params[0].shape.dims[0], units = args->node->params[0].shape.dims[1];
  gsize n_x = args->batch * in;
  for (gsize i = 0; i < in * units; i++)
    args->grad[0][i] = 0;
  for (gsize j = 0; args->node->n_params > 1 && j < units; j++)
    args->grad[1][j] = 0;
  for (gsize i = 0; args->dx[0] != NULL && i < n_x; i++)
    args->dx[0][i] = 0;
  for (gsize n = 0; n < args->batch; n++)
    for (gsize j = 0; j < units; j++) {
      double dz = args->dy[n * units + j] * nn_activation_ref_grad (activation (args->node), args->y[n * units + j]);
      if (args->node->n_params > 1)
        args->grad[1][j] += dz;
      for (gsize i = 0; i < in; i++) {
        args->grad[0][i * units + j] += args->x[0][n * in + i] * dz;
        if (args->dx[0] != NULL)
          args->dx[0][n * in + i] += args->param[0][i * units + j] * dz;
      }
    }
}

const NnOp nn_op_dense = {
  .id = "dense", .title = "Dense", .n_inputs = 1, .attrs = attrs, .infer = infer, .forward = forward,
  .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};
