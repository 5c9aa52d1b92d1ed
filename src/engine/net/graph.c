/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/graph.h"

#include "base/error.h"
#include "ops/attrs.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_NODES 4096

struct _NnGraph {
  int refs; /* atomic */
  char *name;
  char *pretrained; /* nullable */
  NnTrainerKind trainer;
  GPtrArray *nodes;
};

struct _NnBuilder {
  NnGraph *graph;
  GHashTable *by_name; /* name → NnNode, both the graph's */
};

static void
node_free (gpointer data)
{
  NnNode *node = data;
  g_free (node->name);
  g_free (node);
}

NnGraph *
nn_graph_ref (NnGraph *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
nn_graph_unref (NnGraph *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_ptr_array_unref (self->nodes);
  g_free (self->name);
  g_free (self->pretrained);
  g_free (self);
}

const char *
nn_graph_get_name (const NnGraph *self)
{
  return self->name;
}

NnTrainerKind
nn_graph_get_trainer (const NnGraph *self)
{
  return self->trainer;
}

const char *
nn_graph_get_pretrained (const NnGraph *self)
{
  return self->pretrained;
}

guint
nn_graph_get_n_nodes (const NnGraph *self)
{
  return self->nodes->len;
}

const NnNode *
nn_graph_get_node (const NnGraph *self, guint index)
{
  g_return_val_if_fail (index < self->nodes->len, NULL);
  return self->nodes->pdata[index];
}

guint
nn_graph_get_n_classes (const NnGraph *self)
{
  return nn_graph_get_node (self, self->nodes->len - 1)->shape.dims[0];
}

const NnShape *
nn_graph_get_input_shape (const NnGraph *self)
{
  return &nn_graph_get_node (self, 0)->shape;
}

gsize
nn_graph_count_params (const NnGraph *self)
{
  gsize n = 0;
  for (guint i = 0; i < self->nodes->len; i++) {
    const NnNode *node = self->nodes->pdata[i];
    for (guint p = 0; p < node->n_params; p++)
      n += nn_shape_size (&node->params[p].shape);
  }
  return n;
}

guint64
nn_graph_count_flops (const NnGraph *self)
{
  guint64 flops = 0;
  for (guint i = 0; i < self->nodes->len; i++)
    flops += ((const NnNode *) self->nodes->pdata[i])->flops;
  return flops;
}

NnBuilder *
nn_builder_new (const char *name, const NnShape *input)
{
  NnBuilder *self = g_new0 (NnBuilder, 1);
  self->graph = g_new0 (NnGraph, 1);
  self->graph->refs = 1;
  self->graph->name = g_strdup (name);
  self->graph->nodes = g_ptr_array_new_with_free_func (node_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  NnNode *node = g_new0 (NnNode, 1);
  *node = (NnNode){ .name = g_strdup ("input"), .op = nn_op_find ("input"), .shape = *input };
  g_ptr_array_add (self->graph->nodes, node);
  g_hash_table_insert (self->by_name, node->name, node);
  return self;
}

void
nn_builder_free (NnBuilder *self)
{
  if (self->graph)
    nn_graph_unref (self->graph);
  g_hash_table_unref (self->by_name);
  g_free (self);
}

void
nn_builder_set_trainer (NnBuilder *self, NnTrainerKind trainer)
{
  self->graph->trainer = trainer;
}

void
nn_builder_set_pretrained (NnBuilder *self, const char *pretrained)
{
  g_free (self->graph->pretrained);
  self->graph->pretrained = g_strdup (pretrained);
}

void
nn_builder_freeze (NnBuilder *self)
{
  ((NnNode *) self->graph->nodes->pdata[self->graph->nodes->len - 1])->frozen = TRUE;
}

static char *
unused_name (NnBuilder *self, const char *op)
{
  for (guint number = 1;; number++) {
    g_autofree char *name = g_strdup_printf ("%s%u", op, number);
    if (!g_hash_table_contains (self->by_name, name))
      return g_steal_pointer (&name);
  }
}

static gboolean
connect_inputs (NnBuilder *self, NnNode *node, const char *const *inputs, GError **error)
{
  guint n = inputs ? g_strv_length ((char **) inputs) : 1;
  if (n != node->op->n_inputs) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("“%s” takes %u inputs and is given %u."),
                 node->op->id, node->op->n_inputs, n);
    return FALSE;
  }
  node->n_inputs = n;
  for (guint i = 0; i < n; i++) {
    node->inputs[i] = inputs ? g_hash_table_lookup (self->by_name, inputs[i])
                             : self->graph->nodes->pdata[self->graph->nodes->len - 1];
    if (node->inputs[i] == NULL) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("There is no layer “%s” before it."), inputs[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* What infer() made must be something that memory can hold. */
static gboolean
check_sizes (const NnNode *node, GError **error)
{
  gboolean ok = nn_shape_size (&node->shape) - 1 < G_MAXINT32;
  for (guint i = 0; i < node->n_params; i++)
    ok = ok && nn_shape_size (&node->params[i].shape) - 1 < G_MAXINT32;
  if (!ok)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("It is empty or too large: more than 2 thousand million numbers."));
  return ok;
}

const NnNode *
nn_builder_add (NnBuilder *self, const char *op, const char *name, const NnAttr *attrs, const char *const *inputs,
                GError **error)
{
  g_autofree char *own_name = name ? g_strdup (name) : unused_name (self, op);
  NnNode *node = g_new0 (NnNode, 1);
  node->name = g_steal_pointer (&own_name);
  node->op = nn_op_find (op);
  node->index = self->graph->nodes->len;
  gboolean ok = FALSE;
  if (node->op == NULL || node->op->n_inputs == 0)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("There is no operator “%s”."), op);
  else if (g_hash_table_contains (self->by_name, node->name))
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("Another layer has the same name."));
  else if (node->index >= MAX_NODES)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("A network may have at most %d layers."), MAX_NODES);
  else {
    nn_attrs_default (node->op, node->attrs);
    if (attrs)
      memcpy (node->attrs, attrs, sizeof node->attrs);
    ok = nn_attrs_check (node->op, node->attrs, error) && connect_inputs (self, node, inputs, error) &&
         node->op->infer (node, error) && check_sizes (node, error);
  }
  if (!ok) {
    g_prefix_error (error, "Layer “%s”: ", node->name);
    node_free (node);
    return NULL;
  }
  g_ptr_array_add (self->graph->nodes, node);
  g_hash_table_insert (self->by_name, node->name, node);
  return node;
}

