/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reliability, expected calibration error and temperature, on answers whose numbers are known by hand. */
#include "train/calibration.h"

#include "base/error.h"

#include <math.h>

/* @n answers of two classes that are all so sure of class 0; the first @right of them are right. */
static void
fill (float *probabilities, gint32 *labels, gsize n, gsize right, float sure)
{
  for (gsize i = 0; i < n; i++) {
    probabilities[2 * i] = sure;
    probabilities[2 * i + 1] = 1 - sure;
    labels[i] = i < right ? 0 : 1;
  }
}

static void
test_error (void)
{
  float p[80];
  gint32 labels[40];

  fill (p, labels, 10, 9, 0.9f);
  g_autoptr (NnReliability) honest = nn_reliability_new (p, labels, 10, 2, 1);
  g_assert_cmpfloat_with_epsilon (honest->error, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (honest->loss, -(0.9 * log (0.9) + 0.1 * log (0.1)), 1e-6);
  g_assert_cmpfloat_with_epsilon (honest->accuracy, 0.9, 1e-12);

  /* 10 of 90 % with 5 right and 30 of 60 % with 21 right: (10 · 0.4 + 30 · 0.1) / 40 */
  fill (p, labels, 10, 5, 0.9f);
  fill (p + 20, labels + 10, 30, 21, 0.6f);
  g_autoptr (NnReliability) mixed = nn_reliability_new (p, labels, 40, 2, 1);
  g_assert_cmpfloat_with_epsilon (mixed->error, 7.0 / 40, 1e-6);
  guint high = nn_reliability_bin_of (0.9), low = nn_reliability_bin_of (0.6);
  g_assert_cmpuint (mixed->bins[high].n, ==, 10);
  g_assert_cmpfloat_with_epsilon (mixed->bins[high].accuracy, 0.5, 1e-12);
  g_assert_cmpuint (mixed->bins[low].n, ==, 30);
  g_assert_cmpfloat_with_epsilon (mixed->bins[low].confidence, 0.6, 1e-6);
  g_assert_cmpfloat_with_epsilon (mixed->bins[low].accuracy, 0.7, 1e-12);
  guint64 n = 0;
  for (guint b = 0; b < NN_RELIABILITY_BINS; b++)
    n += mixed->bins[b].n;
  g_assert_cmpuint (n, ==, 40);
}

static void
test_bins (void)
{
  g_assert_cmpuint (nn_reliability_bin_of (0), ==, 0);
  g_assert_cmpuint (nn_reliability_bin_of (1), ==, NN_RELIABILITY_BINS - 1);
  for (guint b = 0; b < NN_RELIABILITY_BINS; b++) {
    g_assert_cmpuint (nn_reliability_bin_of ((b + 0.5) / NN_RELIABILITY_BINS), ==, b);
    /* the upper end belongs to it, also as a float */
    g_assert_cmpuint (nn_reliability_bin_of ((double) ((float) (b + 1) / NN_RELIABILITY_BINS)), ==, b);
  }
}

/* Sure by p, right by q: 1 / (1 + ((1 - p) / p)^(1 / T)) = q, so T = log (p / (1 - p)) / log (q / (1 - q)). */
static void
test_known_temperatures (void)
{
  float p[200];
  gint32 labels[100];
  g_autoptr (GError) error = NULL;

  fill (p, labels, 100, 75, 0.9f); /* log 9 / log 3 */
  g_assert_cmpfloat_with_epsilon (nn_temperature_fit (p, labels, 100, 2, &error), 2, 1e-5);
  fill (p, labels, 100, 90, 0.75f);
  g_assert_cmpfloat_with_epsilon (nn_temperature_fit (p, labels, 100, 2, &error), 0.5, 1e-5);
  fill (p, labels, 100, 80, 0.8f);
  g_assert_cmpfloat_with_epsilon (nn_temperature_fit (p, labels, 100, 2, &error), 1, 1e-5);
  /* Far too sure: 1 - 1e-6 with every fourth wrong, log (1e6 - 1) / log 3 */
  fill (p, labels, 100, 75, 1 - 1e-6f);
  for (guint i = 0; i < 100; i++)
    p[2 * i + 1] = 1e-6f;
  g_assert_cmpfloat_with_epsilon (nn_temperature_fit (p, labels, 100, 2, &error), log (1e6) / log (3), 1e-3);
  /* As often wrong as right: the end of the range. */
  fill (p, labels, 100, 50, 0.99f);
  g_assert_cmpfloat_with_epsilon (nn_temperature_fit (p, labels, 100, 2, &error), NN_TEMPERATURE_MAX, 1e-3);
  g_assert_no_error (error);
}

/* Whatever the answers, no temperature beside the one that was found has a smaller loss. */
static void
test_least_loss (void)
{
  enum { N = 300, CLASSES = 5 };
  g_autofree float *p = g_new (float, N * CLASSES);
  g_autofree gint32 *labels = g_new (gint32, N);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < N; i++) {
    double logits[CLASSES], sum = 0;
    labels[i] = g_rand_int_range (random, 0, CLASSES);
    for (guint c = 0; c < CLASSES; c++)
      sum += logits[c] = exp (6 * g_rand_double (random) + (c == (guint) labels[i] ? 3 : 0));
    for (guint c = 0; c < CLASSES; c++)
      p[i * CLASSES + c] = (float) (logits[c] / sum);
  }
  double t = nn_temperature_fit (p, labels, N, CLASSES, NULL);
  g_assert_cmpfloat (t, >, NN_TEMPERATURE_MIN);
  g_assert_cmpfloat (t, <, NN_TEMPERATURE_MAX);
  g_autoptr (NnReliability) best = nn_reliability_new (p, labels, N, CLASSES, t),
                            raw = nn_reliability_new (p, labels, N, CLASSES, 1);
  g_assert_cmpfloat (best->loss, <=, raw->loss);
  g_assert_cmpfloat (best->accuracy, ==, raw->accuracy);
  for (double factor = 0.9; factor < 1.2; factor += 0.2) {
    g_autoptr (NnReliability) other = nn_reliability_new (p, labels, N, CLASSES, t * factor);
    g_assert_cmpfloat (best->loss, <, other->loss);
  }
}

