/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of thumb, careful ones: advice that is wrong once isn't read again. */
#include "session/advice.h"

#include "base/error.h"

/* Epochs before anything is said of a curve. */
#define PATIENCE 3
/* Epochs since the best validation loss, and how much worse it has become, that make it overfitting. */
#define EPOCHS_SINCE_BEST 3
#define WORSE 1.1
/* Better than guessing by less than this share of pictures is guessing. */
#define GUESSING 0.05
/* A loss that fell by less than this part hasn't fallen. */
#define SAME_LOSS 0.97
#define FEW_PER_CLASS 10

/* The mean of the values in an interval of epochs; 0 where there are none. */
static double
mean_between (const PcnCurve *curve, double from, double to)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < curve->n; i++)
    if (curve->points[i].x > from && curve->points[i].x <= to) {
      sum += curve->points[i].y;
      n++;
    }
  return n > 0 ? sum / n : 0;
}

static PcnAdvice
advise_on_failure (int failure)
{
  switch (failure) {
  case NN_ERROR_DIVERGED:
    return PCN_ADVICE_DIVERGED;
  case NN_ERROR_OUT_OF_MEMORY:
    return PCN_ADVICE_OUT_OF_MEMORY;
  case NN_ERROR_DEVICE:
  case NN_ERROR_NO_DEVICE:
    return PCN_ADVICE_DEVICE_FAILED;
  default:
    return PCN_ADVICE_NONE;
  }
}

static gboolean
is_overfitting (const PcnAdviceFacts *facts)
{
  const PcnCurve *val = &facts->val_loss;
  guint best = 0;

  if (val->n <= EPOCHS_SINCE_BEST)
    return FALSE;
  for (guint i = 1; i < val->n; i++)
    if (val->points[i].y < val->points[best].y)
      best = i;
  const PcnPoint *then = &val->points[best], *now = &val->points[val->n - 1];
  if (val->n - 1 - best < EPOCHS_SINCE_BEST || now->y < WORSE * then->y)
    return FALSE;
  return mean_between (&facts->train_loss, now->x - 1, now->x) < mean_between (&facts->train_loss, then->x - 1, then->x);
}

static gboolean
is_guessing (const PcnAdviceFacts *facts)
{
  const PcnCurve *accuracy = &facts->train_accuracy, *loss = &facts->train_loss;

  if (accuracy->n == 0 || facts->n_classes < 2)
    return FALSE;
  double end = accuracy->points[accuracy->n - 1].x;
  if (end < PATIENCE || mean_between (accuracy, end - 1, end) > 1.0 / facts->n_classes + GUESSING)
    return FALSE;
  return loss->n == 0 || mean_between (loss, end - 1, end) > SAME_LOSS * mean_between (loss, -1, 1);
}

PcnAdvice
pcn_advise (const PcnAdviceFacts *facts)
{
  if (facts->failure >= 0)
    return advise_on_failure (facts->failure);
  if (is_guessing (facts))
    return PCN_ADVICE_NOT_LEARNING;
  if (is_overfitting (facts))
    return PCN_ADVICE_OVERFITTING;
  if (facts->ended && facts->n_train > 0 && facts->n_train < FEW_PER_CLASS * facts->n_classes)
    return PCN_ADVICE_FEW_PICTURES;
  return PCN_ADVICE_NONE;
}
