/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trainer-window.h"

static void
on_report (NnTrainerThread *thread, NnTrainReport *report, Window *window)
{
  g_clear_pointer (&window->report, nn_train_report_unref);
  window->report = nn_train_report_ref (report);
  window->n_reports++;
}

static void
on_model (NnTrainerThread *thread, NnModel *model, Window *window)
{
  g_clear_pointer (&window->model, nn_model_unref);
  window->model = nn_model_ref (model);
  window->n_models++;
}

static void
on_prediction (NnTrainerThread *thread, NnPrediction *prediction, Window *window)
{
  if (window->prediction)
    g_assert_cmpuint (prediction->serial, >, window->prediction->serial);
  g_clear_pointer (&window->prediction, nn_prediction_unref);
  window->prediction = nn_prediction_ref (prediction);
  window->n_predictions++;
}

static void
on_failed (NnTrainerThread *thread, const char *message, gboolean training, Window *window)
{
  g_free (window->message);
  window->message = g_strdup (message);
  window->training_failed = training;
  window->n_failures++;
  g_test_message ("failed (%s): %s", training ? "training" : "prediction", message);
}

static void
on_state (NnTrainerThread *thread, GParamSpec *pspec, Window *window)
{
  g_assert_cmpuint (window->n_states, <, G_N_ELEMENTS (window->states));
  window->states[window->n_states++] = nn_trainer_thread_get_state (thread);
}

void
window_listen (Window *self)
{
  g_signal_connect (self->thread, "report", G_CALLBACK (on_report), self);
  g_signal_connect (self->thread, "model", G_CALLBACK (on_model), self);
  g_signal_connect (self->thread, "prediction", G_CALLBACK (on_prediction), self);
  g_signal_connect (self->thread, "failed", G_CALLBACK (on_failed), self);
  g_signal_connect (self->thread, "notify::state", G_CALLBACK (on_state), self);
}

void
window_init (Window *self, NnDevice *device)
{
  *self = (Window){ .thread = nn_trainer_thread_new () };
  window_listen (self);
  nn_trainer_thread_set_device (self->thread, device);
}

void
window_clear (Window *self)
{
  g_clear_object (&self->thread);
  g_clear_pointer (&self->report, nn_train_report_unref);
  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_pointer (&self->prediction, nn_prediction_unref);
  g_clear_pointer (&self->message, g_free);
}

gboolean
window_on_timeout (gpointer data)
{
  g_assert_not_reached (); /* nothing came */
  return G_SOURCE_REMOVE;
}

static gboolean
on_rest_over (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
window_rest (guint milliseconds)
{
  gboolean over = FALSE;
  g_timeout_add (milliseconds, on_rest_over, &over);
  WAIT_UNTIL (over);
}
