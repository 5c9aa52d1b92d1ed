/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "onnx/onnx.pb-c.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * NnOnnxProto: a model file, decoded but not understood
 * @model: what is in it. Strings may be NULL or not UTF-8, counts and sizes anything
 *
 * Decoding takes at most twice the file's size and 64 MiB, whatever the file says.
 */
typedef struct {
  NnOnnx__ModelProto *model;
  gsize left;
} NnOnnxProto;

/** nn_onnx_proto_new: Returns: (transfer full): NULL with NN_ERROR_BAD_INPUT where @bytes aren't ONNX.
 * @display: what errors call the file, UTF-8 */
NnOnnxProto *nn_onnx_proto_new (GBytes *bytes, const char *display, GError **error);
void nn_onnx_proto_free (NnOnnxProto *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnOnnxProto, nn_onnx_proto_free)

/** nn_onnx_read_file: Returns: (transfer full): all bytes of a plain file of at most NN_ONNX_MAX_BYTES.
 * Doesn't wait for the other end of a pipe. Blocks for the disk */
GBytes *nn_onnx_read_file (const char *path, GError **error);

/** nn_onnx_display: Returns: (transfer full): a name out of a file, made fit for a message: valid, not long
 */
char *nn_onnx_display (const char *name);

G_END_DECLS
