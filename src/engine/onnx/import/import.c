/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/import/import.h"

#include "onnx/import/importer.h"
#include "onnx/proto.h"
#include "onnx/run/tensor.h"
#include "ops/attrs.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_OPSET 25
#define MAX_NODES 20000
#define MAX_BYTES ((gsize) 2 << 30)
#define MAX_WORK G_GUINT64_CONSTANT (10000000000)
#define MAX_SIDE 4096

static void
flow_free (gpointer data)
{
  NnOnnxFlow *self = data;
  nn_onnx_value_unref (self->constant);
  g_free (self);
}

static void
planned_free (gpointer data)
{
  NnOnnxPlanned *self = data;
  for (guint i = 0; i < self->n_weights; i++)
    g_free (self->weights[i].data);
  g_free (self->name);
  g_free (self);
}

NnOnnxPlanned *
nn_onnx_plan_layer (NnOnnxImporter *self, NnOnnxCall *call, const char *op, NnOnnxFlow *y)
{
  NnOnnxPlanned *layer = g_new0 (NnOnnxPlanned, 1);
  const char *name = call->node->name;
  layer->op = nn_op_find (op);
  g_assert (layer->op != NULL);
  nn_attrs_default (layer->op, layer->attrs);
  if (name != NULL && name[0] != '\0' && strlen (name) <= 64 && g_utf8_validate (name, -1, NULL))
    layer->name = g_strdup (name);
  layer->n_inputs = 1;
  layer->inputs[0] = y->layer;
  nn_onnx_plan_get (self, y)->readers++;
  y->layer = self->plan->len;
  g_ptr_array_add (self->plan, layer);
  return layer;
}

void
nn_onnx_plan_attr (NnOnnxPlanned *layer, const char *name, gint64 a, gint64 b)
{
  NnAttr *attr = &layer->attrs[nn_attrs_index (layer->op, name)];
  attr->i[0] = (int) CLAMP (a, 0, G_MAXINT);
  attr->i[1] = (int) CLAMP (b, 0, G_MAXINT);
}

void
nn_onnx_plan_attr_float (NnOnnxPlanned *layer, const char *name, double value)
{
  layer->attrs[nn_attrs_index (layer->op, name)].f = value;
}

gboolean
nn_onnx_plan_choice (NnOnnxPlanned *layer, const char *name, const char *choice)
{
  int index = nn_attrs_index (layer->op, name);
  for (int i = 0; index >= 0 && layer->op->attrs[index].choices[i] != NULL; i++)
    if (g_str_equal (layer->op->attrs[index].choices[i], choice)) {
      layer->attrs[index].i[0] = i;
      return i <= layer->op->attrs[index].max;
    }
  return FALSE;
}

gboolean
nn_onnx_plan_is (const NnOnnxPlanned *layer, const char *name, const char *choice)
{
  int index = nn_attrs_index (layer->op, name);
  return index >= 0 && g_str_equal (layer->op->attrs[index].choices[layer->attrs[index].i[0]], choice);
}

float *
nn_onnx_plan_weight (NnOnnxPlanned *layer, const char *name, gsize n)
{
  guint i = layer->n_weights++;
  g_assert (i < NN_ONNX_MAX_WEIGHTS);
  layer->weights[i].name = name;
  layer->weights[i].size = n;
  return layer->weights[i].data = g_new0 (float, MAX (n, 1));
}

NnOnnxPlanned *
nn_onnx_plan_get (NnOnnxImporter *self, const NnOnnxFlow *flow)
{
  return g_ptr_array_index (self->plan, flow->layer);
}

gboolean
nn_onnx_plan_is_free (NnOnnxImporter *self, const NnOnnxFlow *flow)
{
  const NnOnnxPlanned *layer = nn_onnx_plan_get (self, flow);
  return layer->pending == 0 && layer->readers == 0;
}

gboolean
nn_onnx_plan_picture (NnOnnxImporter *self, NnOnnxCall *call, guint index)
{
  const NnOnnxFlow *x = self->in[index];
  if (x->rank != 4 || x->constant != NULL || x->vector)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its input isn't a picture of channels, height and width"));
  else if (x->hwc)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED,
                  _ ("the channels of its input aren't in front of height and width"));
  return call->error == NULL;
}

const NnOnnxValue *
nn_onnx_plan_constant (NnOnnxImporter *self, NnOnnxCall *call, guint index)
{
  const NnOnnxFlow *x = index < call->n_inputs ? self->in[index] : NULL;
  if (x != NULL && x->constant != NULL && x->constant->type->real)
    return x->constant;
  nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its input %u isn't a constant of the file"), index + 1);
  return NULL;
}

