/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frozen blocks of a network, told by the names of its layers, and setting the last of them free. */
#include "net/graph.h"

#include <string.h>

static gsize
block_length (const NnNode *node)
{
  return strcspn (node->name, ".");
}

/* Whether @node begins a block, given the frozen layer with weights before it. */
static gboolean
begins_block (const NnNode *before, const NnNode *node)
{
  gsize length = block_length (node);
  return before == NULL || block_length (before) != length || strncmp (before->name, node->name, length) != 0;
}

/* What only takes the mean away belongs to what comes before it. */
static gboolean
counts (const NnNode *node)
{
  return node->frozen && node->n_params > 0 && !g_str_equal (node->op->id, "shift");
}

guint
nn_graph_count_blocks (const NnGraph *self)
{
  guint n = 0;
  const NnNode *before = NULL;
  for (guint i = 0; i < nn_graph_get_n_nodes (self); i++) {
    const NnNode *node = nn_graph_get_node (self, i);
    if (!counts (node))
      continue;
    n += begins_block (before, node);
    before = node;
  }
  return n;
}

static void
copy_node (NnBuilder *builder, const NnNode *node, gboolean frozen)
{
  const char *inputs[NN_MAX_INPUTS + 1] = { NULL };
  for (guint i = 0; i < node->n_inputs; i++)
    inputs[i] = node->inputs[i]->name;
  const NnNode *copy = nn_builder_add (builder, node->op->id, node->name, node->attrs, inputs, NULL);
  g_assert (copy != NULL);
  if (frozen)
    nn_builder_freeze (builder);
}

NnGraph *
nn_graph_new_unfrozen (const NnGraph *self, guint n_blocks)
{
  guint kept = nn_graph_count_blocks (self), block = 0;
  kept -= MIN (kept, n_blocks);
  gboolean freed = FALSE;
  const NnNode *before = NULL;
  NnBuilder *builder = nn_builder_new (nn_graph_get_name (self), nn_graph_get_input_shape (self));
  nn_builder_set_trainer (builder, nn_graph_get_trainer (self));
  nn_builder_set_pretrained (builder, nn_graph_get_pretrained (self));
  for (guint i = 1; i < nn_graph_get_n_nodes (self); i++) {
    const NnNode *node = nn_graph_get_node (self, i);
    if (counts (node)) {
      block += begins_block (before, node);
      before = node;
      freed |= block > kept;
    }
    copy_node (builder, node, node->frozen && !freed);
  }
  NnGraph *graph = nn_builder_finish (builder, NULL);
  g_assert (graph != NULL);
  return graph;
}
