/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/strokes.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnCanvas:
 *
 * A square to draw on with mouse, finger, pen or keyboard (arrow keys move a pen that Space puts down and
 * lifts). A pen's pressure makes the line a little wider or narrower; its eraser takes strokes away.
 *
 * Properties: "empty" (whether nothing is drawn), "can-undo", "can-redo", "pen-width" (a factor, 0.4 to 2).
 * Actions: canvas.clear, canvas.undo, canvas.redo.
 * Signal #PcnCanvas::changed: the drawing, or the pen it is drawn with, changed; emitted at every motion
 * event with the button down.
 */
#define PCN_TYPE_CANVAS (pcn_canvas_get_type ())
G_DECLARE_FINAL_TYPE (PcnCanvas, pcn_canvas, PCN, CANVAS, GtkWidget)

/** pcn_canvas_get_strokes: Returns: (transfer none): the drawing, in a square of side 1 */
const NnStrokes *pcn_canvas_get_strokes (PcnCanvas *self);
gboolean pcn_canvas_get_empty (PcnCanvas *self);
void pcn_canvas_clear (PcnCanvas *self);
/** pcn_canvas_share: from now on @self is another place for the drawing of @other, with the same pen; they are drawn on in
 * turns */
void pcn_canvas_share (PcnCanvas *self, PcnCanvas *other);
/** pcn_canvas_get_pen: Returns: the pen with which the network is to see the drawing */
NnStrokePen pcn_canvas_get_pen (PcnCanvas *self);
/** pcn_canvas_undo, pcn_canvas_redo: of the last stroke, erased stroke or clearing */
void pcn_canvas_undo (PcnCanvas *self);
void pcn_canvas_redo (PcnCanvas *self);

G_END_DECLS
