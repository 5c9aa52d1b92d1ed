/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"

G_BEGIN_DECLS

/* Pictures that are no data set: what the user wants to be classified. Any thread; not the main one. */

/**
 * nn_list_files:
 * @path: (type filename): a file or a folder
 * @files: (element-type filename): where its files are added: with all below a folder, in the order of their names;
 *   links to folders aren't followed, hidden files left out. A folder that can't be read is added itself, so that
 *   decoding it tells the reason
 * @cancellable: (nullable): stops it early
 */
void nn_list_files (const char *path, GPtrArray *files, GCancellable *cancellable);

/**
 * nn_decode_files:
 * @paths: (array length=n) (type filename): pictures
 * @spec: the wanted shape
 * @out: (out caller-allocates): @n x nn_pixel_spec_bytes() bytes
 * @reasons: (out caller-allocates) (array length=n): for each NULL, or why it can't be read; for g_free()
 * @error: NN_ERROR_CANCELLED
 *
 * nn_decode_file() for many, on all processors.
 *
 * Returns: FALSE with @error set where it was stopped; then all @reasons are NULL
 */
gboolean nn_decode_files (const char *const *paths, gsize n, const NnPixelSpec *spec, guint8 *out, char **reasons,
                          GCancellable *cancellable, GError **error);

G_END_DECLS
