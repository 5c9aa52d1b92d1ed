/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a file to a model. Nothing in the file is trusted: texts are checked for their encoding and nesting, and
 * weights must be there with exactly the shapes that the specification calls for before the model's memory is
 * asked for. */
#include "onnx/onnx-file.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "onnx/import/import.h"
#include "onnx/layout.h"
#include "onnx/metadata.h"
#include "onnx/proto.h"

#define MAX_PROPERTIES 4096

/* Returns: (nullable): the last one of that key. */
static const char *
find_property (const NnOnnx__ModelProto *proto, const char *key)
{
  for (gsize i = proto->n_metadata_props; i-- > 0;)
    if (g_strcmp0 (proto->metadata_props[i]->key, key) == 0)
      return proto->metadata_props[i]->value;
  return NULL;
}

static gboolean
check_properties (const NnOnnx__ModelProto *proto, GError **error)
{
  const char *format = find_property (proto, NN_ONNX_KEY_FORMAT);
  guint64 number;
  if (format == NULL || !g_ascii_string_to_unsigned (format, 10, 0, G_MAXUINT, &number, NULL) ||
      number == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("its property %s isn't a number"),
                 NN_ONNX_KEY_FORMAT);
    return FALSE;
  }
  if (number > NN_ONNX_FORMAT) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("it was saved by a newer version of this program (format %" PRIu64
                    ", this version knows %d). Update the program"),
                 number, NN_ONNX_FORMAT);
    return FALSE;
  }
  if (proto->n_metadata_props > MAX_PROPERTIES) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("it has more than %d properties"), MAX_PROPERTIES);
    return FALSE;
  }
  for (gsize i = 0; i < proto->n_metadata_props; i++) {
    const NnOnnx__StringStringEntryProto *entry = proto->metadata_props[i];
    if (entry->key == NULL || entry->value == NULL || !g_utf8_validate (entry->key, -1, NULL) ||
        !g_utf8_validate (entry->value, -1, NULL)) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("its property %zu isn't UTF-8 text"), i);
      return FALSE;
    }
  }
  return TRUE;
}

static NnGraph *
read_graph (const NnOnnx__ModelProto *proto, guint n_classes, GError **error)
{
  const char *json = find_property (proto, NN_ONNX_KEY_GRAPH);
  if (json == NULL || !nn_onnx_json_is_tame (json)) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("its property %s isn't the specification of a network"), NN_ONNX_KEY_GRAPH);
    return NULL;
  }
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (json, -1, NULL, n_classes, error);
  if (graph != NULL && nn_graph_get_n_classes (graph) != n_classes) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("its network tells %u classes apart but %u are named"), nn_graph_get_n_classes (graph),
                 n_classes);
    return NULL;
  }
  return g_steal_pointer (&graph);
}

/* Returns: (transfer full): the tensors by name; NULL when two have the same name */
static GHashTable *
index_tensors (const NnOnnx__GraphProto *graph, GError **error)
{
  g_autoptr (GHashTable) tensors = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < graph->n_initializer; i++) {
    NnOnnx__TensorProto *tensor = graph->initializer[i];
    if (tensor->name != NULL && !g_hash_table_insert (tensors, tensor->name, tensor)) {
      g_autofree char *name = g_utf8_make_valid (tensor->name, -1);
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("it has two tensors called “%s”"), name);
      return NULL;
    }
  }
  return g_steal_pointer (&tensors);
}

/* Returns: (nullable): the tensor of weight @name of @node when it has the shape, type and length that it
 * must have. */
static const NnOnnx__TensorProto *
find_tensor (GHashTable *tensors, const NnNode *node, const char *name, const NnShape *shape, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s.%s", node->name, name);
  const NnOnnx__TensorProto *tensor = g_hash_table_lookup (tensors, key);
  if (tensor == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("the weights “%s” of the layer “%s” are missing"),
                 key, node->name);
    return NULL;
  }
  NnOnnxLayout layout;
  nn_onnx_layout_init (&layout, node, name, shape);
  gboolean same = tensor->n_dims == layout.rank;
  for (guint i = 0; same && i < layout.rank; i++)
    same = tensor->dims[i] == (gint64) layout.dims[i];
  gsize bytes;
  if (!same || tensor->data_type != NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT || !tensor->has_raw_data ||
      !g_size_checked_mul (&bytes, nn_shape_size (shape), sizeof (float)) || tensor->raw_data.len != bytes) {
    g_autofree char *text = nn_shape_to_string (shape);
    g_set_error (
        error, NN_ERROR, NN_ERROR_BAD_INPUT,
        _ ("the weights “%s” of the layer “%s” aren't the %s numbers of 32 bits that the network has there"),
        key, node->name, text);
    return NULL;
  }
  return tensor;
}

