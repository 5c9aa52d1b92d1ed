/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/receptive-field.h"

#include "ops/attrs.h"

static const NnAttr *
get_attr (const NnNode *node, const char *name)
{
  int index = nn_attrs_index (node->op, name);
  return index < 0 ? NULL : &node->attrs[index];
}

/* What a window of @node adds to what its input sees. */
static PcnReceptiveField
widen (const NnNode *node, PcnReceptiveField field)
{
  const NnAttr *kernel = get_attr (node, "kernel"), *stride = get_attr (node, "stride");

  if (!kernel)
    kernel = get_attr (node, "size");
  if (!kernel || !stride)
    return field;
  field.height += (guint) (kernel->i[0] - 1) * field.step_y;
  field.width += (guint) (kernel->i[1] - 1) * field.step_x;
  /* A pooling without a stride of its own steps by its size. */
  field.step_y *= (guint) (stride->i[0] > 0 ? stride->i[0] : kernel->i[0]);
  field.step_x *= (guint) (stride->i[1] > 0 ? stride->i[1] : kernel->i[1]);
  return field;
}

static PcnReceptiveField
see (const NnNode *node)
{
  if (node->n_inputs == 0)
    return (PcnReceptiveField){ .height = 1, .width = 1, .step_y = 1, .step_x = 1 };
  PcnReceptiveField field = see (node->inputs[0]);
  for (guint i = 1; i < node->n_inputs; i++) {
    PcnReceptiveField other = see (node->inputs[i]);
    field.height = MAX (field.height, other.height);
    field.width = MAX (field.width, other.width);
    field.whole |= other.whole;
  }
  /* Layers without places mix all of the picture; flatten keeps each number as it is, but says no more where
   * from. */
  if (node->shape.rank != 3)
    field.whole = TRUE;
  return field.whole ? field : widen (node, field);
}

PcnReceptiveField
pcn_receptive_field (const NnGraph *graph, guint node)
{
  const NnShape *input = nn_graph_get_input_shape (graph);
  PcnReceptiveField field = see (nn_graph_get_node (graph, node));

  if (field.whole) {
    field.height = input->dims[0];
    field.width = input->dims[1];
  }
  return field;
}
