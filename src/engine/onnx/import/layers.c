/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that become layers with weights or windows, and activations. */
#include "onnx/import/importer.h"

#include "ops/attrs.h"
#include "onnx/run/window.h"
#include "ops/activation.h"

#include <glib/gi18n.h>
#include <math.h>

static void
copy_weight (NnOnnxPlanned *layer, const char *name, const NnOnnxValue *value, double factor)
{
  float *data = nn_onnx_plan_weight (layer, name, value->size);
  for (gsize i = 0; i < value->size; i++)
    data[i] = (float) (factor * value->real[i]);
}

/* Reads the window of a picture of ours; the extents that the program has are the last two of the window's.
 */
static gboolean
read_window (NnOnnxWindow *w, NnOnnxImporter *self, NnOnnxCall *call, const gsize *kernel)
{
  NnOnnxValue picture = { .rank = 4 }; /* only its shape matters */
  for (guint d = 0; d < 4; d++)
    picture.dims[d] = self->in[0]->dims[d];
  if (!nn_onnx_window_init (w, call, &picture, kernel))
    return FALSE;
  if (w->dilation[1] != 1 || w->dilation[2] != 1)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("dilations aren't supported"));
  return call->error == NULL;
}

/* Where the padding is nothing, the plain word for it is better. */
static void
set_window (NnOnnxPlanned *layer, const NnOnnxWindow *w, const char *size, NnOnnxFlow *y)
{
  gboolean padded = w->begin[1] > 0 || w->begin[2] > 0 || w->end[1] > 0 || w->end[2] > 0;
  nn_onnx_plan_attr (layer, size, w->kernel[1], w->kernel[2]);
  nn_onnx_plan_attr (layer, "stride", w->stride[1], w->stride[2]);
  nn_onnx_plan_choice (layer, "padding", padded ? "explicit" : "valid");
  nn_onnx_plan_attr (layer, "pads_begin", w->begin[1], w->begin[2]);
  nn_onnx_plan_attr (layer, "pads_end", w->end[1], w->end[2]);
  y->dims[2] = (gsize) w->out[1];
  y->dims[3] = (gsize) w->out[2];
}

static const NnOnnxValue *
read_bias (NnOnnxImporter *self, NnOnnxCall *call, guint index)
{
  return index < call->n_inputs && self->in[index] != NULL ? nn_onnx_plan_constant (self, call, index) : NULL;
}

/* On one number a channel, a kernel of one pixel is a matrix. */
static void
plan_pixel (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  const NnOnnxValue *weight = nn_onnx_plan_constant (self, call, 1), *bias = read_bias (self, call, 2);
  if (call->error != NULL)
    return;
  if (weight->rank != 4 || weight->dims[1] != y->dims[1]
      || weight->size != weight->dims[0] * weight->dims[1]) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its input isn't a picture of channels, height and width"));
    return;
  }
  NnOnnxPlanned *layer = nn_onnx_plan_layer (self, call, "dense", y);
  nn_onnx_plan_attr (layer, "units", (gint64) weight->dims[0], 0);
  nn_onnx_plan_attr (layer, "bias", bias != NULL, 0);
  copy_weight (layer, "weight", weight, 1);
  if (bias != NULL)
    copy_weight (layer, "bias", bias, 1);
  y->dims[1] = weight->dims[0];
}

static void
plan_conv (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  NnOnnxWindow w;
  gint64 groups = nn_onnx_attr_int (call, "group", 1);
  if (y->vector && y->rank == 4) {
    plan_pixel (self, call, y);
    return;
  }
  if (!nn_onnx_plan_picture (self, call, 0))
    return;
  const NnOnnxValue *weight = nn_onnx_plan_constant (self, call, 1), *bias = read_bias (self, call, 2);
  if (call->error != NULL)
    return;
  if (weight->rank != 4 || groups < 1 || weight->dims[1] * (gsize) groups != y->dims[1]
      || (bias != NULL && bias->size != weight->dims[0]))
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, _ ("its weights don't fit to its input"));
  else if (read_window (&w, self, call, weight->dims + 2)) {
    NnOnnxPlanned *layer = nn_onnx_plan_layer (self, call, "conv2d", y);
    nn_onnx_plan_attr (layer, "filters", (gint64) weight->dims[0], 0);
    nn_onnx_plan_attr (layer, "groups", groups, 0);
    nn_onnx_plan_attr (layer, "bias", bias != NULL, 0);
    set_window (layer, &w, "kernel", y);
    copy_weight (layer, "weight", weight, 1);
    if (bias != NULL)
      copy_weight (layer, "bias", bias, 1);
    y->dims[1] = weight->dims[0];
  }
}

