/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "widgets/ink.h"

#include <math.h>

static void
draw (PcnInk *ink, double x0, double y0, double x1, double y1)
{
  pcn_ink_begin (ink);
  pcn_ink_append (ink, x0, y0, 0.5);
  pcn_ink_append (ink, x1, y1, 0.5);
  pcn_ink_end (ink);
}

static guint
count (PcnInk *ink)
{
  return nn_strokes_n_strokes (pcn_ink_get_strokes (ink));
}

static void
test_undo (void)
{
  g_autoptr (PcnInk) ink = pcn_ink_new ();

  g_assert_false (pcn_ink_undo (ink));
  draw (ink, 0, 0, 1, 1);
  draw (ink, 0, 1, 1, 0);
  g_assert_true (pcn_ink_undo (ink));
  g_assert_cmpuint (count (ink), ==, 1);
  g_assert_true (pcn_ink_can_redo (ink));
  g_assert_true (pcn_ink_redo (ink));
  g_assert_cmpuint (count (ink), ==, 2);
  g_assert_false (pcn_ink_redo (ink));

  pcn_ink_clear (ink);
  g_assert_true (pcn_ink_is_empty (ink));
  pcn_ink_clear (ink);
  g_assert_true (pcn_ink_undo (ink));
  g_assert_cmpuint (count (ink), ==, 2);
  draw (ink, 0, 0, 0, 1);
  g_assert_false (pcn_ink_can_redo (ink));
  for (guint i = 0; i < 3; i++)
    g_assert_true (pcn_ink_undo (ink));
  g_assert_true (pcn_ink_is_empty (ink));
  g_assert_false (pcn_ink_can_undo (ink));
}

/* Undo in the middle of a stroke: what the hand goes on to draw belongs to nothing. */
static void
test_undo_under_way (void)
{
  g_autoptr (PcnInk) ink = pcn_ink_new ();

  draw (ink, 0, 0, 1, 1);
  pcn_ink_begin (ink);
  pcn_ink_append (ink, 0.5, 0.5, 0.5);
  pcn_ink_undo (ink);
  pcn_ink_append (ink, 0.6, 0.5, 0.5);
  guint n;
  nn_strokes_points (pcn_ink_get_strokes (ink), 0, &n);
  g_assert_cmpuint (count (ink), ==, 1);
  g_assert_cmpuint (n, ==, 2);
}

static void
test_erase (void)
{
  g_autoptr (PcnInk) ink = pcn_ink_new ();

  draw (ink, 0, 0.2, 1, 0.2);
  draw (ink, 0, 0.5, 1, 0.5);
  draw (ink, 0, 0.8, 1, 0.8);
  g_assert_false (pcn_ink_erase (ink, 0.5, 0.35, 0.05));
  /* Between two points of the stroke. */
  g_assert_true (pcn_ink_erase (ink, 0.5, 0.52, 0.05));
  g_assert_cmpuint (count (ink), ==, 2);
  guint n;
  g_assert_cmpfloat_with_epsilon (nn_strokes_points (pcn_ink_get_strokes (ink), 1, &n)[0].y, 0.8f, 1e-6);
  g_assert_true (pcn_ink_undo (ink));
  g_assert_cmpuint (count (ink), ==, 3);
}

static void
test_pressure (void)
{
  g_autoptr (PcnInk) ink = pcn_ink_new ();

  g_assert_cmpfloat (pcn_ink_get_mean_width (ink), ==, 1);
  pcn_ink_begin (ink);
  pcn_ink_append (ink, 0, 0, 0);
  pcn_ink_append (ink, 1, 0, 1);
  pcn_ink_append (ink, NAN, 0, 1);
  pcn_ink_append (ink, 2, 0, 7);
  const float *widths = pcn_ink_get_widths (ink);
  g_assert_cmpfloat (widths[0], <, 1);
  g_assert_cmpfloat (widths[0], >, 0.5f);
  g_assert_cmpfloat (widths[1], >, 1);
  g_assert_cmpfloat (widths[1], ==, widths[2]);
  draw (ink, 0, 0.5, 1, 0.5);
  g_assert_true (pcn_ink_erase (ink, 1, 0, 0.1));
  g_assert_cmpfloat (pcn_ink_get_mean_width (ink), ==, 1);
}

/* What a painter may keep: what was drawn, until something else than the pen changes it. */
static void
test_revision (void)
{
  g_autoptr (PcnInk) ink = pcn_ink_new ();
  guint revision = pcn_ink_get_revision (ink);

  draw (ink, 0, 0, 1, 1);
  draw (ink, 0, 1, 1, 0);
  g_assert_false (pcn_ink_erase (ink, 0.5, 0.1, 0.05));
  g_assert_cmpuint (pcn_ink_get_revision (ink), ==, revision);
  g_assert_true (pcn_ink_undo (ink));
  g_assert_cmpuint (pcn_ink_get_revision (ink), !=, revision);
  revision = pcn_ink_get_revision (ink);
  g_assert_true (pcn_ink_redo (ink));
  g_assert_cmpuint (pcn_ink_get_revision (ink), !=, revision);
  revision = pcn_ink_get_revision (ink);
  g_assert_true (pcn_ink_erase (ink, 0.1, 0.1, 0.05));
  g_assert_cmpuint (pcn_ink_get_revision (ink), !=, revision);
  revision = pcn_ink_get_revision (ink);
  pcn_ink_clear (ink);
  g_assert_cmpuint (pcn_ink_get_revision (ink), !=, revision);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ink/undo", test_undo);
  g_test_add_func ("/ink/revision", test_revision);
  g_test_add_func ("/ink/undo-under-way", test_undo_under_way);
  g_test_add_func ("/ink/erase", test_erase);
  g_test_add_func ("/ink/pressure", test_pressure);
  return g_test_run ();
}
