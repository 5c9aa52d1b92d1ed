/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing kernels: what is kept on disk, what a tuning run takes and what it doesn't, and that a run keeps to its kernels. */
#include "test-context.h"
#include "toy-model.h"

#include "net/tuner.h"
#include "ops/registry.h"
#include "ops/tuning.h"
#include "train/trainer-thread.h"
#include "train/tuning.h"

#include <glib/gstdio.h>
#include <string.h>

#define SIDE 8
#define N 6

static NnContext *context;
static const char ways[3][NN_CHOICE_NAME] = { "rule", "second", "third" };

static NnDevice *
device (void)
{
  return nn_context_get_device (context);
}

static char *
cache_file (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "perceptron", "tuning", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir ? g_dir_read_name (dir) : NULL;
  return name ? g_build_filename (folder, name, NULL) : NULL;
}

static void
remove_cache (void)
{
  g_autofree char *path = cache_file ();
  if (path != NULL)
    g_assert_cmpint (g_remove (path), ==, 0);
}

static guint
ask_anew (const char *key)
{
  NnChoices *choices = nn_choices_new (device ());
  guint chosen = nn_choices_ask (choices, key, ways, G_N_ELEMENTS (ways));
  nn_choices_free (choices);
  return chosen;
}

static void
keep (const char *key, const char *name)
{
  NnChoices *choices = nn_choices_new (device ());
  nn_choices_set (choices, key, name);
  nn_choices_save (choices);
  nn_choices_free (choices);
}

static void
test_kept (void)
{
  remove_cache ();
  g_assert_cmpuint (ask_anew ("a"), ==, 0);
  keep ("a", "second");
  g_assert_cmpuint (ask_anew ("a"), ==, 1);
  g_assert_cmpuint (ask_anew ("b"), ==, 0);
  keep ("a", "no longer known");
  g_assert_cmpuint (ask_anew ("a"), ==, 0);
}

static void
test_two_programs (void)
{
  remove_cache ();
  NnChoices *one = nn_choices_new (device ()), *two = nn_choices_new (device ());
  g_assert_cmpuint (nn_choices_ask (one, "a", ways, 3), ==, 0);
  g_assert_cmpuint (nn_choices_ask (two, "b", ways, 3), ==, 0);
  nn_choices_set (one, "a", "second");
  nn_choices_set (two, "b", "third");
  nn_choices_save (one);
  nn_choices_save (two);
  nn_choices_free (one);
  nn_choices_free (two);
  g_assert_cmpuint (ask_anew ("a"), ==, 1);
  g_assert_cmpuint (ask_anew ("b"), ==, 2);
}

/* Each kind of damage is told once, and the file is made anew. */
static void
test_damaged (void)
{
  static const char *const contents[] = { "", "perceptron tuning 1\n", "perceptron tuning 2\nnonsense", "\xff\xfe" };
  for (gsize i = 0; i <= G_N_ELEMENTS (contents); i++) {
    g_autoptr (GError) error = NULL;
    remove_cache ();
    keep ("a", "second");
    g_autofree char *path = cache_file ();
    if (i < G_N_ELEMENTS (contents)) {
      g_assert_true (g_file_set_contents (path, contents[i], -1, &error));
    } else { /* one letter */
      g_autofree char *text = NULL;
      g_assert_true (g_file_get_contents (path, &text, NULL, &error));
      text[strlen (text) - 1] ^= 1;
      g_assert_true (g_file_set_contents (path, text, -1, &error));
    }
    g_test_expect_message ("perceptron", G_LOG_LEVEL_MESSAGE, "*is damaged*");
    g_assert_cmpuint (ask_anew ("a"), ==, 0);
    g_test_assert_expected_messages ();
    g_assert_cmpuint (ask_anew ("a"), ==, 0);
    keep ("a", "third");
    g_assert_cmpuint (ask_anew ("a"), ==, 2);
  }
}

