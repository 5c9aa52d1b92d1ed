/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The main thread's side: wishes go to the worker, what comes back by mailbox becomes signals. Each start has a number;
 * what is still on its way from an earlier run is left alone, so that its end isn't taken for that of the new one. */
#include "train/trainer-thread.h"

#include "train/trainer-worker.h"

struct _NnTrainerThread {
  GObject parent_instance;
  NnTrainerWorker *worker;
  NnMailbox *status_box, *prediction_box, *call_box;
  NnTrainerState state;
  guint run;
  guint n_failures, n_prediction_failures; /* seen */
  int failure_code;
  NnTrainReport *report;                   /* the last one that was told, and the model */
  NnModel *model;
};

G_DEFINE_FINAL_TYPE (NnTrainerThread, nn_trainer_thread, G_TYPE_OBJECT)

enum {
  PROP_STATE = 1,
  N_PROPS,
};

enum {
  SIGNAL_REPORT,
  SIGNAL_COMPILING,
  SIGNAL_TUNING,
  SIGNAL_MODEL,
  SIGNAL_PREDICTION,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

GType
nn_trainer_state_get_type (void)
{
  static gsize type;
  if (g_once_init_enter (&type)) {
    static const GEnumValue values[] = {
      { NN_TRAINER_IDLE, "NN_TRAINER_IDLE", "idle" },
      { NN_TRAINER_PREPARING, "NN_TRAINER_PREPARING", "preparing" },
      { NN_TRAINER_RUNNING, "NN_TRAINER_RUNNING", "running" },
      { NN_TRAINER_PAUSED, "NN_TRAINER_PAUSED", "paused" },
      { NN_TRAINER_FINISHED, "NN_TRAINER_FINISHED", "finished" },
      { NN_TRAINER_FAILED, "NN_TRAINER_FAILED", "failed" },
      { 0, NULL, NULL },
    };
    g_once_init_leave (&type, g_enum_register_static ("NnTrainerState", values));
  }
  return type;
}

static void
set_state (NnTrainerThread *self, NnTrainerState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* Any handler may start another run, or drop us: then the rest of the news is void. */
static gboolean
is_current (NnTrainerThread *self, const NnTrainerStatus *status)
{
  return self->worker && status->run == self->run;
}

static void
tell_model (NnTrainerThread *self, const NnTrainerStatus *status)
{
  if (status->model == NULL || status->model == self->model)
    return;
  g_clear_pointer (&self->model, nn_model_unref);
  self->model = nn_model_ref (status->model);
  g_signal_emit (self, signals[SIGNAL_MODEL], 0, status->model);
}

static void
tell_report (NnTrainerThread *self, const NnTrainerStatus *status)
{
  if (status->report == NULL || status->report == self->report || !is_current (self, status))
    return;
  g_clear_pointer (&self->report, nn_train_report_unref);
  self->report = nn_train_report_ref (status->report);
  g_signal_emit (self, signals[SIGNAL_REPORT], 0, status->report);
}

static void
tell_failures (NnTrainerThread *self, const NnTrainerStatus *status)
{
  gboolean failed = status->n_failures != self->n_failures && status->failure;
  gboolean prediction_failed = status->n_prediction_failures != self->n_prediction_failures &&
                               status->prediction_failure;
  self->n_failures = status->n_failures;
  self->n_prediction_failures = status->n_prediction_failures;
  if (failed)
    self->failure_code = status->failure_code;
  if (failed && is_current (self, status))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, status->failure, TRUE);
  if (prediction_failed && is_current (self, status))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, status->prediction_failure, FALSE);
}

static void
receive_status (gpointer value, gpointer data)
{
  g_autoptr (NnTrainerThread) self = g_object_ref (data);
  const NnTrainerStatus *status = value;
  if (!is_current (self, status))
    return;
  tell_model (self, status);
  tell_report (self, status);
  if (is_current (self, status))
    set_state (self, status->state);
  if (is_current (self, status) && status->n_to_compile > 0)
    g_signal_emit (self, signals[SIGNAL_COMPILING], 0, status->compiled, status->n_to_compile);
  if (is_current (self, status) && status->is_tuning)
    g_signal_emit (self, signals[SIGNAL_TUNING], 0, status->tuned, status->n_to_tune);
  tell_failures (self, status);
}

static void
receive_prediction (gpointer value, gpointer data)
{
  g_autoptr (NnTrainerThread) self = g_object_ref (data);
  g_signal_emit (self, signals[SIGNAL_PREDICTION], 0, value);
}

/* A callback may drop us. */
static void
return_calls (GQueue *calls)
{
  NnTrainerCall *call;
  while ((call = g_queue_pop_head (calls)) != NULL)
    nn_trainer_call_return (call);
}

static void
receive_calls (gpointer value, gpointer data)
{
  GQueue ended = nn_trainer_worker_take_ended_calls (NN_TRAINER_THREAD (data)->worker);
  return_calls (&ended);
}

static void
stop_worker (NnTrainerThread *self)
{
  GQueue ended = G_QUEUE_INIT;
  if (self->worker)
    nn_trainer_worker_free (g_steal_pointer (&self->worker), &ended);
  return_calls (&ended);
}

