/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/edit.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PcnEdits:
 *
 * What the user changes about the data: which samples are left out, their classes, the split. Each change gives a new
 * data set, since threads may be reading the old one, and can be undone and redone. Main thread only.
 *
 * Properties, all read-only: "can-undo", "can-redo", "undo-text", "redo-text" (what they would undo or redo, or NULL).
 *
 * Signals: #PcnEdits::changed: there is another data set (after a reset as well); #PcnEdits::done (text): the user
 * changed something that can be undone; not after undo and redo.
 */
#define PCN_TYPE_EDITS (pcn_edits_get_type ())
G_DECLARE_FINAL_TYPE (PcnEdits, pcn_edits, PCN, EDITS, GObject)

PcnEdits *pcn_edits_new (void);

/** pcn_edits_reset: begins anew with @dataset (nullable), which @plan split */
void pcn_edits_reset (PcnEdits *self, NnDataset *dataset, const NnSplitPlan *plan);
/** pcn_edits_get_dataset: Returns: (transfer none) (nullable): as it is now */
NnDataset *pcn_edits_get_dataset (PcnEdits *self);
/** pcn_edits_get_plan: Returns: (transfer none): how it was split last */
const NnSplitPlan *pcn_edits_get_plan (PcnEdits *self);

/** pcn_edits_exclude, pcn_edits_restore: leaves @n samples out, and takes them in again */
void pcn_edits_exclude (PcnEdits *self, const guint32 *samples, gsize n);
void pcn_edits_restore (PcnEdits *self, const guint32 *samples, gsize n);
/** pcn_edits_move: labels @n samples @class_name, which may be new */
void pcn_edits_move (PcnEdits *self, const guint32 *samples, gsize n, const char *class_name);
/** pcn_edits_rename: to the name of another class: merges the two */
void pcn_edits_rename (PcnEdits *self, guint class_index, const char *name);
/** pcn_edits_split: splits anew */
void pcn_edits_split (PcnEdits *self, const NnSplitPlan *plan);
/** pcn_edits_add_pictures: as nn_dataset_add_pictures(), and can be undone: then they are excluded */
gboolean pcn_edits_add_pictures (PcnEdits *self, gsize n, guint height, guint width, guint channels,
                                 const guint8 *pixels, const char *const *class_names, NnSplit split, GError **error);

gboolean pcn_edits_get_can_undo (PcnEdits *self);
gboolean pcn_edits_get_can_redo (PcnEdits *self);
void pcn_edits_undo (PcnEdits *self);
void pcn_edits_redo (PcnEdits *self);

G_END_DECLS
