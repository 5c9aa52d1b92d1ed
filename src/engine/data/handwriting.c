/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a style's control points to a drawing. A hand is drawn by lot (tidy or sloppy, upright or slanted, quick
 * or slow, fine or coarse tablet); its habits then act on every stroke: control points jitter, strokes shift
 * against each other, a Catmull-Rom curve goes through the points, a quick hand cuts the corners, ends overshoot
 * or stop short or hook, the whole leans, bends and trembles, and the tablet samples it.
 */
#include "data/handwriting.h"

#include <math.h>
#include <string.h>

#include "data/handwriting-styles.h"

enum {
  PER_SEGMENT = 10, /* points of the dense curve between two control points */
  MAX_PATH = NN_GLYPH_MAX_POINTS * PER_SEGMENT + 8,
};

typedef struct {
  NnStrokePoint points[MAX_PATH];
  guint n;
} Path;

/* One person's habits for one digit; lengths in hundredths of the digit's height. */
typedef struct {
  float jitter;         /* standard deviation of control points */
  float aspect, slant;  /* factor of the width; tangent of the lean to the right */
  float sine, cosine;   /* of the rotation */
  float bend_x, bend_y; /* exponents: where the halves meet */
  float bow;            /* sideways bend of the whole */
  guint haste;          /* smoothing passes */
  float wobble, wave, phase;
  float step, grid;     /* distance between samples, and the tablet's raster */
  float ends;           /* how far ends over- or undershoot */
  float hook;           /* chance of a hook at an end */
} Hand;

static float
between (NnRandom *random, float low, float high)
{
  return low + (high - low) * nn_random_uniform (random);
}

/* A normal number within two deviations: beyond, a change would not keep the label. */
static float
bounded_normal (NnRandom *random, float deviation)
{
  return CLAMP (nn_random_normal (random), -2.0f, 2.0f) * deviation;
}

static gboolean
chance (NnRandom *random, float probability)
{
  return nn_random_uniform (random) < probability;
}

static Hand
pick_hand (NnRandom *random)
{
  float sloppiness = expf (bounded_normal (random, 0.4f));
  float turn = bounded_normal (random, 0.1f);
  gboolean fine = chance (random, 0.5f);
  return (Hand){
    .jitter = 2.8f * sloppiness,
    .aspect = expf (bounded_normal (random, 0.25f)),
    .slant = 0.1f + bounded_normal (random, 0.2f),
    .sine = sinf (turn),
    .cosine = cosf (turn),
    .bend_x = expf (bounded_normal (random, 0.16f)),
    .bend_y = expf (bounded_normal (random, 0.18f)),
    .bow = bounded_normal (random, 3.0f),
    .haste = chance (random, 0.5f) ? 0 : 2 + nn_random_below (random, 10),
    .wobble = chance (random, 0.6f) ? between (random, 0, 0.9f) * sloppiness : 0,
    .wave = between (random, 0.1f, 0.35f),
    .phase = between (random, 0, 2 * (float) G_PI),
    .step = fine ? between (random, 1.5f, 6) : between (random, 6, 16),
    .grid = chance (random, 0.3f) ? between (random, 0.5f, 2) : 0,
    .ends = 4.5f * sloppiness,
    .hook = chance (random, 0.25f) ? 0.6f : 0.03f,
  };
}

/* Where some habits would turn one digit into another to a human eye, they are held back. */
static void
keep_legible (Hand *hand, const NnGlyphStyle *glyph)
{
  if (glyph->digit == 1) { /* a wide or flat flag reads as the bar of a 7, a rounded one with a foot as a 2 */
    hand->aspect = MIN (hand->aspect, 1.1f);
    hand->bend_y = MIN (hand->bend_y, 1.0f);
    hand->haste = MIN (hand->haste, 4);
  } else if (glyph->digit == 7 || glyph->digit == 0) { /* a short bar reads as the flag of a 1, a slit as a 1 */
    hand->aspect = MAX (hand->aspect, 0.9f);
  }
}

static NnStrokePoint
catmull_rom (const NnStrokePoint *p, float t)
{
  float a = ((-t + 2) * t - 1) * t / 2, b = ((3 * t - 5) * t * t + 2) / 2;
  float c = ((-3 * t + 4) * t + 1) * t / 2, d = (t - 1) * t * t / 2;
  return (NnStrokePoint){ a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x,
                          a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y };
}

/* The point before @a (or after it), as if the curve went on evenly: for ends and corners. */
static NnStrokePoint
mirrored (NnStrokePoint a, NnStrokePoint b)
{
  return (NnStrokePoint){ 2 * a.x - b.x, 2 * a.y - b.y };
}