gsize
nn_onnx_plan_reorder (const NnOnnxFlow *flow, gsize i)
{
  gsize channels = flow->picture[0], pixels = flow->picture[1] * flow->picture[2];
  return channels == 0 ? i : i % pixels * channels + i / pixels;
}

static const NnOnnxRule *
find_rule (const char *name)
{
  static const NnOnnxRule *const tables[]
      = { nn_onnx_layer_rules, nn_onnx_shape_rules, nn_onnx_arithmetic_rules };
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const NnOnnxRule *rule = tables[i]; rule->name != NULL; rule++)
      if (g_strcmp0 (rule->name, name) == 0)
        return rule;
  return NULL;
}

static guint
uses_of (NnOnnxImporter *self, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->uses, name));
}

/* A value gets its name; what gives it is wanted as often as the name is. */
static void
keep (NnOnnxImporter *self, char *name, const NnOnnxFlow *flow)
{
  g_hash_table_insert (self->flows, name, g_memdup2 (flow, sizeof *flow));
  if (flow->constant == NULL)
    nn_onnx_plan_get (self, flow)->pending += uses_of (self, name);
}

/* Returns: (nullable): the value of that name; constants of the file are read when they are first wanted. */
static const NnOnnxFlow *
find_flow (NnOnnxImporter *self, char *name, GError **error)
{
  const NnOnnxFlow *found = g_hash_table_lookup (self->flows, name);
  const NnOnnx__TensorProto *tensor = g_hash_table_lookup (self->constants, name);
  if (found != NULL)
    return found;
  if (tensor == NULL) {
    g_autofree char *shown = nn_onnx_display (name);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("nothing before it is called “%s”"), shown);
    return NULL;
  }
  NnOnnxFlow flow = { .constant = nn_onnx_value_from_tensor (tensor, self->folder, &self->budget, error) };
  if (flow.constant == NULL)
    return NULL;
  keep (self, name, &flow);
  return g_hash_table_lookup (self->flows, name);
}

/* All inputs are known: so is the result. */
static void
compute (NnOnnxImporter *self, NnOnnxCall *call)
{
  call->op->run (call);
  for (guint i = 0; i < call->n_outputs && call->error == NULL; i++)
    if (call->outputs[i] != NULL) {
      NnOnnxFlow flow = { .constant = nn_onnx_value_ref (call->outputs[i]) };
      keep (self, call->node->output[i], &flow);
    }
}

static void
plan (NnOnnxImporter *self, NnOnnxCall *call)
{
  const NnOnnxRule *rule = find_rule (call->node->op_type);
  NnOnnxFlow y = { 0 };
  if (rule == NULL)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("networks of this program have no such layer"));
  for (guint i = 0; i < call->n_inputs && call->error == NULL; i++) {
    if (self->in[i] != NULL && self->in[i]->softmax)
      nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("something follows the softmax"));
    if (self->in[i] != NULL && self->in[i]->constant == NULL && y.rank == 0)
      y = *self->in[i];
  }
  if (call->error == NULL)
    rule->plan (self, call, &y);
  if (call->error == NULL)
    keep (self, call->node->output[0], &y);
}

static gboolean
check_node (NnOnnxCall *call)
{
  const NnOnnx__NodeProto *node = call->node;
  if (node->domain != NULL && node->domain[0] != '\0' && !g_str_equal (node->domain, "ai.onnx"))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("operators of other domains than ONNX's aren't supported"));
  else if (call->op == NULL)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("this operator isn't supported"));
  else if (call->opset < call->op->since || node->n_input < call->op->min_inputs
           || node->n_input > call->op->max_inputs || node->n_output == 0)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, _ ("its inputs and outputs aren't those of this operator"));
  for (gsize i = 1; i < node->n_output && call->error == NULL; i++)
    if (node->output[i][0] != '\0' && !g_str_equal (node->op_type, "Split")
        && !g_str_equal (node->op_type, "Dropout"))
      nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its output %zu isn't supported"), i + 1);
  return call->error == NULL;
}

/* Constants become the call's inputs, so that its functions see them; the others are to be read in @self->in.
 */
static void
gather (NnOnnxImporter *self, NnOnnxCall *call, gboolean *known)
{
  *known = TRUE;
  for (guint i = 0; i < call->n_inputs && call->error == NULL; i++) {
    if (call->node->input[i][0] == '\0') {
      if (i < call->op->min_inputs)
        nn_onnx_fail (call, NN_ERROR_BAD_INPUT, _ ("its inputs and outputs aren't those of this operator"));
      continue;
    }
    self->in[i] = find_flow (self, call->node->input[i], &call->error);
    if (self->in[i] == NULL)
      return;
    call->inputs[i] = self->in[i]->constant;
    *known = *known && call->inputs[i] != NULL;
    if (call->inputs[i] == NULL)
      nn_onnx_plan_get (self, self->in[i])->pending--;
  }
}

