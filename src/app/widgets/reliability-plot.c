/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/reliability-plot.h"
#include "format.h"
#include "widgets/listen.h"
#include "widgets/paint.h"

#include <glib/gi18n.h>
#include <math.h>

#define COUNT_HEIGHT 26.0
#define GAP 6.0
#define HANDLE 6.0
/* Of a bar, in pixels on each side. */
#define BAR_MARGIN 1.0
#define STEP 0.01
#define PAGE 0.1

struct _PcnReliabilityPlot {
  GtkWidget parent_instance;
  NnReliabilityBin bins[NN_RELIABILITY_BINS];
  guint64 most; /* pictures in a bin; 0: there is nothing to show */
  double threshold, drag_start;
  int hover;
};

G_DEFINE_FINAL_TYPE (PcnReliabilityPlot, pcn_reliability_plot, GTK_TYPE_WIDGET)

enum { PROP_THRESHOLD = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

/* Where the bars are, in the widget. Its x axis goes the way the text does. */
typedef struct {
  double left, top, width, height;
  double counts; /* y of the foot of the counts */
  gboolean mirrored;
} Area;

static Area
get_area (PcnReliabilityPlot *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoLayout) layout = pcn_paint_layout (widget, "100 %");
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int text_width, text_height;

  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  Area area = { .top = text_height / 2.0 + 2,
                .width = MAX (width - text_width - GAP - HANDLE - 2, 1),
                .counts = height - text_height - 3,
                .mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL };
  area.left = area.mirrored ? HANDLE + 2 : text_width + GAP;
  area.height = MAX (area.counts - COUNT_HEIGHT - GAP - area.top, 1);
  return area;
}

static double
to_x (const Area *area, double share)
{
  return area->left + area->width * (area->mirrored ? 1 - share : share);
}

static double
to_share (const Area *area, double x)
{
  double share = (x - area->left) / area->width;
  return CLAMP (area->mirrored ? 1 - share : share, 0, 1);
}

static char *
describe_bin (PcnReliabilityPlot *self, guint b)
{
  const NnReliabilityBin *bin = &self->bins[b];
  g_autofree char *count = pcn_format_count (bin->n);
  double low = 100.0 * b / NN_RELIABILITY_BINS, high = 100.0 * (b + 1) / NN_RELIABILITY_BINS;

  if (bin->n == 0)
    /* Translators: of a bar of a diagram: how sure the network was, from and to, in percent */
    return g_strdup_printf (_ ("%.0f to %.0f %% sure: no picture"), low, high);
  /* Translators: of a bar of a diagram: how sure the network was, from and to, in percent; how many pictures
   * these are; how many of them were right, in percent */
  return g_strdup_printf (g_dngettext (NULL, "%.0f to %.0f %% sure: %s picture, %.0f %% right",
                                       "%.0f to %.0f %% sure: %s pictures, %.0f %% right", bin->n),
                          low, high, count, bin->accuracy * 100);
}

static void
update_description (PcnReliabilityPlot *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  /* Translators: of a diagram; a share in percent */
  g_string_append_printf (text, _ ("Threshold %.0f %%"), self->threshold * 100);
  for (guint b = 0; b < NN_RELIABILITY_BINS; b++)
    if (self->bins[b].n > 0) {
      g_autofree char *bin = describe_bin (self, b);
      g_string_append_printf (text, ". %s", bin);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

void
pcn_reliability_plot_set (PcnReliabilityPlot *self, const NnReliability *reliability)
{
  g_return_if_fail (PCN_IS_RELIABILITY_PLOT (self));

  self->most = 0;
  memset (self->bins, 0, sizeof self->bins);
  for (guint b = 0; reliability && b < NN_RELIABILITY_BINS; b++) {
    self->bins[b] = reliability->bins[b];
    self->most = MAX (self->most, self->bins[b].n);
  }
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_threshold (PcnReliabilityPlot *self, double threshold)
{
  threshold = CLAMP (round (threshold / STEP) * STEP, 0, 1);
  if (threshold == self->threshold)
    return;
  self->threshold = threshold;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_THRESHOLD]);
}

static void
paint_axes (PcnReliabilityPlot *self, cairo_t *cr, const PcnPaintColours *colours, const Area *area)
{
  for (guint tick = 0; tick <= 4; tick++) {
    double share = tick / 4.0, y = area->top + area->height * (1 - share);
    g_autofree char *text = g_strdup_printf ("%.0f %%", share * 100);
    g_autoptr (PangoLayout) layout = pcn_paint_layout (GTK_WIDGET (self), text);
    int width, height;

    pango_layout_get_pixel_size (layout, &width, &height);
    pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 0.4 : 0.12);
    cairo_set_line_width (cr, 1);
    cairo_move_to (cr, area->left, round (y) + 0.5);
    cairo_rel_line_to (cr, area->width, 0);
    cairo_stroke (cr);
    pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 1 : 0.7);
    if (tick % 2 == 0)
      pcn_paint_text (cr, layout, area->mirrored ? area->left + area->width + GAP : area->left - GAP - width,
                      y - height / 2.0);
    double x = to_x (area, share) - width / 2.0;
    if (tick % 2 == 0)
      pcn_paint_text (cr, layout, CLAMP (x, 0, gtk_widget_get_width (GTK_WIDGET (self)) - width),
                      area->counts + 3);
  }
}

