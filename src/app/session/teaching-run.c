/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training on the drawings is a run as any other: it is shown on the Train page, and can be stopped there. */
#include "config.h"

#include "session/session-private.h"
#include "session/teaching-private.h"

#include "train/teaching.h"

#include <glib/gi18n.h>

#define SEED 1

typedef struct {
  NnModel *base;
  GPtrArray *drawings;
  NnDataset *dataset;
} Preparing;

static void
preparing_free (Preparing *preparing)
{
  nn_model_unref (preparing->base);
  g_ptr_array_unref (preparing->drawings);
  g_clear_pointer (&preparing->dataset, nn_dataset_unref);
  g_free (preparing);
}

static void
run_preparation (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Preparing *preparing = data;
  GError *error = NULL;
  NnPreparation *preparation = nn_teaching_prepare (preparing->base, preparing->drawings, preparing->dataset,
                                                    SEED, cancellable, &error);

  if (preparation)
    g_task_return_pointer (task, preparation, (GDestroyNotify) nn_preparation_free);
  else
    g_task_return_error (task, error);
}

gboolean
pcn_teaching_is_learning (PcnTeaching *self)
{
  return self->run && !self->dropped && pcn_run_get_active (self->run);
}

static NnModel *
get_base (PcnTeaching *self)
{
  return self->lesson->base ? self->lesson->base : self->session->digits;
}

static char *
name_taught (PcnTeaching *self)
{
  const char *base = self->lesson->base_name ? self->lesson->base_name : _ ("Digits");
  guint n = self->lesson->drawings->len;

  /* Translators: name of a model that was taught some drawings; %s is its name from before, as in “Digits + 3
   * drawings” */
  return g_strdup_printf (ngettext ("%s + %u drawing", "%s + %u drawings", n), base, n);
}

void
pcn_teaching_test (PcnTeaching *self)
{
  if (self->lesson->taught) {
    g_autofree char *name = name_taught (self);
    pcn_session_set_model (self->session, self->lesson->taught, name);
  } else if (get_base (self)) {
    pcn_session_set_model (self->session, get_base (self),
                           self->lesson->base_name ? self->lesson->base_name : _ ("Digits"));
  }
  pcn_teaching_notify_state (self);
}

static void
on_run_state (PcnTeaching *self)
{
  PcnRunState state = pcn_run_get_state (self->run);

  if (!self->dropped && !pcn_run_get_active (self->run) && self->session) {
    /* What was learnt until a stop is kept as well. */
    if (state == PCN_RUN_DONE || state == PCN_RUN_STOPPED)
      pcn_teaching_save (self);
    g_clear_pointer (&self->start, nn_model_unref);
  }
  pcn_teaching_notify_state (self);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnTeaching) self = PCN_TEACHING (data);
  PcnSession *session = self->session;
  g_autoptr (GError) error = NULL;
  g_autoptr (NnPreparation) preparation = g_task_propagate_pointer (G_TASK (result), &error);
  NnTrainConfig config = NN_TEACHING_CONFIG;

  if (!session || g_task_get_cancellable (G_TASK (result)) != session->preparation)
    return;
  g_clear_object (&session->preparation);
  if (!preparation) {
    pcn_run_set_state (self->run, PCN_RUN_FAILED);
    pcn_session_problem (session, _ ("The Drawing Can’t Be Learnt"), error->message);
    return;
  }
  session->n_steps_seen = session->n_epochs_seen = 0;
  g_autofree char *name = name_taught (self);
  g_clear_pointer (&self->start, nn_model_unref);
  self->start = nn_model_ref (preparation->model);
  pcn_session_set_model (session, preparation->model, name);
  nn_trainer_thread_start (session->trainer, preparation->model, preparation->train, preparation->val,
                           &config);
}

static void
start (PcnTeaching *self)
{
  PcnSession *session = self->session;
  NnTrainConfig config = NN_TEACHING_CONFIG;
  Preparing *preparing = g_new0 (Preparing, 1);

  preparing->base = nn_model_ref (get_base (self));
  preparing->drawings = pcn_lesson_dup_drawings (self->lesson);
  preparing->dataset = session->dataset ? nn_dataset_ref (session->dataset) : NULL;
  if (self->run)
    g_signal_handlers_disconnect_by_data (self->run, self);
  pcn_session_new_run (session);
  g_set_object (&self->run, session->run);
  self->dropped = FALSE;
  g_signal_connect_object (self->run, "notify::state", G_CALLBACK (on_run_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "notify::fraction", G_CALLBACK (pcn_teaching_notify_state), self,
                           G_CONNECT_SWAPPED);
  pcn_run_set_progress (self->run, &(PcnProgress){ .epochs = config.epochs, .seconds_left = -1 });
  pcn_run_set_preparing (self->run, -1);
  session->preparation = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, session->preparation, on_prepared, g_object_ref (self));
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, preparing, (GDestroyNotify) preparing_free);
  g_task_run_in_thread (task, run_preparation);
}

void
pcn_teaching_try (PcnTeaching *self)
{
  if (!self->waiting || !self->session || !self->session->device || pcn_run_get_active (self->session->run)
      || !get_base (self) || !nn_teaching_accepts (get_base (self)))
    return;
  pcn_teaching_set_waiting (self, FALSE);
  start (self);
}

void
pcn_teaching_learn (PcnTeaching *self)
{
  PcnSession *session = self->session;
  gboolean learning = pcn_teaching_is_learning (self);

  /* What is taught is the model at hand, from before it was taught anything. */
  if (!learning && !pcn_teaching_is_testing (self) && session->model != get_base (self)) {
    g_clear_pointer (&self->lesson->base, nn_model_unref);
    g_clear_pointer (&self->lesson->base_name, g_free);
    g_clear_pointer (&self->lesson->taught, nn_model_unref);
    if (session->model != session->digits) {
      self->lesson->base = nn_model_ref (session->model);
      self->lesson->base_name = g_strdup (session->model_name);
    }
  }
  pcn_teaching_drop_run (self);
  pcn_teaching_set_waiting (self, TRUE);
  pcn_teaching_try (self);
}

void
pcn_teaching_drop_run (PcnTeaching *self)
{
  if (!pcn_teaching_is_learning (self))
    return;
  self->dropped = TRUE;
  pcn_session_stop (self->session);
}

gboolean
pcn_teaching_take_model (PcnTeaching *self, NnModel *model)
{
  if (!self->run || self->session->run != self->run)
    return FALSE;
  if (self->dropped)
    return TRUE;
  NnModel *tested = self->lesson->taught && self->session->model == self->lesson->taught
                        ? self->lesson->taught
                        : self->start;
  gboolean replace = tested && self->session->model == tested;
  nn_model_ref (model);
  g_clear_pointer (&self->lesson->taught, nn_model_unref);
  self->lesson->taught = model;
  if (replace)
    pcn_session_replace_model (self->session, model);
  return TRUE;
}
