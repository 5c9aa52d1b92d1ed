/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/ink.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnInkLook:
 * @left, @top, @side: the square in the widget that has the coordinates 0 to 1; pixels
 * @pen: width of the pen as a fraction of the side
 * @colour: of the ink
 */
typedef struct {
  double left, top, side, pen;
  GdkRGBA colour;
} PcnInkLook;

/**
 * PcnInkPainter:
 *
 * Paints a drawing that grows, and remembers what it painted: with a motion of the pen only the end of a stroke is
 * made anew, and only there does the screen change.
 */
typedef struct _PcnInkPainter PcnInkPainter;

PcnInkPainter *pcn_ink_painter_new (void);
void pcn_ink_painter_free (PcnInkPainter *self);

/** pcn_ink_painter_snapshot: @ink: the same at each call, or one with another revision */
void pcn_ink_painter_snapshot (PcnInkPainter *self, const PcnInk *ink, const PcnInkLook *look, GtkSnapshot *snapshot);

/** pcn_ink_paint_pen: the pen of the keyboard, at (@x, @y) in the square: a ring, or a dot where it is down */
void pcn_ink_paint_pen (const PcnInkLook *look, double x, double y, gboolean down, GtkSnapshot *snapshot);

G_END_DECLS
