/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/benchmark-private.h"

#include "base/random.h"
#include "train/predictor.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIN_STEPS 30
#define MAX_STEPS 20000
#define WARM_UP_STEPS 8
#define WARM_UP_SECONDS 4.0

/* Batches of the data set; after them the next epoch begins. */
#define ROUND 8

/* Pictures of noise that differ; a larger set repeats them. */
#define DIFFERENT 1024

static const NnBenchmarkCase cases[] = {
  { "mlp", "mlp", { 3, { 28, 28, 1 } }, 10, 128 },
  { "convnet", "convnet", { 3, { 28, 28, 1 } }, 10, 128 },
  { "convnet-rgb", "convnet-rgb", { 3, { 64, 64, 3 } }, 2, 32 },
  { "lstm", "lstm", { 3, { 28, 28, 1 } }, 10, 128 },
  { NULL },
};

const NnBenchmarkCase *
nn_benchmark_cases (void)
{
  return cases;
}

NnPixels *
nn_benchmark_create_pixels (const NnShape *input, guint n_classes, gsize n, GError **error)
{
  const NnPixelSpec spec = { .height = input->dims[0], .width = input->dims[1], .channels = input->dims[2] };
  const gsize size = nn_shape_size (input), different = MIN (n, DIFFERENT) * size;
  gsize bytes = 0;
  g_autofree guint8 *data = g_size_checked_mul (&bytes, n, size) ? g_try_malloc (bytes) : NULL;
  if (data == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY, _ ("There is no memory for %zu pictures; take fewer."), n);
    return NULL;
  }
  NnRandom random;
  nn_random_init (&random, 1, 0);
  g_autofree gint32 *labels = g_new (gint32, n);
  for (gsize i = 0; i < different; i++)
    data[i] = (guint8) nn_random_uint32 (&random);
  for (gsize i = different; i < bytes; i += different)
    memcpy (data + i, data, MIN (different, bytes - i));
  for (gsize i = 0; i < n; i++)
    labels[i] = (gint32) nn_random_below (&random, n_classes);
  return nn_pixels_new_take (&spec, n, g_steal_pointer (&data), labels);
}

int
nn_benchmark_compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

static double
percentile (GArray *sorted, double part)
{
  guint index = (guint) (part * (sorted->len - 1) + 0.5);
  return g_array_index (sorted, double, index);
}

gboolean
nn_measuring_go_on (const NnMeasuring *self, double fraction, GError **error)
{
  if (self->progress)
    self->progress (fraction, self->data);
  if (!g_cancellable_is_cancelled (self->cancellable))
    return TRUE;
  g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, "Stopped.");
  return FALSE;
}

static gboolean
warm_up (const NnMeasuring *self, NnMeasured work, gpointer data, NnBenchmark *result, GError **error)
{
  double ms, spent = 0;
  for (guint i = 0; i == 0 || (i < WARM_UP_STEPS && spent < WARM_UP_SECONDS * 1e3); i++) {
    if (!nn_measuring_go_on (self, -1, error) || !work (data, &ms, error))
      return FALSE;
    if (i == 0)
      result->first_step = g_get_monotonic_time ();
    spent += ms;
  }
  return TRUE;
}

gboolean
nn_measuring_run (const NnMeasuring *self, NnMeasured work, gpointer data, NnBenchmark *result, GError **error)
{
  double seconds = self->seconds;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  if (!warm_up (self, work, data, result, error))
    return FALSE;
  for (double ms, spent = 0; times->len < MAX_STEPS;) {
    if (!nn_measuring_go_on (self, MIN (spent / (seconds * 1e3), 1), error) || !work (data, &ms, error))
      return FALSE;
    g_array_append_val (times, ms);
    spent += ms;
    if ((spent > seconds * 1e3 && times->len >= MIN_STEPS) || (spent > 4e3 * seconds && times->len >= 5))
      break;
  }
  g_array_sort (times, nn_benchmark_compare);
  result->steps = times->len;
  result->ms = percentile (times, 0.5);
  result->p10 = percentile (times, 0.1);
  result->p90 = percentile (times, 0.9);
  result->p99 = percentile (times, 0.99);
  return TRUE;
}

/* Some presets are measured without what the peers' nets have not: those lie beside them, under bench/. */
NnGraph *
nn_benchmark_create_graph (const char *preset, const NnShape *input, guint n_classes, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/perceptron/bench/%s.json", preset);
  g_autoptr (GBytes) json = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (json == NULL)
    return nn_graph_new_from_preset (preset, input, n_classes, error);
  gsize length;
  const char *text = g_bytes_get_data (json, &length);
  return nn_graph_new_from_json (text, (gssize) length, input, n_classes, error);
}

NnModel *
nn_benchmark_create_model (const char *preset, const NnShape *input, guint n_classes, GError **error)
{
  g_autoptr (NnGraph) graph = nn_benchmark_create_graph (preset, input, n_classes, error);
  if (graph == NULL)
    return NULL;
  NnModel *model = nn_model_new (graph, NULL);
  NnPreprocess *preprocess = nn_model_get_preprocess (model);
  for (guint c = 0; c < NN_MAX_CHANNELS; c++) {
    preprocess->mean[c] = 0.5f;
    preprocess->deviation[c] = 0.29f; /* of uniform noise */
  }
  nn_model_init_weights (model, 1);
  return model;
}

