/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/dataset.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * PcnThumbnailLoader:
 *
 * Makes thumbnails of a data set's samples on a few threads, the newest request first, and keeps the latest ones, also
 * when the data set is edited: samples keep their indices. Main thread only.
 *
 * Signal: #PcnThumbnailLoader::edited: samples may have got other classes, or their classes other names.
 */
#define PCN_TYPE_THUMBNAIL_LOADER (pcn_thumbnail_loader_get_type ())
G_DECLARE_FINAL_TYPE (PcnThumbnailLoader, pcn_thumbnail_loader, PCN, THUMBNAIL_LOADER, GObject)

/** PcnThumbnailFunc: @texture: (nullable): the picture; NULL where it can't be read. On the main thread. */
typedef void (*PcnThumbnailFunc) (GdkTexture *texture, gpointer data);

PcnThumbnailLoader *pcn_thumbnail_loader_new (NnDataset *dataset);

/** pcn_thumbnail_loader_get_dataset: Returns: (transfer none): as it is now */
NnDataset *pcn_thumbnail_loader_get_dataset (PcnThumbnailLoader *self);
/** pcn_thumbnail_loader_set_dataset: @dataset: an edit of the one so far */
void pcn_thumbnail_loader_set_dataset (PcnThumbnailLoader *self, NnDataset *dataset);

/** pcn_thumbnail_loader_lookup: Returns: (transfer none) (nullable): the thumbnail if it is at hand */
GdkTexture *pcn_thumbnail_loader_lookup (PcnThumbnailLoader *self, guint sample);

/**
 * pcn_thumbnail_loader_request:
 * @func: called once, later, unless @cancellable was cancelled on the main thread before
 */
void pcn_thumbnail_loader_request (PcnThumbnailLoader *self, guint sample, GCancellable *cancellable,
                                   PcnThumbnailFunc func, gpointer data);

G_END_DECLS
