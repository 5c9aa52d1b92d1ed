/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training runs: pictures are decoded by a task, then the engine's trainer thread has them; what it reports goes to the
 * run. Its signals come on the main thread. */
#include "config.h"

#include "session/session-private.h"

#include "base/background.h"
#include "base/error.h"
#include "train/preparation.h"
#include "train/teaching.h"

#include <glib/gi18n.h>
#include <math.h>

#define PROGRESS_INTERVAL_MS 100
#define SEED 1
/* How long a frame may wait for an answer: a device that has nothing else to do takes less than a millisecond. */
#define ANSWER_WAIT_US 4000

typedef struct {
  NnDataset *dataset;
  GPtrArray *drawings; /* NnDrawing: that the user taught */
  char *preset;
  NnTrainConfig config;
  int permille;
  guint progress_source;
} Preparing;

static void
preparing_free (Preparing *preparing)
{
  g_clear_handle_id (&preparing->progress_source, g_source_remove);
  nn_dataset_unref (preparing->dataset);
  g_ptr_array_unref (preparing->drawings);
  g_free (preparing->preset);
  g_free (preparing);
}

static gboolean
has_drawn_digits (NnDataset *dataset)
{
  guint height, width, channels;

  return nn_dataset_get_size (dataset, &height, &width, &channels) && height == 28 && width == 28 && channels == 1;
}

const char *
pcn_session_get_preset (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);

  g_autofree char *chosen = g_settings_get_string (self->settings, "preset");
  for (const char *const *name = nn_preset_names (); *name; name++)
    if (g_str_equal (*name, chosen))
      return *name;
  guint height, width, channels;
  gboolean small = self->dataset && nn_dataset_get_size (self->dataset, &height, &width, &channels);
  return g_intern_string (small ? "convnet" : "convnet-rgb");
}

void
pcn_session_set_preset (PcnSession *self, const char *preset)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (g_strcmp0 (preset, pcn_session_get_preset (self)) != 0)
    g_settings_set_string (self->settings, "preset", preset ? preset : "");
}

static NnTrainConfig
get_config (PcnSession *self, const char *preset)
{
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;

  config.epochs = (guint) g_settings_get_int (self->settings, "epochs");
  config.batch = (guint) g_settings_get_int (self->settings, "batch-size");
  config.learning_rate = g_settings_get_double (self->settings, "learning-rate");
  config.seed = SEED;
  /* Drawings are judged on what people draw, photos on what they take: both vary more than any data set. */
  if (has_drawn_digits (self->dataset))
    config.augment = g_str_equal (preset, "perceptron") ? "none" : "digits";
  else
    config.augment = "photos";
  return config;
}

const NnAugment *
pcn_session_get_augment (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self) && self->dataset, NULL);

  return nn_augment_find (get_config (self, pcn_session_get_preset (self)).augment);
}

static void
on_fraction (double fraction, gpointer data)
{
  g_atomic_int_set (&((Preparing *) data)->permille, fraction < 0 ? -1 : (int) (fraction * 1000));
}

static gboolean
on_progress (gpointer task)
{
  PcnSession *self = g_task_get_source_object (task);
  Preparing *preparing = g_task_get_task_data (task);

  if (pcn_run_get_state (self->run) == PCN_RUN_PREPARING)
    pcn_run_set_preparing (self->run, g_atomic_int_get (&preparing->permille) / 1000.0);
  return G_SOURCE_CONTINUE;
}

static void
run_preparation (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Preparing *preparing = data;
  GError *error = NULL;

  nn_enter_background ();
  g_autoptr (NnDataset) dataset = nn_teaching_add_to (preparing->dataset, preparing->drawings);
  NnPreparation *preparation
      = nn_preparation_new (dataset, preparing->preset, preparing->config.augment, preparing->config.seed,
                            cancellable, on_fraction, preparing, &error);

  if (preparation)
    g_task_return_pointer (task, preparation, (GDestroyNotify) nn_preparation_free);
  else
    g_task_return_error (task, error);
}

