/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PcnScoreRow:
 *
 * A class in the table of scores. Immutable.
 *
 * Properties, all read-only: "name", "count", "count-text", "precision", "precision-text", "recall",
 * "recall-text", "f1", "f1-text": shares of 1; -1 and “–” where there is nothing to divide.
 */
#define PCN_TYPE_SCORE_ROW (pcn_score_row_get_type ())
G_DECLARE_FINAL_TYPE (PcnScoreRow, pcn_score_row, PCN, SCORE_ROW, GObject)

/** pcn_score_row_new: @precision, @recall, @f1: NAN where undefined */
PcnScoreRow *pcn_score_row_new (guint class_index, const char *name, guint64 count, double precision,
                                double recall, double f1);
guint pcn_score_row_get_class (PcnScoreRow *self);

G_END_DECLS
