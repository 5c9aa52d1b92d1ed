/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/memory.h"

#include "net/plan.h"

/* Weight, gradient, and two moments. */
#define FLOATS_A_WEIGHT 4

/* Pictures that a frozen backbone looks at in one go, and its views of each (train/features.h). */
#define BACKBONE_BATCH 16
#define BACKBONE_VIEWS 2

/* Of what is frozen there are only the weights, and what it gave for each picture. */
static guint64
get_fixed (const NnGraph *graph, gsize n_samples)
{
  guint cut = nn_plan_find_cut (graph);
  guint64 picture = nn_shape_size (nn_graph_get_input_shape (graph)), weights = 0;

  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint p = 0; p < node->n_params; p++)
      weights += nn_shape_size (&node->params[p].shape) * (node->frozen ? 1 : FLOATS_A_WEIGHT);
  }
  if (cut == 0)
    return weights * sizeof (float) + n_samples * picture;
  g_autoptr (NnPlan) plan = nn_plan_new_part (graph, BACKBONE_BATCH, FALSE, 0, cut);
  guint64 row = nn_shape_size (&nn_graph_get_node (graph, cut)->shape) * sizeof (float);
  return weights * sizeof (float) + nn_plan_get_bytes (plan) + n_samples * BACKBONE_VIEWS * row;
}

static NnPlan *
plan_step (const NnGraph *graph, guint batch)
{
  return nn_plan_new_part (graph, batch, TRUE, nn_plan_find_cut (graph), nn_graph_get_n_nodes (graph) - 1);
}

guint64
pcn_memory_estimate (const NnGraph *graph, guint batch, gsize n_samples)
{
  g_autoptr (NnPlan) plan = plan_step (graph, batch);
  return nn_plan_get_bytes (plan) + get_fixed (graph, n_samples);
}

static gboolean
fits (const NnGraph *graph, guint batch, guint64 memory, guint64 max_alloc)
{
  g_autoptr (NnPlan) plan = plan_step (graph, batch);

  for (guint i = 0; i < plan->slots->len; i++)
    if (g_array_index (plan->slots, gsize, i) > max_alloc)
      return FALSE;
  return nn_plan_get_bytes (plan) <= memory;
}

guint
pcn_memory_largest_batch (const NnGraph *graph, gsize n_samples, guint64 memory, guint64 max_alloc)
{
  guint64 fixed = get_fixed (graph, n_samples), room = memory - memory / 10;
  guint low = 0, high = PCN_MEMORY_MAX_BATCH + 1;

  if (fixed >= room)
    return 0;
  /* It fits at @low, where that isn't 0, and doesn't at @high. */
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    if (fits (graph, middle, room - fixed, max_alloc))
      low = middle;
    else
      high = middle;
  }
  return low;
}
