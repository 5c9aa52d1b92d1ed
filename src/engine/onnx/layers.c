/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row a layer: how it is said in ONNX. The forms are those that OpenCV 4.6 and onnxruntime both read, for
 * any batch size; docs/formats.md says what had to be avoided. */
#include "onnx/writer.h"

#include "base/error.h"
#include "ops/activation.h"

#include <glib/gi18n.h>

typedef const char *(*AddLayer) (NnOnnxWriter *self, NnModel *model, const NnNode *node,
                                 const char *const *inputs);

/* Returns: the attribute, NULL where the operator has none of that name. */
static const NnAttr *
find_attr (const NnNode *node, const char *name)
{
  for (guint i = 0; node->op->attrs != NULL && i < NN_MAX_ATTRS && node->op->attrs[i].name != NULL; i++)
    if (g_str_equal (node->op->attrs[i].name, name))
      return &node->attrs[i];
  return NULL;
}

gboolean
nn_onnx_has_choice (const NnNode *node, const char *name, const char *choice)
{
  const NnAttr *attr = find_attr (node, name);
  if (attr == NULL)
    return FALSE;
  const char *const *choices = node->op->attrs[attr - node->attrs].choices;
  return choices != NULL && g_str_equal (choices[attr->i[0]], choice);
}

static const char *
add_param (NnOnnxWriter *self, NnModel *model, const NnNode *node, guint index)
{
  return nn_onnx_writer_weight (self, node, node->params[index].name, &node->params[index].shape,
                                nn_model_get_param (model, node->index, index));
}

static const char *
add_state (NnOnnxWriter *self, NnModel *model, const NnNode *node, guint index)
{
  return nn_onnx_writer_weight (self, node, node->states[index].name, &node->states[index].shape,
                                nn_model_get_state (model, node->index, index));
}

/* The bounds are inputs since operator set 11; each layer has its own, named after it. */
static const char *
add_clip (NnOnnxWriter *self, const char *suffix, const char *input)
{
  const float bottom = 0, top = NN_RELU6_TOP;
  const char *low = nn_onnx_writer_floats (self, nn_onnx_writer_print (self, "%s/low", self->prefix), 0, NULL, &bottom);
  const char *high = nn_onnx_writer_floats (self, nn_onnx_writer_print (self, "%s/high", self->prefix), 0, NULL, &top);
  return nn_onnx_writer_add (self, "Clip", suffix, NN_ONNX_INPUTS (input, low, high));
}

static const char *
add_function (NnOnnxWriter *self, NnActivation activation, const char *suffix, const char *input)
{
  static const char *const ops[] = { NULL, "Relu", "LeakyRelu", "Sigmoid", "Tanh" };
  if (activation == NN_ACTIVATION_NONE)
    return input;
  if (activation == NN_ACTIVATION_RELU6)
    return add_clip (self, suffix, input);
  const char *y = nn_onnx_writer_add (self, ops[activation], suffix, NN_ONNX_INPUTS (input));
  if (activation == NN_ACTIVATION_LEAKY_RELU)
    nn_onnx_writer_float (self, "alpha", NN_LEAKY_SLOPE);
  return y;
}

/* The function that dense, conv2d and batch_norm have built in. */
static NnActivation
fused_activation (const NnNode *node)
{
  const NnAttr *attr = find_attr (node, "activation");
  return attr != NULL ? (NnActivation) attr->i[0] : NN_ACTIVATION_NONE;
}

static const char *
add_activation (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  for (guint i = 1; nn_activation_names[i] != NULL; i++)
    if (g_str_equal (node->op->id, nn_activation_names[i]))
      return add_function (self, (NnActivation) i, NULL, inputs[0]);
  g_return_val_if_reached (inputs[0]);
}

/* Our order is height, width, channels: where that differs from ONNX's, the picture is turned first, so that
 * the weights behind it need no new order. */
static const char *
flatten (NnOnnxWriter *self, const NnShape *shape, const char *suffix, const char *input)
{
  guint rows = shape->dims[0], columns = shape->rank == 3 ? shape->dims[1] : 1;
  if (shape->rank == 1)
    return input;
  if (shape->dims[shape->rank - 1] > 1 && rows * columns > 1) {
    input = nn_onnx_writer_add (self, "Transpose", "channels_last", NN_ONNX_INPUTS (input));
    nn_onnx_writer_ints (self, "perm", 4, (const gint64[]){ 0, 2, 3, 1 });
  }
  input = nn_onnx_writer_add (self, "Flatten", suffix, NN_ONNX_INPUTS (input));
  nn_onnx_writer_int (self, "axis", 1);
  return input;
}

static const char *
add_flatten (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  return flatten (self, &node->inputs[0]->shape, NULL, inputs[0]);
}

/* Dropout does nothing outside training, the input was written already. */
static const char *
add_nothing (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  return inputs[0];
}

static const char *
add_dense (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  NnActivation activation = fused_activation (node);
  const char *x = flatten (self, &node->inputs[0]->shape, "flat", inputs[0]);
  const char *weight = add_param (self, model, node, 0);
  const char *bias = node->n_params > 1 ? add_param (self, model, node, 1) : NULL;
  const char *y = nn_onnx_writer_add (self, "Gemm", activation != NN_ACTIVATION_NONE ? "linear" : NULL,
                                      NN_ONNX_INPUTS (x, weight, bias));
  nn_onnx_writer_int (self, "transB", 1);
  return add_function (self, activation, NULL, y);
}

