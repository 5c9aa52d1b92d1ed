/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/feature-grid.h"
#include "widgets/ramp.h"

#include <float.h>
#include <math.h>

static void
test_fit (void)
{
  static const struct {
    guint n, h, w, width, tile;
    guint columns, rows, scale;
  } cases[] = {
    { 16, 28, 28, 480, 56, 8, 2, 2 }, { 10, 7, 7, 240, 56, 4, 3, 8 },    { 1, 5, 5, 500, 56, 1, 1, 11 },
    { 3, 28, 28, 20, 56, 1, 3, 1 },   { 2, 28, 28, 40, 56, 1, 2, 1 },    { 4, 224, 224, 500, 56, 2, 2, 1 },
    { 0, 5, 5, 500, 56, 1, 0, 11 },   { 100, 1, 1, 480, 56, 8, 13, 56 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint width, height;
    PcnFeatureGrid grid
        = pcn_feature_grid_fit (cases[i].n, cases[i].h, cases[i].w, cases[i].width, cases[i].tile, 4);
    g_test_message ("case %u", (guint) i);
    g_assert_cmpuint (grid.columns, ==, cases[i].columns);
    g_assert_cmpuint (grid.rows, ==, cases[i].rows);
    g_assert_cmpuint (grid.scale, ==, cases[i].scale);
    pcn_feature_grid_size (&grid, &width, &height);
    g_assert_cmpuint (width, <=, MAX (cases[i].width, cases[i].w));
    g_assert_cmpuint (height, ==, cases[i].n > 0 ? grid.rows * (cases[i].h * grid.scale + 4) - 4 : 0);
  }
}

static void
test_hit (void)
{
  PcnFeatureGrid grid = pcn_feature_grid_fit (10, 7, 7, 240, 56, 4), none = { 0 };

  for (guint i = 0; i < grid.n; i++) {
    double x = i % 4 * 60, y = i / 4 * 60;
    g_assert_cmpint (pcn_feature_grid_hit (&grid, x, y), ==, (int) i);
    g_assert_cmpint (pcn_feature_grid_hit (&grid, x + 55.9, y + 55.9), ==, (int) i);
    g_assert_cmpint (pcn_feature_grid_hit (&grid, x + 57, y), ==, -1);
    g_assert_cmpint (pcn_feature_grid_hit (&grid, x, y + 57), ==, -1);
  }
  /* The last row is not full. */
  g_assert_cmpint (pcn_feature_grid_hit (&grid, 130, 130), ==, -1);
  g_assert_cmpint (pcn_feature_grid_hit (&grid, -1, 5), ==, -1);
  g_assert_cmpint (pcn_feature_grid_hit (&grid, 241, 5), ==, -1);
  g_assert_cmpint (pcn_feature_grid_hit (&grid, 5, 1e30), ==, -1);
  g_assert_cmpint (pcn_feature_grid_hit (&grid, NAN, 5), ==, -1);
  g_assert_cmpint (pcn_feature_grid_hit (&none, 0, 0), ==, -1);
}

/* Of one row of values. */
static void
paint (const float *values, guint w, guint channels, PcnFeatureStyle style, guint32 *pixels)
{
  PcnFeatureGrid grid = pcn_feature_grid_fit (1, 1, w, w, w, 0);

  g_assert_cmpuint (grid.scale, ==, 1);
  pcn_feature_grid_paint (&grid, values, 1, w, channels, style, pixels);
}

static void
test_colours (void)
{
  const float values[] = { -2, -1, 0, 1, 2 }, zeros[5] = { 0 };
  guint32 pixels[5], zero = pcn_ramp_diverging (0);

  paint (values, 5, 1, PCN_FEATURE_FILTER, pixels);
  g_assert_cmphex (pixels[0], ==, pcn_ramp_diverging (-1));
  g_assert_cmphex (pixels[2], ==, zero);
  g_assert_cmphex (pixels[4], ==, pcn_ramp_diverging (1));
  paint (zeros, 5, 1, PCN_FEATURE_FILTER, pixels);
  g_assert_cmphex (pixels[3], ==, zero);
  paint (values, 5, 1, PCN_FEATURE_ACTIVATION, pixels);
  g_assert_cmphex (pixels[0], ==, pcn_ramp_heat (0));
  g_assert_cmphex (pixels[2], ==, pcn_ramp_heat (0));
  g_assert_cmphex (pixels[4], ==, pcn_ramp_heat (1));
  paint (zeros, 5, 1, PCN_FEATURE_ACTIVATION, pixels);
  g_assert_cmphex (pixels[3], ==, pcn_ramp_heat (0));
  paint ((float[]){ 0, 3, -3 }, 1, 3, PCN_FEATURE_FILTER, pixels);
  g_assert_cmphex (pixels[0], ==, 0xff80ff01);
}

static void
test_colours_odd (void)
{
  const float odd[] = { NAN, INFINITY, -INFINITY, 1, 0 }, huge[] = { -FLT_MAX, FLT_MAX, 0 };
  const float tiny[] = { 1e-40f, 0 };
  guint32 pixels[5], zero = pcn_ramp_diverging (0);

  paint (odd, 5, 1, PCN_FEATURE_FILTER, pixels);
  g_assert_cmphex (pixels[0], ==, zero);
  g_assert_cmphex (pixels[1], ==, pcn_ramp_diverging (1));
  g_assert_cmphex (pixels[3], ==, pcn_ramp_diverging (1));
  g_assert_cmphex (pixels[4], ==, zero);
  paint (huge, 3, 1, PCN_FEATURE_FILTER, pixels);
  g_assert_cmphex (pixels[0], ==, pcn_ramp_diverging (-1));
  g_assert_cmphex (pixels[1], ==, pcn_ramp_diverging (1));
  g_assert_cmphex (pixels[2], ==, zero);
  paint (tiny, 2, 1, PCN_FEATURE_ACTIVATION, pixels);
  g_assert_cmphex (pixels[1], ==, pcn_ramp_heat (0));
}

/* Each value becomes a square; between tiles nothing is painted. */
static void
test_paint (void)
{
  const float values[] = { 1, 0, 0, 1 };
  PcnFeatureGrid grid = pcn_feature_grid_fit (2, 1, 2, 9, 4, 1);
  const guint32 on = pcn_ramp_heat (1), off = pcn_ramp_heat (0);
  const guint32 line[] = { on, on, off, off, 0, off, off, on, on };
  guint32 pixels[18];

  pcn_feature_grid_paint (&grid, values, 1, 2, 1, PCN_FEATURE_ACTIVATION, pixels);
  for (guint i = 0; i < 18; i++)
    g_assert_cmphex (pixels[i], ==, line[i % 9]);
}

static void
test_words (void)
{
  const float values[] = { 0, 0, NAN, 0.5f, NAN, NAN };
  static const char *const words[] = { "Channel 1: 0 to 0", "Channel 2: 0.5 to 0.5", "Channel 3: 0 to 0" };

  for (guint i = 0; i < 3; i++) {
    g_autofree char *text = pcn_feature_words (values, 1, 2, 1, i);
    g_assert_cmpstr (text, ==, words[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feature-grid/fit", test_fit);
  g_test_add_func ("/feature-grid/hit", test_hit);
  g_test_add_func ("/feature-grid/colours", test_colours);
  g_test_add_func ("/feature-grid/colours-odd", test_colours_odd);
  g_test_add_func ("/feature-grid/paint", test_paint);
  g_test_add_func ("/feature-grid/words", test_words);
  return g_test_run ();
}
