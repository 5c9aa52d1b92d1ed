/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"
#include "onnx/onnx.pb-c.h"

G_BEGIN_DECLS

/**
 * nn_onnx_import:
 * @folder: (nullable): where the file lies, for weights in files of their own
 *
 * A classifier that another program has written, as a network of ours: what nodes compute from constants is
 * computed, each other node becomes a layer, or is refused by name and reason. docs/formats.md lists them.
 * Arithmetic on the picture in front of the first layer becomes the preprocessing.
 *
 * Returns: (transfer full): NULL with NN_ERROR_UNSUPPORTED or NN_ERROR_BAD_INPUT; the message is the second
 * half of a sentence ("it …" or "node 3 “conv” (Conv): …")
 */
NnModel *nn_onnx_import (const NnOnnx__ModelProto *proto, const char *folder, GError **error);

G_END_DECLS
