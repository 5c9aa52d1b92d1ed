/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/gemm.h"

#include "ops/scratch.h"
#include "ops/tuning.h"

/* Larger results than this are never worth a try without tiles. */
#define MAX_PLAIN (256 * 256)
/* Of a product with fewer tiles than compute units, K is shared out too: so many products a part at least. */
#define MIN_SLICE 64

typedef enum {
  KERNEL_PANEL,
  KERNEL_DIRECT,
  KERNEL_DOT,
  KERNEL_TILE,
  KERNEL_PLAIN,
} Kernel;

static const char *const kernel_names[] = { "gemm_panel", "gemm_direct", "gemm_dot", "gemm_tile", "gemm_plain" };
static const char *const kernel_options[] = { "-D GEMM_PANEL", "-D GEMM_DIRECT", "-D GEMM_DOT", "-D GEMM_TILE",
                                              "-D GEMM_PLAIN" };

static const char *const op_names[] = { "nn", "tn", "nt" };

/* One launch: the kernel, its tunables, and what its last arguments are. */
typedef struct {
  Kernel kernel;
  NnCpuTile cpu;
  NnGpuTile gpu;
  guint depth; /* KERNEL_PANEL: products of a panel */
  guint slice_depth; /* KERNEL_TILE: of K, for each of several parts; all of it where there is one */
  guint block_rows, block_columns;
} Plan;

/* The ways to do one product, the rule's first. */
typedef struct {
  Plan plans[NN_MAX_WAYS];
  NnWays ways;
} Choice;

static void
add_plan (Choice *choice, const Plan *plan)
{
  guint at = choice->ways.n;
  if (plan->kernel == KERNEL_TILE ? nn_ways_add_gpu (&choice->ways, "tile", &plan->gpu)
      : plan->kernel == KERNEL_PLAIN
          ? nn_ways_add (&choice->ways, "plain")
          : nn_ways_add_cpu (&choice->ways, plan->kernel == KERNEL_DOT ? "dot" : "panel", &plan->cpu))
    choice->plans[at] = *plan;
}

static void
add_panel (Choice *choice, NnContext *ctx, const NnGemm *gemm, const NnCpuTile *tile)
{
  const NnDeviceLimits *limits = nn_context_get_limits (ctx);
  Plan plan = { .kernel = KERNEL_PANEL, .cpu = *tile, .depth = 512 };
  guint width = nn_cpu_tile_width (tile);
  while (plan.depth > 16 && plan.depth * width * sizeof (float) > limits->local_memory)
    plan.depth /= 2;
  /* All rows share a panel where there are panels enough for all units; else the rows are cut into blocks. */
  guint panels = CEIL_DIV (gemm->n, width), wanted = 8 * limits->compute_units;
  guint cuts = CLAMP (CEIL_DIV (wanted, panels), 1, CEIL_DIV (gemm->m, tile->rows));
  plan.block_rows = CEIL_DIV (CEIL_DIV (gemm->m, cuts), tile->rows) * tile->rows;
  add_plan (choice, &plan);
}

static void
add_dot (Choice *choice, NnContext *ctx, const NnGemm *gemm, const NnCpuTile *tile)
{
  Plan plan = { .kernel = KERNEL_DOT, .cpu = *tile };
  plan.cpu.rows = plan.cpu.vectors = nn_cpu_dot_side (ctx);
  plan.block_rows = gemm->m;
  /* A block of columns takes all rows; enough blocks for all units. */
  guint blocks = MAX (4 * nn_context_get_limits (ctx)->compute_units, CEIL_DIV (gemm->n, 64));
  plan.block_columns = CEIL_DIV (CEIL_DIV (gemm->n, blocks), plan.cpu.vectors) * plan.cpu.vectors;
  add_plan (choice, &plan);
}

static void
list_cpu (Choice *choice, NnContext *ctx, const NnGemm *gemm)
{
  NnCpuTile tiles[NN_MAX_WAYS];
  guint n = nn_cpu_tile_list (ctx, gemm->n, tiles);
  if (gemm->m <= 4 && gemm->op != NN_GEMM_NT) {
    Plan plan = { .kernel = KERNEL_DIRECT, .cpu = tiles[0] };
    plan.cpu.rows = gemm->m;
    plan.cpu.vectors = gemm->n > 2 * tiles[0].vector ? 4 : tiles[0].vectors;
    add_plan (choice, &plan);
    return;
  }
  gboolean can_dot = gemm->op == NN_GEMM_NT && gemm->k >= 4 * tiles[0].vector;
  gboolean dot_first = can_dot && (gemm->m <= 16 || gemm->k >= 512);
  if (dot_first)
    add_dot (choice, ctx, gemm, &tiles[0]);
  for (guint i = 0; i < n; i++) {
    add_panel (choice, ctx, gemm, &tiles[i]);
    if (i == 0 && can_dot && !dot_first)
      add_dot (choice, ctx, gemm, &tiles[0]);
  }
}

