/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/measurement.h"

G_BEGIN_DECLS

/**
 * PcnComparison:
 *
 * The last comparison of devices; kept in the cache folder, so that it is there next time.
 *
 * Properties, all read-only: "results" (GListModel of #PcnMeasurement, one a device), "title" (what was measured), "date"
 * (seconds since 1970; 0 without results).
 */
#define PCN_TYPE_COMPARISON (pcn_comparison_get_type ())
G_DECLARE_FINAL_TYPE (PcnComparison, pcn_comparison, PCN, COMPARISON, GObject)

/** pcn_comparison_new: the last one comes as soon as it is read */
PcnComparison *pcn_comparison_new (void);
/** pcn_comparison_take: another one, made just now */
void pcn_comparison_take (PcnComparison *self, GListModel *results, const char *title);
GListModel *pcn_comparison_get_results (PcnComparison *self);
const char *pcn_comparison_get_title (PcnComparison *self);
gint64 pcn_comparison_get_date (PcnComparison *self);
/** pcn_comparison_to_text: Returns: (transfer full): the results as plain text */
char *pcn_comparison_to_text (PcnComparison *self);

G_END_DECLS
