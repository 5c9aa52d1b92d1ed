/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/network.h"

#include "base/error.h"
#include "net/plan.h"
#include "ops/scratch.h"

#include <glib/gi18n.h>

#define MAX_FORWARD_BYTES ((guint64) 256 << 20)

typedef struct {
  NnTensor *y, *dy;
  NnTensor *aux[NN_MAX_AUX];
} NodeTensors;

struct _NnNetwork {
  NnContext *context;
  NnWeights *weights;
  NnGraph *graph;
  guint batch;
  gboolean training;
  NnPlan *plan;
  GPtrArray *slots; /* NnBuffer */
  NodeTensors *tensors;
  NnTensor *step;
  NnScratch *scratch;
  /* Of a network with constant weights: what computes what follows from them alone, and where that lies (NnTensor). */
  NnCommands *preparation;
  GPtrArray *prepared;
};

static gboolean
allocate_slots (NnNetwork *self, GError **error)
{
  for (guint s = 0; s < self->plan->slots->len; s++) {
    NnBuffer *buffer = nn_buffer_new (self->context, g_array_index (self->plan->slots, gsize, s), error);
    if (buffer == NULL)
      return FALSE;
    g_ptr_array_add (self->slots, buffer);
  }
  return TRUE;
}

static NnTensor *
place (NnNetwork *self, const NnPlanItem *item, NnDtype dtype)
{
  if (item->bytes == 0)
    return NULL;
  return nn_tensor_new_view (self->slots->pdata[item->slot], dtype, item->bytes / nn_dtype_size (dtype));
}

static void
place_tensors (NnNetwork *self)
{
  for (guint i = self->plan->first; i <= self->plan->last; i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    const NnNodePlan *plan = &self->plan->nodes[i];
    NodeTensors *tensors = &self->tensors[i];
    tensors->y = place (self, &plan->y, NN_DTYPE_FLOAT32);
    tensors->dy = place (self, &plan->dy, NN_DTYPE_FLOAT32);
    for (guint a = 0; a < node->n_aux; a++)
      tensors->aux[a] = place (self, &plan->aux[a], node->aux[a].dtype);
  }
}

/* Takes @plan. */
static NnNetwork *
create (NnWeights *weights, guint batch, gboolean training, NnPlan *plan, GError **error)
{
  g_autoptr (NnNetwork) self = g_new0 (NnNetwork, 1);
  self->weights = nn_weights_ref (weights);
  self->context = nn_context_ref (nn_weights_get_context (weights));
  self->graph = nn_graph_ref (nn_weights_get_graph (weights));
  self->batch = batch;
  self->training = training;
  self->plan = plan;
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_buffer_unref);
  self->tensors = g_new0 (NodeTensors, self->plan->n_nodes);
  self->scratch = nn_scratch_new (self->context);
  static const cl_uint zeros[4] = { 0 };
  self->step = nn_tensor_new (self->context, NN_DTYPE_INT32, G_N_ELEMENTS (zeros), error);
  if (self->step == NULL || !nn_tensor_upload (self->step, zeros, error) || !allocate_slots (self, error))
    return NULL;
  place_tensors (self);
  return g_steal_pointer (&self);
}

NnNetwork *
nn_network_new (NnWeights *weights, guint batch, gboolean training, GError **error)
{
  g_return_val_if_fail (batch > 0, NULL);
  return create (weights, batch, training, nn_plan_new (nn_weights_get_graph (weights), batch, training), error);
}

NnNetwork *
nn_network_new_part (NnWeights *weights, guint batch, gboolean training, guint first, guint last, GError **error)
{
  g_return_val_if_fail (batch > 0 && first < last, NULL);
  return create (weights, batch, training,
                 nn_plan_new_part (nn_weights_get_graph (weights), batch, training, first, last), error);
}

NnNetwork *
nn_network_new_constant_part (NnWeights *weights, guint batch, guint first, guint last, GError **error)
{
  NnNetwork *self = nn_network_new_part (weights, batch, FALSE, first, last, error);
  if (self != NULL) {
    self->preparation = nn_commands_new (self->context);
    self->prepared = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_tensor_unref);
  }
  return self;
}

NnNetwork *
nn_network_new_constant (NnWeights *weights, guint batch, GError **error)
{
  return nn_network_new_constant_part (weights, batch, 0, nn_graph_get_n_nodes (nn_weights_get_graph (weights)) - 1, error);
}

