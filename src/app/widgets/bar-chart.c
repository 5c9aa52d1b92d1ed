/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/bar-chart.h"
#include "widgets/listen.h"
#include "widgets/paint.h"

#include <adwaita.h>
#include <math.h>

#define BAR_HEIGHT 12.0
#define TEXT_GAP 4.0
#define ROW_GAP 14.0
#define GROW_MS 400

struct _PcnBarChart {
  GtkWidget parent_instance;
  PcnBar *bars;
  /* Of each bar: the share of the width it grows from. */
  double *from;
  guint n;
  double grown;
  AdwAnimation *animation;
  int hover, selected;
};

G_DEFINE_FINAL_TYPE (PcnBarChart, pcn_bar_chart, GTK_TYPE_WIDGET)

static void
free_bars (PcnBarChart *self)
{
  for (guint i = 0; i < self->n; i++) {
    g_free ((char *) self->bars[i].label);
    g_free ((char *) self->bars[i].text);
    g_free ((char *) self->bars[i].error);
  }
  g_clear_pointer (&self->bars, g_free);
  g_clear_pointer (&self->from, g_free);
  self->n = 0;
}

static double
get_shown_share (PcnBarChart *self, guint index, double largest)
{
  double to = pcn_bar_scale_share (&self->bars[index], largest);

  return self->from[index] + (to - self->from[index]) * self->grown;
}

static double
find_shown_share (PcnBarChart *self, const char *label)
{
  for (guint i = 0; i < self->n; i++)
    if (g_str_equal (self->bars[i].label, label))
      return get_shown_share (self, i, pcn_bar_scale_largest (self->bars, self->n));
  return 0;
}

