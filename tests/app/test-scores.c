/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an evaluation says of classes and pictures: scores, the order of mistakes, the table. */
#include "config.h"

#include "session/scores.h"

#include <math.h>

#define N 7

/* Truth and answers: 0→0 0→1 0→1 1→1 1→0 0→0 1→1; of class 2 there is nothing. */
static const gint32 labels[N] = { 0, 0, 0, 1, 1, 0, 1 };
static float probabilities[N * 3] = {
  0.9f, 0.1f, 0, 0.3f, 0.7f, 0, 0.1f, 0.9f, 0, 0.2f, 0.8f, 0, 0.6f, 0.4f, 0, 0.5f, 0.3f, 0.2f, 0, 1, 0,
};
static guint64 confusion[9] = { 2, 2, 0, 1, 2, 0, 0, 0, 0 };
static const NnEvaluation evaluation = { .n = N,
                                         .n_classes = 3,
                                         .accuracy = 4.0 / 7,
                                         .loss = 0.25,
                                         .confusion = confusion,
                                         .probabilities = probabilities };

static void
assert_found (int truth, int answer, guint n, const guint32 *places)
{
  g_autoptr (GArray) found = pcn_scores_find (&evaluation, labels, truth, answer);

  g_assert_cmpuint (found->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (g_array_index (found, guint32, i), ==, places[i]);
}

static void
test_find (void)
{
  const guint32 mistakes[] = { 2, 1, 4 }, cell[] = { 2, 1 }, recognised[] = { 5, 0 }, of_second[] = { 4 };

  assert_found (PCN_ANY_CLASS, PCN_ANY_CLASS, 3, mistakes);
  assert_found (0, 1, 2, cell);
  assert_found (0, 0, 2, recognised);
  assert_found (1, PCN_ANY_CLASS, 1, of_second);
  assert_found (2, 2, 0, NULL);
  g_assert_cmpuint (pcn_scores_get_answer (&evaluation, 4), ==, 0);
}

static void
test_score (void)
{
  PcnScore score;

  pcn_score_get (&evaluation, 0, &score);
  g_assert_cmpuint (score.n_present, ==, 4);
  g_assert_cmpuint (score.n_answered, ==, 3);
  g_assert_cmpfloat_with_epsilon (score.precision, 2.0 / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (score.recall, 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (score.f1, 2 * (2.0 / 3) * 0.5 / (2.0 / 3 + 0.5), 1e-12);
  pcn_score_get (&evaluation, 2, &score);
  g_assert_true (isnan (score.precision) && isnan (score.recall) && isnan (score.f1));
}

static void
test_csv (void)
{
  const char *const names[] = { "cat", "do,g", "=1", NULL };
  g_autoptr (GString) csv = pcn_scores_make_csv (&evaluation, names);

  g_assert_cmpstr (csv->str, ==,
                   "class,pictures,precision,recall,f1,taken for cat,\"taken for do,g\",taken for =1\r\n"
                   "cat,4,0.666667,0.500000,0.571429,2,2,0\r\n"
                   "\"do,g\",3,0.500000,0.666667,0.571429,1,2,0\r\n"
                   "\"'=1\",0,\"\",\"\",\"\",0,0,0\r\n"
                   "\r\n"
                   "pictures,7\r\n"
                   "accuracy,0.571429\r\n"
                   "loss,0.250000\r\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scores/find", test_find);
  g_test_add_func ("/scores/score", test_score);
  g_test_add_func ("/scores/csv", test_csv);
  return g_test_run ();
}
