/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/model.h"

#include "base/random.h"
#include "net/init.h"

#include <math.h>
#include <string.h>

struct _NnModel {
  int refs; /* atomic */
  NnGraph *graph;
  GStrv classes;
  NnPreprocess preprocess;
  float **arrays;      /* all weights and states, node after node */
  gsize *sizes;
  guint *first;        /* of each node, its first array; states come after weights */
  guint n_arrays;
  GHashTable *metadata;
  NnModel *base; /* nullable: whose arrays the frozen layers have */
};

gboolean
nn_model_shares (NnModel *self, guint node)
{
  return self->base != NULL && nn_graph_get_node (self->graph, node)->frozen;
}

static void
allocate (NnModel *self)
{
  guint n_nodes = nn_graph_get_n_nodes (self->graph);
  self->first = g_new0 (guint, n_nodes);
  for (guint i = 0; i < n_nodes; i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    self->first[i] = self->n_arrays;
    self->n_arrays += node->n_params + node->n_states;
  }
  self->arrays = g_new0 (float *, self->n_arrays + 1);
  self->sizes = g_new0 (gsize, self->n_arrays + 1);
  guint k = 0;
  for (guint i = 0; i < n_nodes; i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    for (guint p = 0; p < node->n_params; p++)
      self->sizes[k++] = nn_shape_size (&node->params[p].shape);
    for (guint s = 0; s < node->n_states; s++)
      self->sizes[k++] = nn_shape_size (&node->states[s].shape);
  }
  for (guint i = 0; i < n_nodes; i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    for (k = self->first[i]; k < self->first[i] + node->n_params + node->n_states; k++)
      self->arrays[k] = nn_model_shares (self, i) ? self->base->arrays[k] : g_new0 (float, self->sizes[k]);
  }
}

static NnModel *
create (NnGraph *graph, const char *const *classes, NnModel *base)
{
  NnModel *self = g_new0 (NnModel, 1);
  /* Of a chain the first one is enough: it owns the arrays. */
  if (base)
    self->base = nn_model_ref (base->base ? base->base : base);
  self->refs = 1;
  self->graph = nn_graph_ref (graph);
  guint n_classes = nn_graph_get_n_classes (graph);
  self->classes = g_new0 (char *, n_classes + 1);
  for (guint i = 0; i < n_classes; i++)
    self->classes[i] = classes && classes[i] ? g_strdup (classes[i]) : g_strdup_printf ("%u", i);
  for (guint c = 0; c < NN_MAX_CHANNELS; c++)
    self->preprocess.deviation[c] = 1;
  g_strlcpy (self->preprocess.fit, "cover", sizeof self->preprocess.fit);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  allocate (self);
  return self;
}

NnModel *
nn_model_new (NnGraph *graph, const char *const *classes)
{
  return create (graph, classes, NULL);
}

static void
copy_facts (NnModel *self, NnModel *from)
{
  GHashTableIter iter;
  gpointer key, value;
  self->preprocess = from->preprocess;
  g_hash_table_iter_init (&iter, from->metadata);
  while (g_hash_table_iter_next (&iter, &key, &value))
    nn_model_set_metadata (self, key, value);
}

NnModel *
nn_model_new_sharing (NnModel *self)
{
  NnModel *model = create (self->graph, (const char *const *) self->classes, self);
  copy_facts (model, self);
  return model;
}

NnModel *
nn_model_new_copy (NnModel *self, NnGraph *graph)
{
  NnModel *model = create (graph, (const char *const *) self->classes, NULL);
  g_return_val_if_fail (model->n_arrays == self->n_arrays, model);
  for (guint k = 0; k < self->n_arrays; k++)
    memcpy (model->arrays[k], self->arrays[k], self->sizes[k] * sizeof (float));
  copy_facts (model, self);
  return model;
}

