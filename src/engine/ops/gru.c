/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gated recurrent unit (Cho et al. 2014), with the reset gate after the product, as PyTorch, cuDNN and ONNX with
 * linear_before_reset = 1 have it:
 *   r, z = sigmoid (x W + b + h U + d);  n = tanh (x Wn + bn + r (h Un + dn));  h' = (1 - z) n + z h
 * The columns of the weights are in the order r, z, n. */
#include "ops/activation.h"
#include "ops/recurrent.h"
#include "ops/registry.h"

#include <math.h>

static const NnAttrSpec attrs[] = {
  NN_RECURRENT_ATTRS,
  { 0 },
};

static gboolean
infer (NnNode *node, GError **error)
{
  return nn_recurrent_infer (node, NN_CELL_GRU, error);
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  return nn_recurrent_forward (args, NN_CELL_GRU, error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  return nn_recurrent_backward (args, NN_CELL_GRU, error);
}

typedef struct {
  double r, z, n;
} Gates;

static Gates
gates_of (const NnRefCell *cell, guint unit)
{
  const guint n = cell->sequence->units;
  const double *a = cell->a + unit, *r = cell->r + unit;
  Gates gates = {
    .r = nn_activation_ref (NN_ACTIVATION_SIGMOID, a[0] + r[0]),
    .z = nn_activation_ref (NN_ACTIVATION_SIGMOID, a[n] + r[n]),
  };

  gates.n = tanh (a[2 * n] + gates.r * r[2 * n]);
  return gates;
}

static void
cell_forward (const NnRefCell *cell)
{
  for (guint u = 0; u < cell->sequence->units; u++) {
    const Gates gates = gates_of (cell, u);
    cell->h_out[u] = (1 - gates.z) * gates.n + gates.z * cell->h[u];
  }
}

static void
cell_backward (const NnRefCell *cell, NnRefCellGrad *grad)
{
  const guint n = cell->sequence->units;

  for (guint u = 0; u < n; u++) {
    const Gates gates = gates_of (cell, u);
    const double dn = grad->dh[u] * (1 - gates.z) * (1 - gates.n * gates.n);

    grad->da[u] = grad->dr[u] = dn * cell->r[2 * n + u] * gates.r * (1 - gates.r);
    grad->da[n + u] = grad->dr[n + u] = grad->dh[u] * (cell->h[u] - gates.n) * gates.z * (1 - gates.z);
    grad->da[2 * n + u] = dn;
    grad->dr[2 * n + u] = dn * gates.r;
    grad->dh_before[u] = grad->dh[u] * gates.z;
  }
}

static void
ref_forward (const NnRefArgs *args)
{
  nn_recurrent_ref_forward (args, NN_CELL_GRU, cell_forward);
}

static void
ref_backward (const NnRefArgs *args)
{
  nn_recurrent_ref_backward (args, NN_CELL_GRU, cell_forward, cell_backward);
}

const NnOp nn_op_gru = {
  .id = "gru", .title = "GRU", .n_inputs = 1, .attrs = attrs, .infer = infer, .forward = forward,
  .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};
