/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launches of a depthwise convolution with the kernels for CPUs, conv-depthwise.cl. */
#include "ops/conv.h"

/* Output pixels at a time: enough sums to hide the time of a product. */
#define TILE 4
/* Slices of the batch for each compute unit, for the gradient of the weights. */
#define SLICES_PER_UNIT 4
/* Windows that the kernel unrolls. */
#define MAX_KERNEL 7

/* Vectors of a block of channels: a cache line where that divides them; 0 where no vector does. */
static guint
block_vectors (NnContext *ctx, const NnConvGeometry *g, NnCpuTile *tile)
{
  nn_cpu_tile_for (ctx, (guint) g->groups, tile);
  if ((guint) g->groups % tile->vector != 0)
    return 0;
  return tile->vector < 16 && (guint) g->groups % (2 * tile->vector) == 0 ? 2 : 1;
}

gboolean
nn_conv_depthwise_suits (NnContext *ctx, const NnConvGeometry *g)
{
  NnCpuTile tile;
  return nn_context_is_cpu (ctx) && g->group_in == 1 && g->group_out == 1 && g->groups > 1 &&
         MAX (g->kernel[0], g->kernel[1]) <= MAX_KERNEL && block_vectors (ctx, g, &tile) > 0;
}

static gboolean
record (NnOpArgs *args, const NnConvGeometry *g, const char *kernel, const char *option, gsize rows, gsize blocks,
        const NnArg *values, gsize n_values, GError **error)
{
  NnCpuTile tile;
  guint vectors = block_vectors (args->ctx, g, &tile);
  g_autoptr (GString) options = nn_conv_options (g);
  g_string_append_printf (options, " -D VW=%u -D NV=%u -D TILE=%d %s", tile.vector, vectors, TILE, option);
  NnLaunch launch = { .file = "conv-depthwise.cl", .kernel = kernel, .options = options->str, .dims = 2,
                      .global = { rows, blocks }, .local = { 1, 1 }, .label = args->node->name };
  return nn_commands_launch (args->commands, &launch, values, n_values, error);
}

gboolean
nn_conv_depthwise_forward (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  g_autofree char *option = g_strdup_printf ("-D FORWARD %s%s", nn_activation_option (g->activation),
                                             g->bias ? " -D BIAS" : "");
  return record (args, g, "depthwise_forward", option, args->batch * (gsize) g->out[0], 1,
                 NN_ARGS (NN_TENSOR (args->x[0]), NN_TENSOR (args->param[0]), NN_TENSOR (args->param[1]),
                          NN_TENSOR (args->y)),
                 error);
}

gboolean
nn_conv_depthwise_weights (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  NnCpuTile tile;
  guint blocks = (guint) g->groups / (block_vectors (args->ctx, g, &tile) * tile.vector);
  guint rows = args->batch * (guint) g->out[0];
  guint wanted = SLICES_PER_UNIT * nn_context_get_limits (args->ctx)->compute_units;
  guint per_slice = CEIL_DIV (rows, MIN (rows, wanted)), slices = CEIL_DIV (rows, per_slice);
  gsize weights = nn_shape_size (&args->node->params[0].shape);
  NnTensor *parts = nn_op_scratch (args, weights * slices, error);
  return parts != NULL &&
         record (args, g, "depthwise_weights", "-D WEIGHTS", slices, blocks,
                 NN_ARGS (NN_UINT (rows), NN_UINT (per_slice), NN_TENSOR (args->x[0]), NN_TENSOR (args->dy),
                          NN_TENSOR (parts)),
                 error) &&
         nn_conv_sum_columns (args, slices, (guint) weights, parts, args->grad[0], error);
}

gboolean
nn_conv_depthwise_input (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  return record (args, g, "depthwise_input", "-D INPUT", args->batch * (gsize) g->in[0], 1,
                 NN_ARGS (NN_TENSOR (args->dy), NN_TENSOR (args->param[0]), NN_TENSOR (args->dx[0])), error);
}