static gboolean
read_node (NnOnnxImporter *self, gsize index, GError **error)
{
  const NnOnnx__NodeProto *node = self->proto->graph->node[index];
  NnOnnxCall call = { .op = nn_onnx_operator_find (node->op_type),
                      .node = node,
                      .opset = self->opset,
                      .folder = self->folder,
                      .budget = &self->budget,
                      .n_inputs = (guint) node->n_input };
  g_autofree NnOnnxValue **inputs = call.inputs = g_new0 (NnOnnxValue *, MAX (call.n_inputs, 1));
  g_autofree const NnOnnxFlow **in = self->in = g_new0 (const NnOnnxFlow *, MAX (call.n_inputs, 1));
  g_autofree NnOnnxValue **outputs = call.outputs = g_new0 (NnOnnxValue *, MAX (node->n_output, 1));
  gboolean known = FALSE;
  if (check_node (&call)) {
    call.n_outputs = (guint) MIN (node->n_output, call.op->max_outputs);
    gather (self, &call, &known);
  }
  for (gsize i = 0; i < node->n_output && call.error == NULL; i++)
    if (node->output[i][0] != '\0' && g_hash_table_contains (self->flows, node->output[i]))
      nn_onnx_fail (&call, NN_ERROR_BAD_INPUT, _ ("something before it has the name of its output"));
  if (call.error == NULL && known)
    compute (self, &call);
  else if (call.error == NULL)
    plan (self, &call);
  for (guint i = 0; i < call.n_outputs; i++)
    nn_onnx_value_unref (call.outputs[i]);
  self->in = NULL;
  if (call.error == NULL)
    return TRUE;
  g_autofree char *name = nn_onnx_display (node->name), *op = nn_onnx_display (node->op_type);
  if (name[0] == '\0' && node->n_output > 0) {
    g_free (name);
    name = nn_onnx_display (node->output[0]);
  }
  /* Translators: number, name and operator of a part of a network, and what is wrong with it */
  g_set_error (error, NN_ERROR, call.error->code, _ ("node %zu “%s” (%s): %s"), index + 1, name, op,
               call.error->message);
  g_error_free (call.error);
  return FALSE;
}

/* Four extents are a picture, its few channels first or last; two are the pixels of a square grey one. */
static gboolean
take_shape (NnOnnxImporter *self, const NnOnnx__TensorShapeProto *shape, NnOnnxFlow *flow, GError **error)
{
  gint64 dims[4] = { 1, 0, 0, 0 };
  flow->rank = shape != NULL ? (guint) MIN (shape->n_dim, 5) : 0;
  for (guint i = 1; i < flow->rank && flow->rank <= 4; i++)
    dims[i] = shape->dim[i]->has_dim_value ? shape->dim[i]->dim_value : 0;
  for (guint i = 0; i < 4; i++)
    flow->dims[i] = (gsize) CLAMP (dims[i], 0, (gint64) MAX_SIDE * MAX_SIDE);
  if (flow->rank == 2) {
    gsize side = 1;
    while (side * side < flow->dims[1])
      side++;
    flow->vector = TRUE;
    self->input = NN_SHAPE ((guint) side, (guint) side, 1);
    if (side * side == flow->dims[1] && side <= MAX_SIDE)
      return TRUE;
  } else if (flow->rank == 4) {
    flow->hwc = flow->dims[1] > NN_MAX_CHANNELS && flow->dims[3] <= NN_MAX_CHANNELS;
    const gsize *d = flow->dims + (flow->hwc ? 1 : 2);
    gsize channels = flow->dims[flow->hwc ? 3 : 1];
    self->input = NN_SHAPE ((guint) d[0], (guint) d[1], (guint) channels);
    if (channels >= 1 && channels <= NN_MAX_CHANNELS && d[0] >= 1 && d[0] <= MAX_SIDE && d[1] >= 1
        && d[1] <= MAX_SIDE)
      return TRUE;
  }
  g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
               _ ("its input isn't a picture of a given size: 1 to %d channels, height and width up to %d"),
               NN_MAX_CHANNELS, MAX_SIDE);
  return FALSE;
}

