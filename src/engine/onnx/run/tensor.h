/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "onnx/onnx.pb-c.h"
#include "onnx/run/value.h"

G_BEGIN_DECLS

/**
 * nn_onnx_value_from_tensor:
 * @folder: (nullable): where the model lies, for data in files of their own; NULL where there is no folder
 *
 * A constant of a model file. What lies outside it must be a plain file in @folder or below, reached without
 * symbolic links: a model can't have other files of the user read into it.
 *
 * Returns: (transfer full): NULL with NN_ERROR_BAD_INPUT where the data don't fit the shape, or with
 * NN_ERROR_UNSUPPORTED
 */
NnOnnxValue *nn_onnx_value_from_tensor (const NnOnnx__TensorProto *tensor, const char *folder,
                                        NnOnnxBudget *budget, GError **error);

G_END_DECLS
