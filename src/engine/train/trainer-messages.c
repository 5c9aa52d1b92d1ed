/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * References are counted through GLib's macros for int: they compile to atomics that ThreadSanitizer sees, while the
 * functions for gatomicrefcount are hidden from it in GLib. */
#include "train/trainer-messages.h"

#include <string.h>

typedef struct {
  NnPrediction prediction;
  int refs;
  float probabilities[];
} Block;

G_DEFINE_BOXED_TYPE (NnPrediction, nn_prediction, nn_prediction_ref, nn_prediction_unref)

NnPrediction *
nn_prediction_new (guint64 serial, NnModel *model, guint n_classes, const float *probabilities)
{
  Block *block = g_malloc (sizeof (Block) + n_classes * sizeof (float));
  memcpy (block->probabilities, probabilities, n_classes * sizeof (float));
  block->prediction = (NnPrediction){ .serial = serial,
                                      .n_classes = n_classes,
                                      .probabilities = block->probabilities,
                                      .model = nn_model_ref (model) };
  block->refs = 1;
  return &block->prediction;
}

NnPrediction *
nn_prediction_ref (NnPrediction *self)
{
  g_atomic_int_inc (&((Block *) self)->refs);
  return self;
}

void
nn_prediction_unref (NnPrediction *self)
{
  if (!g_atomic_int_dec_and_test (&((Block *) self)->refs))
    return;
  nn_model_unref (self->model);
  g_free (self);
}

NnTrainerJob *
nn_trainer_job_new (NnModel *start, NnPixels *train, NnPixels *val, const NnTrainConfig *config)
{
  NnTrainerJob *self = g_new (NnTrainerJob, 1);
  *self = (NnTrainerJob){ .start = nn_model_ref (start),
                          .train = nn_pixels_ref (train),
                          .val = val ? nn_pixels_ref (val) : NULL,
                          .config = *config };
  return self;
}

void
nn_trainer_job_free (NnTrainerJob *self)
{
  nn_model_unref (self->start);
  nn_pixels_unref (self->train);
  g_clear_pointer (&self->val, nn_pixels_unref);
  g_free (self);
}

NnTrainerStatus *
nn_trainer_status_copy (const NnTrainerStatus *self)
{
  NnTrainerStatus *copy = g_new (NnTrainerStatus, 1);
  *copy = *self;
  copy->report = self->report ? nn_train_report_ref (self->report) : NULL;
  copy->model = self->model ? nn_model_ref (self->model) : NULL;
  copy->failure = g_strdup (self->failure);
  copy->prediction_failure = g_strdup (self->prediction_failure);
  return copy;
}

void
nn_trainer_status_clear (NnTrainerStatus *self)
{
  g_clear_pointer (&self->report, nn_train_report_unref);
  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_pointer (&self->failure, g_free);
  g_clear_pointer (&self->prediction_failure, g_free);
}

void
nn_trainer_status_free (NnTrainerStatus *self)
{
  nn_trainer_status_clear (self);
  g_free (self);
}
