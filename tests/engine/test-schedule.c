/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/schedule.h"

#include <math.h>

#define assert_near(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-12)

static double
factor (const char *id, double progress)
{
  const NnScheduleKind *kind = nn_schedule_find (id);
  g_assert_nonnull (kind);
  return kind->factor (progress);
}

static void
test_table (void)
{
  guint n = 0;
  for (const NnScheduleKind *kind = nn_schedule_kinds (); kind->id; kind++, n++) {
    g_assert_true (nn_schedule_find (kind->id) == kind);
    g_assert_nonnull (kind->title);
    for (int i = 0; i < 1000; i++) {
      double f = kind->factor (i / 1000.0);
      g_assert_true (f > 0 && f <= 1);
    }
  }
  g_assert_cmpuint (n, ==, 4);
  g_assert_null (nn_schedule_find ("cosin"));
  g_assert_null (nn_schedule_find (NULL));
}

static void
test_shapes (void)
{
  assert_near (factor ("constant", 0.9), 1);
  assert_near (factor ("step", 0.333), 1);
  assert_near (factor ("step", 0.334), 0.1);
  assert_near (factor ("step", 0.667), 0.01);
  assert_near (factor ("cosine", 0), 1);
  assert_near (factor ("cosine", 0.5), 0.5);
  g_assert_cmpfloat (factor ("cosine", 0.9999), <, 1e-7);
  assert_near (factor ("one-cycle", 0), 1.0 / 25);
  assert_near (factor ("one-cycle", 0.15), (1 + 1.0 / 25) / 2);
  assert_near (factor ("one-cycle", 0.3), 1);
  assert_near (factor ("one-cycle", 0.65), (1 + 1e-4) / 2);
  g_assert_cmpfloat_with_epsilon (factor ("one-cycle", 0.99999), 1e-4, 1e-8);
}

static void
test_rate (void)
{
  const NnScheduleKind *constant = nn_schedule_find ("constant"), *cosine = nn_schedule_find ("cosine");
  assert_near (nn_schedule_rate (constant, 0.2, 0, 10, 0), 0.2);
  assert_near (nn_schedule_rate (constant, 0.2, 0, 10, 4), 0.05);
  assert_near (nn_schedule_rate (constant, 0.2, 3, 10, 4), 0.2);
  assert_near (nn_schedule_rate (constant, 0.2, 4, 10, 4), 0.2);
  assert_near (nn_schedule_rate (cosine, 0.2, 5, 10, 0), 0.1);
  assert_near (nn_schedule_rate (cosine, 0.2, 5, 10, 10), 0.06);
  assert_near (nn_schedule_rate (cosine, 0.2, 10, 10, 0), nn_schedule_rate (cosine, 0.2, 9, 10, 0));
  assert_near (nn_schedule_rate (cosine, 0.2, G_MAXUINT, 10, 0), nn_schedule_rate (cosine, 0.2, 9, 10, 0));
  assert_near (nn_schedule_rate (cosine, 0.2, 0, 1, 0), 0.2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/table", test_table);
  g_test_add_func ("/schedule/shapes", test_shapes);
  g_test_add_func ("/schedule/rate", test_rate);
  return g_test_run ();
}