void
nn_benchmark_fill_rates (NnBenchmark *result, NnModel *model, guint batch, double passes)
{
  double flops = (double) nn_graph_count_flops (nn_model_get_graph (model)) * batch * passes;
  result->images_per_s = batch / result->ms * 1e3;
  result->gflops = flops / result->ms / 1e6;
}

NnBenchmarkTraining *
nn_benchmark_training_new (NnContext *context, const char *preset, const NnShape *input, guint n_classes, guint batch,
                           GError **error)
{
  const NnTrainConfig config = { .epochs = 1, .batch = batch, .optimizer = "sgd", .learning_rate = 0.01,
                                 .momentum = 0.9, .schedule = "constant", .augment = "none", .seed = 1 };
  g_autoptr (NnBenchmarkTraining) self = g_new0 (NnBenchmarkTraining, 1);
  self->model = nn_benchmark_create_model (preset, input, n_classes, error);
  self->weights = self->model != NULL ? nn_weights_new (context, self->model, TRUE, error) : NULL;
  if (self->weights == NULL)
    return NULL;
  g_autoptr (NnPixels) pixels = nn_benchmark_create_pixels (input, n_classes, (gsize) batch * ROUND, error);
  if (pixels == NULL || (self->step = nn_step_new (self->weights, self->model, pixels, &config, error)) == NULL)
    return NULL;
  self->order = g_new (guint32, (gsize) batch * ROUND);
  for (guint i = 0; i < batch * ROUND; i++)
    self->order[i] = i;
  float rates[ROUND];
  for (guint i = 0; i < ROUND; i++)
    rates[i] = 0.01f;
  return nn_step_record (self->step, rates, ROUND, error) ? g_steal_pointer (&self) : NULL;
}

void
nn_benchmark_training_free (NnBenchmarkTraining *self)
{
  g_clear_pointer (&self->step, nn_step_free);
  g_clear_pointer (&self->weights, nn_weights_unref);
  g_clear_pointer (&self->model, nn_model_unref);
  g_free (self->order);
  g_free (self);
}

/* The first of each round sets the counter back, which is not timed. */
gboolean
nn_benchmark_training_step (gpointer training, double *milliseconds, GError **error)
{
  NnBenchmarkTraining *self = training;
  if (self->done++ % ROUND == 0 && !nn_step_start_epoch (self->step, self->order, 0, 1, error))
    return FALSE;
  gint64 start = g_get_monotonic_time ();
  NnCommands *commands = nn_step_next (self->step, error);
  if (commands == NULL || !nn_commands_run (commands, NULL, error) || !nn_context_finish (self->step->context, error))
    return FALSE;
  *milliseconds = (double) (g_get_monotonic_time () - start) / 1e3;
  return TRUE;
}

gboolean
nn_benchmark_training (NnContext *context, const char *preset, const NnShape *input, guint n_classes, guint batch,
                       double seconds, GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                       NnBenchmark *result, GError **error)
{
  const NnMeasuring how = { seconds, cancellable, progress, data };
  g_autoptr (NnBenchmarkTraining) training = nn_benchmark_training_new (context, preset, input, n_classes, batch, error);
  if (training == NULL || !nn_measuring_run (&how, nn_benchmark_training_step, training, result, error))
    return FALSE;
  result->device_bytes = nn_context_get_memory_used (context);
  nn_benchmark_fill_rates (result, training->model, batch, 3);
  return TRUE;
}

NnBenchmarkAnswer *
nn_benchmark_answer_new (NnContext *context, const char *preset, const NnShape *input, guint n_classes, GError **error)
{
  g_autoptr (NnBenchmarkAnswer) self = g_new0 (NnBenchmarkAnswer, 1);
  self->model = nn_benchmark_create_model (preset, input, n_classes, error);
  self->predictor = self->model != NULL ? nn_predictor_new (context, self->model, 1, error) : NULL;
  if (self->predictor == NULL)
    return NULL;
  self->pixels = g_malloc0 (nn_shape_size (input));
  self->probabilities = g_new0 (float, n_classes);
  return g_steal_pointer (&self);
}

void
nn_benchmark_answer_free (NnBenchmarkAnswer *self)
{
  g_clear_pointer (&self->predictor, nn_predictor_free);
  g_clear_pointer (&self->model, nn_model_unref);
  g_free (self->pixels);
  g_free (self->probabilities);
  g_free (self);
}

gboolean
nn_benchmark_answer_run (gpointer answer, double *milliseconds, GError **error)
{
  NnBenchmarkAnswer *self = answer;
  gint64 start = g_get_monotonic_time ();
  if (!nn_predictor_run (self->predictor, self->pixels, 1, self->probabilities, error))
    return FALSE;
  *milliseconds = (double) (g_get_monotonic_time () - start) / 1e3;
  return TRUE;
}

gboolean
nn_benchmark_latency (NnContext *context, const char *preset, const NnShape *input, guint n_classes, double seconds,
                      GCancellable *cancellable, NnProgressFunc progress, gpointer data, NnBenchmark *result,
                      GError **error)
{
  const NnMeasuring how = { seconds, cancellable, progress, data };
  g_autoptr (NnBenchmarkAnswer) answer = nn_benchmark_answer_new (context, preset, input, n_classes, error);
  if (answer == NULL || !nn_measuring_run (&how, nn_benchmark_answer_run, answer, result, error))
    return FALSE;
  result->device_bytes = nn_context_get_memory_used (context);
  nn_benchmark_fill_rates (result, answer->model, 1, 1);
  return TRUE;
}
