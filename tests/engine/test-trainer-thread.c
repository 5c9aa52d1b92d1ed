/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trainer thread as the window uses it: a tiny network on tiny pictures. Also run under ThreadSanitizer. */
#include "trainer-window.h"

#include "cl/device-list.h"

#include <string.h>

#define SIDE 8
#define N_CLASSES 3
#define N_SAMPLES 400

static NnDevice *device;

/* Class k lights the columns from 2k on. */
static NnPixels *
make_pixels (void)
{
  NnPixelSpec spec = { .height = SIDE, .width = SIDE, .channels = 1 };
  g_autofree guint8 *data = g_new0 (guint8, N_SAMPLES * SIDE * SIDE);
  g_autofree gint32 *labels = g_new0 (gint32, N_SAMPLES);
  for (guint i = 0; i < N_SAMPLES; i++) {
    labels[i] = (gint32) (i % N_CLASSES);
    for (guint p = 0; p < SIDE * SIDE; p++) {
      guint noise = (i * 7919u + p * 104729u) % 97u;
      gboolean lit = (p % SIDE) / 2 == i % N_CLASSES;
      data[i * SIDE * SIDE + p] = (guint8) (noise + (lit ? 120 : 0));
    }
  }
  return nn_pixels_new_from_data (&spec, N_SAMPLES, data, labels);
}

static NnModel *
make_model_of (guint units)
{
  g_autofree char *json = g_strdup_printf (
                     "{\"format\":1,\"name\":\"tiny\",\"trainer\":\"gradient\","
                     "\"input\":{\"height\":8,\"width\":8,\"channels\":1},"
                     "\"layers\":[{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":%u,\"activation\":\"relu\"},"
                     "{\"op\":\"dense\",\"units\":\"classes\"}]}", units);
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (json, -1, NULL, N_CLASSES, &error);
  g_assert_no_error (error);
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_get_preprocess (model)->mean[0] = 0.3f;
  nn_model_get_preprocess (model)->deviation[0] = 0.25f;
  nn_model_init_weights (model, 3);
  return model;
}

static NnModel *
make_model (void)
{
  return make_model_of (16);
}

static void
start (Window *window, guint epochs)
{
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.epochs = epochs;
  config.batch = 16;
  config.learning_rate = 0.01;
  g_autoptr (NnModel) model = make_model ();
  g_autoptr (NnPixels) pixels = make_pixels ();
  nn_trainer_thread_start (window->thread, model, pixels, pixels, &config);
  g_assert_cmpint (nn_trainer_thread_get_state (window->thread), ==, NN_TRAINER_PREPARING);
}

static void
wait_for (Window *window, NnTrainerState state)
{
  WAIT_UNTIL (nn_trainer_thread_get_state (window->thread) == state);
}

static void
predict (Window *window, guint64 serial)
{
  g_autoptr (NnPixels) pixels = make_pixels ();
  nn_trainer_thread_predict (window->thread, pixels->data, SIDE * SIDE, serial);
}

static void
assert_same_weights (NnModel *a, NnModel *b, gboolean same)
{
  NnGraph *graph = nn_model_get_graph (a);
  gboolean equal = TRUE;
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint p = 0; p < node->n_params; p++)
      equal = equal && memcmp (nn_model_get_param (a, i, p), nn_model_get_param (b, i, p),
                               nn_shape_size (&node->params[p].shape) * sizeof (float)) == 0;
  }
  g_assert_true (equal == same);
}

