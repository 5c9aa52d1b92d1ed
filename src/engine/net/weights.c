/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/weights.h"

#include <string.h>

struct _NnWeights {
  guint refs;
  NnContext *context;
  NnGraph *graph;
  NnTensor *arena, *grad_arena;
  gsize n_decayed, n_learning;
  GPtrArray *params, *grads, *states; /* NnTensor, in the order of the nodes; grads empty without training */
  guint *first_param, *first_state;
};

static gsize
aligned_floats (NnContext *context, gsize n)
{
  gsize align = MAX (nn_context_get_limits (context)->base_align, 64) / sizeof (float);
  return (n + align - 1) / align * align;
}

enum {
  LEARNS_AND_DECAYS,
  LEARNS,
  FROZEN,
  N_ROUNDS,
};

static int
round_of (const NnNode *node, guint param)
{
  return node->frozen ? FROZEN : node->params[param].decay ? LEARNS_AND_DECAYS : LEARNS;
}

/* Calls @visit for every weight, in the order of the rounds, with its place in the arena. */
typedef gboolean (*VisitParam) (NnWeights *self, guint node, guint index, gsize offset, gpointer data, GError **error);

static gboolean
for_each_param (NnWeights *self, VisitParam visit, gpointer data, gsize *total, GError **error)
{
  gsize offset = 0;
  for (int round = 0; round < N_ROUNDS; round++) {
    for (guint i = 0; i < nn_graph_get_n_nodes (self->graph); i++) {
      const NnNode *node = nn_graph_get_node (self->graph, i);
      for (guint p = 0; p < node->n_params; p++) {
        if (round_of (node, p) != round)
          continue;
        if (visit && !visit (self, i, p, offset, data, error))
          return FALSE;
        offset += aligned_floats (self->context, nn_shape_size (&node->params[p].shape));
      }
    }
    if (round == LEARNS_AND_DECAYS)
      self->n_decayed = offset;
    if (round == LEARNS)
      self->n_learning = offset;
  }
  *total = offset;
  return TRUE;
}

static gboolean
place_param (NnWeights *self, guint node, guint index, gsize offset, gpointer data, GError **error)
{
  NnModel *model = data;
  gsize n = nn_shape_size (&nn_graph_get_node (self->graph, node)->params[index].shape);
  NnTensor *arenas[2] = { self->arena, self->grad_arena };
  GPtrArray *tensors[2] = { self->params, self->grads };
  for (guint k = 0; k < 2; k++) {
    if (arenas[k] == NULL || (k == 1 && nn_graph_get_node (self->graph, node)->frozen))
      continue;
    g_autoptr (NnBuffer) part = nn_buffer_new_sub (arenas[k]->buffer, offset * sizeof (float), n * sizeof (float), error);
    if (part == NULL)
      return FALSE;
    tensors[k]->pdata[self->first_param[node] + index] = nn_tensor_new_view (part, NN_DTYPE_FLOAT32, n);
  }
  return nn_buffer_write (self->arena->buffer, offset * sizeof (float), nn_model_get_param (model, node, index),
                          n * sizeof (float), error);
}

static gboolean
place_states (NnWeights *self, NnModel *model, GError **error)
{
  for (guint i = 0; i < nn_graph_get_n_nodes (self->graph); i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    for (guint s = 0; s < node->n_states; s++) {
      NnTensor *tensor = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, nn_shape_size (&node->states[s].shape), error);
      if (tensor == NULL)
        return FALSE;
      g_ptr_array_add (self->states, tensor);
      if (!nn_tensor_upload (tensor, nn_model_get_state (model, i, s), error))
        return FALSE;
    }
  }
  return TRUE;
}

static void
count_tensors (NnWeights *self, gboolean training)
{
  guint n = nn_graph_get_n_nodes (self->graph), n_params = 0, n_states = 0;
  self->first_param = g_new0 (guint, n);
  self->first_state = g_new0 (guint, n);
  for (guint i = 0; i < n; i++) {
    self->first_param[i] = n_params;
    self->first_state[i] = n_states;
    n_params += nn_graph_get_node (self->graph, i)->n_params;
    n_states += nn_graph_get_node (self->graph, i)->n_states;
  }
  g_ptr_array_set_size (self->params, (int) n_params);
  g_ptr_array_set_size (self->grads, training ? (int) n_params : 0);
}

