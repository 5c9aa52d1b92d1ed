/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recurrent operators, and their launches on other devices than CPUs (recurrent-cpu.c). Forward: one launch a step.
 * Backward: the same from the last step to the first, which turns what forward kept into the gradients of the
 * pre-activations; the gradients of weights and input are then products over all steps. */
#include "config.h"

#include "ops/recurrent.h"

#include "ops/activation.h"
#include "ops/column-sum.h"
#include "ops/gemm.h"

#include <glib/gi18n.h>

/* Samples that a work-group takes at most, units that it takes, items that share a sum, and values of a sample that wait in
 * local memory. */
#define MAX_ROWS 4
#define MAX_UNITS 64
#define MAX_PARTS 4
#define CHUNK 64
#define MAX_PARTS_BYTES (8 * 1024)

typedef struct {
  NnOpArgs *args;
  NnCell cell;
  NnSequence s;
  guint rows, units, parts; /* of a work-group: samples, units, and items that share the sum of a unit */
  char *options;
} Plan;

static void
plan_clear (Plan *plan)
{
  g_clear_pointer (&plan->options, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

NnSequence
nn_recurrent_sequence (const NnNode *node, NnCell cell)
{
  const NnShape *in = &node->inputs[0]->shape;

  return (NnSequence){
    .steps = in->dims[0],
    .features = in->rank == 3 ? in->dims[1] * in->dims[2] : in->dims[1],
    .units = (guint) node->attrs[NN_RECURRENT_UNITS].i[0],
    .gates = cell == NN_CELL_SIMPLE ? 1 : cell == NN_CELL_LSTM ? 4 : 3,
    .slots = cell == NN_CELL_SIMPLE ? 1 : 4,
    .sequences = node->attrs[NN_RECURRENT_SEQUENCES].i[0] != 0,
  };
}

gboolean
nn_recurrent_infer (NnNode *node, NnCell cell, GError **error)
{
  const NnShape *in = &node->inputs[0]->shape;

  if (in->rank != 3 && in->rank != 2) {
    g_autofree char *shape = nn_shape_to_string (in);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("A recurrent layer reads the rows of a picture (height×width×channels) or of a sequence "
                    "(steps×features), not %s; for a second one set “return_sequences” in the first."),
                 shape);
    return FALSE;
  }

  const NnSequence s = nn_recurrent_sequence (node, cell);
  const guint columns = s.gates * s.units;
  const gsize kept = (gsize) s.steps * s.units;

  node->shape = s.sequences ? NN_SHAPE (s.steps, s.units) : NN_SHAPE (s.units);
  nn_node_add_param (node, "input_weight", NN_SHAPE (s.features, columns), NN_INIT_GLOROT, s.features, s.units, TRUE);
  nn_node_add_param (node, "recurrent_weight", NN_SHAPE (s.units, columns), NN_INIT_ORTHOGONAL, s.units, s.units,
                     TRUE);
  nn_node_add_param (node, "bias", NN_SHAPE (columns), cell == NN_CELL_LSTM ? NN_INIT_FORGET : NN_INIT_ZERO, 0, 0,
                     FALSE);
  if (cell == NN_CELL_GRU)
    nn_node_add_param (node, "recurrent_bias", NN_SHAPE (columns), NN_INIT_ZERO, 0, 0, FALSE);
  nn_node_add_aux (node, "gates", NN_DTYPE_FLOAT32, kept * s.slots, 0);
  nn_node_add_aux (node, "previous", NN_DTYPE_FLOAT32, kept, 0);
  if (cell == NN_CELL_LSTM)
    nn_node_add_aux (node, "cells", NN_DTYPE_FLOAT32, kept, 0);
  if (cell == NN_CELL_GRU)
    nn_node_add_aux (node, "sums", NN_DTYPE_FLOAT32, 0, (gsize) s.slots * s.units);
  node->flops = 2 * (guint64) s.steps * (s.features + s.units) * columns;
  return TRUE;
}

/* Groups of few samples, until all compute units have one: on a large device a step is over too soon to wait for more. */
static void
plan_group (Plan *plan)
{
  const NnDeviceLimits *limits = nn_context_get_limits (plan->args->ctx);
  plan->units = 1;
  while (plan->units < MIN (MAX_UNITS, plan->s.units) && 2 * plan->units <= limits->max_work_group)
    plan->units *= 2;
  guint blocks = (plan->s.units + plan->units - 1) / plan->units;
  plan->rows = MAX_ROWS;
  while (plan->rows > 1 && blocks * ((plan->args->batch + plan->rows - 1) / plan->rows) < 2 * limits->compute_units)
    plan->rows /= 2;
  plan->parts = 1;
  while (plan->units >= 8 && plan->parts < MAX_PARTS && 2 * plan->parts * plan->units <= limits->max_work_group
         && 2 * plan->parts * plan->rows * plan->s.slots * plan->units * sizeof (float) <= MAX_PARTS_BYTES)
    plan->parts *= 2;
}

static gboolean
plan_init (Plan *plan, NnOpArgs *args, NnCell cell, GError **error)
{
  const NnDeviceLimits *limits = nn_context_get_limits (args->ctx);
  const char *activation = "";

  plan->args = args;
  plan->cell = cell;
  plan->s = nn_recurrent_sequence (args->node, cell);
  if (limits->loop_limit > 0 && MAX (plan->s.features, plan->s.gates * plan->s.units) > limits->loop_limit / 4) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("“%s” can't run a recurrent layer of %u units on %u features; use fewer units, or "
                    "another device."),
                 nn_device_get_name (nn_context_get_device (args->ctx)), plan->s.units, plan->s.features);
    return FALSE;
  }
  if (cell == NN_CELL_SIMPLE)
    activation = args->node->attrs[NN_RECURRENT_ACTIVATION].i[0] == 0 ? " -D ACT_TANH" : " -D ACT_RELU";
  plan_group (plan);
  plan->options = g_strdup_printf (
      "-D CELL=%u -D STEPS=%u -D FEATURES=%u -D UNITS=%u -D V=1 -D MR=%u -D LU=%u -D KS=%u -D CHUNK=%d%s%s%s", (guint) cell,
      plan->s.steps, plan->s.features, plan->s.units, plan->rows, plan->units, plan->parts, CHUNK,
      args->training ? " -D TRAINING" : "", plan->s.sequences ? " -D SEQUENCES" : "", activation);
  return TRUE;
}

