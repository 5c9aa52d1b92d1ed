/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include "onnx/export/export.h"

G_BEGIN_DECLS

/**
 * PcnExported: a file that was written, and how it was verified
 * @path, @second_path: the file, and (nullable) what was written beside it
 * @bytes: of both
 * @difference: the largest; see nn_export_write()
 * @n_pictures: that the answers were compared on
 * @own_pictures: they are of the data at hand; else noise
 * @compared_with: (nullable): the device whose answers the file's were compared with; NULL: the reference in C
 */
typedef struct {
  const NnExportFormat *format;
  char *path, *second_path;
  guint64 bytes;
  double difference;
  guint n_pictures;
  gboolean own_pictures;
  char *compared_with;
} PcnExported;

void pcn_exported_free (PcnExported *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PcnExported, pcn_exported_free)

/** pcn_session_check_export: Returns: FALSE with the reason where the tested model can't have that form */
gboolean pcn_session_check_export (PcnSession *self, const NnExportFormat *format, GError **error);

/**
 * pcn_session_export_async:
 * @file: one that is there is replaced, whole or not at all
 *
 * Writes the tested model as @format and verifies it on pictures of the data at hand, or on noise: the pictures are read
 * by a task, the device answers between two steps of training, then a task writes and compares. There must be a model.
 * Cancelled, it leaves no file.
 */
void pcn_session_export_async (PcnSession *self, const NnExportFormat *format, GFile *file, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/** pcn_session_export_finish: Returns: (transfer full) */
PcnExported *pcn_session_export_finish (PcnSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
