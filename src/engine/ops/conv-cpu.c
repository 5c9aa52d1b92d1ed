/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launches of a convolution with the kernels for CPUs, conv.cl: how a picture is cut into patches and tiles. */
#include "ops/conv.h"

/* Bytes of local memory that a work-group uses at most: with the weights, it should stay within the L2 cache. */
#define MAX_PATCH (160 * 1024)
/* Work-groups wanted for each compute unit, so that the last ones to finish leave none idle for long. */
#define GROUPS_PER_UNIT 4
/* Bytes of the gradient that a work-group holds at most where the weights are so few that it is read only a few times:
 * it should stay in the L1 cache between. */
#define MAX_SHALLOW_GRADIENT (8 * 1024)
/* Work-items of a group where each one copies or adds rows of weights. */
#define ROW_ITEMS 16

/* One pass: the geometry as the kernel sees it, and how it is cut. */
typedef struct {
  NnConvGeometry g;
  int spread[2]; /* of the input */
  NnCpuTile vec;
  int rows, columns; /* of a patch's output */
  int tile;
} Pass;

static int
blocks (const Pass *pass)
{
  return pass->g.groups * (int) CEIL_DIV ((guint) pass->g.group_out, nn_cpu_tile_width (&pass->vec));
}

static int
bands (const Pass *pass)
{
  return CEIL_DIV (pass->g.out[0], pass->rows) * CEIL_DIV (pass->g.out[1], pass->columns);
}

/* Floats of the gradient that the pass that makes weights keeps beside the patch. */
static gsize
gradient_floats (const Pass *pass)
{
  return (gsize) pass->rows * (gsize) pass->columns * nn_cpu_tile_width (&pass->vec);
}

static gsize
local_floats (const Pass *pass, gboolean weights)
{
  const NnConvGeometry *g = &pass->g;
  gsize height = (gsize) ((pass->rows - 1) * g->stride[0] + g->kernel[0]);
  gsize width = (gsize) ((pass->columns - 1) * g->stride[1] + g->kernel[1]);
  return height * width * (gsize) g->group_in + (weights ? gradient_floats (pass) : 0);
}

static gboolean
too_large (const Pass *pass, const NnDeviceLimits *limits, gboolean weights)
{
  gboolean shallow = pass->g.kernel[0] * pass->g.kernel[1] * pass->g.group_in <= 4 * (int) pass->vec.max_rows;
  return local_floats (pass, weights) > MIN (limits->local_memory, MAX_PATCH) / sizeof (float) ||
         (weights && shallow && gradient_floats (pass) > MAX_SHALLOW_GRADIENT / sizeof (float));
}

/* Cuts pictures into bands that fit local memory, and further until there is work for every unit. */
static gboolean
cut (Pass *pass, const NnDeviceLimits *limits, guint batch, gboolean weights)
{
  guint wanted = GROUPS_PER_UNIT * limits->compute_units;
  int n_rows = 1, n_columns = 1;
  pass->rows = pass->g.out[0];
  pass->columns = pass->g.out[1];
  while (pass->rows > 1 && (too_large (pass, limits, weights) || batch * (guint) (bands (pass) * blocks (pass)) < wanted)) {
    n_rows++;
    pass->rows = CEIL_DIV (pass->g.out[0], n_rows);
  }
  while (pass->columns > 1 && local_floats (pass, weights) > MIN (limits->local_memory, MAX_PATCH) / sizeof (float)) {
    n_columns++;
    pass->columns = CEIL_DIV (pass->g.out[1], n_columns);
  }
  return local_floats (pass, weights) <= limits->local_memory / sizeof (float);
}

/* The length of a tile with the least work wasted at the end of a run; each tile costs about one step more. */
static int
choose_tile (int run, int most)
{
  int best = 1, best_cost = G_MAXINT;
  for (int tile = most; tile >= 1; tile--) {
    int cost = CEIL_DIV (run, tile) * (tile + 1);
    if (cost < best_cost) {
      best = tile;
      best_cost = cost;
    }
  }
  return best;
}

/* Tiles of weights: divisors of a run need no table of offsets. */
static int
choose_weights_tile (const NnConvGeometry *g, int most)
{
  int run = g->kernel[1] * g->group_in, depth = g->kernel[0] * run;
  if (depth <= most)
    return depth;
  for (int tile = most; tile > most / 2; tile--)
    if (run % tile == 0)
      return tile;
  return choose_tile (depth, most);
}

