/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawn digits: strokes in, a 28x28 picture out. The reader of files of strokes is in strokes-file.c. */
#include "data/strokes.h"

#include <math.h>
#include <string.h>

enum {
  SIZE = NN_DIGIT_SIZE,
  BOX = 20, /* MNIST's box for the ink */
};

struct _NnStrokes {
  GArray *points; /* NnStrokePoint, all strokes one after the other */
  GArray *starts; /* guint: index of each stroke's first point */
  gboolean down;  /* the next point belongs to the last stroke */
};

NnStrokes *
nn_strokes_new (void)
{
  NnStrokes *self = g_new0 (NnStrokes, 1);
  self->points = g_array_new (FALSE, FALSE, sizeof (NnStrokePoint));
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

NnStrokes *
nn_strokes_copy (const NnStrokes *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  NnStrokes *copy = g_new0 (NnStrokes, 1);
  copy->points = g_array_copy (self->points);
  copy->starts = g_array_copy (self->starts);
  copy->down = self->down;
  return copy;
}

void
nn_strokes_free (NnStrokes *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->points);
  g_array_unref (self->starts);
  g_free (self);
}

void
nn_strokes_clear (NnStrokes *self)
{
  g_return_if_fail (self != NULL);
  g_array_set_size (self->points, 0);
  g_array_set_size (self->starts, 0);
  self->down = FALSE;
}

void
nn_strokes_begin (NnStrokes *self)
{
  g_return_if_fail (self != NULL);
  self->down = FALSE;
}

void
nn_strokes_append (NnStrokes *self, float x, float y)
{
  g_return_if_fail (self != NULL);
  if (!isfinite (x) || !isfinite (y))
    return;
  if (!self->down) {
    g_array_append_val (self->starts, self->points->len);
    self->down = TRUE;
  }
  NnStrokePoint point = { x, y };
  g_array_append_val (self->points, point);
}

gboolean
nn_strokes_pop (NnStrokes *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (self->starts->len == 0)
    return FALSE;
  g_array_set_size (self->points, g_array_index (self->starts, guint, self->starts->len - 1));
  g_array_set_size (self->starts, self->starts->len - 1);
  self->down = FALSE;
  return TRUE;
}

guint
nn_strokes_n_strokes (const NnStrokes *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->starts->len;
}

const NnStrokePoint *
nn_strokes_points (const NnStrokes *self, guint index, guint *n_points)
{
  g_return_val_if_fail (self != NULL && n_points != NULL, NULL);
  g_return_val_if_fail (index < self->starts->len, NULL);
  const guint *start = &g_array_index (self->starts, guint, index);
  guint first = start[0], end = index + 1 < self->starts->len ? start[1] : self->points->len;
  *n_points = end - first;
  return &g_array_index (self->points, NnStrokePoint, first);
}

/* From the drawing's units to pixels: p * scale + offset. In double, since any finite float may come in. */
typedef struct {
  double scale, x, y;
} Frame;

static Frame
fit (const NnStrokes *self, double width)
{
  double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
  for (guint i = 0; i < self->points->len; i++) {
    NnStrokePoint p = g_array_index (self->points, NnStrokePoint, i);
    left = MIN (left, p.x);
    right = MAX (right, p.x);
    top = MIN (top, p.y);
    bottom = MAX (bottom, p.y);
  }
  double side = MAX (right - left, bottom - top);
  double scale = side > 0 ? (BOX - width) / side : 0; /* the pen's own width belongs to the box */
  return (Frame){ scale, SIZE / 2.0 - scale * (left + right) / 2, SIZE / 2.0 - scale * (top + bottom) / 2 };
}

static NnStrokePoint
to_pixels (const Frame *frame, NnStrokePoint p)
{
  return (NnStrokePoint){ (float) (p.x * frame->scale + frame->x), (float) (p.y * frame->scale + frame->y) };
}

static float
squared_distance (float px, float py, NnStrokePoint a, NnStrokePoint b)
{
  float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  float t = length > 0 ? ((px - a.x) * dx + (py - a.y) * dy) / length : 0;
  t = CLAMP (t, 0.0f, 1.0f);
  float ex = px - (a.x + t * dx), ey = py - (a.y + t * dy);
  return ex * ex + ey * ey;
}

