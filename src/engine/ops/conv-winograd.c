/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launches of a convolution of 3x3 by Winograd's method, winograd.cl: when it pays, and how tiles are shared out. */
#include "ops/conv.h"

#define PLACES 36
#define TILE 4 /* output pixels of a tile, each way */
/* It pays where it saves at least this factor of the products (4 where tiles fit the picture), from so many channels
 * up: measured on PoCL with AVX2; fewer channels make the transformations cost as much as they save. */
#define MIN_SAVING 1.8
#define MIN_CHANNELS 16
/* Bytes of local memory for the tiles of a work-group: they should stay within a core's L2 cache. */
#define MAX_LOCAL (384 * 1024)
#define GROUPS_PER_UNIT 4
/* Tiles that are spread at a time for the gradient of the filters: with both sides they should stay in the cache. */
#define SPREAD_BYTES (6 * 1024 * 1024)
#define SPREAD_BLOCK 4

/* Where it doesn't pay by the rule it may still be tried. */
#define LEAST_SAVING 1.0
#define LEAST_CHANNELS 8

/* A convolution as winograd.cl sees it. */
typedef struct {
  NnConvGeometry g;
  NnCpuTile vec;
  guint tiles;  /* of the batch */
  guint blocks; /* of output channels */
  guint block;  /* tiles of a work-group of winograd_forward */
} Plan;

static guint
block_columns (const Plan *plan)
{
  return nn_cpu_tile_width (&plan->vec);
}

static gsize
local_bytes (const Plan *plan, guint block)
{
  return (gsize) PLACES * block * ((gsize) plan->g.group_in + block_columns (plan)) * sizeof (float);
}

/* How many of the products of the direct way there are for one of this. */
static double
saving (const NnConvGeometry *g)
{
  guint each = (guint) (CEIL_DIV (g->out[0], TILE) * CEIL_DIV (g->out[1], TILE));
  return 9.0 * g->out[0] * g->out[1] / (PLACES * each);
}

guint
nn_conv_winograd_columns (const NnConvGeometry *g)
{
  return (guint) MIN (g->group_in, g->group_out);
}

/* Sets out @plan; whether it can be done. */
static gboolean
make_plan (NnContext *ctx, const NnConvGeometry *g, guint batch, const NnCpuTile *tile, Plan *plan)
{
  const NnDeviceLimits *limits = nn_context_get_limits (ctx);
  *plan = (Plan){ .g = *g, .vec = *tile };
  if (!nn_context_is_cpu (ctx) || g->groups != 1 || g->kernel[0] != 3 || g->kernel[1] != 3 || g->stride[0] != 1 ||
      g->stride[1] != 1 || (guint) g->group_in < tile->rows || (guint) g->group_in % tile->vector != 0 ||
      (guint) g->group_out % tile->vector != 0)
    return FALSE;
  guint each = (guint) (CEIL_DIV (g->out[0], TILE) * CEIL_DIV (g->out[1], TILE));
  plan->tiles = batch * each;
  plan->blocks = CEIL_DIV ((guint) g->group_out, block_columns (plan));
  plan->block = plan->vec.rows;
  if (local_bytes (plan, plan->block) > MIN (limits->local_memory, MAX_LOCAL))
    return FALSE;
  /* As many tiles as fit, while there is work for every unit. */
  guint wanted = GROUPS_PER_UNIT * limits->compute_units;
  while (local_bytes (plan, plan->block + plan->vec.rows) <= MIN (limits->local_memory, MAX_LOCAL) &&
         plan->tiles / (plan->block + plan->vec.rows) >= wanted)
    plan->block += plan->vec.rows;
  return TRUE;
}

gboolean
nn_conv_winograd_suits (NnContext *ctx, const NnConvGeometry *g, guint batch, NnConvPass pass, const NnCpuTile *tile)
{
  Plan plan;
  NnConvGeometry back = nn_conv_turned (g);
  const NnConvGeometry *seen = pass == NN_CONV_INPUT ? &back : g;
  return nn_conv_winograd_columns (g) >= LEAST_CHANNELS && saving (seen) >= LEAST_SAVING &&
         make_plan (ctx, seen, batch, tile, &plan);
}