/* No window of 2x2 pixels is shared by two bands. */
static gboolean
make_even (Pass *pass)
{
  pass->rows += pass->rows % 2 == 1 && pass->rows < pass->g.out[0];
  pass->columns += pass->columns % 2 == 1 && pass->columns < pass->g.out[1];
  return pass->g.groups == 1 && (guint) pass->g.group_out % (pass->vec.vector * pass->vec.vectors) == 0 &&
         pass->g.out[0] > 1 && pass->g.out[1] > 1;
}

static gsize
local_bytes_pooled (const Pass *pass)
{
  gsize two_rows = 2 * (gsize) pass->columns * pass->vec.vector * pass->vec.vectors;
  return (local_floats (pass, FALSE) + two_rows) * sizeof (float);
}

static gboolean
plan_forward (NnContext *ctx, const NnConvGeometry *g, guint batch, const NnCpuTile *tile, Pass *pass)
{
  *pass = (Pass){ .g = *g, .spread = { 1, 1 }, .vec = *tile };
  gboolean fits = cut (pass, nn_context_get_limits (ctx), batch, FALSE);
  if (g->pool)
    fits = make_even (pass) && fits && local_bytes_pooled (pass) <= nn_context_get_limits (ctx)->local_memory;
  pass->tile = choose_tile (pass->columns, (int) pass->vec.max_rows);
  return fits;
}

static gboolean
plan_input (NnContext *ctx, const NnConvGeometry *g, guint batch, const NnCpuTile *tile, Pass *pass)
{
  NnConvGeometry turned = nn_conv_turned (g);
  gboolean fits = plan_forward (ctx, &turned, batch, tile, pass);
  pass->spread[0] = g->stride[0];
  pass->spread[1] = g->stride[1];
  return fits;
}

static gboolean
plan_weights (NnContext *ctx, const NnConvGeometry *g, guint batch, const NnCpuTile *tile, Pass *pass)
{
  *pass = (Pass){ .g = *g, .spread = { 1, 1 }, .vec = *tile };
  gboolean fits = cut (pass, nn_context_get_limits (ctx), batch, TRUE);
  pass->tile = choose_weights_tile (g, (int) pass->vec.max_rows);
  return fits;
}

gboolean
nn_conv_cpu_suits (NnContext *ctx, const NnConvGeometry *g, guint batch, NnConvPass pass, const NnCpuTile *tile)
{
  Pass plan;
  if (!nn_context_is_cpu (ctx) || (g->groups > 1 && (g->group_out < 8 || g->group_in < 8)))
    return FALSE;
  if (pass == NN_CONV_WEIGHTS)
    return plan_weights (ctx, g, batch, tile, &plan);
  return pass == NN_CONV_INPUT ? plan_input (ctx, g, batch, tile, &plan) : plan_forward (ctx, g, batch, tile, &plan);
}

static gboolean
record (NnOpArgs *args, const Pass *pass, const char *kernel, const char *options, gsize units, const NnArg *values,
        gsize n_values, GError **error)
{
  g_autoptr (GString) all = nn_conv_options (&pass->g);
  g_string_append_printf (all, " -D DH=%d -D DW=%d -D ROWS=%d -D COLS=%d -D VW=%u -D NV=%u -D TILE=%d %s",
                          pass->spread[0], pass->spread[1], pass->rows, pass->columns, pass->vec.vector,
                          pass->vec.vectors, pass->tile, options);
  NnLaunch launch = { .file = "conv.cl",
                      .kernel = kernel,
                      .options = all->str,
                      .dims = 2,
                      .global = { units, (gsize) blocks (pass) },
                      .local = { 1, 1 },
                      .label = args->node->name };
  return nn_commands_launch (args->commands, &launch, values, n_values, error);
}

/* conv_pack and conv_reduce: one item for each of @rows of the weights. */
static gboolean
record_rows (NnOpArgs *args, NnCommands *commands, const Pass *pass, const char *kernel, const char *option, gsize rows,
             const NnArg *values, gsize n_values, GError **error)
{
  g_autofree char *options = g_strdup_printf ("-D VW=%u -D NV=%u %s", pass->vec.vector, pass->vec.vectors, option);
  NnLaunch launch = { .file = "conv.cl", .kernel = kernel, .options = options, .dims = 1, .label = args->node->name };
  launch.local[0] = MIN (ROW_ITEMS, nn_context_get_limits (args->ctx)->max_work_group);
  launch.global[0] = CEIL_DIV (rows, launch.local[0]) * launch.local[0];
  return nn_commands_launch (commands, &launch, values, n_values, error);
}

