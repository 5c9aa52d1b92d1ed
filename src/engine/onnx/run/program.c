/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/run/program.h"

#include "onnx/proto.h"
#include "onnx/run/operator.h"
#include "onnx/run/tensor.h"

#include <string.h>

/* The newest operator set that the tables were written for. Later ones may mean something else by the same
 * names. */
#define MAX_OPSET 25
#define MAX_NODES 200000

struct _NnOnnxProgram {
  NnOnnxProto *proto;
  const NnOnnx__GraphProto *graph;
  char *display;
  char *folder;
  gint64 opset;
  GHashTable *constants; /* name: TensorProto */
  GPtrArray *inputs;     /* ValueInfoProto, those without a constant */
};

/* A run: the values that are still needed, by name. */
typedef struct {
  NnOnnxProgram *program;
  NnOnnxBudget *budget;
  GHashTable *values; /* name: NnOnnxValue */
  GHashTable *uses;   /* name: how many nodes and outputs still want it */
} Run;

static gboolean
is_standard (const char *domain)
{
  return domain == NULL || domain[0] == '\0' || g_str_equal (domain, "ai.onnx");
}

/* "the node “conv1” (Conv)"; nodes needn't have names, but what they make has. */
static char *
describe (const NnOnnx__NodeProto *node, gsize index)
{
  const char *name = node->name;
  if ((name == NULL || name[0] == '\0') && node->n_output > 0)
    name = node->output[0];
  g_autofree char *shown = nn_onnx_display (name), *op = nn_onnx_display (node->op_type);
  return g_strdup_printf ("node %" G_GSIZE_FORMAT " “%s” (%s)", index + 1, shown, op);
}

static gboolean
check_node (const NnOnnxProgram *self, const NnOnnx__NodeProto *node, gsize index, GError **error)
{
  g_autofree char *label = describe (node, index);
  const NnOnnxOperator *op = is_standard (node->domain) ? nn_onnx_operator_find (node->op_type) : NULL;
  g_autofree char *domain = nn_onnx_display (node->domain);
  if (!is_standard (node->domain))
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "%s: operators of “%s” aren't supported", label,
                 domain);
  else if (op == NULL)
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "%s: this operator isn't supported", label);
  else if (self->opset < op->since)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "%s: there is no such operator in set %" G_GINT64_FORMAT, label, self->opset);
  else if (node->n_input < op->min_inputs || node->n_input > op->max_inputs)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "%s: %zu inputs are too %s", label, node->n_input,
                 node->n_input < op->min_inputs ? "few" : "many");
  else if (node->n_output == 0)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "%s: it has no output", label);
  else {
    for (gsize i = op->max_outputs; i < node->n_output; i++)
      if (node->output[i] != NULL && node->output[i][0] != '\0') {
        g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "%s: its output %zu isn't supported", label,
                     i + 1);
        return FALSE;
      }
    return TRUE;
  }
  return FALSE;
}

static gboolean
find_opset (NnOnnxProgram *self, GError **error)
{
  const NnOnnx__ModelProto *model = self->proto->model;
  self->opset = 1; /* before there were sets, files named none */
  for (gsize i = 0; i < model->n_opset_import; i++)
    if (is_standard (model->opset_import[i]->domain) && model->opset_import[i]->has_version)
      self->opset = model->opset_import[i]->version;
  if (self->opset >= 1 && self->opset <= MAX_OPSET)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
               "it uses the operator set %" G_GINT64_FORMAT "; sets 1 to %d are supported", self->opset,
               MAX_OPSET);
  return FALSE;
}

static gboolean
index_graph (NnOnnxProgram *self, GError **error)
{
  const NnOnnx__GraphProto *graph = self->graph;
  for (gsize i = 0; i < graph->n_initializer; i++)
    if (graph->initializer[i]->name == NULL
        || !g_hash_table_insert (self->constants, graph->initializer[i]->name, graph->initializer[i])) {
      g_autofree char *name = nn_onnx_display (graph->initializer[i]->name);
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "it has two constants called “%s”", name);
      return FALSE;
    }
  for (gsize i = 0; i < graph->n_input; i++) {
    if (graph->input[i]->name == NULL) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "its input %zu has no name", i + 1);
      return FALSE;
    }
    if (!g_hash_table_contains (self->constants, graph->input[i]->name))
      g_ptr_array_add (self->inputs, graph->input[i]);
  }
  for (gsize i = 0; i < graph->n_output; i++)
    if (graph->output[i]->name == NULL) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "its output %zu has no name", i + 1);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_graph (NnOnnxProgram *self, GError **error)
{
  if (self->graph == NULL || self->graph->n_output == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "there is no graph with an output in it");
    return FALSE;
  }
  if (self->graph->n_node > MAX_NODES) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "it has more than %d nodes", MAX_NODES);
    return FALSE;
  }
  if (!find_opset (self, error) || !index_graph (self, error))
    return FALSE;
  for (gsize i = 0; i < self->graph->n_node; i++)
    if (!check_node (self, self->graph->node[i], i, error))
      return FALSE;
  return TRUE;
}

