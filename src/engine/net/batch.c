/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/batch.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cl/commands.h"

/* Sizes that kernels/batch.cl knows as well. */
#define NORM_BIAS 32        /* where the biases start in the table of 64 */
#define PARAMS_PLAIN 16     /* floats of random parameters a sample */
#define FIELD_SIZE (2 * 49) /* control points of the elastic field, x and y */

/* What the launches of one gather share. */
typedef struct {
  NnCommands *commands;
  const NnGather *gather;
  NnContext *context;
  guint vector; /* elements that an item takes at once */
  gboolean elastic, thickness;
  char *options;
  NnTensor *indices, *norm, *params;
} Plan;

static void
plan_clear (Plan *plan)
{
  g_clear_pointer (&plan->options, g_free);
  g_clear_pointer (&plan->indices, nn_tensor_unref);
  g_clear_pointer (&plan->norm, nn_tensor_unref);
  g_clear_pointer (&plan->params, nn_tensor_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* A channel's value is p · scale + bias. In float, so that host and device agree to the last bit. */
static void
channel_norm (const NnPreprocess *preprocess, guint channel, float *scale, float *bias)
{
  *scale = (float) (1.0 / (255.0 * (double) preprocess->deviation[channel]));
  *bias = (float) (-(double) preprocess->mean[channel] / (double) preprocess->deviation[channel]);
}

void
nn_gather_ref (const NnShape *stored, const NnShape *input, const NnPreprocess *preprocess, const guint8 *pixels,
               float *x)
{
  const guint channels = input->dims[2];
  const guint top = (stored->dims[0] - input->dims[0]) / 2, left = (stored->dims[1] - input->dims[1]) / 2;

  for (guint row = 0; row < input->dims[0]; row++)
    for (guint column = 0; column < input->dims[1]; column++)
      for (guint c = 0; c < channels; c++) {
        const gsize from = ((gsize) (row + top) * stored->dims[1] + column + left) * channels + c;
        float scale, bias;

        channel_norm (preprocess, c, &scale, &bias);
        x[((gsize) row * input->dims[1] + column) * channels + c] = fmaf ((float) pixels[from], scale, bias);
      }
}

static gboolean
check_range (const char *what, NnRange range, float lowest, GError **error)
{
  if (isfinite (range.min) && isfinite (range.max) && range.min <= range.max && range.min >= lowest)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               _ ("The range of the augmentation “%s” is %g to %g; it has to rise, from at least %g."), what,
               (double) range.min, (double) range.max, (double) lowest);
  return FALSE;
}

static gboolean
check_augment (const NnAugment *augment, GError **error)
{
  const float any = -G_MAXFLOAT, positive = 0.01f;

  return augment == NULL
         || (check_range ("shift_x", augment->shift_x, any, error)
             && check_range ("shift_y", augment->shift_y, any, error)
             && check_range ("rotate", augment->rotate, any, error)
             && check_range ("scale", augment->scale, positive, error)
             && check_range ("stretch", augment->stretch, positive, error)
             && check_range ("shear", augment->shear, any, error)
             && check_range ("elastic", augment->elastic, 0, error)
             && check_range ("thickness", augment->thickness, -1, error)
             && check_range ("gain", augment->gain, 0, error)
             && check_range ("contrast", augment->contrast, 0, error)
             && check_range ("brightness", augment->brightness, any, error)
             && check_range ("saturation", augment->saturation, 0, error));
}

static gboolean
check_gather (const NnGather *gather, GError **error)
{
  const NnShape *stored = &gather->stored, *input = &gather->input;

  if (stored->rank != 3 || input->rank != 3 || stored->dims[2] != input->dims[2] || input->dims[2] == 0
      || input->dims[2] > NN_MAX_CHANNELS || stored->dims[0] < input->dims[0] || stored->dims[1] < input->dims[1]
      || input->dims[0] == 0 || input->dims[1] == 0) {
    g_autofree char *is = nn_shape_to_string (stored), *wanted = nn_shape_to_string (input);
    g_set_error (
        error, NN_ERROR, NN_ERROR_BAD_INPUT,
        _ ("Pictures stored as %s don't fit a network whose input is %s; store them at least as large, with "
           "as many channels."),
        is, wanted);
    return FALSE;
  }
  if (nn_shape_size (stored) > G_MAXINT32 / 4) {
    g_set_error (
        error, NN_ERROR, NN_ERROR_UNSUPPORTED,
        _ ("Pictures of %u×%u pixels are too large to be gathered on the device; store them smaller."),
        stored->dims[1], stored->dims[0]);
    return FALSE;
  }
  return check_augment (gather->augment, error);
}

/* Records an elementwise launch over @n elements (in vectors) of @rows lines of each sample. */
static gboolean
launch (Plan *plan, const char *kernel, gsize n, gsize rows, guint dims, const NnArg *args, gsize n_args,
        GError **error)
{
  NnLaunch launch = { .file = "batch.cl", .kernel = kernel, .options = plan->options, .dims = dims, .label = "gather" };

  if (plan->vector > 1) {
    /* On a CPU one item strides over a line of its sample; about 2,000 elements are worth a work-group. */
    launch.global[0] = MAX (n / 2048, 1);
    launch.local[0] = 1;
  } else
    nn_commands_linear (plan->context, n, &launch.global[0], &launch.local[0]);
  launch.global[1] = dims == 3 ? rows : plan->gather->batch;
  launch.global[2] = plan->gather->batch;
  launch.local[1] = launch.local[2] = 1;
  return nn_commands_launch (plan->commands, &launch, args, n_args, error);
}

/* Records a launch of one item for each of @n things of each of @rows samples, whatever the device. */
static gboolean
launch_small (Plan *plan, const char *kernel, gsize n, gsize rows, const NnArg *args, gsize n_args, GError **error)
{
  NnLaunch launch = { .file = "batch.cl", .kernel = kernel, .options = plan->options, .dims = 2, .label = "gather" };

  nn_commands_linear (plan->context, n, &launch.global[0], &launch.local[0]);
  launch.global[1] = rows;
  launch.local[1] = 1;
  return nn_commands_launch (plan->commands, &launch, args, n_args, error);
}

static gboolean
record_indices (Plan *plan, GError **error)
{
  const NnGather *g = plan->gather;
  const gboolean labels = g->labels != NULL && g->labels_out != NULL;

  /* Without labels the kernel still wants two buffers to name; it doesn't touch them. */
  return launch_small (plan, "gather_indices", g->batch, 1,
                       NN_ARGS (NN_TENSOR (g->order), NN_UINT (g->order->size), NN_UINT (g->n_samples),
                                NN_UINT (g->batch), NN_TENSOR (g->step), NN_TENSOR (plan->indices),
                                NN_TENSOR (labels ? g->labels : g->order),
                                NN_TENSOR (labels ? g->labels_out : g->order)),
                       error);
}

static gboolean
record_plain (Plan *plan, GError **error)
{
  const NnGather *g = plan->gather;
  const gboolean crop = !nn_shape_equal (&g->stored, &g->input);
  const gsize rows = crop ? g->input.dims[0] : 1;

  return launch (plan, "gather_plain", nn_shape_size (&g->input) / rows, rows, 3,
                 NN_ARGS (NN_TENSOR (g->pixels), NN_TENSOR (plan->indices), NN_TENSOR (plan->norm), NN_TENSOR (g->x)),
                 error);
}

static NnTensor *
upload_ranges (Plan *plan, GError **error)
{
  NnRange ranges[NN_AUGMENT_RANGES];
  g_autoptr (NnTensor) tensor = nn_tensor_new (plan->context, NN_DTYPE_FLOAT32, 2 * G_N_ELEMENTS (ranges), error);

  nn_augment_get_ranges (plan->gather->augment, &plan->gather->input, ranges);
  if (tensor == NULL || !nn_tensor_upload (tensor, ranges, error))
    return NULL;
  return g_steal_pointer (&tensor);
}

static gboolean
record_random (Plan *plan, GError **error)
{
  const NnGather *g = plan->gather;
  g_autoptr (NnTensor) ranges = upload_ranges (plan, error);

  if (ranges == NULL
      || !launch_small (plan, "gather_params", g->batch, 1,
                        NN_ARGS (NN_TENSOR (ranges), NN_TENSOR (g->step), NN_UINT (g->batch),
                                 NN_TENSOR (plan->params)),
                        error))
    return FALSE;
  if (!plan->elastic)
    return TRUE;
  return launch_small (plan, "gather_field", FIELD_SIZE, g->batch,
                       NN_ARGS (NN_TENSOR (g->step), NN_UINT (g->batch), NN_TENSOR (plan->params)), error);
}

static gboolean
record_augmented (Plan *plan, GError **error)
{
  const NnGather *g = plan->gather;
  const gsize stored_size = nn_shape_size (&g->stored);
  g_autoptr (NnTensor) thick = NULL;

  plan->params = nn_tensor_new (plan->context, NN_DTYPE_FLOAT32,
                                (gsize) g->batch * (PARAMS_PLAIN + (plan->elastic ? FIELD_SIZE : 0)), error);
  if (plan->params == NULL || !record_random (plan, error))
    return FALSE;
  if (plan->thickness) {
    thick = nn_tensor_new (plan->context, NN_DTYPE_UINT8, g->batch * stored_size, error);
    if (thick == NULL
        || !launch (plan, "gather_thicken", stored_size, 1, 2,
                    NN_ARGS (NN_TENSOR (g->pixels), NN_TENSOR (plan->indices), NN_TENSOR (plan->params),
                             NN_TENSOR (thick)),
                    error))
      return FALSE;
  }
  return launch (plan, "gather_augmented", (gsize) g->input.dims[0] * g->input.dims[1], 1, 2,
                 NN_ARGS (NN_TENSOR (thick != NULL ? thick : g->pixels), NN_TENSOR (plan->indices),
                          NN_TENSOR (plan->params), NN_TENSOR (plan->norm), NN_TENSOR (g->x)),
                 error);
}

static NnTensor *
upload_norm (Plan *plan, GError **error)
{
  g_autoptr (NnTensor) tensor = nn_tensor_new (plan->context, NN_DTYPE_FLOAT32, 2 * NORM_BIAS, error);
  float table[2 * NORM_BIAS];

  for (guint i = 0; i < NORM_BIAS; i++)
    channel_norm (plan->gather->preprocess, i % plan->gather->input.dims[2], &table[i], &table[NORM_BIAS + i]);
  if (tensor == NULL || !nn_tensor_upload (tensor, table, error))
    return NULL;
  return g_steal_pointer (&tensor);
}

gboolean
nn_gather_record (NnCommands *commands, const NnGather *gather, GError **error)
{
  g_return_val_if_fail (commands != NULL && gather != NULL && gather->batch > 0 && gather->n_samples > 0, FALSE);
  g_return_val_if_fail (gather->pixels != NULL && gather->order != NULL && gather->step != NULL, FALSE);
  g_return_val_if_fail (gather->x != NULL && gather->preprocess != NULL, FALSE);

  if (!check_gather (gather, error))
    return FALSE;

  const NnAugment *augment = gather->augment;
  const NnShape *stored = &gather->stored, *input = &gather->input;
  const gboolean varied = !nn_augment_is_identity (augment);
  g_auto (Plan) plan = { .commands = commands, .gather = gather, .context = nn_commands_get_context (commands) };

  guint width = nn_context_get_limits (plan.context)->float_vector;
  plan.vector = !nn_context_is_cpu (plan.context) ? 1 : width >= 16 ? 16 : width >= 8 ? 8 : 4;
  plan.elastic = varied && augment->elastic.max > 0;
  plan.thickness = varied && (augment->thickness.min != 0 || augment->thickness.max != 0);
  plan.options = g_strdup_printf (
      "-D STORED_H=%u -D STORED_W=%u -D INPUT_H=%u -D INPUT_W=%u -D CHANNELS=%u -D V=%u%s%s%s%s%s%s", stored->dims[0],
      stored->dims[1], input->dims[0], input->dims[1], input->dims[2], plan.vector,
      gather->labels != NULL && gather->labels_out != NULL ? " -D LABELS" : "",
      varied ? " -D AUGMENT" : "", plan.elastic ? " -D ELASTIC" : "",
      plan.thickness ? " -D THICKNESS" : "",
      varied && augment->border == NN_BORDER_REFLECT ? " -D BORDER_REFLECT" : "",
      varied && augment->centred ? " -D CENTRED" : "");
  plan.indices = gather->indices != NULL ? nn_tensor_ref (gather->indices)
                                         : nn_tensor_new (plan.context, NN_DTYPE_INT32, gather->batch, error);
  if (plan.indices == NULL || (plan.norm = upload_norm (&plan, error)) == NULL
      || (gather->indices == NULL && !record_indices (&plan, error)))
    return FALSE;
  return varied ? record_augmented (&plan, error) : record_plain (&plan, error);
}