static gboolean
launch (Plan *plan, const char *kernel, guint dims, const gsize *global, const gsize *local, const NnArg *args,
        gsize n_args, GError **error)
{
  NnLaunch l = { .file = "recurrent.cl", .kernel = kernel, .options = plan->options, .dims = dims,
                 .label = plan->args->node->name };

  for (guint i = 0; i < dims; i++) {
    l.global[i] = global[i];
    l.local[i] = local[i];
  }
  return nn_commands_launch (plan->args->commands, &l, args, n_args, error);
}

/* A work-group of one unit an item: the global and local size of its dimension. */
static void
unit_range (Plan *plan, gsize *global, gsize *local)
{
  nn_commands_linear (plan->args->ctx, plan->s.units, global, local);
  while (*local / 2 >= plan->s.units)
    *local /= 2;
  *global = (plan->s.units + *local - 1) / *local * *local;
}

/* Launches @kernel once for each step, in the order of @first, @first + @by, …; the step is the last argument. */
static gboolean
launch_steps (Plan *plan, const char *kernel, gint first, gint by, NnArg *args, gsize n_args, GError **error)
{
  const gsize blocks = (plan->s.units + plan->units - 1) / plan->units;
  const gsize global[2] = { blocks * plan->units, (plan->args->batch + plan->rows - 1) / plan->rows * plan->parts };
  const gsize local[2] = { plan->units, plan->parts };

  for (gint t = first; t >= 0 && t < (gint) plan->s.steps; t += by) {
    args[n_args - 1] = NN_INT (t);
    if (!launch (plan, kernel, 2, global, local, args, n_args, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
nn_recurrent_forward (NnOpArgs *args, NnCell cell, GError **error)
{
  g_auto (Plan) plan = { 0 };

  if (nn_recurrent_cpu_suits (args->ctx, args->node, cell, args->batch))
    return nn_recurrent_cpu_forward (args, cell, error);
  if (!plan_init (&plan, args, cell, error))
    return FALSE;

  const gsize state = (gsize) args->batch * plan.s.units;
  /* Kernels name all of their buffers; what a cell doesn't have is never touched. */
  NnTensor *bias = args->param[NN_RECURRENT_BIAS];
  NnTensor *bias_u = cell == NN_CELL_GRU ? args->param[NN_RECURRENT_BIAS_U] : bias;
  NnTensor *gates = args->aux[NN_RECURRENT_GATES], *previous = args->aux[NN_RECURRENT_PREVIOUS];
  NnTensor *cells = cell == NN_CELL_LSTM ? args->aux[NN_RECURRENT_CELLS] : previous;
  if (!args->training) {
    previous = nn_op_scratch (args, 2 * state, error);
    cells = previous != NULL && cell == NN_CELL_LSTM ? nn_op_scratch (args, state, error) : previous;
    gates = previous;
    if (cells == NULL)
      return FALSE;
  }
  return launch_steps (&plan, "forward_step", 0, 1,
                       (NnArg[]){ NN_TENSOR (args->x[0]), NN_TENSOR (args->param[NN_RECURRENT_W]),
                                  NN_TENSOR (args->param[NN_RECURRENT_U]), NN_TENSOR (bias), NN_TENSOR (bias_u),
                                  NN_TENSOR (gates), NN_TENSOR (cells), NN_TENSOR (previous), NN_TENSOR (args->y),
                                  NN_UINT (args->batch), NN_INT (0) },
                       11, error);
}

/* From the last step to the first: the gradients of the pre-activations take the place of the gates. */
static gboolean
record_sequence_back (Plan *plan, GError **error)
{
  NnOpArgs *args = plan->args;
  NnTensor *gates = args->aux[NN_RECURRENT_GATES], *previous = args->aux[NN_RECURRENT_PREVIOUS];
  NnTensor *cells = plan->cell == NN_CELL_LSTM ? args->aux[NN_RECURRENT_CELLS] : previous;
  const gsize columns = (gsize) plan->s.gates * plan->s.units;
  NnTensor *turned = nn_op_scratch (args, plan->s.units * columns, error);
  NnTensor *carry = turned != NULL ? nn_op_scratch (args, 2 * (gsize) args->batch * plan->s.units, error) : NULL;

  if (carry == NULL)
    return FALSE;
  gsize global[2] = { 0, columns }, local[2] = { 0, 1 };
  unit_range (plan, &global[0], &local[0]);
  return launch (plan, "turn", 2, global, local,
                 NN_ARGS (NN_TENSOR (args->param[NN_RECURRENT_U]), NN_TENSOR (turned)), error)
         && launch_steps (plan, "backward_step", (gint) plan->s.steps - 1, -1,
                          (NnArg[]){ NN_TENSOR (args->dy), NN_TENSOR (turned), NN_TENSOR (gates), NN_TENSOR (cells),
                                     NN_TENSOR (previous), NN_TENSOR (carry), NN_UINT (args->batch), NN_INT (0) },
                          8, error);
}

/* grad = aᵀ · (columns of the gates' gradients), over all steps of all samples. */
static gboolean
record_weight_gradient (Plan *plan, NnTensor *a, guint extent, NnTensor *grad, guint from, guint to, guint n,
                        GError **error)
{
  const NnGemm gemm = {
    .op = NN_GEMM_TN,
    .m = extent,
    .n = n,
    .k = plan->args->batch * plan->s.steps,
    .a = a,
    .b = plan->args->aux[NN_RECURRENT_GATES],
    .b_offset = from,
    .ldb = plan->s.slots * plan->s.units,
    .c = grad,
    .c_offset = to,
    .ldc = plan->s.gates * plan->s.units,
  };

  return nn_gemm_record (plan->args, &gemm, error);
}

/* The biases of the GRU share two sums of three. */
static gboolean
record_split_bias (Plan *plan, GError **error)
{
  gsize global, local;

  unit_range (plan, &global, &local);
  return launch (plan, "split_bias", 1, &global, &local,
                 NN_ARGS (NN_TENSOR (plan->args->aux[NN_RECURRENT_SUMS]), NN_TENSOR (plan->args->grad[NN_RECURRENT_BIAS]),
                          NN_TENSOR (plan->args->grad[NN_RECURRENT_BIAS_U])),
                 error);
}

static gboolean
record_bias_gradient (Plan *plan, GError **error)
{
  NnOpArgs *args = plan->args;
  const gboolean gru = plan->cell == NN_CELL_GRU;
  const NnTensor *gates = args->aux[NN_RECURRENT_GATES];
  NnColumnSum sum = {
    .rows = (gsize) args->batch * plan->s.steps,
    .columns = plan->s.slots * plan->s.units,
    .x = (NnTensor *) gates,
    .out = gru ? args->aux[NN_RECURRENT_SUMS] : args->grad[NN_RECURRENT_BIAS],
  };
  const gsize scratch = nn_column_sum_scratch (args->ctx, sum.rows, sum.columns);

  if (scratch > 0 && (sum.scratch = nn_op_scratch (args, scratch, error)) == NULL)
    return FALSE;
  return nn_column_sum_record (args, &sum, error) && (!gru || record_split_bias (plan, error));
}

/* The gradients of the weights as products over all steps. */
static gboolean
record_weights_back (Plan *plan, GError **error)
{
  NnOpArgs *args = plan->args;
  const guint units = plan->s.units, columns = plan->s.gates * units;
  /* Through the GRU's recurrent weights go the gradients of slots 0, 1 and 3. */
  const guint shared = plan->cell == NN_CELL_GRU ? 2 * units : columns;
  NnTensor *previous = args->aux[NN_RECURRENT_PREVIOUS], *grad_u = args->grad[NN_RECURRENT_U];
  if (!record_weight_gradient (plan, args->x[0], plan->s.features, args->grad[NN_RECURRENT_W], 0, 0, columns, error)
      || !record_weight_gradient (plan, previous, units, grad_u, 0, 0, shared, error))
    return FALSE;
  if (shared < columns && !record_weight_gradient (plan, previous, units, grad_u, 3 * units, shared, units, error))
    return FALSE;
  return record_bias_gradient (plan, error);
}

gboolean
nn_recurrent_backward (NnOpArgs *args, NnCell cell, GError **error)
{
  g_auto (Plan) plan = { 0 };
  const NnSequence s = nn_recurrent_sequence (args->node, cell);

  if (nn_recurrent_cpu_suits (args->ctx, args->node, cell, args->batch)) {
    if (!nn_recurrent_cpu_backward (args, cell, error))
      return FALSE;
  } else if (!plan_init (&plan, args, cell, error) || !record_sequence_back (&plan, error)
             || (args->grad[0] != NULL && !record_weights_back (&plan, error))) {
    return FALSE;
  }
  if (args->dx[0] == NULL)
    return TRUE;
  return nn_gemm_record (args,
                         &(NnGemm){ .op = NN_GEMM_NT, .m = args->batch * s.steps, .n = s.features,
                                    .k = s.gates * s.units, .a = args->aux[NN_RECURRENT_GATES],
                                    .lda = s.slots * s.units, .b = args->param[NN_RECURRENT_W], .c = args->dx[0] },
                         error);
}
