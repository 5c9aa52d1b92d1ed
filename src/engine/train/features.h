/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "net/augment.h"
#include "net/weights.h"
#include "train/pace.h"

G_BEGIN_DECLS

/**
 * NnFeatureSet: what the frozen part of a network gives for pictures, on a device
 * @n: pictures
 * @n_views: rows of each picture, which follow each other: as it is, then varied
 * @width: numbers of a row
 * @rows, @labels: float32 [@n · @n_views][@width], int32 [@n · @n_views]
 */
typedef struct {
  guint n, n_views;
  gsize width;
  NnTensor *rows, *labels;
} NnFeatureSet;

/**
 * NnFeatures:
 *
 * The frozen part of a network is the same in each step, so what it gives for each picture, and for a few fixed variations
 * of it, is computed once, before the first step, or read from the cache (train/feature-cache.h). Belongs to the context's
 * thread; works in slices.
 */
typedef struct _NnFeatures NnFeatures;

/** nn_features_get_views: Returns: (transfer none): the variations under the augmentation of that name, @n (out) of them; the
 * first is the picture as it is. Of pictures that are stored with all that lies around their middle. Any thread */
const NnAugment *nn_features_get_views (const char *augment, guint *n);

/** nn_features_count_views: Returns: variations of a picture under the augmentation of that name, of a set of @n pictures,
 * where a row has @width numbers; 0 where even one of each is too much to be kept */
guint nn_features_count_views (const char *augment, gsize n, gsize width, NnContext *context);

/**
 * nn_features_new:
 * @cut: the last node of the frozen part (nn_plan_find_cut())
 * @start: what @weights were made from
 * @train, @val: (nullable for @val): stored as the network's input or larger, both alike
 * @augment: the name of an augmentation, whose variations @train gets
 */
NnFeatures *nn_features_new (NnWeights *weights, NnModel *start, guint cut, NnPixels *train, NnPixels *val,
                             const char *augment, GError **error);
void nn_features_free (NnFeatures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnFeatures, nn_features_free)

/** nn_features_get_train, nn_features_get_val: Returns: (transfer none): undefined until all is done; @val nullable */
const NnFeatureSet *nn_features_get_train (NnFeatures *self);
const NnFeatureSet *nn_features_get_val (NnFeatures *self);

/** nn_features_advance: works for about so long, and for a batch at least. @done: (out): whether all rows are there */
gboolean nn_features_advance (NnFeatures *self, NnPace *pace, double milliseconds, gboolean *done, GError **error);
/** nn_features_get_fraction: Returns: how much is done, 0 to 1 */
double nn_features_get_fraction (NnFeatures *self);
/**
 * nn_features_centre:
 *
 * When all is done: a frozen shift behind the frozen part that nobody has set yet takes the mean of the rows of training
 * away, on the device and in the model.
 *
 * Returns: (transfer full): the model that the run starts from: a copy that has the shift, or the same
 */
NnModel *nn_features_centre (NnFeatures *self, GError **error);

G_END_DECLS
