/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/duel.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The two-sided 95 % point of the normal distribution. */
#define Z 1.959963984540054
#define WARM_UP 2
#define RUNS 9

NnInterval
nn_interval_of_share (guint64 right, guint64 n)
{
  if (n == 0)
    return (NnInterval){ 0, 1 };
  double share = (double) right / (double) n, size = (double) n, z2 = Z * Z;
  double middle = (share + z2 / (2 * size)) / (1 + z2 / size);
  double half = Z / (1 + z2 / size) * sqrt (share * (1 - share) / size + z2 / (4 * size * size));
  /* At the ends rounding may leave the share itself outside. */
  return (NnInterval){ right == 0 ? 0 : middle - half, right == n ? 1 : middle + half };
}

NnMcNemar
nn_mcnemar (guint64 only_a, guint64 only_b)
{
  NnMcNemar test = { .only_a = only_a, .only_b = only_b, .p = 1 };
  guint64 n = only_a + only_b, less = MIN (only_a, only_b);
  if (n == 0)
    return test;
  double difference = (double) only_a - (double) only_b, tail = 0;
  test.statistic = difference * difference / (double) n;
  /* 2 Σ (n over k) / 2ⁿ, by logarithms: the binomials of thousands of pictures fit no number. */
  for (guint64 k = 0; k <= less; k++)
    tail += exp (lgamma ((double) n + 1) - lgamma ((double) k + 1) - lgamma ((double) (n - k) + 1) - (double) n * G_LN2);
  test.p = MIN (2 * tail, 1);
  return test;
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

NnDuel *
nn_duel_new (const NnEvaluation *a, const NnEvaluation *b, const gint32 *labels)
{
  g_return_val_if_fail (a->n == b->n && a->n_classes == b->n_classes, NULL);
  NnDuel *self = g_new0 (NnDuel, 1);
  guint64 only_a = 0, only_b = 0;
  self->n = a->n;
  self->n_classes = a->n_classes;
  self->answers_a = g_new (guint, a->n);
  self->answers_b = g_new (guint, a->n);
  self->differing = g_array_new (FALSE, FALSE, sizeof (guint));
  self->class_n = g_new0 (guint64, a->n_classes);
  self->class_right_a = g_new0 (guint64, a->n_classes);
  self->class_right_b = g_new0 (guint64, a->n_classes);
  for (guint i = 0; i < a->n; i++) {
    guint label = (guint) labels[i];
    guint x = self->answers_a[i] = best_of (a->probabilities + (gsize) i * a->n_classes, a->n_classes);
    guint y = self->answers_b[i] = best_of (b->probabilities + (gsize) i * b->n_classes, b->n_classes);
    self->class_n[label]++;
    self->class_right_a[label] += x == label;
    self->class_right_b[label] += y == label;
    self->right_a += x == label;
    self->right_b += y == label;
    self->both += x == label && y == label;
    self->neither += x != label && y != label;
    only_a += x == label && y != label;
    only_b += x != label && y == label;
    self->agree += x == y;
    if (x != y)
      g_array_append_val (self->differing, i);
  }
  self->interval_a = nn_interval_of_share (self->right_a, self->n);
  self->interval_b = nn_interval_of_share (self->right_b, self->n);
  self->test = nn_mcnemar (only_a, only_b);
  return self;
}

void
nn_duel_free (NnDuel *self)
{
  g_free (self->answers_a);
  g_free (self->answers_b);
  g_array_unref (self->differing);
  g_free (self->class_n);
  g_free (self->class_right_a);
  g_free (self->class_right_b);
  g_free (self);
}

gboolean
nn_duel_check_classes (NnModel *a, NnModel *b, GError **error)
{
  const char *const *of_a = nn_model_get_classes (a), *const *of_b = nn_model_get_classes (b);
  if (g_strv_equal (of_a, of_b))
    return TRUE;
  g_autofree char *names_a = g_strjoinv (", ", (char **) of_a), *names_b = g_strjoinv (", ", (char **) of_b);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               _ ("The models can’t be compared: they know other classes, or in another order (%s; %s)."), names_a, names_b);
  return FALSE;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

gboolean
nn_duel_measure (NnContext *context, NnModel *model, double *milliseconds, GError **error)
{
  NnGraph *graph = nn_model_get_graph (model);
  double times[RUNS];
  g_autofree float *probabilities = g_new (float, nn_graph_get_n_classes (graph));
  g_autofree guint8 *pixels = g_malloc0 (nn_shape_size (nn_graph_get_input_shape (graph)));
  g_autoptr (NnPredictor) predictor = nn_predictor_new (context, model, 1, error);
  if (predictor == NULL)
    return FALSE;
  for (int i = -WARM_UP; i < RUNS; i++) {
    gint64 begun = g_get_monotonic_time ();
    if (!nn_predictor_run (predictor, pixels, 1, probabilities, error))
      return FALSE;
    if (i >= 0)
      times[i] = (double) (g_get_monotonic_time () - begun) * 1e-3;
  }
  qsort (times, RUNS, sizeof *times, compare_times);
  *milliseconds = times[RUNS / 2];
  return TRUE;
}
