/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "onnx/run/operator.h"

G_BEGIN_DECLS

/** NN_ONNX_MAX_SPATIAL: extents of pictures, beside batch and channels, that windows slide over */
#define NN_ONNX_MAX_SPATIAL 3

/**
 * NnOnnxWindow: how a kernel slides over pictures [batch][channels][in...]
 *
 * Always of three extents: those that aren't there are 1 and stand in front, so that loops needn't know.
 * @end: padding behind, as the picture counts it; windows may reach beyond it where sizes are rounded up
 */
typedef struct {
  gint64 in[NN_ONNX_MAX_SPATIAL], out[NN_ONNX_MAX_SPATIAL];
  gint64 kernel[NN_ONNX_MAX_SPATIAL], stride[NN_ONNX_MAX_SPATIAL], dilation[NN_ONNX_MAX_SPATIAL];
  gint64 begin[NN_ONNX_MAX_SPATIAL], end[NN_ONNX_MAX_SPATIAL];
} NnOnnxWindow;

/**
 * nn_onnx_window_init:
 * @x: the pictures; @kernel: (nullable): extents of the kernel, one a spatial extent of @x; NULL takes the
 * attribute kernel_shape
 *
 * Reads strides, dilations, pads, auto_pad and ceil_mode. FALSE with an error.
 */
gboolean nn_onnx_window_init (NnOnnxWindow *self, NnOnnxCall *call, const NnOnnxValue *x,
                              const gsize *kernel);

/** nn_onnx_window_output: Returns: (transfer none): a new output 0 [batch][@channels][out...] */
NnOnnxValue *nn_onnx_window_output (const NnOnnxWindow *self, NnOnnxCall *call, const NnOnnxValue *x,
                                    gsize channels);

/** nn_onnx_window_count: Returns: elements of the kernel, of a picture, of its result */
gsize nn_onnx_window_count (const gint64 *extents);

/** nn_onnx_window_range: places of the result, [@from, @to), at which element @k of the kernel lies in the
 * picture */
void nn_onnx_window_range (const NnOnnxWindow *self, guint d, gint64 k, gint64 *from, gint64 *to);

G_END_DECLS