static void
add_tiles (Choice *choice, NnContext *ctx, const NnGemm *gemm, const NnGpuTile *tile)
{
  guint width = nn_gpu_tile_width (tile), tiles = CEIL_DIV (gemm->n, width) * CEIL_DIV (gemm->m, width);
  guint wanted = 2 * nn_context_get_limits (ctx)->compute_units;
  guint slices = CLAMP (wanted / tiles, 1, MAX (gemm->k / MIN_SLICE, 1));
  add_plan (choice, &(Plan){ .kernel = KERNEL_TILE, .gpu = *tile,
                             .slice_depth = CEIL_DIV (CEIL_DIV (gemm->k, slices), tile->depth) * tile->depth });
}

static void
list_gpu (Choice *choice, NnContext *ctx, const NnGemm *gemm)
{
  NnGpuTile tiles[NN_MAX_WAYS];
  /* A product of few rows leaves most of a tile idle. */
  guint n = gemm->m >= 8 && gemm->n >= 8 ? nn_gpu_tile_list (ctx, tiles) : 0;
  for (guint i = 0; i < n; i++)
    add_tiles (choice, ctx, gemm, &tiles[i]);
  if (n == 0 || (gsize) gemm->m * gemm->n <= MAX_PLAIN)
    add_plan (choice, &(Plan){ .kernel = KERNEL_PLAIN });
}

static void
choose (NnContext *ctx, const NnGemm *gemm, Plan *plan)
{
  Choice choice = { .ways = { .n = 0 } };
  if (nn_context_is_cpu (ctx))
    list_cpu (&choice, ctx, gemm);
  else
    list_gpu (&choice, ctx, gemm);
  g_autofree char *key = g_strdup_printf ("gemm %s %ux%ux%u", op_names[gemm->op], gemm->m, gemm->n, gemm->k);
  *plan = choice.plans[nn_ways_choose (&choice.ways, ctx, key)];
}

static guint
count_slices (const Plan *plan, const NnGemm *gemm)
{
  return plan->kernel == KERNEL_TILE ? CEIL_DIV (gemm->k, plan->slice_depth) : 1;
}

/* What happens to a sum at the end. */
static void
append_ending (GString *options, const NnGemm *gemm)
{
  if (gemm->bias != NULL)
    g_string_append (options, " -D BIAS");
  if (gemm->accumulate)
    g_string_append (options, " -D ACCUMULATE");
  if (gemm->activation != NN_ACTIVATION_NONE)
    g_string_append_printf (options, " %s", nn_activation_option (gemm->activation));
}

static char *
plan_options (const Plan *plan, const NnGemm *gemm)
{
  GString *options = g_string_new (kernel_options[plan->kernel]);
  if (plan->kernel == KERNEL_TILE)
    g_string_append_printf (options, " -D WG=%u -D RT=%u -D TK=%u", plan->gpu.group, plan->gpu.item,
                            plan->gpu.depth);
  else if (plan->kernel != KERNEL_PLAIN)
    g_string_append_printf (options, " -D VW=%u -D MR=%u -D NV=%u", plan->cpu.vector, plan->cpu.rows,
                            plan->cpu.vectors);
  if (plan->kernel == KERNEL_PANEL)
    g_string_append_printf (options, " -D KC=%u", plan->depth);
  if (gemm->op == NN_GEMM_TN)
    g_string_append (options, " -D TRANSPOSED_A");
  if (gemm->op == NN_GEMM_NT)
    g_string_append (options, " -D TRANSPOSED_B");
  if (count_slices (plan, gemm) > 1)
    g_string_append (options, " -D SPLIT");
  else
    append_ending (options, gemm);
  return g_string_free (options, FALSE);
}

static void
plan_range (NnContext *ctx, const Plan *plan, const NnGemm *gemm, NnLaunch *launch)
{
  launch->dims = 2;
  launch->local[0] = launch->local[1] = 1;
  launch->global[1] = 1;
  switch (plan->kernel) {
  case KERNEL_PANEL:
    launch->global[0] = CEIL_DIV (gemm->n, nn_cpu_tile_width (&plan->cpu));
    launch->global[1] = CEIL_DIV (gemm->m, plan->block_rows);
    break;
  case KERNEL_DIRECT:
    launch->global[0] = CEIL_DIV (gemm->n, nn_cpu_tile_width (&plan->cpu));
    break;
  case KERNEL_DOT:
    launch->global[0] = CEIL_DIV (gemm->n, plan->block_columns);
    launch->global[1] = CEIL_DIV (gemm->m, plan->block_rows);
    break;
  case KERNEL_TILE:
    launch->dims = 3;
    launch->local[2] = 1;
    launch->global[2] = count_slices (plan, gemm);
    launch->local[0] = launch->local[1] = plan->gpu.group;
    launch->global[0] = CEIL_DIV (gemm->n, nn_gpu_tile_width (&plan->gpu)) * (gsize) plan->gpu.group;
    launch->global[1] = CEIL_DIV (gemm->m, nn_gpu_tile_width (&plan->gpu)) * (gsize) plan->gpu.group;
    break;
  case KERNEL_PLAIN:
    nn_commands_linear (ctx, gemm->n, &launch->global[0], &launch->local[0]);
    launch->global[1] = gemm->m;
    break;
  }
}

