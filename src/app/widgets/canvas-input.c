/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A canvas under the pointer, pens and keys. */
#include "config.h"

#include "widgets/canvas-private.h"
#include "widgets/pen.h"

#define KEYBOARD_STEP 0.025
#define ERASER_RADIUS 0.04
/* Of what has no pressure: pen width as set. */
#define NO_PRESSURE 0.5

static void
add_point (PcnCanvas *self, double x, double y, double pressure)
{
  double left, top, side = pcn_canvas_get_side (self, &left, &top);

  x = CLAMP (x, 0, gtk_widget_get_width (GTK_WIDGET (self)));
  y = CLAMP (y, 0, gtk_widget_get_height (GTK_WIDGET (self)));
  if (!self->erasing)
    pcn_ink_append (self->ink, (x - left) / side, (y - top) / side, pressure);
  else
    while (pcn_ink_erase (self->ink, (x - left) / side, (y - top) / side, ERASER_RADIUS))
      ;
}

static GdkEvent *
get_drag_event (GtkGesture *drag)
{
  return gtk_gesture_get_last_event (drag, gtk_gesture_single_get_current_sequence (GTK_GESTURE_SINGLE (drag)));
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, PcnCanvas *self)
{
  GdkEvent *event = get_drag_event (GTK_GESTURE (drag));

  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->pen_shown = FALSE;
  self->pen_down = FALSE;
  self->erasing = pcn_pen_is_eraser (event);
  if (!self->erasing)
    pcn_ink_begin (self->ink);
  add_point (self, x, y, pcn_pen_get_pressure (event, NO_PRESSURE));
  pcn_canvas_changed (self);
}

static void
on_drag_end (PcnCanvas *self)
{
  pcn_ink_end (self->ink);
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
      add_point (self, x, y,
                 pcn_pen_has_pressure (event) ? history[i].axes[GDK_AXIS_PRESSURE] : NO_PRESSURE);
  }
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, PcnCanvas *self)
{
  double x, y;
  GdkEvent *event = get_drag_event (GTK_GESTURE (drag));

  if (!gtk_gesture_drag_get_start_point (drag, &x, &y))
    return;
  if (event && gdk_event_get_event_type (event) == GDK_MOTION_NOTIFY)
    add_history (self, event);
  add_point (self, x + dx, y + dy, pcn_pen_get_pressure (event, NO_PRESSURE));
  pcn_canvas_changed (self);
}

static void
keyboard_move (PcnCanvas *self, double dx, double dy)
{
  self->pen_shown = TRUE;
  self->pen_x = CLAMP (self->pen_x + dx * KEYBOARD_STEP, 0.05, 0.95);
  self->pen_y = CLAMP (self->pen_y + dy * KEYBOARD_STEP, 0.05, 0.95);
  if (self->pen_down) {
    pcn_ink_append (self->ink, self->pen_x, self->pen_y, NO_PRESSURE);
    pcn_canvas_changed (self);
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
      pcn_ink_begin (self->ink);
      pcn_ink_append (self->ink, self->pen_x, self->pen_y, NO_PRESSURE);
      pcn_canvas_changed (self);
    } else {
      pcn_ink_end (self->ink);
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

void
pcn_canvas_add_controllers (PcnCanvas *self)
{
  self->drag = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (self->drag), GDK_BUTTON_PRIMARY);
  gtk_gesture_single_set_exclusive (GTK_GESTURE_SINGLE (self->drag), TRUE);
  g_signal_connect (self->drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (self->drag, "end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->drag));

  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);

  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
