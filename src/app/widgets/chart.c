/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/chart-private.h"
#include "widgets/paint.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

/* Screen readers read each change aloud: not more often than this. */
#define DESCRIBE_INTERVAL_MS 700
/* Beside the text of the title, not below it. */
#define MENU_TOP (-8)

G_DEFINE_FINAL_TYPE (PcnChart, pcn_chart, GTK_TYPE_WIDGET)

enum {
  PROP_TITLE = 1,
  PROP_PERCENT,
  PROP_SERIES,
  PROP_X_MAX,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static char *
describe_series (PcnChart *self, PcnSeries *series)
{
  guint n;
  const PcnPoint *points = pcn_series_get_points (series, &n);

  if (n == 0)
    return NULL;
  const PcnPoint *point = &points[isnan (self->view.cursor) ? n - 1 : pcn_points_nearest (points, n, self->view.cursor)];
  g_autofree char *first = pcn_value_format (points[0].y, self->percent);
  g_autofree char *value = pcn_value_format (point->y, self->percent);
  if (n == 1)
    /* Translators: of a chart, for screen readers: a curve's name, a value and the epoch it was measured at */
    return g_strdup_printf (_ ("%s %s at epoch %.2f."), pcn_series_get_name (series), value, point->x);
  /* Translators: of a chart, for screen readers: name, value now, epoch, and the value at the start */
  return g_strdup_printf (_ ("%s %s at epoch %.2f, from %s."), pcn_series_get_name (series), value, point->x, first);
}

char *
pcn_chart_describe (PcnChart *self)
{
  g_return_val_if_fail (PCN_IS_CHART (self), NULL);

  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; self->series && i < g_list_model_get_n_items (self->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (self->series, i);
    g_autofree char *part = self->view.hidden[pcn_series_get_kind (series)] ? NULL : describe_series (self, series);
    if (part)
      g_string_append_printf (text, "%s%s", text->len ? " " : "", part);
  }
  if (text->len == 0)
    return g_strdup (_ ("No values yet"));
  if (self->view.x_to > self->view.x_from)
    /* Translators: of a chart, for screen readers: the part that is shown */
    g_string_append_printf (text, _ (" Shown from epoch %.2f to %.2f."), self->view.x_from, self->view.x_to);
  if (self->view.logarithmic)
    g_string_append (text, _ (" On a logarithmic scale."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
update_description (PcnChart *self)
{
  g_autofree char *text = pcn_chart_describe (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->title ? self->title : "",
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean
on_describe (gpointer data)
{
  PcnChart *self = data;

  self->describe_source = 0;
  update_description (self);
  return G_SOURCE_REMOVE;
}

static void
on_series_changed (PcnChart *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->describe_source == 0)
    self->describe_source = g_timeout_add (DESCRIBE_INTERVAL_MS, on_describe, self);
}

void
pcn_chart_update (PcnChart *self, gboolean now)
{
  if (now)
    update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pcn_chart_set_cursor (PcnChart *self, double cursor, gboolean by_keyboard)
{
  if (self->view.cursor == cursor || (isnan (self->view.cursor) && isnan (cursor)))
    return;
  self->view.cursor = cursor;
  pcn_chart_update (self, by_keyboard);
}

double
pcn_chart_get_end (PcnChart *self)
{
  double end = MAX (self->x_max, 1);

  for (guint i = 0; self->series && i < g_list_model_get_n_items (self->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (self->series, i);
    guint n;
    const PcnPoint *points = pcn_series_get_points (series, &n);
    end = n > 0 ? MAX (end, points[n - 1].x) : end;
  }
  return end;
}

void
pcn_chart_show_range (PcnChart *self, double from, double to)
{
  gboolean all = to <= from || (from <= 0 && to >= pcn_chart_get_end (self));

  self->view.x_from = all ? 0 : from;
  self->view.x_to = all ? 0 : to;
  pcn_chart_update (self, TRUE);
}

void
pcn_chart_zoom (PcnChart *self, double centre, double factor)
{
  double from = self->view.x_start, to = self->view.x_end;

  pcn_zoom (&from, &to, pcn_chart_get_end (self), centre, factor);
  pcn_chart_show_range (self, from, to);
}

void
pcn_chart_toggle_series (PcnChart *self, PcnSeriesKind kind)
{
  PcnSeriesKind other = kind == PCN_SERIES_TRAIN ? PCN_SERIES_VALIDATION : PCN_SERIES_TRAIN;

  self->view.hidden[kind] = !self->view.hidden[kind];
  if (self->view.hidden[kind])
    self->view.hidden[other] = FALSE;
  pcn_chart_update (self, TRUE);
}

static void
lookup_colours (PcnChart *self, PcnChartColours *colours)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  AdwStyleManager *manager = adw_style_manager_get_default ();

  gtk_style_context_get_color (style, &colours->text);
  if (!gtk_style_context_lookup_color (style, "popover_bg_color", &colours->surface))
    gdk_rgba_parse (&colours->surface, adw_style_manager_get_dark (manager) ? "#383838" : "#ffffff");
  if (!gtk_style_context_lookup_color (style, "accent_color", &colours->series[PCN_SERIES_TRAIN]))
    gdk_rgba_parse (&colours->series[PCN_SERIES_TRAIN], "#3584e4");
  if (!gtk_style_context_lookup_color (style, "validation_color", &colours->series[PCN_SERIES_VALIDATION]))
    gdk_rgba_parse (&colours->series[PCN_SERIES_VALIDATION], "#e66100");
  colours->contrast = adw_style_manager_get_high_contrast (manager);
}

static void
pcn_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnChart *self = PCN_CHART (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  PcnChartColours colours;

  if (!self->series || width < 1 || height < 1)
    return;
  self->view.title = self->title;
  self->view.series = self->series;
  self->view.percent = self->percent;
  self->view.x_max = self->x_max;
  lookup_colours (self, &colours);
  pcn_chart_layout (&self->view, widget, width, height);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  pcn_chart_paint (&self->view, widget, cr, &colours);
  cairo_destroy (cr);
  gtk_widget_snapshot_child (widget, self->menu, snapshot);
}

static void
pcn_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 140;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 420 : 220;
}

/* The menu stands at the end of the title. */
static void
pcn_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PcnChart *self = PCN_CHART (widget);
  GtkRequisition size;

  gtk_widget_get_preferred_size (self->menu, NULL, &size);
  int x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? 0 : MAX (width - size.width, 0);
  gtk_widget_size_allocate (self->menu, &(GtkAllocation){ x, MENU_TOP, size.width, size.height }, -1);
}

static void
disconnect_series (PcnChart *self)
{
  for (guint i = 0; self->series && i < g_list_model_get_n_items (self->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (self->series, i);
    g_signal_handlers_disconnect_by_func (series, on_series_changed, self);
  }
}

void
pcn_chart_set_series (PcnChart *self, GListModel *series)
{
  g_return_if_fail (PCN_IS_CHART (self));
  g_return_if_fail (!series || g_list_model_get_item_type (series) == PCN_TYPE_SERIES);

  if (self->series == series)
    return;
  disconnect_series (self);
  g_set_object (&self->series, series);
  for (guint i = 0; series && i < g_list_model_get_n_items (series); i++) {
    g_autoptr (PcnSeries) item = g_list_model_get_item (series, i);
    g_signal_connect_swapped (item, "changed", G_CALLBACK (on_series_changed), self);
  }
  self->view.cursor = NAN;
  self->view.x_from = self->view.x_to = 0;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SERIES]);
}

void
pcn_chart_set_x_max (PcnChart *self, double x_max)
{
  g_return_if_fail (PCN_IS_CHART (self));

  if (self->x_max == x_max)
    return;
  self->x_max = x_max;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_X_MAX]);
}

static void
pcn_chart_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnChart *self = PCN_CHART (object);

