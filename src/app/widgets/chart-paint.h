/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/chart-scale.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnChartColours:
 * @text: the widget's own colour
 * @series: a colour for each #PcnSeriesKind
 * @contrast: whether lines are to be thicker and the grid stronger
 */
typedef struct {
  GdkRGBA text;
  GdkRGBA surface;
  GdkRGBA series[2];
  gboolean contrast;
} PcnChartColours;

/**
 * PcnChartView:
 * @title: (nullable): stands above the plot, with the legend
 * @series: (element-type PcnSeries): the curves
 * @percent: y is a share
 * @x_max: the planned end of the x axis
 * @cursor: (nullable): x of the value under the pointer, or NAN
 * @plot: (out): where the curves are, in widget coordinates
 * @x: @y: (out): the axes
 *
 * What pcn_chart_paint() draws, and where it put it.
 */
typedef struct {
  const char *title;
  GListModel *series;
  gboolean percent;
  double x_max;
  double cursor;
  graphene_rect_t plot;
  PcnScale x, y;
  double x_end;
} PcnChartView;

/** pcn_chart_layout: chooses axes and the place of the plot for a widget of this size, fills @view */
void pcn_chart_layout (PcnChartView *view, GtkWidget *widget, double width, double height);

/** pcn_chart_paint: draws a chart that has been laid out */
void pcn_chart_paint (const PcnChartView *view, GtkWidget *widget, cairo_t *cr, const PcnChartColours *colours);

G_END_DECLS
