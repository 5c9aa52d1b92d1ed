/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points are kept as fractions of the shorter side, from the middle, so that a drawing survives a resize. */
#include "config.h"

#include "widgets/canvas.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

/* The pen's width as a fraction of the side: that of the strokes which digits are written with in 20 of 28 pixels. */
#define PEN_WIDTH 0.075
#define KEYBOARD_STEP 0.025

struct _PcnCanvas {
  GtkWidget parent_instance;
  NnStrokes *strokes;
  gboolean empty;
  GtkGesture *drag;
  /* The pen of the keyboard. */
  double pen_x, pen_y;
  gboolean pen_shown, pen_down;
};

G_DEFINE_FINAL_TYPE (PcnCanvas, pcn_canvas, GTK_TYPE_WIDGET)

enum {
  PROP_EMPTY = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum {
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
changed (PcnCanvas *self)
{
  guint n = nn_strokes_n_strokes (self->strokes);
  gboolean empty = n == 0;

  if (empty != self->empty) {
    self->empty = empty;
    gtk_widget_action_set_enabled (GTK_WIDGET (self), "canvas.clear", !empty);
    gtk_widget_action_set_enabled (GTK_WIDGET (self), "canvas.undo", !empty);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EMPTY]);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The square in the middle has the coordinates 0 to 1; beside it they go on. */
static double
get_side (PcnCanvas *self, double *left, double *top)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double side = MAX (MIN (width, height), 1);

  *left = (width - side) / 2;
  *top = (height - side) / 2;
  return side;
}

static void
add_point (PcnCanvas *self, double x, double y)
{
  double left, top, side = get_side (self, &left, &top);

  x = CLAMP (x, 0, gtk_widget_get_width (GTK_WIDGET (self)));
  y = CLAMP (y, 0, gtk_widget_get_height (GTK_WIDGET (self)));
  nn_strokes_append (self->strokes, (x - left) / side, (y - top) / side);
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, PcnCanvas *self)
{
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->pen_shown = FALSE;
  self->pen_down = FALSE;
  nn_strokes_begin (self->strokes);
  add_point (self, x, y);
  changed (self);
}

/* GTK folds the motion events of a frame into one; what it left out makes the difference between a curve and a polygon. */
static void
add_history (PcnCanvas *self, GdkEvent *event)
{
  guint n;
  g_autofree GdkTimeCoord *history = event ? gdk_event_get_history (event, &n) : NULL;
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  double surface_x, surface_y;

  if (!history || !native)
    return;
  gtk_native_get_surface_transform (native, &surface_x, &surface_y);
  for (guint i = 0; i < n; i++) {
    double x, y;
    if (!(history[i].flags & GDK_AXIS_FLAG_X) || !(history[i].flags & GDK_AXIS_FLAG_Y))
      continue;
    if (gtk_widget_translate_coordinates (GTK_WIDGET (native), GTK_WIDGET (self),
                                          history[i].axes[GDK_AXIS_X] - surface_x,
                                          history[i].axes[GDK_AXIS_Y] - surface_y, &x, &y))
      add_point (self, x, y);
  }
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, PcnCanvas *self)
{
  double x, y;
  GdkEventSequence *sequence = gtk_gesture_single_get_current_sequence (GTK_GESTURE_SINGLE (drag));
  GdkEvent *event = gtk_gesture_get_last_event (GTK_GESTURE (drag), sequence);

  if (!gtk_gesture_drag_get_start_point (drag, &x, &y))
    return;
  if (event && gdk_event_get_event_type (event) == GDK_MOTION_NOTIFY)
    add_history (self, event);
  add_point (self, x + dx, y + dy);
  changed (self);
}

static void
keyboard_move (PcnCanvas *self, double dx, double dy)
{
  self->pen_shown = TRUE;
  self->pen_x = CLAMP (self->pen_x + dx * KEYBOARD_STEP, 0.05, 0.95);
  self->pen_y = CLAMP (self->pen_y + dy * KEYBOARD_STEP, 0.05, 0.95);
  if (self->pen_down) {
    nn_strokes_append (self->strokes, self->pen_x, self->pen_y);
    changed (self);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, PcnCanvas *self)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    keyboard_move (self, -1, 0);
    break;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    keyboard_move (self, 1, 0);
    break;
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    keyboard_move (self, 0, -1);
    break;
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    keyboard_move (self, 0, 1);
    break;
  case GDK_KEY_space:
    self->pen_shown = TRUE;
    self->pen_down = !self->pen_down;
    if (self->pen_down) {
      nn_strokes_begin (self->strokes);
      nn_strokes_append (self->strokes, self->pen_x, self->pen_y);
      changed (self);
    }
    gtk_widget_queue_draw (GTK_WIDGET (self));
    break;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

static void
on_focus_leave (PcnCanvas *self)
{
  self->pen_down = FALSE;
  self->pen_shown = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
trace_stroke (cairo_t *cr, const NnStrokePoint *points, guint n)
{
  cairo_move_to (cr, points[0].x, points[0].y);
  if (n == 1)
    cairo_line_to (cr, points[0].x, points[0].y);
  /* Curves through the middles of the pieces: round where a hand was faster than the mouse's reports. */
  for (guint i = 1; i + 1 < n; i++) {
    double mx = (points[i].x + points[i + 1].x) / 2, my = (points[i].y + points[i + 1].y) / 2, fx, fy;
    cairo_get_current_point (cr, &fx, &fy);
    cairo_curve_to (cr, fx + (points[i].x - fx) * 2 / 3, fy + (points[i].y - fy) * 2 / 3,
                    mx + (points[i].x - mx) * 2 / 3, my + (points[i].y - my) * 2 / 3, mx, my);
  }
  if (n > 1)
    cairo_line_to (cr, points[n - 1].x, points[n - 1].y);
}

static void
paint_hint (PcnCanvas *self, cairo_t *cr, const GdkRGBA *colour, double width, double height)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), _ ("Draw a digit here"));
  gboolean contrast = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
  int w, h;

