/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Work of others on the device: several calls may be under way, and take turns, a slice each. What a call
 * keeps on the device is left before the context goes, and once when the call ends. */
#include "train/trainer-worker-private.h"

NnTrainerCall *
nn_trainer_call_new (const NnTrainerCallFuncs *funcs, gpointer data, GTask *task)
{
  NnTrainerCall *self = g_new0 (NnTrainerCall, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);
  self->funcs = *funcs;
  self->data = data;
  self->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  self->task = task;
  return self;
}

void
nn_trainer_call_return (NnTrainerCall *self)
{
  if (self->error)
    g_task_return_error (self->task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (self->task, TRUE);
  g_object_unref (self->task);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
leave (NnTrainerCall *call)
{
  if (call->entered && call->funcs.leave)
    call->funcs.leave (call->data);
  call->entered = FALSE;
}

/* The mailbox only rings: what it would hold might be overtaken. */
static void
end_call (NnTrainerWorker *self, NnTrainerCall *call)
{
  leave (call);
  pthread_mutex_lock (&self->lock);
  g_queue_push_tail (&self->ended_calls, call);
  pthread_mutex_unlock (&self->lock);
  nn_mailbox_post (self->call_box, self);
}

static void
take_new_calls (NnTrainerWorker *self)
{
  NnTrainerCall *call;
  pthread_mutex_lock (&self->lock);
  while ((call = g_queue_pop_head (&self->new_calls)) != NULL)
    g_queue_push_tail (&self->calls, call);
  pthread_mutex_unlock (&self->lock);
}

static gboolean
step (NnTrainerWorker *self, NnTrainerCall *call, gboolean *done, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (call->cancellable, error))
    return FALSE;
  /* In a run on the run's device, whatever was chosen since. */
  if (self->trainer == NULL && !nn_trainer_worker_open_device (self, error))
    return FALSE;
  NnTrainerScene scene = {
    .context = self->context,
    .weights = self->trainer && !self->guest ? nn_trainer_get_weights (self->trainer) : NULL,
    .model = self->guest ? self->guest : self->model,
  };
  call->entered = TRUE;
  return call->funcs.step (&scene, call->data, done, error);
}

void
nn_trainer_worker_serve_call (NnTrainerWorker *self)
{
  take_new_calls (self);
  NnTrainerCall *call = g_queue_pop_head (&self->calls);
  if (call == NULL)
    return;
  gboolean done = FALSE;
  gboolean ok = step (self, call, &done, &call->error);
  if (ok && !done) {
    g_queue_push_tail (&self->calls, call);
    return;
  }
  gboolean lost = !ok
                  && (g_error_matches (call->error, NN_ERROR, NN_ERROR_DEVICE)
                      || g_error_matches (call->error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY));
  end_call (self, call);
  /* In a run that will notice by itself. */
  if (lost && self->trainer == NULL)
    nn_trainer_worker_drop_device (self);
}

void
nn_trainer_worker_leave_calls (NnTrainerWorker *self)
{
  for (GList *link = self->calls.head; link; link = link->next)
    leave (link->data);
}

void
nn_trainer_worker_cancel_calls (NnTrainerWorker *self)
{
  NnTrainerCall *call;
  take_new_calls (self);
  while ((call = g_queue_pop_head (&self->calls)) != NULL) {
    g_set_error_literal (&call->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped.");
    end_call (self, call);
  }
}
