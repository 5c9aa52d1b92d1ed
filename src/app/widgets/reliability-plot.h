/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/calibration.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnReliabilityPlot:
 *
 * How often a network is right (upwards) when it is so sure (to the right): a bar a bin, the diagonal on
 * which they would end if it were right as often as it is sure, below them how many pictures each bin has,
 * and a line at the threshold, which the pointer drags and the arrow keys move. Give it an accessible label.
 *
 * Property: "threshold" (0 to 1).
 */
#define PCN_TYPE_RELIABILITY_PLOT (pcn_reliability_plot_get_type ())
G_DECLARE_FINAL_TYPE (PcnReliabilityPlot, pcn_reliability_plot, PCN, RELIABILITY_PLOT, GtkWidget)

/** pcn_reliability_plot_set: @reliability: (nullable): its bins are copied */
void pcn_reliability_plot_set (PcnReliabilityPlot *self, const NnReliability *reliability);

G_END_DECLS