  pango_layout_set_width (layout, (int) (width * 0.8) * PANGO_SCALE);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, &w, &h);
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, contrast ? 1 : 0.6);
  cairo_move_to (cr, width * 0.1, (height - h) / 2);
  pango_cairo_show_layout (cr, layout);
}

static void
pcn_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnCanvas *self = PCN_CANVAS (widget);
  double left, top, side = get_side (self, &left, &top);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (self->empty && !self->pen_shown)
    paint_hint (self, cr, &colour, width, height);
  cairo_translate (cr, left, top);
  cairo_scale (cr, side, side);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, PEN_WIDTH);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < nn_strokes_n_strokes (self->strokes); i++) {
    guint n;
    const NnStrokePoint *points = nn_strokes_points (self->strokes, i, &n);
    trace_stroke (cr, points, n);
    cairo_stroke (cr);
  }
  if (self->pen_shown) {
    cairo_set_line_width (cr, 0.008);
    cairo_arc (cr, self->pen_x, self->pen_y, PEN_WIDTH * 0.6, 0, 2 * G_PI);
    if (self->pen_down)
      cairo_fill (cr);
    else
      cairo_stroke (cr);
  }
  cairo_destroy (cr);
}

static GtkSizeRequestMode
pcn_canvas_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pcn_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                    int *minimum_baseline, int *natural_baseline)
{
  *minimum = 160;
  *natural = 340;
  /* A square where there is room; on a phone lower, so that the answer below it stays in sight. */
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    *minimum = *natural = for_size > 340 ? for_size : CLAMP (for_size * 2 / 3, 160, 230);
}

const NnStrokes *
pcn_canvas_get_strokes (PcnCanvas *self)
{
  g_return_val_if_fail (PCN_IS_CANVAS (self), NULL);
  return self->strokes;
}

gboolean
pcn_canvas_get_empty (PcnCanvas *self)
{
  g_return_val_if_fail (PCN_IS_CANVAS (self), TRUE);
  return self->empty;
}

void
pcn_canvas_clear (PcnCanvas *self)
{
  g_return_if_fail (PCN_IS_CANVAS (self));

  if (self->empty)
    return;
  self->pen_down = FALSE;
  nn_strokes_clear (self->strokes);
  changed (self);
}

void
pcn_canvas_undo (PcnCanvas *self)
{
  g_return_if_fail (PCN_IS_CANVAS (self));

  self->pen_down = FALSE;
  if (nn_strokes_pop (self->strokes))
    changed (self);
}

static void
on_clear (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_canvas_clear (PCN_CANVAS (widget));
}

static void
on_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_canvas_undo (PCN_CANVAS (widget));
}

static void
pcn_canvas_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_EMPTY)
    g_value_set_boolean (value, PCN_CANVAS (object)->empty);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_canvas_finalize (GObject *object)
{
  nn_strokes_free (PCN_CANVAS (object)->strokes);
  G_OBJECT_CLASS (pcn_canvas_parent_class)->finalize (object);
}

static void
pcn_canvas_class_init (PcnCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_canvas_get_property;
  object_class->finalize = pcn_canvas_finalize;
  widget_class->snapshot = pcn_canvas_snapshot;
  widget_class->measure = pcn_canvas_measure;
  widget_class->get_request_mode = pcn_canvas_get_request_mode;
  props[PROP_EMPTY] = g_param_spec_boolean ("empty", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "canvas.clear", NULL, on_clear);
  gtk_widget_class_install_action (widget_class, "canvas.undo", NULL, on_undo);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "canvas.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_BackSpace, 0, "canvas.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "canvas.clear", NULL);
}

static void
pcn_canvas_init (PcnCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->strokes = nn_strokes_new ();
  self->empty = TRUE;
  self->pen_x = self->pen_y = 0.5;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (widget, "crosshair");
  gtk_widget_action_set_enabled (widget, "canvas.clear", FALSE);
  gtk_widget_action_set_enabled (widget, "canvas.undo", FALSE);

  self->drag = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (self->drag), GDK_BUTTON_PRIMARY);
  gtk_gesture_single_set_exclusive (GTK_GESTURE_SINGLE (self->drag), TRUE);
  g_signal_connect (self->drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (self->drag));

  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, key);

  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_leave), self);
  gtk_widget_add_controller (widget, focus);
}
