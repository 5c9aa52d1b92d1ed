/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/random.h"

#include <math.h>
#include <string.h>

#define N 200000

/* Words of the authors' reference program for pcg32 (seed 42, sequence 54). */
static void
test_known_words (void)
{
  NnRandom random;
  nn_random_init (&random, 42, 54);
  const guint32 words[] = { 0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmphex (nn_random_uint32 (&random), ==, words[i]);
}

/* A copy of the state goes on where the original was; other seeds and streams give other numbers. */
static void
test_state (void)
{
  NnRandom a, b, c;
  nn_random_init (&a, 1, 2);
  for (guint i = 0; i < 100; i++)
    nn_random_uint32 (&a);
  b = a;
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (nn_random_uint32 (&a), ==, nn_random_uint32 (&b));
  guint same = 0;
  nn_random_init (&a, 1, 2);
  nn_random_init (&b, 1, 3);
  nn_random_init (&c, 2, 2);
  for (guint i = 0; i < 1000; i++) {
    guint32 word = nn_random_uint32 (&a);
    same += word == nn_random_uint32 (&b);
    same += word == nn_random_uint32 (&c);
  }
  g_assert_cmpuint (same, <=, 1);
}

static void
test_below (void)
{
  NnRandom random;
  nn_random_init (&random, 5, 0);
  guint counts[7] = { 0 };
  for (guint i = 0; i < N; i++)
    counts[nn_random_below (&random, 7)]++;
  for (guint i = 0; i < 7; i++)
    g_assert_cmpfloat (fabs (counts[i] - N / 7.0), <, 5 * sqrt (N / 7.0));
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (nn_random_below (&random, 1), ==, 0);
  /* A bound above 2^31 would show a bias of modulo: two thirds of the values would be below half of it. */
  guint low = 0;
  for (guint i = 0; i < N; i++)
    low += nn_random_below (&random, 0xc0000000u) < 0x60000000u;
  g_assert_cmpfloat (fabs (low - N / 2.0), <, 5 * sqrt (N / 4.0));
}

static void
test_moments (void)
{
  NnRandom random;
  nn_random_init (&random, 6, 0);
  double sum = 0, squares = 0, normal_sum = 0, normal_squares = 0, fourth = 0;
  for (guint i = 0; i < N; i++) {
    double u = (double) nn_random_uniform (&random), z = (double) nn_random_normal (&random);
    g_assert_true (u >= 0 && u < 1 && isfinite (z));
    sum += u;
    squares += u * u;
    normal_sum += z;
    normal_squares += z * z;
    fourth += z * z * z * z;
  }
  g_assert_cmpfloat_with_epsilon (sum / N, 0.5, 0.005);
  g_assert_cmpfloat_with_epsilon (squares / N, 1.0 / 3, 0.005);
  g_assert_cmpfloat_with_epsilon (normal_sum / N, 0, 0.015);
  g_assert_cmpfloat_with_epsilon (normal_squares / N, 1, 0.02);
  g_assert_cmpfloat_with_epsilon (fourth / N, 3, 0.15);
}

static void
test_shuffle (void)
{
  NnRandom random;
  nn_random_init (&random, 7, 0);
  guint first[5] = { 0 };
  for (guint i = 0; i < N / 10; i++) {
    guint32 values[5] = { 0, 1, 2, 3, 4 };
    guint seen = 0;
    nn_random_shuffle (&random, values, 5);
    for (guint k = 0; k < 5; k++)
      seen |= 1u << values[k];
    g_assert_cmpuint (seen, ==, 31);
    first[values[0]]++;
  }
  for (guint k = 0; k < 5; k++)
    g_assert_cmpfloat (fabs (first[k] - N / 50.0), <, 5 * sqrt (N / 50.0));
  nn_random_shuffle (&random, NULL, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/known-words", test_known_words);
  g_test_add_func ("/random/state", test_state);
  g_test_add_func ("/random/below", test_below);
  g_test_add_func ("/random/moments", test_moments);
  g_test_add_func ("/random/shuffle", test_shuffle);
  return g_test_run ();
}