static void
nn_trainer_thread_dispose (GObject *object)
{
  NnTrainerThread *self = NN_TRAINER_THREAD (object);
  if (self->status_box) {
    nn_mailbox_close (self->status_box);
    nn_mailbox_close (self->prediction_box);
    nn_mailbox_close (self->call_box);
  }
  stop_worker (self);
  g_clear_pointer (&self->status_box, nn_mailbox_unref);
  g_clear_pointer (&self->prediction_box, nn_mailbox_unref);
  g_clear_pointer (&self->call_box, nn_mailbox_unref);
  g_clear_pointer (&self->report, nn_train_report_unref);
  g_clear_pointer (&self->model, nn_model_unref);
  G_OBJECT_CLASS (nn_trainer_thread_parent_class)->dispose (object);
}

static void
nn_trainer_thread_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NnTrainerThread *self = NN_TRAINER_THREAD (object);
  switch (id) {
  case PROP_STATE:
    g_value_set_enum (value, (int) self->state);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
nn_trainer_thread_class_init (NnTrainerThreadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = nn_trainer_thread_dispose;
  object_class->get_property = nn_trainer_thread_get_property;

  /**
   * NnTrainerThread:state:
   *
   * What the thread is at; of the run that was started last.
   */
  properties[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, NN_TYPE_TRAINER_STATE, NN_TRAINER_IDLE,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  GType type = G_TYPE_FROM_CLASS (klass);
  signals[SIGNAL_REPORT] = g_signal_new ("report", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         NN_TYPE_TRAIN_REPORT | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_COMPILING] = g_signal_new ("compiling", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                            G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_TUNING] = g_signal_new ("tuning", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_MODEL] = g_signal_new ("model", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_POINTER);
  signals[SIGNAL_PREDICTION] = g_signal_new ("prediction", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                             NN_TYPE_PREDICTION | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_BOOLEAN);
}

static void
nn_trainer_thread_init (NnTrainerThread *self)
{
  self->status_box = nn_mailbox_new (receive_status, self, (GDestroyNotify) nn_trainer_status_free);
  self->prediction_box = nn_mailbox_new (receive_prediction, self, (GDestroyNotify) nn_prediction_unref);
  self->call_box = nn_mailbox_new (receive_calls, self, NULL);
  self->worker = nn_trainer_worker_new (self->status_box, self->prediction_box, self->call_box);
}

NnTrainerThread *
nn_trainer_thread_new (void)
{
  return g_object_new (NN_TYPE_TRAINER_THREAD, NULL);
}

void
nn_trainer_thread_set_device (NnTrainerThread *self, NnDevice *device)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self) && NN_IS_DEVICE (device));
  nn_trainer_worker_set_device (self->worker, device);
}

void
nn_trainer_thread_set_model (NnTrainerThread *self, NnModel *model)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self));
  nn_trainer_worker_set_model (self->worker, model);
}

void
nn_trainer_thread_start (NnTrainerThread *self, NnModel *start, NnPixels *train, NnPixels *val,
                         const NnTrainConfig *config)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self) && start && train && config);
  self->run++;
  nn_trainer_worker_start (self->worker, nn_trainer_job_new (start, train, val, config), self->run);
  set_state (self, NN_TRAINER_PREPARING);
}

void
nn_trainer_thread_pause (NnTrainerThread *self)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self));
  nn_trainer_worker_pause (self->worker, TRUE);
}

void
nn_trainer_thread_resume (NnTrainerThread *self)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self));
  nn_trainer_worker_pause (self->worker, FALSE);
}

void
nn_trainer_thread_stop (NnTrainerThread *self)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self));
  nn_trainer_worker_stop (self->worker);
}

void
nn_trainer_thread_skip_tuning (NnTrainerThread *self)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self));
  nn_trainer_worker_skip_tuning (self->worker);
}

void
nn_trainer_thread_predict (NnTrainerThread *self, const guint8 *pixels, gsize size, guint64 serial)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self) && pixels);
  nn_trainer_worker_predict (self->worker, pixels, size, serial);
}

gboolean
nn_trainer_thread_await_prediction (NnTrainerThread *self, gint64 timeout)
{
  g_return_val_if_fail (NN_IS_TRAINER_THREAD (self), FALSE);
  return self->prediction_box && nn_mailbox_wait (self->prediction_box, timeout);
}

void
nn_trainer_thread_call_async (NnTrainerThread *self, const NnTrainerCallFuncs *funcs, gpointer data,
                              GDestroyNotify destroy, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (NN_IS_TRAINER_THREAD (self) && self->worker && funcs && funcs->step);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, nn_trainer_thread_call_async);
  g_task_set_task_data (task, data, destroy);
  nn_trainer_worker_call (self->worker, nn_trainer_call_new (funcs, data, task));
}

gpointer
nn_trainer_thread_call_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  GTask *task = G_TASK (result);
  return g_task_propagate_boolean (task, error) ? g_task_get_task_data (task) : NULL;
}

int
nn_trainer_thread_get_failure (NnTrainerThread *self)
{
  g_return_val_if_fail (NN_IS_TRAINER_THREAD (self), NN_ERROR_FAILED);
  return self->failure_code;
}

NnTrainerState
nn_trainer_thread_get_state (NnTrainerThread *self)
{
  g_return_val_if_fail (NN_IS_TRAINER_THREAD (self), NN_TRAINER_IDLE);
  return self->state;
}
