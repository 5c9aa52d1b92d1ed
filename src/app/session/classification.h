/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/classified.h"

#include "net/model.h"

G_BEGIN_DECLS

typedef struct _PcnSession PcnSession;

/**
 * PcnClassification:
 *
 * Pictures from files and folders, and what the tested model says to each. They are decoded in threads, and
 * classified in the trainer thread a few at a time, also while a network trains; another model, or one that
 * has learnt more, does them again. Main thread only.
 *
 * Properties, all read-only: "rows" (GListModel of #PcnClassified, in the order of the files, growing),
 * "n-files" (how many there are to do; 0: nothing was opened), "busy", "fraction" (done, 0 to 1; negative
 * while files are looked for).
 *
 * Signals: #PcnClassification::opened: the user gave something to classify; #PcnClassification::judged: rows that
 * are there are trusted more or less than before, so they may have to be sorted and filtered anew.
 */
#define PCN_TYPE_CLASSIFICATION (pcn_classification_get_type ())
G_DECLARE_FINAL_TYPE (PcnClassification, pcn_classification, PCN, CLASSIFICATION, GObject)

/** pcn_classification_new: @session: its owner; problems are told by its signals */
PcnClassification *pcn_classification_new (PcnSession *session);
/** pcn_classification_open: @files: pictures, and folders that are searched with all below them */
void pcn_classification_open (PcnClassification *self, GFile *const *files, guint n_files);
/** pcn_classification_cancel: the rows so far stay */
void pcn_classification_cancel (PcnClassification *self);
/** pcn_classification_forget: nothing is opened any more */
void pcn_classification_forget (PcnClassification *self);
GListModel *pcn_classification_get_rows (PcnClassification *self);
/** pcn_classification_get_model: Returns: (transfer none) (nullable): whose answers the rows are */
NnModel *pcn_classification_get_model (PcnClassification *self);

G_END_DECLS