NnModel *
nn_model_ref (NnModel *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
nn_model_unref (NnModel *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  for (guint i = 0; i < nn_graph_get_n_nodes (self->graph); i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    for (guint k = self->first[i]; k < self->first[i] + node->n_params + node->n_states; k++)
      if (!nn_model_shares (self, i))
        g_free (self->arrays[k]);
  }
  g_clear_pointer (&self->base, nn_model_unref);
  g_free (self->arrays);
  g_free (self->sizes);
  g_free (self->first);
  g_strfreev (self->classes);
  g_hash_table_unref (self->metadata);
  nn_graph_unref (self->graph);
  g_free (self);
}

void
nn_model_init_weights (NnModel *self, guint64 seed)
{
  for (guint i = 0; i < nn_graph_get_n_nodes (self->graph); i++) {
    const NnNode *node = nn_graph_get_node (self->graph, i);
    for (guint p = 0; p < node->n_params; p++) {
      NnRandom random;
      nn_random_init (&random, seed, ((guint64) i << 8 | p) + 1);
      nn_init_fill (&node->params[p], &random, nn_model_get_param (self, i, p));
    }
    for (guint s = 0; s < node->n_states; s++) {
      float *state = nn_model_get_state (self, i, s);
      for (gsize k = 0; k < nn_shape_size (&node->states[s].shape); k++)
        state[k] = node->states[s].value;
    }
  }
}

NnGraph *
nn_model_get_graph (NnModel *self)
{
  return self->graph;
}

const char *const *
nn_model_get_classes (NnModel *self)
{
  return (const char *const *) self->classes;
}

NnPreprocess *
nn_model_get_preprocess (NnModel *self)
{
  return &self->preprocess;
}

float *
nn_model_get_param (NnModel *self, guint node, guint index)
{
  return self->arrays[self->first[node] + index];
}

float *
nn_model_get_state (NnModel *self, guint node, guint index)
{
  return self->arrays[self->first[node] + nn_graph_get_node (self->graph, node)->n_params + index];
}

const char *
nn_model_get_metadata (NnModel *self, const char *key)
{
  return g_hash_table_lookup (self->metadata, key);
}

void
nn_model_set_metadata (NnModel *self, const char *key, const char *value)
{
  if (value != NULL)
    g_hash_table_insert (self->metadata, g_strdup (key), g_strdup (value));
  else
    g_hash_table_remove (self->metadata, key);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

const char **
nn_model_get_metadata_keys (NnModel *self)
{
  guint n;
  const char **keys = (const char **) g_hash_table_get_keys_as_array (self->metadata, &n);
  qsort (keys, n, sizeof keys[0], compare_strings);
  return keys;
}

gboolean
nn_model_is_finite (NnModel *self)
{
  for (guint i = 0; i < self->n_arrays; i++)
    for (gsize k = 0; k < self->sizes[i]; k++)
      if (!isfinite (self->arrays[i][k]))
        return FALSE;
  return TRUE;
}

static double *
to_double (const float *values, gsize n)
{
  double *result = g_new (double, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    result[i] = (double) values[i];
  return result;
}

/* Runs one node by its reference; @outputs holds what came before. */
static double *
ref_run_node (NnModel *self, const NnNode *node, guint batch, double *const *outputs)
{
  NnRefArgs args = { .node = node, .batch = batch };
  double *result = g_new0 (double, batch * nn_shape_size (&node->shape));
  double *params[NN_MAX_PARAMS] = { NULL };
  for (guint i = 0; i < node->n_inputs; i++)
    args.x[i] = outputs[node->inputs[i]->index];
  for (guint p = 0; p < node->n_params; p++)
    args.param[p] = params[p] = to_double (nn_model_get_param (self, node->index, p), nn_shape_size (&node->params[p].shape));
  for (guint s = 0; s < node->n_states; s++)
    args.state[s] = to_double (nn_model_get_state (self, node->index, s), nn_shape_size (&node->states[s].shape));
  for (guint a = 0; a < node->n_aux; a++)
    args.aux[a] = g_new0 (double, batch * node->aux[a].size + node->aux[a].fixed + 1);
  args.y = result;
  node->op->ref_forward (&args);
  for (guint p = 0; p < node->n_params; p++)
    g_free (params[p]);
  for (guint s = 0; s < node->n_states; s++)
    g_free (args.state[s]);
  for (guint a = 0; a < node->n_aux; a++)
    g_free (args.aux[a]);
  return result;
}

double *
nn_model_ref_run_node (NnModel *self, guint node, guint batch, const float *x)
{
  g_return_val_if_fail (node < nn_graph_get_n_nodes (self->graph), NULL);
  g_autofree double **outputs = g_new0 (double *, node + 1);
  outputs[0] = to_double (x, batch * nn_shape_size (nn_graph_get_input_shape (self->graph)));
  for (guint i = 1; i <= node; i++)
    outputs[i] = ref_run_node (self, nn_graph_get_node (self->graph, i), batch, outputs);
  for (guint i = 0; i < node; i++)
    g_free (outputs[i]);
  return outputs[node];
}

void
nn_model_ref_run (NnModel *self, guint batch, const float *x, double *logits)
{
  g_autofree double *last = nn_model_ref_run_node (self, nn_graph_get_n_nodes (self->graph) - 1, batch, x);
  memcpy (logits, last, batch * nn_graph_get_n_classes (self->graph) * sizeof (double));
}
