/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/ramp.h"

#include <math.h>

#define N_STEPS 1000

static double
get_luminance (guint32 pixel)
{
  const double weights[] = { 0.2126, 0.7152, 0.0722 };
  double sum = 0;

  for (int i = 0; i < 3; i++) {
    double value = (pixel >> (16 - 8 * i) & 0xff) / 255.0;
    sum += weights[i] * (value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4));
  }
  return sum;
}

static void
test_heat (void)
{
  /* A step of one channel by rounding is less than this. */
  const double rounding = 0.001;

  g_assert_cmphex (pcn_ramp_heat (0), ==, 0xff000000);
  g_assert_cmphex (pcn_ramp_heat (1), ==, 0xfffff7c7);
  g_assert_cmphex (pcn_ramp_heat (-3), ==, pcn_ramp_heat (0));
  g_assert_cmphex (pcn_ramp_heat (INFINITY), ==, pcn_ramp_heat (1));
  g_assert_cmphex (pcn_ramp_heat (NAN), ==, pcn_ramp_heat (0));
  for (int i = 1; i <= N_STEPS; i++)
    g_assert_cmpfloat (get_luminance (pcn_ramp_heat ((double) i / N_STEPS)), >=,
                       get_luminance (pcn_ramp_heat ((double) (i - 1) / N_STEPS)) - rounding);
  for (int i = 1; i <= 20; i++)
    g_assert_cmpfloat (get_luminance (pcn_ramp_heat (i / 20.0)), >,
                       get_luminance (pcn_ramp_heat ((i - 1) / 20.0)));
}

static void
test_diverging (void)
{
  guint32 zero = pcn_ramp_diverging (0), cold = pcn_ramp_diverging (-1), warm = pcn_ramp_diverging (1);

  g_assert_cmphex (zero >> 16 & 0xff, ==, zero & 0xff);
  g_assert_cmphex (zero >> 8 & 0xff, ==, zero & 0xff);
  g_assert_cmpuint (cold & 0xff, >, cold >> 16 & 0xff);
  g_assert_cmpuint (warm & 0xff, <, warm >> 16 & 0xff);
  g_assert_cmphex (pcn_ramp_diverging (NAN), ==, zero);
  g_assert_cmphex (pcn_ramp_diverging (-7), ==, cold);
  g_assert_cmphex (pcn_ramp_diverging (INFINITY), ==, warm);
  /* The larger, the darker, to both sides. */
  for (int i = 1; i <= 20; i++) {
    g_assert_cmpfloat (get_luminance (pcn_ramp_diverging (i / 20.0)), <,
                       get_luminance (pcn_ramp_diverging ((i - 1) / 20.0)));
    g_assert_cmpfloat (get_luminance (pcn_ramp_diverging (-i / 20.0)), <,
                       get_luminance (pcn_ramp_diverging (-(i - 1) / 20.0)));
  }
}

static void
test_mix (void)
{
  const float black[] = { 0, 0, 0 }, white[] = { 1, 1, 1 };
  float rgb[3];

  pcn_ramp_mix (black, white, 0.25, rgb);
  g_assert_cmpfloat_with_epsilon (rgb[1], 0.25, 1e-6);
  pcn_ramp_mix (black, white, NAN, rgb);
  g_assert_cmpfloat (rgb[0], ==, 0);
  pcn_ramp_mix (black, white, 9, rgb);
  g_assert_cmpfloat (rgb[2], ==, 1);
  g_assert_true (pcn_ramp_is_light (white));
  g_assert_false (pcn_ramp_is_light (black));
  g_assert_cmphex (pcn_ramp_pack ((float[]){ -1, 0.5f, 2 }), ==, 0xff0080ff);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ramp/heat", test_heat);
  g_test_add_func ("/ramp/diverging", test_diverging);
  g_test_add_func ("/ramp/mix", test_mix);
  return g_test_run ();
}
