/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/scores.h"

G_BEGIN_DECLS

typedef struct _PcnSession PcnSession;

/**
 * PcnResults:
 *
 * How good the tested model is on pictures that it hasn't learnt from: the test part of the data, else the
 * validation part, else all. Evaluated in the trainer thread, also while a network trains; kept until there
 * is another evaluation. Main thread only.
 *
 * Properties, all read-only: "state" (what to show: "no-data", "mismatch": the model has other classes than
 * the data, "failed", "waiting": nothing was evaluated yet, "busy": for the first time, "ready"), "busy",
 * "fraction" (0 to 1), "stale" (the model or the data is another since), "message" (of the states mismatch
 * and failed, a sentence).
 *
 * Signal: #PcnResults::changed: there is another evaluation, or none any more.
 */
#define PCN_TYPE_RESULTS (pcn_results_get_type ())
G_DECLARE_FINAL_TYPE (PcnResults, pcn_results, PCN, RESULTS, GObject)

/** pcn_results_new: @session: its owner */
PcnResults *pcn_results_new (PcnSession *session);
/** pcn_results_refresh: evaluates unless that was done for this model, and, where @data is set, for the data
 * as they are now; in a run, only for the first time */
void pcn_results_refresh (PcnResults *self, gboolean data);
/** pcn_results_evaluate: evaluates anew */
void pcn_results_evaluate (PcnResults *self);
void pcn_results_cancel (PcnResults *self);
/** pcn_results_get_evaluation: Returns: (transfer none) (nullable) */
const NnEvaluation *pcn_results_get_evaluation (PcnResults *self);
/** pcn_results_get_labels: Returns: (transfer none) (nullable): the true class of each picture of the evaluation */
const gint32 *pcn_results_get_labels (PcnResults *self);
/** pcn_results_get_model: Returns: (transfer none) (nullable): that was evaluated */
NnModel *pcn_results_get_model (PcnResults *self);
/** pcn_results_get_classes: Returns: (transfer none) (nullable) (array zero-terminated=1): of the model that
 * was evaluated */
const char *const *pcn_results_get_classes (PcnResults *self);
/** pcn_results_get_part: Returns: which part of the data was evaluated */
NnSplit pcn_results_get_part (PcnResults *self);
/** pcn_results_list: Returns: (transfer full): a GListModel of #PcnOutcome as pcn_scores_find() finds them */
GListModel *pcn_results_list (PcnResults *self, int truth, int answer);
/** pcn_results_save: writes the scores of the classes and the confusion matrix to @file */
void pcn_results_save (PcnResults *self, GFile *file);

G_END_DECLS
