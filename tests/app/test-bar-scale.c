/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/bar-scale.h"

#include <math.h>

static const PcnBar bars[] = {
  { "CPU", 120, "120 images/s", NULL, FALSE },
  { "Broken", 900, NULL, "out of memory", FALSE },
  { "GPU", 480, "480 images/s", NULL, TRUE },
  { "Nothing", 0, "0 images/s", NULL, FALSE },
  { "Odd", NAN, "", NULL, FALSE },
};

static void
test_share (void)
{
  const PcnBar endless = { "Endless", INFINITY, "", NULL, FALSE },
               negative = { "Minus", -1, "", NULL, FALSE };
  double largest = pcn_bar_scale_largest (bars, G_N_ELEMENTS (bars));

  g_assert_cmpfloat (largest, ==, 480);
  g_assert_cmpfloat (pcn_bar_scale_share (&bars[0], largest), ==, 0.25);
  g_assert_cmpfloat (pcn_bar_scale_share (&bars[1], largest), ==, 0);
  g_assert_cmpfloat (pcn_bar_scale_share (&bars[2], largest), ==, 1);
  g_assert_cmpfloat (pcn_bar_scale_share (&bars[2], 0), ==, 0);
  g_assert_cmpfloat (pcn_bar_scale_share (&bars[4], largest), ==, 0);
  g_assert_cmpfloat (pcn_bar_scale_largest (&endless, 1), ==, 0);
  g_assert_cmpfloat (pcn_bar_scale_share (&endless, largest), ==, 0);
  g_assert_cmpfloat (pcn_bar_scale_share (&negative, largest), ==, 0);
  g_assert_cmpfloat (pcn_bar_scale_largest (NULL, 0), ==, 0);
}

static void
test_row_words (void)
{
  static const char *const words[] = { "CPU: 120 images/s, 25 % of the longest bar", "Broken: out of memory",
                                       "GPU: 480 images/s", "Nothing: 0 images/s", "Odd: no value" };

  for (guint i = 0; i < G_N_ELEMENTS (bars); i++) {
    g_autofree char *text = pcn_bar_scale_row_words (bars, G_N_ELEMENTS (bars), i);
    g_assert_cmpstr (text, ==, words[i]);
  }
}

static void
test_words (void)
{
  const PcnBar same[] = { { "B", 5, "5", NULL, FALSE }, { "A", 5, "5", NULL, FALSE } };
  g_autofree char *none = pcn_bar_scale_words (NULL, 0);
  g_autofree char *one = pcn_bar_scale_words (bars, 1);
  g_autofree char *equal = pcn_bar_scale_words (same, 2);
  g_autofree char *all = pcn_bar_scale_words (bars, G_N_ELEMENTS (bars));

  g_assert_cmpstr (none, ==, "No values yet");
  g_assert_cmpstr (one, ==, "CPU: 120 images/s.");
  g_assert_cmpstr (equal, ==, "B: 5. A: 5.");
  g_assert_cmpstr (all, ==,
                   "GPU: 480 images/s. CPU: 120 images/s, 25 % of the longest bar. Nothing: 0 images/s. "
                   "Broken: out of memory. Odd: no value.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bar-scale/share", test_share);
  g_test_add_func ("/bar-scale/row-words", test_row_words);
  g_test_add_func ("/bar-scale/words", test_words);
  return g_test_run ();
}