/* Weights [out][in], with the inputs in our order where they were a picture. */
static void
plan_dense (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y, gboolean turned, double alpha,
            const NnOnnxValue *bias, double beta)
{
  const NnOnnxValue *weight = nn_onnx_plan_constant (self, call, 1);
  if (call->error == NULL && (!y->vector || y->rank != 2 || self->in[0]->constant != NULL))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its input isn't a row of numbers"));
  if (call->error == NULL && (weight->rank != 2 || weight->dims[turned ? 1 : 0] != y->dims[1]))
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, _ ("its weights don't fit to its input"));
  if (call->error != NULL)
    return;
  gsize in = y->dims[1], out = weight->dims[turned ? 0 : 1];
  if (bias != NULL && bias->size != out && bias->size != 1) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("what it adds isn't one number for each output"));
    return;
  }
  NnOnnxPlanned *layer = nn_onnx_plan_layer (self, call, "dense", y);
  nn_onnx_plan_attr (layer, "units", (gint64) out, 0);
  nn_onnx_plan_attr (layer, "bias", bias != NULL, 0);
  float *data = nn_onnx_plan_weight (layer, "weight", weight->size);
  for (gsize o = 0; o < out; o++)
    for (gsize i = 0; i < in; i++)
      data[o * in + nn_onnx_plan_reorder (y, i)]
          = (float) (alpha * weight->real[turned ? o * in + i : i * out + o]);
  data = bias != NULL ? nn_onnx_plan_weight (layer, "bias", out) : NULL;
  for (gsize o = 0; data != NULL && o < out; o++)
    data[o] = (float) (beta * bias->real[bias->size == 1 ? 0 : o]);
  y->dims[1] = out;
  y->picture[0] = 0;
}

static void
plan_gemm (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  const NnOnnxValue *bias = read_bias (self, call, 2);
  if (nn_onnx_attr_int (call, "transA", 0) != 0)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its input is transposed"));
  double alpha = nn_onnx_attr_float (call, "alpha", 1), beta = nn_onnx_attr_float (call, "beta", 1);
  plan_dense (self, call, y, nn_onnx_attr_int (call, "transB", 0) != 0, alpha, bias, beta);
}

static void
plan_matmul (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  plan_dense (self, call, y, FALSE, 1, NULL, 0);
}

static void
plan_batch_norm (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  static const char *const names[] = { "scale", "offset", "running_mean", "running_variance" };
  const NnOnnxValue *p[4];
  if ((call->opset < 7 && nn_onnx_attr_int (call, "is_test", 0) == 0)
      || (call->opset >= 14 && nn_onnx_attr_int (call, "training_mode", 0) != 0))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("it is set to training"));
  if (y->hwc && y->rank == 4)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED,
                  _ ("the channels of its input aren't in front of height and width"));
  for (guint i = 0; i < 4; i++) {
    p[i] = nn_onnx_plan_constant (self, call, i + 1);
    if (p[i] != NULL && p[i]->size != y->dims[1])
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, _ ("its weights don't fit to its input"));
  }
  if (call->error != NULL)
    return;
  NnOnnxPlanned *layer = nn_onnx_plan_layer (self, call, "batch_norm", y);
  nn_onnx_plan_attr_float (layer, "epsilon", nn_onnx_attr_float (call, "epsilon", 1e-5));
  for (guint i = 0; i < 4; i++) {
    float *data = nn_onnx_plan_weight (layer, names[i], p[i]->size);
    for (gsize k = 0; k < p[i]->size; k++)
      data[nn_onnx_plan_reorder (y, k)] = (float) p[i]->real[k];
  }
}

/* Where sizes were rounded up, or the padding is never reached, the padding behind is what the windows need.
 */
static void
plan_pool (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y, const char *op)
{
  NnOnnxWindow w;
  gboolean padded = FALSE;
  if (!nn_onnx_plan_picture (self, call, 0) || !read_window (&w, self, call, NULL))
    return;
  for (guint d = 1; d < NN_ONNX_MAX_SPATIAL; d++) {
    w.end[d] = MAX ((w.out[d] - 1) * w.stride[d] + w.kernel[d] - w.in[d] - w.begin[d], 0);
    padded = padded || w.begin[d] > 0 || w.end[d] > 0;
  }
  if (padded && nn_onnx_attr_int (call, "count_include_pad", 0) != 0) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("padding counts for its mean"));
    return;
  }
  set_window (nn_onnx_plan_layer (self, call, op, y), &w, "size", y);
}

static void
plan_max_pool (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  plan_pool (self, call, y, "max_pool");
}

static void
plan_avg_pool (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  plan_pool (self, call, y, "avg_pool");
}

static void
plan_global_avg_pool (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  if (!nn_onnx_plan_picture (self, call, 0))
    return;
  nn_onnx_plan_layer (self, call, "global_avg_pool", y);
  y->dims[2] = y->dims[3] = 1;
  y->vector = TRUE;
}

