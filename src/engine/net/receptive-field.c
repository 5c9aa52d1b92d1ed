/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/receptive-field.h"

#include "ops/attrs.h"

/* Strides multiply: what goes beyond this is larger than any picture. */
#define MOST (1 << 24)

/* A window that slides along one dimension. @before: rows or columns of padding before the first input */
typedef struct {
  gint64 size, stride, before;
} Window;

static const NnAttr *
get_attr (const NnNode *node, const char *name)
{
  int index = nn_attrs_index (node->op, name);
  return index < 0 ? NULL : &node->attrs[index];
}

/* The padding before the first input, as conv2d.c and pool.c have it: of "same" the odd one goes to the end. */
static gint64
padding_before (const NnNode *node, guint d, const Window *window)
{
  int index = nn_attrs_index (node->op, "padding");
  const char *padding = index < 0 ? "valid" : node->op->attrs[index].choices[node->attrs[index].i[0]];

  if (g_str_equal (padding, "explicit"))
    return get_attr (node, "pads_begin")->i[d];
  if (!g_str_equal (padding, "same"))
    return 0;
  gint64 in = node->inputs[0]->shape.dims[d], out = node->shape.dims[d];
  return MAX ((out - 1) * window->stride + window->size - in, 0) / 2;
}

static Window
get_window (const NnNode *node, guint d)
{
  Window window = { .size = 1, .stride = 1 };
  const NnAttr *size = get_attr (node, "kernel"), *stride = get_attr (node, "stride");

  if (!size)
    size = get_attr (node, "size");
  if (!size || !stride)
    return window;
  window.size = size->i[d];
  /* A pooling without a stride of its own steps by its size. */
  window.stride = stride->i[d] > 0 ? stride->i[d] : size->i[d];
  window.before = padding_before (node, d, &window);
  return window;
}

/* What a window over units of @field sees. */
static void
widen (NnReceptiveField *field, guint d, const Window *window)
{
  gint64 jump = field->jump[d];

  field->start[d] = (int) CLAMP (field->start[d] - window->before * jump, -MOST, MOST);
  field->size[d] = (guint) MIN (field->size[d] + (window->size - 1) * jump, MOST);
  field->jump[d] = (guint) MIN (jump * window->stride, MOST);
}

/* Two fields of layers of the same shape become one, around what their middle units see. */
static void
unite (NnReceptiveField *field, const NnReceptiveField *other)
{
  field->whole |= other->whole;
  for (guint d = 0; d < 2; d++) {
    int from, to, other_from, other_to;
    guint middle = (field->units[d] - 1) / 2;
    nn_receptive_field_get_middle (field, d, &from, &to);
    nn_receptive_field_get_middle (other, d, &other_from, &other_to);
    from = MIN (from, other_from);
    to = MAX (to, other_to);
    field->jump[d] = MAX (field->jump[d], other->jump[d]);
    field->size[d] = (guint) MIN (to - from, MOST);
    field->start[d] = (int) CLAMP (from - (gint64) middle * field->jump[d], -MOST, MOST);
  }
}

static NnReceptiveField
see (const NnNode *node, const NnReceptiveField *fields, const NnShape *picture)
{
  NnReceptiveField field = { .size = { 1, 1 }, .jump = { 1, 1 } };
  gboolean has_places = node->shape.rank == 3;

  if (node->n_inputs > 0)
    field = fields[node->inputs[0]->index];
  for (guint i = 1; i < node->n_inputs; i++)
    unite (&field, &fields[node->inputs[i]->index]);
  /* Layers without places mix all of the picture; flatten keeps each number as it is, but says no more where
   * from. */
  field.whole |= !has_places;
  for (guint d = 0; d < 2; d++) {
    Window window = get_window (node, d);
    if (field.whole) {
      field.start[d] = 0;
      field.size[d] = picture->dims[d];
      field.jump[d] = 0;
    } else if (node->n_inputs == 1) {
      widen (&field, d, &window);
    }
    field.units[d] = has_places ? node->shape.dims[d] : 1;
    field.centre[d] = field.start[d] + field.size[d] / 2.0;
  }
  return field;
}

NnReceptiveField *
nn_receptive_fields_new (const NnGraph *graph)
{
  guint n = nn_graph_get_n_nodes (graph);
  NnReceptiveField *fields = g_new (NnReceptiveField, n);

  /* Every node comes after its inputs: each is looked at once. */
  for (guint i = 0; i < n; i++)
    fields[i] = see (nn_graph_get_node (graph, i), fields, nn_graph_get_input_shape (graph));
  return fields;
}

NnReceptiveField
nn_receptive_field (const NnGraph *graph, guint node)
{
  g_autofree NnReceptiveField *fields = nn_receptive_fields_new (graph);
  return fields[node];
}

void
nn_receptive_field_get_span (const NnReceptiveField *self, guint d, guint unit, int *from, int *to)
{
  *from = (int) CLAMP (self->start[d] + (gint64) unit * self->jump[d], -MOST, MOST);
  *to = *from + (int) self->size[d];
}

void
nn_receptive_field_get_middle (const NnReceptiveField *self, guint d, int *from, int *to)
{
  nn_receptive_field_get_span (self, d, (self->units[d] - 1) / 2, from, to);
}
