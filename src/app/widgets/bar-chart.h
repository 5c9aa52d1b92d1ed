/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/bar-scale.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnBarChart:
 *
 * Values side by side as horizontal bars: what each stands for and its value above it. Bars grow to a new
 * value, where the desktop wants animations. The pointer or the arrow keys pick a bar and compare it with the
 * longest one. A screen reader is told all in words. Give it an accessible label.
 */
#define PCN_TYPE_BAR_CHART (pcn_bar_chart_get_type ())
G_DECLARE_FINAL_TYPE (PcnBarChart, pcn_bar_chart, PCN, BAR_CHART, GtkWidget)

/** pcn_bar_chart_set: @bars: (array length=n) (nullable): copied, with their texts; shown in this order */
void pcn_bar_chart_set (PcnBarChart *self, const PcnBar *bars, guint n);

G_END_DECLS
