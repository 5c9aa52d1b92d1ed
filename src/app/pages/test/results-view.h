/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnResultsView:
 *
 * How good the tested model is: its accuracy, confusion matrix, precision and recall of each class, and the
 * pictures behind the numbers, the worst mistakes first. Evaluates when it is shown.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_RESULTS_VIEW (pcn_results_view_get_type ())
G_DECLARE_FINAL_TYPE (PcnResultsView, pcn_results_view, PCN, RESULTS_VIEW, AdwBin)

G_END_DECLS
