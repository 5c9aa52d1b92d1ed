/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two models on the same pictures, without a device: numbers that are known. */
#include "base/error.h"
#include "train/duel.h"

#include <math.h>

/* 6 against 16: χ² = 100 / 22; the tail of the binomial of 22 up to 6 is 110056 / 2²². 121 against 59: χ² = 62² / 180. */
static void
test_mcnemar (void)
{
  NnMcNemar few = nn_mcnemar (6, 16), many = nn_mcnemar (121, 59), none = nn_mcnemar (0, 0), even = nn_mcnemar (5, 5);
  g_assert_cmpfloat_with_epsilon (few.statistic, 4.545454, 1e-6);
  g_assert_cmpfloat_with_epsilon (few.p, 2 * 110056.0 / 4194304, 1e-9);
  g_assert_cmpfloat_with_epsilon (nn_mcnemar (16, 6).p, few.p, 1e-12);
  g_assert_cmpfloat_with_epsilon (many.statistic, 21.3555556, 1e-6);
  g_assert_cmpfloat (many.p, >, 3e-6);
  g_assert_cmpfloat (many.p, <, 6e-6);
  g_assert_true (none.p == 1 && none.statistic == 0);
  g_assert_true (even.p == 1 && even.statistic == 0);
  g_assert_cmpfloat_with_epsilon (nn_mcnemar (0, 8).p, 2 / 256.0, 1e-9);
  g_assert_cmpfloat (nn_mcnemar (4000, 6000).p, <, 1e-80);
}

/* Newcombe (1998) has 81 of 263: 0.2553 to 0.3662, and 0 of 20: 0 to 0.1611, by Wilson's interval. */
static void
test_interval (void)
{
  NnInterval some = nn_interval_of_share (81, 263), none = nn_interval_of_share (0, 20), all = nn_interval_of_share (20, 20);
  g_assert_cmpfloat_with_epsilon (some.low, 0.2553, 5e-5);
  g_assert_cmpfloat_with_epsilon (some.high, 0.3662, 5e-5);
  g_assert_cmpfloat_with_epsilon (none.high, 0.1611, 5e-5);
  g_assert_cmpfloat_with_epsilon (all.low, 1 - 0.1611, 5e-5);
  g_assert_true (none.low == 0 && all.high == 1);
  NnInterval nothing = nn_interval_of_share (0, 0);
  g_assert_true (nothing.low == 0 && nothing.high == 1);
}

/* Answers as an evaluation of two classes would have them. */
static void
fill (NnEvaluation *evaluation, const char *answers)
{
  for (gsize i = 0; i < evaluation->n; i++)
    evaluation->probabilities[i * 2 + (answers[i] == '1')] = 0.8f;
}

static void
test_duel (void)
{
  static const gint32 labels[] = { 0, 0, 0, 0, 1, 1, 1, 1 };
  float of_a[16] = { 0 }, of_b[16] = { 0 };
  NnEvaluation a = { .n = 8, .n_classes = 2, .probabilities = of_a };
  NnEvaluation b = { .n = 8, .n_classes = 2, .probabilities = of_b };
  fill (&a, "00011110");
  fill (&b, "00111011");
  g_autoptr (NnDuel) duel = nn_duel_new (&a, &b, labels);
  g_assert_true (duel->right_a == 6 && duel->right_b == 5 && duel->both == 4 && duel->neither == 1);
  g_assert_true (duel->agree == 5 && duel->test.only_a == 2 && duel->test.only_b == 1);
  g_assert_cmpuint (duel->differing->len, ==, 3);
  g_assert_cmpuint (g_array_index (duel->differing, guint, 0), ==, 2);
  g_assert_cmpuint (g_array_index (duel->differing, guint, 1), ==, 5);
  g_assert_cmpuint (g_array_index (duel->differing, guint, 2), ==, 7);
  g_assert_true (duel->answers_a[7] == 0 && duel->answers_b[7] == 1);
  g_assert_true (duel->class_n[0] == 4 && duel->class_right_a[0] == 3 && duel->class_right_b[0] == 2);
  g_assert_true (duel->class_right_a[1] == 3 && duel->class_right_b[1] == 3);
  g_assert_cmpfloat (duel->test.p, ==, 1);
}

static void
test_classes (void)
{
  static const char *const names[] = { "cat", "dog", NULL }, *const turned[] = { "dog", "cat", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset ("mlp", NULL, 2, &error);
  g_assert_no_error (error);
  g_autoptr (NnModel) a = nn_model_new (graph, names), b = nn_model_new (graph, names), c = nn_model_new (graph, turned);
  g_assert_true (nn_duel_check_classes (a, b, &error));
  g_assert_false (nn_duel_check_classes (a, c, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/duel/mcnemar", test_mcnemar);
  g_test_add_func ("/duel/interval", test_interval);
  g_test_add_func ("/duel/duel", test_duel);
  g_test_add_func ("/duel/classes", test_classes);
  return g_test_run ();
}
