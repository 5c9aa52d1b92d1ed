/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/chart.h"
#include "widgets/chart-paint.h"

G_BEGIN_DECLS

/* Shared by chart.c (properties, drawing, words), chart-input.c (pointer and keys) and chart-menu.c (the menu in its
 * corner). */
struct _PcnChart {
  GtkWidget parent_instance;
  char *title;
  GListModel *series;
  gboolean percent;
  double x_max;
  PcnChartView view; /* what is shown, and where it was drawn */
  GtkWidget *menu;
  double pinch_from, pinch_to; /* what was shown when fingers came down */
  guint describe_source;
};

/** pcn_chart_update: it is drawn and described anew; @now: a screen reader hears of it at once */
void pcn_chart_update (PcnChart *self, gboolean now);
/** pcn_chart_set_cursor: @cursor: an epoch, or NAN */
void pcn_chart_set_cursor (PcnChart *self, double cursor, gboolean by_keyboard);
/** pcn_chart_get_end: Returns: the end of the x axis when all is shown */
double pcn_chart_get_end (PcnChart *self);
/** pcn_chart_show_range: equal ends: everything */
void pcn_chart_show_range (PcnChart *self, double from, double to);
/** pcn_chart_zoom: the shown part becomes @factor times as long, about @centre */
void pcn_chart_zoom (PcnChart *self, double centre, double factor);
/** pcn_chart_toggle_series: shows or hides the curves of @kind; one always stays */
void pcn_chart_toggle_series (PcnChart *self, PcnSeriesKind kind);

void pcn_chart_add_controllers (PcnChart *self);
void pcn_chart_install_actions (GtkWidgetClass *klass);
GtkWidget *pcn_chart_create_menu (PcnChart *self);

G_END_DECLS