static void
set_error (const NnOnnxProgram *self, const GError *reason, GError **error)
{
  g_set_error (error, NN_ERROR, reason->code, "“%s” can't be run: %s.", self->display, reason->message);
}

NnOnnxProgram *
nn_onnx_program_new (GBytes *bytes, const char *name, const char *folder, GError **error)
{
  g_return_val_if_fail (bytes != NULL && name != NULL, NULL);
  g_autoptr (NnOnnxProgram) self = g_new0 (NnOnnxProgram, 1);
  g_autoptr (GError) local = NULL;
  self->display = g_filename_display_name (name);
  self->folder = g_strdup (folder);
  self->constants = g_hash_table_new (g_str_hash, g_str_equal);
  self->inputs = g_ptr_array_new ();
  self->proto = nn_onnx_proto_new (bytes, self->display, error);
  if (self->proto == NULL)
    return NULL;
  self->graph = self->proto->model->graph;
  if (check_graph (self, &local))
    return g_steal_pointer (&self);
  set_error (self, local, error);
  return NULL;
}

NnOnnxProgram *
nn_onnx_program_load (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_autoptr (GBytes) bytes = nn_onnx_read_file (path, error);
  g_autofree char *folder = g_path_get_dirname (path);
  return bytes != NULL ? nn_onnx_program_new (bytes, path, folder, error) : NULL;
}

void
nn_onnx_program_free (NnOnnxProgram *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->proto, nn_onnx_proto_free);
  g_hash_table_unref (self->constants);
  g_ptr_array_unref (self->inputs);
  g_free (self->display);
  g_free (self->folder);
  g_free (self);
}

guint
nn_onnx_program_get_n_inputs (const NnOnnxProgram *self)
{
  return self->inputs->len;
}

guint
nn_onnx_program_get_n_outputs (const NnOnnxProgram *self)
{
  return (guint) self->graph->n_output;
}

static void
use (Run *self, const char *name, int more)
{
  int uses = GPOINTER_TO_INT (g_hash_table_lookup (self->uses, name)) + more;
  g_hash_table_insert (self->uses, (gpointer) name, GINT_TO_POINTER (uses));
  if (more < 0 && uses == 0)
    g_hash_table_remove (self->values, name);
}

static void
count_uses (Run *self)
{
  const NnOnnx__GraphProto *graph = self->program->graph;
  for (gsize i = 0; i < graph->n_node; i++)
    for (gsize k = 0; k < graph->node[i]->n_input; k++)
      use (self, graph->node[i]->input[k], 1);
  for (gsize i = 0; i < graph->n_output; i++)
    use (self, graph->output[i]->name, 1);
}

/* Returns: (transfer none): a value that is there, or a constant, which is decoded when it is first wanted.
 */
static NnOnnxValue *
find_value (Run *self, const char *name, GError **error)
{
  NnOnnxValue *value = g_hash_table_lookup (self->values, name);
  if (value != NULL)
    return value;
  const NnOnnx__TensorProto *tensor = g_hash_table_lookup (self->program->constants, name);
  if (tensor == NULL) {
    g_autofree char *shown = nn_onnx_display (name);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "nothing before it is called “%s”", shown);
    return NULL;
  }
  value = nn_onnx_value_from_tensor (tensor, self->program->folder, self->budget, error);
  if (value != NULL)
    g_hash_table_insert (self->values, (gpointer) name, value);
  return value;
}

static gboolean
check_input (const NnOnnx__ValueInfoProto *info, const NnOnnxValue *value, GError **error)
{
  const NnOnnx__TypeProto__Tensor *type = info->type != NULL ? info->type->tensor_type : NULL;
  g_autofree char *name = nn_onnx_display (info->name);
  g_autofree char *shape = nn_onnx_shape_string (value->rank, value->dims);
  if (type == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "its input “%s” isn't a tensor", name);
    return FALSE;
  }
  if (type->has_elem_type && type->elem_type != value->type->number) {
    const NnOnnxType *wanted = nn_onnx_type (type->elem_type);
    g_set_error (error, NN_ERROR, wanted != NULL ? NN_ERROR_BAD_INPUT : NN_ERROR_UNSUPPORTED,
                 "its input “%s” is of type %s and was given %s", name,
                 wanted != NULL ? wanted->name : "unknown", value->type->name);
    return FALSE;
  }
  gboolean fits = type->shape == NULL || type->shape->n_dim == value->rank;
  for (guint i = 0; type->shape != NULL && fits && i < value->rank; i++)
    fits = !type->shape->dim[i]->has_dim_value || type->shape->dim[i]->dim_value == (gint64) value->dims[i];
  if (!fits)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "the shape %s isn't that of its input “%s”", shape,
                 name);
  return fits;
}

