/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launches of a convolution with the kernels that serve every device and shape (conv-general.cl), or with the tiles
 * for GPUs (conv-tile.cl) or those for depthwise ones on CPUs (conv-depthwise.cl) where the device and the shape suit. */
#include "ops/column-sum.h"
#include "ops/conv.h"

/* Products that one work-item adds up at most, and work-items wanted for each compute unit. */
#define MAX_PIXELS 8192
#define MIN_PIXELS 64
#define ITEMS_PER_UNIT 512
/* Fewer channels a group leave most of a tile idle. */
#define MIN_TILE_CHANNELS 8

/* One of the three passes: the kernels that do it, and the extent of its result for each group of channels. */
typedef struct {
  const char *plain, *tile, *option;
  gsize rows, columns;
  guint slices;
  NnGpuTile way; /* no items: the plain kernels */
} Pass;

/* With which tile a pass is done; none has no items. */
static NnGpuTile
choose (NnOpArgs *args, const NnConvGeometry *g, NnConvPass pass)
{
  NnGpuTile tiles[NN_MAX_WAYS];
  NnWays ways = { .n = 0 };
  guint n = nn_context_is_cpu (args->ctx) || g->group_out < MIN_TILE_CHANNELS ? 0 : nn_gpu_tile_list (args->ctx, tiles);
  for (guint i = 0; i < n; i++)
    nn_ways_add_gpu (&ways, "tile", &tiles[i]);
  if (n == 0)
    return (NnGpuTile){ .group = 0 };
  g_autofree char *key = nn_conv_key (g, args->batch, pass);
  return tiles[nn_ways_choose (&ways, args->ctx, key)];
}

static gboolean
record (NnOpArgs *args, const NnConvGeometry *g, const Pass *pass, const NnArg *values, gsize n_values, GError **error)
{
  guint group = pass->way.group, groups = (guint) g->groups;
  g_autoptr (GString) options = nn_conv_options (g);
  g_string_append_printf (options, " %s", pass->option);
  NnLaunch launch = { .file = "conv-general.cl", .kernel = pass->plain, .label = args->node->name };
  if (group > 0) {
    gsize tile = nn_gpu_tile_width (&pass->way);
    g_string_append_printf (options, " -D WG=%u -D RT=%u -D TK=%u", group, pass->way.item, pass->way.depth);
    launch.file = "conv-tile.cl";
    launch.kernel = pass->tile;
    launch.dims = 3;
    launch.global[0] = CEIL_DIV (pass->columns, tile) * group;
    launch.global[1] = CEIL_DIV (pass->rows, tile) * group;
    launch.global[2] = groups * pass->slices;
    launch.local[0] = launch.local[1] = group;
    launch.local[2] = 1;
  } else {
    launch.dims = 2;
    nn_commands_linear (args->ctx, pass->rows * pass->columns * groups, &launch.global[0], &launch.local[0]);
    launch.global[1] = pass->slices;
    launch.local[1] = 1;
  }
  launch.options = options->str;
  return nn_commands_launch (args->commands, &launch, values, n_values, error);
}

static gsize
pixels_of (const NnOpArgs *args, const int extent[2])
{
  return (gsize) args->batch * (gsize) extent[0] * (gsize) extent[1];
}

gboolean
nn_conv_general_forward (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  if (nn_conv_depthwise_suits (args->ctx, g))
    return nn_conv_depthwise_forward (args, g, error);
  g_autofree char *option = g_strdup_printf ("-D FORWARD %s%s", nn_activation_option (g->activation),
                                             g->bias ? " -D BIAS" : "");
  Pass pass = { "conv_plain", "conv_tile", option, pixels_of (args, g->out), (gsize) g->group_out, 1,
                choose (args, g, NN_CONV_FORWARD) };
  return record (args, g, &pass,
                 NN_ARGS (NN_UINT (pass.rows), NN_TENSOR (args->x[0]), NN_TENSOR (args->param[0]),
                          NN_TENSOR (args->param[1]), NN_TENSOR (args->y)),
                 error);
}

gboolean
nn_conv_sum_columns (NnOpArgs *args, gsize rows, guint columns, NnTensor *x, NnTensor *out, GError **error)
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
  if (nn_conv_depthwise_suits (args->ctx, g))
    return nn_conv_depthwise_weights (args, g, error);
  gsize weights = nn_shape_size (&args->node->params[0].shape), pixels = pixels_of (args, g->out);
  Pass pass = { "conv_plain_weights", "conv_tile_weights", "-D WEIGHTS", weights / (gsize) (g->groups * g->group_out),
                (gsize) g->group_out, 1, choose (args, g, NN_CONV_WEIGHTS) };
  /* Slices enough to keep the device busy, but not shorter than is worth it, nor longer than allowed. */
  gsize items = weights / (pass.way.group > 0 ? pass.way.item * pass.way.item : 1);
  gsize busy = (gsize) ITEMS_PER_UNIT * nn_context_get_limits (args->ctx)->compute_units / MAX (items, 1) + 1;
  pass.slices = (guint) MAX (CEIL_DIV (pixels, MAX_PIXELS), MIN (busy, CEIL_DIV (pixels, MIN_PIXELS)));
  NnTensor *parts = nn_op_scratch (args, weights * pass.slices, error);
  return parts != NULL &&
         record (args, g, &pass,
                 NN_ARGS (NN_UINT (pixels), NN_UINT (CEIL_DIV (pixels, pass.slices)), NN_TENSOR (args->x[0]),
                          NN_TENSOR (args->dy), NN_TENSOR (parts)),
                 error) &&
         nn_conv_sum_columns (args, pass.slices, (guint) weights, parts, args->grad[0], error);
}

static gboolean
input_backward (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  if (nn_conv_depthwise_suits (args->ctx, g))
    return nn_conv_depthwise_input (args, g, error);
  Pass pass = { "conv_plain_input", "conv_tile_input", "-D INPUT", pixels_of (args, g->in), (gsize) g->group_in, 1,
                choose (args, g, NN_CONV_INPUT) };
  return record (args, g, &pass,
                 NN_ARGS (NN_UINT (pass.rows), NN_TENSOR (args->dy), NN_TENSOR (args->param[0]), NN_TENSOR (args->dx[0])),
                 error);
}

gboolean
nn_conv_general_backward (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  guint filters = (guint) (g->groups * g->group_out);
  return nn_activation_backward (args, g->activation, error) &&
         (args->grad[0] == NULL || weights_backward (args, g, error)) &&
         (args->grad[1] == NULL || nn_conv_sum_columns (args, args->dy->size / filters, filters, args->dy, args->grad[1], error)) &&
         (args->dx[0] == NULL || input_backward (args, g, error));
}