static void
test_record_and_hold (void)
{
  remove_cache ();
  NnChoices *choices = nn_choices_new (device ());
  nn_choices_set (choices, "a", "second");
  nn_choices_start_record (choices);
  nn_choices_ask (choices, "b", ways, 3);
  nn_choices_ask (choices, "a", ways, 3);
  g_autofree char *record = nn_choices_take_record (choices);
  g_assert_cmpstr (record, ==, "a=second;b=rule");
  nn_choices_set (choices, "a", "third");
  nn_choices_set (choices, "c", "third");
  nn_choices_hold (choices, record);
  g_assert_cmpuint (nn_choices_ask (choices, "a", ways, 3), ==, 1);
  g_assert_cmpuint (nn_choices_ask (choices, "c", ways, 3), ==, 2);
  nn_choices_set_rules_only (choices, TRUE);
  g_assert_cmpuint (nn_choices_ask (choices, "a", ways, 3), ==, 1);
  g_assert_cmpuint (nn_choices_ask (choices, "c", ways, 3), ==, 0);
  nn_choices_hold (choices, ";;x=;=y;a=;garbage");
  g_assert_cmpuint (nn_choices_ask (choices, "a", ways, 3), ==, 0);
  nn_choices_free (choices);
}

/* A dense layer whose rule is slow beyond any noise: it computes hundreds of times. Beside it there are a quick way that computes nothing, one
 * that can't be had, one that is slower still, and the right one. */
static gboolean
slow_forward (NnOpArgs *args, GError **error)
{
  NnWays list = { .n = 0 };
  const char *const names[] = { "slow", "wrong", "broken", "slower", "right" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    nn_ways_add (&list, names[i]);
  const char *way = names[nn_ways_choose (&list, args->ctx, "slow dense")];
  guint times = g_str_equal (way, "slow") ? 600 : g_str_equal (way, "slower") ? 1500 : g_str_equal (way, "wrong") ? 0 : 1;
  const NnLaunch launch = { .file = "gemm.cl", .kernel = "no_such_kernel", .options = "-D GEMM_PLAIN", .dims = 1 };
  if (g_str_equal (way, "broken"))
    return nn_commands_launch (args->commands, &launch, NULL, 0, error);
  for (guint i = 0; i < times; i++)
    if (!nn_op_dense.forward (args, error))
      return FALSE;
  return TRUE;
}

static void
run_tuner (NnTuner *tuner)
{
  guint done = 0, total = 0, before = 0;
  g_assert_nonnull (tuner);
  while (nn_tuner_advance (tuner)) {
    nn_tuner_get_progress (tuner, &done, &total);
    g_assert_cmpuint (done, >=, before);
    g_assert_cmpuint (done, <=, total);
    before = done;
  }
  g_assert_false (nn_tuner_advance (tuner));
}

static NnGraph *
dense_graph (guint units)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_strdup_printf ("{\"format\":1,\"layers\":[{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":%u},"
                                           "{\"op\":\"dense\",\"units\":\"classes\"}]}",
                                           units);
  NnGraph *graph = nn_graph_new_from_json (json, -1, &NN_SHAPE (SIDE, SIDE, 1), 3, &error);
  g_assert_no_error (error);
  return graph;
}

static void
test_right_way (void)
{
  remove_cache ();
  g_autoptr (NnGraph) graph = dense_graph (256);
  NnNode *node = (NnNode *) nn_graph_get_node (graph, 2);
  NnOp slow = nn_op_dense;
  slow.forward = slow_forward;
  node->op = &slow;
  g_test_expect_message ("perceptron", G_LOG_LEVEL_MESSAGE, "*other results*");
  g_autoptr (NnTuner) tuner = nn_tuner_new (context, graph, 0, 64, 60);
  run_tuner (tuner);
  g_test_assert_expected_messages ();
  g_assert_cmpfloat (nn_tuner_get_gain (tuner), >, 0);
  g_assert_cmpstr (nn_choices_get (nn_context_get_choices (context), "slow dense"), ==, "right");
  /* It is known from now on, also by others. */
  g_assert_null (nn_tuner_new (context, graph, 0, 64, 60));
  g_autoptr (GError) error = NULL;
  g_autoptr (NnContext) other = nn_context_new (device (), &error);
  g_assert_no_error (error);
  g_assert_null (nn_tuner_new (other, graph, 0, 64, 60));
  g_autoptr (NnTuner) another = nn_tuner_new (other, graph, 0, 32, 60);
  g_assert_nonnull (another);
}

