/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The thread that owns the device. It sleeps until there is something to do, or trains in slices of a few milliseconds
 * and looks at the wishes between them; so a prediction or a stop waits for one slice. All that belongs to OpenCL is made
 * and freed here. The lock is a pthread mutex, which ThreadSanitizer understands. */
#include "train/trainer-worker-private.h"

#include "base/background.h"

#include <glib/gi18n.h>

void
nn_trainer_worker_publish (NnTrainerWorker *self)
{
  nn_mailbox_post (self->status_box, nn_trainer_status_copy (&self->status));
}

static void
set_model (NnTrainerWorker *self, NnModel *model)
{
  NnModel *old = g_steal_pointer (&self->model);
  self->model = model ? nn_model_ref (model) : NULL;
  g_clear_pointer (&old, nn_model_unref);
}

/* Any model of the run stands for the net in training: that answers with the weights of the moment. */
static void
set_guest (NnTrainerWorker *self, NnModel *model)
{
  gboolean is_of_run = model && nn_model_get_graph (model) == nn_model_get_graph (self->model);
  g_clear_pointer (&self->guest, nn_model_unref);
  self->guest = model && !is_of_run ? nn_model_ref (model) : NULL;
}

/* A model of the run, for the window and for predictions. */
static void
give_model (NnTrainerWorker *self, NnModel *model)
{
  set_model (self, model);
  g_clear_pointer (&self->status.model, nn_model_unref);
  self->status.model = nn_model_ref (model);
}

static void
refresh_report (NnTrainerWorker *self)
{
  g_clear_pointer (&self->status.report, nn_train_report_unref);
  self->status.report = nn_trainer_get_report (self->trainer);
  self->last_report = g_get_monotonic_time ();
}

static void
drop_tuner (NnTrainerWorker *self)
{
  g_clear_pointer (&self->tuner, nn_tuner_free);
  g_clear_pointer (&self->job, nn_trainer_job_free);
  self->status.is_tuning = FALSE;
}

static void
drop_trainer (NnTrainerWorker *self)
{
  drop_tuner (self);
  g_clear_pointer (&self->trainer, nn_trainer_free);
  g_clear_pointer (&self->good, nn_model_unref);
  if (self->guest)
    set_model (self, self->guest);
  g_clear_pointer (&self->guest, nn_model_unref);
}

void
nn_trainer_worker_drop_device (NnTrainerWorker *self)
{
  nn_trainer_worker_leave_calls (self);
  drop_trainer (self);
  nn_trainer_worker_drop_predictor (self);
  g_clear_pointer (&self->context, nn_context_unref);
  g_clear_object (&self->open_device);
}

/* A run that was stopped meanwhile needs no kernels. */
static gboolean
tell_compiling (guint done, guint total, gpointer data)
{
  NnTrainerWorker *self = data;
  self->status.compiled = done;
  self->status.n_to_compile = done < total ? total : 0;
  nn_trainer_worker_publish (self);
  pthread_mutex_lock (&self->lock);
  gboolean stopped = self->wishes.quit || self->wishes.stop || self->wishes.job != NULL;
  pthread_mutex_unlock (&self->lock);
  return self->status.state != NN_TRAINER_PREPARING || !stopped;
}

gboolean
nn_trainer_worker_open_device (NnTrainerWorker *self, GError **error)
{
  if (self->context && self->open_device == self->device)
    return TRUE;
  nn_trainer_worker_drop_device (self);
  if (self->device == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_NO_DEVICE, _ ("No device to compute with was chosen."));
    return FALSE;
  }
  self->context = nn_context_new (self->device, error);
  if (self->context == NULL)
    return FALSE;
  nn_context_set_compiling_func (self->context, tell_compiling, self);
  self->open_device = g_object_ref (self->device);
  return TRUE;
}

/* The last good model was given out when it was made. */
static void
fail_run (NnTrainerWorker *self, const GError *error)
{
  g_debug ("The run failed: %s", error->message);
  if (self->trainer)
    refresh_report (self);
  nn_trainer_worker_drop_device (self);
  g_free (self->status.failure);
  self->status.failure = g_strdup (error->message);
  self->status.failure_code = error->domain == NN_ERROR ? error->code : NN_ERROR_FAILED;
  self->status.n_failures++;
  self->status.state = NN_TRAINER_FAILED;
  nn_trainer_worker_publish (self);
}

