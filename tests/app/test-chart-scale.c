/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/chart-scale.h"

#include <math.h>

static void
test_choose (void)
{
  static const struct {
    double low, high;
    guint max_ticks;
    double min_step, first, step;
    guint n, decimals;
  } cases[] = {
    { 0, 1, 6, 0, 0, 0.2, 6, 1 },         { 0, 1, 11, 0, 0, 0.1, 11, 1 },   { 0, 2.31, 6, 0, 0, 0.5, 6, 1 },
    { 0, 10, 11, 1, 0, 1, 11, 0 },        { 0, 3, 20, 1, 0, 1, 4, 0 },      { 0, 0.0042, 6, 0, 0, 0.001, 6, 3 },
    { 0.9, 1, 3, 0, 0.9, 0.05, 3, 2 },    { 0, 1000, 6, 1, 0, 200, 6, 0 },  { -1, 1, 5, 0, -1, 0.5, 5, 1 },
    { 0, 34567, 5, 0, 0, 10000, 5, 0 },   { 5, 5, 6, 0, 5, 0.1, 6, 1 },     { 1, 0, 6, 0, 0, 0.2, 6, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    PcnScale scale = pcn_scale_choose (cases[i].low, cases[i].high, cases[i].max_ticks, cases[i].min_step);
    g_test_message ("%g to %g in %u: from %g by %g, %u", cases[i].low, cases[i].high, cases[i].max_ticks, scale.first,
                    scale.step, scale.n);
    g_assert_cmpfloat_with_epsilon (scale.first, cases[i].first, 1e-9);
    g_assert_cmpfloat_with_epsilon (scale.step, cases[i].step, 1e-9);
    g_assert_cmpuint (scale.n, ==, cases[i].n);
    g_assert_cmpuint (scale.decimals, ==, cases[i].decimals);
  }
}

/* Whatever comes: the axis covers the range, with no more ticks than there is room for. */
static void
test_choose_any (void)
{
  for (int i = 0; i < 20000; i++) {
    double low = g_test_rand_double_range (-3, 3) * pow (10, g_test_rand_int_range (-6, 7));
    double high = low + g_test_rand_double_range (0, 1) * pow (10, g_test_rand_int_range (-6, 7));
    guint max_ticks = (guint) g_test_rand_int_range (2, 20);
    PcnScale scale = pcn_scale_choose (low, high, max_ticks, 0);
    double last = pcn_scale_get_last (&scale);
    g_assert_cmpuint (scale.n, >=, 2);
    g_assert_cmpuint (scale.n, <=, MAX (max_ticks, 3));
    g_assert_cmpfloat (scale.first, <=, low + scale.step * 1e-6);
    g_assert_cmpfloat (last, >=, high - scale.step * 1e-6);
  }
}

static void
test_choose_nonsense (void)
{
  const double values[] = { NAN, INFINITY, -INFINITY };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
    PcnScale scale = pcn_scale_choose (values[i], 1, 5, 0);
    g_assert_true (isfinite (scale.first) && isfinite (scale.step) && scale.step > 0);
  }
}

