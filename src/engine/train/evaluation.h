/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/predictor.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NnEvaluation: a model's answers over a labelled set
 * @loss: mean cross-entropy
 * @confusion: [true class][answer], counts
 * @precision, @recall: by class; 0 where undefined (no such answer, no such sample)
 * @probabilities: [n][classes]
 */
typedef struct {
  gsize n;
  guint n_classes;
  double accuracy, loss;
  guint64 *confusion;
  double *precision, *recall;
  float *probabilities;
} NnEvaluation;

/**
 * nn_evaluate:
 * @pixels: stored in the network's input shape, or larger (then the middle is taken); labels are classes of @model
 * @cancellable: (nullable): looked at between batches
 * @error: NN_ERROR_BAD_INPUT where pixels and model don't fit each other, NN_ERROR_CANCELLED, those of the device
 *
 * Of equal probabilities the first class is the answer.
 *
 * Returns: (transfer full) (nullable)
 */
NnEvaluation *nn_evaluate (NnContext *context, NnModel *model, NnPixels *pixels, GCancellable *cancellable,
                           GError **error);
void nn_evaluation_free (NnEvaluation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnEvaluation, nn_evaluation_free)

G_END_DECLS
