/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * NnEpochMetrics: what one epoch gave
 * @val_loss, @val_accuracy: NAN without a validation set
 * @mistakes: of the perceptron: how often a unit's output differed from its target; 0 for gradient descent
 * @learning_rate: of its last step
 */
typedef struct {
  double loss, accuracy;
  double val_loss, val_accuracy;
  guint64 mistakes;
  double learning_rate;
  double seconds;
} NnEpochMetrics;

/** NnStepMetrics: means over a few steps; @epoch: position, in epochs since the start; loss is NAN for a perceptron */
typedef struct {
  double epoch;
  float loss, accuracy;
} NnStepMetrics;

/**
 * NnTrainReport:
 * @first_epoch: where the run began; the rows of @epochs are of the epochs from there on
 * @epoch, @n_epochs: epochs done, and wanted; those before @first_epoch count
 * @prepared: how much of what a frozen backbone gives for the pictures is there, 0 to 1; steps begin when it is 1
 * @step, @n_steps: steps done in this epoch, and of an epoch
 * @learning_rate: of the step at hand
 * @samples_per_second: of training, over the last seconds
 * @seconds_left: estimate, validation included; NAN while unknown
 * @device_bytes: device memory in use by this program
 * @perceptron: whether mistakes are the curve instead of loss
 * @stopped_early: by patience
 * @epochs, @steps: the curves so far
 *
 * A snapshot of a run: immutable, reference-counted atomically, boxed type NN_TYPE_TRAIN_REPORT.
 */
typedef struct {
  guint first_epoch, epoch, n_epochs, step, n_steps;
  double prepared, samples_per_second, seconds_left, learning_rate;
  guint64 device_bytes;
  gboolean perceptron, stopped_early, finished;
  guint n_epoch_metrics, n_step_metrics;
  const NnEpochMetrics *epochs;
  const NnStepMetrics *steps;
} NnTrainReport;

#define NN_TYPE_TRAIN_REPORT (nn_train_report_get_type ())
GType nn_train_report_get_type (void);

/** nn_train_report_new: copies @contents and the arrays it points to */
NnTrainReport *nn_train_report_new (const NnTrainReport *contents);
NnTrainReport *nn_train_report_ref (NnTrainReport *self);
void nn_train_report_unref (NnTrainReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnTrainReport, nn_train_report_unref)

G_END_DECLS
