/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** NnGlyphKind: how the curve takes a control point: first of a stroke, smoothly, or with a sharp turn */
typedef enum {
  NN_GLYPH_START,
  NN_GLYPH_SMOOTH,
  NN_GLYPH_CORNER,
} NnGlyphKind;

/** NnGlyphPoint: a control point; the digit is 100 units high, y downwards, both axes in the same unit */
typedef struct {
  gint8 x, y;
  guint8 kind;
} NnGlyphPoint;

/** NnGlyphStyle: one way to write a digit; @weight is how often among the styles of this digit */
typedef struct {
  guint8 digit;
  guint8 weight;
  guint8 n_points;
  const char *name;
  const NnGlyphPoint *points;
} NnGlyphStyle;

/** NN_GLYPH_MAX_POINTS: no style has more control points */
#define NN_GLYPH_MAX_POINTS 32

/** nn_glyph_styles: Returns: (transfer none): the table, sorted by digit */
const NnGlyphStyle *nn_glyph_styles (guint *n_styles);

G_END_DECLS
