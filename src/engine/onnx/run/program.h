/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "onnx/run/value.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NnOnnxProgram:
 *
 * An ONNX file that is run as it stands, node by node, on the processor, in double. Slow, but shares no code
 * with the engine: it judges what the engine has written, and says what others have. It knows the operators
 * of its tables; it knows no training, no loops and branches. Nothing in the file is trusted: memory and work
 * are limited, sizes are checked before memory is asked for, and data outside the file must lie in its
 * folder. One thread at a time.
 */
typedef struct _NnOnnxProgram NnOnnxProgram;

/** NN_ONNX_RUN_BYTES, NN_ONNX_RUN_WORK: what a run may take unless told otherwise: memory of tensors, beside
 * the file itself, and operations, some minutes */
#define NN_ONNX_RUN_BYTES ((gsize) 2 << 30)
#define NN_ONNX_RUN_WORK G_GUINT64_CONSTANT (200000000000)

/**
 * nn_onnx_program_new:
 * @bytes: the file; kept
 * @name: what errors call it, usually its path
 * @folder: (nullable): where data outside of it lie
 *
 * Returns: (transfer full): NULL with NN_ERROR_BAD_INPUT where it isn't a sound ONNX file, or
 * NN_ERROR_UNSUPPORTED with a message that names the node and the reason
 */
NnOnnxProgram *nn_onnx_program_new (GBytes *bytes, const char *name, const char *folder, GError **error);
/** nn_onnx_program_load: from a file; blocks for the disk */
NnOnnxProgram *nn_onnx_program_load (const char *path, GError **error);
void nn_onnx_program_free (NnOnnxProgram *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnOnnxProgram, nn_onnx_program_free)

/** nn_onnx_program_get_n_inputs: without those that have a value in the file */
guint nn_onnx_program_get_n_inputs (const NnOnnxProgram *self);
guint nn_onnx_program_get_n_outputs (const NnOnnxProgram *self);

/**
 * nn_onnx_program_run:
 * @budget: what this run may take, and what its values count against
 * @inputs: as many as the program has, in its order; types and shapes are checked
 * @cancellable: (nullable): looked at between nodes
 * @outputs: (out callee-allocates): as many as the program has; each to be unreferenced, on success only
 *
 * Errors name the node and the reason: NN_ERROR_BAD_INPUT where inputs or file are wrong,
 * NN_ERROR_UNSUPPORTED where something isn't supported or the budget is spent.
 */
gboolean nn_onnx_program_run (NnOnnxProgram *self, NnOnnxBudget *budget, NnOnnxValue *const *inputs,
                              GCancellable *cancellable, NnOnnxValue **outputs, GError **error);

G_END_DECLS
