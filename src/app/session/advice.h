/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/series.h"

G_BEGIN_DECLS

/**
 * PcnAdvice:
 * @PCN_ADVICE_NONE: all is well, or nothing can be said
 * @PCN_ADVICE_DIVERGED: the loss is no longer a number
 * @PCN_ADVICE_OUT_OF_MEMORY: the device has no memory for it
 * @PCN_ADVICE_DEVICE_FAILED: the device or its driver failed
 * @PCN_ADVICE_NOT_LEARNING: after some epochs the network still guesses
 * @PCN_ADVICE_OVERFITTING: it learns the pictures by heart
 * @PCN_ADVICE_FEW_PICTURES: there is too little to learn from
 */
typedef enum {
  PCN_ADVICE_NONE,
  PCN_ADVICE_DIVERGED,
  PCN_ADVICE_OUT_OF_MEMORY,
  PCN_ADVICE_DEVICE_FAILED,
  PCN_ADVICE_NOT_LEARNING,
  PCN_ADVICE_OVERFITTING,
  PCN_ADVICE_FEW_PICTURES,
} PcnAdvice;

/** PcnCurve: the points of one series */
typedef struct {
  const PcnPoint *points;
  guint n;
} PcnCurve;

/**
 * PcnAdviceFacts:
 * @failure: -1, or the NnError that ended the run
 * @ended: whether the run is over
 * @train_loss, @val_loss, @train_accuracy: the curves so far; any may be empty
 * @n_classes, @n_train: of the data
 */
typedef struct {
  int failure;
  gboolean ended;
  PcnCurve train_loss, val_loss, train_accuracy;
  guint n_classes, n_train;
} PcnAdviceFacts;

/** pcn_advise: what to tell somebody whose run looks like this. Pure */
PcnAdvice pcn_advise (const PcnAdviceFacts *facts);

G_END_DECLS
