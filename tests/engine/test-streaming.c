/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets that the device doesn't hold: streamed in chunks of any size, a run gives the same model, byte by byte. */
#include "test-context.h"
#include "toy-model.h"

#include "base/error.h"
#include "base/random.h"
#include "cl/context-private.h"
#include "train/feed.h"
#include "train/preparation.h"
#include "train/trainer.h"

#include <string.h>

#define SIDE 12
#define PICTURE (SIDE * SIDE)

static NnContext *context;

static NnPixels *
make_pixels (gsize n, guint64 seed)
{
  const NnPixelSpec spec = { .height = SIDE, .width = SIDE, .channels = 1 };
  g_autofree guint8 *data = g_malloc (n * PICTURE);
  g_autofree gint32 *labels = g_new (gint32, n);
  NnRandom random;
  nn_random_init (&random, seed, 2);
  for (gsize i = 0; i < n * PICTURE; i++)
    data[i] = (guint8) nn_random_below (&random, 256);
  for (gsize i = 0; i < n; i++)
    labels[i] = (gint32) nn_random_below (&random, 3);
  return nn_pixels_new_from_data (&spec, n, data, labels);
}

/* The last epoch's metrics and the most device memory that the run took go to @metrics and @bytes. */
static NnModel *
train (NnModel *start, NnPixels *pixels, NnPixels *val, const NnTrainConfig *config, NnEpochMetrics *metrics,
       guint64 *bytes)
{
  g_autoptr (GError) error = NULL;
  guint64 before = nn_context_get_memory_used (context);
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, val, config, &error);
  g_assert_no_error (error);
  *bytes = 0;
  while (!nn_trainer_is_finished (trainer)) {
    g_assert_true (nn_trainer_advance (trainer, 3, &error));
    g_assert_no_error (error);
    *bytes = MAX (*bytes, nn_context_get_memory_used (context) - before);
  }
  g_autoptr (NnTrainReport) report = nn_trainer_get_report (trainer);
  *metrics = report->epochs[report->n_epoch_metrics - 1];
  return nn_model_ref (nn_trainer_get_good (trainer));
}

static void
assert_same (NnModel *a, NnModel *b)
{
  NnGraph *graph = nn_model_get_graph (a);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++)
    for (guint p = 0; p < nn_graph_get_node (graph, i)->n_params; p++) {
      gsize bytes = nn_shape_size (&nn_graph_get_node (graph, i)->params[p].shape) * sizeof (float);
      g_assert_cmpmem (nn_model_get_param (a, i, p), bytes, nn_model_get_param (b, i, p), bytes);
    }
}

/* Chunks of one batch, of some, of nearly all batches, and one for all; the last batch of the epoch isn't full. */
static void
test_same_bytes (gconstpointer preset)
{
  g_autoptr (NnPixels) pixels = make_pixels (211, 1), val = make_pixels (101, 2);
  g_autoptr (NnModel) start = toy_model_new (preset, SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 16;
  config.epochs = 3;
  config.augment = "digits";
  NnEpochMetrics held_metrics, metrics;
  guint64 held_bytes, bytes;
  g_autoptr (NnModel) held = train (start, pixels, val, &config, &held_metrics, &held_bytes);
  const gsize chunks[] = { 1, 16 * PICTURE, 3 * 16 * PICTURE + 5, 13 * 16 * PICTURE, 1 << 20 };
  for (gsize i = 0; i < G_N_ELEMENTS (chunks); i++) {
    config.stream_bytes = chunks[i];
    g_autoptr (NnModel) streamed = train (start, pixels, val, &config, &metrics, &bytes);
    assert_same (held, streamed);
    metrics.seconds = held_metrics.seconds; /* all else is the same, a perceptron's loss that is no number too */
    g_assert_cmpmem (&metrics, sizeof metrics, &held_metrics, sizeof held_metrics);
  }
}

/* What a streamed set takes doesn't grow with it. */
static void
test_memory_is_bounded (void)
{
  const gsize n = 5000, chunk = 64 * PICTURE;
  g_autoptr (NnPixels) pixels = make_pixels (n, 1);
  g_autoptr (NnModel) start = toy_model_new ("perceptron", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 32;
  config.epochs = 1;
  NnEpochMetrics metrics;
  guint64 held_bytes, bytes;
  g_autoptr (NnModel) held = train (start, pixels, NULL, &config, &metrics, &held_bytes);
  config.stream_bytes = chunk;
  g_autoptr (NnModel) streamed = train (start, pixels, NULL, &config, &metrics, &bytes);
  assert_same (held, streamed);
  /* Four bytes a picture are left, its place in the order, and its label is gone. */
  g_assert_cmpuint (held_bytes - bytes, >=, n * PICTURE - 2 * chunk);
}

/* A run that ends in the middle of an epoch, while chunks are being written, and one that goes on after its end. */
static void
test_stops_and_goes_on (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnPixels) pixels = make_pixels (400, 1);
  g_autoptr (NnModel) start = toy_model_new ("mlp", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 8;
  config.epochs = 1;
  config.stream_bytes = 1;
  for (guint i = 0; i < 20; i++) {
    g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, NULL, &config, &error);
    g_assert_no_error (error);
    g_assert_true (nn_trainer_advance (trainer, 0.2 * i, &error));
  }
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, NULL, &config, &error);
  while (!nn_trainer_is_finished (trainer))
    g_assert_true (nn_trainer_advance (trainer, 20, &error));
  g_assert_true (nn_trainer_extend (trainer, 1, &error));
  while (!nn_trainer_is_finished (trainer))
    g_assert_true (nn_trainer_advance (trainer, 20, &error));
  g_assert_no_error (error);
}

static guint
count_slots (NnPixels *pixels)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnFeed) feed = nn_feed_new (context, pixels, 3, 16, 0, &error);
  g_assert_no_error (error);
  return nn_feed_get_n_slots (feed);
}

/* A set streams where what else the device holds leaves no room for it. */
static void
test_streams_by_itself (void)
{
  g_autoptr (NnPixels) pixels = make_pixels (1000, 1);
  g_assert_cmpuint (count_slots (pixels), ==, 1);
  gint64 most = (gint64) nn_context_get_limits (context)->memory;
  nn_context_account (context, most);
  g_assert_cmpuint (count_slots (pixels), ==, 2);
  nn_context_account (context, -most);
  g_assert_cmpuint (count_slots (pixels), ==, 1);
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnPixels) none = make_pixels (0, 1), some = make_pixels (40, 1);
  g_assert_null (nn_feed_new (context, none, 3, 16, 1, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_null (nn_feed_new (context, some, 2, 16, 1, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  static const char *const presets[] = { "perceptron", "mlp", "convnet" };
  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++) {
    g_autofree char *path = g_strdup_printf ("/streaming/same-bytes/%s", presets[i]);
    g_test_add_data_func (path, presets[i], test_same_bytes);
  }
  g_test_add_func ("/streaming/memory-is-bounded", test_memory_is_bounded);
  g_test_add_func ("/streaming/stops-and-goes-on", test_stops_and_goes_on);
  g_test_add_func ("/streaming/streams-by-itself", test_streams_by_itself);
  g_test_add_func ("/streaming/errors", test_errors);
  int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
