/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/evaluation.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define BATCH 128

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
answer_all (NnEvaluation *self, NnContext *context, NnModel *model, NnPixels *pixels, GCancellable *cancellable,
            GError **error)
{
  const NnShape *input = nn_graph_get_input_shape (nn_model_get_graph (model));
  gsize picture = nn_shape_size (input);
  guint batch = (guint) MIN (self->n, BATCH);
  g_autoptr (NnPredictor) predictor = nn_predictor_new (context, model, batch, error);
  if (predictor == NULL)
    return FALSE;
  g_autofree guint8 *block = g_malloc_n (batch, picture);
  for (gsize first = 0; first < self->n; first += batch) {
    gsize some = MIN (batch, self->n - first);
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, "Stopped.");
      return FALSE;
    }
    for (gsize i = 0; i < some; i++)
      copy_middle (pixels, first + i, input, block + i * picture);
    if (!nn_predictor_run (predictor, block, some, self->probabilities + first * self->n_classes, error))
      return FALSE;
  }
  return TRUE;
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

NnEvaluation *
nn_evaluate (NnContext *context, NnModel *model, NnPixels *pixels, GCancellable *cancellable, GError **error)
{
  if (!check (model, pixels, error))
    return NULL;
  g_autoptr (NnEvaluation) self = g_new0 (NnEvaluation, 1);
  self->n = pixels->n;
  self->n_classes = nn_graph_get_n_classes (nn_model_get_graph (model));
  self->confusion = g_new0 (guint64, (gsize) self->n_classes * self->n_classes);
  self->precision = g_new0 (double, self->n_classes);
  self->recall = g_new0 (double, self->n_classes);
  self->probabilities = g_new0 (float, self->n * self->n_classes);
  if (!answer_all (self, context, model, pixels, cancellable, error))
    return NULL;
  count (self, pixels->labels);
  rate_classes (self);
  return g_steal_pointer (&self);
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
