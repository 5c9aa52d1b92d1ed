/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

G_BEGIN_DECLS

/* The model file: ONNX, opset 13. docs/formats.md describes it. What other programs see:
 *
 *   input   "image"          float32 [N][channels][height][width], values 0 to 255, as the decoder gives them
 *   output  "probabilities"  float32 [N][classes], softmax
 *
 * The preprocessing (mean and deviation) lies inside the graph. What this program needs beyond that (the
 * specification, names of classes, fit, provenance) lies in metadata_props, so that saving, loading and
 * saving again gives the same bytes. All functions may be called on any thread; they hold no state. */

/** NN_ONNX_MAX_BYTES: the largest file that is written or read; protobuf itself ends at 2 GiB */
#define NN_ONNX_MAX_BYTES ((gsize) 1 << 30)

/** NN_ONNX_INPUT, NN_ONNX_OUTPUT: names of the graph's input and output */
#define NN_ONNX_INPUT "image"
#define NN_ONNX_OUTPUT "probabilities"

/** NN_ONNX_OPSET, NN_ONNX_OPSET_OLD: the operator set that is written, and the one for programs that know no newer */
#define NN_ONNX_OPSET 13
#define NN_ONNX_OPSET_OLD 10

/**
 * nn_onnx_to_bytes:
 *
 * Returns: (transfer full): the file's contents; the same model gives the same bytes. NULL with
 * NN_ERROR_UNSUPPORTED where a layer can't be written as ONNX (the message names it) or the file would exceed
 * NN_ONNX_MAX_BYTES
 */
GBytes *nn_onnx_to_bytes (NnModel *model, GError **error);

/** nn_onnx_to_bytes_as: the same in either operator set. @verified: (nullable): the value of the metadata of that
 * name, in place of the model's own */
GBytes *nn_onnx_to_bytes_as (NnModel *model, guint opset, const char *verified, GError **error);

/**
 * nn_onnx_save:
 * @path: a file name in the file system's encoding; an existing file is replaced
 *
 * Writes to a temporary file beside @path, syncs it and renames it: whatever happens meanwhile, @path is the
 * old or the new file, whole. Blocks for the disk.
 */
gboolean nn_onnx_save (NnModel *model, const char *path, GError **error);
/** nn_onnx_write_file: the same for what is bytes already */
gboolean nn_onnx_write_file (const char *path, GBytes *bytes, GError **error);

/**
 * nn_onnx_from_bytes:
 * @name: what errors call the source, usually a path
 *
 * Reads what nn_onnx_to_bytes() wrote, and what other programs wrote where it is a network that this one can have:
 * then the message of a refusal names the node and the reason. Nothing in @bytes is trusted: every count, shape and
 * length is checked before memory is asked for.
 *
 * Returns: (transfer full): the model; NULL with NN_ERROR_BAD_INPUT where the file is damaged or isn't ONNX,
 * or with NN_ERROR_UNSUPPORTED where the network can't be one of ours
 */
NnModel *nn_onnx_from_bytes (GBytes *bytes, const char *name, GError **error);

/** nn_onnx_load: the same from a file, and from files of weights beside it. Blocks for the disk. */
NnModel *nn_onnx_load (const char *path, GError **error);

G_END_DECLS