gboolean
nn_conv_winograd_pays (NnContext *ctx, const NnConvGeometry *g, guint batch)
{
  NnCpuTile tile;
  NnConvGeometry back = nn_conv_turned (g);
  if (!nn_context_is_cpu (ctx) || nn_conv_winograd_columns (g) < MIN_CHANNELS || saving (g) < MIN_SAVING ||
      saving (&back) < MIN_SAVING)
    return FALSE;
  nn_cpu_tile_for (ctx, nn_conv_winograd_columns (g), &tile);
  return nn_conv_winograd_suits (ctx, g, batch, NN_CONV_FORWARD, &tile) &&
         nn_conv_winograd_suits (ctx, g, batch, NN_CONV_INPUT, &tile);
}

/* The extents, as the kernels take them. */
#define SHAPE(g)                                                                                                    \
  NN_INT ((g).in[0]), NN_INT ((g).in[1]), NN_INT ((g).out[0]), NN_INT ((g).out[1]), NN_INT ((g).before[0]),         \
      NN_INT ((g).before[1]), NN_INT ((g).group_in), NN_INT ((g).group_out)

static char *
tile_options (const Plan *plan)
{
  return g_strdup_printf ("-D VW=%u -D NV=%u -D MR=%u", plan->vec.vector, plan->vec.vectors, plan->vec.rows);
}

/* A launch of width × height groups of one item. */
static gboolean
record (NnOpArgs *args, const char *kernel, const char *options, gsize width, gsize height, const NnArg *values,
        gsize n_values, GError **error)
{
  NnLaunch launch = { .file = "winograd.cl", .kernel = kernel, .options = options, .dims = 2,
                      .global = { width, height }, .local = { 1, 1 }, .label = args->node->name };
  return nn_commands_launch (args->commands, &launch, values, n_values, error);
}

/* winograd_filter and winograd_filter_gradient. */
static gboolean
record_filter (NnOpArgs *args, NnCommands *commands, const char *kernel, const char *options, gsize items,
               const NnArg *values, gsize n_values, GError **error)
{
  NnLaunch launch = { .file = "winograd.cl", .kernel = kernel, .options = options, .dims = 1, .label = args->node->name };
  nn_commands_linear (args->ctx, items, launch.global, launch.local);
  return nn_commands_launch (commands, &launch, values, n_values, error);
}

/* @layer: its own geometry, also where @plan is for its input's gradient (@flip) */
static gboolean
record_forward (NnOpArgs *args, const Plan *plan, const NnConvGeometry *layer, gboolean flip, GError **error)
{
  NnTensor *x = flip ? args->dy : args->x[0], *y = flip ? args->dx[0] : args->y, *bias = args->param[1];
  gsize pairs = (gsize) plan->g.group_in * plan->blocks * block_columns (plan);
  NnCommands *preparation;
  NnTensor *filters = nn_op_prepared (args, PLACES * pairs, &preparation, error);
  if (filters == NULL)
    return FALSE;
  guint groups = CEIL_DIV (plan->tiles, plan->block);
  guint wanted = GROUPS_PER_UNIT * nn_context_get_limits (args->ctx)->compute_units;
  guint splits = CLAMP (wanted / groups, 1, plan->blocks), per_group = CEIL_DIV (plan->blocks, splits);
  g_autofree char *tile = tile_options (plan), *filter = g_strconcat (tile, " -D FILTER", flip ? " -D FLIP" : "", NULL);
  g_autofree char *forward = g_strconcat (tile, " -D FORWARD ", nn_activation_option (layer->activation),
                                          bias != NULL ? " -D BIAS" : "", layer->pool ? " -D POOL" : "", NULL);
  return record_filter (args, preparation, "winograd_filter", filter, pairs / plan->vec.vector,
                        NN_ARGS (NN_INT (plan->g.group_in), NN_INT (plan->g.group_out), NN_TENSOR (args->param[0]),
                                 NN_TENSOR (filters)),
                        error) &&
         record (args, "winograd_forward", forward, groups, CEIL_DIV (plan->blocks, per_group),
                 NN_ARGS (SHAPE (plan->g), NN_INT (plan->tiles), NN_INT (plan->block), NN_INT (per_group), NN_UINT (flip),
                          NN_TENSOR (x), NN_TENSOR (filters), NN_TENSOR (bias), NN_TENSOR (y),
                          NN_LOCAL (PLACES * sizeof (float) * plan->block * (gsize) plan->g.group_in),
                          NN_LOCAL (PLACES * sizeof (float) * plan->block * block_columns (plan))),
                 error);
}

