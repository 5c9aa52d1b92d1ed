/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "data/strokes.h"

enum { SIZE = NN_DIGIT_SIZE };

typedef struct {
  int left, right, top, bottom;
  double x, y, mass; /* the centre in pixels, the mass in pixels of full ink */
} Ink;

static Ink
measure (const guint8 *picture)
{
  Ink ink = { SIZE, -1, SIZE, -1, 0, 0, 0 };
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++) {
      double v = picture[y * SIZE + x] / 255.0;
      if (v == 0)
        continue;
      ink.left = MIN (ink.left, x);
      ink.right = MAX (ink.right, x);
      ink.top = MIN (ink.top, y);
      ink.bottom = MAX (ink.bottom, y);
      ink.mass += v;
      ink.x += v * (x + 0.5);
      ink.y += v * (y + 0.5);
    }
  ink.x /= ink.mass;
  ink.y /= ink.mass;
  return ink;
}

static NnStrokes *
polyline (const float *xy, guint n)
{
  NnStrokes *strokes = nn_strokes_new ();
  for (guint i = 0; i < n; i++)
    nn_strokes_append (strokes, xy[2 * i], xy[2 * i + 1]);
  return strokes;
}

static const float seven[] = { 10, 12, 90, 10, 40, 140 };

static void
test_build (void)
{
  g_autoptr (NnStrokes) strokes = nn_strokes_new ();
  nn_strokes_begin (strokes);
  nn_strokes_begin (strokes);
  g_assert_cmpuint (nn_strokes_n_strokes (strokes), ==, 0);
  nn_strokes_append (strokes, 1, 2);
  nn_strokes_append (strokes, NAN, 2);
  nn_strokes_append (strokes, 3, INFINITY);
  nn_strokes_append (strokes, 3, 4);
  nn_strokes_begin (strokes);
  nn_strokes_append (strokes, 5, 6);
  g_assert_cmpuint (nn_strokes_n_strokes (strokes), ==, 2);
  guint n;
  const NnStrokePoint *points = nn_strokes_points (strokes, 0, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpfloat (points[1].y, ==, 4);
  points = nn_strokes_points (strokes, 1, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpfloat (points[0].x, ==, 5);

  g_autoptr (NnStrokes) copy = nn_strokes_copy (strokes);
  g_assert_true (nn_strokes_pop (strokes));
  nn_strokes_append (strokes, 9, 9);
  g_assert_cmpuint (nn_strokes_n_strokes (strokes), ==, 2);
  g_assert_true (nn_strokes_pop (strokes));
  g_assert_true (nn_strokes_pop (strokes));
  g_assert_false (nn_strokes_pop (strokes));
  g_assert_cmpuint (nn_strokes_n_strokes (copy), ==, 2);
  nn_strokes_clear (copy);
  g_assert_cmpuint (nn_strokes_n_strokes (copy), ==, 0);
}

/* Any unit, any place: the same picture. */
static void
test_scale (void)
{
  static const double scales[] = { 1e-3, 1, 7.5, 3e4 };
  guint8 first[SIZE * SIZE], picture[SIZE * SIZE];
  for (guint i = 0; i < G_N_ELEMENTS (scales); i++) {
    float xy[6];
    for (guint j = 0; j < 6; j++)
      xy[j] = (float) ((seven[j] + (j % 2 ? -50 : 3)) * scales[i]);
    g_autoptr (NnStrokes) strokes = polyline (xy, 3);
    nn_strokes_render (strokes, NULL, i == 0 ? first : picture);
    for (guint j = 0; i > 0 && j < SIZE * SIZE; j++)
      g_assert_cmpint (ABS (picture[j] - first[j]), <=, 1);
  }
}

static void
test_box_and_aspect (void)
{
  g_autoptr (NnStrokes) strokes = polyline ((const float[]){ 0, 0, 40, 0, 40, 80, 0, 80, 0, 0 }, 5);
  guint8 picture[SIZE * SIZE];
  nn_strokes_render (strokes, NULL, picture);
  Ink ink = measure (picture);
  g_assert_cmpint (ink.bottom - ink.top + 1, ==, 20);
  /* The centre lines span 20 - w by half of that, and the pen adds w. */
  g_assert_cmpint (ink.right - ink.left + 1, >=, 11);
  g_assert_cmpint (ink.right - ink.left + 1, <=, 13);
}

static void
test_vertical_line (void)
{
  g_autoptr (NnStrokes) strokes = polyline ((const float[]){ 5, 0, 5, 1 }, 2);
  guint8 picture[SIZE * SIZE];
  nn_strokes_render (strokes, NULL, picture);
  Ink ink = measure (picture);
  g_assert_cmpint (ink.bottom - ink.top + 1, ==, 20);
  g_assert_cmpint (ink.right - ink.left + 1, <=, 4);
  g_assert_cmpfloat_with_epsilon (ink.mass, 20 * NN_STROKE_PEN_DEFAULT.width, 3);
}

static void
test_centre_of_mass (void)
{
  g_autoptr (NnStrokes) strokes = polyline (seven, 3);
  guint8 picture[SIZE * SIZE];
  nn_strokes_render (strokes, NULL, picture);
  Ink ink = measure (picture);
  g_assert_cmpfloat_with_epsilon (ink.x, 14, 0.51);
  g_assert_cmpfloat_with_epsilon (ink.y, 14, 0.51);
}

/* Nearly all ink in one corner: the centre gives way, the ink stays in the picture. */
static void
test_lopsided (void)
{
  g_autoptr (NnStrokes) strokes = polyline ((const float[]){ 0, 0, 100, 100 }, 2);
  for (guint i = 0; i < 40; i++)
    nn_strokes_append (strokes, 80 + (float) (i * 7 % 20), 80 + (float) (i * 13 % 20));
  guint8 picture[SIZE * SIZE];
  nn_strokes_render (strokes, NULL, picture);
  Ink ink = measure (picture);
  g_assert_cmpint (ink.right - ink.left + 1, ==, 20);
  g_assert_cmpint (ink.bottom - ink.top + 1, ==, 20);
}

static void
test_dot_and_empty (void)
{
  guint8 picture[SIZE * SIZE];
  g_autoptr (NnStrokes) empty = nn_strokes_new ();
  memset (picture, 7, sizeof picture);
  nn_strokes_render (empty, NULL, picture);
  for (guint i = 0; i < SIZE * SIZE; i++)
    g_assert_cmpuint (picture[i], ==, 0);

  g_autoptr (NnStrokes) dot = polyline ((const float[]){ 3e38f, -3e38f, 3e38f, -3e38f }, 2);
  nn_strokes_render (dot, NULL, picture);
  Ink ink = measure (picture);
  g_assert_cmpfloat_with_epsilon (ink.x, 14, 0.01);
  g_assert_cmpfloat_with_epsilon (ink.y, 14, 0.01);
  g_assert_cmpfloat_with_epsilon (ink.mass, G_PI * 1.2 * 1.2, 1.0);
}

/* A slanted edge has greys, their sum is the area, and the ink itself is full. */
static void
test_anti_aliasing (void)
{
  g_autoptr (NnStrokes) strokes = polyline ((const float[]){ 0, 0, 30, 100 }, 2);
  guint8 picture[SIZE * SIZE];
  double last = 0;
  for (float width = 1; width <= 5; width += 1) {
    nn_strokes_render (strokes, &(NnStrokePen){ width, 1 }, picture);
    guint grey = 0, full = 0;
    for (guint i = 0; i < SIZE * SIZE; i++) {
      grey += picture[i] > 0 && picture[i] < 255;
      full += picture[i] == 255;
    }
    g_assert_cmpuint (grey, >, 20);
    g_assert_true (width < 2 || full > 10);
    Ink ink = measure (picture);
    double area = (20 - width) * hypot (0.3, 1) * width + G_PI * width * width / 4;
    g_assert_cmpfloat_with_epsilon (ink.mass, area, 0.05 * area + 1);
    g_assert_cmpfloat (ink.mass, >, last);
    last = ink.mass;
  }
}

static void
test_deterministic (void)
{
  guint8 first[SIZE * SIZE], again[SIZE * SIZE];
  g_autoptr (NnStrokes) strokes = polyline (seven, 3);
  g_autoptr (NnStrokes) copy = nn_strokes_copy (strokes);
  nn_strokes_render (strokes, NULL, first);
  nn_strokes_render (copy, &NN_STROKE_PEN_DEFAULT, again);
  g_assert_cmpmem (first, sizeof first, again, sizeof again);
}

/* Thousands of points of a slow hand cost little: far less than a frame even on a busy machine. */
static void
test_fast (void)
{
  g_autoptr (NnStrokes) strokes = nn_strokes_new ();
  for (guint i = 0; i < 5000; i++)
    nn_strokes_append (strokes, cosf ((float) i / 300), sinf ((float) i / 200));
  guint8 picture[SIZE * SIZE];
  double best = G_MAXDOUBLE;
  for (guint i = 0; i < 50; i++) {
    gint64 start = g_get_monotonic_time ();
    nn_strokes_render (strokes, NULL, picture);
    best = MIN (best, (double) (g_get_monotonic_time () - start));
  }
  g_test_message ("5000 points: %.0f us", best);
  g_assert_cmpfloat (best, <, 5000);
}

static GPtrArray *
load (const char *text, gssize length, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("strokes-XXXXXX.jsonl", &path, NULL);
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, length, NULL));
  GPtrArray *drawings = nn_strokes_load_jsonl (path, error);
  g_unlink (path);
  return drawings;
}

