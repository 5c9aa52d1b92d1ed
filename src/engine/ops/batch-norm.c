/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch normalisation (Ioffe and Szegedy 2015) over the last dimension. "momentum" is how far the running statistics
 * move towards those of a batch; the running variance is the unbiased one, the batch is normalised by the biased one:
 * all as in PyTorch. */
#include "config.h"

#include "ops/activation.h"
#include "ops/registry.h"

#include <glib/gi18n.h>
#include <math.h>

enum { ATTR_MOMENTUM, ATTR_EPSILON, ATTR_ACTIVATION };
enum { PARAM_SCALE, PARAM_OFFSET };
enum { STATE_MEAN, STATE_VARIANCE };
enum { AUX_SAVED };

#define MOST_SLICES 1024
#define SLICE_BYTES (128 * 1024) /* half a small L2 cache: statistics go over a slice twice */

static const NnAttrSpec attrs[] = {
  { "momentum", NN_ATTR_FLOAT, 0.1, 0, 1, NULL },
  { "epsilon", NN_ATTR_FLOAT, 1e-5, 1e-12, 1, NULL },
  { "activation", NN_ATTR_CHOICE, NN_ACTIVATION_NONE, 0, NN_ACTIVATION_RELU6, nn_activation_names },
  { 0 },
};

/* How a tensor is cut for a device. */
typedef struct {
  NnOpArgs *args;
  guint channels, rows, slices;
  guint vector, panel; /* floats in a vector, vectors in a panel */
  char *options;
} Plan;

