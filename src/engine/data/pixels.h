/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

/**
 * NnFit:
 * @NN_FIT_COVER: scale until the shorter side fits, cut the middle out of the longer one
 * @NN_FIT_CONTAIN: scale until the longer side fits, white on both sides of the shorter one
 * @NN_FIT_STRETCH: scale each side by itself
 * @NN_FIT_CENTRE: the middle 7/8 of what @NN_FIT_COVER shows: 224 of 256, as backbones are trained
 */
typedef enum {
  NN_FIT_COVER,
  NN_FIT_CONTAIN,
  NN_FIT_STRETCH,
  NN_FIT_CENTRE,
} NnFit;

/**
 * NnPixelSpec:
 * @height: rows, 1 to 4096
 * @width: columns, 1 to 4096
 * @channels: 1 (luma of BT.601) or 3 (RGB)
 * @fit: how a picture of another shape gets there
 *
 * What the network takes.
 */
typedef struct {
  guint height;
  guint width;
  guint channels;
  NnFit fit;
} NnPixelSpec;

/**
 * NnPixels:
 * @n: how many pictures; may be 0
 * @spec: the shape of each
 * @data: @n x height x width x channels bytes (NHWC, 0 black to 255 white)
 * @labels: @n class indices
 * @sample: @n indices into the data set, rising
 *
 * Decoded pictures, ready for the device. Immutable and reference-counted (atomically); @data may be a mapped
 * file.
 */
typedef struct {
  gsize n;
  NnPixelSpec spec;
  const guint8 *data;
  const gint32 *labels;
  const guint32 *sample;
} NnPixels;

/** nn_pixel_spec_bytes: Returns: height x width x channels, or 0 where the specification is out of range */
gsize nn_pixel_spec_bytes (const NnPixelSpec *spec);

/**
 * nn_dataset_load_pixels:
 * @split: which samples; NN_SPLIT_ALL for all (a trainer then picks by nn_dataset_get_split())
 * @spec: the wanted shape
 * @cancellable: (nullable): stops it within a picture or so
 * @progress: (nullable): called on this thread
 * @error: NN_ERROR_CANCELLED, _OUT_OF_MEMORY, or _BAD_INPUT where no picture of the split can be read
 *
 * Decodes on a pool of threads, or maps what an earlier call left in the cache
 * ($XDG_CACHE_HOME/perceptron/decoded; a cache that can't be written costs only time). Samples that can't be
 * decoded are left out and told by nn_dataset_get_rejects(). An empty split gives an NnPixels with n = 0.
 *
 * Returns: (transfer full) (nullable): the pixels
 */
NnPixels *nn_dataset_load_pixels (NnDataset *self, NnSplit split, const NnPixelSpec *spec,
                                  GCancellable *cancellable, NnProgressFunc progress, gpointer progress_data,
                                  GError **error);

/**
 * nn_dataset_load_sample:
 * @sample: index of the sample
 * @spec: the wanted shape
 * @out: (out caller-allocates): nn_pixel_spec_bytes() bytes
 * @error: as of nn_decode_file()
 *
 * One picture as nn_dataset_load_pixels() gives it, wherever it lies. Any thread; blocks.
 */
gboolean nn_dataset_load_sample (NnDataset *self, guint sample, const NnPixelSpec *spec, guint8 *out, GError **error);

/**
 * nn_pixels_new_from_data:
 * @spec: the shape of each picture
 * @n: how many
 * @data: @n x nn_pixel_spec_bytes() bytes, copied
 * @labels: (nullable): @n labels, copied; NULL: zeros
 *
 * Returns: (transfer full): pixels that no data set stands behind
 */
NnPixels *nn_pixels_new_from_data (const NnPixelSpec *spec, gsize n, const guint8 *data,
                                   const gint32 *labels);

/** nn_pixels_new_take: the same without a copy of the pictures. @data: (transfer full): of g_malloc() */
NnPixels *nn_pixels_new_take (const NnPixelSpec *spec, gsize n, guint8 *data, const gint32 *labels);

NnPixels *nn_pixels_ref (NnPixels *self);
void nn_pixels_unref (NnPixels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnPixels, nn_pixels_unref)

/**
 * nn_decode_file:
 * @path: (type filename): a picture
 * @spec: the wanted shape
 * @out: (out caller-allocates): nn_pixel_spec_bytes() bytes
 * @error: NN_ERROR_BAD_INPUT (no picture, damaged), _UNSUPPORTED (too large, no loader), _FAILED (can't be
 * read)
 *
 * One picture for a prediction, through the same code as training pictures. Any thread.
 */
gboolean nn_decode_file (const char *path, const NnPixelSpec *spec, guint8 *out, GError **error);

G_END_DECLS