/* The perceptron's rule knows a single layer of units that see the pixels. */
static gboolean
check_perceptron (const NnGraph *graph, GError **error)
{
  const NnNode *last = nn_graph_get_node (graph, graph->nodes->len - 1);
  const NnNode *before = last->n_inputs ? last->inputs[0] : NULL;
  while (before && g_str_equal (before->op->id, "flatten"))
    before = before->inputs[0];
  if (before && before->index == 0 && g_str_equal (last->op->id, "dense") && last->n_params == 2)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               _ ("The trainer “perceptron” needs exactly one “dense” layer with a bias on the flattened "
                  "picture; use the trainer "
                  "“gradient” for other networks."));
  return FALSE;
}

/* Nothing is ever propagated back through a frozen layer: what learns lies behind all of them. */
static gboolean
check_frozen (const NnGraph *graph, GError **error)
{
  g_autofree gboolean *learns = g_new0 (gboolean, graph->nodes->len);
  for (guint i = 0; i < graph->nodes->len; i++) {
    const NnNode *node = graph->nodes->pdata[i];
    for (guint k = 0; k < node->n_inputs; k++)
      learns[i] |= learns[node->inputs[k]->index];
    if (node->frozen && node->n_params > 0 && learns[i]) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   _ ("Layer “%s”: a frozen layer can’t come behind one that learns. Freeze that one too, or neither."),
                   node->name);
      return FALSE;
    }
    learns[i] |= !node->frozen && node->n_params > 0;
  }
  return TRUE;
}

NnGraph *
nn_builder_finish (NnBuilder *self, GError **error)
{
  g_autoptr (NnBuilder) builder = self;
  NnGraph *graph = builder->graph;
  const NnNode *last = graph->nodes->pdata[graph->nodes->len - 1];
  if (last->shape.rank != 1 || graph->nodes->len < 2) {
    g_autofree char *shape = nn_shape_to_string (&last->shape);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("Layer “%s”: the last layer must give one number a class and gives %s; end with “dense” "
                    "with “units”: "
                    "“classes”."),
                 last->name, shape);
    return NULL;
  }
  if ((graph->trainer == NN_TRAINER_PERCEPTRON && !check_perceptron (graph, error)) || !check_frozen (graph, error))
    return NULL;
  return g_steal_pointer (&builder->graph);
}
