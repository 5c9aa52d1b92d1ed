/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/curve.h"

#include <math.h>

#define POINTS 1000

struct _NnCurve {
  guint n_steps;         /* of an epoch */
  guint first_epoch;
  guint group;           /* steps a point */
  GArray *epochs, *steps;
  guint epoch_step;      /* steps of this epoch so far */
  double epoch_loss, epoch_hits, epoch_samples;
  double group_loss, group_hits, group_samples;
  guint in_group;
  gboolean perceptron;
};

NnCurve *
nn_curve_new (guint n_steps, guint first_epoch, guint n_epochs)
{
  NnCurve *self = g_new0 (NnCurve, 1);
  self->n_steps = n_steps;
  self->first_epoch = first_epoch;
  self->epochs = g_array_new (FALSE, TRUE, sizeof (NnEpochMetrics));
  self->steps = g_array_new (FALSE, TRUE, sizeof (NnStepMetrics));
  nn_curve_expect (self, n_epochs);
  return self;
}

void
nn_curve_free (NnCurve *self)
{
  g_array_unref (self->epochs);
  g_array_unref (self->steps);
  g_free (self);
}

void
nn_curve_expect (NnCurve *self, guint n_epochs)
{
  self->group = MAX ((guint) (((guint64) self->n_steps * n_epochs + POINTS - 1) / POINTS), 1);
}

static void
end_group (NnCurve *self)
{
  double steps_done = self->epoch_step - self->in_group / 2.0;
  NnStepMetrics point = {
    .epoch = self->first_epoch + self->epochs->len + steps_done / self->n_steps,
    .loss = self->perceptron ? NAN : (float) (self->group_loss / self->group_samples),
    .accuracy = (float) (self->group_hits / self->group_samples),
  };
  g_array_append_val (self->steps, point);
  self->group_loss = self->group_hits = self->group_samples = 0;
  self->in_group = 0;
}

void
nn_curve_add_step (NnCurve *self, double loss, double hits, guint batch, gboolean perceptron)
{
  self->perceptron = perceptron;
  self->epoch_step++;
  self->epoch_loss += loss;
  self->epoch_hits += hits;
  self->epoch_samples += batch;
  self->group_loss += loss;
  self->group_hits += hits;
  self->group_samples += batch;
  if (++self->in_group == self->group)
    end_group (self);
}

void
nn_curve_end_epoch (NnCurve *self, const NnEpochMetrics *metrics, guint n_samples)
{
  NnEpochMetrics row = *metrics;
  double samples = MAX (self->epoch_samples, 1);
  row.loss = self->perceptron ? NAN : self->epoch_loss / samples;
  row.accuracy = self->epoch_hits / samples;
  /* The last batch is filled up with samples seen before: scale to the set's own size. */
  row.mistakes = self->perceptron ? (guint64) llround (self->epoch_loss * n_samples / samples) : 0;
  g_array_append_val (self->epochs, row);
  self->epoch_step = 0;
  self->epoch_loss = self->epoch_hits = self->epoch_samples = 0;
}

const NnEpochMetrics *
nn_curve_last_epoch (NnCurve *self)
{
  return self->epochs->len ? &g_array_index (self->epochs, NnEpochMetrics, self->epochs->len - 1) : NULL;
}

double
nn_curve_last_epoch_seconds (NnCurve *self)
{
  const NnEpochMetrics *last = nn_curve_last_epoch (self);
  return last ? last->seconds : NAN;
}

void
nn_curve_fill (NnCurve *self, NnTrainReport *report)
{
  report->n_epoch_metrics = self->epochs->len;
  report->n_step_metrics = self->steps->len;
  report->epochs = (const NnEpochMetrics *) self->epochs->data;
  report->steps = (const NnStepMetrics *) self->steps->data;
}
