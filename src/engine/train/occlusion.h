/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/predictor.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NnOcclusionSettings: in pixels of the network's input
 * @patch: side of the patch that covers a part of the picture; 0 for a seventh of the shorter side
 * @stride: how far it moves; 0 for half the patch
 */
typedef struct {
  guint patch, stride;
} NnOcclusionSettings;

/**
 * NnOcclusion:
 *
 * What a classifier needs to see: a patch of the picture's mean colour slides over it, and the map tells by how much the
 * probability of a class falls where it covers the picture (Zeiler and Fergus 2014, section 4.2). Works for every network.
 * In slices, so that the thread that owns the device has other things to do too.
 */
typedef struct _NnOcclusion NnOcclusion;

/**
 * nn_occlusion_new:
 * @pixels: one picture, uint8 of the network's input shape [h][w][c]; copied
 * @class_index: below the number of classes
 * @settings: (nullable): NULL takes the defaults
 * @error: NN_ERROR_BAD_INPUT where patch or stride don't fit the picture
 *
 * Any thread; so are the functions that take no context.
 */
NnOcclusion *nn_occlusion_new (NnModel *model, const guint8 *pixels, guint class_index,
                               const NnOcclusionSettings *settings, GError **error);
void nn_occlusion_free (NnOcclusion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnOcclusion, nn_occlusion_free)

/** nn_occlusion_advance: works for about so long, and for a batch at least. @done: (out): whether the patch was everywhere */
gboolean nn_occlusion_advance (NnOcclusion *self, NnContext *context, double milliseconds, gboolean *done, GError **error);
/** nn_occlusion_leave: drops what lies on the device; what was seen so far stays, and another context may go on. In the
 * context's thread, before nn_occlusion_free() */
void nn_occlusion_leave (NnOcclusion *self);
/** nn_occlusion_get_fraction: Returns: how much is done, 0 to 1; from any thread */
double nn_occlusion_get_fraction (NnOcclusion *self);
/** nn_occlusion_get_settings: Returns: (transfer none): with numbers for what was left open */
const NnOcclusionSettings *nn_occlusion_get_settings (NnOcclusion *self);

/** nn_occlusion_get_map: when all is done: @map: (out): [h][w], how much the probability falls (−1 to 1; less than 0 where
 * what is covered speaks against the class), bilinear between the middles of the patch */
void nn_occlusion_get_map (NnOcclusion *self, float *map);

/** nn_occlude: all of that at once. @cancellable: (nullable): looked at between slices; NN_ERROR_CANCELLED */
gboolean nn_occlude (NnOcclusion *self, NnContext *context, GCancellable *cancellable, GError **error);

G_END_DECLS
