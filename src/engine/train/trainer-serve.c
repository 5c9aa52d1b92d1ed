/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Predictions: the newest request is answered between two slices of training, with the weights of that
 * moment, or by another model that was set. */
#include "train/trainer-worker-private.h"

void
nn_trainer_request_free (NnTrainerRequest *self)
{
  g_bytes_unref (self->pixels);
  g_free (self);
}

void
nn_trainer_worker_drop_predictor (NnTrainerWorker *self)
{
  g_clear_pointer (&self->predictor, nn_predictor_free);
  g_clear_pointer (&self->predictor_model, nn_model_unref);
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
  nn_trainer_worker_publish (self);
}

/* By a network of its own; in a run on the run's device, whatever was chosen since. */
static gboolean
predict_with (NnTrainerWorker *self, NnModel *model, const guint8 *pixels, float *probabilities,
              GError **error)
{
  if (self->trainer == NULL && !nn_trainer_worker_open_device (self, error))
    return FALSE;
  if (self->predictor_model != model) {
    nn_trainer_worker_drop_predictor (self);
    self->predictor = nn_predictor_new (self->context, model, 1, error);
    if (self->predictor == NULL)
      return FALSE;
    self->predictor_model = nn_model_ref (model);
  }
  return nn_predictor_run (self->predictor, pixels, 1, probabilities, error);
}

void
nn_trainer_worker_serve (NnTrainerWorker *self)
{
  g_autoptr (NnTrainerRequest) request = g_steal_pointer (&self->request);
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
  gboolean ok = self->trainer && !self->guest
                    ? nn_trainer_predict (self->trainer, pixels, probabilities, &error)
                    : predict_with (self, model, pixels, probabilities, &error);
  if (!ok) {
    /* If the device is lost, the run will notice by itself. */
    if (self->trainer == NULL)
      nn_trainer_worker_drop_device (self);
    fail_prediction (self, error);
    return;
  }
  g_clear_pointer (&self->status.prediction_failure, g_free);
  nn_mailbox_post (self->prediction_box,
                   nn_prediction_new (request->serial, model, n_classes, probabilities));
}

gboolean
nn_trainer_worker_serve_between (gpointer data)
{
  NnTrainerWorker *self = data;
  pthread_mutex_lock (&self->lock);
  NnTrainerRequest *request = g_steal_pointer (&self->wishes.request);
  pthread_mutex_unlock (&self->lock);
  if (request == NULL)
    return FALSE;
  g_clear_pointer (&self->request, nn_trainer_request_free);
  self->request = request;
  nn_trainer_worker_serve (self);
  return TRUE;
}
