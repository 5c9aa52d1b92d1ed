/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/contender.h"
#include "session/differing.h"

#include "train/duel.h"

G_BEGIN_DECLS

/**
 * PcnModelDuel:
 *
 * Two models on the pictures of the open data set that nothing was learnt from: its test part, else its validation part, else
 * all. In the trainer thread, between two slices of training. Main thread only; no call blocks.
 *
 * Properties, read-only: "busy", "fraction" (0 to 1), "failure" (a sentence; NULL where all is well).
 *
 * Signal: #PcnModelDuel::changed: there is a result, or none any more.
 */
#define PCN_TYPE_MODEL_DUEL (pcn_model_duel_get_type ())
G_DECLARE_FINAL_TYPE (PcnModelDuel, pcn_model_duel, PCN, MODEL_DUEL, GObject)

PcnModelDuel *pcn_model_duel_new (PcnSession *session);
/** pcn_model_duel_start: drops what was found so far */
void pcn_model_duel_start (PcnModelDuel *self, PcnContender *a, PcnContender *b);
void pcn_model_duel_cancel (PcnModelDuel *self);

/** pcn_model_duel_get: Returns: (transfer none) (nullable): the result. @milliseconds: (out): for a picture on its own, of both.
 * @part: (out): of the data */
const NnDuel *pcn_model_duel_get (PcnModelDuel *self, double milliseconds[2], NnSplit *part);
/** pcn_model_duel_list: Returns: (transfer full): of #PcnDiffering */
GListModel *pcn_model_duel_list (PcnModelDuel *self);

G_END_DECLS
