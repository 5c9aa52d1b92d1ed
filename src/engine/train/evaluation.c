/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/evaluation.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Small enough for a slice on a slow device; large enough for a fast one. */
#define SMALL_BATCH 16
#define LARGE_BATCH 128
/* The first batches may compile kernels, or find the device asleep. */
#define TRIALS 3
/* Between two looks at the cancellable. */
#define CANCEL_MS 100

struct _NnEvaluator {
  NnModel *model;
  NnPixels *pixels;
  NnEvaluation *evaluation;
  NnPredictor *predictor;
  guint8 *block;
  guint batch, n_trials;
  double batch_ms; /* the shortest so far */
  int done;        /* atomic */
};

/* Keeps the logarithm of a probability that rounded to zero finite. */
#define SMALLEST_PROBABILITY 1e-12

/* Pictures may be stored with a margin: the middle is what the network sees. */
static void
copy_middle (const NnPixels *pixels, gsize index, const NnShape *input, guint8 *out)
{
  gsize stored_row = (gsize) pixels->spec.width * pixels->spec.channels;
  gsize row = (gsize) input->dims[1] * input->dims[2];
  guint top = (pixels->spec.height - input->dims[0]) / 2, left = (pixels->spec.width - input->dims[1]) / 2;
  const guint8 *from = pixels->data + index * stored_row * pixels->spec.height + top * stored_row
                       + (gsize) left * pixels->spec.channels;
  for (guint y = 0; y < input->dims[0]; y++)
    memcpy (out + y * row, from + y * stored_row, row);
}

static gboolean
make_predictor (NnEvaluator *self, NnContext *context, guint batch, GError **error)
{
  nn_evaluator_leave (self);
  self->batch = nn_network_limit_batch (nn_model_get_graph (self->model), (guint) MIN (self->pixels->n, batch));
  self->batch_ms = INFINITY;
  self->n_trials = 0;
  self->predictor = nn_predictor_new (context, self->model, self->batch, error);
  if (self->predictor == NULL)
    return FALSE;
  const NnShape *input = nn_graph_get_input_shape (nn_model_get_graph (self->model));
  self->block = g_malloc_n (self->batch, nn_shape_size (input));
  return TRUE;
}

static gboolean
answer_batch (NnEvaluator *self, GError **error)
{
  const NnShape *input = nn_graph_get_input_shape (nn_model_get_graph (self->model));
  gsize picture = nn_shape_size (input), first = nn_evaluator_get_done (self);
  gsize some = MIN (self->batch, self->pixels->n - first);
  gint64 begun = g_get_monotonic_time ();
  for (gsize i = 0; i < some; i++)
    copy_middle (self->pixels, first + i, input, self->block + i * picture);
  if (!nn_predictor_run (self->predictor, self->block, some,
                         self->evaluation->probabilities + first * self->evaluation->n_classes, error))
    return FALSE;
  self->batch_ms = MIN (self->batch_ms, (double) (g_get_monotonic_time () - begun) * 1e-3);
  self->n_trials++;
  g_atomic_int_add (&self->done, (int) some);
  return TRUE;
}

static gboolean
can_take_more (NnEvaluator *self, double milliseconds)
{
  return self->batch == SMALL_BATCH && self->n_trials >= TRIALS
         && self->batch_ms * LARGE_BATCH / SMALL_BATCH < milliseconds
         && self->pixels->n - nn_evaluator_get_done (self) > LARGE_BATCH;
}

static guint
best_of (const float *probabilities, guint n)
{
  guint best = 0;
  for (guint c = 1; c < n; c++)
    if (probabilities[c] > probabilities[best])
      best = c;
  return best;
}

/* Accuracy, loss and confusion, from the answers. */
static void
count (NnEvaluation *self, const gint32 *labels)
{
  guint64 right = 0;
  double loss = 0;
  for (gsize i = 0; i < self->n; i++) {
    const float *p = self->probabilities + i * self->n_classes;
    guint label = (guint) labels[i], answer = best_of (p, self->n_classes);
    self->confusion[(gsize) label * self->n_classes + answer]++;
    right += label == answer;
    loss -= log (MAX ((double) p[label], SMALLEST_PROBABILITY));
  }
  self->accuracy = (double) right / (double) self->n;
  self->loss = loss / (double) self->n;
}

static void
rate_classes (NnEvaluation *self)
{
  guint n = self->n_classes;
  for (guint c = 0; c < n; c++) {
    guint64 answered = 0, present = 0, right = self->confusion[(gsize) c * n + c];
    for (guint other = 0; other < n; other++) {
      answered += self->confusion[(gsize) other * n + c];
      present += self->confusion[(gsize) c * n + other];
    }
    self->precision[c] = answered > 0 ? (double) right / (double) answered : 0;
    self->recall[c] = present > 0 ? (double) right / (double) present : 0;
  }
}

