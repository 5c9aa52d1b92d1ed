/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/ink-paint.h"

#include <math.h>

/* Curves through the middles of the pieces: round where a hand was faster than the mouse's reports. Where the
 * pen's pressure changes, each piece has its own width. */
static void
paint_stroke (cairo_t *cr, const NnStrokePoint *points, const float *widths, guint n, double pen)
{
  cairo_set_line_width (cr, widths[0] * pen);
  cairo_move_to (cr, points[0].x, points[0].y);
  if (n == 1)
    cairo_line_to (cr, points[0].x, points[0].y);
  for (guint i = 1; i + 1 < n; i++) {
    double mx = (points[i].x + points[i + 1].x) / 2, my = (points[i].y + points[i + 1].y) / 2, fx, fy;
    cairo_get_current_point (cr, &fx, &fy);
    if (fabsf (widths[i] - widths[i - 1]) > 0.01f) {
      cairo_stroke (cr);
      cairo_set_line_width (cr, widths[i] * pen);
      cairo_move_to (cr, fx, fy);
    }
    cairo_curve_to (cr, fx + (points[i].x - fx) * 2 / 3, fy + (points[i].y - fy) * 2 / 3,
                    mx + (points[i].x - mx) * 2 / 3, my + (points[i].y - my) * 2 / 3, mx, my);
  }
  if (n > 1)
    cairo_line_to (cr, points[n - 1].x, points[n - 1].y);
  cairo_stroke (cr);
}

/* As a whole: text colours let the ground shine through, and strokes mustn't be darker where they cross. */
void
pcn_ink_paint (const PcnInk *self, cairo_t *cr, const GdkRGBA *colour, double pen)
{
  const NnStrokes *strokes = pcn_ink_get_strokes (self);
  const float *widths = pcn_ink_get_widths (self);
  guint n;

  cairo_push_group (cr);
  cairo_set_source_rgb (cr, colour->red, colour->green, colour->blue);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < nn_strokes_n_strokes (strokes); i++, widths += n) {
    const NnStrokePoint *points = nn_strokes_points (strokes, i, &n);
    paint_stroke (cr, points, widths, n, pen);
  }
  cairo_pop_group_to_source (cr);
  cairo_paint_with_alpha (cr, colour->alpha);
}
