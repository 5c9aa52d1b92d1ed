/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trainer thread tells: how a run goes, new models, answers. Its signals come on the main thread. */
#include "config.h"

#include "session/session-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* How long a frame may wait for an answer: a device that has nothing else to do takes less than a millisecond. */
#define ANSWER_WAIT_US 4000

static void
on_report (PcnSession *self, NnTrainReport *report)
{
  PcnProgress progress = {
    .epoch = self->epochs_before + report->epoch + (report->n_steps ? (double) report->step / report->n_steps : 0),
    .epochs = self->epochs_before + report->n_epochs + pcn_session_count_tuning (self),
    .samples_per_second = report->samples_per_second,
    .seconds_left = isnan (report->seconds_left) ? -1 : report->seconds_left,
    .learning_rate = report->learning_rate,
    .device_bytes = report->device_bytes,
  };

  /* Before the first step a frozen backbone looks at all pictures. */
  if (report->prepared < 1) {
    self->preparing_features = TRUE;
    if (nn_trainer_thread_get_state (self->trainer) == NN_TRAINER_RUNNING
        && pcn_run_get_state (self->run) != PCN_RUN_STOPPING)
      pcn_run_set_looking (self->run, report->prepared);
    return;
  }
  if (self->preparing_features && pcn_run_get_state (self->run) == PCN_RUN_PREPARING)
    pcn_run_set_state (self->run, PCN_RUN_RUNNING);
  self->preparing_features = FALSE;
  for (; self->n_steps_seen < report->n_step_metrics; self->n_steps_seen++) {
    const NnStepMetrics *step = &report->steps[self->n_steps_seen];
    pcn_run_add_train (self->run, self->epochs_before + step->epoch, step->loss, step->accuracy);
  }
  for (; self->n_epochs_seen < report->n_epoch_metrics; self->n_epochs_seen++) {
    const NnEpochMetrics *epoch = &report->epochs[self->n_epochs_seen];
    double x = self->epochs_before + report->first_epoch + self->n_epochs_seen + 1;
    /* The curve of a perceptron is its mistakes: it has no loss. */
    if (report->perceptron)
      pcn_run_add_mistakes (self->run, x, (double) epoch->mistakes, epoch->accuracy);
    pcn_run_add_validation (self->run, x, epoch->val_loss, epoch->val_accuracy);
  }
  pcn_run_set_progress (self->run, &progress);
}

static void
on_tuning (PcnSession *self, guint done, guint total)
{
  if (!self->preparation && pcn_run_get_active (self->run))
    pcn_run_set_tuning (self->run, done, total);
}

static void
on_compiling (PcnSession *self, guint done, guint total)
{
  if (!self->preparation)
    pcn_run_set_compiling (self->run, done, total);
}

static void
on_state (PcnSession *self)
{
  static const PcnRunState states[] = {
    [NN_TRAINER_IDLE] = PCN_RUN_STOPPED,      [NN_TRAINER_PREPARING] = PCN_RUN_PREPARING,
    [NN_TRAINER_RUNNING] = PCN_RUN_RUNNING,   [NN_TRAINER_PAUSED] = PCN_RUN_PAUSED,
    [NN_TRAINER_FINISHED] = PCN_RUN_DONE,     [NN_TRAINER_FAILED] = PCN_RUN_FAILED,
  };
  PcnRunState state = states[nn_trainer_thread_get_state (self->trainer)];

  /* What the thread says of an earlier run doesn't concern one that is still being prepared. */
  if (self->preparation || !pcn_run_get_active (self->run))
    return;
  if (state == PCN_RUN_PREPARING) {
    pcn_run_set_compiling (self->run, 0, 0);
    return;
  }
  if (state == PCN_RUN_RUNNING && self->preparing_features)
    return;
  if (state == PCN_RUN_DONE && pcn_session_fine_tune (self))
    return;
  /* Its reason follows. */
  if (state == PCN_RUN_FAILED)
    return;
  if (pcn_run_get_state (self->run) == PCN_RUN_STOPPING && (state == PCN_RUN_RUNNING || state == PCN_RUN_PAUSED))
    return;
  pcn_run_set_state (self->run, state);
}

static void
on_model (PcnSession *self, NnModel *model)
{
  if (pcn_teaching_take_model (self->teaching, model))
    return;
  pcn_session_set_trained (self, model);
  pcn_checkpoint_save (self->checkpoint, model);
}

static void
on_prediction (PcnSession *self, NnPrediction *prediction)
{
  const char *const *classes = pcn_session_get_classes (self);

  self->answered_serial = prediction->serial;
  /* To a question of earlier, or of a model that was exchanged meanwhile. An answer that a newer question has overtaken
   * is told all the same: while a network trains, a moving pen asks faster than it answers. */
  if (!classes || g_strv_length ((char **) classes) != prediction->n_classes || prediction->serial < self->first_serial)
    return;
  g_array_set_size (self->prediction, 0);
  g_array_append_vals (self->prediction, prediction->probabilities, prediction->n_classes);
  nn_temperature_apply ((float *) (gpointer) self->prediction->data, 1, prediction->n_classes,
                        pcn_trust_get_temperature (self->trust));
  pcn_session_emit_predicted (self);
}

/* What ended a run stands on the Train page, with what can be done about it. */
static void
on_failed (PcnSession *self, const char *message, gboolean training)
{
  if (!training) {
    pcn_session_problem (self, _ ("The Picture Can’t Be Classified"), message);
    return;
  }
  pcn_run_fail (self->run, nn_trainer_thread_get_failure (self->trainer), message);
  pcn_session_notice (self, _ ("Training failed. The Train page says what can be done."));
}

void
pcn_session_predict (PcnSession *self, const guint8 *pixels, gsize n_bytes)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (self->model && self->device)
    nn_trainer_thread_predict (self->trainer, pixels, n_bytes, ++self->serial);
}

void
pcn_session_await_prediction (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  /* A device that trains answers between two steps, which may be long. */
  if (self->trainer && self->answered_serial < self->serial && !pcn_run_get_active (self->run))
    nn_trainer_thread_await_prediction (self->trainer, ANSWER_WAIT_US);
}

void
pcn_session_forget_prediction (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  self->first_serial = self->serial + 1;
  g_array_set_size (self->prediction, 0);
}

void
pcn_session_start_trainer (PcnSession *self)
{
  self->prediction = g_array_new (FALSE, FALSE, sizeof (float));
  g_autofree char *path = pcn_checkpoint_get_path ();
  self->checkpoint = pcn_checkpoint_new (path);
  self->trainer = nn_trainer_thread_new ();
  g_signal_connect_object (self->trainer, "report", G_CALLBACK (on_report), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trainer, "compiling", G_CALLBACK (on_compiling), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trainer, "tuning", G_CALLBACK (on_tuning), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trainer, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trainer, "model", G_CALLBACK (on_model), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trainer, "prediction", G_CALLBACK (on_prediction), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trainer, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
}

void
pcn_session_stop_trainer (PcnSession *self)
{
  if (self->preparation)
    g_cancellable_cancel (self->preparation);
  g_clear_object (&self->preparation);
  /* Joins the thread. */
  g_clear_object (&self->trainer);
  g_clear_pointer (&self->checkpoint, pcn_checkpoint_free);
  g_clear_pointer (&self->material, nn_preparation_free);
  g_clear_pointer (&self->material_of, nn_dataset_unref);
  g_clear_object (&self->trained_run);
}
