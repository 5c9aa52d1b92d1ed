/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/classified.h"

#include "train/calibration.h"

G_BEGIN_DECLS

typedef struct _PcnSession PcnSession;

/**
 * PcnTrust:
 *
 * How far the tested model's answers are trusted: its temperature, the threshold below which an answer is
 * unknown, and how right it was on pictures whose class is known, as #PcnResults evaluated it. The first two
 * are kept with the model. Main thread only.
 *
 * Properties: "threshold" (0 to 1; 0: every answer counts), "temperature" (read-only; 1: none).
 *
 * Signal: #PcnTrust::changed: the reliability is another, or there is none any more.
 */
#define PCN_TYPE_TRUST (pcn_trust_get_type ())
G_DECLARE_FINAL_TYPE (PcnTrust, pcn_trust, PCN, TRUST, GObject)

/** pcn_trust_new: @session: its owner, which has results already */
PcnTrust *pcn_trust_new (PcnSession *session);
double pcn_trust_get_threshold (PcnTrust *self);
void pcn_trust_set_threshold (PcnTrust *self, double threshold);
double pcn_trust_get_temperature (PcnTrust *self);

/** pcn_trust_get_reliability: Returns: (transfer none) (nullable): of the answers as they are told, with the
 * temperature applied */
const NnReliability *pcn_trust_get_reliability (PcnTrust *self);
/** pcn_trust_get_raw: Returns: (transfer none) (nullable): of the answers as the network gave them */
const NnReliability *pcn_trust_get_raw (PcnTrust *self);

/** pcn_trust_get_fits: Returns: whether pcn_trust_fit() can be called: something was evaluated, and the model
 * came without a temperature */
gboolean pcn_trust_get_fits (PcnTrust *self);
/** pcn_trust_fit: fits a temperature to what was evaluated */
gboolean pcn_trust_fit (PcnTrust *self, GError **error);

/** pcn_trust_judge: tells @row how sure its answer is, and whether that is sure enough. @scale: whether the
 * temperature has to be applied to it, as to a new row. Returns: whether anything that is shown has changed
 */
gboolean pcn_trust_judge (PcnTrust *self, PcnClassified *row, gboolean scale);

/** pcn_trust_dup_model: Returns: (transfer full): the tested model with its temperature and threshold: itself
 * where it has them already, else a copy */
NnModel *pcn_trust_dup_model (PcnTrust *self);
/** pcn_trust_keep: the user is done with choosing: of the model that was trained last it is written to disk
 */
void pcn_trust_keep (PcnTrust *self);

G_END_DECLS
