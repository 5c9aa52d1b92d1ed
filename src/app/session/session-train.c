/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training runs: pictures are decoded by a task, then the engine's trainer thread has them; session-trainer.c hears how it
 * goes on. A run that has ended can be gone on with: more epochs, another device, another batch. */
#include "config.h"

#include "session/session-private.h"
#include "session/train-settings.h"

#include "base/background.h"
#include "base/error.h"
#include "net/optimizer.h"
#include "train/teaching.h"

#include <glib/gi18n.h>

#define PROGRESS_INTERVAL_MS 100

/* @model: (nullable): goes on; otherwise a new one of @preset is made */
typedef struct {
  NnDataset *dataset;
  GPtrArray *drawings; /* NnDrawing: that the user taught */
  char *preset;
  NnModel *model;
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
  g_clear_pointer (&preparing->model, nn_model_unref);
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

NnTrainConfig
pcn_session_get_train_config (PcnSession *self)
{
  gboolean perceptron = g_str_equal (pcn_session_get_preset (self), "perceptron");
  guint n = self->dataset ? nn_dataset_count (self->dataset, NN_SPLIT_TRAIN, -1) : 0;

  return pcn_train_settings_get_config (self->settings, self->dataset && has_drawn_digits (self->dataset), perceptron,
                                        pcn_network_get_pretrained (self->network) ? MAX (n, 1) : 0);
}

const NnAugment *
pcn_session_get_augment (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self) && self->dataset, NULL);

  return nn_augment_find (pcn_session_get_train_config (self).augment);
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
  const NnTrainConfig *config = &preparing->config;

  nn_enter_background ();
  g_autoptr (NnDataset) dataset = nn_teaching_add_to (preparing->dataset, preparing->drawings);
  NnPreparation *preparation
      = preparing->model ? nn_preparation_new_for_model (dataset, preparing->model, config->augment, cancellable,
                                                         on_fraction, preparing, &error)
                         : nn_preparation_new (dataset, preparing->preset, config->augment, config->seed, cancellable,
                                               on_fraction, preparing, &error);

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
begin (PcnSession *self, const NnTrainConfig *config)
{
  self->config = *config;
  self->n_steps_seen = self->n_epochs_seen = 0;
  self->preparing_features = FALSE;
  pcn_run_set_compiling (self->run, 0, 0);
  nn_trainer_thread_start (self->trainer, self->trained, self->material->train, self->material->val, config);
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
  if (!preparation) {
    pcn_run_fail (self->run, NN_ERROR_BAD_INPUT, error->message);
    pcn_session_problem (self, _ ("Training Can’t Start"), error->message);
    return;
  }
  if (!preparing->model) {
    g_autofree char *name = name_model (preparing->dataset);
    nn_model_set_metadata (preparation->model, PCN_MODEL_NAME_KEY, name);
    pcn_session_take_trained (self, preparation->model, TRUE);
  }
  g_clear_pointer (&self->material, nn_preparation_free);
  self->material = g_steal_pointer (&preparation);
  g_clear_pointer (&self->material_of, nn_dataset_unref);
  self->material_of = nn_dataset_ref (preparing->dataset);
  begin (self, &preparing->config);
}

static void
prepare (PcnSession *self, NnModel *model, const NnTrainConfig *config)
{
  Preparing *preparing = g_new0 (Preparing, 1);

  preparing->dataset = nn_dataset_ref (self->dataset);
  preparing->drawings = pcn_teaching_dup_drawings (self->teaching);
  preparing->preset = pcn_session_dup_net (self);
  preparing->model = model ? nn_model_ref (model) : NULL;
  preparing->config = *config;
  pcn_session_cancel_verify (self);
  self->preparation = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, self->preparation, on_prepared, NULL);
  g_task_set_source_tag (task, prepare);
  g_task_set_task_data (task, preparing, (GDestroyNotify) preparing_free);
  preparing->progress_source = g_timeout_add (PROGRESS_INTERVAL_MS, on_progress, task);
  g_task_run_in_thread (task, run_preparation);
}

static void
announce (PcnSession *self, const NnTrainConfig *config)
{
  pcn_run_set_progress (self->run, &(PcnProgress){ .epoch = self->epochs_before + config->first_epoch,
                                                   .epochs = self->epochs_before + config->epochs + config->extra_epochs
                                                             + pcn_session_count_tuning (self),
                                                   .seconds_left = -1 });
}

void
pcn_session_start (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (!self->dataset || !self->device || pcn_run_get_active (self->run))
    return;
  NnTrainConfig config = pcn_session_get_train_config (self);
  self->tune = pcn_network_get_pretrained (self->network) ? (guint) g_settings_get_int (self->settings, "fine-tune") : 0;
  self->epochs_before = 0;
  pcn_session_new_run (self);
  g_set_object (&self->trained_run, self->run);
  announce (self, &config);
  pcn_run_set_preparing (self->run, -1);
  prepare (self, NULL, &config);
}

/* Epochs that the latest model has had. */
static guint
get_epochs_done (PcnSession *self)
{
  const char *text = nn_model_get_metadata (self->trained, "epochs");

  return text ? (guint) g_ascii_strtoull (text, NULL, 10) : 0;
}

