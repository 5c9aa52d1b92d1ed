/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "data/handwriting-styles.h"
#include "data/handwriting.h"

enum { SIZE = NN_DIGIT_SIZE };

static void
test_table (void)
{
  guint n_styles, per_digit[10] = { 0 };
  const NnGlyphStyle *styles = nn_glyph_styles (&n_styles);
  g_assert_cmpuint (n_styles, ==, nn_handwriting_n_styles ());
  for (guint i = 0; i < n_styles; i++) {
    g_assert_cmpuint (styles[i].digit, <, 10);
    g_assert_cmpuint (styles[i].weight, >, 0);
    g_assert_cmpuint (styles[i].n_points, <=, NN_GLYPH_MAX_POINTS);
    g_assert_cmpuint (styles[i].points[0].kind, ==, NN_GLYPH_START);
    g_assert_cmpuint (styles[i].digit, >=, i > 0 ? styles[i - 1].digit : 0);
    g_assert_cmpint (styles[i].name[0] - '0', ==, styles[i].digit);
    per_digit[styles[i].digit]++;
    gint8 top = 100, bottom = 0;
    for (guint j = 0; j < styles[i].n_points; j++) {
      top = MIN (top, styles[i].points[j].y);
      bottom = MAX (bottom, styles[i].points[j].y);
    }
    g_assert_cmpint (bottom - top, >=, 80);
  }
  for (guint digit = 0; digit < 10; digit++)
    g_assert_cmpuint (per_digit[digit], >=, 6);
}

static void
check_drawing (const NnStrokes *strokes)
{
  guint n_points = 0;
  g_assert_cmpuint (nn_strokes_n_strokes (strokes), >=, 1);
  for (guint i = 0; i < nn_strokes_n_strokes (strokes); i++) {
    guint n;
    const NnStrokePoint *points = nn_strokes_points (strokes, i, &n);
    n_points += n;
    for (guint j = 0; j < n; j++) {
      g_assert_true (isfinite (points[j].x) && isfinite (points[j].y));
      g_assert_cmpfloat (fabsf (points[j].x), <, 250);
      g_assert_cmpfloat (fabsf (points[j].y), <, 250);
    }
  }
  g_assert_cmpuint (n_points, >=, 4);
}

/* Every style gives ink that fits the box, neither next to nothing nor a blot. */
static void
test_every_style (void)
{
  NnRandom random;
  nn_random_init (&random, 1, 1);
  g_autoptr (NnStrokes) strokes = nn_strokes_new ();
  for (guint style = 0; style < nn_handwriting_n_styles (); style++)
    for (guint i = 0; i < 200; i++) {
      nn_handwriting_draw_style (&random, style, strokes);
      check_drawing (strokes);
      NnStrokePen pen = nn_handwriting_pen (&random);
      guint8 picture[SIZE * SIZE];
      nn_strokes_render (strokes, &pen, picture);
      guint mass = 0;
      for (guint j = 0; j < SIZE * SIZE; j++)
        mass += picture[j];
      g_assert_cmpuint (mass, >, 255 * 18);
      g_assert_cmpuint (mass, <, 255 * 330);
    }
}

static void
draw_many (guint64 seed, guint8 *pictures, guint n)
{
  NnRandom random;
  nn_random_init (&random, seed, 1);
  g_autoptr (NnStrokes) strokes = nn_strokes_new ();
  for (guint i = 0; i < n; i++) {
    nn_handwriting_draw (&random, i % 10, strokes);
    NnStrokePen pen = nn_handwriting_pen (&random);
    nn_strokes_render (strokes, &pen, pictures + i * SIZE * SIZE);
  }
}

static void
test_deterministic (void)
{
  enum { N = 300 };
  g_autofree guint8 *first = g_malloc (N * SIZE * SIZE), *again = g_malloc (N * SIZE * SIZE);
  g_autofree guint8 *other = g_malloc (N * SIZE * SIZE);
  draw_many (7, first, N);
  draw_many (7, again, N);
  draw_many (8, other, N);
  g_assert_cmpmem (first, N * SIZE * SIZE, again, N * SIZE * SIZE);
  g_assert_cmpint (memcmp (first, other, N * SIZE * SIZE), !=, 0);
}

/* By weight, every style of a digit is met, and no other digit's. */
static void
test_styles_by_weight (void)
{
  NnRandom random;
  nn_random_init (&random, 3, 1);
  g_autoptr (NnStrokes) strokes = nn_strokes_new ();
  guint in_two = 0;
  for (guint i = 0; i < 1000; i++) {
    nn_handwriting_draw (&random, 5, strokes);
    g_assert_cmpuint (nn_strokes_n_strokes (strokes), <=, 2);
    in_two += nn_strokes_n_strokes (strokes) == 2;
  }
  g_assert_cmpuint (in_two, >, 250);
  g_assert_cmpuint (in_two, <, 750);
}

static void
test_pen (void)
{
  NnRandom random;
  nn_random_init (&random, 4, 1);
  double sum = 0;
  for (guint i = 0; i < 1000; i++) {
    NnStrokePen pen = nn_handwriting_pen (&random);
    g_assert_cmpfloat (pen.width, >=, 1);
    g_assert_cmpfloat (pen.width, <=, 5);
    g_assert_cmpfloat (pen.softness, >=, 1);
    sum += pen.width;
  }
  g_assert_cmpfloat_with_epsilon (sum / 1000, 2.5, 0.3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/handwriting/table", test_table);
  g_test_add_func ("/handwriting/every-style", test_every_style);
  g_test_add_func ("/handwriting/deterministic", test_deterministic);
  g_test_add_func ("/handwriting/styles-by-weight", test_styles_by_weight);
  g_test_add_func ("/handwriting/pen", test_pen);
  return g_test_run ();
}
