/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/tuner.h"
#include "train/trainer.h"

G_BEGIN_DECLS

/* When a run is tuned for, and which kernels it keeps to. docs/adr/0007 has the reasons. */

/** NN_TUNING_KEY: of nn_model_get_metadata(): which kernels the run used: nn_choices_take_record() */
#define NN_TUNING_KEY "kernels"

/**
 * nn_tuning_new:
 * @start, @n_samples, @config: as nn_trainer_new() gets them: the model, the number of pictures
 *
 * Returns: (transfer full) (nullable): a tuning run to be done before nn_trainer_new(); NULL where it doesn't pay: the run is
 *   short (a quarter of a minute at what the device could do at best), or all is known
 */
NnTuner *nn_tuning_new (NnContext *context, NnModel *start, gsize n_samples, const NnTrainConfig *config);

/** nn_tuning_hold: @start: (nullable): where it has been trained on this device before, what goes on takes the same kernels;
 * otherwise what was tuned counts */
void nn_tuning_hold (NnContext *context, NnModel *start);

/** nn_tuning_copy: makes a run that begins with @start take the kernels that made @model, on the same kind of device */
void nn_tuning_copy (NnModel *start, NnModel *model);

G_END_DECLS