NnNetwork *
nn_network_new_kept (NnWeights *weights, guint batch, GError **error)
{
  g_return_val_if_fail (batch > 0, NULL);
  return create (weights, batch, FALSE, nn_plan_new_kept (nn_weights_get_graph (weights), batch), error);
}

NnNetwork *
nn_network_new_back_to (NnWeights *weights, guint batch, guint target, GError **error)
{
  g_return_val_if_fail (batch > 0, NULL);
  g_autoptr (NnPlan) plan = nn_plan_new_back_to (nn_weights_get_graph (weights), batch, target);
  if (!plan->nodes[target].needs_gradient) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("The answer doesn’t depend on the layer “%s”."),
                 nn_graph_get_node (nn_weights_get_graph (weights), target)->name);
    return NULL;
  }
  return create (weights, batch, TRUE, g_steal_pointer (&plan), error);
}

static void
clear_tensors (NodeTensors *tensors)
{
  g_clear_pointer (&tensors->y, nn_tensor_unref);
  g_clear_pointer (&tensors->dy, nn_tensor_unref);
  for (guint a = 0; a < NN_MAX_AUX; a++)
    g_clear_pointer (&tensors->aux[a], nn_tensor_unref);
}

void
nn_network_free (NnNetwork *self)
{
  for (guint i = 0; i < self->plan->n_nodes; i++)
    clear_tensors (&self->tensors[i]);
  g_free (self->tensors);
  g_ptr_array_unref (self->slots);
  g_clear_pointer (&self->step, nn_tensor_unref);
  nn_scratch_free (self->scratch);
  g_clear_pointer (&self->preparation, nn_commands_free);
  g_clear_pointer (&self->prepared, g_ptr_array_unref);
  nn_plan_free (self->plan);
  nn_graph_unref (self->graph);
  nn_weights_unref (self->weights);
  nn_context_unref (self->context);
  g_free (self);
}

guint
nn_network_get_batch (NnNetwork *self)
{
  return self->batch;
}

NnTensor *
nn_network_get_input (NnNetwork *self)
{
  return self->tensors[self->plan->first].y;
}

NnTensor *
nn_network_get_output (NnNetwork *self, guint node)
{
  g_return_val_if_fail (node < self->plan->n_nodes, NULL);
  return self->tensors[node].y;
}

NnTensor *
nn_network_get_output_grad (NnNetwork *self, guint node)
{
  g_return_val_if_fail (node < self->plan->n_nodes, NULL);
  return self->tensors[node].dy;
}

NnTensor *
nn_network_get_logits (NnNetwork *self)
{
  return self->tensors[self->plan->last].y;
}

NnTensor *
nn_network_get_logits_grad (NnNetwork *self)
{
  return self->tensors[self->plan->last].dy;
}

NnTensor *
nn_network_get_step (NnNetwork *self)
{
  return self->step;
}

/* Whether a backward pass of that node may follow, and is prepared for. */
static gboolean
goes_back (NnNetwork *self, const NnNode *node)
{
  guint target = self->plan->target;
  if (target > 0)
    return node->index > target && self->plan->nodes[node->index].needs_gradient;
  return self->training && !node->frozen;
}

static NnOpArgs
make_args (NnNetwork *self, const NnNode *node, NnCommands *commands)
{
  NnOpArgs args = { .ctx = self->context, .commands = commands, .node = node, .batch = self->batch,
                    .training = goes_back (self, node), .settled = self->plan->target > 0, .step = self->step,
                    .scratch = self->scratch, .preparation = self->preparation, .prepared = self->prepared };
  const NodeTensors *tensors = &self->tensors[node->index];
  args.y = tensors->y;
  args.dy = tensors->dy;
  for (guint i = 0; i < node->n_inputs; i++)
    args.x[i] = self->tensors[node->inputs[i]->index].y;
  for (guint p = 0; p < node->n_params; p++) {
    args.param[p] = nn_weights_get_param (self->weights, node->index, p);
    args.grad[p] = args.training && !args.settled ? nn_weights_get_grad (self->weights, node->index, p) : NULL;
  }
  for (guint s = 0; s < node->n_states; s++)
    args.state[s] = nn_weights_get_state (self->weights, node->index, s);
  for (guint a = 0; a < node->n_aux; a++)
    args.aux[a] = tensors->aux[a];
  return args;
}

