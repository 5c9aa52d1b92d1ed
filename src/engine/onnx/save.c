/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a model to a file: preprocessing, the layers in order, softmax, metadata. */
#include "config.h"

#include "onnx/onnx-file.h"

#include "base/error.h"
#include "onnx/export/export.h"
#include "onnx/metadata.h"
#include "onnx/writer.h"

#include <glib/gi18n.h>
#include <string.h>

#define IR_VERSION 7

static gboolean
check_size (NnModel *model, GError **error)
{
  gsize total = 0;
  NnGraph *graph = nn_model_get_graph (model);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint p = 0; p < node->n_params + node->n_states; p++) {
      const NnShape *shape =
          p < node->n_params ? &node->params[p].shape : &node->states[p - node->n_params].shape;
      gsize bytes;
      if (!g_size_checked_mul (&bytes, nn_shape_size (shape), sizeof (float)) ||
          !g_size_checked_add (&total, total, bytes) || total > NN_ONNX_MAX_BYTES) {
        g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                     _ ("The network is too large to be saved: a model file holds at most %u MiB. Use "
                        "smaller layers."),
                     (guint) (NN_ONNX_MAX_BYTES >> 20));
        return FALSE;
      }
    }
  }
  return TRUE;
}

/* x = (p / 255 - mean) / deviation as p · scale + offset. OpenCV 4.6 aligns a constant with four extents
 * wrongly when the batch isn't 1; with three it does as ONNX says. */
static const char *
add_preprocess (NnOnnxWriter *writer, NnModel *model)
{
  const NnPreprocess *preprocess = nn_model_get_preprocess (model);
  guint channels = nn_graph_get_input_shape (nn_model_get_graph (model))->dims[2];
  const guint dims[] = { channels, 1, 1 };
  float scale[NN_MAX_CHANNELS], offset[NN_MAX_CHANNELS];
  for (guint c = 0; c < channels; c++) {
    scale[c] = (float) (1 / (255 * (double) preprocess->deviation[c]));
    offset[c] = (float) (-(double) preprocess->mean[c] / preprocess->deviation[c]);
  }
  writer->prefix = "preprocess";
  const char *x = nn_onnx_writer_add (
      writer, "Mul", "scaled",
      NN_ONNX_INPUTS (NN_ONNX_INPUT, nn_onnx_writer_floats (writer, "preprocess/scale", 3, dims, scale)));
  return nn_onnx_writer_add (
      writer, "Add", "input",
      NN_ONNX_INPUTS (x, nn_onnx_writer_floats (writer, "preprocess/offset", 3, dims, offset)));
}

static gboolean
add_layers (NnOnnxWriter *writer, NnModel *model, GError **error)
{
  NnGraph *graph = nn_model_get_graph (model);
  guint n = nn_graph_get_n_nodes (graph);
  g_autofree const char **values = g_new0 (const char *, n);
  g_hash_table_add (writer->names, (char *) NN_ONNX_INPUT);
  g_hash_table_add (writer->names, (char *) NN_ONNX_OUTPUT);
  const char *image = add_preprocess (writer, model);
  for (guint i = 0; i < n && writer->error == NULL; i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    const char *inputs[NN_MAX_INPUTS + 1] = { image };
    for (guint k = 0; k < node->n_inputs; k++)
      inputs[k] = values[node->inputs[k]->index];
    values[i] = nn_onnx_add_layer (writer, model, node, inputs);
  }
  if (writer->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&writer->error));
    return FALSE;
  }
  g_hash_table_remove (writer->names, NN_ONNX_OUTPUT);
  writer->prefix = NN_ONNX_OUTPUT;
  nn_onnx_writer_add (writer, "Softmax", NULL, NN_ONNX_INPUTS (values[n - 1]));
  nn_onnx_writer_int (writer, "axis", 1);
  return TRUE;
}

