/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stroke is painted in pieces, each a node that is kept until the drawing changes other than by growing: GSK compares
 * the nodes of two frames, and what is the same node in both isn't painted again. The last piece, which the next point
 * will change, is made anew. */
#include "config.h"

#include "widgets/ink-paint.h"

#include <math.h>

/* Segments of a piece: few enough for a small area, enough for a drawing of some dozen pieces. */
#define PIECE 8

struct _PcnInkPainter {
  PcnInkLook look;
  guint revision;
  GPtrArray *pieces; /* of GskRenderNode: what will not change as the drawing grows */
  guint stroke;      /* the first that isn't whole among these, its first segment that isn't, */
  guint segment;
  guint first;       /* and the index of its first point among those of all strokes */
  GskRenderNode *end;
  guint n_end;       /* points of that stroke when its end was made */
};

typedef struct {
  const NnStrokePoint *points;
  const float *widths;
  guint n;
} Stroke;

PcnInkPainter *
pcn_ink_painter_new (void)
{
  PcnInkPainter *self = g_new0 (PcnInkPainter, 1);

  self->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) gsk_render_node_unref);
  self->segment = 1;
  return self;
}

void
pcn_ink_painter_free (PcnInkPainter *self)
{
  g_ptr_array_unref (self->pieces);
  g_clear_pointer (&self->end, gsk_render_node_unref);
  g_free (self);
}

static graphene_rect_t
get_bounds (const PcnInkLook *look, const Stroke *stroke, guint from, guint to)
{
  const NnStrokePoint *points = stroke->points;
  float left = points[from].x, right = left, top = points[from].y, bottom = top, width = stroke->widths[from];

  for (guint i = from + 1; i <= to; i++) {
    left = MIN (left, points[i].x);
    right = MAX (right, points[i].x);
    top = MIN (top, points[i].y);
    bottom = MAX (bottom, points[i].y);
    width = MAX (width, stroke->widths[i]);
  }
  double around = (double) width * look->pen * look->side / 2 + 1;
  return GRAPHENE_RECT_INIT ((float) floor (look->left + (double) left * look->side - around),
                             (float) floor (look->top + (double) top * look->side - around),
                             (float) ceil ((double) (right - left) * look->side + 2 * around + 1),
                             (float) ceil ((double) (bottom - top) * look->side + 2 * around + 1));
}

/* Curves through the middles of the pieces: round where a hand was faster than the mouse's reports. Where the pen's
 * pressure changes, each has its own width. Segment i goes from the middle before point i to the one after it. */
static void
paint_segments (cairo_t *cr, const Stroke *stroke, guint from, guint to, double pen)
{
  const NnStrokePoint *points = stroke->points;
  const float *widths = stroke->widths;
  double fx = points[0].x, fy = points[0].y;

  if (from > 1) {
    fx = ((double) points[from - 1].x + (double) points[from].x) / 2;
    fy = ((double) points[from - 1].y + (double) points[from].y) / 2;
  }
  cairo_set_line_width (cr, (double) widths[from - 1] * pen);
  cairo_move_to (cr, fx, fy);
  for (guint i = from; i < to; i++) {
    double x = points[i].x, y = points[i].y;
    double mx = (x + (double) points[i + 1].x) / 2, my = (y + (double) points[i + 1].y) / 2;
    if (fabsf (widths[i] - widths[i - 1]) > 0.01f) {
      cairo_stroke (cr);
      cairo_set_line_width (cr, (double) widths[i] * pen);
      cairo_move_to (cr, fx, fy);
    }
    cairo_curve_to (cr, fx + (x - fx) * 2 / 3, fy + (y - fy) * 2 / 3, mx + (x - mx) * 2 / 3, my + (y - my) * 2 / 3,
                    mx, my);
    fx = mx;
    fy = my;
  }
}