/* The weights of this moment, unless training ran away with them. */
static gboolean
give_present_model (NnTrainerWorker *self, GError **error)
{
  g_autoptr (NnModel) model = nn_trainer_create_model (self->trainer, error);
  if (model == NULL)
    return FALSE;
  if (nn_model_is_finite (model))
    give_model (self, model);
  return TRUE;
}

static void
end_run (NnTrainerWorker *self, NnTrainerState state)
{
  refresh_report (self);
  drop_trainer (self);
  self->status.state = state;
  nn_trainer_worker_publish (self);
}

static void
stop_run (NnTrainerWorker *self)
{
  g_autoptr (GError) error = NULL;
  if (!give_present_model (self, &error))
    fail_run (self, error);
  else
    end_run (self, NN_TRAINER_IDLE);
}

static void
make_trainer (NnTrainerWorker *self, const NnTrainerJob *job)
{
  g_autoptr (GError) error = NULL;
  nn_trainer_worker_drop_predictor (self);
  self->trainer = nn_trainer_new (self->context, job->start, job->train, job->val, &job->config, &error);
  if (g_error_matches (error, NN_ERROR, NN_ERROR_CANCELLED)) {
    self->status.n_to_compile = 0;
    self->status.state = NN_TRAINER_IDLE;
    nn_trainer_worker_publish (self);
    return;
  }
  if (self->trainer == NULL) {
    fail_run (self, error);
    return;
  }
  nn_trainer_set_others (self->trainer, nn_trainer_worker_serve_between, self);
  refresh_report (self);
  self->status.state = NN_TRAINER_RUNNING;
  nn_trainer_worker_publish (self);
}

static void
tell_tuning (NnTrainerWorker *self)
{
  self->status.is_tuning = TRUE;
  nn_tuner_get_progress (self->tuner, &self->status.tuned, &self->status.n_to_tune);
  nn_trainer_worker_publish (self);
}

/* Takes *@job if it is to be tuned for first. */
static void
start_run (NnTrainerWorker *self, NnTrainerJob **job)
{
  g_autoptr (GError) error = NULL;
  self->status.state = NN_TRAINER_PREPARING;
  nn_trainer_worker_publish (self);
  nn_trainer_worker_drop_predictor (self);
  set_model (self, (*job)->start);
  if (!nn_trainer_worker_open_device (self, &error)) {
    fail_run (self, error);
    return;
  }
  const NnTrainConfig *config = &(*job)->config;
  nn_choices_set_rules_only (nn_context_get_choices (self->context), !config->tune);
  self->tuner = nn_tuning_new (self->context, (*job)->start, (*job)->train->n, config);
  if (self->tuner == NULL) {
    make_trainer (self, *job);
    return;
  }
  self->job = g_steal_pointer (job);
  tell_tuning (self);
}

/* Tries one thing, which takes long enough that others get their turn then. */
static void
advance_tuning (NnTrainerWorker *self, gboolean skip)
{
  if (!skip && nn_tuner_advance (self->tuner)) {
    tell_tuning (self);
    return;
  }
  NnTrainerJob *job = g_steal_pointer (&self->job);
  drop_tuner (self);
  make_trainer (self, job);
  nn_trainer_job_free (job);
}

static void
set_paused (NnTrainerWorker *self, gboolean paused)
{
  g_autoptr (GError) error = NULL;
  if (paused && !give_present_model (self, &error)) {
    fail_run (self, error);
    return;
  }
  refresh_report (self);
  self->status.state = paused ? NN_TRAINER_PAUSED : NN_TRAINER_RUNNING;
  nn_trainer_worker_publish (self);
}