static void
unref_tensor (gpointer tensor)
{
  if (tensor)
    nn_tensor_unref (tensor);
}

NnWeights *
nn_weights_new (NnContext *context, NnModel *model, gboolean training, GError **error)
{
  g_autoptr (NnWeights) self = g_new0 (NnWeights, 1);
  self->refs = 1;
  self->context = nn_context_ref (context);
  self->graph = nn_graph_ref (nn_model_get_graph (model));
  self->params = g_ptr_array_new_with_free_func (unref_tensor);
  self->grads = g_ptr_array_new_with_free_func (unref_tensor);
  self->states = g_ptr_array_new_with_free_func (unref_tensor);
  count_tensors (self, training);
  gsize total;
  for_each_param (self, NULL, NULL, &total, NULL);
  total = MAX (total, 16); /* a network without weights still has an arena */
  self->arena = nn_tensor_new (context, NN_DTYPE_FLOAT32, total, error);
  if (self->arena == NULL || !nn_buffer_zero (self->arena->buffer, error))
    return NULL;
  if (training) {
    self->grad_arena = nn_tensor_new (context, NN_DTYPE_FLOAT32, MAX (self->n_learning, 16), error);
    if (self->grad_arena == NULL || !nn_buffer_zero (self->grad_arena->buffer, error))
      return NULL;
  }
  if (!for_each_param (self, place_param, model, &total, error) || !place_states (self, model, error))
    return NULL;
  return g_steal_pointer (&self);
}

NnWeights *
nn_weights_ref (NnWeights *self)
{
  self->refs++;
  return self;
}

void
nn_weights_unref (NnWeights *self)
{
  if (--self->refs > 0)
    return;
  g_ptr_array_unref (self->params);
  g_ptr_array_unref (self->grads);
  g_ptr_array_unref (self->states);
  g_clear_pointer (&self->arena, nn_tensor_unref);
  g_clear_pointer (&self->grad_arena, nn_tensor_unref);
  g_free (self->first_param);
  g_free (self->first_state);
  nn_graph_unref (self->graph);
  nn_context_unref (self->context);
  g_free (self);
}

NnContext *
nn_weights_get_context (NnWeights *self)
{
  return self->context;
}

NnGraph *
nn_weights_get_graph (NnWeights *self)
{
  return self->graph;
}

NnTensor *
nn_weights_get_param (NnWeights *self, guint node, guint index)
{
  return self->params->pdata[self->first_param[node] + index];
}

NnTensor *
nn_weights_get_grad (NnWeights *self, guint node, guint index)
{
  return self->grads->pdata[self->first_param[node] + index];
}

NnTensor *
nn_weights_get_state (NnWeights *self, guint node, guint index)
{
  return self->states->pdata[self->first_state[node] + index];
}

NnTensor *
nn_weights_get_arena (NnWeights *self)
{
  return self->arena;
}

NnTensor *
nn_weights_get_grad_arena (NnWeights *self)
{
  return self->grad_arena;
}

gsize
nn_weights_get_n_decayed (NnWeights *self)
{
  return self->n_decayed;
}

gboolean
nn_weights_download (NnWeights *self, NnModel *model, GError **error)
{
  for (guint i = 0; i < nn_graph_get_n_nodes (self->graph); i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    if (nn_model_shares (model, i))
      continue;
    for (guint p = 0; p < node->n_params; p++)
      if (!nn_tensor_download (nn_weights_get_param (self, i, p), nn_model_get_param (model, i, p), error))
        return FALSE;
    for (guint s = 0; s < node->n_states; s++)
      if (!nn_tensor_download (nn_weights_get_state (self, i, s), nn_model_get_state (model, i, s), error))
        return FALSE;
  }
  return TRUE;
}