/* Records conv_pack and conv_forward. @layer: the geometry that the weights have; @flip: whether they are turned round
 * and transposed, for the gradient of the input. */
static gboolean
record_forward (NnOpArgs *args, const Pass *pass, const NnConvGeometry *layer, gboolean flip, NnTensor *x, NnTensor *bias,
                NnTensor *y, GError **error)
{
  int depth = pass->g.kernel[0] * pass->g.kernel[1] * pass->g.group_in;
  gsize rows = (gsize) (blocks (pass) * depth), width = nn_cpu_tile_width (&pass->vec);
  NnCommands *packing;
  NnTensor *panels = nn_op_prepared (args, rows * width, &packing, error);
  if (panels == NULL)
    return FALSE;
  g_autofree char *options = g_strdup_printf ("-D FORWARD %s%s%s", nn_activation_option (pass->g.activation),
                                              bias != NULL ? " -D BIAS" : "", pass->g.pool ? " -D POOL" : "");
  return record_rows (args, packing, pass, "conv_pack", flip ? "-D PACK -D FLIP" : "-D PACK", rows,
                      NN_ARGS (NN_INT (layer->kernel[0] * layer->kernel[1]), NN_INT (layer->groups),
                               NN_INT (layer->group_in), NN_INT (layer->group_out), NN_TENSOR (args->param[0]),
                               NN_TENSOR (panels)),
                      error) &&
         record (args, pass, "conv_forward", options, args->batch * (gsize) bands (pass),
                 NN_ARGS (NN_TENSOR (x), NN_TENSOR (panels), NN_TENSOR (bias), NN_TENSOR (y)), error);
}

static gboolean
weights_backward (NnOpArgs *args, const NnConvGeometry *g, const NnCpuTile *tile, GError **error)
{
  Pass pass;
  plan_weights (args->ctx, g, args->batch, tile, &pass);
  gsize depth = (gsize) (g->kernel[0] * g->kernel[1] * g->group_in), width = nn_cpu_tile_width (&pass.vec);
  guint n_blocks = (guint) blocks (&pass), units = args->batch * (guint) bands (&pass);
  guint wanted = GROUPS_PER_UNIT * nn_context_get_limits (args->ctx)->compute_units;
  guint per_slice = CEIL_DIV (units, MIN (units, CEIL_DIV (wanted, n_blocks))), slices = CEIL_DIV (units, per_slice);
  gsize rows = n_blocks * (depth + 1);
  NnTensor *parts = nn_op_scratch (args, slices * rows * width, error);
  if (parts == NULL)
    return FALSE;
  g_autofree char *options = g_strdup_printf ("-D WEIGHTS %s%s", nn_activation_option (g->activation),
                                              args->dx[0] != NULL ? " -D KEEP_DZ" : "");
  return record (args, &pass, "conv_weights", options, slices,
                 NN_ARGS (NN_UINT (units), NN_UINT (per_slice), NN_TENSOR (args->x[0]), NN_TENSOR (args->y),
                          NN_TENSOR (args->dy), NN_TENSOR (parts)),
                 error) &&
         record_rows (args, args->commands, &pass, "conv_reduce", "-D REDUCE", rows,
                      NN_ARGS (NN_UINT (slices), NN_INT (depth), NN_INT (g->groups), NN_INT (g->group_out),
                               NN_TENSOR (parts), NN_TENSOR (args->grad[0]), NN_TENSOR (args->grad[1])),
                      error);
}

gboolean
nn_conv_cpu_record (NnOpArgs *args, const NnConvGeometry *g, NnConvPass pass, const NnCpuTile *tile, GError **error)
{
  Pass plan;
  if (pass == NN_CONV_WEIGHTS)
    return weights_backward (args, g, tile, error);
  if (pass == NN_CONV_INPUT) {
    plan_input (args->ctx, g, args->batch, tile, &plan);
    return record_forward (args, &plan, g, TRUE, args->dy, NULL, args->dx[0], error);
  }
  plan_forward (args->ctx, g, args->batch, tile, &plan);
  return record_forward (args, &plan, g, FALSE, args->x[0], args->param[1], args->y, error);
}