static void
advance (NnTrainerWorker *self)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = nn_trainer_advance (self->trainer, NN_TRAINER_SLICE_MS, &error);
  NnModel *good = nn_trainer_get_good (self->trainer);
  gboolean news = good != NULL && good != self->good;
  if (news) {
    g_clear_pointer (&self->good, nn_model_unref);
    self->good = nn_model_ref (good);
    give_model (self, good);
  }
  if (!ok) {
    fail_run (self, error);
    return;
  }
  if (nn_trainer_is_finished (self->trainer)) {
    end_run (self, NN_TRAINER_FINISHED);
    return;
  }
  if (news || g_get_monotonic_time () - self->last_report >= NN_MAILBOX_INTERVAL) {
    refresh_report (self);
    nn_trainer_worker_publish (self);
  }
}

static gboolean
has_work (NnTrainerWorker *self)
{
  const NnTrainerWishes *wishes = &self->wishes;
  gboolean is_paused = self->status.state == NN_TRAINER_PAUSED;
  return wishes->quit || wishes->stop || wishes->job || wishes->request || self->request ||
         self->new_calls.length > 0 || self->calls.length > 0 || self->tuner || (self->trainer && (!wishes->paused || !is_paused));
}

static NnTrainerWishes
wait_for_wishes (NnTrainerWorker *self)
{
  pthread_mutex_lock (&self->lock);
  while (!has_work (self))
    pthread_cond_wait (&self->wake, &self->lock);
  NnTrainerWishes taken = self->wishes;
  self->wishes = (NnTrainerWishes){ .quit = taken.quit, .paused = taken.paused, .run = taken.run };
  pthread_mutex_unlock (&self->lock);
  return taken;
}

static void
wishes_clear (NnTrainerWishes *wishes)
{
  g_clear_pointer (&wishes->job, nn_trainer_job_free);
  g_clear_pointer (&wishes->request, nn_trainer_request_free);
  g_clear_object (&wishes->device);
  g_clear_pointer (&wishes->model, nn_model_unref);
}

/* A new job makes the status of the one before it void, so nothing of that is given out. */
static void
begin (NnTrainerWorker *self, const NnTrainerWishes *wishes)
{
  if (wishes->job)
    drop_trainer (self);
  else if (self->trainer)
    stop_run (self);
  else if (self->tuner) {
    drop_tuner (self);
    self->status.state = NN_TRAINER_IDLE;
    nn_trainer_worker_publish (self);
  }
  if (wishes->run == self->status.run)
    return;
  guint n_failures = self->status.n_failures, n_prediction_failures = self->status.n_prediction_failures;
  nn_trainer_status_clear (&self->status);
  self->status = (NnTrainerStatus){ .run = wishes->run,
                                    .state = NN_TRAINER_IDLE,
                                    .n_failures = n_failures,
                                    .n_prediction_failures = n_prediction_failures };
  if (wishes->job == NULL)
    nn_trainer_worker_publish (self); /* it was stopped before it began */
}

static void
work (NnTrainerWorker *self, NnTrainerWishes *wishes)
{
  if (wishes->device) {
    g_clear_object (&self->device);
    self->device = g_steal_pointer (&wishes->device);
    g_clear_pointer (&self->status.prediction_failure, g_free);
  }
  if (wishes->has_model && self->trainer)
    set_guest (self, wishes->model);
  else if (wishes->has_model)
    set_model (self, wishes->model);
  if (wishes->request) {
    g_clear_pointer (&self->request, nn_trainer_request_free);
    self->request = g_steal_pointer (&wishes->request);
  }
  /* Before the device is busy with preparations, if that takes no preparation of its own. */
  if (self->request && wishes->job && self->predictor && self->predictor_model == self->model)
    nn_trainer_worker_serve (self);
  if (wishes->stop)
    begin (self, wishes);
  if (wishes->job)
    start_run (self, &wishes->job);
  else if (self->tuner)
    advance_tuning (self, wishes->skip_tuning);
  if (self->trainer && wishes->paused != (self->status.state == NN_TRAINER_PAUSED))
    set_paused (self, wishes->paused);
  if (self->request)
    nn_trainer_worker_serve (self);
  nn_trainer_worker_serve_call (self);
  if (self->trainer && !wishes->paused)
    advance (self);
}

