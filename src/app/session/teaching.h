/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/drawing.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnTeaching:
 *
 * What the user tells a network of digits that it got wrong: the drawings, which are written to the disk at
 * once, and the network that was trained on them, always from the one that it was before it was taught
 * anything. Both are there again at the next start. Belongs to the session. Main thread only; no call blocks.
 *
 * Properties, all read-only: "drawings" (GListModel of #PcnDrawing), "n-drawings", "can-teach" (the tested
 * model is one of digits), "waiting" (drawings will be learnt when another run has ended, or a device is
 * there), "learning", "fraction" (of that, 0 to 1), "taught" (the tested model is one that was taught).
 */
#define PCN_TYPE_TEACHING (pcn_teaching_get_type ())
G_DECLARE_FINAL_TYPE (PcnTeaching, pcn_teaching, PCN, TEACHING, GObject)

/** pcn_teaching_get_drawings: Returns: (transfer none) */
GListModel *pcn_teaching_get_drawings (PcnTeaching *self);
/** pcn_teaching_add: @label: a class of the tested model: keeps the drawing, and trains on it and those
 * before it */
void pcn_teaching_add (PcnTeaching *self, const NnStrokes *strokes, const char *label);
/** pcn_teaching_remove: of "drawings"; trains on the others, or forgets */
void pcn_teaching_remove (PcnTeaching *self, guint position);
/** pcn_teaching_forget: drops the drawings, and tests the model from before it was taught */
void pcn_teaching_forget (PcnTeaching *self);
/** pcn_teaching_undo: of the latest of these three */
void pcn_teaching_undo (PcnTeaching *self);

G_END_DECLS