/* A float32 value whose first extent is the batch, of any size. */
static NnOnnx__ValueInfoProto **
describe (NnOnnxWriter *writer, const char *name, guint n, const guint *dims)
{
  NnOnnx__ValueInfoProto **list = nn_onnx_writer_alloc (writer, 1, sizeof *list);
  NnOnnx__ValueInfoProto *info = list[0] = nn_onnx_writer_alloc (writer, 1, sizeof *info);
  NnOnnx__TypeProto *type = nn_onnx_writer_alloc (writer, 1, sizeof *type);
  NnOnnx__TypeProto__Tensor *tensor = nn_onnx_writer_alloc (writer, 1, sizeof *tensor);
  NnOnnx__TensorShapeProto *shape = nn_onnx_writer_alloc (writer, 1, sizeof *shape);
  nn_onnx__value_info_proto__init (info);
  nn_onnx__type_proto__init (type);
  nn_onnx__type_proto__tensor__init (tensor);
  nn_onnx__tensor_shape_proto__init (shape);
  info->name = (char *) name;
  info->type = type;
  type->tensor_type = tensor;
  tensor->has_elem_type = TRUE;
  tensor->elem_type = NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  tensor->shape = shape;
  shape->n_dim = n + 1;
  shape->dim = nn_onnx_writer_alloc (writer, shape->n_dim, sizeof *shape->dim);
  for (guint i = 0; i <= n; i++) {
    NnOnnx__TensorShapeProto__Dimension *dim = shape->dim[i] = nn_onnx_writer_alloc (writer, 1, sizeof *dim);
    nn_onnx__tensor_shape_proto__dimension__init (dim);
    if (i == 0)
      dim->dim_param = (char *) "N";
    else {
      dim->has_dim_value = TRUE;
      dim->dim_value = dims[i - 1];
    }
  }
  return list;
}

static void
set_graph (NnOnnxWriter *writer, NnModel *model, NnOnnx__ModelProto *proto)
{
  NnGraph *graph = nn_model_get_graph (model);
  const NnShape *input = nn_graph_get_input_shape (graph);
  NnOnnx__GraphProto *g = nn_onnx_writer_alloc (writer, 1, sizeof *g);
  nn_onnx__graph_proto__init (g);
  g->name = (char *) nn_onnx_writer_print (writer, "%s", nn_graph_get_name (graph));
  g->n_node = writer->nodes->len;
  g->node = (NnOnnx__NodeProto **) writer->nodes->pdata;
  g->n_initializer = writer->constants->len;
  g->initializer = (NnOnnx__TensorProto **) writer->constants->pdata;
  g->n_input = g->n_output = 1;
  g->input =
      describe (writer, NN_ONNX_INPUT, 3, (const guint[]){ input->dims[2], input->dims[0], input->dims[1] });
  g->output = describe (writer, NN_ONNX_OUTPUT, 1, (const guint[]){ nn_graph_get_n_classes (graph) });
  proto->graph = g;
}

static void
set_property (NnOnnxWriter *writer, NnOnnx__ModelProto *proto, const char *key, const char *value)
{
  NnOnnx__StringStringEntryProto *entry = nn_onnx_writer_alloc (writer, 1, sizeof *entry);
  nn_onnx__string_string_entry_proto__init (entry);
  entry->key = (char *) key;
  entry->value = (char *) nn_onnx_writer_print (writer, "%s", value);
  proto->metadata_props[proto->n_metadata_props++] = entry;
}

