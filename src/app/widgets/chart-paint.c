/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The drawing of a chart: grid, curves, the value under the cursor. Charts run from left to right in every language. */
#include "config.h"

#include "widgets/chart-paint.h"
#include "widgets/paint.h"

#include <glib/gi18n.h>
#include <math.h>

#define TICK_GAP 6.0
/* Height of the title and the legend with the space below them, in lines of text. */
#define HEADER_LINES 2.2
#define LEGEND_GAP 14
#define LEGEND_SAMPLE 18.0
#define X_TICK_WIDTH 64.0
#define Y_TICK_HEIGHT 36.0
/* What is carried over from point to point of a smoothed curve: about the last ten count. */
#define SMOOTHING 0.9

static gboolean
is_hidden (const PcnChartView *view, PcnSeries *series)
{
  return view->hidden[pcn_series_get_kind (series)];
}

static double
get_x_last (const PcnChartView *view)
{
  double last = 0;

  for (guint i = 0; i < g_list_model_get_n_items (view->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (view->series, i);
    guint n;
    const PcnPoint *points = pcn_series_get_points (series, &n);
    if (n > 0)
      last = MAX (last, points[n - 1].x);
  }
  return last;
}

/* Of what is shown. */
static gboolean
collect_bounds (const PcnChartView *view, double *low, double *high)
{
  gboolean any = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (view->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (view->series, i);
    guint n, first, inside;
    double l, h;
    const PcnPoint *points = pcn_series_get_points (series, &n);
    pcn_points_clip (points, n, view->x_start, view->x_end, &first, &inside);
    if (is_hidden (view, series) || !pcn_points_bounds (points + first, inside, &l, &h))
      continue;
    *low = any ? MIN (*low, l) : l;
    *high = any ? MAX (*high, h) : h;
    any = TRUE;
  }
  return any;
}

static void
choose_y (PcnChartView *view, double plot_height)
{
  double low = 0, high = 1;
  gboolean any = collect_bounds (view, &low, &high);
  guint max_ticks = MAX (2, (guint) (plot_height / Y_TICK_HEIGHT) + 1);

  if (view->logarithmic) {
    view->y = pcn_scale_choose_log (low, high, max_ticks);
    return;
  }
  /* A share is shown from 0 to 1 until all of it lies high; a loss always stands on 0: then heights can be compared. */
  if (view->percent && any) {
    low = low > 0.9 ? 0.9 : low > 0.5 ? 0.5 : 0;
    high = 1;
  } else if (low > 0) {
    low = 0;
  }
  view->y = pcn_scale_choose (low, high, max_ticks, 0);
}

static char *
format_y (const PcnChartView *view, double tick)
{
  return view->logarithmic ? pcn_value_format (pow (10, tick), view->percent)
                           : pcn_scale_format (&view->y, tick, view->percent);
}

void
pcn_chart_layout (PcnChartView *view, GtkWidget *widget, double width, double height)
{
  g_autoptr (PangoLayout) sample = pcn_paint_layout (widget, "0");
  int line;
  pango_layout_get_pixel_size (sample, NULL, &line);

  double top = line * HEADER_LINES;
  double plot_height = MAX (height - top - line - 2 * TICK_GAP, 1);
  gboolean zoomed = view->x_to > view->x_from;
  view->x_start = zoomed ? view->x_from : 0;
  view->x_end = zoomed ? view->x_to : MAX (MAX (view->x_max, get_x_last (view)), 1);
  choose_y (view, plot_height);

  int label_width = 0;
  for (guint i = 0; i < view->y.n; i++) {
    g_autofree char *text = format_y (view, view->y.first + i * view->y.step);
    int w;
    pango_layout_set_text (sample, text, -1);
    pango_layout_get_pixel_size (sample, &w, NULL);
    label_width = MAX (label_width, w);
  }
  g_autofree char *end = g_strdup_printf ("%.0f", view->x_end);
  int end_width;
  pango_layout_set_text (sample, end, -1);
  pango_layout_get_pixel_size (sample, &end_width, NULL);
  double left = label_width + TICK_GAP, right = end_width / 2.0 + 4;
  double plot_width = MAX (width - left - right, 1);
  /* Epochs are whole, until one is looked at closely. */
  view->x = pcn_scale_choose (view->x_start, view->x_end, MAX (2, (guint) (plot_width / X_TICK_WIDTH) + 1),
                              view->x_end - view->x_start < 2 ? 0 : 1);
  graphene_rect_init (&view->plot, left, top, plot_width, plot_height);
}

static double
to_x (const PcnChartView *view, double x)
{
  return view->plot.origin.x + (x - view->x_start) / (view->x_end - view->x_start) * view->plot.size.width;
}

static double
to_y (const PcnChartView *view, double y)
{
  double first = view->y.first, last = pcn_scale_get_last (&view->y);

  if (view->logarithmic)
    y = y > 0 ? log10 (y) : first;
  return view->plot.origin.y + (1 - (y - first) / (last - first)) * view->plot.size.height;
}

static void
paint_grid (const PcnChartView *view, GtkWidget *widget, cairo_t *cr, const PcnChartColours *colours)
{
  double left = view->plot.origin.x, right = left + view->plot.size.width;
  double bottom = view->plot.origin.y + view->plot.size.height;
  g_autoptr (PangoLayout) layout = pcn_paint_layout (widget, NULL);
  int w, h;

  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < view->y.n; i++) {
    double value = view->y.first + i * view->y.step;
    double y = floor (to_y (view, view->logarithmic ? pow (10, value) : value)) + 0.5;
    g_autofree char *text = format_y (view, value);
    pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 0.4 : i == 0 ? 0.25 : 0.1);
    cairo_move_to (cr, left, y);
    cairo_line_to (cr, right, y);
    cairo_stroke (cr);
    pango_layout_set_text (layout, text, -1);
    pango_layout_get_pixel_size (layout, &w, &h);
    pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 1 : 0.7);
    cairo_move_to (cr, left - TICK_GAP - w, y - h / 2.0);
    pango_cairo_show_layout (cr, layout);
  }
  for (guint i = 0; i < view->x.n; i++) {
    double value = view->x.first + i * view->x.step;
    /* The axis ends where the run does, not at the next round number. */
    if (value > view->x_end * 1.001)
      break;
    if (value < view->x_start)
      continue;
    g_autofree char *text = pcn_scale_format (&view->x, value, FALSE);
    pango_layout_set_text (layout, text, -1);
    pango_layout_get_pixel_size (layout, &w, &h);
    pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 1 : 0.7);
    cairo_move_to (cr, to_x (view, value) - w / 2.0, bottom + TICK_GAP);
    pango_cairo_show_layout (cr, layout);
  }
}

