/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The counts of an evaluation, for a network of one dense layer that is made by hand so that the answers are known:
 * the class of a picture of 1×3 pixels is its brightest pixel. */
#include "test-context.h"

#include "train/evaluation.h"

#include <math.h>

static NnContext *context;

static NnModel *
make_model (void)
{
  const char *json = "{\"format\":1,\"name\":\"brightest\",\"trainer\":\"gradient\","
                     "\"input\":{\"height\":1,\"width\":3,\"channels\":1},"
                     "\"layers\":[{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":\"classes\"}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (json, -1, NULL, 3, &error);
  g_assert_no_error (error);
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 1);
  NnPreprocess *preprocess = nn_model_get_preprocess (model);
  preprocess->mean[0] = 0;
  preprocess->deviation[0] = 1;
  float *weights = nn_model_get_param (model, nn_graph_get_n_nodes (graph) - 1, 0);
  for (guint i = 0; i < 9; i++)
    weights[i] = i / 3 == i % 3 ? 4 : 0;
  return model;
}

static NnPixels *
make_pixels (guint height, guint width, gsize n, const guint8 *data, const gint32 *labels)
{
  NnPixelSpec spec = { .height = height, .width = width, .channels = 1 };
  return nn_pixels_new_from_data (&spec, n, data, labels);
}