void
nn_onnx_read_window (const NnNode *node, const char *size_name, gint64 *kernel, gint64 *strides, gint64 *pads)
{
  const NnShape *in = &node->inputs[0]->shape, *out = &node->shape;
  const NnAttr *size = find_attr (node, size_name), *stride = find_attr (node, "stride");
  const NnAttr *begin = find_attr (node, "pads_begin"), *end = find_attr (node, "pads_end");
  for (guint d = 0; d < 2; d++) {
    kernel[d] = size->i[d];
    strides[d] = stride != NULL && stride->i[d] > 0 ? stride->i[d] : kernel[d];
    pads[d] = pads[d + 2] = 0;
    if (nn_onnx_has_choice (node, "padding", "same")) {
      gint64 total = MAX ((out->dims[d] - 1) * strides[d] + kernel[d] - in->dims[d], 0);
      pads[d] = total / 2;
      pads[d + 2] = total - total / 2;
    } else if (nn_onnx_has_choice (node, "padding", "explicit") && begin != NULL && end != NULL) {
      pads[d] = begin->i[d];
      pads[d + 2] = end->i[d];
    }
  }
}

/* Kernel, stride and padding of the node added last. */
static void
add_window (NnOnnxWriter *self, const NnNode *node, const char *size_name)
{
  gint64 kernel[2], strides[2], pads[4];
  nn_onnx_read_window (node, size_name, kernel, strides, pads);
  nn_onnx_writer_ints (self, "kernel_shape", 2, kernel);
  nn_onnx_writer_ints (self, "strides", 2, strides);
  nn_onnx_writer_ints (self, "pads", 4, pads);
}

static const char *
add_conv (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  NnActivation activation = fused_activation (node);
  const NnAttr *groups = find_attr (node, "groups");
  const char *weight = add_param (self, model, node, 0);
  const char *bias = node->n_params > 1 ? add_param (self, model, node, 1) : NULL;
  const char *y = nn_onnx_writer_add (self, "Conv", activation != NN_ACTIVATION_NONE ? "linear" : NULL,
                                      NN_ONNX_INPUTS (inputs[0], weight, bias));
  add_window (self, node, "kernel");
  nn_onnx_writer_int (self, "group", groups != NULL ? groups->i[0] : 1);
  return add_function (self, activation, NULL, y);
}

static const char *
add_max_pool (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  const char *y = nn_onnx_writer_add (self, "MaxPool", NULL, inputs);
  add_window (self, node, "size");
  return y;
}

static const char *
add_avg_pool (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  const char *y = nn_onnx_writer_add (self, "AveragePool", NULL, inputs);
  add_window (self, node, "size");
  nn_onnx_writer_int (self, "count_include_pad", 0);
  return y;
}

static const char *
add_global_avg_pool (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  const char *y = nn_onnx_writer_add (self, "GlobalAveragePool", "mean", inputs);
  y = nn_onnx_writer_add (self, "Flatten", NULL, NN_ONNX_INPUTS (y));
  nn_onnx_writer_int (self, "axis", 1);
  return y;
}

static const char *
add_batch_norm (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  const char *scale = add_param (self, model, node, 0), *shift = add_param (self, model, node, 1);
  const char *mean = add_state (self, model, node, 0), *variance = add_state (self, model, node, 1);
  NnActivation activation = fused_activation (node);
  const NnAttr *epsilon = find_attr (node, "epsilon");
  const char *y =
      nn_onnx_writer_add (self, "BatchNormalization", activation != NN_ACTIVATION_NONE ? "linear" : NULL,
                          NN_ONNX_INPUTS (inputs[0], scale, shift, mean, variance));
  if (epsilon != NULL)
    nn_onnx_writer_float (self, "epsilon", (float) epsilon->f);
  return add_function (self, activation, NULL, y);
}

static const char *
add_add (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  return nn_onnx_writer_add (self, "Add", NULL, inputs);
}

static const char *
add_shift (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  return nn_onnx_writer_add (self, "Add", NULL, NN_ONNX_INPUTS (inputs[0], add_param (self, model, node, 0)));
}

static const char *
add_softmax (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  const char *y = nn_onnx_writer_add (self, "Softmax", NULL, inputs);
  nn_onnx_writer_int (self, "axis", 1);
  return y;
}

static const char *
add_recurrent (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  return nn_onnx_add_recurrent (self, model, node, inputs[0]);
}

static const struct {
  const char *id;
  AddLayer add;
} layers[] = {
  { "input", add_nothing },
  { "dense", add_dense },
  { "conv2d", add_conv },
  { "max_pool", add_max_pool },
  { "avg_pool", add_avg_pool },
  { "global_avg_pool", add_global_avg_pool },
  { "relu", add_activation },
  { "leaky_relu", add_activation },
  { "sigmoid", add_activation },
  { "tanh", add_activation },
  { "relu6", add_activation },
  { "batch_norm", add_batch_norm },
  { "shift", add_shift },
  { "dropout", add_nothing },
  { "flatten", add_flatten },
  { "add", add_add },
  { "softmax", add_softmax },
  { "rnn", add_recurrent },
  { "lstm", add_recurrent },
  { "gru", add_recurrent },
};

const char *
nn_onnx_add_layer (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *const *inputs)
{
  self->prefix = node->name;
  for (gsize i = 0; i < G_N_ELEMENTS (layers); i++)
    if (g_str_equal (layers[i].id, node->op->id))
      return layers[i].add (self, model, node, inputs);
  if (self->error == NULL)
    g_set_error (&self->error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("The layer “%s” (%s) can't be written as ONNX; take it out of the network to save it."),
                 node->name, node->op->title);
  return NULL;
}
