/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/trainer-thread.h"

G_BEGIN_DECLS

/* What the two sides of a trainer thread hand each other. For trainer-thread.c and trainer-worker.c alone. */

/** NnTrainerJob: what nn_trainer_thread_start() asked for */
typedef struct {
  NnModel *start;
  NnPixels *train, *val;
  NnTrainConfig config;
} NnTrainerJob;

NnTrainerJob *nn_trainer_job_new (NnModel *start, NnPixels *train, NnPixels *val, const NnTrainConfig *config);
void nn_trainer_job_free (NnTrainerJob *self);

/**
 * NnTrainerStatus: how things stand, all in one, so that a newer one may overtake it in the mailbox
 * @run: number of the job that it is about; the receiver ignores those of former ones
 * @report, @model: (nullable): the newest of this run
 * @is_tuning: whether the run is tuned for, before it begins
 * @compiled, @n_to_compile: of the programs that are waited for; 0 of 0 when none are
 * @tuned, @n_to_tune: of the ways to be tried; 0 of 0 while they are counted
 * @failure_code: an NnError, of @failure
 * @failure, @prediction_failure: (nullable): the newest; each counted, so that the receiver can tell a new one
 */
typedef struct {
  guint run;
  NnTrainerState state;
  NnTrainReport *report;
  NnModel *model;
  gboolean is_tuning;
  guint compiled, n_to_compile;
  guint tuned, n_to_tune;
  char *failure, *prediction_failure;
  int failure_code;
  guint n_failures, n_prediction_failures;
} NnTrainerStatus;

NnTrainerStatus *nn_trainer_status_copy (const NnTrainerStatus *self);
/** nn_trainer_status_clear: drops what @self refers to, but not the counts */
void nn_trainer_status_clear (NnTrainerStatus *self);
void nn_trainer_status_free (NnTrainerStatus *self);

NnPrediction *nn_prediction_new (guint64 serial, NnModel *model, guint n_classes, const float *probabilities);

G_END_DECLS
