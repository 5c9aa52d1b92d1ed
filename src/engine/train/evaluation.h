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
 * NnEvaluator: an evaluation on its way, in slices, so that the thread that owns the device has other things to do too
 */
typedef struct _NnEvaluator NnEvaluator;

/**
 * nn_evaluator_new:
 * @pixels: stored in the network's input shape, or larger (then the middle is taken); labels are classes of @model
 * @error: NN_ERROR_BAD_INPUT where pixels and model don't fit each other
 *
 * Any thread; so are the functions that take no context.
 */
NnEvaluator *nn_evaluator_new (NnModel *model, NnPixels *pixels, GError **error);
void nn_evaluator_free (NnEvaluator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnEvaluator, nn_evaluator_free)
/** nn_evaluator_advance: works for about so long, and for a batch at least. @done: (out): whether all pictures were
 * seen */
gboolean nn_evaluator_advance (NnEvaluator *self, NnContext *context, double milliseconds, gboolean *done,
                               GError **error);
/** nn_evaluator_leave: drops what lies on the device; what was seen so far stays, and another context may go on. In the
 * context's thread, before nn_evaluator_free() */
void nn_evaluator_leave (NnEvaluator *self);
/** nn_evaluator_get_done: Returns: how many pictures were seen; from any thread */
guint nn_evaluator_get_done (NnEvaluator *self);
/** nn_evaluator_finish: Returns: (transfer full): the counts, of all pictures */
NnEvaluation *nn_evaluator_finish (NnEvaluator *self);

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
