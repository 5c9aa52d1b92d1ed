/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/memory.h"

#include "net/plan.h"

/* Weight, gradient, and two moments. */
#define FLOATS_A_WEIGHT 4

static guint64
get_fixed (const NnGraph *graph, gsize n_samples)
{
  guint64 picture = nn_shape_size (nn_graph_get_input_shape (graph));
  return nn_graph_count_params (graph) * FLOATS_A_WEIGHT * sizeof (float) + n_samples * picture;
}

guint64
pcn_memory_estimate (const NnGraph *graph, guint batch, gsize n_samples)
{
  g_autoptr (NnPlan) plan = nn_plan_new (graph, batch, TRUE);
  return nn_plan_get_bytes (plan) + get_fixed (graph, n_samples);
}

static gboolean
fits (const NnGraph *graph, guint batch, guint64 memory, guint64 max_alloc)
{
  g_autoptr (NnPlan) plan = nn_plan_new (graph, batch, TRUE);

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
