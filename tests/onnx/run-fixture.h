/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "onnx/run/program.h"
#include "onnx/writer.h"

G_BEGIN_DECLS

/* Small ONNX files for the tests of the interpreter, made with the writer: add nodes and constants to it,
 * then pack. */

/**
 * fixture_pack:
 * @inputs, @outputs: names of float tensors of any shape, with a NULL at the end
 * @change: (nullable): does what it likes to the model before it is packed
 *
 * Returns: (transfer full): the file
 */
GBytes *fixture_pack (NnOnnxWriter *writer, gint64 opset, const char *const *inputs,
                      const char *const *outputs, void (*change) (NnOnnx__ModelProto *model));

/** fixture_value: Returns: (transfer full): a float tensor. @data: (nullable): its numbers */
NnOnnxValue *fixture_value (NnOnnxBudget *budget, guint rank, const gsize *dims, const double *data);

#define FIXTURE_NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

G_END_DECLS
