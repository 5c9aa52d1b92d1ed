/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/plan.h"

#include "ops/pool.h"

static gsize
float_bytes (guint batch, const NnShape *shape)
{
  gsize bytes;
  gboolean fits = g_size_checked_mul (&bytes, nn_shape_size (shape), batch) && g_size_checked_mul (&bytes, bytes, sizeof (float));
  return fits ? bytes : G_MAXSIZE;
}

static void
find_consumers (NnPlan *self, const NnGraph *graph)
{
  for (guint i = 0; i <= self->last; i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    NnNodePlan *plan = &self->nodes[i];
    plan->needs_gradient = self->target > 0 ? i == self->target : node->n_params > 0 && !node->frozen;
    for (guint k = 0; k < node->n_inputs; k++) {
      NnNodePlan *input = &self->nodes[node->inputs[k]->index];
      input->n_consumers += i > self->first;
      plan->needs_gradient |= input->needs_gradient;
    }
  }
  for (guint i = self->first + 1; i <= self->last; i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    NnNodePlan *plan = &self->nodes[i];
    plan->shares_input = g_str_equal (node->op->id, "flatten");
    plan->shares_gradient = plan->shares_input && self->nodes[node->inputs[0]->index].n_consumers == 1;
  }
}

/* Where nobody asks for what lies between, a pooling is done by the node before it. */
static void
find_poolings (NnPlan *self, const NnGraph *graph)
{
  for (guint i = self->first + 1; i < self->last; i++) {
    const NnNode *node = nn_graph_get_node (graph, i), *next = nn_graph_get_node (graph, i + 1);
    self->nodes[i].pools_next = node->op->forward_pooled != NULL && self->nodes[i].n_consumers == 1
                                && next->inputs[0] == node && nn_pool_is_halving (next);
  }
}

/* Nobody gives a gradient to what the logits don't depend on. */
static void
leave_out_dead_ends (NnPlan *self, const NnGraph *graph)
{
  g_autofree gboolean *reaches = g_new0 (gboolean, self->n_nodes);
  reaches[self->last] = TRUE;
  for (guint i = self->last + 1; i-- > 0;) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint k = 0; reaches[i] && k < node->n_inputs; k++)
      reaches[node->inputs[k]->index] = TRUE;
    self->nodes[i].needs_gradient &= reaches[i];
  }
}

static void
live_at (NnPlanItem *item, guint moment)
{
  item->first = MIN (item->first, moment);
  item->last = MAX (item->last, moment);
}

static NnPlanItem
new_item (gsize bytes, guint moment)
{
  return (NnPlanItem){ .bytes = bytes, .first = moment, .last = moment };
}

/* The node whose memory the output of node @i (or its gradient) really is. */
static guint
owner (const NnPlan *self, const NnGraph *graph, guint i, gboolean gradient)
{
  while (gradient ? self->nodes[i].shares_gradient : self->nodes[i].shares_input)
    i = nn_graph_get_node (graph, i)->inputs[0]->index;
  return i;
}

static void
find_lives (NnPlan *self, const NnGraph *graph, guint batch, gboolean training)
{
  guint n = self->n_nodes, end = 2 * n, first = self->first, last = self->last;
  for (guint i = first; i <= last; i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    NnNodePlan *plan = &self->nodes[i];
    gsize bytes = float_bytes (batch, &node->shape);
    if (!plan->shares_input)
      plan->y = new_item (bytes, i);
    if (training && plan->needs_gradient && !plan->shares_gradient)
      plan->dy = new_item (bytes, end - i);
    for (guint a = 0; training && i > MAX (first, self->target) && a < node->n_aux; a++) {
      plan->aux[a] = new_item ((batch * node->aux[a].size + node->aux[a].fixed) * nn_dtype_size (node->aux[a].dtype), i);
      live_at (&plan->aux[a], plan->needs_gradient ? end - i : i);
    }
  }
  for (guint i = first; i <= last; i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    NnPlanItem *y = &self->nodes[owner (self, graph, i, FALSE)].y, *dy = &self->nodes[owner (self, graph, i, TRUE)].dy;
    if (training && self->nodes[i].needs_gradient) {
      live_at (y, end - i);
      live_at (dy, end - i);
    }
    for (guint k = 0; i > first && k < node->n_inputs; k++) {
      guint input = node->inputs[k]->index;
      guint of_y = owner (self, graph, input, FALSE), of_dy = owner (self, graph, input, TRUE);
      live_at (&self->nodes[of_y].y, self->nodes[i].pools_next ? i + 1 : i);
      if (!training || !self->nodes[i].needs_gradient)
        continue;
      live_at (&self->nodes[of_y].y, end - i);
      if (self->nodes[of_dy].dy.bytes)
        live_at (&self->nodes[of_dy].dy, end - i);
    }
  }
  /* The logits are read by the loss, or by the caller after everything. */
  live_at (&self->nodes[owner (self, graph, last, FALSE)].y, training ? n : end);
  if (training && self->nodes[last].needs_gradient)
    live_at (&self->nodes[owner (self, graph, last, TRUE)].dy, n);
  /* The input is filled before the first moment. */
  self->nodes[first].y.first = 0;
}

static int
compare_first (gconstpointer a, gconstpointer b)
{
  const NnPlanItem *x = *(NnPlanItem *const *) a, *y = *(NnPlanItem *const *) b;
  if (x->first != y->first)
    return x->first < y->first ? -1 : 1;
  return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
}