static void
test_too_little (void)
{
  float p[2 * NN_CALIBRATION_PICTURES];
  gint32 labels[NN_CALIBRATION_PICTURES];
  g_autoptr (GError) error = NULL;

  fill (p, labels, NN_CALIBRATION_PICTURES, NN_CALIBRATION_PICTURES - 1, 0.9f);
  g_assert_cmpfloat (nn_temperature_fit (p, labels, NN_CALIBRATION_PICTURES, 2, &error), >, 0);
  g_assert_no_error (error);
  g_assert_cmpfloat (nn_temperature_fit (p, labels, NN_CALIBRATION_PICTURES - 1, 2, &error), ==, 0);
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);
  fill (p, labels, NN_CALIBRATION_PICTURES, NN_CALIBRATION_PICTURES, 0.9f);
  g_assert_cmpfloat (nn_temperature_fit (p, labels, NN_CALIBRATION_PICTURES, 2, &error), ==, 0);
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

static void
test_apply (void)
{
  float p[] = { 0.9f, 0.1f, 0.25f, 0.75f, 1, 0 };

  nn_temperature_apply (p, 3, 2, 2);
  g_assert_cmpfloat_with_epsilon (p[0], 0.75, 1e-6); /* 3 : 1 */
  g_assert_cmpfloat_with_epsilon (p[3], sqrt (3) / (1 + sqrt (3)), 1e-6);
  g_assert_cmpfloat_with_epsilon (p[4], 1, 1e-6);
  g_assert_true (isfinite (p[5]) && p[5] >= 0);
  float same[] = { 0.3f, 0.7f };
  nn_temperature_apply (same, 1, 2, 1);
  g_assert_cmpfloat (same[0], ==, 0.3f);
}

static void
test_threshold (void)
{
  const float p[] = { 0.9f, 0.1f, 0.6f, 0.4f, 0.2f, 0.8f, 0.45f, 0.55f };
  const gint32 labels[] = { 0, 1, 1, 0 }; /* 90 % right, 60 % wrong, 80 % right, 55 % wrong */
  double accuracy;
  g_autoptr (NnReliability) self = nn_reliability_new (p, labels, 4, 2, 1);

  g_assert_cmpfloat (nn_reliability_keep (self, 0, &accuracy), ==, 1);
  g_assert_cmpfloat (accuracy, ==, 0.5);
  g_assert_cmpfloat (nn_reliability_keep (self, 0.58, &accuracy), ==, 0.75);
  g_assert_cmpfloat_with_epsilon (accuracy, 2.0 / 3, 1e-12);
  g_assert_cmpfloat (nn_reliability_keep (self, (double) 0.8f, &accuracy), ==, 0.5);
  g_assert_cmpfloat (accuracy, ==, 1);
  g_assert_cmpfloat (nn_reliability_keep (self, 1, &accuracy), ==, 0);
  g_assert_cmpfloat (accuracy, ==, 0);
}

static void
test_kept_with_the_model (void)
{
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset ("perceptron", &NN_SHAPE (2, 2, 1), 2, NULL);
  g_autoptr (NnModel) model = nn_model_new (graph, NULL);

  g_assert_cmpfloat (nn_model_get_temperature (model), ==, 1);
  g_assert_false (nn_model_has_temperature (model));
  g_assert_cmpfloat (nn_model_get_threshold (model), ==, 0);
  nn_model_set_temperature (model, 1.625);
  nn_model_set_threshold (model, 0.9);
  g_assert_cmpstr (nn_model_get_metadata (model, "temperature"), ==, "1.625");
  g_assert_true (nn_model_has_temperature (model));
  g_assert_cmpfloat (nn_model_get_temperature (model), ==, 1.625);
  g_assert_cmpfloat (nn_model_get_threshold (model), ==, 0.9);
  /* A file may say anything. */
  const char *const senseless[] = { "nan", "inf", "-1", "0", "1e30", "", "hot" };
  for (guint i = 0; i < G_N_ELEMENTS (senseless); i++) {
    nn_model_set_metadata (model, "temperature", senseless[i]);
    nn_model_set_metadata (model, "threshold", senseless[i]);
    g_assert_cmpfloat (nn_model_get_temperature (model), ==, 1);
    g_assert_cmpfloat (nn_model_get_threshold (model), ==, 0);
  }
  nn_model_set_temperature (model, 0);
  nn_model_set_threshold (model, 0);
  g_assert_null (nn_model_get_metadata (model, "temperature"));
  g_assert_null (nn_model_get_metadata (model, "threshold"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calibration/error", test_error);
  g_test_add_func ("/calibration/bins", test_bins);
  g_test_add_func ("/calibration/known-temperatures", test_known_temperatures);
  g_test_add_func ("/calibration/least-loss", test_least_loss);
  g_test_add_func ("/calibration/too-little", test_too_little);
  g_test_add_func ("/calibration/apply", test_apply);
  g_test_add_func ("/calibration/threshold", test_threshold);
  g_test_add_func ("/calibration/kept-with-the-model", test_kept_with_the_model);
  return g_test_run ();
}