/* What the axes are of, in the corners that bars and ticks leave free. */
static void
paint_titles (PcnReliabilityPlot *self, cairo_t *cr, const PcnPaintColours *colours, const Area *area)
{
  /* Translators: at the axes of a small diagram: how sure the network is, and how often it is right; short */
  const char *const texts[] = { _ ("sure"), _ ("right") };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (PangoLayout) layout = pcn_paint_layout (GTK_WIDGET (self), texts[i]);
    int width, height;

    pango_layout_get_pixel_size (layout, &width, &height);
    pcn_paint_set_colour (cr, &colours->text, colours->contrast ? 1 : 0.7);
    if (i == 0)
      pcn_paint_text (cr, layout, to_x (area, 0.25) - width / 2.0, area->counts + 3);
    else
      pcn_paint_text (cr, layout, area->mirrored ? to_x (area, 0) - 4 - width : area->left + 4,
                      area->top + 2);
  }
}

static void
paint_bin (PcnReliabilityPlot *self, cairo_t *cr, const PcnPaintColours *colours, const Area *area, guint b)
{
  const NnReliabilityBin *bin = &self->bins[b];
  double low = (double) b / NN_RELIABILITY_BINS, high = (double) (b + 1) / NN_RELIABILITY_BINS;
  double left = MIN (to_x (area, low), to_x (area, high)) + BAR_MARGIN,
         width = area->width / NN_RELIABILITY_BINS - 2 * BAR_MARGIN;
  double height = area->height * bin->accuracy;
  /* What is left out is there still, but pale. */
  double strength = high <= self->threshold ? 0.25 : colours->contrast ? 1 : 0.75;

  if (bin->n == 0)
    return;
  pcn_paint_set_colour (cr, &colours->accent, self->hover == (int) b ? MIN (strength + 0.2, 1) : strength);
  cairo_rectangle (cr, left, area->top + area->height - MAX (height, 1), width, MAX (height, 1));
  cairo_fill (cr);
  double share = (double) bin->n / (double) self->most * COUNT_HEIGHT;
  pcn_paint_set_colour (cr, &colours->text, high <= self->threshold ? 0.2 : 0.45);
  cairo_rectangle (cr, left, area->counts - MAX (share, 1.5), width, MAX (share, 1.5));
  cairo_fill (cr);
}

static void
paint_threshold (PcnReliabilityPlot *self, cairo_t *cr, const PcnPaintColours *colours, const Area *area)
{
  double x = to_x (area, self->threshold);
  gboolean focused = gtk_widget_has_visible_focus (GTK_WIDGET (self));

  pcn_paint_set_colour (cr, &colours->text, 1);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, x, area->top);
  cairo_line_to (cr, x, area->counts);
  cairo_stroke (cr);
  cairo_arc (cr, x, area->top + area->height + GAP / 2, HANDLE, 0, 2 * G_PI);
  pcn_paint_set_colour (cr, focused ? &colours->accent : &colours->text, 1);
  cairo_fill_preserve (cr);
  pcn_paint_set_colour (cr, &colours->surface, 1);
  cairo_stroke (cr);
}

