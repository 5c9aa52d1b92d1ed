/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run-fixture.h"

#include <string.h>

#define FLOAT NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT

static NnOnnx__ValueInfoProto **
describe (NnOnnxWriter *writer, const char *const *names)
{
  guint n = g_strv_length ((char **) names);
  NnOnnx__ValueInfoProto **list = nn_onnx_writer_alloc (writer, n, sizeof *list);
  for (guint i = 0; i < n; i++) {
    NnOnnx__TypeProto *type = nn_onnx_writer_alloc (writer, 1, sizeof *type);
    list[i] = nn_onnx_writer_alloc (writer, 1, sizeof **list);
    nn_onnx__value_info_proto__init (list[i]);
    nn_onnx__type_proto__init (type);
    type->tensor_type = nn_onnx_writer_alloc (writer, 1, sizeof *type->tensor_type);
    nn_onnx__type_proto__tensor__init (type->tensor_type);
    type->tensor_type->has_elem_type = TRUE;
    type->tensor_type->elem_type = FLOAT;
    list[i]->name = (char *) names[i];
    list[i]->type = type;
  }
  return list;
}

GBytes *
fixture_pack (NnOnnxWriter *writer, gint64 opset, const char *const *inputs, const char *const *outputs,
              void (*change) (NnOnnx__ModelProto *model))
{
  NnOnnx__ModelProto model = NN_ONNX__MODEL_PROTO__INIT;
  NnOnnx__GraphProto graph = NN_ONNX__GRAPH_PROTO__INIT;
  NnOnnx__OperatorSetIdProto set = NN_ONNX__OPERATOR_SET_ID_PROTO__INIT, *sets[] = { &set };
  g_assert_no_error (writer->error);
  set.has_version = TRUE;
  set.version = opset;
  model.n_opset_import = 1;
  model.opset_import = sets;
  model.graph = &graph;
  graph.n_node = writer->nodes->len;
  graph.node = (NnOnnx__NodeProto **) writer->nodes->pdata;
  graph.n_initializer = writer->constants->len;
  graph.initializer = (NnOnnx__TensorProto **) writer->constants->pdata;
  graph.n_input = g_strv_length ((char **) inputs);
  graph.input = describe (writer, inputs);
  graph.n_output = g_strv_length ((char **) outputs);
  graph.output = describe (writer, outputs);
  if (change != NULL)
    change (&model);
  gsize size = nn_onnx__model_proto__get_packed_size (&model);
  guint8 *data = g_malloc (size);
  nn_onnx__model_proto__pack (&model, data);
  return g_bytes_new_take (data, size);
}

NnOnnxValue *
fixture_value (NnOnnxBudget *budget, guint rank, const gsize *dims, const double *data)
{
  g_autoptr (GError) error = NULL;
  NnOnnxValue *value = nn_onnx_value_new (budget, nn_onnx_type (FLOAT), rank, dims, &error);
  g_assert_no_error (error);
  if (data != NULL)
    memcpy (value->real, data, value->size * sizeof *data);
  return value;
}
