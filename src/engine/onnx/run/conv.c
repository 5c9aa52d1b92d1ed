/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/run/window.h"

#include <math.h>

/* One channel of pictures under one slice of the kernel: out[place] += weight · in[place · stride + shift].
 * The padding is never touched: each element of the kernel knows for which places it lies inside. */
static void
add_channel (const NnOnnxWindow *w, const double *in, const double *kernel, double *out)
{
  for (gint64 a = 0; a < w->kernel[0]; a++)
    for (gint64 b = 0; b < w->kernel[1]; b++)
      for (gint64 c = 0; c < w->kernel[2]; c++) {
        gint64 from[NN_ONNX_MAX_SPATIAL], to[NN_ONNX_MAX_SPATIAL];
        const gint64 at[] = { a, b, c };
        double weight = kernel[(a * w->kernel[1] + b) * w->kernel[2] + c];
        for (guint d = 0; d < NN_ONNX_MAX_SPATIAL; d++)
          nn_onnx_window_range (w, d, at[d], &from[d], &to[d]);
        gint64 stride = w->stride[2];
        for (gint64 i = from[0]; i < to[0]; i++)
          for (gint64 j = from[1]; j < to[1]; j++) {
            gint64 row = i * w->stride[0] + a * w->dilation[0] - w->begin[0];
            row = row * w->in[1] + j * w->stride[1] + b * w->dilation[1] - w->begin[1];
            gint64 x = row * w->in[2] + c * w->dilation[2] - w->begin[2];
            double *y = out + (i * w->out[1] + j) * w->out[2];
            for (gint64 k = from[2]; k < to[2]; k++)
              y[k] += weight * in[x + k * stride];
          }
      }
}

static gboolean
check_weights (NnOnnxCall *call, const NnOnnxValue *x, const NnOnnxValue *weight, const NnOnnxValue *bias,
               gint64 groups)
{
  if (call->error != NULL)
    return FALSE;
  if (weight->rank != x->rank || x->rank < 3)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its weights have %u extents and its input %u", weight->rank,
                  x->rank);
  else if (groups < 1 || weight->dims[0] % (gsize) groups != 0 || x->dims[1] % (gsize) groups != 0
           || weight->dims[1] != x->dims[1] / (gsize) groups)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its weights are for other channels than the %zu of its input",
                  x->dims[1]);
  else if (bias != NULL && (bias->rank != 1 || bias->dims[0] != weight->dims[0]))
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its bias isn't one number for each of %zu channels",
                  weight->dims[0]);
  return call->error == NULL;
}

static void
run_conv (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_real_input (call, 0), *weight = nn_onnx_real_input (call, 1);
  const NnOnnxValue *bias = nn_onnx_input (call, 2) != NULL ? nn_onnx_real_input (call, 2) : NULL;
  gint64 groups = nn_onnx_attr_int (call, "group", 1);
  NnOnnxWindow w;
  if (!check_weights (call, x, weight, bias, groups) || !nn_onnx_window_init (&w, call, x, weight->dims + 2))
    return;
  NnOnnxInts named = nn_onnx_attr_ints (call, "kernel_shape");
  for (guint i = 0; i < named.n; i++)
    if (named.n != x->rank - 2 || named.v[i] != (gint64) weight->dims[2 + i])
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its attribute “kernel_shape” isn't the shape of its weights");
  NnOnnxValue *y = nn_onnx_window_output (&w, call, x, weight->dims[0]);
  gsize kernel = nn_onnx_window_count (w.kernel), in = nn_onnx_window_count (w.in),
        out = nn_onnx_window_count (w.out);
  gsize outputs = weight->dims[0], inputs = weight->dims[1];
  /* At least one step for each row of a kernel, however small the pictures. */
  if (y == NULL || !nn_onnx_work (call, MAX (y->size, x->dims[0] * outputs), inputs * kernel))
    return;
  for (gsize n = 0; n < x->dims[0]; n++)
    for (gsize o = 0; o < outputs; o++) {
      double *to = y->real + (n * outputs + o) * out;
      gsize first = o / (outputs / (gsize) groups) * inputs;
      for (gsize i = 0; bias != NULL && i < out; i++)
        to[i] = bias->real[o];
      for (gsize c = 0; c < inputs; c++)
        add_channel (&w, x->real + (n * x->dims[1] + first + c) * in,
                     weight->real + (o * inputs + c) * kernel, to);
    }
}

/* y = scale · (x - mean) / sqrt (variance + epsilon) + shift, for each channel */
static void
run_batch_norm (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_real_input (call, 0);
  const NnOnnxValue *p[4];
  if ((call->opset < 7 && nn_onnx_attr_int (call, "is_test", 0) == 0)
      || (call->opset >= 14 && nn_onnx_attr_int (call, "training_mode", 0) != 0))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "it is set to training");
  if (call->opset < 9 && nn_onnx_attr_int (call, "spatial", 1) == 0)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its attribute “spatial” is 0");
  double epsilon = nn_onnx_attr_float (call, "epsilon", 1e-5);
  gsize channels = x != NULL && x->rank > 1 ? x->dims[1] : 1;
  for (guint i = 0; i < 4; i++) {
    p[i] = nn_onnx_real_input (call, i + 1);
    if (p[i] != NULL && p[i]->size != channels)
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its input %u isn't one number for each of %zu channels", i + 2,
                    channels);
  }
  NnOnnxValue *y = x != NULL ? nn_onnx_output (call, 0, x->type, x->rank, x->dims) : NULL;
  gsize inner = x != NULL && x->rank > 2 ? nn_onnx_product (x->rank - 2, x->dims + 2) : 1;
  for (gsize i = 0; y != NULL && i < y->size; i++) {
    gsize c = i / inner % channels;
    y->real[i]
        = p[0]->real[c] * (x->real[i] - p[2]->real[c]) / sqrt (p[3]->real[c] + epsilon) + p[1]->real[c];
  }
}

const NnOnnxOperator nn_onnx_conv_operators[] = {
  { "BatchNormalization", 1, 5, 5, 1, run_batch_norm },
  { "Conv", 1, 2, 3, 1, run_conv },
  { NULL },
};