static void
test_counts (void)
{
  const guint8 data[] = { 255, 0, 0, 0, 255, 0, 0, 255, 0, 255, 0, 0, 128, 128, 0 };
  const gint32 labels[] = { 0, 1, 2, 0, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = make_model ();
  g_autoptr (NnPixels) pixels = make_pixels (1, 3, 5, data, labels);
  g_autoptr (NnEvaluation) evaluation = nn_evaluate (context, model, pixels, NULL, &error);
  g_assert_no_error (error);
  const guint64 confusion[9] = { 2, 0, 0, 1, 1, 0, 0, 1, 0 };
  for (guint i = 0; i < 9; i++)
    g_assert_cmpuint (evaluation->confusion[i], ==, confusion[i]);
  g_assert_cmpfloat_with_epsilon (evaluation->accuracy, 0.6, 1e-12);
  g_assert_cmpfloat_with_epsilon (evaluation->precision[0], 2.0 / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (evaluation->precision[1], 0.5, 1e-12);
  g_assert_cmpfloat (evaluation->precision[2], ==, 0);
  g_assert_cmpfloat (evaluation->recall[0], ==, 1);
  g_assert_cmpfloat (evaluation->recall[1], ==, 0.5);
  g_assert_cmpfloat (evaluation->recall[2], ==, 0);
  double sure = exp (4) / (exp (4) + 2), half = 4 * 128.0 / 255;
  double loss = (-3 * log (sure) - log (1 / (exp (4) + 2)) + log (2 * exp (half) + 1) - half) / 5;
  g_assert_cmpfloat_with_epsilon (evaluation->loss, loss, 1e-5);
  g_assert_cmpfloat_with_epsilon (evaluation->probabilities[0], (float) sure, 1e-5);
}

/* More than a batch of larger pictures, of which the middle counts. */
static void
test_crop (void)
{
  const gsize n = 600, size = 3 * 5;
  g_autofree guint8 *data = g_malloc (n * size);
  g_autofree gint32 *labels = g_new (gint32, n);
  for (gsize i = 0; i < n; i++) {
    labels[i] = (gint32) (i * 7 % 3);
    for (gsize p = 0; p < size; p++)
      data[i * size + p] = p / 5 != 1 || p % 5 == 0 || p % 5 == 4 ? 255 : p % 5 == (gsize) labels[i] + 1 ? 200 : 10;
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = make_model ();
  g_autoptr (NnPixels) pixels = make_pixels (3, 5, n, data, labels);
  g_autoptr (NnEvaluation) evaluation = nn_evaluate (context, model, pixels, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (evaluation->n, ==, n);
  g_assert_cmpfloat (evaluation->accuracy, ==, 1);
  g_assert_cmpuint (evaluation->confusion[0] + evaluation->confusion[4] + evaluation->confusion[8], ==, n);
}

/* In slices, on two contexts, with other batches: the same. */
static void
test_slices (void)
{
  const gsize n = 1000;
  g_autofree guint8 *data = g_malloc (n * 3);
  g_autofree gint32 *labels = g_new (gint32, n);
  for (gsize i = 0; i < n; i++) {
    labels[i] = (gint32) (i % 3);
    for (gsize p = 0; p < 3; p++)
      data[i * 3 + p] = (guint8) ((i * 7919 + p * 104729) % 251);
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = make_model ();
  g_autoptr (NnPixels) pixels = make_pixels (1, 3, n, data, labels);
  g_autoptr (NnEvaluation) whole = nn_evaluate (context, model, pixels, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (NnContext) other = nn_context_new (nn_context_get_device (context), &error);
  g_assert_no_error (error);

  g_autoptr (NnEvaluator) evaluator = nn_evaluator_new (model, pixels, &error);
  gboolean done = FALSE;
  for (guint slice = 0; !done; slice++) {
    guint before = nn_evaluator_get_done (evaluator);
    if (slice == 2)
      nn_evaluator_leave (evaluator);
    g_assert_true (nn_evaluator_advance (evaluator, slice < 2 ? context : other, 1, &done, &error));
    g_assert_cmpuint (nn_evaluator_get_done (evaluator), >, before);
  }
  g_assert_cmpuint (nn_evaluator_get_done (evaluator), ==, n);
  g_autoptr (NnEvaluation) sliced = nn_evaluator_finish (evaluator);
  nn_evaluator_leave (evaluator);
  g_assert_cmpuint (sliced->n, ==, whole->n);
  g_assert_cmpmem (sliced->confusion, 9 * sizeof (guint64), whole->confusion, 9 * sizeof (guint64));
  g_assert_cmpmem (sliced->precision, 3 * sizeof (double), whole->precision, 3 * sizeof (double));
  g_assert_cmpmem (sliced->recall, 3 * sizeof (double), whole->recall, 3 * sizeof (double));
  g_assert_cmpfloat (sliced->accuracy, ==, whole->accuracy);
  g_assert_cmpfloat_with_epsilon (sliced->loss, whole->loss, 1e-6);
  for (gsize i = 0; i < n * 3; i++)
    g_assert_cmpfloat_with_epsilon (sliced->probabilities[i], whole->probabilities[i], 1e-6);
}

static void
assert_refused (guint height, guint width, gsize n, const guint8 *data, const gint32 *labels, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = make_model ();
  g_autoptr (NnPixels) pixels = make_pixels (height, width, n, data, labels);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  if (code == NN_ERROR_CANCELLED)
    g_cancellable_cancel (cancellable);
  g_assert_null (nn_evaluate (context, model, pixels, cancellable, &error));
  g_assert_error (error, NN_ERROR, code);
}

static void
test_refused (void)
{
  const guint8 data[6] = { 0 };
  const gint32 labels[2] = { 0, 1 }, unknown[2] = { 0, 3 }, negative[2] = { -1, 0 };
  assert_refused (1, 3, 0, data, labels, NN_ERROR_BAD_INPUT);
  assert_refused (1, 2, 2, data, labels, NN_ERROR_BAD_INPUT);
  assert_refused (1, 3, 2, data, unknown, NN_ERROR_BAD_INPUT);
  assert_refused (1, 3, 2, data, negative, NN_ERROR_BAD_INPUT);
  assert_refused (1, 3, 2, data, labels, NN_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_test_add_func ("/evaluation/counts", test_counts);
  g_test_add_func ("/evaluation/crop", test_crop);
  g_test_add_func ("/evaluation/slices", test_slices);
  g_test_add_func ("/evaluation/refused", test_refused);
  int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
