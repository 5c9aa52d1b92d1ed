/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The thread that owns the device. It sleeps until there is something to do, or trains in slices of a few milliseconds
 * and looks at the wishes between them; so a prediction or a stop waits for one slice. All that belongs to OpenCL is made
 * and freed here. The lock is a pthread mutex, which ThreadSanitizer understands. */
#include "train/trainer-worker.h"

#include "train/predictor.h"

#include <glib/gi18n.h>
#include <pthread.h>

#define SLICE_MS 12.0

typedef struct {
  GBytes *pixels;
  guint64 serial;
} Request;

/* Guarded by the lock. The thread takes all of them at once. */
typedef struct {
  gboolean quit;
  gboolean stop;
  gboolean paused; /* stays, like run */
  guint run;
  NnTrainerJob *job;
  Request *request;
  NnDevice *device; /* NULL: no wish */
  NnModel *model;
  gboolean has_model; /* so that NULL can be wished for */
} Wishes;

struct _NnTrainerWorker {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  Wishes wishes;
  NnMailbox *status_box, *prediction_box;

  /* From here on the thread's own. */
  NnDevice *device, *open_device;
  NnContext *context;
  NnTrainer *trainer;
  NnPredictor *predictor;
  NnModel *predictor_model; /* whom the predictor runs */
  NnModel *model;           /* who answers while nothing trains; in a run: its newest */
  NnModel *guest;           /* in a run: another one that answers instead of the net in training */
  NnModel *good;            /* the last one that the trainer called good */
  Request *request;
  gint64 last_report;
  NnTrainerStatus status;
};

static void
request_free (Request *request)
{
  g_bytes_unref (request->pixels);
  g_free (request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static void
publish (NnTrainerWorker *self)
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
drop_predictor (NnTrainerWorker *self)
{
  g_clear_pointer (&self->predictor, nn_predictor_free);
  g_clear_pointer (&self->predictor_model, nn_model_unref);
}

static void
drop_trainer (NnTrainerWorker *self)
{
  g_clear_pointer (&self->trainer, nn_trainer_free);
  g_clear_pointer (&self->good, nn_model_unref);
  if (self->guest)
    set_model (self, self->guest);
  g_clear_pointer (&self->guest, nn_model_unref);
}

/* After a failure nothing of the context can be trusted; the next start or prediction opens it anew. */
static void
drop_device (NnTrainerWorker *self)
{
  drop_trainer (self);
  drop_predictor (self);
  g_clear_pointer (&self->context, nn_context_unref);
  g_clear_object (&self->open_device);
}

static gboolean
open_device (NnTrainerWorker *self, GError **error)
{
  if (self->context && self->open_device == self->device)
    return TRUE;
  drop_device (self);
  if (self->device == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_NO_DEVICE, _ ("No device to compute with was chosen."));
    return FALSE;
  }
  self->context = nn_context_new (self->device, error);
  if (self->context == NULL)
    return FALSE;
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
  drop_device (self);
  g_free (self->status.failure);
  self->status.failure = g_strdup (error->message);
  self->status.n_failures++;
  self->status.state = NN_TRAINER_FAILED;
  publish (self);
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
  publish (self);
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
start_run (NnTrainerWorker *self, NnTrainerJob *job)
{
  g_autoptr (GError) error = NULL;
  self->status.state = NN_TRAINER_PREPARING;
  publish (self);
  drop_predictor (self);
  set_model (self, job->start);
  if (open_device (self, &error))
    self->trainer = nn_trainer_new (self->context, job->start, job->train, job->val, &job->config, &error);
  if (self->trainer == NULL) {
    fail_run (self, error);
    return;
  }
  refresh_report (self);
  self->status.state = NN_TRAINER_RUNNING;
  publish (self);
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
  publish (self);
}

static void
advance (NnTrainerWorker *self)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = nn_trainer_advance (self->trainer, SLICE_MS, &error);
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
    publish (self);
  }
}

/* At the rate of a moving pointer the same sentence would come again and again: once is enough. */
static void
fail_prediction (NnTrainerWorker *self, const GError *error)
{
  g_debug ("A prediction failed: %s", error->message);
  if (g_strcmp0 (self->status.prediction_failure, error->message) == 0)
    return;
  g_free (self->status.prediction_failure);
  self->status.prediction_failure = g_strdup (error->message);
  self->status.n_prediction_failures++;
  publish (self);
}

/* By a network of its own; in a run on the run's device, whatever was chosen since. */
static gboolean
predict_with (NnTrainerWorker *self, NnModel *model, const guint8 *pixels, float *probabilities, GError **error)
{
  if (self->trainer == NULL && !open_device (self, error))
    return FALSE;
  if (self->predictor_model != model) {
    drop_predictor (self);
    self->predictor = nn_predictor_new (self->context, model, 1, error);
    if (self->predictor == NULL)
      return FALSE;
    self->predictor_model = nn_model_ref (model);
  }
  return nn_predictor_run (self->predictor, pixels, 1, probabilities, error);
}

