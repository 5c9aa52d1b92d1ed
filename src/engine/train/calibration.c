/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/calibration.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* The logarithm of a probability that rounded to zero, about that of the smallest float: further apart two logits
 * can't be told. */
#define LOWEST_LOG (-87.0)
#define MAX_STEPS 60
#define CLOSE_ENOUGH 1e-7

static double
read_number (NnModel *model, const char *key, double low, double high, double otherwise)
{
  const char *text = nn_model_get_metadata (model, key);
  double value = text ? g_ascii_strtod (text, NULL) : NAN;
  return value >= low && value <= high ? value : otherwise;
}

static void
write_number (NnModel *model, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  nn_model_set_metadata (model, key, value > 0 ? g_ascii_formatd (text, sizeof text, "%.4g", value) : NULL);
}

double
nn_model_get_temperature (NnModel *model)
{
  return read_number (model, NN_MODEL_TEMPERATURE, NN_TEMPERATURE_MIN, NN_TEMPERATURE_MAX, 1);
}

gboolean
nn_model_has_temperature (NnModel *model)
{
  return read_number (model, NN_MODEL_TEMPERATURE, NN_TEMPERATURE_MIN, NN_TEMPERATURE_MAX, 0) > 0;
}

void
nn_model_set_temperature (NnModel *model, double temperature)
{
  write_number (model, NN_MODEL_TEMPERATURE, temperature);
}

double
nn_model_get_threshold (NnModel *model)
{
  return read_number (model, NN_MODEL_THRESHOLD, 0, 1, 0);
}

void
nn_model_set_threshold (NnModel *model, double threshold)
{
  write_number (model, NN_MODEL_THRESHOLD, threshold);
}

static guint
best_of (const float *p, guint n)
{
  guint best = 0;
  for (guint c = 1; c < n; c++)
    if (p[c] > p[best])
      best = c;
  return best;
}

static double
log_of (float p)
{
  return p > 0 ? MAX (log ((double) p), LOWEST_LOG) : LOWEST_LOG;
}

/* Softmax of @logs times @beta, into @out. Returns: the logarithm of what they were divided by. */
static double
sharpen (const double *logs, guint n, double beta, double *out)
{
  double top = logs[0], sum = 0;
  for (guint c = 1; c < n; c++)
    top = MAX (top, logs[c]);
  for (guint c = 0; c < n; c++)
    sum += out[c] = exp (beta * (logs[c] - top));
  for (guint c = 0; c < n; c++)
    out[c] /= sum;
  return beta * top + log (sum);
}

static void
take_logs (const float *p, gsize n, double *logs)
{
  for (gsize i = 0; i < n; i++)
    logs[i] = log_of (p[i]);
}

void
nn_temperature_apply (float *probabilities, gsize n, guint n_classes, double temperature)
{
  if (temperature == 1 || temperature <= 0)
    return;
  g_autofree double *logs = g_new (double, n_classes), *row = g_new (double, n_classes);
  for (gsize i = 0; i < n; i++) {
    float *p = probabilities + i * n_classes;
    take_logs (p, n_classes, logs);
    sharpen (logs, n_classes, 1 / temperature, row);
    for (guint c = 0; c < n_classes; c++)
      p[c] = (float) row[c];
  }
}

/* The derivative of the mean negative log-likelihood by beta = 1 / T, and the second one: the mean, and the variance,
 * of the logarithms under the model, against that of the label. */
static double
slope (const double *logs, const gint32 *labels, gsize n, guint n_classes, double beta, double *row, double *curve)
{
  double sum = 0;
  *curve = 0;
  for (gsize i = 0; i < n; i++) {
    const double *l = logs + i * n_classes;
    double mean = 0, squares = 0;
    sharpen (l, n_classes, beta, row);
    for (guint c = 0; c < n_classes; c++) {
      mean += row[c] * l[c];
      squares += row[c] * l[c] * l[c];
    }
    sum += mean - l[labels[i]];
    *curve += MAX (squares - mean * mean, 0);
  }
  *curve /= (double) n;
  return sum / (double) n;
}

static gboolean
check (const float *probabilities, const gint32 *labels, gsize n, guint n_classes, GError **error)
{
  gsize mistakes = 0;
  for (gsize i = 0; i < n; i++)
    mistakes += best_of (probabilities + i * n_classes, n_classes) != (guint) labels[i];
  if (n >= NN_CALIBRATION_PICTURES && mistakes > 0)
    return TRUE;
  if (n < NN_CALIBRATION_PICTURES)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 g_dngettext (NULL, "A temperature needs %d pictures or more, and there is %zu.",
                              "A temperature needs %d pictures or more, and there are %zu.", n),
                 NN_CALIBRATION_PICTURES, n);
  else
    g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                         _ ("The model makes no mistake on these pictures, so they don’t tell how sure is too sure. "
                            "Take more, or harder ones."));
  return FALSE;
}

