/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/benchmark.h"
#include "train/predictor.h"
#include "train/step.h"

G_BEGIN_DECLS

/* What the kinds of measurements share; private to the files benchmark*.c. */

/** NnMeasuring: how long to measure, and whom to tell */
typedef struct {
  double seconds;
  GCancellable *cancellable;
  NnProgressFunc progress;
  gpointer data;
} NnMeasuring;

/** nn_measuring_go_on: between two steps: tells how far it is. Returns: FALSE with NN_ERROR_CANCELLED to stop */
gboolean nn_measuring_go_on (const NnMeasuring *self, double fraction, GError **error);

/** NnMeasured: does the work once, and tells how long it took */
typedef gboolean (*NnMeasured) (gpointer data, double *milliseconds, GError **error);

/** nn_measuring_run: a warm-up, then as many times as fit; fills in the times, the number of steps and the first one */
gboolean nn_measuring_run (const NnMeasuring *self, NnMeasured work, gpointer data, NnBenchmark *result, GError **error);

/** nn_benchmark_compare: of doubles, for sorting */
int nn_benchmark_compare (gconstpointer a, gconstpointer b);

/** nn_benchmark_create_model: @preset for noise as input, with its first weights */
NnModel *nn_benchmark_create_model (const char *preset, const NnShape *input, guint n_classes, GError **error);

/** nn_benchmark_create_pixels: @n pictures of noise with random labels. Returns: NULL where there isn't so much memory */
NnPixels *nn_benchmark_create_pixels (const NnShape *input, guint n_classes, gsize n, GError **error);

/** nn_benchmark_fill_rates: @images_per_s and @gflops, by the median of a step of @batch pictures */
void nn_benchmark_fill_rates (NnBenchmark *result, NnModel *model, guint batch, double passes);

/** NnBenchmarkTraining: a network in training on some batches of noise, SGD with momentum 0.9 */
typedef struct {
  NnModel *model;
  NnWeights *weights;
  NnStep *step;
  guint32 *order;
  guint done;
} NnBenchmarkTraining;

NnBenchmarkTraining *nn_benchmark_training_new (NnContext *context, const char *preset, const NnShape *input,
                                                guint n_classes, guint batch, GError **error);
void nn_benchmark_training_free (NnBenchmarkTraining *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnBenchmarkTraining, nn_benchmark_training_free)

/** nn_benchmark_training_step: one whole step of @training, waited for: a NnMeasured */
gboolean nn_benchmark_training_step (gpointer training, double *milliseconds, GError **error);

/** NnBenchmarkAnswer: a network that classifies one picture at a time */
typedef struct {
  NnModel *model;
  NnPredictor *predictor;
  guint8 *pixels;
  float *probabilities;
} NnBenchmarkAnswer;

NnBenchmarkAnswer *nn_benchmark_answer_new (NnContext *context, const char *preset, const NnShape *input,
                                            guint n_classes, GError **error);
void nn_benchmark_answer_free (NnBenchmarkAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnBenchmarkAnswer, nn_benchmark_answer_free)

/** nn_benchmark_answer_run: one picture, from host to host: a NnMeasured */
gboolean nn_benchmark_answer_run (gpointer answer, double *milliseconds, GError **error);

G_END_DECLS
