/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/network.h"
#include "train/features.h"
#include "train/feed.h"
#include "train/pace.h"

G_BEGIN_DECLS

/**
 * NnValidation: loss and accuracy of the weights of a run over a held-out set, all on the device, in slices: so that
 * drawings are classified in between. Belongs to the context's thread.
 */
typedef struct _NnValidation NnValidation;

/** nn_validation_new: @stream_bytes: see nn_feed_new() */
NnValidation *nn_validation_new (NnWeights *weights, const NnPreprocess *preprocess, NnPixels *pixels, guint batch,
                                 gsize stream_bytes, GError **error);
/** nn_validation_new_from_features: as nn_step_new_from_features(), with one view of each picture */
NnValidation *nn_validation_new_from_features (NnWeights *weights, const NnFeatureSet *features, guint cut, guint batch,
                                               GError **error);
void nn_validation_free (NnValidation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnValidation, nn_validation_free)

/** nn_validation_start: begins a pass */
gboolean nn_validation_start (NnValidation *self, GError **error);
/** nn_validation_advance: works for about so long. @done: (out): whether the pass is complete */
gboolean nn_validation_advance (NnValidation *self, NnPace *pace, double milliseconds, gboolean *done,
                                GError **error);
/** nn_validation_finish: reads what a complete pass gave: mean loss, share of hits */
gboolean nn_validation_finish (NnValidation *self, double *loss, double *accuracy, GError **error);

/** nn_validation_keep_answers: whether the passes from now on also read what the network says to the pictures, or, where
 * they are many, to batches evenly spread among them */
void nn_validation_keep_answers (NnValidation *self, gboolean keep);
/** nn_validation_get_temperature: Returns: that of nn_temperature_fit() for the answers of the last pass; 0 where none
 * were kept, or they don't tell */
double nn_validation_get_temperature (NnValidation *self);

G_END_DECLS