static void
test_jsonl (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) drawings = load ("{\"label\":\"7\",\"strokes\":[[[1,2],[3.5,-4e1]],[],[[5,6,99]]]}\r\n"
                                         "\n"
                                         "{\"strokes\":[],\"who\":{}}\n"
                                         "{\"label\":3,\"strokes\":[[[0,0]]]}", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (drawings->len, ==, 3);
  NnDrawing *drawing = drawings->pdata[0];
  g_assert_cmpstr (drawing->label, ==, "7");
  g_assert_cmpuint (nn_strokes_n_strokes (drawing->strokes), ==, 2);
  guint n;
  g_assert_cmpfloat (nn_strokes_points (drawing->strokes, 0, &n)[1].y, ==, -40);
  g_assert_cmpuint (n, ==, 2);
  drawing = drawings->pdata[1];
  g_assert_null (drawing->label);
  g_assert_cmpuint (drawing->line, ==, 3);
  g_assert_cmpstr (((NnDrawing *) drawings->pdata[2])->label, ==, "3");
}

static void
test_jsonl_errors (void)
{
  static const struct {
    const char *text, *message;
  } cases[] = {
    { "", "*has no drawings*" },
    { "{\"strokes\":[]}\n{\"label\":\"7\"}", "*.jsonl”, line 2: there is no array “strokes”*" },
    { "{\"strokes\":[[[1,2]]]", "*line 1: this is not JSON*" },
    { "[1]", "*line 1: this is not a JSON object*" },
    { "{\"strokes\":[7]}", "*line 1: stroke 1 is not an array of points*" },
    { "{\"strokes\":[[[1,2]],[[1,2],[3]]]}", "*line 1: point 2 of stroke 2 is not two finite numbers*" },
    { "{\"strokes\":[[[1,\"2\"]]]}", "*point 1 of stroke 1*" },
    { "{\"strokes\":[[[1,true]]]}", "*point 1 of stroke 1*" },
    { "{\"strokes\":[[[1,1e60]]]}", "*point 1 of stroke 1*" },
    { "{\"label\":[],\"strokes\":[]}", "*line 1: the label is neither a string nor a whole number*" },
    { "{\"label\":\"\xff\",\"strokes\":[]}", "*line 1: the text is not UTF-8*" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (load (cases[i].text, -1, &error));
    g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
    g_test_message ("%s", error->message);
    g_assert_true (g_pattern_match_simple (cases[i].message, error->message));
  }
  g_autoptr (GError) binary = NULL;
  g_assert_null (load ("\x89PNG\0\0", 6, &binary));
  g_assert_error (binary, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_autoptr (GError) missing = NULL;
  g_assert_null (nn_strokes_load_jsonl ("/nowhere/strokes.jsonl", &missing));
  g_assert_error (missing, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_assert_nonnull (strstr (missing->message, "/nowhere/strokes.jsonl"));
  g_autoptr (GError) deep = NULL;
  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_assert_null (load (brackets, -1, &deep));
  g_assert_error (deep, NN_ERROR, NN_ERROR_BAD_INPUT);
}

static void
test_save (void)
{
  g_autoptr (GPtrArray) drawings = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_drawing_free);
  static const char *const labels[] = { "7", "a \"b\"\\\n", NULL };
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++) {
    NnDrawing *drawing = g_new0 (NnDrawing, 1);
    drawing->label = g_strdup (labels[i]);
    drawing->strokes = polyline (seven, 3);
    nn_strokes_begin (drawing->strokes);
    nn_strokes_append (drawing->strokes, 0.1234567f, -1e-7f);
    g_ptr_array_add (drawings, drawing);
  }
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp (NULL, &error);
  g_autofree char *path = g_build_filename (folder, "drawings.jsonl", NULL);
  g_assert_true (nn_strokes_save_jsonl (path, drawings, &error));
  g_autoptr (GPtrArray) read = nn_strokes_load_jsonl (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->len, ==, G_N_ELEMENTS (labels));
  for (guint i = 0; i < read->len; i++) {
    const NnDrawing *drawing = read->pdata[i];
    guint n;
    g_assert_cmpstr (drawing->label, ==, labels[i]);
    g_assert_cmpuint (nn_strokes_n_strokes (drawing->strokes), ==, 2);
    const NnStrokePoint *points = nn_strokes_points (drawing->strokes, 0, &n);
    g_assert_cmpuint (n, ==, 3);
    g_assert_cmpfloat (points[2].y, ==, 140);
    points = nn_strokes_points (drawing->strokes, 1, &n);
    g_assert_cmpfloat_with_epsilon (points[0].x, 0.1234567f, 1e-5);
  }
  /* Nothing to keep is no drawing, not a fault to write. */
  g_ptr_array_set_size (drawings, 0);
  g_assert_true (nn_strokes_save_jsonl (path, drawings, &error));
  g_assert_null (nn_strokes_load_jsonl (path, NULL));
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/strokes/build", test_build);
  g_test_add_func ("/strokes/scale", test_scale);
  g_test_add_func ("/strokes/box-and-aspect", test_box_and_aspect);
  g_test_add_func ("/strokes/vertical-line", test_vertical_line);
  g_test_add_func ("/strokes/centre-of-mass", test_centre_of_mass);
  g_test_add_func ("/strokes/lopsided", test_lopsided);
  g_test_add_func ("/strokes/dot-and-empty", test_dot_and_empty);
  g_test_add_func ("/strokes/anti-aliasing", test_anti_aliasing);
  g_test_add_func ("/strokes/deterministic", test_deterministic);
  g_test_add_func ("/strokes/fast", test_fast);
  g_test_add_func ("/strokes/jsonl", test_jsonl);
  g_test_add_func ("/strokes/jsonl-errors", test_jsonl_errors);
  g_test_add_func ("/strokes/save", test_save);
  return g_test_run ();
}