static void
copy_tensor (const NnOnnx__TensorProto *tensor, const NnNode *node, const char *name, const NnShape *shape,
             float *data)
{
  NnOnnxLayout layout;
  gsize n = nn_shape_size (shape);
  nn_onnx_layout_init (&layout, node, name, shape);
  /* protobuf-c's blocks come from budget_alloc(), so the floats are aligned. */
  nn_onnx_layout_import (&layout, (const float *) tensor->raw_data.data, data);
  guint32 *words = (guint32 *) data;
  for (gsize i = 0; G_BYTE_ORDER != G_LITTLE_ENDIAN && i < n; i++)
    words[i] = GUINT32_FROM_LE (words[i]);
}

/* With @model NULL: checks that every weight is there. Otherwise copies them. */
static gboolean
read_weights (GHashTable *tensors, const NnGraph *graph, NnModel *model, GError **error)
{
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint k = 0; k < node->n_params + node->n_states; k++) {
      gboolean state = k >= node->n_params;
      guint index = state ? k - node->n_params : k;
      const char *name = state ? node->states[index].name : node->params[index].name;
      const NnShape *shape = state ? &node->states[index].shape : &node->params[index].shape;
      const NnOnnx__TensorProto *tensor = find_tensor (tensors, node, name, shape, error);
      if (tensor == NULL)
        return FALSE;
      if (model != NULL)
        copy_tensor (tensor, node, name, shape,
                     state ? nn_model_get_state (model, i, index) : nn_model_get_param (model, i, index));
    }
  }
  return TRUE;
}

static NnModel *
read_model (const NnOnnx__ModelProto *proto, const char *folder, GError **error)
{
  if (proto->graph == NULL) {
    g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("it isn't an ONNX file, or it is damaged"));
    return NULL;
  }
  if (find_property (proto, NN_ONNX_KEY_FORMAT) == NULL && find_property (proto, NN_ONNX_KEY_GRAPH) == NULL)
    return nn_onnx_import (proto, folder, error);
  if (!check_properties (proto, error))
    return NULL;
  const char *classes_json = find_property (proto, NN_ONNX_KEY_CLASSES);
  const char *preprocess_json = find_property (proto, NN_ONNX_KEY_PREPROCESS);
  g_auto (GStrv) classes = nn_onnx_classes_from_json (classes_json != NULL ? classes_json : "", error);
  if (classes == NULL)
    return NULL;
  g_autoptr (NnGraph) graph = read_graph (proto, g_strv_length (classes), error);
  if (graph == NULL)
    return NULL;
  NnPreprocess preprocess = { 0 };
  g_autoptr (GHashTable) tensors = NULL;
  if (!nn_onnx_preprocess_from_json (preprocess_json != NULL ? preprocess_json : "",
                                     nn_graph_get_input_shape (graph)->dims[2], &preprocess, error) ||
      (tensors = index_tensors (proto->graph, error)) == NULL || !read_weights (tensors, graph, NULL, error))
    return NULL;

  g_autoptr (NnModel) model = nn_model_new (graph, (const char *const *) classes);
  for (guint c = 0; c < nn_graph_get_input_shape (graph)->dims[2]; c++) {
    nn_model_get_preprocess (model)->mean[c] = preprocess.mean[c];
    nn_model_get_preprocess (model)->deviation[c] = preprocess.deviation[c];
  }
  g_strlcpy (nn_model_get_preprocess (model)->fit, preprocess.fit, sizeof preprocess.fit);
  for (gsize i = 0; i < proto->n_metadata_props; i++)
    if (g_str_has_prefix (proto->metadata_props[i]->key, NN_ONNX_KEY_INFO))
      nn_model_set_metadata (model, proto->metadata_props[i]->key + strlen (NN_ONNX_KEY_INFO),
                             proto->metadata_props[i]->value);
  if (!read_weights (tensors, graph, model, error))
    return NULL;
  return g_steal_pointer (&model);
}

static NnModel *
open_bytes (GBytes *bytes, const char *name, const char *folder, GError **error)
{
  g_autofree char *display = g_filename_display_name (name);
  g_autoptr (NnOnnxProto) proto = nn_onnx_proto_new (bytes, display, error);
  if (proto == NULL)
    return NULL;
  g_autoptr (GError) local = NULL;
  NnModel *model = read_model (proto->model, folder, &local);
  if (model == NULL)
    g_set_error (error, NN_ERROR, local->code, _ ("“%s” can't be opened: %s%s"), display, local->message,
                 g_str_has_suffix (local->message, ".") ? "" : ".");
  return model;
}

NnModel *
nn_onnx_from_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_return_val_if_fail (bytes != NULL && name != NULL, NULL);
  return open_bytes (bytes, name, NULL, error);
}

NnModel *
nn_onnx_load (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_autoptr (GBytes) bytes = nn_onnx_read_file (path, error);
  g_autofree char *folder = g_path_get_dirname (path);
  return bytes != NULL ? open_bytes (bytes, path, folder, error) : NULL;
}