/* The tiles in portions: each is spread out and added to the sums. */
static gboolean
filter_backward (NnOpArgs *args, const Plan *plan, GError **error)
{
  gsize rows = (gsize) plan->g.group_in, columns = (gsize) plan->blocks * block_columns (plan);
  guint portion = (guint) (SPREAD_BYTES / (PLACES * (rows + columns) * sizeof (float)));
  portion = MIN ((portion / SPREAD_BLOCK + 1) * SPREAD_BLOCK, plan->tiles);
  NnTensor *v = nn_op_scratch (args, PLACES * rows * portion, error);
  NnTensor *m = v ? nn_op_scratch (args, PLACES * columns * portion, error) : NULL;
  NnTensor *sums = m ? nn_op_scratch (args, PLACES * columns * (rows + 1), error) : NULL;
  if (sums == NULL)
    return FALSE;
  g_autofree char *tile = tile_options (plan);
  g_autofree char *options = g_strconcat (tile, " -D FILTER_GRADIENT ", nn_activation_option (plan->g.activation),
                                          args->dx[0] != NULL ? " -D KEEP_DZ" : "", NULL);
  for (guint first = 0; first < plan->tiles; first += portion) {
    guint count = MIN (portion, plan->tiles - first);
    if (!record (args, "winograd_spread", options, CEIL_DIV (count, SPREAD_BLOCK), 1,
                 NN_ARGS (SHAPE (plan->g), NN_INT (first), NN_INT (first + count), NN_INT (SPREAD_BLOCK), NN_INT (portion),
                          NN_TENSOR (args->x[0]), NN_TENSOR (args->y), NN_TENSOR (args->dy), NN_TENSOR (v),
                          NN_TENSOR (m)),
                 error) ||
        !record (args, "winograd_accumulate", options, plan->blocks, PLACES,
                 NN_ARGS (NN_INT (plan->g.group_in), NN_INT (plan->g.group_out), NN_INT (count), NN_INT (portion),
                          NN_INT (first > 0), NN_TENSOR (v), NN_TENSOR (m), NN_TENSOR (sums)),
                 error))
      return FALSE;
  }
  return record_filter (args, args->commands, "winograd_filter_gradient", options, (rows + 1) * (gsize) plan->g.group_out,
                        NN_ARGS (NN_INT (plan->g.group_in), NN_INT (plan->g.group_out), NN_TENSOR (sums),
                                 NN_TENSOR (args->grad[0]), NN_TENSOR (args->grad[1])),
                        error);
}

gboolean
nn_conv_winograd_record (NnOpArgs *args, const NnConvGeometry *g, NnConvPass pass, const NnCpuTile *tile, GError **error)
{
  Plan plan;
  NnConvGeometry back = nn_conv_turned (g);
  make_plan (args->ctx, pass == NN_CONV_INPUT ? &back : g, args->batch, tile, &plan);
  if (pass == NN_CONV_WEIGHTS)
    return filter_backward (args, &plan, error);
  return record_forward (args, &plan, g, pass == NN_CONV_INPUT, error);
}