static void
test_run (void)
{
  g_auto (Window) window;
  window_init (&window, device);
  g_assert_cmpint (nn_trainer_thread_get_state (window.thread), ==, NN_TRAINER_IDLE);
  gint64 begun = g_get_monotonic_time ();
  start (&window, 12);
  wait_for (&window, NN_TRAINER_FINISHED);
  double seconds = (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  g_assert_cmpint (window.states[0], ==, NN_TRAINER_PREPARING);
  g_assert_cmpint (window.states[window.n_states - 1], ==, NN_TRAINER_FINISHED);
  g_assert_cmpuint (window.n_failures, ==, 0);
  g_assert_nonnull (window.report);
  g_assert_true (window.report->finished);
  g_assert_cmpuint (window.report->epoch, ==, 12);
  g_assert_cmpuint (window.report->n_epoch_metrics, ==, 12);
  g_assert_cmpfloat (window.report->epochs[11].val_accuracy, >, 0.95);
  g_assert_cmpuint (window.n_models, >=, 1);
  g_assert_cmpstr (nn_model_get_metadata (window.model, "epochs"), ==, "12");
  g_assert_cmpfloat (window.n_reports, <=, seconds * 60 + 2);

  /* The run's last model answers now. */
  predict (&window, 1);
  WAIT_UNTIL (window.n_predictions == 1);
  g_assert_true (window.prediction->model == window.model);
  g_assert_cmpuint (window.prediction->n_classes, ==, N_CLASSES);
  g_assert_cmpfloat (window.prediction->probabilities[0], >, 0.8f);
}

static void
test_pause (void)
{
  g_autoptr (NnModel) wanted = NULL;
  g_auto (Window) window;
  window_init (&window, device);
  start (&window, 150);
  wait_for (&window, NN_TRAINER_FINISHED);
  wanted = nn_model_ref (window.model);

  gint64 begun = g_get_monotonic_time ();
  start (&window, 150);
  wait_for (&window, NN_TRAINER_RUNNING);
  for (guint i = 0; i < 3; i++) {
    guint n_models = window.n_models;
    nn_trainer_thread_pause (window.thread);
    wait_for (&window, NN_TRAINER_PAUSED);
    g_assert_cmpuint (window.n_models, >, n_models);
    g_autoptr (NnModel) paused = nn_model_ref (window.model);
    guint n_reports = window.n_reports;
    window_rest (60);
    g_assert_cmpuint (window.n_reports, ==, n_reports);
    assert_same_weights (paused, wanted, FALSE);
    predict (&window, 100 + i);
    WAIT_UNTIL (window.n_predictions == i + 1);
    nn_trainer_thread_resume (window.thread);
    wait_for (&window, NN_TRAINER_RUNNING);
  }
  wait_for (&window, NN_TRAINER_FINISHED);
  double elapsed = (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC, training = 0;
  g_assert_cmpuint (window.n_failures, ==, 0);
  assert_same_weights (window.model, wanted, TRUE);
  for (guint i = 0; i < window.report->n_epoch_metrics; i++)
    training += window.report->epochs[i].seconds;
  g_assert_cmpfloat (training, <, elapsed - 3 * 0.06); /* pauses don't count */
}

static void
test_predict_while_training (void)
{
  g_auto (Window) window;
  window_init (&window, device);
  start (&window, 100000);
  predict (&window, 1);
  WAIT_UNTIL (window.n_predictions == 1);
  wait_for (&window, NN_TRAINER_RUNNING);
  for (guint64 serial = 2; serial < 20; serial++) {
    predict (&window, serial);
    WAIT_UNTIL (window.prediction->serial == serial);
  }
  /* Only the newest of a flood has to be answered; a request for another model's shape is left alone. */
  for (guint64 serial = 100; serial < 200; serial++)
    predict (&window, serial);
  WAIT_UNTIL (window.prediction->serial == 199);
  const guint8 pixel = 0;
  guint n_predictions = window.n_predictions;
  nn_trainer_thread_predict (window.thread, &pixel, 1, 200);
  window_rest (50);
  g_assert_cmpuint (window.n_predictions, ==, n_predictions);
  g_assert_cmpuint (window.n_failures, ==, 0);
}

static void
test_stop (void)
{
  g_auto (Window) window;
  window_init (&window, device);
  nn_trainer_thread_stop (window.thread);
  start (&window, 100000);
  wait_for (&window, NN_TRAINER_RUNNING);
  window_rest (50);
  nn_trainer_thread_stop (window.thread);
  wait_for (&window, NN_TRAINER_IDLE);
  g_assert_nonnull (window.model);
  g_assert_false (window.report->finished);
  guint n_reports = window.n_reports;
  window_rest (50);
  g_assert_cmpuint (window.n_reports, ==, n_reports);

  /* A run takes the place of another; one that is stopped at once never begins. */
  start (&window, 100000);
  wait_for (&window, NN_TRAINER_RUNNING);
  start (&window, 2);
  wait_for (&window, NN_TRAINER_FINISHED);
  g_assert_cmpuint (window.report->n_epochs, ==, 2);
  start (&window, 100000);
  nn_trainer_thread_stop (window.thread);
  wait_for (&window, NN_TRAINER_IDLE);
  g_assert_cmpuint (window.n_failures, ==, 0);
}

static void
on_tuning (NnTrainerThread *thread, guint done, guint total, guint *n_told)
{
  g_assert_cmpuint (done, <=, total);
  ++*n_told;
}

/* Before a long run, where it is asked for. It can be skipped, and stopped. */
static void
test_tuning (void)
{
  g_auto (Window) window;
  guint n_told = 0;
  window_init (&window, device);
  g_signal_connect (window.thread, "tuning", G_CALLBACK (on_tuning), &n_told);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.epochs = 100000;
  config.batch = 16;
  config.learning_rate = 0.01;
  config.tune = TRUE;
  g_autoptr (NnModel) model = make_model_of (8192);
  g_autoptr (NnPixels) pixels = make_pixels ();
  nn_trainer_thread_start (window.thread, model, pixels, pixels, &config);
  WAIT_UNTIL (n_told > 0);
  nn_trainer_thread_stop (window.thread);
  wait_for (&window, NN_TRAINER_IDLE);
  guint n = n_told;
  nn_trainer_thread_start (window.thread, model, pixels, pixels, &config);
  WAIT_UNTIL (n_told > n);
  nn_trainer_thread_skip_tuning (window.thread);
  wait_for (&window, NN_TRAINER_RUNNING);
  nn_trainer_thread_stop (window.thread);
  wait_for (&window, NN_TRAINER_IDLE);
  g_assert_cmpuint (window.n_failures, ==, 0);
  n = n_told;
  config.tune = FALSE;
  nn_trainer_thread_start (window.thread, model, pixels, pixels, &config);
  wait_for (&window, NN_TRAINER_RUNNING);
  g_assert_cmpuint (n_told, ==, n);
}

static void
drop_on_report (NnTrainerThread *thread, NnTrainReport *report, Window *window)
{
  if (window->n_reports > 2)
    g_clear_object (&window->thread);
}

static void
test_destroy (void)
{
  for (guint i = 0; i < 6; i++) {
    g_auto (Window) window;
    window_init (&window, device);
    if (i > 0)
      start (&window, 100000);
    if (i > 1)
      wait_for (&window, NN_TRAINER_RUNNING);
    if (i == 3)
      predict (&window, 1);
    if (i == 4) {
      nn_trainer_thread_pause (window.thread);
      wait_for (&window, NN_TRAINER_PAUSED);
    }
    if (i == 5) {
      g_signal_connect (window.thread, "report", G_CALLBACK (drop_on_report), &window);
      WAIT_UNTIL (window.thread == NULL);
    }
  }
}

static void
test_idle (void)
{
  g_auto (Window) window;
  window_init (&window, device);
  g_autoptr (NnModel) model = make_model ();
  predict (&window, 1); /* no model, no answer */
  window_rest (30);
  g_assert_cmpuint (window.n_predictions, ==, 0);
  nn_trainer_thread_set_model (window.thread, model);
  predict (&window, 2);
  WAIT_UNTIL (window.n_predictions == 1);
  g_assert_true (window.prediction->model == model);
  nn_trainer_thread_set_device (window.thread, device);
  predict (&window, 3);
  WAIT_UNTIL (window.n_predictions == 2);
  nn_trainer_thread_set_model (window.thread, NULL);
  predict (&window, 4);
  window_rest (30);
  g_assert_cmpuint (window.n_predictions, ==, 2);
  g_assert_cmpuint (window.n_failures, ==, 0);
  g_assert_cmpuint (window.n_states, ==, 0);
}

/* While one network trains another answers, on the same device, and goes on doing so after the run. */
static void
test_guest (void)
{
  g_auto (Window) window;
  window_init (&window, device);
  g_autoptr (NnModel) guest = make_model ();
  start (&window, 100000);
  wait_for (&window, NN_TRAINER_RUNNING);
  nn_trainer_thread_set_model (window.thread, guest);
  predict (&window, 1);
  WAIT_UNTIL (window.n_predictions == 1);
  g_assert_true (window.prediction->model == guest);
  WAIT_UNTIL (window.n_models > 0);
  nn_trainer_thread_set_model (window.thread, window.model);
  predict (&window, 2);
  WAIT_UNTIL (window.n_predictions == 2);
  g_assert_true (window.prediction->model != guest);
  nn_trainer_thread_set_model (window.thread, guest);
  nn_trainer_thread_stop (window.thread);
  wait_for (&window, NN_TRAINER_IDLE);
  predict (&window, 3);
  WAIT_UNTIL (window.n_predictions == 3);
  g_assert_true (window.prediction->model == guest);
  g_assert_cmpuint (window.n_failures, ==, 0);
}

static void
test_failures (void)
{
  g_auto (Window) window;
  window_init (&window, device);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.optimizer = "luck";
  g_autoptr (NnModel) model = make_model ();
  g_autoptr (NnPixels) pixels = make_pixels ();
  nn_trainer_thread_start (window.thread, model, pixels, NULL, &config);
  wait_for (&window, NN_TRAINER_FAILED);
  WAIT_UNTIL (window.n_failures == 1);
  g_assert_true (window.training_failed);
  g_assert_nonnull (strstr (window.message, "optimizer"));
  g_assert_cmpuint (window.n_models, ==, 0);

  /* Training that runs away fails; what was good before it stays. */
  start (&window, 2);
  wait_for (&window, NN_TRAINER_FINISHED);
  config = (NnTrainConfig) NN_TRAIN_CONFIG_DEFAULT;
  config.learning_rate = 1000;
  config.schedule = "constant";
  config.epochs = 1000;
  nn_trainer_thread_start (window.thread, model, pixels, NULL, &config);
  wait_for (&window, NN_TRAINER_FAILED);
  WAIT_UNTIL (window.n_failures == 2);
  g_assert_true (window.training_failed);
  g_assert_true (nn_model_is_finite (window.model));
  predict (&window, 1);
  WAIT_UNTIL (window.n_predictions == 1);

  /* Without a device both say so, and the prediction only once. */
  g_auto (Window) bare = { .thread = nn_trainer_thread_new () };
  window_listen (&bare);
  nn_trainer_thread_set_model (bare.thread, model);
  predict (&bare, 1);
  WAIT_UNTIL (bare.n_failures == 1);
  g_assert_false (bare.training_failed);
  predict (&bare, 2);
  window_rest (50);
  g_assert_cmpuint (bare.n_failures, ==, 1);
  start (&bare, 1);
  WAIT_UNTIL (bare.n_failures == 2);
  g_assert_true (bare.training_failed);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  nn_device_prepare_environment ();
  g_autoptr (NnDeviceList) list = nn_device_list_new ();
  g_autoptr (GError) error = NULL;
  device = nn_device_list_find (list, g_getenv ("PERCEPTRON_TEST_DEVICE"), &error);
  g_assert_no_error (error);
  g_test_add_func ("/trainer-thread/run", test_run);
  g_test_add_func ("/trainer-thread/pause", test_pause);
  g_test_add_func ("/trainer-thread/guest", test_guest);
  g_test_add_func ("/trainer-thread/predict-while-training", test_predict_while_training);
  g_test_add_func ("/trainer-thread/stop", test_stop);
  g_test_add_func ("/trainer-thread/tuning", test_tuning);
  g_test_add_func ("/trainer-thread/destroy", test_destroy);
  g_test_add_func ("/trainer-thread/idle", test_idle);
  g_test_add_func ("/trainer-thread/failures", test_failures);
  int status = g_test_run ();
  g_object_unref (device);
  return status;
}
