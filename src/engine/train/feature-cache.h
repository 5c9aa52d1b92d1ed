/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** NnDigest: 128 bits that tell contents apart; good against chance, not against malice */
typedef struct {
  guint64 words[2];
} NnDigest;

/** nn_digest_init, nn_digest_add: of all that was added, in that order */
void nn_digest_init (NnDigest *self, guint64 seed);
void nn_digest_add (NnDigest *self, gconstpointer data, gsize size);

/**
 * NnFeatureCache:
 *
 * What a frozen backbone gave for pictures, kept in a file of $XDG_CACHE_HOME/perceptron/features, so that the next run
 * needn't compute it. A file that is damaged, of another version or can't be written costs time, nothing else; it may be
 * deleted whenever. Several programs may add to one file. Belongs to one thread.
 */
typedef struct _NnFeatureCache NnFeatureCache;

/** nn_feature_cache_open: @of: all that the numbers depend on but the picture. @width: numbers of a row.
 * Returns: (nullable): NULL where there is no cache */
NnFeatureCache *nn_feature_cache_open (const NnDigest *of, gsize width);
void nn_feature_cache_free (NnFeatureCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnFeatureCache, nn_feature_cache_free)

/** nn_feature_cache_find: @row: (out caller-allocates): Returns: whether the file has it, undamaged */
gboolean nn_feature_cache_find (NnFeatureCache *self, const NnDigest *picture, float *row);

/** nn_feature_cache_add: @rows: @n of them. Never fails: what can't be kept is computed again next time */
void nn_feature_cache_add (NnFeatureCache *self, guint n, const NnDigest *pictures, const float *rows);

G_END_DECLS
