/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/benchmark.h"

#include "base/random.h"
#include "train/predictor.h"
#include "train/step.h"

#define MIN_STEPS 30
#define MAX_STEPS 20000
#define WARM_UP_STEPS 8
#define WARM_UP_SECONDS 4.0

/* Batches of the data set; after them the next epoch begins. */
#define ROUND 8

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

/* Noise with random labels, of so many batches. */
static NnPixels *
create_pixels (const NnShape *input, guint n_classes, guint batch)
{
  const NnPixelSpec spec = { .height = input->dims[0], .width = input->dims[1], .channels = input->dims[2] };
  gsize n = (gsize) batch * ROUND, bytes = n * nn_shape_size (input);
  NnRandom random;
  nn_random_init (&random, 1, 0);
  g_autofree guint8 *data = g_malloc (bytes);
  g_autofree gint32 *labels = g_new (gint32, n);
  for (gsize i = 0; i < bytes; i++)
    data[i] = (guint8) nn_random_uint32 (&random);
  for (gsize i = 0; i < n; i++)
    labels[i] = (gint32) nn_random_below (&random, n_classes);
  return nn_pixels_new_from_data (&spec, n, data, labels);
}

typedef struct {
  NnStep *step;
  guint32 *order;
  guint done;
} Training;

/* One whole step, waited for. The first of each round sets the counter back, which is not timed. */
static gboolean
run_step (gpointer data, double *milliseconds, GError **error)
{
  Training *self = data;
  if (self->done++ % ROUND == 0 && !nn_step_start_epoch (self->step, self->order, 0, 1, error))
    return FALSE;
  gint64 start = g_get_monotonic_time ();
  if (!nn_commands_run (self->step->commands, NULL, error) || !nn_context_finish (self->step->context, error))
    return FALSE;
  *milliseconds = (double) (g_get_monotonic_time () - start) / 1e3;
  return TRUE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
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

/* How to measure, and whom to tell. */
typedef struct {
  double seconds;
  GCancellable *cancellable;
  NnProgressFunc progress;
  gpointer data;
} Measuring;

/* Between two steps: tells how far it is. */
static gboolean
go_on (const Measuring *how, double fraction, GError **error)
{
  if (how->progress)
    how->progress (fraction, how->data);
  if (!g_cancellable_is_cancelled (how->cancellable))
    return TRUE;
  g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, "Stopped.");
  return FALSE;
}

/* Warm-up, then as many as fit. */
static gboolean
measure (gboolean (*work) (gpointer data, double *milliseconds, GError **error), gpointer data, const Measuring *how,
         NnBenchmark *result, GError **error)
{
  double seconds = how->seconds;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  double ms, spent = 0;
  for (guint i = 0; i == 0 || (i < WARM_UP_STEPS && spent < WARM_UP_SECONDS * 1e3); i++) {
    if (!go_on (how, -1, error) || !work (data, &ms, error))
      return FALSE;
    if (i == 0)
      result->first_step = g_get_monotonic_time ();
    spent += ms;
  }
  for (spent = 0; times->len < MAX_STEPS;) {
    if (!go_on (how, MIN (spent / (seconds * 1e3), 1), error) || !work (data, &ms, error))
      return FALSE;
    g_array_append_val (times, ms);
    spent += ms;
    if ((spent > seconds * 1e3 && times->len >= MIN_STEPS) || (spent > 4e3 * seconds && times->len >= 5))
      break;
  }
  g_array_sort (times, compare_doubles);
  result->steps = times->len;
  result->ms = percentile (times, 0.5);
  result->p10 = percentile (times, 0.1);
  result->p90 = percentile (times, 0.9);
  result->p99 = percentile (times, 0.99);
  return TRUE;
}

/* Some presets are measured without what the peers' nets have not: those lie beside them, under bench/. */
static NnGraph *
create_graph (const char *preset, const NnShape *input, guint n_classes, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/perceptron/bench/%s.json", preset);
  g_autoptr (GBytes) json = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (json == NULL)
    return nn_graph_new_from_preset (preset, input, n_classes, error);
  gsize length;
  const char *text = g_bytes_get_data (json, &length);
  return nn_graph_new_from_json (text, (gssize) length, input, n_classes, error);
}

static NnModel *
create_model (const char *preset, const NnShape *input, guint n_classes, GError **error)
{
  g_autoptr (NnGraph) graph = create_graph (preset, input, n_classes, error);
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

static void
fill_rates (NnBenchmark *result, NnModel *model, guint batch, double passes)
{
  double flops = (double) nn_graph_count_flops (nn_model_get_graph (model)) * batch * passes;
  result->images_per_s = batch / result->ms * 1e3;
  result->gflops = flops / result->ms / 1e6;
}

gboolean
nn_benchmark_training (NnContext *context, const char *preset, const NnShape *input, guint n_classes, guint batch,
                       double seconds, GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                       NnBenchmark *result, GError **error)
{
  const Measuring how = { seconds, cancellable, progress, data };
  const NnTrainConfig config = { .epochs = 1, .batch = batch, .optimizer = "sgd", .learning_rate = 0.01,
                                 .momentum = 0.9, .schedule = "constant", .augment = "none", .seed = 1 };
  g_autoptr (NnModel) model = create_model (preset, input, n_classes, error);
  g_autoptr (NnWeights) weights = model != NULL ? nn_weights_new (context, model, TRUE, error) : NULL;
  if (weights == NULL)
    return FALSE;
  g_autoptr (NnPixels) pixels = create_pixels (input, n_classes, batch);
  g_autoptr (NnStep) step = nn_step_new (weights, model, pixels, &config, error);
  g_autofree guint32 *order = g_new (guint32, (gsize) batch * ROUND);
  for (guint i = 0; i < batch * ROUND; i++)
    order[i] = i;
  float rates[ROUND];
  for (guint i = 0; i < ROUND; i++)
    rates[i] = 0.01f;
  Training training = { step, order, 0 };
  if (step == NULL || !nn_step_record (step, rates, ROUND, error)
      || !measure (run_step, &training, &how, result, error))
    return FALSE;
  result->device_bytes = nn_context_get_memory_used (context);
  fill_rates (result, model, batch, 3);
  return TRUE;
}

typedef struct {
  NnPredictor *predictor;
  guint8 *pixels;
  float *probabilities;
} Answer;

static gboolean
run_answer (gpointer data, double *milliseconds, GError **error)
{
  Answer *self = data;
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
  const Measuring how = { seconds, cancellable, progress, data };
  g_autoptr (NnModel) model = create_model (preset, input, n_classes, error);
  g_autoptr (NnPredictor) predictor = model != NULL ? nn_predictor_new (context, model, 1, error) : NULL;
  if (predictor == NULL)
    return FALSE;
  g_autofree guint8 *pixels = g_malloc0 (nn_shape_size (input));
  g_autofree float *probabilities = g_new0 (float, n_classes);
  Answer answer = { predictor, pixels, probabilities };
  if (!measure (run_answer, &answer, &how, result, error))
    return FALSE;
  result->device_bytes = nn_context_get_memory_used (context);
  fill_rates (result, model, 1, 1);
  return TRUE;
}
