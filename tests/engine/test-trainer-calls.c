/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Work of others in the trainer thread: with and without a run, in turns, cancelled, failing, and when the
 * thread ends. */
#include "base/error.h"
#include "cl/device-list.h"
#include "train/predictor.h"
#include "train/trainer-thread.h"

#define TIMEOUT_S 120
#define SIDE 8
#define N_CLASSES 3
#define N_SAMPLES 200

static NnDevice *device;

/* A call that predicts the same picture again and again. */
typedef struct {
  guint wanted, n_steps, n_leaves;
  guint fails_at; /* 0: never */
  int code;
  NnModel *model; /* NULL: who answers in the scene */
  NnPredictor *predictor;
  GThread *thread;
  guint n_with_weights;
  float answer[N_CLASSES];
  /* the outcome */
  guint *order;
  guint number; /* in the order of the ends, from 1 */
  gboolean ended, freed;
  GError *error;
} Call;

static NnModel *
make_model (void)
{
  const char *json = "{\"format\":1,\"name\":\"tiny\",\"trainer\":\"gradient\","
                     "\"input\":{\"height\":8,\"width\":8,\"channels\":1},"
                     "\"layers\":[{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":\"classes\"}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (json, -1, NULL, N_CLASSES, &error);
  g_assert_no_error (error);
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_get_preprocess (model)->deviation[0] = 1;
  nn_model_init_weights (model, 3);
  return model;
}

static gboolean
step (const NnTrainerScene *scene, gpointer data, gboolean *done, GError **error)
{
  Call *call = data;
  g_assert_nonnull (scene->context);
  g_assert_true (call->thread == NULL || call->thread == g_thread_self ());
  call->thread = g_thread_self ();
  call->n_steps++;
  call->n_with_weights += scene->weights != NULL;
  if (call->n_steps == call->fails_at) {
    g_set_error_literal (error, NN_ERROR, call->code, "It failed on purpose.");
    return FALSE;
  }
  NnModel *model = call->model ? call->model : scene->model;
  if (model) {
    static const guint8 picture[SIDE * SIDE] = { 200, 100 };
    if (call->predictor == NULL)
      call->predictor = nn_predictor_new (scene->context, model, 1, error);
    if (call->predictor == NULL || !nn_predictor_run (call->predictor, picture, 1, call->answer, error))
      return FALSE;
  }
  *done = call->n_steps == call->wanted;
  return TRUE;
}

static void
leave (gpointer data)
{
  Call *call = data;
  g_assert_true (call->thread == g_thread_self ());
  g_clear_pointer (&call->predictor, nn_predictor_free);
  call->n_leaves++;
}

static void
destroyed (gpointer data)
{
  ((Call *) data)->freed = TRUE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_assert_null (source);
  g_assert_false (call->ended || call->freed);
  g_assert_true (call->thread != g_thread_self ());
  gpointer got = nn_trainer_thread_call_finish (result, &call->error);
  g_assert_true (got == (call->error ? NULL : call));
  call->ended = TRUE;
  if (call->order)
    call->number = ++*call->order;
}

static void
begin (NnTrainerThread *thread, Call *call, GCancellable *cancellable)
{
  static const NnTrainerCallFuncs funcs = { .step = step, .leave = leave };
  nn_trainer_thread_call_async (thread, &funcs, call, destroyed, cancellable, on_ended, call);
}

static gboolean
on_timeout (gpointer data)
{
  g_assert_not_reached (); /* nothing came */
  return G_SOURCE_REMOVE;
}

#define WAIT_UNTIL(condition)                                                                                \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    guint id = g_timeout_add_seconds (TIMEOUT_S, on_timeout, NULL);                                          \
    while (!(condition))                                                                                     \
      g_main_context_iteration (NULL, TRUE);                                                                 \
    g_source_remove (id);                                                                                    \
  }                                                                                                          \
  G_STMT_END

