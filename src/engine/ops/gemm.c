/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/gemm.h"

#include "ops/cpu-tile.h"

/* The tile of the GPU kernel: WG x WG items, RT x RT elements each, TK steps of K at a time. */
#define GPU_RT 4
#define GPU_TK 16

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

/* One launch: the kernel, its tunables, and what its last arguments are. */
typedef struct {
  Kernel kernel;
  guint vector, rows, vectors, depth, group;
  guint block_rows, block_columns;
} Plan;

static void
plan_cpu (NnContext *ctx, const NnGemm *gemm, Plan *plan)
{
  const NnDeviceLimits *limits = nn_context_get_limits (ctx);
  NnCpuTile tile;
  nn_cpu_tile_for (limits, gemm->n, &tile);
  plan->vector = tile.vector;
  plan->vectors = tile.vectors;
  plan->rows = tile.rows;

  if (gemm->m <= 4 && gemm->op != NN_GEMM_NT) {
    plan->kernel = KERNEL_DIRECT;
    plan->rows = gemm->m;
    plan->vectors = gemm->n > 2 * tile.vector ? 4 : tile.vectors;
    return;
  }
  if (gemm->op == NN_GEMM_NT && (gemm->m <= 16 || gemm->k >= 512) && gemm->k >= 4 * tile.vector) {
    plan->kernel = KERNEL_DOT;
    plan->rows = plan->vectors = limits->float_vector >= 16 ? 4 : 3;
    plan->block_rows = gemm->m;
    /* A block of columns takes all rows; enough blocks for all units. */
    guint blocks = MAX (4 * limits->compute_units, CEIL_DIV (gemm->n, 64));
    plan->block_columns = CEIL_DIV (CEIL_DIV (gemm->n, blocks), plan->vectors) * plan->vectors;
    return;
  }
  plan->kernel = KERNEL_PANEL;
  guint width = plan->vector * plan->vectors;
  plan->depth = 512;
  while (plan->depth > 16 && plan->depth * width * sizeof (float) > limits->local_memory)
    plan->depth /= 2;
  /* All rows share a panel where there are panels enough for all units; else the rows are cut into blocks. */
  guint panels = CEIL_DIV (gemm->n, width), wanted = 8 * limits->compute_units;
  guint cuts = CLAMP (CEIL_DIV (wanted, panels), 1, CEIL_DIV (gemm->m, plan->rows));
  plan->block_rows = CEIL_DIV (CEIL_DIV (gemm->m, cuts), plan->rows) * plan->rows;
}

static void
plan_gpu (NnContext *ctx, const NnGemm *gemm, Plan *plan)
{
  const NnDeviceLimits *limits = nn_context_get_limits (ctx);
  guint group = limits->max_work_group >= 256 ? 16 : 8;
  gsize local = 2 * GPU_TK * (group * GPU_RT + 1) * sizeof (float);
  /* A product of few rows leaves most of a tile idle. */
  gboolean tiles = limits->max_work_group >= 64 && local <= limits->local_memory && gemm->m >= 8 && gemm->n >= 8;
  plan->kernel = tiles ? KERNEL_TILE : KERNEL_PLAIN;
  plan->group = group;
}

static char *
plan_options (const Plan *plan, const NnGemm *gemm)
{
  GString *options = g_string_new (kernel_options[plan->kernel]);
  if (plan->kernel == KERNEL_TILE)
    g_string_append_printf (options, " -D WG=%u -D RT=%d -D TK=%d", plan->group, GPU_RT, GPU_TK);
  else if (plan->kernel != KERNEL_PLAIN)
    g_string_append_printf (options, " -D VW=%u -D MR=%u -D NV=%u", plan->vector, plan->rows, plan->vectors);
  if (plan->kernel == KERNEL_PANEL)
    g_string_append_printf (options, " -D KC=%u", plan->depth);
  if (gemm->op == NN_GEMM_TN)
    g_string_append (options, " -D TRANSPOSED_A");
  if (gemm->op == NN_GEMM_NT)
    g_string_append (options, " -D TRANSPOSED_B");
  if (gemm->bias != NULL)
    g_string_append (options, " -D BIAS");
  if (gemm->accumulate)
    g_string_append (options, " -D ACCUMULATE");
  if (gemm->activation != NN_ACTIVATION_NONE)
    g_string_append_printf (options, " %s", nn_activation_option (gemm->activation));
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
    launch->global[0] = CEIL_DIV (gemm->n, plan->vector * plan->vectors);
    launch->global[1] = CEIL_DIV (gemm->m, plan->block_rows);
    break;
  case KERNEL_DIRECT:
    launch->global[0] = CEIL_DIV (gemm->n, plan->vector * plan->vectors);
    break;
  case KERNEL_DOT:
    launch->global[0] = CEIL_DIV (gemm->n, plan->block_columns);
    launch->global[1] = CEIL_DIV (gemm->m, plan->block_rows);
    break;
  case KERNEL_TILE:
    launch->local[0] = launch->local[1] = plan->group;
    launch->global[0] = CEIL_DIV (gemm->n, plan->group * GPU_RT) * (gsize) plan->group;
    launch->global[1] = CEIL_DIV (gemm->m, plan->group * GPU_RT) * (gsize) plan->group;
    break;
  case KERNEL_PLAIN:
    nn_commands_linear (ctx, gemm->n, &launch->global[0], &launch->local[0]);
    launch->global[1] = gemm->m;
    break;
  }
}

static gboolean
record_one (const NnOpArgs *args, const NnGemm *gemm, GError **error)
{
  Plan plan = { 0 };
  if (nn_context_is_cpu (args->ctx))
    plan_cpu (args->ctx, gemm, &plan);
  else
    plan_gpu (args->ctx, gemm, &plan);

  g_autofree char *options = plan_options (&plan, gemm);
  NnLaunch launch = { .file = "gemm.cl",
                      .kernel = kernel_names[plan.kernel],
                      .options = options,
                      .label = args->node != NULL ? args->node->name : NULL };
  plan_range (args->ctx, &plan, gemm, &launch);

  const NnArg values[] = { NN_UINT (gemm->m),        NN_UINT (gemm->n),
                           NN_UINT (gemm->k),        NN_TENSOR (gemm->a),
                           NN_UINT (gemm->a_offset), NN_UINT (gemm->lda),
                           NN_TENSOR (gemm->b),      NN_UINT (gemm->b_offset),
                           NN_UINT (gemm->ldb),      NN_TENSOR (gemm->c),
                           NN_UINT (gemm->c_offset), NN_UINT (gemm->ldc),
                           NN_TENSOR (gemm->bias),   NN_UINT (gemm->bias_offset),
                           NN_UINT (plan.block_rows), NN_UINT (plan.block_columns) };
  gsize n_values = G_N_ELEMENTS (values) - (plan.kernel == KERNEL_DOT ? 0 : plan.kernel == KERNEL_PANEL ? 1 : 2);
  return nn_commands_launch (args->commands, &launch, values, n_values, error);
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