static gboolean
set_properties (NnOnnxWriter *writer, NnModel *model, const char *verified, NnOnnx__ModelProto *proto, GError **error)
{
  g_autofree char *graph = nn_graph_to_json (nn_model_get_graph (model));
  g_autofree char *classes = nn_onnx_classes_to_json (model);
  g_autofree char *preprocess = nn_onnx_preprocess_to_json (model);
  g_autofree const char **keys = nn_model_get_metadata_keys (model);
  if (!nn_onnx_json_is_tame (graph) || !nn_onnx_json_is_tame (classes)) {
    g_set_error_literal (
        error, NN_ERROR, NN_ERROR_UNSUPPORTED,
        _ ("The model can't be saved: the names of its classes or layers are too long. Shorten them."));
    return FALSE;
  }
  proto->metadata_props =
      nn_onnx_writer_alloc (writer, g_strv_length ((char **) keys) + 5, sizeof *proto->metadata_props);
  set_property (writer, proto, NN_ONNX_KEY_FORMAT, G_STRINGIFY (NN_ONNX_FORMAT));
  set_property (writer, proto, NN_ONNX_KEY_GRAPH, graph);
  set_property (writer, proto, NN_ONNX_KEY_CLASSES, classes);
  set_property (writer, proto, NN_ONNX_KEY_PREPROCESS, preprocess);
  gboolean told = verified == NULL;
  for (guint i = 0;; i++) {
    int order = keys[i] != NULL ? strcmp (keys[i], NN_EXPORT_KEY) : 1;
    if (!told && order >= 0) { /* at its place, so that what is read and saved again is the same */
      set_property (writer, proto, NN_ONNX_KEY_INFO NN_EXPORT_KEY, verified);
      told = TRUE;
    }
    if (keys[i] == NULL)
      break;
    if (verified == NULL || order != 0)
      set_property (writer, proto, nn_onnx_writer_print (writer, NN_ONNX_KEY_INFO "%s", keys[i]),
                    nn_model_get_metadata (model, keys[i]));
  }
  return TRUE;
}

GBytes *
nn_onnx_to_bytes_as (NnModel *model, guint opset_version, const char *verified, GError **error)
{
  g_return_val_if_fail (model != NULL, NULL);
  g_autoptr (NnOnnxWriter) writer = nn_onnx_writer_new ();
  if (!check_size (model, error) || !add_layers (writer, model, error))
    return NULL;
  if (opset_version < NN_ONNX_OPSET)
    nn_onnx_writer_downgrade (writer);
  NnOnnx__ModelProto proto = NN_ONNX__MODEL_PROTO__INIT;
  NnOnnx__OperatorSetIdProto opset = NN_ONNX__OPERATOR_SET_ID_PROTO__INIT, *opsets[] = { &opset };
  proto.has_ir_version = TRUE;
  proto.ir_version = IR_VERSION;
  proto.producer_name = (char *) "perceptron";
  proto.producer_version = (char *) PACKAGE_VERSION;
  opset.domain = (char *) "";
  opset.has_version = TRUE;
  opset.version = opset_version;
  proto.n_opset_import = 1;
  proto.opset_import = opsets;
  set_graph (writer, model, &proto);
  if (!set_properties (writer, model, verified, &proto, error))
    return NULL;

  gsize size = nn_onnx__model_proto__get_packed_size (&proto);
  guint8 *data = size <= NN_ONNX_MAX_BYTES ? g_try_malloc (size) : NULL;
  if (data == NULL) {
    g_set_error (
        error, NN_ERROR, size > NN_ONNX_MAX_BYTES ? NN_ERROR_UNSUPPORTED : NN_ERROR_OUT_OF_MEMORY,
        _ ("The model can't be saved: its file would have %zu MiB, which is too large. Use smaller layers."),
        size >> 20);
    return NULL;
  }
  nn_onnx__model_proto__pack (&proto, data);
  return g_bytes_new_take (data, size);
}

GBytes *
nn_onnx_to_bytes (NnModel *model, GError **error)
{
  return nn_onnx_to_bytes_as (model, NN_ONNX_OPSET, NULL, error);
}

gboolean
nn_onnx_write_file (const char *path, GBytes *bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) local = NULL;
  if (!g_file_set_contents_full (path, data, (gssize) size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
                                 &local)) {
    g_set_error (error, NN_ERROR, NN_ERROR_FAILED,
                 _ ("The model can't be saved: %s. Choose another folder or make room on the disk."),
                 local->message);
    return FALSE;
  }
  return TRUE;
}

gboolean
nn_onnx_save (NnModel *model, const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);
  g_autoptr (GBytes) bytes = nn_onnx_to_bytes (model, error);
  return bytes != NULL && nn_onnx_write_file (path, bytes, error);
}