/* More points than pixels: one vertical stroke from the least to the greatest value of each pixel column. */
static void
trace_dense (const PcnChartView *view, cairo_t *cr, const PcnPoint *points, guint n)
{
  guint i = 0;

  while (i < n) {
    double column = floor (to_x (view, points[i].x));
    double low = points[i].y, high = points[i].y, last = points[i].y;
    for (; i < n && floor (to_x (view, points[i].x)) <= column; i++) {
      low = MIN (low, points[i].y);
      high = MAX (high, points[i].y);
      last = points[i].y;
    }
    cairo_line_to (cr, column + 0.5, to_y (view, low));
    cairo_line_to (cr, column + 0.5, to_y (view, high));
    cairo_line_to (cr, column + 0.5, to_y (view, last));
  }
}

static void
stroke_points (const PcnChartView *view, cairo_t *cr, const PcnPoint *points, guint n)
{
  cairo_new_path (cr);
  if (n > view->plot.size.width * 2)
    trace_dense (view, cr, points, n);
  else
    for (guint i = 0; i < n; i++)
      cairo_line_to (cr, to_x (view, points[i].x), to_y (view, points[i].y));
  cairo_stroke (cr);
}

/* The average of the curve, over a faint one of its values. */
static void
stroke_smooth (const PcnChartView *view, cairo_t *cr, const GdkRGBA *colour, const PcnPoint *points, guint n,
               guint first, guint inside)
{
  g_autofree PcnPoint *smooth = g_new (PcnPoint, n);

  pcn_points_smooth (points, n, SMOOTHING, smooth);
  pcn_paint_set_colour (cr, colour, 0.3);
  stroke_points (view, cr, points + first, inside);
  pcn_paint_set_colour (cr, colour, 1);
  stroke_points (view, cr, smooth + first, inside);
}

