/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Models in the forms that others read. What can be run is verified: the file's own contents, run by the
 * interpreter, which shares no code with the engine, must give the engine's answers. */

/** NN_EXPORT_TOLERANCE: the largest difference of a probability with which a file is written */
#define NN_EXPORT_TOLERANCE 1e-3

/** NN_EXPORT_KEY: of nn_model_get_metadata(): the largest difference that was found, and on how many pictures
 */
#define NN_EXPORT_KEY "verified"

/**
 * NnExportSamples: pictures and what the engine says to them
 * @n: how many
 * @pixels: [@n][height][width][channels], 0 to 255
 * @probabilities: [@n][classes]
 */
typedef struct {
  guint n;
  guint8 *pixels;
  float *probabilities;
} NnExportSamples;

/** nn_export_samples_new_noise: pictures of noise; their answers are for the caller to fill in */
NnExportSamples *nn_export_samples_new_noise (NnModel *model);
/** nn_export_samples_new_random: the same with the answers of the C reference in double: no device is needed,
 * but time, seconds for a large network */
NnExportSamples *nn_export_samples_new_random (NnModel *model);
/** nn_export_samples_count: Returns: how many pictures the interpreter gets through in a second or so; at
 * least 1 */
guint nn_export_samples_count (NnModel *model);
void nn_export_samples_free (NnExportSamples *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnExportSamples, nn_export_samples_free)

/**
 * NnExportFormat:
 * @id: what the user names it by: "onnx", "onnx-opset10", "safetensors", "c"
 * @title: for people, English
 * @suffix: of its file names, with the dot
 */
typedef struct {
  const char *id;
  const char *title;
  const char *suffix;
} NnExportFormat;

/** nn_export_formats: Returns: (transfer none): ends with an empty row */
const NnExportFormat *nn_export_formats (void);
/** nn_export_find: Returns: (transfer none): NULL with an error that lists them */
const NnExportFormat *nn_export_find (const char *id, GError **error);

/** nn_export_check: Returns: FALSE with NN_ERROR_UNSUPPORTED where it is known at once that @model can't be
 * written as @format, and why; for any thread */
gboolean nn_export_check (NnModel *model, const NnExportFormat *format, GError **error);
/** nn_export_second_path: Returns: (transfer full) (nullable) (type filename): what else is written beside
 * @path: the header of the format "c" */
char *nn_export_second_path (const NnExportFormat *format, const char *path);

/**
 * nn_export_write:
 * @path: the file; existing ones are replaced, whole or not at all. The format "c" writes a header beside it
 * @samples: what the file's answers are compared with
 * @difference: (out): the largest difference of a probability; of "safetensors" of a number, read again; NAN
 * for "c", which has to be compiled: its source has the samples and a test of its own
 *
 * ONNX files have the difference in their metadata; @model isn't changed. Blocks for the disk and for the
 * interpreter, seconds.
 *
 * Returns: FALSE with NN_ERROR_UNSUPPORTED where the network can't be written so, or NN_ERROR_FAILED where
 * the answers differ by more than NN_EXPORT_TOLERANCE; nothing is written then
 */
gboolean nn_export_write (NnModel *model, const NnExportFormat *format, const char *path,
                          const NnExportSamples *samples, GCancellable *cancellable, double *difference,
                          GError **error);

/** nn_export_verify: the comparison alone. @bytes: an ONNX file of @model */
gboolean nn_export_verify (NnModel *model, GBytes *bytes, const NnExportSamples *samples,
                           GCancellable *cancellable, double *difference, GError **error);

/** nn_export_verify_text: Returns: (transfer full): the value for NN_EXPORT_KEY */
char *nn_export_verify_text (double difference, const NnExportSamples *samples);

G_END_DECLS
