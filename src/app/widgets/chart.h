/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnChart:
 *
 * A line chart of #PcnSeries over epochs, with a title and a legend that shows the latest values. The pointer, or
 * the arrow keys when it has the focus, read single values. Ctrl and the wheel, two fingers, a drag, or the keys + and −
 * zoom in on a part, which Shift and the arrows move; a double click or 0 shows everything. A click on the legend hides a
 * curve; the menu in the corner has the rest. A screen reader is told the content in words.
 *
 * Properties: "title", "percent", "series" (a GListModel of PcnSeries), "x-max".
 */
#define PCN_TYPE_CHART (pcn_chart_get_type ())
G_DECLARE_FINAL_TYPE (PcnChart, pcn_chart, PCN, CHART, GtkWidget)

void pcn_chart_set_series (PcnChart *self, GListModel *series);
void pcn_chart_set_x_max (PcnChart *self, double x_max);

/** pcn_chart_describe: Returns: (transfer full): the chart in words, as a screen reader is told */
char *pcn_chart_describe (PcnChart *self);

G_END_DECLS
