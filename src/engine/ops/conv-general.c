/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launches of a convolution with the kernels that serve every device and shape. */
#include "ops/column-sum.h"
#include "ops/conv.h"

#include "ops/cpu-tile.h"

/* Products that one work-item adds up at most, and slices wanted so that the device has enough to do. */
#define MAX_PIXELS 8192
#define MIN_SLICES 4

static gboolean
record (NnOpArgs *args, const NnConvGeometry *g, const char *kernel, gsize items, guint slices, gboolean forward,
        const NnArg *values, gsize n_values, GError **error)
{
  g_autoptr (GString) options = nn_conv_options (g);
  if (forward)
    g_string_append_printf (options, " %s%s", nn_activation_option (g->activation), g->bias ? " -D BIAS" : "");
  NnLaunch launch = { .file = "conv-general.cl",
                      .kernel = kernel,
                      .options = options->str,
                      .dims = 2,
                      .global = { 0, slices },
                      .local = { 0, 1 },
                      .label = args->node->name };
  nn_commands_linear (args->ctx, items, &launch.global[0], &launch.local[0]);
  return nn_commands_launch (args->commands, &launch, values, n_values, error);
}

gboolean
nn_conv_general_forward (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  return record (args, g, "conv_plain", args->y->size, 1, TRUE,
                 NN_ARGS (NN_UINT (args->y->size), NN_TENSOR (args->x[0]), NN_TENSOR (args->param[0]),
                          NN_TENSOR (args->param[1]), NN_TENSOR (args->y)),
                 error);
}

/* Sums the columns of rows × columns floats, with scratch of its own. */
static gboolean
sum_columns (NnOpArgs *args, gsize rows, guint columns, NnTensor *x, NnTensor *out, GError **error)
{
  NnColumnSum sum = { .rows = rows, .columns = columns, .x = x, .out = out };
  gsize scratch = nn_column_sum_scratch (args->ctx, rows, columns);
  if (scratch > 0 && (sum.scratch = nn_op_scratch (args, scratch, error)) == NULL)
    return FALSE;
  return nn_column_sum_record (args, &sum, error);
}

static gboolean
weights_backward (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  gsize weights = nn_shape_size (&args->node->params[0].shape);
  gsize pixels = (gsize) args->batch * (gsize) g->out[0] * (gsize) g->out[1];
  guint slices = (guint) MAX (CEIL_DIV (pixels, MAX_PIXELS), MIN (pixels, MIN_SLICES));
  NnTensor *parts = nn_op_scratch (args, weights * slices, error);
  return parts != NULL &&
         record (args, g, "conv_plain_weights", weights, slices, FALSE,
                 NN_ARGS (NN_UINT (pixels), NN_UINT (CEIL_DIV (pixels, slices)), NN_TENSOR (args->x[0]),
                          NN_TENSOR (args->dy), NN_TENSOR (parts)),
                 error) &&
         sum_columns (args, slices, (guint) weights, parts, args->grad[0], error);
}

gboolean
nn_conv_general_backward (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  guint filters = (guint) (g->groups * g->group_out);
  return nn_activation_backward (args, g->activation, error) && weights_backward (args, g, error) &&
         (!g->bias || sum_columns (args, args->dy->size / filters, filters, args->dy, args->grad[1], error)) &&
         (args->dx[0] == NULL ||
          record (args, g, "conv_plain_input", args->dx[0]->size, 1, FALSE,
                  NN_ARGS (NN_UINT (args->dx[0]->size), NN_TENSOR (args->dy), NN_TENSOR (args->param[0]),
                           NN_TENSOR (args->dx[0])),
                  error));
}