/* C from the parts of a product whose K was shared out. */
static gboolean
record_parts (const NnOpArgs *args, const NnGemm *gemm, guint slices, NnTensor *parts, GError **error)
{
  g_autoptr (GString) options = g_string_new ("-D GEMM_PARTS");
  append_ending (options, gemm);
  NnLaunch launch = { .file = "gemm.cl", .kernel = "gemm_parts", .options = options->str, .dims = 1,
                      .label = args->node != NULL ? args->node->name : NULL };
  nn_commands_linear (args->ctx, (gsize) gemm->m * gemm->n, launch.global, launch.local);
  return nn_commands_launch (args->commands, &launch,
                             NN_ARGS (NN_UINT (gemm->m), NN_UINT (gemm->n), NN_UINT (slices), NN_TENSOR (parts),
                                      NN_TENSOR (gemm->c), NN_UINT (gemm->c_offset), NN_UINT (gemm->ldc),
                                      NN_TENSOR (gemm->bias), NN_UINT (gemm->bias_offset)),
                             error);
}

static gboolean
record_plan (const NnOpArgs *args, const NnGemm *gemm, const Plan *plan, GError **error)
{
  g_autofree char *options = plan_options (plan, gemm);
  NnLaunch launch = { .file = "gemm.cl",
                      .kernel = kernel_names[plan->kernel],
                      .options = options,
                      .label = args->node != NULL ? args->node->name : NULL };
  plan_range (args->ctx, plan, gemm, &launch);

  guint last = plan->kernel == KERNEL_TILE ? plan->slice_depth : plan->block_rows;
  const NnArg values[] = { NN_UINT (gemm->m),        NN_UINT (gemm->n),
                           NN_UINT (gemm->k),        NN_TENSOR (gemm->a),
                           NN_UINT (gemm->a_offset), NN_UINT (gemm->lda),
                           NN_TENSOR (gemm->b),      NN_UINT (gemm->b_offset),
                           NN_UINT (gemm->ldb),      NN_TENSOR (gemm->c),
                           NN_UINT (gemm->c_offset), NN_UINT (gemm->ldc),
                           NN_TENSOR (gemm->bias),   NN_UINT (gemm->bias_offset),
                           NN_UINT (last),           NN_UINT (plan->block_columns) };
  gboolean has_last = plan->kernel == KERNEL_PANEL || plan->kernel == KERNEL_TILE;
  gsize n_values = G_N_ELEMENTS (values) - (plan->kernel == KERNEL_DOT ? 0 : has_last ? 1 : 2);
  return nn_commands_launch (args->commands, &launch, values, n_values, error);
}

static gboolean
record_one (const NnOpArgs *args, const NnGemm *gemm, GError **error)
{
  Plan plan = { 0 };
  choose (args->ctx, gemm, &plan);
  guint slices = count_slices (&plan, gemm);
  if (slices == 1)
    return record_plan (args, gemm, &plan, error);
  NnGemm split = *gemm;
  split.c = nn_scratch_take (args->scratch, (gsize) slices * gemm->m * gemm->n, error);
  split.c_offset = 0;
  split.ldc = gemm->n;
  return split.c != NULL && record_plan (args, &split, &plan, error) &&
         record_parts (args, gemm, slices, split.c, error);
}

gboolean
nn_gemm_record (const NnOpArgs *args, const NnGemm *gemm, GError **error)
{
  g_return_val_if_fail (gemm->m > 0 && gemm->n > 0 && gemm->k > 0, FALSE);
  NnGemm whole = *gemm;
  if (whole.lda == 0)
    whole.lda = whole.op == NN_GEMM_TN ? whole.m : whole.k;
  if (whole.ldb == 0)
    whole.ldb = whole.op == NN_GEMM_NT ? whole.k : whole.n;
  if (whole.ldc == 0)
    whole.ldc = whole.n;

  /* Where loops are limited, a long K is cut into several products, of which the last one applies the function. */
  guint limit = nn_context_get_limits (args->ctx)->loop_limit;
  guint step = limit > 0 ? MAX (limit / 4, 1) : whole.k;
  for (guint k0 = 0; k0 < gemm->k; k0 += step) {
    NnGemm part = whole;
    part.k = MIN (step, gemm->k - k0);
    part.a_offset += whole.op == NN_GEMM_TN ? (gsize) k0 * whole.lda : k0;
    part.b_offset += whole.op == NN_GEMM_NT ? k0 : (gsize) k0 * whole.ldb;
    part.accumulate = whole.accumulate || k0 > 0;
    if (k0 + part.k < gemm->k) {
      part.bias = NULL;
      part.activation = NN_ACTIVATION_NONE;
    }
    if (!record_one (args, &part, error))
      return FALSE;
  }
  return TRUE;
}