static void
update_description (PcnBarChart *self)
{
  g_autofree char *words = pcn_bar_scale_words (self->bars, self->n);
  g_autofree char *row
      = self->selected >= 0 ? pcn_bar_scale_row_words (self->bars, self->n, (guint) self->selected) : NULL;
  g_autofree char *text = row ? g_strconcat (row, ". ", words, NULL) : g_strdup (words);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
on_grow (double value, gpointer data)
{
  PcnBarChart *self = data;

  self->grown = value;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pcn_bar_chart_set (PcnBarChart *self, const PcnBar *bars, guint n)
{
  g_return_if_fail (PCN_IS_BAR_CHART (self));
  g_return_if_fail (bars || n == 0);

  PcnBar *copy = g_new0 (PcnBar, n + 1);
  double *from = g_new0 (double, n + 1);
  for (guint i = 0; i < n; i++) {
    copy[i] = bars[i];
    copy[i].label = g_strdup (bars[i].label ? bars[i].label : "");
    copy[i].text = g_strdup (bars[i].text ? bars[i].text : "");
    copy[i].error = g_strdup (bars[i].error);
    from[i] = find_shown_share (self, copy[i].label);
  }
  free_bars (self);
  self->bars = copy;
  self->from = from;
  self->n = n;
  self->hover = -1;
  self->selected = self->selected >= (int) n ? -1 : self->selected;
  adw_animation_reset (self->animation);
  /* Without animations it ends at once. */
  adw_animation_play (self->animation);
  update_description (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static double
get_line_height (PcnBarChart *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static double
get_row_height (PcnBarChart *self)
{
  return get_line_height (self) + TEXT_GAP + BAR_HEIGHT + ROW_GAP;
}

static void
paint_row_text (PcnBarChart *self, cairo_t *cr, const PcnPaintColours *colours, guint index, double y,
                double width)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const PcnBar *bar = &self->bars[index];
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  g_autoptr (PangoLayout) label = gtk_widget_create_pango_layout (widget, bar->label);
  g_autoptr (PangoLayout) value
      = gtk_widget_create_pango_layout (widget, bar->error ? bar->error : bar->text);
  PangoAttrList *attrs = pango_attr_list_new ();
  PangoRectangle area;

  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum=1"));
  if (bar->highlighted)
    pango_attr_list_insert (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (value, attrs);
  pango_layout_set_attributes (label, attrs);
  pango_attr_list_unref (attrs);

  /* A reason may be long: it leaves two fifths to the name. */
  pango_layout_set_ellipsize (value, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_extents (value, NULL, &area);
  if (area.width > width * 0.6) {
    pango_layout_set_width (value, (int) (width * 0.6 * PANGO_SCALE));
    pango_layout_get_pixel_extents (value, NULL, &area);
  }
  pcn_paint_set_colour (cr, bar->error ? &colours->error : &colours->text,
                        bar->highlighted || bar->error ? 1 : 0.8);
  pcn_paint_text (cr, value, (rtl ? 0 : width - area.width) - area.x, y);
  double room = MAX (width - area.width - 12, 1);
  pango_layout_set_ellipsize (label, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (label, (int) (room * PANGO_SCALE));
  pango_layout_get_pixel_extents (label, NULL, &area);
  pcn_paint_set_colour (cr, &colours->text, 1);
  pcn_paint_text (cr, label, (rtl ? width - area.width : 0) - area.x, y);
}

static void
paint_row (PcnBarChart *self, cairo_t *cr, const PcnPaintColours *colours, guint index, double largest)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), line = get_line_height (self);
  double top = index * get_row_height (self), y = top + line + TEXT_GAP;
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  const PcnBar *bar = &self->bars[index];
  gboolean focused = gtk_widget_has_focus (GTK_WIDGET (self)) && self->selected == (int) index;

  if (self->hover == (int) index || focused) {
    pcn_paint_rounded (cr, -6, top - 5, width + 12, line + TEXT_GAP + BAR_HEIGHT + 11, 8);
    pcn_paint_set_colour (cr, &colours->text, 0.06);
    cairo_fill_preserve (cr);
    if (focused) {
      pcn_paint_set_colour (cr, &colours->accent, colours->contrast ? 1 : 0.5);
      cairo_set_line_width (cr, 2);
      cairo_stroke (cr);
    }
    cairo_new_path (cr);
  }
  paint_row_text (self, cr, colours, index, top, width);
  pcn_paint_rounded (cr, 0, y, width, BAR_HEIGHT, BAR_HEIGHT / 2);
  pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 0.2 : 0.08);
  cairo_fill (cr);
  double length = get_shown_share (self, index, largest) * width;
  if (bar->error || length <= 0)
    return;
  /* Even the shortest one is seen as a dot. */
  length = MAX (length, BAR_HEIGHT);
  pcn_paint_rounded (cr, rtl ? width - length : 0, y, length, BAR_HEIGHT, BAR_HEIGHT / 2);
  pcn_paint_set_colour (cr, &colours->accent, bar->highlighted || colours->contrast ? 1 : 0.5);
  cairo_fill (cr);
}

static void
pcn_bar_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnBarChart *self = PCN_BAR_CHART (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  double largest = pcn_bar_scale_largest (self->bars, self->n);
  PcnPaintColours colours;

  if (self->n == 0 || width < 1)
    return;
  pcn_paint_lookup_colours (widget, &colours);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (-8, -8, width + 16, height + 16));
  for (guint i = 0; i < self->n; i++)
    paint_row (self, cr, &colours, i, largest);
  cairo_destroy (cr);
}

static void
pcn_bar_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  PcnBarChart *self = PCN_BAR_CHART (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 200;
    *natural = 480;
  } else {
    *minimum = *natural = self->n > 0 ? (int) ceil (self->n * get_row_height (self) - ROW_GAP) : 0;
  }
}

static int
get_row_at (PcnBarChart *self, double y)
{
  double row = (y + ROW_GAP / 2) / get_row_height (self);
  return row >= 0 && row < self->n ? (int) row : -1;
}

static void
set_hover (PcnBarChart *self, int row)
{
  if (self->hover == row)
    return;
  self->hover = row;
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (PcnBarChart *self, double x, double y)
{
  set_hover (self, get_row_at (self, y));
}

static void
on_leave (PcnBarChart *self)
{
  set_hover (self, -1);
}

static gboolean
on_key (PcnBarChart *self, guint key, guint code, GdkModifierType state)
{
  int last = (int) self->n - 1, row = self->selected;

  if (self->n == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)))
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    row = row < 0 ? last : row - 1;
    break;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    row = row + 1;
    break;
  case GDK_KEY_Home:
    row = 0;
    break;
  case GDK_KEY_End:
    row = last;
    break;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  /* Past either end the arrows lead on to what stands above or below. */
  if (row < 0 || row > last)
    return GDK_EVENT_PROPAGATE;
  self->selected = row;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return GDK_EVENT_STOP;
}

static gboolean
pcn_bar_chart_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PcnBarChart *self = PCN_BAR_CHART (widget);
  int row = keyboard ? self->selected : self->hover;

  if (row < 0)
    return FALSE;
  g_autofree char *text = pcn_bar_scale_row_words (self->bars, self->n, (guint) row);
  double height = get_row_height (self);
  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip, &(GdkRectangle){ 0, (int) (row * height), gtk_widget_get_width (widget),
                                                      (int) (height - ROW_GAP) });
  return TRUE;
}

static void
pcn_bar_chart_dispose (GObject *object)
{
  PcnBarChart *self = PCN_BAR_CHART (object);

  g_clear_object (&self->animation);
  free_bars (self);
  G_OBJECT_CLASS (pcn_bar_chart_parent_class)->dispose (object);
}

static void
pcn_bar_chart_class_init (PcnBarChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_bar_chart_dispose;
  widget_class->snapshot = pcn_bar_chart_snapshot;
  widget_class->measure = pcn_bar_chart_measure;
  widget_class->query_tooltip = pcn_bar_chart_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "barchart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_bar_chart_init (PcnBarChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->hover = self->selected = -1;
  self->grown = 1;
  AdwAnimationTarget *target = adw_callback_animation_target_new (on_grow, self, NULL);
  self->animation = adw_timed_animation_new (widget, 0, 1, GROW_MS, target);
  pcn_listen (widget, G_CALLBACK (on_motion), G_CALLBACK (on_leave), G_CALLBACK (on_key));

  pcn_paint_follow_style (widget);
  update_description (self);
}
