/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/report.h"

G_BEGIN_DECLS

/**
 * NnCurve: the metrics of a run as it goes on: means over groups of steps, about a thousand points a run, and a row an
 * epoch
 */
typedef struct _NnCurve NnCurve;

/** nn_curve_new: @first_epoch: epochs before this run; @n_epochs: with them */
NnCurve *nn_curve_new (guint n_steps, guint first_epoch, guint n_epochs);
void nn_curve_free (NnCurve *self);

/** nn_curve_expect: the run will have so many epochs; points that follow stand for as many steps as then fit */
void nn_curve_expect (NnCurve *self, guint n_epochs);
/** nn_curve_add_step: sums over a batch; @perceptron: @loss counts mistakes */
void nn_curve_add_step (NnCurve *self, double loss, double hits, guint batch, gboolean perceptron);
/** nn_curve_end_epoch: adds a row: validation and time are @metrics', training is the mean of the epoch's steps */
void nn_curve_end_epoch (NnCurve *self, const NnEpochMetrics *metrics, guint n_samples);
/** nn_curve_last_epoch: Returns: (transfer none) (nullable) */
const NnEpochMetrics *nn_curve_last_epoch (NnCurve *self);
/** nn_curve_last_epoch_seconds: Returns: NAN before the first */
double nn_curve_last_epoch_seconds (NnCurve *self);
/** nn_curve_fill: points @report at the curve's arrays */
void nn_curve_fill (NnCurve *self, NnTrainReport *report);

G_END_DECLS
