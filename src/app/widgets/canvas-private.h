/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/canvas.h"
#include "widgets/ink-paint.h"

G_BEGIN_DECLS

/* Shared by canvas.c and canvas-input.c. */
struct _PcnCanvas {
  GtkWidget parent_instance;
  PcnInk *ink;
  PcnInkPainter *painter;
  gboolean empty, can_undo, can_redo;
  double pen_width;
  GtkGesture *drag;
  gboolean erasing;
  /* The pen of the keyboard. */
  double pen_x, pen_y;
  gboolean pen_shown, pen_down;
};

/** pcn_canvas_changed: there is other ink */
void pcn_canvas_changed (PcnCanvas *self);
/** pcn_canvas_get_side: @left, @top: (out): of the square in the middle, which has the coordinates 0 to 1; beside it they go
 * on. Returns: its side */
double pcn_canvas_get_side (PcnCanvas *self, double *left, double *top);

void pcn_canvas_add_controllers (PcnCanvas *self);

G_END_DECLS