static void
trace_curve (const NnStrokePoint *control, const NnGlyphPoint *glyph, guint n, Path *path)
{
  path->n = 0;
  for (guint i = 0; i + 1 < n; i++) {
    NnStrokePoint p[4] = { { 0, 0 }, control[i], control[i + 1], { 0, 0 } };
    gboolean sharp_start = i == 0 || glyph[i].kind == NN_GLYPH_CORNER;
    gboolean sharp_end = i + 2 == n || glyph[i + 1].kind == NN_GLYPH_CORNER;
    p[0] = sharp_start ? mirrored (p[1], p[2]) : control[i - 1];
    p[3] = sharp_end ? mirrored (p[2], p[1]) : control[i + 2];
    for (guint j = 0; j < PER_SEGMENT; j++)
      path->points[path->n++] = catmull_rom (p, (float) j / PER_SEGMENT);
  }
  path->points[path->n++] = control[n - 1];
}

/* A quick hand cuts corners: binomial smoothing, the ends stay. */
static void
cut_corners (Path *path, guint passes)
{
  for (guint pass = 0; pass < passes; pass++) {
    NnStrokePoint before = path->points[0];
    for (guint i = 1; i + 1 < path->n; i++) {
      NnStrokePoint here = path->points[i], after = path->points[i + 1];
      path->points[i].x = (before.x + 2 * here.x + after.x) / 4;
      path->points[i].y = (before.y + 2 * here.y + after.y) / 4;
      before = here;
    }
  }
}

static void
reverse (Path *path)
{
  for (guint i = 0; i < path->n / 2; i++) {
    NnStrokePoint t = path->points[i];
    path->points[i] = path->points[path->n - 1 - i];
    path->points[path->n - 1 - i] = t;
  }
}

static void
push (Path *path, float x, float y)
{
  if (path->n < MAX_PATH)
    path->points[path->n++] = (NnStrokePoint){ x, y };
}

/* The last point goes on or stops short by @length, and may end in a small hook. */
static void
vary_end (Path *path, NnRandom *random, const Hand *hand)
{
  float length = bounded_normal (random, hand->ends);
  if (length < 0)
    length /= 2; /* an open loop soon reads as another digit */
  if (path->n < 6)
    return;
  NnStrokePoint last = path->points[path->n - 1], back = path->points[path->n - 5];
  float dx = last.x - back.x, dy = last.y - back.y, norm = hypotf (dx, dy);
  if (norm < 1e-3f)
    return;
  dx /= norm;
  dy /= norm;
  if (length > 0)
    push (path, last.x + dx * length, last.y + dy * length);
  while (length < 0 && path->n > 6) {
    NnStrokePoint a = path->points[path->n - 1], b = path->points[path->n - 2];
    length += hypotf (a.x - b.x, a.y - b.y);
    path->n--;
  }
  if (!chance (random, hand->hook))
    return;
  float angle = between (random, 1.3f, 2.9f) * (chance (random, 0.5f) ? 1.0f : -1.0f);
  float size = between (random, 3, 9), s = sinf (angle), c = cosf (angle);
  last = path->points[path->n - 1];
  push (path, last.x + size * (c * dx - s * dy), last.y + size * (s * dx + c * dy));
}

/* Exponents and a bow bend the box [0, 1] that the digit fills; then it trembles, leans and turns. */
static NnStrokePoint
lean (const Hand *hand, NnStrokePoint p, float width, float along)
{
  float u = CLAMP (p.x / width, 0.0f, 1.0f), v = CLAMP (p.y / 100, 0.0f, 1.0f);
  float x = p.x + width * (powf (u, hand->bend_x) - u) + hand->bow * sinf ((float) G_PI * v);
  float y = p.y + 100 * (powf (v, hand->bend_y) - v);
  x += hand->wobble * sinf (hand->wave * along + hand->phase);
  y += hand->wobble * sinf (hand->wave * 0.83f * along + 2 * hand->phase);
  x = x * hand->aspect + hand->slant * (50 - y);
  return (NnStrokePoint){ hand->cosine * x - hand->sine * y, hand->sine * x + hand->cosine * y };
}

/* The tablet's samples: one each @step of way, on its raster, the ends always. */
static void
sample (const Path *path, const Hand *hand, float width, NnStrokes *out)
{
  float along = 0, since = 0;
  nn_strokes_begin (out);
  for (guint i = 0; i < path->n; i++) {
    NnStrokePoint p = path->points[i];
    if (i > 0) {
      float way = hypotf (p.x - path->points[i - 1].x, p.y - path->points[i - 1].y);
      along += way;
      since += way;
    }
    if (i > 0 && i + 1 < path->n && since < hand->step)
      continue;
    since = 0;
    p = lean (hand, p, width, along);
    if (hand->grid > 0)
      p = (NnStrokePoint){ roundf (p.x / hand->grid) * hand->grid, roundf (p.y / hand->grid) * hand->grid };
    nn_strokes_append (out, p.x, p.y);
  }
}