/* Few classes say more than the name of the folder that they lay in. */
static char *
name_model (NnDataset *dataset)
{
  g_autoptr (GString) name = g_string_new (NULL);
  guint n = nn_dataset_get_n_classes (dataset);

  if (n > 4)
    return g_strdup (nn_dataset_get_name (dataset));
  for (guint i = 0; i < n; i++)
    g_string_append_printf (name, "%s%s", i > 0 ? ", " : "", nn_dataset_get_class_name (dataset, i));
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnSession *self = PCN_SESSION (source);
  Preparing *preparing = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (NnPreparation) preparation = g_task_propagate_pointer (G_TASK (result), &error);

  g_clear_handle_id (&preparing->progress_source, g_source_remove);
  if (self->dataset) {
    /* It may have been edited meanwhile. */
    nn_dataset_adopt_rejects (self->dataset, preparing->dataset);
    pcn_session_refresh_rejects_if_changed (self);
  }
  if (g_task_get_cancellable (G_TASK (result)) != self->preparation)
    return;
  g_clear_object (&self->preparation);
  if (preparation) {
    self->n_steps_seen = self->n_epochs_seen = 0;
    g_free (self->trained_name);
    self->trained_name = name_model (preparing->dataset);
    g_clear_pointer (&self->trained, nn_model_unref);
    pcn_session_set_model (self, preparation->model, self->trained_name);
    self->trained = nn_model_ref (preparation->model);
    nn_trainer_thread_start (self->trainer, preparation->model, preparation->train, preparation->val,
                             &preparing->config);
  } else {
    pcn_run_set_state (self->run, PCN_RUN_FAILED);
    pcn_session_problem (self, _ ("Training Can’t Start"), error->message);
  }
}

void
pcn_session_start (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (!self->dataset || !self->device || pcn_run_get_active (self->run))
    return;
  Preparing *preparing = g_new0 (Preparing, 1);
  preparing->dataset = nn_dataset_ref (self->dataset);
  preparing->drawings = pcn_teaching_dup_drawings (self->teaching);
  preparing->preset = g_strdup (pcn_session_get_preset (self));
  preparing->config = get_config (self, preparing->preset);

  pcn_session_cancel_verify (self);
  pcn_session_new_run (self);
  pcn_run_set_progress (self->run, &(PcnProgress){ .epochs = preparing->config.epochs, .seconds_left = -1 });
  pcn_run_set_preparing (self->run, -1);
  self->preparation = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, self->preparation, on_prepared, NULL);
  g_task_set_source_tag (task, pcn_session_start);
  g_task_set_task_data (task, preparing, (GDestroyNotify) preparing_free);
  preparing->progress_source = g_timeout_add (PROGRESS_INTERVAL_MS, on_progress, task);
  g_task_run_in_thread (task, run_preparation);
}

void
pcn_session_pause (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));
  nn_trainer_thread_pause (self->trainer);
}

void
pcn_session_resume (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));
  nn_trainer_thread_resume (self->trainer);
}

void
pcn_session_stop (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (self->preparation) {
    g_cancellable_cancel (self->preparation);
    g_clear_object (&self->preparation);
    pcn_run_set_state (self->run, PCN_RUN_STOPPED);
  } else if (pcn_run_get_active (self->run)) {
    pcn_run_set_state (self->run, PCN_RUN_STOPPING);
    nn_trainer_thread_stop (self->trainer);
  }
}

static void
on_report (PcnSession *self, NnTrainReport *report)
{
  PcnProgress progress = {
    .epoch = report->epoch + (report->n_steps ? (double) report->step / report->n_steps : 0),
    .epochs = report->n_epochs,
    .samples_per_second = report->samples_per_second,
    .seconds_left = isnan (report->seconds_left) ? -1 : report->seconds_left,
  };

  for (; self->n_steps_seen < report->n_step_metrics; self->n_steps_seen++) {
    const NnStepMetrics *step = &report->steps[self->n_steps_seen];
    pcn_run_add_train (self->run, step->epoch, step->loss, step->accuracy);
  }
  for (; self->n_epochs_seen < report->n_epoch_metrics; self->n_epochs_seen++) {
    const NnEpochMetrics *epoch = &report->epochs[self->n_epochs_seen];
    /* The curve of a perceptron is its mistakes: it has no loss. */
    if (report->perceptron)
      pcn_run_add_mistakes (self->run, self->n_epochs_seen + 1, (double) epoch->mistakes, epoch->accuracy);
    pcn_run_add_validation (self->run, self->n_epochs_seen + 1, epoch->val_loss, epoch->val_accuracy);
  }
  pcn_run_set_progress (self->run, &progress);
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
    pcn_run_set_compiling (self->run);
    return;
  }
  if (pcn_run_get_state (self->run) == PCN_RUN_STOPPING && (state == PCN_RUN_RUNNING || state == PCN_RUN_PAUSED))
    return;
  pcn_run_set_state (self->run, state);
}

static void
on_model (PcnSession *self, NnModel *model)
{
  if (!pcn_teaching_take_model (self->teaching, model))
    pcn_session_set_trained (self, model);
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
  pcn_session_emit_predicted (self);
}

static void
on_failed (PcnSession *self, const char *message, gboolean training)
{
  if (training)
    pcn_run_set_state (self->run, PCN_RUN_FAILED);
  pcn_session_problem (self, training ? _ ("Training Failed") : _ ("The Picture Can’t Be Classified"), message);
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
  self->trainer = nn_trainer_thread_new ();
  g_signal_connect_object (self->trainer, "report", G_CALLBACK (on_report), self, G_CONNECT_SWAPPED);
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
}
