/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast whole runs are: with all that a run does between steps, and at the ends of epochs. */
#include "train/benchmark-private.h"

#define SLICE_MS 50
#define MOST_STEPS 1000000 /* of a run: each has its rate on the device */
#define WARM_UP_BATCHES 4

static NnTrainer *
create_trainer (NnContext *context, NnModel *model, NnPixels *pixels, guint batch, gsize stream_bytes, GError **error)
{
  gsize n_steps = (pixels->n + batch - 1) / batch;
  const NnTrainConfig config = { .epochs = (guint) CLAMP (MOST_STEPS / n_steps, 1, 100000), .batch = batch,
                                 .optimizer = "sgd", .learning_rate = 1e-3, .momentum = 0.9, .schedule = "constant",
                                 .augment = "none", .seed = 1, .stream_bytes = stream_bytes };
  return nn_trainer_new (context, model, pixels, NULL, &config, error);
}

/* An epoch over few pictures, so that kernels are compiled. */
static gboolean
warm_up (NnContext *context, NnModel *model, NnPixels *pixels, guint batch, gsize stream_bytes, GError **error)
{
  NnPixels few = *pixels;
  few.n = MIN (pixels->n, (gsize) WARM_UP_BATCHES * batch);
  g_autoptr (NnPixels) copy = nn_pixels_new_from_data (&few.spec, few.n, few.data, few.labels);
  g_autoptr (NnTrainer) trainer = create_trainer (context, model, copy, batch, stream_bytes, error);
  gboolean ok = trainer != NULL;
  while (ok) {
    ok = nn_trainer_advance (trainer, SLICE_MS, error);
    g_autoptr (NnTrainReport) report = nn_trainer_get_report (trainer);
    if (report->epoch > 0)
      break;
  }
  return ok;
}

/* Between the ends of the first and the last epoch that ended, or within the first where none has. */
static gboolean
run (NnTrainer *trainer, const NnMeasuring *how, gsize n_samples, guint batch, NnBenchmark *result, GError **error)
{
  gint64 start = g_get_monotonic_time (), end = start + (gint64) (how->seconds * 1e6), last = start;
  guint epochs = 0;
  while (!nn_trainer_is_finished (trainer) && g_get_monotonic_time () < end) {
    if (!nn_measuring_go_on (how, -1, error) || !nn_trainer_advance (trainer, SLICE_MS, error))
      return FALSE;
    g_autoptr (NnTrainReport) report = nn_trainer_get_report (trainer);
    if (report->epoch > epochs) {
      epochs = report->epoch;
      last = g_get_monotonic_time ();
    }
    guint n_steps = (guint) ((n_samples + batch - 1) / batch);
    result->steps = epochs > 0 ? epochs * n_steps : report->step;
    result->images_per_s = epochs > 0 ? (double) epochs * (double) n_samples / (double) (last - start) * 1e6
                                      : report->samples_per_second;
    result->device_bytes = report->device_bytes;
  }
  result->ms = result->images_per_s > 0 ? batch / result->images_per_s * 1e3 : 0;
  return TRUE;
}

gboolean
nn_benchmark_epochs (NnContext *context, const char *preset, const NnShape *input, guint n_classes, guint batch,
                     gsize n_samples, gsize stream_bytes, double seconds, GCancellable *cancellable, NnBenchmark *result,
                     GError **error)
{
  const NnMeasuring how = { seconds, cancellable, NULL, NULL };
  g_autoptr (NnModel) model = nn_benchmark_create_model (preset, input, n_classes, error);
  g_autoptr (NnPixels) pixels = model ? nn_benchmark_create_pixels (input, n_classes, n_samples, error) : NULL;
  if (pixels == NULL || !warm_up (context, model, pixels, batch, stream_bytes, error))
    return FALSE;
  g_autoptr (NnTrainer) trainer = create_trainer (context, model, pixels, batch, stream_bytes, error);
  return trainer != NULL && run (trainer, &how, n_samples, batch, result, error);
}