static void
serve (NnTrainerWorker *self)
{
  g_autoptr (Request) request = g_steal_pointer (&self->request);
  NnModel *model = self->guest ? self->guest : self->model;
  gsize size;
  const guint8 *pixels = g_bytes_get_data (request->pixels, &size);
  if (model == NULL)
    return;
  NnGraph *graph = nn_model_get_graph (model);
  if (size != nn_shape_size (nn_graph_get_input_shape (graph)))
    return; /* drawn for the model before this one */
  guint n_classes = nn_graph_get_n_classes (graph);
  g_autofree float *probabilities = g_new (float, n_classes);
  g_autoptr (GError) error = NULL;
  gboolean ok = self->trainer && !self->guest ? nn_trainer_predict (self->trainer, pixels, probabilities, &error)
                                              : predict_with (self, model, pixels, probabilities, &error);
  if (!ok) {
    /* If the device is lost, the run will notice by itself. */
    if (self->trainer == NULL)
      drop_device (self);
    fail_prediction (self, error);
    return;
  }
  g_clear_pointer (&self->status.prediction_failure, g_free);
  nn_mailbox_post (self->prediction_box, nn_prediction_new (request->serial, model, n_classes, probabilities));
}

static gboolean
has_work (NnTrainerWorker *self)
{
  const Wishes *wishes = &self->wishes;
  gboolean is_paused = self->status.state == NN_TRAINER_PAUSED;
  return wishes->quit || wishes->stop || wishes->job || wishes->request || self->request ||
         (self->trainer && (!wishes->paused || !is_paused));
}

static Wishes
wait_for_wishes (NnTrainerWorker *self)
{
  pthread_mutex_lock (&self->lock);
  while (!has_work (self))
    pthread_cond_wait (&self->wake, &self->lock);
  Wishes taken = self->wishes;
  self->wishes = (Wishes){ .quit = taken.quit, .paused = taken.paused, .run = taken.run };
  pthread_mutex_unlock (&self->lock);
  return taken;
}

static void
wishes_clear (Wishes *wishes)
{
  g_clear_pointer (&wishes->job, nn_trainer_job_free);
  g_clear_pointer (&wishes->request, request_free);
  g_clear_object (&wishes->device);
  g_clear_pointer (&wishes->model, nn_model_unref);
}

/* A new job makes the status of the one before it void, so nothing of that is given out. */
static void
begin (NnTrainerWorker *self, const Wishes *wishes)
{
  if (wishes->job)
    drop_trainer (self);
  else if (self->trainer)
    stop_run (self);
  if (wishes->run == self->status.run)
    return;
  guint n_failures = self->status.n_failures, n_prediction_failures = self->status.n_prediction_failures;
  nn_trainer_status_clear (&self->status);
  self->status = (NnTrainerStatus){ .run = wishes->run,
                                    .state = NN_TRAINER_IDLE,
                                    .n_failures = n_failures,
                                    .n_prediction_failures = n_prediction_failures };
  if (wishes->job == NULL)
    publish (self); /* it was stopped before it began */
}

static void
work (NnTrainerWorker *self, Wishes *wishes)
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
    g_clear_pointer (&self->request, request_free);
    self->request = g_steal_pointer (&wishes->request);
  }
  /* Before the device is busy with preparations, if that takes no preparation of its own. */
  if (self->request && wishes->job && self->predictor && self->predictor_model == self->model)
    serve (self);
  if (wishes->stop)
    begin (self, wishes);
  if (wishes->job)
    start_run (self, wishes->job);
  if (self->trainer && wishes->paused != (self->status.state == NN_TRAINER_PAUSED))
    set_paused (self, wishes->paused);
  if (self->request)
    serve (self);
  if (self->trainer && !wishes->paused)
    advance (self);
}

static void *
run_thread (void *data)
{
  NnTrainerWorker *self = data;
  for (;;) {
    Wishes wishes = wait_for_wishes (self);
    if (!wishes.quit)
      work (self, &wishes);
    wishes_clear (&wishes);
    if (wishes.quit)
      break;
  }
  drop_device (self);
  nn_trainer_status_clear (&self->status);
  g_clear_pointer (&self->request, request_free);
  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_object (&self->device);
  return NULL;
}

NnTrainerWorker *
nn_trainer_worker_new (NnMailbox *status, NnMailbox *predictions)
{
  NnTrainerWorker *self = g_new0 (NnTrainerWorker, 1);
  self->status_box = nn_mailbox_ref (status);
  self->prediction_box = nn_mailbox_ref (predictions);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->wake, NULL);
  int status_code = pthread_create (&self->thread, NULL, run_thread, self);
  if (status_code != 0)
    g_error ("The trainer thread could not be started: %s", g_strerror (status_code));
  return self;
}

void
nn_trainer_worker_free (NnTrainerWorker *self)
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
nn_trainer_worker_predict (NnTrainerWorker *self, const guint8 *pixels, gsize size, guint64 serial)
{
  Request *request = g_new (Request, 1);
  *request = (Request){ .pixels = g_bytes_new (pixels, size), .serial = serial };
  pthread_mutex_lock (&self->lock);
  g_clear_pointer (&self->wishes.request, request_free);
  self->wishes.request = request;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
}