static void
paint_series (const PcnChartView *view, cairo_t *cr, const PcnChartColours *colours, PcnSeries *series)
{
  guint n, first, inside;
  const PcnPoint *points = pcn_series_get_points (series, &n);
  PcnSeriesKind kind = pcn_series_get_kind (series);
  double width = colours->contrast ? 3 : 2;

  pcn_points_clip (points, n, view->x_start, view->x_end, &first, &inside);
  if (inside == 0 || is_hidden (view, series))
    return;
  pcn_paint_set_colour (cr, &colours->series[kind], 1);
  cairo_set_line_width (cr, width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (kind == PCN_SERIES_VALIDATION)
    cairo_set_dash (cr, (double[]){ 2 * width, 2.5 * width }, 2, 0);
  if (kind == PCN_SERIES_TRAIN && view->smooth)
    stroke_smooth (view, cr, &colours->series[kind], points, n, first, inside);
  else
    stroke_points (view, cr, points + first, inside);
  cairo_set_dash (cr, NULL, 0, 0);

  /* Marks where they don't run into each other: a curve must be told from another without colour, too. */
  if ((kind == PCN_SERIES_VALIDATION && inside * 8 < view->plot.size.width) || inside == 1)
    for (guint i = first; i < first + inside; i++) {
      cairo_arc (cr, to_x (view, points[i].x), to_y (view, points[i].y), width + 1, 0, 2 * G_PI);
      cairo_fill (cr);
    }
}

static void
paint_tip (const PcnChartView *view, GtkWidget *widget, cairo_t *cr, const PcnChartColours *colours, const char *text,
           double x)
{
  g_autoptr (PangoLayout) layout = pcn_paint_layout (widget, text);
  double pad = 6, right = view->plot.origin.x + view->plot.size.width;
  int w, h;

  pango_layout_get_pixel_size (layout, &w, &h);
  double left = x + 10 + w + 2 * pad > right ? x - 10 - w - 2 * pad : x + 10;
  double top = view->plot.origin.y + 4;
  pcn_paint_rounded (cr, MAX (left, 0), top, w + 2 * pad, h + 2 * pad, 6);
  pcn_paint_set_colour (cr, &colours->surface, 0.94);
  cairo_fill_preserve (cr);
  pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 1 : 0.25);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  pcn_paint_set_colour (cr, &colours->text, 1);
  cairo_move_to (cr, MAX (left, 0) + pad, top + pad);
  pango_cairo_show_layout (cr, layout);
}

static void
paint_cursor (const PcnChartView *view, GtkWidget *widget, cairo_t *cr, const PcnChartColours *colours)
{
  g_autoptr (GString) text = g_string_new (NULL);
  double shown = NAN;

  for (guint i = 0; i < g_list_model_get_n_items (view->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (view->series, i);
    guint n;
    const PcnPoint *points = pcn_series_get_points (series, &n);
    if (n == 0 || is_hidden (view, series))
      continue;
    PcnPoint point = points[pcn_points_nearest (points, n, view->cursor)];
    g_autofree char *value = pcn_value_format (point.y, view->percent);
    if (isnan (shown)) {
      shown = point.x;
      double x = floor (to_x (view, shown)) + 0.5;
      pcn_paint_set_colour (cr, &colours->text, 0.45);
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, x, view->plot.origin.y);
      cairo_line_to (cr, x, view->plot.origin.y + view->plot.size.height);
      cairo_stroke (cr);
      /* Translators: a place on the x axis; %.2f is the number of passes over the data so far */
      g_string_append_printf (text, _ ("Epoch %.2f"), shown);
    }
    g_string_append_printf (text, "\n%s  %s", pcn_series_get_name (series), value);
    cairo_arc (cr, to_x (view, point.x), to_y (view, point.y), 5, 0, 2 * G_PI);
    pcn_paint_set_colour (cr, &colours->surface, 1);
    cairo_fill_preserve (cr);
    pcn_paint_set_colour (cr, &colours->series[pcn_series_get_kind (series)], 1);
    cairo_set_line_width (cr, 2.5);
    cairo_stroke (cr);
  }
  if (!isnan (shown))
    paint_tip (view, widget, cr, colours, text->str, to_x (view, shown));
}

/* What the legend says of a series: its name, and where there is room its last value. */
static PangoLayout *
make_legend (PcnChartView *view, GtkWidget *widget, PcnSeries *series, gboolean with_value)
{
  guint n;
  const PcnPoint *points = pcn_series_get_points (series, &n);
  const char *name = pcn_series_get_name (series);
  g_autofree char *value = with_value && n > 0 ? pcn_value_format (points[n - 1].y, view->percent) : NULL;
  g_autofree char *text = value ? g_strdup_printf ("%s  %s", name, value) : NULL;

  return pcn_paint_layout (widget, text ? text : name);
}