static void *
run_thread (void *data)
{
  NnTrainerWorker *self = data;
  nn_enter_background ();
  for (;;) {
    NnTrainerWishes wishes = wait_for_wishes (self);
    if (!wishes.quit)
      work (self, &wishes);
    wishes_clear (&wishes);
    if (wishes.quit)
      break;
  }
  nn_trainer_worker_cancel_calls (self);
  nn_trainer_worker_drop_device (self);
  nn_trainer_status_clear (&self->status);
  g_clear_pointer (&self->request, nn_trainer_request_free);
  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_object (&self->device);
  return NULL;
}

NnTrainerWorker *
nn_trainer_worker_new (NnMailbox *status, NnMailbox *predictions, NnMailbox *calls)
{
  NnTrainerWorker *self = g_new0 (NnTrainerWorker, 1);
  self->status_box = nn_mailbox_ref (status);
  self->prediction_box = nn_mailbox_ref (predictions);
  self->call_box = nn_mailbox_ref (calls);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->wake, NULL);
  int status_code = pthread_create (&self->thread, NULL, run_thread, self);
  if (status_code != 0)
    g_error ("The trainer thread could not be started: %s", g_strerror (status_code));
  return self;
}

void
nn_trainer_worker_free (NnTrainerWorker *self, GQueue *ended)
{
  pthread_mutex_lock (&self->lock);
  self->wishes.quit = TRUE;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
  pthread_join (self->thread, NULL);
  pthread_cond_destroy (&self->wake);
  pthread_mutex_destroy (&self->lock);
  nn_mailbox_unref (self->status_box);
  nn_mailbox_unref (self->prediction_box);
  nn_mailbox_unref (self->call_box);
  *ended = self->ended_calls;
  g_free (self);
}

void
nn_trainer_worker_set_device (NnTrainerWorker *self, NnDevice *device)
{
  pthread_mutex_lock (&self->lock);
  g_set_object (&self->wishes.device, device);
  pthread_mutex_unlock (&self->lock);
}

void
nn_trainer_worker_set_model (NnTrainerWorker *self, NnModel *model)
{
  pthread_mutex_lock (&self->lock);
  g_clear_pointer (&self->wishes.model, nn_model_unref);
  self->wishes.model = model ? nn_model_ref (model) : NULL;
  self->wishes.has_model = TRUE;
  pthread_mutex_unlock (&self->lock);
}

void
nn_trainer_worker_start (NnTrainerWorker *self, NnTrainerJob *job, guint run)
{
  pthread_mutex_lock (&self->lock);
  g_clear_pointer (&self->wishes.job, nn_trainer_job_free);
  self->wishes.job = job;
  self->wishes.run = run;
  self->wishes.stop = TRUE;
  self->wishes.skip_tuning = FALSE;
  self->wishes.paused = FALSE;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}

void
nn_trainer_worker_pause (NnTrainerWorker *self, gboolean paused)
{
  pthread_mutex_lock (&self->lock);
  self->wishes.paused = paused;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}

void
nn_trainer_worker_stop (NnTrainerWorker *self)
{
  pthread_mutex_lock (&self->lock);
  g_clear_pointer (&self->wishes.job, nn_trainer_job_free);
  self->wishes.stop = TRUE;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}

void
nn_trainer_worker_skip_tuning (NnTrainerWorker *self)
{
  pthread_mutex_lock (&self->lock);
  self->wishes.skip_tuning = TRUE;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}

void
nn_trainer_worker_predict (NnTrainerWorker *self, const guint8 *pixels, gsize size, guint64 serial)
{
  NnTrainerRequest *request = g_new (NnTrainerRequest, 1);
  *request = (NnTrainerRequest){ .pixels = g_bytes_new (pixels, size), .serial = serial };
  pthread_mutex_lock (&self->lock);
  g_clear_pointer (&self->wishes.request, nn_trainer_request_free);
  self->wishes.request = request;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}

void
nn_trainer_worker_call (NnTrainerWorker *self, NnTrainerCall *call)
{
  pthread_mutex_lock (&self->lock);
  g_queue_push_tail (&self->new_calls, call);
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}

GQueue
nn_trainer_worker_take_ended_calls (NnTrainerWorker *self)
{
  pthread_mutex_lock (&self->lock);
  GQueue ended = self->ended_calls;
  g_queue_init (&self->ended_calls);
  pthread_mutex_unlock (&self->lock);
  return ended;
}