/* Lowers each pixel's squared distance to the ink by the segment a-b; only pixels within @reach can matter. */
static void
mark_segment (float *nearest, NnStrokePoint a, NnStrokePoint b, float reach)
{
  int x0 = MAX (0, (int) floorf (MIN (a.x, b.x) - reach)), x1 = MIN (SIZE - 1, (int) (MAX (a.x, b.x) + reach));
  int y0 = MAX (0, (int) floorf (MIN (a.y, b.y) - reach)), y1 = MIN (SIZE - 1, (int) (MAX (a.y, b.y) + reach));
  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++) {
      float d = squared_distance ((float) x + 0.5f, (float) y + 0.5f, a, b);
      nearest[y * SIZE + x] = MIN (nearest[y * SIZE + x], d);
    }
}

static void
mark_stroke (float *nearest, const Frame *frame, const NnStrokePoint *points, guint n, float reach)
{
  NnStrokePoint from = to_pixels (frame, points[0]);
  if (n == 1)
    mark_segment (nearest, from, from, reach);
  for (guint i = 1; i < n; i++) {
    NnStrokePoint to = to_pixels (frame, points[i]);
    float dx = to.x - from.x, dy = to.y - from.y;
    /* A slow hand leaves thousands of points: steps of less than a tenth of a pixel can't be seen. */
    if (i + 1 < n && dx * dx + dy * dy < 0.01f)
      continue;
    mark_segment (nearest, from, to, reach);
    from = to;
  }
}

/* How far the ink may and should move along one axis: @mass is its weight in each row (or column). */
static int
centring_shift (const guint mass[SIZE])
{
  guint64 total = 0, moment = 0;
  int first = -1, last = -1;
  for (int i = 0; i < SIZE; i++) {
    total += mass[i];
    moment += (guint64) mass[i] * (guint64) (2 * i + 1);
    if (mass[i] > 0) {
      first = first < 0 ? i : first;
      last = i;
    }
  }
  if (total == 0)
    return 0;
  int shift = (int) lround (SIZE / 2.0 - (double) moment / (2.0 * (double) total));
  return CLAMP (shift, -first, SIZE - 1 - last);
}

static void
centre_by_mass (const guint8 *picture, guint8 *out)
{
  guint rows[SIZE] = { 0 }, columns[SIZE] = { 0 };
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++) {
      rows[y] += picture[y * SIZE + x];
      columns[x] += picture[y * SIZE + x];
    }
  int right = centring_shift (columns), down = centring_shift (rows);
  for (int y = MAX (0, -down); y < MIN (SIZE, SIZE - down); y++)
    memcpy (out + (y + down) * SIZE + MAX (0, right), picture + y * SIZE + MAX (0, -right),
            (gsize) (SIZE - ABS (right)));
}

void
nn_strokes_render (const NnStrokes *self, const NnStrokePen *pen, guint8 out[NN_DIGIT_SIZE * NN_DIGIT_SIZE])
{
  g_return_if_fail (self != NULL && out != NULL);
  memset (out, 0, SIZE * SIZE);
  if (self->points->len == 0)
    return;
  NnStrokePen p = pen != NULL ? *pen : NN_STROKE_PEN_DEFAULT;
  float width = CLAMP (p.width, 0.5f, 8.0f), softness = CLAMP (p.softness, 0.5f, 4.0f);
  float reach = (width + softness) / 2;

  float nearest[SIZE * SIZE];
  for (int i = 0; i < SIZE * SIZE; i++)
    nearest[i] = reach * reach;
  Frame frame = fit (self, width);
  for (guint i = 0; i < self->starts->len; i++) {
    guint n;
    const NnStrokePoint *points = nn_strokes_points (self, i, &n);
    mark_stroke (nearest, &frame, points, n, reach + 1);
  }

  guint8 picture[SIZE * SIZE];
  for (int i = 0; i < SIZE * SIZE; i++) {
    float cover = (reach - sqrtf (nearest[i])) / softness;
    picture[i] = (guint8) (CLAMP (cover, 0.0f, 1.0f) * 255.0f + 0.5f);
  }
  centre_by_mass (picture, out);
}
