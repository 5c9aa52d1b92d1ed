/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/contender.h"
#include "session/differing.h"
#include "session/job.h"

#include "train/duel.h"

G_BEGIN_DECLS

/**
 * PcnModelDuel:
 *
 * Two models on the pictures of the open data set that nothing was learnt from: its test part, else its validation part, else
 * all. Main thread only; no call blocks.
 */
#define PCN_TYPE_MODEL_DUEL (pcn_model_duel_get_type ())
G_DECLARE_FINAL_TYPE (PcnModelDuel, pcn_model_duel, PCN, MODEL_DUEL, PcnJob)

PcnModelDuel *pcn_model_duel_new (PcnSession *session);
/** pcn_model_duel_start: drops what was found so far */
void pcn_model_duel_start (PcnModelDuel *self, PcnContender *a, PcnContender *b);

/** pcn_model_duel_get: Returns: (transfer none) (nullable): the result. @milliseconds: (out): for a picture on its own, of both.
 * @part: (out): of the data */
const NnDuel *pcn_model_duel_get (PcnModelDuel *self, double milliseconds[2], NnSplit *part);
/** pcn_model_duel_list: Returns: (transfer full): of #PcnDiffering */
GListModel *pcn_model_duel_list (PcnModelDuel *self);

G_END_DECLS
