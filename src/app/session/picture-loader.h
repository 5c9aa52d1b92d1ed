/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Single pictures for the screen, decoded in a thread: upright, at most so large. */

/** pcn_picture_load_file_async: @size: the longer side in pixels at most, 16 to 1024 */
void pcn_picture_load_file_async (const char *path, guint size, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/** pcn_picture_load_sample_async: the same for a sample of a data set */
void pcn_picture_load_sample_async (NnDataset *dataset, guint sample, guint size, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
/** pcn_picture_load_finish: Returns: (transfer full) (nullable) */
GdkTexture *pcn_picture_load_finish (GAsyncResult *result, GError **error);

/** pcn_picture_load_pixels_async: a file as a network takes it */
void pcn_picture_load_pixels_async (const char *path, const NnPixelSpec *spec, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
/** pcn_picture_load_sample_pixels_async: the same for a sample of a data set */
void pcn_picture_load_sample_pixels_async (NnDataset *dataset, guint sample, const NnPixelSpec *spec,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/** pcn_picture_load_pixels_finish: Returns: (transfer full) (nullable): nn_pixel_spec_bytes() bytes */
GBytes *pcn_picture_load_pixels_finish (GAsyncResult *result, GError **error);

G_END_DECLS
