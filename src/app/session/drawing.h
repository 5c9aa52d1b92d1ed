/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/strokes.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnDrawing:
 *
 * A drawing that the network was taught. Doesn't change.
 *
 * Property "label": what it was said to be.
 */
#define PCN_TYPE_DRAWING (pcn_drawing_get_type ())
G_DECLARE_FINAL_TYPE (PcnDrawing, pcn_drawing, PCN, DRAWING, GObject)

/** pcn_drawing_new: @strokes: copied */
PcnDrawing *pcn_drawing_new (const char *label, const NnStrokes *strokes);
const char *pcn_drawing_get_label (PcnDrawing *self);
const NnStrokes *pcn_drawing_get_strokes (PcnDrawing *self);

G_END_DECLS
