/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drawing is some hundred points: what was there before a change is kept as a whole. */
#include "config.h"

#include "widgets/ink.h"

#include <math.h>

#define MAX_UNDO 100
#define LEAST_WIDTH 0.75
#define MOST_WIDTH 1.25

typedef struct {
  NnStrokes *strokes;
  GArray *widths;
} State;

struct _PcnInk {
  State *now;
  GQueue undo, redo; /* of State, the latest first */
  gboolean drawing;
  guint revision;
  guint refs;
};

static State *
state_new (NnStrokes *strokes, GArray *widths)
{
  State *self = g_new (State, 1);

  *self = (State){ strokes, widths };
  return self;
}

static State *
state_copy (const State *self)
{
  return state_new (nn_strokes_copy (self->strokes), g_array_copy (self->widths));
}

static void
state_free (State *self)
{
  nn_strokes_free (self->strokes);
  g_array_unref (self->widths);
  g_free (self);
}

static State *
state_new_empty (void)
{
  return state_new (nn_strokes_new (), g_array_new (FALSE, FALSE, sizeof (float)));
}

PcnInk *
pcn_ink_new (void)
{
  PcnInk *self = g_new0 (PcnInk, 1);

  self->refs = 1;
  self->now = state_new_empty ();
  g_queue_init (&self->undo);
  g_queue_init (&self->redo);
  return self;
}

PcnInk *
pcn_ink_ref (PcnInk *self)
{
  self->refs++;
  return self;
}

void
pcn_ink_unref (PcnInk *self)
{
  if (--self->refs > 0)
    return;
  state_free (self->now);
  g_queue_clear_full (&self->undo, (GDestroyNotify) state_free);
  g_queue_clear_full (&self->redo, (GDestroyNotify) state_free);
  g_free (self);
}

/* Another state takes the place of the present one, which can be brought back. */
static void
change (PcnInk *self, State *next)
{
  g_queue_clear_full (&self->redo, (GDestroyNotify) state_free);
  g_queue_push_head (&self->undo, self->now);
  if (self->undo.length > MAX_UNDO)
    state_free (g_queue_pop_tail (&self->undo));
  self->now = next;
}

void
pcn_ink_begin (PcnInk *self)
{
  change (self, state_copy (self->now));
  nn_strokes_begin (self->now->strokes);
  self->drawing = TRUE;
}

void
pcn_ink_append (PcnInk *self, double x, double y, double pressure)
{
  float width = (float) (LEAST_WIDTH + (MOST_WIDTH - LEAST_WIDTH) * CLAMP (pressure, 0, 1));

  /* Some tablets report points that are no numbers. */
  if (!self->drawing || !isfinite (x) || !isfinite (y) || !isfinite (width))
    return;
  nn_strokes_append (self->now->strokes, (float) x, (float) y);
  g_array_append_val (self->now->widths, width);
}

void
pcn_ink_end (PcnInk *self)
{
  self->drawing = FALSE;
}

static double
get_distance (const NnStrokePoint *a, const NnStrokePoint *b, double x, double y)
{
  double dx = b->x - a->x, dy = b->y - a->y, length = dx * dx + dy * dy;
  double along = length > 0 ? CLAMP (((x - a->x) * dx + (y - a->y) * dy) / length, 0, 1) : 0;

  return hypot (a->x + along * dx - x, a->y + along * dy - y);
}

static gboolean
passes (const NnStrokePoint *points, guint n, double x, double y, double radius)
{
  for (guint i = 0; i < n; i++)
    if (get_distance (&points[i > 0 ? i - 1 : 0], &points[i], x, y) <= radius)
      return TRUE;
  return FALSE;
}

static State *
copy_without (const State *self, guint left_out)
{
  State *copy = state_new_empty ();
  guint first = 0, n;

  for (guint i = 0; i < nn_strokes_n_strokes (self->strokes); i++, first += n) {
    const NnStrokePoint *points = nn_strokes_points (self->strokes, i, &n);
    if (i == left_out)
      continue;
    nn_strokes_begin (copy->strokes);
    for (guint j = 0; j < n; j++)
      nn_strokes_append (copy->strokes, points[j].x, points[j].y);
    g_array_append_vals (copy->widths, &g_array_index (self->widths, float, first), n);
  }
  return copy;
}

gboolean
pcn_ink_erase (PcnInk *self, double x, double y, double radius)
{
  self->drawing = FALSE;
  for (guint i = nn_strokes_n_strokes (self->now->strokes); i-- > 0;) {
    guint n;
    const NnStrokePoint *points = nn_strokes_points (self->now->strokes, i, &n);
    if (!passes (points, n, x, y, radius))
      continue;
    change (self, copy_without (self->now, i));
    self->revision++;
    return TRUE;
  }
  return FALSE;
}

void
pcn_ink_clear (PcnInk *self)
{
  self->drawing = FALSE;
  if (pcn_ink_is_empty (self))
    return;
  change (self, state_new_empty ());
  self->revision++;
}

gboolean
pcn_ink_can_undo (const PcnInk *self)
{
  return self->undo.length > 0;
}

gboolean
pcn_ink_can_redo (const PcnInk *self)
{
  return self->redo.length > 0;
}

static gboolean
step (PcnInk *self, GQueue *from, GQueue *to)
{
  self->drawing = FALSE;
  if (from->length == 0)
    return FALSE;
  g_queue_push_head (to, self->now);
  self->now = g_queue_pop_head (from);
  self->revision++;
  return TRUE;
}

gboolean
pcn_ink_undo (PcnInk *self)
{
  return step (self, &self->undo, &self->redo);
}

gboolean
pcn_ink_redo (PcnInk *self)
{
  return step (self, &self->redo, &self->undo);
}

gboolean
pcn_ink_is_empty (const PcnInk *self)
{
  return nn_strokes_n_strokes (self->now->strokes) == 0;
}

const NnStrokes *
pcn_ink_get_strokes (const PcnInk *self)
{
  return self->now->strokes;
}

const float *
pcn_ink_get_widths (const PcnInk *self)
{
  return (const float *) (gpointer) self->now->widths->data;
}

guint
pcn_ink_get_revision (const PcnInk *self)
{
  return self->revision;
}

double
pcn_ink_get_mean_width (const PcnInk *self)
{
  const GArray *widths = self->now->widths;
  double sum = 0;

  for (guint i = 0; i < widths->len; i++)
    sum += (double) g_array_index (widths, float, i);
  return widths->len > 0 ? sum / widths->len : 1;
}