/* The free slot that wastes or grows least. */
static guint
best_slot (const NnPlan *self, const GArray *busy_until, const NnPlanItem *item)
{
  guint best = self->slots->len;
  gsize best_cost = G_MAXSIZE;
  for (guint s = 0; s < self->slots->len; s++) {
    gsize size = g_array_index (self->slots, gsize, s);
    gsize cost = size > item->bytes ? size - item->bytes : item->bytes - size;
    if (g_array_index (busy_until, guint, s) < item->first && cost < best_cost) {
      best = s;
      best_cost = cost;
    }
  }
  return best;
}

static void
assign_slots (NnPlan *self, const NnGraph *graph)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  for (guint i = 0; i < self->n_nodes; i++) {
    NnNodePlan *plan = &self->nodes[i];
    NnPlanItem *all[2 + NN_MAX_AUX] = { &plan->y, &plan->dy };
    for (guint a = 0; a < NN_MAX_AUX; a++)
      all[2 + a] = &plan->aux[a];
    for (guint k = 0; k < G_N_ELEMENTS (all); k++)
      if (all[k]->bytes)
        g_ptr_array_add (items, all[k]);
  }
  g_ptr_array_sort (items, compare_first);
  g_autoptr (GArray) busy_until = g_array_new (FALSE, TRUE, sizeof (guint));
  for (guint k = 0; k < items->len; k++) {
    NnPlanItem *item = items->pdata[k];
    item->slot = best_slot (self, busy_until, item);
    if (item->slot == self->slots->len) {
      g_array_append_val (self->slots, item->bytes);
      g_array_append_val (busy_until, item->last);
    }
    gsize *size = &g_array_index (self->slots, gsize, item->slot);
    *size = MAX (*size, item->bytes);
    g_array_index (busy_until, guint, item->slot) = item->last;
  }
  for (guint i = 0; i < self->n_nodes; i++) {
    if (self->nodes[i].shares_input)
      self->nodes[i].y = self->nodes[owner (self, graph, i, FALSE)].y;
    if (self->nodes[i].shares_gradient)
      self->nodes[i].dy = self->nodes[owner (self, graph, i, TRUE)].dy;
  }
}

static NnPlan *
create (const NnGraph *graph, guint batch, gboolean training, gboolean kept, guint first, guint last, guint target)
{
  NnPlan *self = g_new0 (NnPlan, 1);
  self->n_nodes = nn_graph_get_n_nodes (graph);
  self->first = first;
  self->last = last;
  self->target = target;
  self->nodes = g_new0 (NnNodePlan, self->n_nodes);
  self->slots = g_array_new (FALSE, TRUE, sizeof (gsize));
  find_consumers (self, graph);
  if (!training && !kept)
    find_poolings (self, graph);
  if (target > 0)
    leave_out_dead_ends (self, graph);
  find_lives (self, graph, batch, training);
  if (target > 0 && self->nodes[target].needs_gradient) {
    live_at (&self->nodes[owner (self, graph, target, FALSE)].y, 2 * self->n_nodes);
    live_at (&self->nodes[owner (self, graph, target, TRUE)].dy, 2 * self->n_nodes);
  }
  for (guint i = first; kept && i <= last; i++)
    live_at (&self->nodes[owner (self, graph, i, FALSE)].y, 2 * self->n_nodes);
  assign_slots (self, graph);
  return self;
}

NnPlan *
nn_plan_new (const NnGraph *graph, guint batch, gboolean training)
{
  return create (graph, batch, training, FALSE, 0, nn_graph_get_n_nodes (graph) - 1, 0);
}

NnPlan *
nn_plan_new_part (const NnGraph *graph, guint batch, gboolean training, guint first, guint last)
{
  g_return_val_if_fail (first < last && last < nn_graph_get_n_nodes (graph), NULL);
  return create (graph, batch, training, FALSE, first, last, 0);
}

guint
nn_plan_find_cut (const NnGraph *graph)
{
  guint n = nn_graph_get_n_nodes (graph), quiet = 0, cut = 0;
  gboolean worth_it = FALSE;
  g_autofree guint *last_reader = g_new0 (guint, n);
  for (guint i = 1; i < n; i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint k = 0; k < node->n_inputs; k++)
      last_reader[node->inputs[k]->index] = i;
    /* What differs from time to time can't be kept, and the shift is measured on what comes before it. */
    if (quiet == i - 1 && (node->n_params == 0 || node->frozen) && !g_str_equal (node->op->id, "dropout")
        && !g_str_equal (node->op->id, "shift"))
      quiet = i;
  }
  for (guint i = 0, reach = 0; i <= quiet && i + 1 < n; i++) {
    if (reach <= i)
      cut = i;
    reach = MAX (reach, last_reader[i]);
    worth_it |= nn_graph_get_node (graph, i)->n_params > 0;
  }
  return worth_it ? cut : 0;
}

NnPlan *
nn_plan_new_kept (const NnGraph *graph, guint batch)
{
  return create (graph, batch, FALSE, TRUE, 0, nn_graph_get_n_nodes (graph) - 1, 0);
}

NnPlan *
nn_plan_new_back_to (const NnGraph *graph, guint batch, guint target)
{
  g_return_val_if_fail (target > 0 && target < nn_graph_get_n_nodes (graph) - 1, NULL);
  return create (graph, batch, TRUE, FALSE, 0, nn_graph_get_n_nodes (graph) - 1, target);
}

void
nn_plan_free (NnPlan *self)
{
  g_array_unref (self->slots);
  g_free (self->nodes);
  g_free (self);
}

guint64
nn_plan_get_bytes (const NnPlan *self)
{
  guint64 bytes = 0;
  for (guint s = 0; s < self->slots->len; s++)
    bytes += g_array_index (self->slots, gsize, s);
  return bytes;
}