guint
pcn_session_count_tuning (PcnSession *self)
{
  const NnTrainConfig tuning = NN_TRAIN_CONFIG_FINE_TUNE;

  return self->tune > 0 ? tuning.epochs : 0;
}

gboolean
pcn_session_fine_tune (PcnSession *self)
{
  NnTrainConfig config = NN_TRAIN_CONFIG_FINE_TUNE;

  if (self->tune == 0 || !self->trained || !self->material)
    return FALSE;
  g_autoptr (NnGraph) graph = nn_graph_new_unfrozen (nn_model_get_graph (self->trained), self->tune);
  g_autoptr (NnModel) model = nn_model_new_copy (self->trained, graph);
  config.batch = self->config.batch;
  config.augment = self->config.augment;
  config.seed = self->config.seed;
  self->epochs_before += get_epochs_done (self);
  self->tune = 0;
  /* The trainer begins to count anew. */
  nn_model_set_metadata (model, "epochs", "0");
  pcn_session_set_trained (self, model);
  nn_model_unref (self->material->model);
  self->material->model = nn_model_ref (model);
  begin (self, &config);
  return TRUE;
}

gboolean
pcn_session_can_go_on (PcnSession *self)
{
  return self->trained && self->dataset && self->device && !pcn_run_get_active (self->run)
         && nn_preparation_fits (self->dataset, self->trained);
}

/* With the curves of the run that it belongs to; a model of an earlier day begins with new ones. */
static void
go_on (PcnSession *self, NnTrainConfig config)
{
  if (self->run != self->trained_run) {
    self->tune = self->epochs_before = 0;
    pcn_session_new_run (self);
  }
  g_set_object (&self->trained_run, self->run);
  announce (self, &config);
  pcn_run_go_on (self->run, self->epochs_before + config.first_epoch);
  if (self->material && self->material_of == self->dataset
      && nn_model_get_graph (self->material->model) == nn_model_get_graph (self->trained))
    begin (self, &config);
  else
    prepare (self, self->trained, &config);
}

void
pcn_session_train_more (PcnSession *self, guint epochs)
{
  g_return_if_fail (PCN_IS_SESSION (self) && epochs > 0);

  if (!pcn_session_can_go_on (self))
    return;
  NnTrainConfig config = self->trained_run ? self->config : pcn_session_get_train_config (self);
  guint done = get_epochs_done (self);
  /* Where the plan has ended, or isn't known, it ends here. */
  if (!self->trained_run || done >= config.epochs + config.extra_epochs) {
    config.epochs = MAX (MIN (config.epochs, done), 1);
    config.extra_epochs = MAX (done, config.epochs) - config.epochs;
  }
  config.first_epoch = done;
  config.extra_epochs += epochs;
  /* An early stop was meant for the plan, not for what is asked for now. So was fine-tuning. */
  config.patience = 0;
  self->tune = 0;
  go_on (self, config);
}

char *
pcn_session_explain_train_further (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);

  if (!self->dataset)
    return g_strdup (_ ("Open pictures for it first"));
  if (!self->model || !nn_preparation_fits (self->dataset, self->model))
    return g_strdup (_ ("Its classes or the size of its pictures aren’t those of the data. Classes can be renamed on the Data "
                        "page"));
  if (!self->device)
    return g_strdup (_ ("There is no device to train on"));
  return pcn_run_get_active (self->run) ? g_strdup (_ ("A run is in progress")) : NULL;
}

/* A tenth of the usual rate: what is there is to be kept. */
void
pcn_session_train_further (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  g_autofree char *reason = pcn_session_explain_train_further (self);
  NnTrainConfig config = pcn_session_get_train_config (self);

  if (reason)
    return;
  if (self->model != self->trained) {
    /* The run of another model doesn't go on with this one, which keeps its name. */
    g_clear_object (&self->trained_run);
    pcn_session_take_trained (self, self->model, FALSE);
    g_free (self->trained_name);
    self->trained_name = g_strdup (self->model_name);
  }
  self->tune = 0;
  if (config.learning_rate <= 0)
    config.learning_rate = nn_optimizer_find (config.optimizer)->learning_rate;
  config.learning_rate /= 10;
  config.first_epoch = get_epochs_done (self);
  config.epochs = config.first_epoch + (guint) g_settings_get_int (self->settings, "more-epochs");
  go_on (self, config);
}

void
pcn_session_go_on (PcnSession *self, NnDevice *device, guint batch)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (device)
    pcn_session_set_device (self, device);
  if (!pcn_session_can_go_on (self) || !self->trained_run)
    return;
  NnTrainConfig config = self->config;
  config.first_epoch = get_epochs_done (self);
  if (batch > 0)
    config.batch = batch;
  go_on (self, config);
}

guint
pcn_session_get_run_batch (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), 0);
  return self->config.batch;
}

guint
pcn_session_get_n_trained_on (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), 0);
  return self->material ? (guint) self->material->train->n : 0;
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
pcn_session_skip_tuning (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));
  nn_trainer_thread_skip_tuning (self->trainer);
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