static void
pcn_reliability_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnReliabilityPlot *self = PCN_RELIABILITY_PLOT (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  PcnPaintColours colours;
  Area area = get_area (self);

  pcn_paint_lookup_colours (widget, &colours);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  paint_axes (self, cr, &colours, &area);
  paint_titles (self, cr, &colours, &area);
  for (guint b = 0; b < NN_RELIABILITY_BINS; b++)
    paint_bin (self, cr, &colours, &area, b);
  pcn_paint_set_colour (cr, &colours.text, colours.contrast ? 1 : 0.6);
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, (const double[]){ 4, 3 }, 2, 0);
  cairo_move_to (cr, to_x (&area, 0), area.top + area.height);
  cairo_line_to (cr, to_x (&area, 1), area.top);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  paint_threshold (self, cr, &colours, &area);
  cairo_destroy (cr);
}

static void
pcn_reliability_plot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                              int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 190;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 300 : 220;
}

static void
on_drag_begin (PcnReliabilityPlot *self, double x, double y)
{
  Area area = get_area (self);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_start = x;
  set_threshold (self, to_share (&area, x));
}

static void
on_drag_update (PcnReliabilityPlot *self, double x, double y)
{
  Area area = get_area (self);

  set_threshold (self, to_share (&area, self->drag_start + x));
}

static gboolean
on_key (PcnReliabilityPlot *self, guint key, guint code, GdkModifierType state)
{
  double forward = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? -1 : 1;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    set_threshold (self, self->threshold - STEP * forward);
    return GDK_EVENT_STOP;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    set_threshold (self, self->threshold + STEP * forward);
    return GDK_EVENT_STOP;
  case GDK_KEY_Page_Down:
    set_threshold (self, self->threshold - PAGE);
    return GDK_EVENT_STOP;
  case GDK_KEY_Page_Up:
    set_threshold (self, self->threshold + PAGE);
    return GDK_EVENT_STOP;
  case GDK_KEY_Home:
    set_threshold (self, 0);
    return GDK_EVENT_STOP;
  case GDK_KEY_End:
    set_threshold (self, 1);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static void
set_hover (PcnReliabilityPlot *self, int hover)
{
  if (self->hover == hover)
    return;
  self->hover = hover;
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (PcnReliabilityPlot *self, double x, double y)
{
  Area area = get_area (self);
  int bin = (int) (to_share (&area, x) * NN_RELIABILITY_BINS);

  set_hover (self, MIN (bin, NN_RELIABILITY_BINS - 1));
}

static void
on_leave (PcnReliabilityPlot *self)
{
  set_hover (self, -1);
}

static gboolean
pcn_reliability_plot_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PcnReliabilityPlot *self = PCN_RELIABILITY_PLOT (widget);

  if (self->hover < 0 || self->most == 0)
    return FALSE;
  g_autofree char *text = describe_bin (self, (guint) self->hover);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
pcn_reliability_plot_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_THRESHOLD)
    g_value_set_double (value, PCN_RELIABILITY_PLOT (object)->threshold);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_reliability_plot_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_THRESHOLD)
    set_threshold (PCN_RELIABILITY_PLOT (object), g_value_get_double (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_reliability_plot_class_init (PcnReliabilityPlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_reliability_plot_get_property;
  object_class->set_property = pcn_reliability_plot_set_property;
  widget_class->snapshot = pcn_reliability_plot_snapshot;
  widget_class->measure = pcn_reliability_plot_measure;
  widget_class->query_tooltip = pcn_reliability_plot_query_tooltip;
  props[PROP_THRESHOLD] = g_param_spec_double (
      "threshold", NULL, NULL, 0, 1, 0, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "reliabilityplot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_reliability_plot_init (PcnReliabilityPlot *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->hover = -1;
  pcn_listen (widget, G_CALLBACK (on_motion), G_CALLBACK (on_leave), G_CALLBACK (on_key));

  GtkGesture *drag = gtk_gesture_drag_new ();
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));

  pcn_paint_follow_style (widget);
  update_description (self);
}
