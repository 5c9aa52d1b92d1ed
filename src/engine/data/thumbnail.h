/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "data/dataset.h"

G_BEGIN_DECLS

/**
 * nn_dataset_load_thumbnail:
 * @sample: index of the sample
 * @size: the longer side in pixels, 16 to 1024
 * @error: as of nn_decode_file()
 *
 * A small picture for a grid, upright, without alpha, never scaled up. Kept in
 * $XDG_CACHE_HOME/perceptron/thumbnails when the picture is a file. Any thread; blocks, so not the main one.
 *
 * Returns: (transfer full) (nullable): an RGB pixbuf
 */
GdkPixbuf *nn_dataset_load_thumbnail (NnDataset *self, guint sample, guint size, GError **error);

/** nn_load_thumbnail: the same for a picture that is in no data set */
GdkPixbuf *nn_load_thumbnail (const char *path, guint size, GError **error);

G_END_DECLS