/* Without time the rules stay; what was skipped is tried the next time. */
static void
test_no_time (void)
{
  remove_cache ();
  g_autoptr (NnGraph) graph = dense_graph (100);
  NnNode *node = (NnNode *) nn_graph_get_node (graph, 2);
  NnOp slow = nn_op_dense;
  slow.forward = slow_forward;
  node->op = &slow;
  NnChoices *choices = nn_context_get_choices (context);
  nn_choices_set (choices, "slow dense", NULL);
  g_autoptr (NnTuner) skipped = nn_tuner_new (context, graph, 0, 16, 60);
  g_assert_true (nn_tuner_advance (skipped));
  g_clear_pointer (&skipped, nn_tuner_free);
  g_assert_null (nn_choices_get (choices, "slow dense"));
  g_autoptr (NnTuner) tuner = nn_tuner_new (context, graph, 0, 16, 0);
  run_tuner (tuner);
  const char *kept = nn_choices_get (choices, "slow dense");
  g_assert_true (kept == NULL || g_str_equal (kept, "slow"));
  nn_choices_set_rules_only (choices, TRUE);
  g_assert_null (nn_tuner_new (context, graph, 0, 17, 60));
  nn_choices_set_rules_only (choices, FALSE);
}

static NnPixels *
stripes (void)
{
  const NnPixelSpec spec = { .height = SIDE, .width = SIDE, .channels = 1 };
  guint8 *data = g_malloc (N * SIDE * SIDE);
  gint32 *labels = g_new (gint32, N);
  for (guint i = 0; i < N; i++) {
    labels[i] = (gint32) (i % 3);
    for (guint p = 0; p < SIDE * SIDE; p++)
      data[i * SIDE * SIDE + p] = (guint8) ((p / SIDE + i) % (i % 3 + 2) * 90);
  }
  return nn_pixels_new_take (&spec, N, data, labels);
}

static NnModel *
train (NnModel *start, NnPixels *pixels, guint first_epoch, guint epochs)
{
  g_autoptr (GError) error = NULL;
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 2;
  config.first_epoch = first_epoch;
  config.epochs = epochs;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, NULL, &config, &error);
  g_assert_no_error (error);
  while (!nn_trainer_is_finished (trainer) && nn_trainer_advance (trainer, 50, &error))
    ;
  g_assert_no_error (error);
  NnModel *model = nn_trainer_create_model (trainer, &error);
  g_assert_no_error (error);
  return model;
}

/* A run that goes on takes the kernels that it began with, whatever was tuned since; another one takes what was tuned. */
static void
test_run_keeps_kernels (void)
{
  remove_cache ();
  NnChoices *choices = nn_context_get_choices (context);
  g_autoptr (NnPixels) pixels = stripes ();
  g_autoptr (NnModel) start = toy_model_new ("convnet", SIDE, pixels);
  g_autoptr (NnModel) first = train (start, pixels, 0, 1);
  const char *kernels = nn_model_get_metadata (first, NN_TUNING_KEY);
  g_assert_nonnull (kernels);
  g_test_message ("%s", kernels);
  /* Everything is tuned to another way; the names don't matter to what is on record. */
  g_auto (GStrv) rows = g_strsplit (kernels, ";", -1);
  for (guint i = 0; rows[i] != NULL; i++) {
    char *name = strchr (rows[i], '=');
    g_assert_nonnull (name);
    *name++ = '\0';
    const char *other = g_str_has_suffix (name, " 4x3x8") ? "direct 6x2x8" : "direct 4x3x8";
    nn_choices_set (choices, rows[i], other);
  }
  g_autoptr (NnModel) second = train (first, pixels, 1, 2);
  g_assert_cmpstr (nn_model_get_metadata (second, NN_TUNING_KEY), ==, kernels);
  g_autoptr (NnModel) anew = train (start, pixels, 0, 1);
  const char *changed = nn_model_get_metadata (anew, NN_TUNING_KEY);
  g_test_message ("%s", changed);
  g_autoptr (NnModel) like = nn_model_new_copy (start, nn_model_get_graph (start));
  nn_tuning_copy (like, first);
  g_autoptr (NnModel) again = train (like, pixels, 0, 1);
  g_assert_cmpstr (nn_model_get_metadata (again, NN_TUNING_KEY), ==, kernels);
  for (guint i = 0; rows[i] != NULL; i++)
    nn_choices_set (choices, rows[i], NULL);
}