static gboolean
read_input (NnOnnxImporter *self, GError **error)
{
  const NnOnnx__GraphProto *graph = self->proto->graph;
  const NnOnnx__ValueInfoProto *input = NULL;
  NnOnnxFlow flow = { 0 };
  guint n = 0;
  for (gsize i = 0; i < graph->n_input; i++)
    if (graph->input[i]->name == NULL || !g_hash_table_contains (self->constants, graph->input[i]->name)) {
      input = graph->input[i];
      n++;
    }
  if (n != 1 || graph->n_output == 0 || input->name == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("it has %u inputs, and a classifier of pictures has one"), n);
    return FALSE;
  }
  const NnOnnx__TypeProto__Tensor *type = input->type != NULL ? input->type->tensor_type : NULL;
  if (!take_shape (self, type != NULL ? type->shape : NULL, &flow, error))
    return FALSE;
  NnOnnxPlanned *picture = g_new0 (NnOnnxPlanned, 1);
  picture->op = nn_op_find ("input");
  g_ptr_array_add (self->plan, picture);
  keep (self, input->name, &flow);
  return TRUE;
}

static void
index_names (NnOnnxImporter *self)
{
  const NnOnnx__GraphProto *graph = self->proto->graph;
  for (gsize i = 0; i < graph->n_initializer; i++)
    if (graph->initializer[i]->name != NULL)
      g_hash_table_insert (self->constants, graph->initializer[i]->name, graph->initializer[i]);
  for (gsize i = 0; i < graph->n_node; i++)
    for (gsize k = 0; k < graph->node[i]->n_input; k++)
      g_hash_table_insert (self->uses, graph->node[i]->input[k],
                           GUINT_TO_POINTER (uses_of (self, graph->node[i]->input[k]) + 1));
  for (gsize i = 0; i < graph->n_output; i++)
    if (graph->output[i]->name != NULL)
      g_hash_table_insert (self->uses, graph->output[i]->name,
                           GUINT_TO_POINTER (uses_of (self, graph->output[i]->name) + 1));
}

static gboolean
check_model (NnOnnxImporter *self, GError **error)
{
  const NnOnnx__ModelProto *proto = self->proto;
  self->opset = 1;
  for (gsize i = 0; i < proto->n_opset_import; i++) {
    const char *domain = proto->opset_import[i]->domain;
    if ((domain == NULL || domain[0] == '\0' || g_str_equal (domain, "ai.onnx"))
        && proto->opset_import[i]->has_version)
      self->opset = proto->opset_import[i]->version;
  }
  if (self->opset < 1 || self->opset > MAX_OPSET)
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("it uses the operator set %ld of ONNX; sets 1 to %d are supported"),
                 (long) self->opset, MAX_OPSET);
  else if (proto->graph->n_node > MAX_NODES || proto->graph->n_initializer > MAX_NODES)
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, _ ("it has more than %d nodes or constants"),
                 MAX_NODES);
  else
    return TRUE;
  return FALSE;
}

/* Of several outputs the one that all layers lead to: others are features on the way. */
static const NnOnnxFlow *
find_end (NnOnnxImporter *self, GError **error)
{
  const NnOnnx__GraphProto *graph = self->proto->graph;
  for (gsize i = 0; i < graph->n_output; i++) {
    char *name = graph->output[i]->name;
    const NnOnnxFlow *flow = name != NULL ? g_hash_table_lookup (self->flows, name) : NULL;
    if (flow != NULL && flow->constant == NULL && flow->layer == self->plan->len - 1)
      return flow;
  }
  g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, _ ("the last of its nodes doesn't lead to an output"));
  return NULL;
}

static NnModel *
import (NnOnnxImporter *self, GError **error)
{
  if (!check_model (self, error))
    return NULL;
  index_names (self);
  if (!read_input (self, error))
    return NULL;
  for (gsize i = 0; i < self->proto->graph->n_node; i++)
    if (!read_node (self, i, error))
      return NULL;
  const NnOnnxFlow *end = find_end (self, error);
  return end != NULL ? nn_onnx_plan_build (self, end, error) : NULL;
}

NnModel *
nn_onnx_import (const NnOnnx__ModelProto *proto, const char *folder, GError **error)
{
  NnOnnxImporter self = { .proto = proto, .folder = folder, .budget = { MAX_BYTES, MAX_WORK } };
  self.flows = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, flow_free);
  self.uses = g_hash_table_new (g_str_hash, g_str_equal);
  self.constants = g_hash_table_new (g_str_hash, g_str_equal);
  self.plan = g_ptr_array_new_with_free_func (planned_free);
  for (guint c = 0; c < NN_MAX_CHANNELS; c++)
    self.scale[c] = 1;
  NnModel *model = import (&self, error);
  g_hash_table_unref (self.flows);
  g_hash_table_unref (self.uses);
  g_hash_table_unref (self.constants);
  g_ptr_array_unref (self.plan);
  return model;
}