/* One stroke's control points, each jittered, and the stroke as a whole moved, turned and sized a little. */
static void
jitter_stroke (NnRandom *random, const Hand *hand, const NnGlyphPoint *glyph, guint n, gboolean alone,
               NnStrokePoint *control)
{
  float cx = 0, cy = 0, own = alone ? 0 : 1;
  for (guint i = 0; i < n; i++) {
    cx += glyph[i].x / (float) n;
    cy += glyph[i].y / (float) n;
  }
  float shift_x = bounded_normal (random, own * hand->jitter);
  float shift_y = bounded_normal (random, own * hand->jitter);
  float turn = bounded_normal (random, own * 0.03f * hand->jitter);
  float size = expf (bounded_normal (random, own * 0.04f * hand->jitter));
  float s = sinf (turn) * size, c = cosf (turn) * size;
  for (guint i = 0; i < n; i++) {
    float x = glyph[i].x - cx + bounded_normal (random, hand->jitter);
    float y = glyph[i].y - cy + bounded_normal (random, hand->jitter);
    control[i] = (NnStrokePoint){ cx + c * x - s * y + shift_x, cy + s * x + c * y + shift_y };
  }
}

void
nn_handwriting_draw_style (NnRandom *random, guint style, NnStrokes *out)
{
  guint n_styles;
  const NnGlyphStyle *glyph = nn_glyph_styles (&n_styles);
  g_return_if_fail (random != NULL && out != NULL && style < n_styles);
  glyph += style;
  nn_strokes_clear (out);

  float width = 1;
  guint n_strokes = 0;
  for (guint i = 0; i < glyph->n_points; i++) {
    width = MAX (width, (float) glyph->points[i].x);
    n_strokes += glyph->points[i].kind == NN_GLYPH_START;
  }
  Hand hand = pick_hand (random);
  keep_legible (&hand, glyph);
  Path path;
  NnStrokePoint control[NN_GLYPH_MAX_POINTS];
  for (guint first = 0, end; first < glyph->n_points; first = end) {
    for (end = first + 1; end < glyph->n_points && glyph->points[end].kind != NN_GLYPH_START;)
      end++;
    jitter_stroke (random, &hand, glyph->points + first, end - first, n_strokes == 1, control);
    trace_curve (control, glyph->points + first, end - first, &path);
    cut_corners (&path, hand.haste);
    vary_end (&path, random, &hand);
    reverse (&path);
    vary_end (&path, random, &hand);
    sample (&path, &hand, width, out);
  }
}

void
nn_handwriting_draw (NnRandom *random, guint digit, NnStrokes *out)
{
  g_return_if_fail (random != NULL && digit < 10 && out != NULL);
  guint n_styles, total = 0, style = 0;
  const NnGlyphStyle *styles = nn_glyph_styles (&n_styles);
  for (guint i = 0; i < n_styles; i++)
    total += styles[i].digit == digit ? styles[i].weight : 0;
  guint pick = nn_random_below (random, total);
  for (guint i = 0; i < n_styles; i++) {
    if (styles[i].digit != digit)
      continue;
    style = i;
    if (pick < styles[i].weight)
      break;
    pick -= styles[i].weight;
  }
  nn_handwriting_draw_style (random, style, out);
}

guint
nn_handwriting_n_styles (void)
{
  guint n_styles;
  nn_glyph_styles (&n_styles);
  return n_styles;
}

const char *
nn_handwriting_style_name (guint style)
{
  guint n_styles;
  const NnGlyphStyle *styles = nn_glyph_styles (&n_styles);
  g_return_val_if_fail (style < n_styles, NULL);
  return styles[style].name;
}

guint
nn_handwriting_style_digit (guint style)
{
  guint n_styles;
  const NnGlyphStyle *styles = nn_glyph_styles (&n_styles);
  g_return_val_if_fail (style < n_styles, 0);
  return styles[style].digit;
}

NnStrokePen
nn_handwriting_pen (NnRandom *random)
{
  NnStrokePen pen = NN_STROKE_PEN_DEFAULT;
  pen.width = chance (random, 0.6f) ? pen.width + bounded_normal (random, 0.25f) : between (random, 1.4f, 4.2f);
  pen.softness = chance (random, 0.8f) ? 1.0f : between (random, 1.0f, 2.0f);
  return pen;
}