/* Short runs aren't tuned for. */
static void
test_when (void)
{
  g_autoptr (NnPixels) pixels = stripes ();
  g_autoptr (NnModel) start = toy_model_new ("convnet", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  g_assert_null (nn_tuning_new (context, start, 100, &config));
  config.epochs = 100000;
  g_autoptr (NnTuner) tuner = nn_tuning_new (context, start, 1000000, &config);
  g_assert_nonnull (tuner);
  g_autoptr (NnModel) perceptron = toy_model_new ("perceptron", SIDE, pixels);
  g_assert_null (nn_tuning_new (context, perceptron, 1000000, &config));
}

static void
on_tuning (NnTrainerThread *thread, guint done, guint total, guint *n_told)
{
  g_assert_cmpuint (done, <=, total);
  ++*n_told;
}

static void
wait_for_state (NnTrainerThread *thread, NnTrainerState state)
{
  while (nn_trainer_thread_get_state (thread) != state)
    g_main_context_iteration (NULL, TRUE);
}

/* In the thread, before a long run that asks for it: it can be stopped, and skipped. */
static void
test_thread (void)
{
  guint n_told = 0, n;
  g_autoptr (NnPixels) pixels = stripes ();
  g_autoptr (NnModel) start = toy_model_new ("convnet", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.epochs = 100000;
  config.batch = 6;
  /* So few pictures are no long run, were they not learnt so often. */
  config.extra_epochs = 100000;
  config.tune = TRUE;
  g_autoptr (NnTrainerThread) thread = nn_trainer_thread_new ();
  g_signal_connect (thread, "tuning", G_CALLBACK (on_tuning), &n_told);
  nn_trainer_thread_set_device (thread, device ());
  g_autoptr (NnTuner) tuner = nn_tuning_new (context, start, pixels->n, &config);
  if (tuner == NULL) {
    g_test_skip ("No run is long for this device.");
    return;
  }
  nn_trainer_thread_start (thread, start, pixels, NULL, &config);
  while (n_told == 0)
    g_main_context_iteration (NULL, TRUE);
  nn_trainer_thread_stop (thread);
  wait_for_state (thread, NN_TRAINER_IDLE);
  n = n_told;
  nn_trainer_thread_start (thread, start, pixels, NULL, &config);
  while (n_told == n)
    g_main_context_iteration (NULL, TRUE);
  nn_trainer_thread_skip_tuning (thread);
  wait_for_state (thread, NN_TRAINER_RUNNING);
  nn_trainer_thread_stop (thread);
  wait_for_state (thread, NN_TRAINER_IDLE);
  n = n_told;
  config.tune = FALSE;
  nn_trainer_thread_start (thread, start, pixels, NULL, &config);
  wait_for_state (thread, NN_TRAINER_RUNNING);
  g_assert_cmpuint (n_told, ==, n);
}

int
main (int argc, char **argv)
{
  g_unsetenv ("PERCEPTRON_TUNE");
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  context = test_context_new ();
  g_test_add_func ("/tuner/kept", test_kept);
  g_test_add_func ("/tuner/two-programs", test_two_programs);
  g_test_add_func ("/tuner/damaged", test_damaged);
  g_test_add_func ("/tuner/record-and-hold", test_record_and_hold);
  g_test_add_func ("/tuner/right-way", test_right_way);
  g_test_add_func ("/tuner/no-time", test_no_time);
  g_test_add_func ("/tuner/run-keeps-kernels", test_run_keeps_kernels);
  g_test_add_func ("/tuner/when", test_when);
  g_test_add_func ("/tuner/thread", test_thread);
  int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