static gboolean
check (NnModel *model, const NnPixels *pixels, GError **error)
{
  NnGraph *graph = nn_model_get_graph (model);
  const NnShape *input = nn_graph_get_input_shape (graph);
  gboolean fits = input->rank == 3 && input->dims[2] == pixels->spec.channels
                  && input->dims[0] <= pixels->spec.height && input->dims[1] <= pixels->spec.width;
  if (pixels->n == 0 || !fits) {
    g_autofree char *text = nn_shape_to_string (input);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 pixels->n == 0
                     ? _ ("There is no picture to evaluate on; the model takes %s.")
                     : _ ("The pictures are smaller than the model's input of %s, or have other channels."),
                 text);
    return FALSE;
  }
  for (gsize i = 0; i < pixels->n; i++)
    if (pixels->labels[i] < 0 || pixels->labels[i] >= (gint32) nn_graph_get_n_classes (graph)) {
      g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                           _ ("A picture is of a class that the model doesn't know."));
      return FALSE;
    }
  return TRUE;
}

NnEvaluator *
nn_evaluator_new (NnModel *model, NnPixels *pixels, GError **error)
{
  if (!check (model, pixels, error))
    return NULL;
  NnEvaluator *self = g_new0 (NnEvaluator, 1);
  NnEvaluation *evaluation = self->evaluation = g_new0 (NnEvaluation, 1);
  self->model = nn_model_ref (model);
  self->pixels = nn_pixels_ref (pixels);
  evaluation->n = pixels->n;
  evaluation->n_classes = nn_graph_get_n_classes (nn_model_get_graph (model));
  evaluation->confusion = g_new0 (guint64, (gsize) evaluation->n_classes * evaluation->n_classes);
  evaluation->precision = g_new0 (double, evaluation->n_classes);
  evaluation->recall = g_new0 (double, evaluation->n_classes);
  evaluation->probabilities = g_new0 (float, evaluation->n * evaluation->n_classes);
  return self;
}

void
nn_evaluator_leave (NnEvaluator *self)
{
  g_clear_pointer (&self->predictor, nn_predictor_free);
  g_clear_pointer (&self->block, g_free);
}

void
nn_evaluator_free (NnEvaluator *self)
{
  nn_evaluator_leave (self);
  g_clear_pointer (&self->evaluation, nn_evaluation_free);
  nn_model_unref (self->model);
  nn_pixels_unref (self->pixels);
  g_free (self);
}

guint
nn_evaluator_get_done (NnEvaluator *self)
{
  return (guint) g_atomic_int_get (&self->done);
}

gboolean
nn_evaluator_advance (NnEvaluator *self, NnContext *context, double milliseconds, gboolean *done, GError **error)
{
  gint64 begun = g_get_monotonic_time ();
  if (self->predictor == NULL && !make_predictor (self, context, SMALL_BATCH, error))
    return FALSE;
  do {
    if (nn_evaluator_get_done (self) < self->pixels->n && !answer_batch (self, error))
      return FALSE;
    if (can_take_more (self, milliseconds) && !make_predictor (self, context, LARGE_BATCH, error))
      return FALSE;
    *done = nn_evaluator_get_done (self) == self->pixels->n;
  } while (!*done && (double) (g_get_monotonic_time () - begun) * 1e-3 < milliseconds);
  return TRUE;
}

NnEvaluation *
nn_evaluator_finish (NnEvaluator *self)
{
  g_return_val_if_fail (self->evaluation && nn_evaluator_get_done (self) == self->pixels->n, NULL);
  count (self->evaluation, self->pixels->labels);
  rate_classes (self->evaluation);
  return g_steal_pointer (&self->evaluation);
}

NnEvaluation *
nn_evaluate (NnContext *context, NnModel *model, NnPixels *pixels, GCancellable *cancellable, GError **error)
{
  g_autoptr (NnEvaluator) self = nn_evaluator_new (model, pixels, error);
  gboolean done = FALSE;
  if (self == NULL || !make_predictor (self, context, LARGE_BATCH, error))
    return NULL;
  while (!done) {
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, "Stopped.");
      return NULL;
    }
    if (!nn_evaluator_advance (self, context, CANCEL_MS, &done, error))
      return NULL;
  }
  return nn_evaluator_finish (self);
}

void
nn_evaluation_free (NnEvaluation *self)
{
  g_free (self->confusion);
  g_free (self->precision);
  g_free (self->recall);
  g_free (self->probabilities);
  g_free (self);
}
