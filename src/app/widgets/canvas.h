/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/strokes.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnCanvas:
 *
 * A square to draw on with mouse, finger, stylus or keyboard (arrow keys move a pen that Space puts down and lifts).
 *
 * Property "empty": whether nothing is drawn.
 * Actions: canvas.clear, canvas.undo.
 * Signal #PcnCanvas::changed: the drawing changed; emitted at every motion event with the button down.
 */
#define PCN_TYPE_CANVAS (pcn_canvas_get_type ())
G_DECLARE_FINAL_TYPE (PcnCanvas, pcn_canvas, PCN, CANVAS, GtkWidget)

/** pcn_canvas_get_strokes: Returns: (transfer none): the drawing, in a square of side 1 */
const NnStrokes *pcn_canvas_get_strokes (PcnCanvas *self);
gboolean pcn_canvas_get_empty (PcnCanvas *self);
void pcn_canvas_clear (PcnCanvas *self);
/** pcn_canvas_undo: takes the last stroke back */
void pcn_canvas_undo (PcnCanvas *self);

G_END_DECLS
