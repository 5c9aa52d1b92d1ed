/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launches of a convolution with the kernels that serve every device and shape (conv-general.cl), or with the tiles
 * for GPUs (conv-tile.cl) or those for depthwise ones on CPUs (conv-depthwise.cl) where the device and the shape suit. */
#include "ops/column-sum.h"
#include "ops/conv.h"

#include "ops/cpu-tile.h"

/* Products that one work-item adds up at most, and work-items wanted for each compute unit. */
#define MAX_PIXELS 8192
#define MIN_PIXELS 64
#define ITEMS_PER_UNIT 512
/* The tile of a GPU: RT x RT results an item, TK products at a time. */
#define TILE_RT 4
#define TILE_TK 16
/* Fewer channels a group leave most of a tile idle. */
#define MIN_TILE_CHANNELS 8

/* One of the three passes: the kernels that do it, and the extent of its result for each group of channels. */
typedef struct {
  const char *plain, *tile, *option;
  gsize rows, columns;
  guint slices;
} Pass;

/* Returns: items of a tile in each direction, 0 where tiles don't suit */
static guint
tile_group (NnOpArgs *args, const NnConvGeometry *g)
{
  const NnDeviceLimits *limits = nn_context_get_limits (args->ctx);
  guint group = limits->max_work_group >= 256 ? 16 : 8;
  gsize local = 2 * TILE_TK * (group * TILE_RT + 1) * sizeof (float);
  if (nn_context_is_cpu (args->ctx) || limits->max_work_group < 64 || local > limits->local_memory ||
      g->group_out < MIN_TILE_CHANNELS)
    return 0;
  return group;
}

static gboolean
record (NnOpArgs *args, const NnConvGeometry *g, const Pass *pass, const NnArg *values, gsize n_values, GError **error)
{
  guint group = tile_group (args, g), groups = (guint) g->groups;
  g_autoptr (GString) options = nn_conv_options (g);
  g_string_append_printf (options, " %s", pass->option);
  NnLaunch launch = { .file = "conv-general.cl", .kernel = pass->plain, .label = args->node->name };
  if (group > 0) {
    gsize tile = group * TILE_RT;
    g_string_append_printf (options, " -D WG=%u -D RT=%d -D TK=%d", group, TILE_RT, TILE_TK);
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
  Pass pass = { "conv_plain", "conv_tile", option, pixels_of (args, g->out), (gsize) g->group_out, 1 };
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
                (gsize) g->group_out, 1 };
  /* Slices enough to keep the device busy, but not shorter than is worth it, nor longer than allowed. */
  gsize items = weights / (tile_group (args, g) > 0 ? TILE_RT * TILE_RT : 1);
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
  Pass pass = { "conv_plain_input", "conv_tile_input", "-D INPUT", pixels_of (args, g->in), (gsize) g->group_in, 1 };
  return record (args, g, &pass,
                 NN_ARGS (NN_UINT (pass.rows), NN_TENSOR (args->dy), NN_TENSOR (args->param[0]), NN_TENSOR (args->dx[0])),
                 error);
}

gboolean
nn_conv_general_backward (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  guint filters = (guint) (g->groups * g->group_out);
  return nn_activation_backward (args, g->activation, error) && weights_backward (args, g, error) &&
         (!g->bias || nn_conv_sum_columns (args, args->dy->size / filters, filters, args->dy, args->grad[1], error)) &&
         (args->dx[0] == NULL || input_backward (args, g, error));
}