  switch (id) {
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_PERCENT:
    g_value_set_boolean (value, self->percent);
    break;
  case PROP_SERIES:
    g_value_set_object (value, self->series);
    break;
  case PROP_X_MAX:
    g_value_set_double (value, self->x_max);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_chart_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnChart *self = PCN_CHART (object);

  switch (id) {
  case PROP_TITLE:
    g_free (self->title);
    self->title = g_value_dup_string (value);
    update_description (self);
    gtk_widget_queue_draw (GTK_WIDGET (self));
    break;
  case PROP_PERCENT:
    self->percent = g_value_get_boolean (value);
    break;
  case PROP_SERIES:
    pcn_chart_set_series (self, g_value_get_object (value));
    break;
  case PROP_X_MAX:
    pcn_chart_set_x_max (self, g_value_get_double (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_chart_constructed (GObject *object)
{
  G_OBJECT_CLASS (pcn_chart_parent_class)->constructed (object);
  update_description (PCN_CHART (object));
}

static void
pcn_chart_dispose (GObject *object)
{
  PcnChart *self = PCN_CHART (object);

  disconnect_series (self);
  g_clear_handle_id (&self->describe_source, g_source_remove);
  g_clear_object (&self->series);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  G_OBJECT_CLASS (pcn_chart_parent_class)->dispose (object);
}

static void
pcn_chart_finalize (GObject *object)
{
  g_free (PCN_CHART (object)->title);
  G_OBJECT_CLASS (pcn_chart_parent_class)->finalize (object);
}

static void
pcn_chart_class_init (PcnChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->constructed = pcn_chart_constructed;
  object_class->dispose = pcn_chart_dispose;
  object_class->finalize = pcn_chart_finalize;
  object_class->get_property = pcn_chart_get_property;
  object_class->set_property = pcn_chart_set_property;
  widget_class->snapshot = pcn_chart_snapshot;
  widget_class->measure = pcn_chart_measure;
  widget_class->size_allocate = pcn_chart_size_allocate;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, rw);
  props[PROP_PERCENT] = g_param_spec_boolean ("percent", NULL, NULL, FALSE, rw | G_PARAM_CONSTRUCT_ONLY);
  props[PROP_SERIES] = g_param_spec_object ("series", NULL, NULL, G_TYPE_LIST_MODEL, rw | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_X_MAX] = g_param_spec_double ("x-max", NULL, NULL, 0, G_MAXDOUBLE, 1, rw | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  pcn_chart_install_actions (widget_class);
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_chart_init (PcnChart *self)
{
  self->view.cursor = self->view.band_from = self->view.band_to = NAN;
  self->x_max = 1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->menu = pcn_chart_create_menu (self);
  pcn_chart_add_controllers (self);

  pcn_paint_follow_style (GTK_WIDGET (self));
}
