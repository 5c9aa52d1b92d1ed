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
 * @x_from, @x_to: the part of the x axis that is shown; equal ones: all of it
 * @band_from, @band_to: a part that is being chosen, or NAN
 * @logarithmic: the y axis
 * @smooth: the curve of training is averaged, its values stand behind it
 * @hidden: by #PcnSeriesKind, what is left out
 * @legend: (out): where the entries of the legend are, by #PcnSeriesKind
 * @plot: (out): where the curves are, in widget coordinates
 * @x: @y: (out): the axes; @y in exponents of ten where it is logarithmic
 * @x_start: @x_end: (out): the ends of the x axis
 *
 * What pcn_chart_paint() draws, and where it put it.
 */
typedef struct {
  const char *title;
  GListModel *series;
  gboolean percent;
  double x_max;
  double cursor;
  double x_from, x_to;
  double band_from, band_to;
  gboolean logarithmic, smooth;
  gboolean hidden[2];
  graphene_rect_t legend[2];
  graphene_rect_t plot;
  PcnScale x, y;
  double x_start, x_end;
} PcnChartView;

/** PCN_CHART_BUTTON: the room at the end of the title that the chart's menu takes */
#define PCN_CHART_BUTTON 40

/** pcn_chart_layout: chooses axes and the place of the plot for a widget of this size, fills @view */
void pcn_chart_layout (PcnChartView *view, GtkWidget *widget, double width, double height);

/** pcn_chart_paint: draws a chart that has been laid out */
void pcn_chart_paint (PcnChartView *view, GtkWidget *widget, cairo_t *cr, const PcnChartColours *colours);

G_END_DECLS