/* Segments @from to @to - 1; @last: and from there to the last point. */
static GskRenderNode *
make_piece (const PcnInkLook *look, const Stroke *stroke, guint from, guint to, gboolean last)
{
  graphene_rect_t bounds = get_bounds (look, stroke, from - 1, last ? stroke->n - 1 : to);
  GskRenderNode *node = gsk_cairo_node_new (&bounds);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_translate (cr, look->left, look->top);
  cairo_scale (cr, look->side, look->side);
  cairo_set_source_rgb (cr, look->colour.red, look->colour.green, look->colour.blue);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  paint_segments (cr, stroke, from, to, look->pen);
  if (last)
    cairo_line_to (cr, stroke->points[stroke->n - 1].x, stroke->points[stroke->n - 1].y);
  cairo_stroke (cr);
  cairo_destroy (cr);
  return node;
}

static void
forget (PcnInkPainter *self)
{
  g_ptr_array_set_size (self->pieces, 0);
  g_clear_pointer (&self->end, gsk_render_node_unref);
  self->stroke = self->first = 0;
  self->segment = 1;
}

/* Pieces of what is new since the last call. */
static void
follow (PcnInkPainter *self, const PcnInk *ink)
{
  const NnStrokes *strokes = pcn_ink_get_strokes (ink);
  guint n_strokes = nn_strokes_n_strokes (strokes);

  while (self->stroke < n_strokes) {
    Stroke stroke = { .widths = pcn_ink_get_widths (ink) + self->first };
    stroke.points = nn_strokes_points (strokes, self->stroke, &stroke.n);
    for (; self->segment + PIECE < stroke.n; self->segment += PIECE)
      g_ptr_array_add (self->pieces, make_piece (&self->look, &stroke, self->segment, self->segment + PIECE, FALSE));
    if (!self->end || self->n_end != stroke.n) {
      g_clear_pointer (&self->end, gsk_render_node_unref);
      self->end = make_piece (&self->look, &stroke, self->segment, MAX (self->segment, stroke.n - 1), TRUE);
      self->n_end = stroke.n;
    }
    if (self->stroke + 1 == n_strokes)
      return;
    g_ptr_array_add (self->pieces, g_steal_pointer (&self->end));
    self->stroke++;
    self->first += stroke.n;
    self->segment = 1;
  }
}

static gboolean
look_equal (const PcnInkLook *a, const PcnInkLook *b)
{
  return a->left == b->left && a->top == b->top && a->side == b->side && a->pen == b->pen
         && gdk_rgba_equal (&a->colour, &b->colour);
}

void
pcn_ink_painter_snapshot (PcnInkPainter *self, const PcnInk *ink, const PcnInkLook *look, GtkSnapshot *snapshot)
{
  guint revision = pcn_ink_get_revision (ink);

  if (!look_equal (&self->look, look) || self->revision != revision)
    forget (self);
  self->look = *look;
  self->revision = revision;
  follow (self, ink);
  /* As a whole: text colours let the ground shine through, and strokes mustn't be darker where they cross. */
  gtk_snapshot_push_opacity (snapshot, (double) look->colour.alpha);
  for (guint i = 0; i < self->pieces->len; i++)
    gtk_snapshot_append_node (snapshot, g_ptr_array_index (self->pieces, i));
  if (self->end)
    gtk_snapshot_append_node (snapshot, self->end);
  gtk_snapshot_pop (snapshot);
}

void
pcn_ink_paint_pen (const PcnInkLook *look, double x, double y, gboolean down, GtkSnapshot *snapshot)
{
  double left = look->left + x * look->side, top = look->top + y * look->side;
  double radius = look->pen * 0.6 * look->side, line = 0.008 * look->side, around = radius + line;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) (left - around), (float) (top - around), (float) (2 * around),
                                               (float) (2 * around));
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

  gdk_cairo_set_source_rgba (cr, &look->colour);
  cairo_set_line_width (cr, line);
  cairo_arc (cr, left, top, radius, 0, 2 * G_PI);
  if (down)
    cairo_fill (cr);
  else
    cairo_stroke (cr);
  cairo_destroy (cr);
}
