/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sample-list.h"

G_BEGIN_DECLS

/**
 * PcnOutcome:
 *
 * A picture of an evaluation: what it is, and what it was taken for. Immutable.
 *
 * Properties, all read-only: "sample" (#PcnSample), "text" (“cat, taken for dog”, or “cat”), "share" (how
 * sure: “99.1 %”).
 */
#define PCN_TYPE_OUTCOME (pcn_outcome_get_type ())
G_DECLARE_FINAL_TYPE (PcnOutcome, pcn_outcome, PCN, OUTCOME, GObject)

/** pcn_outcome_new: @classes: (array zero-terminated=1): the model's; @probabilities: one for each, copied */
PcnOutcome *pcn_outcome_new (PcnSample *sample, const char *const *classes, const float *probabilities,
                             guint truth, guint answer);
PcnSample *pcn_outcome_get_sample (PcnOutcome *self);
const float *pcn_outcome_get_probabilities (PcnOutcome *self, guint *n);
/** pcn_outcome_dup_text: Returns: (transfer full): what it is, and what it was taken for */
char *pcn_outcome_dup_text (PcnOutcome *self);

G_END_DECLS
