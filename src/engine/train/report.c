/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/report.h"

typedef struct {
  NnTrainReport report;
  int refs; /* atomic */
} Snapshot;

NnTrainReport *
nn_train_report_new (const NnTrainReport *contents)
{
  Snapshot *self = g_new (Snapshot, 1);
  self->report = *contents;
  self->report.epochs = g_memdup2 (contents->epochs, contents->n_epoch_metrics * sizeof (NnEpochMetrics));
  self->report.steps = g_memdup2 (contents->steps, contents->n_step_metrics * sizeof (NnStepMetrics));
  self->refs = 1;
  return &self->report;
}

NnTrainReport *
nn_train_report_ref (NnTrainReport *self)
{
  g_atomic_int_inc (&((Snapshot *) self)->refs);
  return self;
}

void
nn_train_report_unref (NnTrainReport *self)
{
  Snapshot *snapshot = (Snapshot *) self;
  if (!g_atomic_int_dec_and_test (&snapshot->refs))
    return;
  g_free ((gpointer) self->epochs);
  g_free ((gpointer) self->steps);
  g_free (snapshot);
}

G_DEFINE_BOXED_TYPE (NnTrainReport, nn_train_report, nn_train_report_ref, nn_train_report_unref)
