/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/strokes.h"

G_BEGIN_DECLS

/**
 * PcnInk:
 *
 * A drawing in the making: strokes with the pressure of each point, and what was there before each change, so
 * that strokes can be taken back and brought again. Coordinates are those of a square of side 1. Not
 * thread-safe.
 */
typedef struct _PcnInk PcnInk;

PcnInk *pcn_ink_new (void);
PcnInk *pcn_ink_ref (PcnInk *self);
void pcn_ink_unref (PcnInk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PcnInk, pcn_ink_unref)

/** pcn_ink_begin: pen down: the next point starts a stroke */
void pcn_ink_begin (PcnInk *self);
/** pcn_ink_append: @pressure: 0 to 1, 0.5 for what has none. Nothing happens where no stroke is under way */
void pcn_ink_append (PcnInk *self, double x, double y, double pressure);
/** pcn_ink_end: pen up */
void pcn_ink_end (PcnInk *self);
/** pcn_ink_erase: takes away the stroke drawn last of those that pass within @radius. Returns: whether there
 * is one */
gboolean pcn_ink_erase (PcnInk *self, double x, double y, double radius);
void pcn_ink_clear (PcnInk *self);

gboolean pcn_ink_can_undo (const PcnInk *self);
gboolean pcn_ink_can_redo (const PcnInk *self);
/** pcn_ink_undo, pcn_ink_redo: a stroke, an erased stroke or a clearing. Returns: whether there was something
 * to do */
gboolean pcn_ink_undo (PcnInk *self);
gboolean pcn_ink_redo (PcnInk *self);

gboolean pcn_ink_is_empty (const PcnInk *self);
/** pcn_ink_get_strokes: Returns: (transfer none): valid until the next change */
const NnStrokes *pcn_ink_get_strokes (const PcnInk *self);
/** pcn_ink_get_widths: Returns: (transfer none): for each point of all strokes in a row, how wide the pen was
 * there: a factor around 1, kept modest, since a network sees lines of one width */
const float *pcn_ink_get_widths (const PcnInk *self);
/** pcn_ink_get_revision: Returns: another number whenever the drawing has changed other than by growing */
guint pcn_ink_get_revision (const PcnInk *self);
/** pcn_ink_get_mean_width: Returns: the mean of these; 1 for nothing */
double pcn_ink_get_mean_width (const PcnInk *self);

G_END_DECLS
