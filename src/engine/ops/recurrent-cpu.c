/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The launches of the recurrent operators on CPUs, recurrent-sequence.cl: blocks of samples go through all the steps in one
 * launch, back as well, which sums the gradients of the weights for its block on the way. */
#include "config.h"

#include "ops/recurrent.h"

#include "ops/activation.h"
#include "ops/tuning.h"

/* Samples of a block at most: more make each load of the weights count, until their sums leave the cache. */
#define MAX_ROWS 64
#define FEWER_ROWS 32
#define MAX_LOCAL (256 * 1024)
#define GROUPS_PER_UNIT 2
#define ALIGNMENT 64

typedef struct {
  NnOpArgs *args;
  NnCell cell;
  NnSequence s;
  NnCpuTile tile;
  guint rows;                /* samples of a block */
  guint panels, unit_panels; /* of a tile's width in all gates' columns, and in the units */
  guint biases;
  char *options;
} Plan;

static void
plan_clear (Plan *plan)
{
  g_clear_pointer (&plan->options, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

static guint
width (const Plan *plan)
{
  return nn_cpu_tile_width (&plan->tile);
}

/* Rows of the gradients of the weights, as they are summed: those of the input and of h, filled up to whole tiles. */
static gsize
part_rows (const Plan *plan)
{
  guint tile = plan->tile.rows;
  return (gsize) CEIL_DIV (1 + plan->s.features, tile) * tile +
         (gsize) CEIL_DIV (plan->biases - 1 + plan->s.units, tile) * tile;
}

/* Bytes of local memory that backward takes for a block; forward takes less. */
static gsize
local_bytes (const Plan *plan, guint rows)
{
  gsize pitch = (gsize) plan->panels * width (plan) + plan->tile.vector;
  gsize units = (gsize) plan->unit_panels * width (plan);
  return rows * (plan->biases * pitch + 2 * units + part_rows (plan)) * sizeof (float) + 5 * ALIGNMENT;
}

/* Sets out @plan, but for its options, with blocks of @most samples at most; whether a block fits local memory. */
static gboolean
plan_shape (Plan *plan, NnContext *context, guint batch, const NnCpuTile *wanted, guint most)
{
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  plan->tile = *wanted;
  plan->tile.rows = MIN (plan->tile.rows, batch);
  plan->panels = CEIL_DIV (plan->s.gates * plan->s.units, width (plan));
  plan->unit_panels = CEIL_DIV (plan->s.units, width (plan));
  guint share = CEIL_DIV (batch, GROUPS_PER_UNIT * limits->compute_units), tile = plan->tile.rows;
  plan->rows = CEIL_DIV (MIN (share, most), tile) * tile;
  while (plan->rows > tile && local_bytes (plan, plan->rows) > MIN (limits->local_memory, MAX_LOCAL))
    plan->rows -= tile;
  return local_bytes (plan, plan->rows) <= limits->local_memory;
}

/* The rule's plan, or another one where that was found faster. The first way is that of the rule. */
static gboolean
choose_plan (Plan *plan, NnContext *context, const NnNode *node, NnCell cell, guint batch)
{
  NnCpuTile tiles[NN_MAX_WAYS];
  Plan plans[NN_MAX_WAYS];
  NnWays ways = { .n = 0 };
  plan->cell = cell;
  plan->s = nn_recurrent_sequence (node, cell);
  plan->biases = cell == NN_CELL_GRU ? 2 : 1;
  guint n = nn_cpu_tile_list (context, plan->s.gates * plan->s.units, tiles);
  for (guint i = 0; i < 2 * n && ways.n < NN_MAX_WAYS; i++) {
    /* First each tile with blocks as large as can be, then with smaller ones. */
    Plan *way = &plans[ways.n];
    guint most = i < n ? MAX_ROWS : FEWER_ROWS;
    *way = *plan;
    gboolean fits = plan_shape (way, context, batch, &tiles[i % n], most);
    if (i == 0 && !fits)
      return FALSE;
    g_autofree char *kind = g_strdup_printf ("blocks of %u,", way->rows);
    if (fits && (i < n || way->rows < plans[0].rows))
      nn_ways_add_cpu (&ways, kind, &tiles[i % n]);
  }
  const NnSequence *s = &plan->s;
  g_autofree char *key = g_strdup_printf ("%s %u steps %u features %u units batch %u", node->op->id, s->steps, s->features,
                                          s->units, batch);
  *plan = plans[nn_ways_choose (&ways, context, key)];
  return TRUE;
}

gboolean
nn_recurrent_cpu_suits (NnContext *context, const NnNode *node, NnCell cell, guint batch)
{
  Plan plan = { 0 };
  return nn_context_is_cpu (context) && choose_plan (&plan, context, node, cell, batch);
}

static void
plan_init (Plan *plan, NnOpArgs *args, NnCell cell)
{
  const char *activation = "";
  choose_plan (plan, args->ctx, args->node, cell, args->batch);
  plan->args = args;
  if (cell == NN_CELL_SIMPLE)
    activation = args->node->attrs[NN_RECURRENT_ACTIVATION].i[0] == 0 ? " -D ACT_TANH" : " -D ACT_RELU";
  plan->options = g_strdup_printf (
      "-D CELL=%u -D STEPS=%u -D FEATURES=%u -D UNITS=%u -D V=%u -D NV=%u -D MR=%u -D ROWS=%u%s%s%s%s", (guint) cell,
      plan->s.steps, plan->s.features, plan->s.units, plan->tile.vector, plan->tile.vectors, plan->tile.rows, plan->rows,
      args->training ? " -D TRAINING" : "", args->training && args->dx[0] != NULL ? " -D KEEP" : "",
      plan->s.sequences ? " -D SEQUENCES" : "", activation);
}

static gboolean
launch_to (NnCommands *commands, Plan *plan, const char *kernel, gsize columns, gsize rows, const NnArg *args, gsize n_args,
           GError **error)
{
  NnLaunch l = { .file = "recurrent-sequence.cl", .kernel = kernel, .options = plan->options, .dims = rows > 0 ? 2 : 1,
                 .global = { columns, rows }, .local = { 1, 1 }, .label = plan->args->node->name };
  return nn_commands_launch (commands, &l, args, n_args, error);
}

static gboolean
launch (Plan *plan, const char *kernel, gsize columns, gsize rows, const NnArg *args, gsize n_args, GError **error)
{
  return launch_to (plan->args->commands, plan, kernel, columns, rows, args, n_args, error);
}

/* The GRU has two biases; the others name the one they have twice. */
static NnTensor *
recurrent_bias (const Plan *plan, NnTensor *const *of)
{
  return of[plan->cell == NN_CELL_GRU ? NN_RECURRENT_BIAS_U : NN_RECURRENT_BIAS];
}

gboolean
nn_recurrent_cpu_forward (NnOpArgs *args, NnCell cell, GError **error)
{
  g_auto (Plan) plan = { 0 };
  plan_init (&plan, args, cell);
  gsize depth = plan.biases + plan.s.features + plan.s.units;
  NnCommands *packing;
  NnTensor *packed = nn_op_prepared (args, plan.panels * depth * width (&plan), &packing, error);
  if (packed == NULL ||
      !launch_to (packing, &plan, "pack_forward", depth, plan.panels,
               NN_ARGS (NN_TENSOR (args->param[NN_RECURRENT_W]), NN_TENSOR (args->param[NN_RECURRENT_U]),
                        NN_TENSOR (args->param[NN_RECURRENT_BIAS]), NN_TENSOR (recurrent_bias (&plan, args->param)),
                        NN_TENSOR (packed)),
               error))
    return FALSE;
  /* Kernels name all of their buffers; what a cell doesn't have, or isn't kept, is never touched. */
  NnTensor *gates = args->training ? args->aux[NN_RECURRENT_GATES] : args->y;
  NnTensor *previous = args->training ? args->aux[NN_RECURRENT_PREVIOUS] : args->y;
  NnTensor *cells = args->training && cell == NN_CELL_LSTM ? args->aux[NN_RECURRENT_CELLS] : previous;
  return launch (&plan, "forward_sequence", CEIL_DIV (args->batch, plan.rows), 0,
                 NN_ARGS (NN_TENSOR (args->x[0]), NN_TENSOR (packed), NN_TENSOR (gates), NN_TENSOR (cells),
                          NN_TENSOR (previous), NN_TENSOR (args->y), NN_UINT (args->batch)),
                 error);
}

gboolean
nn_recurrent_cpu_backward (NnOpArgs *args, NnCell cell, GError **error)
{
  g_auto (Plan) plan = { 0 };
  plan_init (&plan, args, cell);
  gsize columns = (gsize) plan.s.gates * plan.s.units, blocks = CEIL_DIV (args->batch, plan.rows);
  NnTensor *previous = args->aux[NN_RECURRENT_PREVIOUS];
  NnTensor *cells = cell == NN_CELL_LSTM ? args->aux[NN_RECURRENT_CELLS] : previous;
  NnTensor *turned = nn_op_scratch (args, plan.unit_panels * width (&plan) * columns, error);
  NnTensor *parts = turned ? nn_op_scratch (args, blocks * part_rows (&plan) * plan.panels * width (&plan), error) : NULL;
  return parts != NULL &&
         launch (&plan, "pack_backward", CEIL_DIV (columns, 16), plan.unit_panels,
                 NN_ARGS (NN_TENSOR (args->param[NN_RECURRENT_U]), NN_TENSOR (turned)), error) &&
         launch (&plan, "backward_sequence", blocks, 0,
                 NN_ARGS (NN_TENSOR (args->x[0]), NN_TENSOR (args->dy), NN_TENSOR (turned),
                          NN_TENSOR (args->aux[NN_RECURRENT_GATES]), NN_TENSOR (cells), NN_TENSOR (previous),
                          NN_TENSOR (parts), NN_UINT (args->batch)),
                 error) &&
         (args->grad[0] == NULL ||
          launch (&plan, "reduce_sequence", part_rows (&plan), plan.panels,
                  NN_ARGS (NN_UINT (blocks), NN_TENSOR (parts), NN_TENSOR (args->grad[NN_RECURRENT_W]),
                           NN_TENSOR (args->grad[NN_RECURRENT_U]), NN_TENSOR (args->grad[NN_RECURRENT_BIAS]),
                           NN_TENSOR (recurrent_bias (&plan, args->grad))),
                  error));
}
