/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The colours of classes can be seen, and told apart whatever the eyes. */
#include "config.h"

#include "widgets/class-palette.h"

#include <math.h>

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
luminance (const float rgb[3])
{
  return 0.2126 * linear (rgb[0]) + 0.7152 * linear (rgb[1]) + 0.0722 * linear (rgb[2]);
}

static double
contrast (double a, double b)
{
  return (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
}

/* WCAG 2.1, 1.4.11: graphical objects. */
static void
test_contrast (void)
{
  const float white[3] = { 1, 1, 1 }, dark[3] = { 0.19f, 0.19f, 0.19f };

  for (guint i = 0; i < 40; i++) {
    float rgb[3];
    pcn_class_palette (i, FALSE, rgb);
    g_assert_cmpfloat (contrast (luminance (rgb), luminance (white)), >=, 3);
    pcn_class_palette (i, TRUE, rgb);
    g_assert_cmpfloat (contrast (luminance (rgb), luminance (dark)), >=, 3);
  }
}

/* What people with full colour vision, without red, green or blue cones see (Machado, Oliveira, Fernandes 2009). */
static const double eyes[][9] = {
  { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
  { 0.152, 1.053, -0.205, 0.115, 0.786, 0.099, -0.004, -0.048, 1.052 },
  { 0.367, 0.861, -0.228, 0.280, 0.673, 0.047, -0.012, 0.043, 0.969 },
  { 1.256, -0.077, -0.179, -0.078, 0.931, 0.148, 0.005, 0.691, 0.304 },
};

static double
curve (double t)
{
  return t > 0.008856 ? cbrt (t) : 7.787 * t + 16.0 / 116;
}

static void
to_lab (const float rgb[3], const double eye[9], double lab[3])
{
  double l[3];

  for (guint i = 0; i < 3; i++)
    l[i] = CLAMP (eye[3 * i] * linear (rgb[0]) + eye[3 * i + 1] * linear (rgb[1]) + eye[3 * i + 2] * linear (rgb[2]),
                  0, 1);
  double x = curve ((0.4124 * l[0] + 0.3576 * l[1] + 0.1805 * l[2]) / 0.9505);
  double y = curve (0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]);
  double z = curve ((0.0193 * l[0] + 0.1192 * l[1] + 0.9505 * l[2]) / 1.089);
  lab[0] = 116 * y - 16;
  lab[1] = 500 * (x - y);
  lab[2] = 200 * (y - z);
}

/* A difference of 10 in CIELAB is plain to see. */
static void
test_distinct (void)
{
  for (guint k = 0; k < 2 * G_N_ELEMENTS (eyes); k++)
    for (guint i = 0; i < 10; i++)
      for (guint j = 0; j < i; j++) {
        float a[3], b[3];
        double la[3], lb[3];
        pcn_class_palette (i, k % 2, a);
        pcn_class_palette (j, k % 2, b);
        to_lab (a, eyes[k / 2], la);
        to_lab (b, eyes[k / 2], lb);
        g_assert_cmpfloat (sqrt (pow (la[0] - lb[0], 2) + pow (la[1] - lb[1], 2) + pow (la[2] - lb[2], 2)), >, 15);
      }
}

static void
test_many (void)
{
  for (guint i = 0; i < 30; i++)
    for (guint j = 0; j < i; j++) {
      float a[3], b[3];
      pcn_class_palette (i, FALSE, a);
      pcn_class_palette (j, FALSE, b);
      g_assert_false (a[0] == b[0] && a[1] == b[1] && a[2] == b[2]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/class-palette/contrast", test_contrast);
  g_test_add_func ("/class-palette/distinct", test_distinct);
  g_test_add_func ("/class-palette/many", test_many);
  return g_test_run ();
}