static void
test_format (void)
{
  PcnScale tenths = pcn_scale_choose (0, 1, 6, 0), fine = pcn_scale_choose (0.9, 1, 6, 0);
  PcnScale large = pcn_scale_choose (0, 1000, 6, 0), thousandths = pcn_scale_choose (0.99, 1, 6, 0);
  const struct {
    const PcnScale *scale;
    double value;
    gboolean percent;
    const char *text;
  } cases[] = {
    { &tenths, 0.2, FALSE, "0.2" }, { &tenths, 0.2, TRUE, "20 %" }, { &tenths, -1e-12, FALSE, "0.0" },
    { &fine, 0.92, TRUE, "92 %" },  { &large, 400, FALSE, "400" },  { &thousandths, 0.992, TRUE, "99.2 %" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = pcn_scale_format (cases[i].scale, cases[i].value, cases[i].percent);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_value (void)
{
  const struct {
    double value;
    gboolean percent;
    const char *text;
  } cases[] = {
    { 0.98765, TRUE, "98.8 %" }, { 1, TRUE, "100.0 %" }, { 2.3026, FALSE, "2.30" }, { 0.0312, FALSE, "0.031" },
    { 0.00012, FALSE, "0.00012" }, { 123.4, FALSE, "123" }, { 12.34, FALSE, "12.3" }, { 0, FALSE, "0.000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = pcn_value_format (cases[i].value, cases[i].percent);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_nearest (void)
{
  const PcnPoint points[] = { { 0, 1 }, { 1, 2 }, { 4, 3 } };

  g_assert_cmpuint (pcn_points_nearest (points, 3, -5), ==, 0);
  g_assert_cmpuint (pcn_points_nearest (points, 3, 0.4), ==, 0);
  g_assert_cmpuint (pcn_points_nearest (points, 3, 0.6), ==, 1);
  g_assert_cmpuint (pcn_points_nearest (points, 3, 2.4), ==, 1);
  g_assert_cmpuint (pcn_points_nearest (points, 3, 2.6), ==, 2);
  g_assert_cmpuint (pcn_points_nearest (points, 3, 99), ==, 2);
  g_assert_cmpuint (pcn_points_nearest (points, 1, 7), ==, 0);
}

static void
test_bounds (void)
{
  g_autofree PcnPoint *points = g_new (PcnPoint, 10000);
  double low, high;

  g_assert_false (pcn_points_bounds (points, 0, &low, &high));
  for (int i = 0; i < 10000; i++)
    points[i] = (PcnPoint){ i, i < 20 ? 1000 : 1 };
  g_assert_true (pcn_points_bounds (points, 50, &low, &high));
  g_assert_cmpfloat (high, ==, 1000);
  /* The wild start of a long curve doesn't press the rest flat. */
  g_assert_true (pcn_points_bounds (points, 10000, &low, &high));
  g_assert_cmpfloat (low, ==, 1);
  g_assert_cmpfloat (high, ==, 1);
}

static void
test_log (void)
{
  PcnScale scale = pcn_scale_choose_log (0.003, 4, 10);

  g_assert_cmpfloat (scale.first, ==, -3);
  g_assert_cmpfloat (scale.step, ==, 1);
  g_assert_cmpfloat (pcn_scale_get_last (&scale), ==, 1);
  /* Little room: whole decades are left out, not cut. */
  scale = pcn_scale_choose_log (1e-9, 1, 4);
  g_assert_cmpuint (scale.n, <=, 4);
  g_assert_cmpfloat (pcn_scale_get_last (&scale), >=, 0);
  /* What has no logarithm. */
  scale = pcn_scale_choose_log (0, 0, 5);
  g_assert_cmpuint (scale.n, >=, 2);
  scale = pcn_scale_choose_log (NAN, INFINITY, 5);
  g_assert_cmpuint (scale.n, >=, 2);
}

static void
test_clip (void)
{
  PcnPoint points[100];
  guint first, inside;

  for (guint i = 0; i < 100; i++)
    points[i] = (PcnPoint){ i / 10.0, i };
  pcn_points_clip (points, 100, 2.05, 3.05, &first, &inside);
  /* 2.1 to 3.0, and a neighbour on each side. */
  g_assert_cmpuint (first, ==, 20);
  g_assert_cmpuint (inside, ==, 12);
  pcn_points_clip (points, 100, 0, 100, &first, &inside);
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (inside, ==, 100);
  pcn_points_clip (points, 0, 0, 1, &first, &inside);
  g_assert_cmpuint (inside, ==, 0);
}

static void
test_smooth (void)
{
  PcnPoint points[200], smooth[200];

  for (guint i = 0; i < 200; i++)
    points[i] = (PcnPoint){ i, i % 2 ? 3 : 1 };
  pcn_points_smooth (points, 200, 0.9, smooth);
  /* It starts at the first value, not at zero, and ends at the mean. */
  g_assert_cmpfloat_with_epsilon (smooth[0].y, 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (smooth[199].y, 2, 0.1);
  g_assert_cmpfloat (smooth[57].x, ==, 57);
  pcn_points_smooth (points, 200, 0, smooth);
  g_assert_cmpfloat (smooth[58].y, ==, points[58].y);
}

static void
test_zoom (void)
{
  double low = 0, high = 10;

  pcn_zoom (&low, &high, 10, 4, 0.5);
  g_assert_cmpfloat_with_epsilon (low, 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (high, 7, 1e-9);
  /* Out again: not beyond the ends; in: not for ever. */
  pcn_zoom (&low, &high, 10, 7, 100);
  g_assert_cmpfloat_with_epsilon (low, 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (high, 10, 1e-9);
  for (guint i = 0; i < 100; i++)
    pcn_zoom (&low, &high, 10, 10, 0.5);
  g_assert_cmpfloat_with_epsilon (high - low, 0.1, 1e-9);
  g_assert_cmpfloat_with_epsilon (high, 10, 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-scale/choose", test_choose);
  g_test_add_func ("/chart-scale/choose-any", test_choose_any);
  g_test_add_func ("/chart-scale/choose-nonsense", test_choose_nonsense);
  g_test_add_func ("/chart-scale/format", test_format);
  g_test_add_func ("/chart-scale/value", test_value);
  g_test_add_func ("/chart-scale/nearest", test_nearest);
  g_test_add_func ("/chart-scale/bounds", test_bounds);
  g_test_add_func ("/chart-scale/log", test_log);
  g_test_add_func ("/chart-scale/clip", test_clip);
  g_test_add_func ("/chart-scale/smooth", test_smooth);
  g_test_add_func ("/chart-scale/zoom", test_zoom);
  return g_test_run ();
}
