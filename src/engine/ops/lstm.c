/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long short-term memory (Hochreiter and Schmidhuber 1997; forget gates: Gers, Schmidhuber and Cummins 2000):
 *   i, f, o = sigmoid, g = tanh (x W + h U + b);  c' = f c + i g;  h' = o tanh (c')
 * The columns of the weights are in the order i, f, g, o. */
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
  return nn_recurrent_infer (node, NN_CELL_LSTM, error);
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  return nn_recurrent_forward (args, NN_CELL_LSTM, error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  return nn_recurrent_backward (args, NN_CELL_LSTM, error);
}

typedef struct {
  double i, f, g, o;
} Gates;

static Gates
gates_of (const NnRefCell *cell, guint unit)
{
  const guint n = cell->sequence->units;
  const double *a = cell->a + unit, *r = cell->r + unit;

  return (Gates){
    .i = nn_activation_ref (NN_ACTIVATION_SIGMOID, a[0] + r[0]),
    .f = nn_activation_ref (NN_ACTIVATION_SIGMOID, a[n] + r[n]),
    .g = tanh (a[2 * n] + r[2 * n]),
    .o = nn_activation_ref (NN_ACTIVATION_SIGMOID, a[3 * n] + r[3 * n]),
  };
}

static void
cell_forward (const NnRefCell *cell)
{
  for (guint u = 0; u < cell->sequence->units; u++) {
    const Gates gates = gates_of (cell, u);
    cell->c_out[u] = gates.f * cell->c[u] + gates.i * gates.g;
    cell->h_out[u] = gates.o * tanh (cell->c_out[u]);
  }
}

static void
cell_backward (const NnRefCell *cell, NnRefCellGrad *grad)
{
  const guint n = cell->sequence->units;

  for (guint u = 0; u < n; u++) {
    const Gates gates = gates_of (cell, u);
    const double squashed = tanh (cell->c_out[u]);
    const double dc = grad->dc[u] + grad->dh[u] * gates.o * (1 - squashed * squashed);

    grad->da[u] = dc * gates.g * gates.i * (1 - gates.i);
    grad->da[n + u] = dc * cell->c[u] * gates.f * (1 - gates.f);
    grad->da[2 * n + u] = dc * gates.i * (1 - gates.g * gates.g);
    grad->da[3 * n + u] = grad->dh[u] * squashed * gates.o * (1 - gates.o);
    for (guint q = 0; q < 4; q++)
      grad->dr[q * n + u] = grad->da[q * n + u];
    grad->dc[u] = dc * gates.f;
    grad->dh_before[u] = 0;
  }
}

static void
ref_forward (const NnRefArgs *args)
{
  nn_recurrent_ref_forward (args, NN_CELL_LSTM, cell_forward);
}

static void
ref_backward (const NnRefArgs *args)
{
  nn_recurrent_ref_backward (args, NN_CELL_LSTM, cell_forward, cell_backward);
}

const NnOp nn_op_lstm = {
  .id = "lstm", .title = "LSTM", .n_inputs = 1, .attrs = attrs, .infer = infer, .forward = forward,
  .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};