/* The mean over height and width, as exporters of TensorFlow and newer PyTorch write it. */
static void
plan_mean (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  NnOnnxInts axes = nn_onnx_ints (call, "axes", 1, 18);
  gboolean wanted[4] = { FALSE };
  guint first = y->hwc ? 1 : 2;
  for (guint i = 0; i < axes.n && y->rank == 4; i++)
    wanted[nn_onnx_axis (call, axes.v[i], 4, FALSE)] = TRUE;
  if (y->rank != 4 || y->vector || wanted[0] || !wanted[first] || !wanted[first + 1]
      || wanted[y->hwc ? 3 : 1]) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("only the mean over height and width is supported"));
    return;
  }
  gsize channels = y->dims[y->hwc ? 3 : 1];
  nn_onnx_plan_layer (self, call, "global_avg_pool", y);
  y->vector = TRUE;
  y->hwc = FALSE;
  y->dims[1] = channels;
  y->dims[2] = y->dims[3] = 1;
  if (nn_onnx_attr_int (call, "keepdims", 1) == 0)
    y->rank = 2;
}

static void
plan_global_max_pool (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  if (!nn_onnx_plan_picture (self, call, 0))
    return;
  NnOnnxPlanned *layer = nn_onnx_plan_layer (self, call, "max_pool", y);
  nn_onnx_plan_attr (layer, "size", (gint64) y->dims[2], (gint64) y->dims[3]);
  y->dims[2] = y->dims[3] = 1;
}

/* Goes into the layer before, where that has room for it and nobody else wants what it gives. */
static void
activate (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y, const char *name)
{
  NnOnnxPlanned *before = nn_onnx_plan_get (self, y);
  if (nn_op_find (name) == NULL)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("networks of this program have no such layer"));
  else if (!nn_onnx_plan_is_free (self, y) || !nn_onnx_plan_is (before, "activation", "none")
           || !nn_onnx_plan_choice (before, "activation", name))
    nn_onnx_plan_layer (self, call, name, y);
}

static void
plan_activation (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  static const char *const names[][2] = { { "Relu", "relu" }, { "Sigmoid", "sigmoid" }, { "Tanh", "tanh" } };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (call->node->op_type, names[i][0]))
      activate (self, call, y, names[i][1]);
}

static void
plan_leaky_relu (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  if (fabs (nn_onnx_attr_float (call, "alpha", 0.01) - NN_LEAKY_SLOPE) > 1e-6)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its slope isn't %g"), NN_LEAKY_SLOPE);
  else
    activate (self, call, y, "leaky_relu");
}

static void
plan_clip (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  static const char *const names[] = { "min", "max" };
  double bounds[] = { -INFINITY, INFINITY };
  for (guint i = 0; i < 2; i++) {
    const NnOnnxValue *given = call->opset >= 11 ? read_bias (self, call, i + 1) : NULL;
    bounds[i] = call->opset < 11                    ? nn_onnx_attr_float (call, names[i], bounds[i])
                : given != NULL && given->size == 1 ? given->real[0]
                                                    : bounds[i];
  }
  if (bounds[0] == 0 && bounds[1] == 6)
    activate (self, call, y, "relu6");
  else if (bounds[0] == 0 && bounds[1] > 1e30)
    activate (self, call, y, "relu");
  else
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its bounds aren't 0 and 6"));
}

static void
plan_dropout (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  const NnOnnxValue *given = call->opset >= 12 ? read_bias (self, call, 1) : NULL;
  double rate = call->opset < 12 ? nn_onnx_attr_float (call, "ratio", 0.5)
                : given != NULL  ? given->real[0]
                                 : 0.5;
  if (call->error == NULL && rate > 0)
    nn_onnx_plan_attr_float (nn_onnx_plan_layer (self, call, "dropout", y), "rate", fmin (rate, 0.95));
}

/* The program has it at the end of every network. */
static void
plan_softmax (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  guint axis
      = nn_onnx_axis (call, nn_onnx_attr_int (call, "axis", call->opset < 13 ? 1 : -1), y->rank, FALSE);
  if (axis != 1 || !(y->rank == 2 || (y->rank == 4 && y->dims[2] == 1 && y->dims[3] == 1)))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("it isn't over the classes"));
  y->softmax = TRUE;
}

static void
plan_nothing (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
}

const NnOnnxRule nn_onnx_layer_rules[] = {
  { "AveragePool", plan_avg_pool },
  { "BatchNormalization", plan_batch_norm },
  { "Cast", plan_nothing },
  { "Clip", plan_clip },
  { "Conv", plan_conv },
  { "Dropout", plan_dropout },
  { "Gemm", plan_gemm },
  { "GlobalAveragePool", plan_global_avg_pool },
  { "GlobalMaxPool", plan_global_max_pool },
  { "Identity", plan_nothing },
  { "LeakyRelu", plan_leaky_relu },
  { "LogSoftmax", plan_softmax },
  { "MatMul", plan_matmul },
  { "MaxPool", plan_max_pool },
  { "ReduceMean", plan_mean },
  { "Relu", plan_activation },
  { "Sigmoid", plan_activation },
  { "Softmax", plan_softmax },
  { "Tanh", plan_activation },
  { NULL },
};
