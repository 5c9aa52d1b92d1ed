/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trainer thread when its device fails in mid-run. test-faults.py starts this with an OpenCL layer that makes calls
 * fail: "/lost-device/once" one launch, "/lost-device/for-good" all from some launch on. */
#include "cl/device-list.h"
#include "train/trainer-thread.h"

#include <string.h>

#define TIMEOUT_S 120

typedef struct {
  NnTrainerThread *thread;
  NnModel *model;
  guint n_failures, n_lost_runs, n_predictions;
  char *message;
} Window;

static const guint8 picture[16];

static void
on_model (NnTrainerThread *thread, NnModel *model, Window *window)
{
  g_clear_pointer (&window->model, nn_model_unref);
  window->model = nn_model_ref (model);
}

static void
on_failed (NnTrainerThread *thread, const char *message, gboolean training, Window *window)
{
  g_free (window->message);
  window->message = g_strdup (message);
  window->n_failures++;
  window->n_lost_runs += training;
  g_test_message ("%s: %s", training ? "run" : "prediction", message);
}

static void
on_prediction (NnTrainerThread *thread, NnPrediction *prediction, Window *window)
{
  window->n_predictions++;
}

static gboolean
on_timeout (gpointer data)
{
  g_assert_not_reached (); /* nothing came */
  return G_SOURCE_REMOVE;
}

#define WAIT_UNTIL(condition) \
  G_STMT_START { \
    guint id = g_timeout_add_seconds (TIMEOUT_S, on_timeout, NULL); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (id); \
  } G_STMT_END

static void
start (Window *window, guint epochs)
{
  const char *json = "{\"format\":1,\"name\":\"tiny\",\"trainer\":\"gradient\","
                     "\"input\":{\"height\":4,\"width\":4,\"channels\":1},"
                     "\"layers\":[{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":\"classes\"}]}";
  const NnPixelSpec spec = { .height = 4, .width = 4, .channels = 1 };
  guint8 data[64 * 16];
  gint32 labels[64];
  for (guint i = 0; i < 64 * 16; i++)
    data[i] = (guint8) (i * 31 + i / 16 * 7);
  for (guint i = 0; i < 64; i++)
    labels[i] = (gint32) (i % 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (json, -1, NULL, 2, &error);
  g_assert_no_error (error);
  g_autoptr (NnModel) model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 1);
  nn_model_get_preprocess (model)->deviation[0] = 1;
  g_autoptr (NnPixels) pixels = nn_pixels_new_from_data (&spec, 64, data, labels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.epochs = epochs;
  config.batch = 8;
  nn_trainer_thread_start (window->thread, model, pixels, NULL, &config);
}

static void
window_init (Window *window)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnDeviceList) list = nn_device_list_new ();
  g_autoptr (NnDevice) device = nn_device_list_find (list, g_getenv ("PERCEPTRON_TEST_DEVICE"), &error);
  g_assert_no_error (error);
  *window = (Window){ .thread = nn_trainer_thread_new () };
  g_signal_connect (window->thread, "model", G_CALLBACK (on_model), window);
  g_signal_connect (window->thread, "failed", G_CALLBACK (on_failed), window);
  g_signal_connect (window->thread, "prediction", G_CALLBACK (on_prediction), window);
  nn_trainer_thread_set_device (window->thread, device);
}

/* The device fails in mid-run: the run is lost, its last good model isn't. */
static void
lose_run (Window *window)
{
  start (window, 100000);
  WAIT_UNTIL (nn_trainer_thread_get_state (window->thread) == NN_TRAINER_FAILED);
  WAIT_UNTIL (window->n_failures == 1);
  g_assert_cmpuint (window->n_lost_runs, ==, 1);
  g_assert_nonnull (strstr (window->message, "CL_OUT_OF_RESOURCES"));
  g_assert_nonnull (window->model);
  g_assert_true (nn_model_is_finite (window->model));
}

static void
window_clear (Window *window)
{
  g_clear_object (&window->thread);
  g_clear_pointer (&window->model, nn_model_unref);
  g_free (window->message);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Window, window_clear)

static void
test_once (void)
{
  if (g_getenv ("CLFAULT") == NULL) {
    g_test_skip ("for test-faults.py");
    return;
  }
  g_auto (Window) window;
  window_init (&window);
  lose_run (&window);
  nn_trainer_thread_predict (window.thread, picture, sizeof picture, 1);
  WAIT_UNTIL (window.n_predictions == 1);
  start (&window, 3);
  WAIT_UNTIL (nn_trainer_thread_get_state (window.thread) == NN_TRAINER_FINISHED);
  g_assert_cmpuint (window.n_failures, ==, 1);
}

static void
test_for_good (void)
{
  if (g_getenv ("CLFAULT") == NULL) {
    g_test_skip ("for test-faults.py");
    return;
  }
  g_auto (Window) window;
  window_init (&window);
  lose_run (&window);
  for (guint64 serial = 1; serial < 10; serial++)
    nn_trainer_thread_predict (window.thread, picture, sizeof picture, serial);
  WAIT_UNTIL (window.n_failures == 2);
  g_assert_cmpuint (window.n_lost_runs, ==, 1);
  start (&window, 3);
  WAIT_UNTIL (nn_trainer_thread_get_state (window.thread) == NN_TRAINER_FAILED);
  WAIT_UNTIL (window.n_lost_runs == 2);
  g_assert_cmpuint (window.n_predictions, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  nn_device_prepare_environment ();
  g_test_add_func ("/lost-device/once", test_once);
  g_test_add_func ("/lost-device/for-good", test_for_good);
  return g_test_run ();
}