static gboolean
check_nothing_left_out (NnOnnxCall *call)
{
  for (guint i = 0; i < call->n_inputs && i < call->op->min_inputs; i++)
    if (call->inputs[i] == NULL)
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its input %u is missing", i + 1);
  return call->error == NULL;
}

/* What the node made gets its names. */
static void
keep_outputs (Run *self, NnOnnxCall *call)
{
  for (guint i = 0; i < call->n_outputs && call->error == NULL; i++) {
    char *name = call->node->output[i];
    if (!nn_onnx_has_output (call, i))
      continue;
    if (call->outputs[i] == NULL)
      nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its output %u isn't supported", i + 1);
    else if (g_hash_table_contains (self->values, name)
             || g_hash_table_contains (self->program->constants, name))
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "something before it has the name of its output");
    else if (GPOINTER_TO_INT (g_hash_table_lookup (self->uses, name)) > 0)
      g_hash_table_insert (self->values, name, nn_onnx_value_ref (call->outputs[i]));
  }
}

static gboolean
run_node (Run *self, gsize index, GError **error)
{
  const NnOnnx__NodeProto *node = self->program->graph->node[index];
  NnOnnxCall call = { .op = nn_onnx_operator_find (node->op_type),
                      .node = node,
                      .opset = self->program->opset,
                      .folder = self->program->folder,
                      .budget = self->budget,
                      .n_inputs = (guint) node->n_input };
  call.n_outputs = (guint) MIN (node->n_output, call.op->max_outputs);
  g_autofree NnOnnxValue **inputs = call.inputs = g_new0 (NnOnnxValue *, MAX (call.n_inputs, 1));
  g_autofree NnOnnxValue **outputs = call.outputs = g_new0 (NnOnnxValue *, MAX (call.n_outputs, 1));
  for (guint i = 0; i < call.n_inputs && call.error == NULL; i++)
    if (node->input[i][0] != '\0')
      call.inputs[i] = find_value (self, node->input[i], &call.error);
  if (call.error == NULL && check_nothing_left_out (&call))
    call.op->run (&call);
  keep_outputs (self, &call);
  for (guint i = 0; i < call.n_outputs; i++)
    nn_onnx_value_unref (call.outputs[i]);
  for (guint i = 0; i < call.n_inputs; i++)
    use (self, node->input[i], -1);
  if (call.error == NULL)
    return TRUE;
  g_autofree char *label = describe (node, index);
  g_set_error (error, NN_ERROR, call.error->code, "%s: %s", label, call.error->message);
  g_error_free (call.error);
  return FALSE;
}

static gboolean
run (Run *self, NnOnnxValue *const *inputs, GCancellable *cancellable, NnOnnxValue **outputs, GError **error)
{
  const NnOnnxProgram *program = self->program;
  const NnOnnx__GraphProto *graph = program->graph;
  count_uses (self);
  for (guint i = 0; i < program->inputs->len; i++) {
    const NnOnnx__ValueInfoProto *info = g_ptr_array_index (program->inputs, i);
    if (!check_input (info, inputs[i], error))
      return FALSE;
    g_hash_table_insert (self->values, info->name, nn_onnx_value_ref (inputs[i]));
  }
  for (gsize i = 0; i < graph->n_node; i++) {
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error (error, NN_ERROR, NN_ERROR_CANCELLED, "it was stopped");
      return FALSE;
    }
    if (!run_node (self, i, error))
      return FALSE;
  }
  for (gsize i = 0; i < graph->n_output; i++)
    if (find_value (self, graph->output[i]->name, error) == NULL)
      return FALSE;
  for (gsize i = 0; i < graph->n_output; i++)
    outputs[i] = nn_onnx_value_ref (find_value (self, graph->output[i]->name, NULL));
  return TRUE;
}

gboolean
nn_onnx_program_run (NnOnnxProgram *self, NnOnnxBudget *budget, NnOnnxValue *const *inputs,
                     GCancellable *cancellable, NnOnnxValue **outputs, GError **error)
{
  Run state = { .program = self, .budget = budget };
  g_autoptr (GError) local = NULL;
  state.values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) nn_onnx_value_unref);
  state.uses = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean ok = run (&state, inputs, cancellable, outputs, &local);
  g_hash_table_unref (state.values);
  g_hash_table_unref (state.uses);
  if (!ok)
    set_error (self, local, error);
  return ok;
}