double
nn_temperature_fit (const float *probabilities, const gint32 *labels, gsize n, guint n_classes, GError **error)
{
  if (!check (probabilities, labels, n, n_classes, error))
    return 0;
  g_autofree double *logs = g_new (double, n * n_classes), *row = g_new (double, n_classes);
  take_logs (probabilities, n * n_classes, logs);
  double low = 1 / NN_TEMPERATURE_MAX, high = 1 / NN_TEMPERATURE_MIN, beta = 1;
  for (guint step = 0; step < MAX_STEPS && high - low > CLOSE_ENOUGH; step++) {
    double curve, at = slope (logs, labels, n, n_classes, beta, row, &curve);
    if (at > 0)
      high = beta;
    else
      low = beta;
    double next = curve > 0 ? beta - at / curve : NAN;
    if (fabs (next - beta) < CLOSE_ENOUGH)
      break;
    beta = next > low && next < high ? next : (low + high) / 2;
  }
  return CLAMP (1 / beta, NN_TEMPERATURE_MIN, NN_TEMPERATURE_MAX);
}

guint
nn_reliability_bin_of (double probability)
{
  double place = ceil (probability * NN_RELIABILITY_BINS - 1e-6) - 1;
  return (guint) CLAMP (place, 0, NN_RELIABILITY_BINS - 1);
}

typedef struct {
  float sure;
  gboolean right;
} Answer;

static int
compare_answers (gconstpointer a, gconstpointer b)
{
  float x = ((const Answer *) a)->sure, y = ((const Answer *) b)->sure;
  return (x < y) - (x > y);
}

static void
sort_answers (NnReliability *self, Answer *answers)
{
  guint32 right = 0;
  qsort (answers, self->n, sizeof *answers, compare_answers);
  self->sure = g_new (float, self->n);
  self->right = g_new (guint32, self->n);
  for (gsize i = 0; i < self->n; i++) {
    right += answers[i].right;
    self->sure[i] = answers[i].sure;
    self->right[i] = right;
  }
  self->accuracy = (double) right / (double) self->n;
}

static void
finish_bins (NnReliability *self)
{
  for (guint b = 0; b < NN_RELIABILITY_BINS; b++) {
    NnReliabilityBin *bin = &self->bins[b];
    if (bin->n == 0)
      continue;
    bin->confidence /= (double) bin->n;
    bin->accuracy /= (double) bin->n;
    self->error += fabs (bin->accuracy - bin->confidence) * (double) bin->n / (double) self->n;
  }
}

NnReliability *
nn_reliability_new (const float *probabilities, const gint32 *labels, gsize n, guint n_classes, double temperature)
{
  g_return_val_if_fail (n > 0, NULL);
  NnReliability *self = g_new0 (NnReliability, 1);
  g_autofree double *logs = g_new (double, n_classes), *row = g_new (double, n_classes);
  g_autofree Answer *answers = g_new (Answer, n);
  self->n = n;
  for (gsize i = 0; i < n; i++) {
    const float *p = probabilities + i * n_classes;
    guint best = best_of (p, n_classes);
    take_logs (p, n_classes, logs);
    double divisor = sharpen (logs, n_classes, 1 / temperature, row);
    answers[i] = (Answer){ (float) row[best], best == (guint) labels[i] };
    self->loss -= (logs[labels[i]] / temperature - divisor) / (double) n;
    NnReliabilityBin *bin = &self->bins[nn_reliability_bin_of (row[best])];
    bin->n++;
    bin->confidence += row[best];
    bin->accuracy += answers[i].right;
  }
  finish_bins (self);
  sort_answers (self, answers);
  return self;
}

void
nn_reliability_free (NnReliability *self)
{
  g_free (self->sure);
  g_free (self->right);
  g_free (self);
}

double
nn_reliability_keep (const NnReliability *self, double threshold, double *accuracy)
{
  gsize low = 0, high = self->n; /* the answers before low are kept, those from high on aren't */
  while (low < high) {
    gsize middle = low + (high - low) / 2;
    if ((double) self->sure[middle] >= threshold)
      low = middle + 1;
    else
      high = middle;
  }
  *accuracy = low > 0 ? (double) self->right[low - 1] / (double) low : 0;
  return (double) low / (double) self->n;
}