static void
plan_clear (Plan *plan)
{
  g_clear_pointer (&plan->options, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

static guint
channels_of (const NnNode *node)
{
  return node->shape.dims[node->shape.rank - 1];
}

static gboolean
infer (NnNode *node, GError **error)
{
  node->shape = node->inputs[0]->shape;
  if (node->shape.rank == 0 || channels_of (node) == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("Batch normalisation needs an input with channels."));
    return FALSE;
  }

  const guint channels = channels_of (node);
  nn_node_add_param (node, "scale", NN_SHAPE (channels), NN_INIT_ONE, 0, 0, FALSE);
  nn_node_add_param (node, "offset", NN_SHAPE (channels), NN_INIT_ZERO, 0, 0, FALSE);
  nn_node_add_state (node, "running_mean", NN_SHAPE (channels), 0);
  nn_node_add_state (node, "running_variance", NN_SHAPE (channels), 1);
  nn_node_add_aux (node, "saved", NN_DTYPE_FLOAT32, 0, 2 * (gsize) channels);
  return TRUE;
}

/* Slices small enough for the cache, and enough of them for every compute unit. */
static guint
count_slices (const Plan *plan, gboolean cpu)
{
  const NnDeviceLimits *limits = nn_context_get_limits (plan->args->ctx);
  const guint width = plan->vector * plan->panel, panels = (plan->channels + width - 1) / width;
  const gsize bytes = (gsize) plan->rows * MIN (width, plan->channels) * sizeof (float);
  gsize slices = cpu ? MAX (bytes / SLICE_BYTES, 4 * limits->compute_units / panels) : plan->rows / 64;

  return (guint) CLAMP (MIN (slices, plan->rows / 8), 1, MOST_SLICES);
}

static gboolean
plan_init (Plan *plan, NnOpArgs *args, GError **error)
{
  const NnDeviceLimits *limits = nn_context_get_limits (args->ctx);
  const gboolean cpu = nn_context_is_cpu (args->ctx);
  const gsize rows = args->batch * (nn_shape_size (&args->node->shape) / channels_of (args->node));

  plan->args = args;
  plan->channels = channels_of (args->node);
  if (rows > G_MAXUINT32 || (limits->loop_limit > 0 && rows / MOST_SLICES > limits->loop_limit / 3)) {
    g_set_error (
        error, NN_ERROR, NN_ERROR_UNSUPPORTED,
        _ ("A batch of %u samples is too large for batch normalisation on this device; use a smaller one."),
        args->batch);
    return FALSE;
  }
  plan->rows = (guint) rows;
  plan->vector = cpu ? MIN (MAX (limits->float_vector, 4), 16) : 1;
  while (plan->vector > 1 && (plan->vector > plan->channels || (plan->vector & (plan->vector - 1)) != 0))
    plan->vector /= 2;
  if (plan->vector == 2)
    plan->vector = 1;
  plan->panel = cpu ? CLAMP ((plan->channels + plan->vector - 1) / plan->vector, 1, 4) : 1;
  plan->slices = count_slices (plan, cpu);
  plan->options = g_strdup_printf (
      "-D CHANNELS=%u -D V=%u -D PV=%u %s%s%s", plan->channels, plan->vector, plan->panel,
      nn_activation_option ((NnActivation) args->node->attrs[ATTR_ACTIVATION].i[0]), args->training ? " -D TRAINING" : "",
      args->training && args->settled ? " -D SETTLED" : "");
  return TRUE;
}

/* Launches an item for each panel of each slice. */
static gboolean
launch_slices (Plan *plan, const char *kernel, const NnArg *args, gsize n_args, GError **error)
{
  const guint width = plan->vector * plan->panel;
  const gsize panels = (plan->channels + width - 1) / width;
  NnLaunch launch = { .file = "batch-norm.cl", .kernel = kernel, .options = plan->options, .dims = 2,
                      .local = { 1, 1, 1 }, .label = plan->args->node->name };

  if (!nn_context_is_cpu (plan->args->ctx)) {
    gsize most, unused;
    nn_commands_linear (plan->args->ctx, 1, &unused, &most);
    most = MIN (most, 64);
    while (launch.local[0] < panels && launch.local[0] * 2 <= most)
      launch.local[0] *= 2;
    while (launch.local[1] < plan->slices && launch.local[0] * launch.local[1] * 2 <= most)
      launch.local[1] *= 2;
  }
  launch.global[0] = (panels + launch.local[0] - 1) / launch.local[0] * launch.local[0];
  launch.global[1] = (plan->slices + launch.local[1] - 1) / launch.local[1] * launch.local[1];
  return nn_commands_launch (plan->args->commands, &launch, args, n_args, error);
}

/* Launches an item for each channel. */
static gboolean
launch_channels (Plan *plan, const char *kernel, const NnArg *args, gsize n_args, GError **error)
{
  NnLaunch launch = { .file = "batch-norm.cl", .kernel = kernel, .options = plan->options, .dims = 1,
                      .label = plan->args->node->name };

  nn_commands_linear (plan->args->ctx, plan->channels, launch.global, launch.local);
  return nn_commands_launch (plan->args->commands, &launch, args, n_args, error);
}

static gboolean
record_statistics (Plan *plan, NnTensor *saved, GError **error)
{
  NnOpArgs *args = plan->args;
  NnTensor *mean = args->state[STATE_MEAN], *variance = args->state[STATE_VARIANCE];
  const float epsilon = (float) args->node->attrs[ATTR_EPSILON].f;

  if (!args->training || args->settled)
    return launch_channels (plan, "batch_norm_recall",
                            NN_ARGS (NN_TENSOR (mean), NN_TENSOR (variance), NN_TENSOR (saved), NN_FLOAT (epsilon)),
                            error);

  NnTensor *partial = nn_op_scratch (args, 2 * (gsize) plan->slices * plan->channels, error);
  return partial != NULL
         && launch_slices (plan, "batch_norm_statistics",
                           NN_ARGS (NN_TENSOR (args->x[0]), NN_TENSOR (partial), NN_UINT (plan->rows),
                                    NN_UINT (plan->slices)),
                           error)
         && launch_channels (plan, "batch_norm_join",
                             NN_ARGS (NN_TENSOR (partial), NN_TENSOR (mean), NN_TENSOR (variance), NN_TENSOR (saved),
                                      NN_UINT (plan->rows), NN_UINT (plan->slices),
                                      NN_FLOAT (args->node->attrs[ATTR_MOMENTUM].f), NN_FLOAT (epsilon)),
                             error);
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  g_auto (Plan) plan = { 0 };

  if (!plan_init (&plan, args, error))
    return FALSE;
  NnTensor *saved = args->training ? args->aux[AUX_SAVED] : nn_op_scratch (args, 2 * (gsize) plan.channels, error);
  return saved != NULL && record_statistics (&plan, saved, error)
         && launch_slices (&plan, "batch_norm_apply",
                           NN_ARGS (NN_TENSOR (args->x[0]), NN_TENSOR (saved), NN_TENSOR (args->param[PARAM_SCALE]),
                                    NN_TENSOR (args->param[PARAM_OFFSET]), NN_TENSOR (args->y), NN_UINT (plan.rows),
                                    NN_UINT (plan.slices)),
                           error);
}

/* The gradients of the weights, which the input's depends on where the statistics come from the batch. */
static gboolean
record_gradients (Plan *plan, NnTensor *d_scale, NnTensor *d_offset, GError **error)
{
  NnOpArgs *args = plan->args;
  NnTensor *partial = nn_op_scratch (args, 2 * (gsize) plan->slices * plan->channels, error);

  return partial != NULL
         && launch_slices (plan, "batch_norm_sums",
                           NN_ARGS (NN_TENSOR (args->x[0]), NN_TENSOR (args->dy), NN_TENSOR (args->aux[AUX_SAVED]),
                                    NN_TENSOR (args->param[PARAM_SCALE]), NN_TENSOR (args->param[PARAM_OFFSET]),
                                    NN_TENSOR (partial), NN_UINT (plan->rows), NN_UINT (plan->slices)),
                           error)
         && launch_channels (plan, "batch_norm_gradients",
                             NN_ARGS (NN_TENSOR (partial), NN_TENSOR (d_scale), NN_TENSOR (d_offset),
                                      NN_UINT (plan->slices)),
                             error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  g_auto (Plan) plan = { 0 };
  NnTensor *saved = args->aux[AUX_SAVED], *scale = args->param[PARAM_SCALE], *offset = args->param[PARAM_OFFSET];
  NnTensor *d_scale = args->grad[PARAM_SCALE], *d_offset = args->grad[PARAM_OFFSET];

  if (!plan_init (&plan, args, error))
    return FALSE;
  if (args->grad[PARAM_SCALE] != NULL && !record_gradients (&plan, d_scale, d_offset, error))
    return FALSE;
  return args->dx[0] == NULL
         || launch_slices (&plan, "batch_norm_input",
                           NN_ARGS (NN_TENSOR (args->x[0]), NN_TENSOR (args->dy), NN_TENSOR (saved),
                                    NN_TENSOR (scale), NN_TENSOR (offset), NN_TENSOR (d_scale), NN_TENSOR (d_offset),
                                    NN_TENSOR (args->dx[0]), NN_UINT (plan.rows), NN_UINT (plan.slices)),
                           error);
}

/* The statistics that a channel is normalised with. */
static void
ref_statistics (const NnRefArgs *args, guint c, double *mean, double *variance)
{
  const guint channels = channels_of (args->node);
  const gsize rows = args->batch * (nn_shape_size (&args->node->shape) / channels);

  *mean = *variance = 0;
  for (gsize i = 0; i < rows; i++)
    *mean += args->x[0][i * channels + c] / (double) rows;
  for (gsize i = 0; i < rows; i++)
    *variance += pow (args->x[0][i * channels + c] - *mean, 2) / (double) rows;
}

static void
ref_forward (const NnRefArgs *args)
{
  const NnNode *node = args->node;
  const guint channels = channels_of (node);
  const gsize rows = args->batch * (nn_shape_size (&node->shape) / channels);
  const double momentum = node->attrs[ATTR_MOMENTUM].f;
  const NnActivation activation = (NnActivation) node->attrs[ATTR_ACTIVATION].i[0];

  for (guint c = 0; c < channels; c++) {
    double mean = args->state[STATE_MEAN][c], variance = args->state[STATE_VARIANCE][c];
    if (args->training) {
      ref_statistics (args, c, &mean, &variance);
      const double unbiased = variance * (double) rows / (double) MAX (rows - 1, 1);
      args->state[STATE_MEAN][c] += momentum * (mean - args->state[STATE_MEAN][c]);
      args->state[STATE_VARIANCE][c] += momentum * (unbiased - args->state[STATE_VARIANCE][c]);
    }
    const double inverse = 1 / sqrt (variance + node->attrs[ATTR_EPSILON].f);
    for (gsize i = 0; i < rows; i++) {
      const double normal = (args->x[0][i * channels + c] - mean) * inverse;
      args->y[i * channels + c]
          = nn_activation_ref (activation, normal * args->param[PARAM_SCALE][c] + args->param[PARAM_OFFSET][c]);
    }
  }
}

static void
ref_backward (const NnRefArgs *args)
{
  const NnNode *node = args->node;
  const guint channels = channels_of (node);
  const gsize rows = args->batch * (nn_shape_size (&node->shape) / channels);
  const NnActivation activation = (NnActivation) node->attrs[ATTR_ACTIVATION].i[0];

  for (guint c = 0; c < channels; c++) {
    double mean, variance, sum = 0, product = 0;
    ref_statistics (args, c, &mean, &variance);
    const double inverse = 1 / sqrt (variance + node->attrs[ATTR_EPSILON].f);
    for (gsize i = c; i < rows * channels; i += channels) {
      const double g = args->dy[i] * nn_activation_ref_grad (activation, args->y[i]);
      sum += g;
      product += g * (args->x[0][i] - mean) * inverse;
    }
    args->grad[PARAM_OFFSET][c] = sum;
    args->grad[PARAM_SCALE][c] = product;
    for (gsize i = c; args->dx[0] != NULL && i < rows * channels; i += channels) {
      const double g = args->dy[i] * nn_activation_ref_grad (activation, args->y[i]);
      const double normal = (args->x[0][i] - mean) * inverse;
      args->dx[0][i]
          = args->param[PARAM_SCALE][c] * inverse * (g - sum / (double) rows - normal * product / (double) rows);
    }
  }
}

const NnOp nn_op_batch_norm = {
  .id = "batch_norm", .title = "Batch normalisation", .n_inputs = 1, .attrs = attrs, .infer = infer,
  .forward = forward, .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};