static gboolean
failed (const NnNode *node, GError **error)
{
  g_prefix_error (error, "Layer “%s”: ", node->name);
  return FALSE;
}

/* What follows from constant weights alone: once. */
static gboolean
prepare (NnNetwork *self, GError **error)
{
  if (!nn_commands_run (self->preparation, NULL, error) || !nn_context_finish (self->context, error))
    return FALSE;
  nn_commands_free (self->preparation);
  self->preparation = nn_commands_new (self->context);
  return TRUE;
}

/* The node together with the pooling that follows it, if it can: @done. */
static gboolean
record_pooled (NnNetwork *self, const NnOpArgs *args, gboolean *done, GError **error)
{
  NnOpArgs pooled = *args;
  pooled.y = self->tensors[args->node->index + 1].y;
  return args->node->op->forward_pooled (&pooled, done, error);
}

gboolean
nn_network_record_forward (NnNetwork *self, NnCommands *commands, GError **error)
{
  for (guint i = self->plan->first + 1; i <= self->plan->last; i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    NnOpArgs args = make_args (self, node, commands);
    nn_scratch_release (self->scratch);
    nn_commands_set_section (commands, node->name, "forward");
    gboolean pooled = FALSE;
    if (self->plan->nodes[i].pools_next && !record_pooled (self, &args, &pooled, error))
      return failed (node, error);
    if (pooled)
      i++;
    else if (!node->op->forward (&args, error))
      return failed (node, error);
  }
  nn_commands_set_section (commands, NULL, NULL);
  return self->preparation == NULL || prepare (self, error);
}

/* dy += extra */
static gboolean
record_sum (NnNetwork *self, const NnNode *node, NnTensor *extra, NnCommands *commands, GError **error)
{
  NnTensor *dy = self->tensors[node->index].dy;
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "add", .options = "-D ADD", .dims = 1, .label = node->name };
  nn_commands_linear (self->context, dy->size, launch.global, launch.local);
  return nn_commands_launch (commands, &launch,
                             NN_ARGS (NN_UINT (dy->size), NN_TENSOR (dy), NN_TENSOR (extra), NN_TENSOR (dy)), error);
}

/* The first consumer (in the order of the backward pass) writes dy itself, a further one to memory of its own, which is
 * then added; @written tells whose dy has been written. */
static gboolean
record_node_backward (NnNetwork *self, const NnNode *node, NnCommands *commands, gboolean *written, GError **error)
{
  NnOpArgs args = make_args (self, node, commands);
  NnTensor *extra[NN_MAX_INPUTS] = { NULL };
  nn_scratch_release (self->scratch);
  for (guint i = 0; i < node->n_inputs; i++) {
    guint input = node->inputs[i]->index;
    if (!self->plan->nodes[input].needs_gradient)
      continue;
    if (written[input] && (extra[i] = nn_scratch_take (self->scratch, self->tensors[input].dy->size, error)) == NULL)
      return FALSE;
    args.dx[i] = extra[i] ? extra[i] : self->tensors[input].dy;
    written[input] = TRUE;
  }
  if (!node->op->backward (&args, error))
    return FALSE;
  for (guint i = 0; i < node->n_inputs; i++)
    if (extra[i] && !record_sum (self, node->inputs[i], extra[i], commands, error))
      return FALSE;
  return TRUE;
}

gboolean
nn_network_record_backward (NnNetwork *self, NnCommands *commands, GError **error)
{
  g_return_val_if_fail (self->training, FALSE);
  g_autofree gboolean *written = g_new0 (gboolean, self->plan->n_nodes);
  for (guint i = self->plan->last; i > MAX (self->plan->first, self->plan->target); i--) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    nn_commands_set_section (commands, node->name, "backward");
    if (self->plan->nodes[i].needs_gradient && !record_node_backward (self, node, commands, written, error))
      return failed (node, error);
  }
  nn_commands_set_section (commands, NULL, NULL);
  return TRUE;
}

guint64
nn_network_plan_bytes (const NnGraph *graph, guint batch, gboolean training)
{
  g_autoptr (NnPlan) plan = nn_plan_new (graph, batch, training);
  return nn_plan_get_bytes (plan);
}

guint
nn_network_limit_batch (const NnGraph *graph, guint batch)
{
  while (batch > 1 && nn_network_plan_bytes (graph, batch, FALSE) > MAX_FORWARD_BYTES)
    batch = (batch + 1) / 2;
  return batch;
}