static NnTrainerThread *
make_thread (void)
{
  NnTrainerThread *thread = nn_trainer_thread_new ();
  nn_trainer_thread_set_device (thread, device);
  return thread;
}

static void
start (NnTrainerThread *thread, guint epochs)
{
  NnPixelSpec spec = { .height = SIDE, .width = SIDE, .channels = 1 };
  g_autofree guint8 *data = g_new0 (guint8, N_SAMPLES * SIDE * SIDE);
  gint32 labels[N_SAMPLES];
  for (guint i = 0; i < N_SAMPLES; i++) {
    labels[i] = (gint32) (i % N_CLASSES);
    data[i * SIDE * SIDE + i % N_CLASSES] = 255;
  }
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.epochs = epochs;
  config.batch = 16;
  config.learning_rate = 0.01;
  g_autoptr (NnModel) model = make_model ();
  g_autoptr (NnPixels) pixels = nn_pixels_new_from_data (&spec, N_SAMPLES, data, labels);
  nn_trainer_thread_start (thread, model, pixels, pixels, &config);
}

static void
test_idle (void)
{
  g_autoptr (NnTrainerThread) thread = make_thread ();
  g_autoptr (NnModel) model = make_model ();
  guint order = 0;
  Call first = { .wanted = 5, .model = model, .order = &order }, second = { .wanted = 3, .order = &order };
  begin (thread, &first, NULL);
  begin (thread, &second, NULL);
  g_assert_cmpuint (first.ended + second.ended, ==, 0);
  WAIT_UNTIL (first.freed && second.freed);
  g_assert_no_error (first.error);
  g_assert_no_error (second.error);
  g_assert_cmpuint (first.n_steps, ==, 5);
  g_assert_cmpuint (first.n_leaves, ==, 1);
  g_assert_cmpuint (first.n_with_weights, ==, 0);
  g_assert_cmpuint (second.n_steps, ==, 3);
  g_assert_true (second.number == 1 && first.number == 2); /* they take turns */
  float sum = first.answer[0] + first.answer[1] + first.answer[2];
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);

  /* The one that answers predictions. */
  Call third = { .wanted = 1 };
  nn_trainer_thread_set_model (thread, model);
  begin (thread, &third, NULL);
  WAIT_UNTIL (third.freed);
  g_assert_no_error (third.error);
  g_assert_cmpmem (third.answer, sizeof third.answer, first.answer, sizeof first.answer);
}

static void
on_report (NnTrainerThread *thread, NnTrainReport *report, guint *epoch)
{
  *epoch = report->epoch;
}

static void
test_in_run (void)
{
  g_autoptr (NnTrainerThread) thread = make_thread ();
  guint epoch = 0;
  g_signal_connect (thread, "report", G_CALLBACK (on_report), &epoch);
  start (thread, 100000);
  WAIT_UNTIL (nn_trainer_thread_get_state (thread) == NN_TRAINER_RUNNING);
  Call call = { .wanted = 50 };
  begin (thread, &call, NULL);
  WAIT_UNTIL (call.freed);
  g_assert_no_error (call.error);
  g_assert_cmpuint (call.n_with_weights, ==, 50);
  guint before = epoch;
  WAIT_UNTIL (epoch > before);

  nn_trainer_thread_pause (thread);
  WAIT_UNTIL (nn_trainer_thread_get_state (thread) == NN_TRAINER_PAUSED);
  Call paused = { .wanted = 3 };
  begin (thread, &paused, NULL);
  WAIT_UNTIL (paused.freed);
  g_assert_no_error (paused.error);
  g_assert_cmpuint (paused.n_with_weights, ==, 3);
  nn_trainer_thread_resume (thread);

  /* A run that begins in the middle of a call has its turn too, and its end doesn't end the call. */
  Call longer = { .wanted = 400 };
  begin (thread, &longer, NULL);
  start (thread, 2);
  WAIT_UNTIL (nn_trainer_thread_get_state (thread) == NN_TRAINER_FINISHED && longer.freed);
  g_assert_no_error (longer.error);
  g_assert_cmpuint (longer.n_steps, ==, 400);
}