static double
get_legend_width (PcnChartView *view, GtkWidget *widget)
{
  double width = 0;

  for (guint i = 0; i < g_list_model_get_n_items (view->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (view->series, i);
    g_autoptr (PangoLayout) layout = make_legend (view, widget, series, TRUE);
    int w;
    pango_layout_get_pixel_size (layout, &w, NULL);
    width += w + LEGEND_SAMPLE + 6 + LEGEND_GAP;
  }
  return width;
}

/* One entry of the legend, ending at @end (starting there in a right-to-left locale). Returns: its width. */
static double
paint_legend (PcnChartView *view, cairo_t *cr, const PcnChartColours *colours, PcnSeries *series, PangoLayout *layout,
              double end, gboolean rtl)
{
  PcnSeriesKind kind = pcn_series_get_kind (series);
  int w, h;

  pango_layout_get_pixel_size (layout, &w, &h);
  double width = LEGEND_SAMPLE + 6 + w;
  double sample = rtl ? end + w + 6 : end - width, label = rtl ? end : end - w;
  double line_width = colours->contrast ? 3 : 2;
  double alpha = is_hidden (view, series) ? 0.3 : 1;
  graphene_rect_init (&view->legend[kind], rtl ? end : end - width, 0, width, h);
  pcn_paint_set_colour (cr, &colours->series[kind], alpha);
  cairo_set_line_width (cr, line_width + 0.5);
  if (kind == PCN_SERIES_VALIDATION)
    cairo_set_dash (cr, (double[]){ 4, 3 }, 2, 0);
  cairo_move_to (cr, sample, h / 2.0 + 0.5);
  cairo_line_to (cr, sample + LEGEND_SAMPLE, h / 2.0 + 0.5);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  if (kind == PCN_SERIES_VALIDATION) {
    cairo_arc (cr, sample + LEGEND_SAMPLE / 2, h / 2.0 + 0.5, line_width + 1.5, 0, 2 * G_PI);
    cairo_fill (cr);
  }
  pcn_paint_set_colour (cr, &colours->text, 0.9 * alpha);
  cairo_move_to (cr, label, 0);
  pango_cairo_show_layout (cr, layout);
  return width + LEGEND_GAP;
}

static void
paint_header (PcnChartView *view, GtkWidget *widget, cairo_t *cr, const PcnChartColours *colours)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double width = gtk_widget_get_width (widget), end = rtl ? PCN_CHART_BUTTON : width - PCN_CHART_BUTTON;
  g_autofree char *markup = g_markup_printf_escaped ("<b>%s</b>", view->title ? view->title : "");
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  int w;

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_get_pixel_size (layout, &w, NULL);
  pcn_paint_set_colour (cr, &colours->text, 1);
  cairo_move_to (cr, rtl ? width - w : 0, 0);
  pango_cairo_show_layout (cr, layout);
  gboolean with_values = w + LEGEND_GAP + get_legend_width (view, widget) <= width - PCN_CHART_BUTTON;
  for (guint i = g_list_model_get_n_items (view->series); i > 0; i--) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (view->series, i - 1);
    g_autoptr (PangoLayout) legend = make_legend (view, widget, series, with_values);
    double used = paint_legend (view, cr, colours, series, legend, end, rtl);
    end += rtl ? used : -used;
  }
}

void
pcn_chart_paint (PcnChartView *view, GtkWidget *widget, cairo_t *cr, const PcnChartColours *colours)
{
  const graphene_rect_t *plot = &view->plot;

  paint_header (view, widget, cr, colours);
  paint_grid (view, widget, cr, colours);
  cairo_save (cr);
  cairo_rectangle (cr, plot->origin.x - 4, plot->origin.y - 4, plot->size.width + 8, plot->size.height + 8);
  cairo_clip (cr);
  /* Validation first: where both run together the line of training stays whole. */
  for (guint i = g_list_model_get_n_items (view->series); i > 0; i--) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (view->series, i - 1);
    paint_series (view, cr, colours, series);
  }
  if (!isnan (view->band_from)) {
    double from = to_x (view, view->band_from), to = to_x (view, view->band_to);
    cairo_rectangle (cr, MIN (from, to), plot->origin.y, fabs (to - from), plot->size.height);
    pcn_paint_set_colour (cr, &colours->series[PCN_SERIES_TRAIN], 0.2);
    cairo_fill (cr);
  }
  cairo_restore (cr);
  if (!isnan (view->cursor) && view->cursor >= view->x_start && view->cursor <= view->x_end)
    paint_cursor (view, widget, cr, colours);
}