static void
test_cancel (void)
{
  g_autoptr (NnTrainerThread) thread = make_thread ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new (), before = g_cancellable_new ();
  Call endless = { .wanted = G_MAXUINT }, never = { .wanted = 1 }, other = { .wanted = 20 };
  g_cancellable_cancel (before);
  begin (thread, &endless, cancellable);
  begin (thread, &never, before);
  begin (thread, &other, NULL);
  WAIT_UNTIL (never.freed && other.freed);
  g_assert_error (never.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (never.n_steps + never.n_leaves, ==, 0);
  g_assert_no_error (other.error);
  g_assert_false (endless.ended);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (endless.freed);
  g_assert_error (endless.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (endless.n_leaves, ==, 1);
  g_clear_error (&never.error);
  g_clear_error (&endless.error);
}

static void
test_failure (void)
{
  g_autoptr (NnTrainerThread) thread = make_thread ();
  g_autoptr (NnModel) model = make_model ();
  Call bad = { .wanted = 9, .fails_at = 2, .code = NN_ERROR_BAD_INPUT };
  begin (thread, &bad, NULL);
  WAIT_UNTIL (bad.freed);
  g_assert_error (bad.error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_assert_cmpuint (bad.n_steps, ==, 2);
  g_assert_cmpuint (bad.n_leaves, ==, 1);

  /* A call whose device was lost by another one leaves it, and goes on with the next. */
  Call steady = { .wanted = 30, .model = model },
       lost = { .wanted = 9, .fails_at = 3, .code = NN_ERROR_DEVICE };
  begin (thread, &steady, NULL);
  begin (thread, &lost, NULL);
  WAIT_UNTIL (steady.freed && lost.freed);
  g_assert_error (lost.error, NN_ERROR, NN_ERROR_DEVICE);
  g_assert_no_error (steady.error);
  g_assert_cmpuint (steady.n_leaves, ==, 2);
  g_assert_cmpuint (steady.n_steps, ==, 30);

  /* Without a device there is a sentence. */
  g_autoptr (NnTrainerThread) bare = nn_trainer_thread_new ();
  Call none = { .wanted = 1 };
  begin (bare, &none, NULL);
  WAIT_UNTIL (none.freed);
  g_assert_error (none.error, NN_ERROR, NN_ERROR_NO_DEVICE);
  g_assert_cmpuint (none.n_steps + none.n_leaves, ==, 0);
  g_clear_error (&bad.error);
  g_clear_error (&lost.error);
  g_clear_error (&none.error);
}

static void
test_destroy (void)
{
  for (guint i = 0; i < 4; i++) {
    NnTrainerThread *thread = make_thread ();
    Call calls[3] = { { .wanted = G_MAXUINT }, { .wanted = 1 }, { .wanted = G_MAXUINT } };
    if (i >= 2)
      start (thread, 100000);
    for (guint c = 0; c < 3; c++)
      begin (thread, &calls[c], NULL);
    if (i % 2)
      WAIT_UNTIL (calls[1].freed);
    g_object_unref (thread);
    WAIT_UNTIL (calls[0].freed && calls[1].freed && calls[2].freed);
    for (guint c = 0; c < 3; c++) {
      g_assert_cmpuint (calls[c].n_leaves, ==, calls[c].n_steps > 0);
      if (c != 1)
        g_assert_error (calls[c].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&calls[c].error);
    }
  }
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
  g_test_add_func ("/trainer-calls/idle", test_idle);
  g_test_add_func ("/trainer-calls/in-run", test_in_run);
  g_test_add_func ("/trainer-calls/cancel", test_cancel);
  g_test_add_func ("/trainer-calls/failure", test_failure);
  g_test_add_func ("/trainer-calls/destroy", test_destroy);
  int status = g_test_run ();
  g_object_unref (device);
  return status;
}
