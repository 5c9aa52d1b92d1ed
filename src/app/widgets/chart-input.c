/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chart under the pointer, fingers and keys: reading values, zoom and pan. Plain scrolling is left to the page. */
#include "config.h"

#include "widgets/chart-private.h"

#include <math.h>

#define ZOOM_STEP 0.8
#define PAN_STEP 0.1
/* Less than this is a click. */
#define MIN_BAND 6

static double
epoch_at (PcnChart *self, double x)
{
  const PcnChartView *view = &self->view;
  double share = (x - view->plot.origin.x) / MAX (view->plot.size.width, 1);

  return view->x_start + CLAMP (share, 0, 1) * (view->x_end - view->x_start);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, PcnChart *self)
{
  pcn_chart_set_cursor (self, epoch_at (self, x), FALSE);
}

static void
on_leave (PcnChart *self)
{
  pcn_chart_set_cursor (self, NAN, FALSE);
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, PcnChart *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));

  if (!(state & GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  double centre = isnan (self->view.cursor) ? (self->view.x_start + self->view.x_end) / 2 : self->view.cursor;
  pcn_chart_zoom (self, centre, pow (ZOOM_STEP, -dy));
  return GDK_EVENT_STOP;
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, PcnChart *self)
{
  for (PcnSeriesKind kind = PCN_SERIES_TRAIN; kind <= PCN_SERIES_VALIDATION; kind++)
    if (graphene_rect_contains_point (&self->view.legend[kind], &GRAPHENE_POINT_INIT (x, y))) {
      pcn_chart_toggle_series (self, kind);
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, PcnChart *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (drag, &x, &y);
  if (fabs (dx) < MIN_BAND || y < self->view.plot.origin.y)
    return;
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  self->view.band_from = epoch_at (self, x);
  self->view.band_to = epoch_at (self, x + dx);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_end (GtkGestureDrag *drag, double dx, double dy, PcnChart *self)
{
  double from = MIN (self->view.band_from, self->view.band_to), to = MAX (self->view.band_from, self->view.band_to);

  if (isnan (from))
    return;
  self->view.band_from = self->view.band_to = NAN;
  pcn_chart_show_range (self, from, to);
}

static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, PcnChart *self)
{
  if (n_press == 2 && y >= self->view.plot.origin.y)
    pcn_chart_show_range (self, 0, 0);
}

static void
on_pinch_begin (PcnChart *self)
{
  self->pinch_from = self->view.x_start;
  self->pinch_to = self->view.x_end;
}

static void
on_pinch (GtkGestureZoom *zoom, double scale, PcnChart *self)
{
  double from = self->pinch_from, to = self->pinch_to;

  pcn_zoom (&from, &to, pcn_chart_get_end (self), (from + to) / 2, 1 / MAX (scale, 0.01));
  pcn_chart_show_range (self, from, to);
}

/* The longest curve is what the arrow keys walk along. */
static const PcnPoint *
get_longest (PcnChart *self, guint *n)
{
  const PcnPoint *longest = NULL;

  *n = 0;
  for (guint i = 0; self->series && i < g_list_model_get_n_items (self->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (self->series, i);
    guint m;
    const PcnPoint *points = pcn_series_get_points (series, &m);
    if (m > *n && !self->view.hidden[pcn_series_get_kind (series)]) {
      longest = points;
      *n = m;
    }
  }
  return longest;
}

static void
pan (PcnChart *self, double share)
{
  double from = self->view.x_start, to = self->view.x_end, length = to - from;

  from = CLAMP (from + share * length, 0, MAX (pcn_chart_get_end (self) - length, 0));
  pcn_chart_show_range (self, from, from + length);
}

static gboolean
walk (PcnChart *self, guint key, GdkModifierType state)
{
  guint n;
  const PcnPoint *points = get_longest (self, &n);

  if (n == 0)
    return GDK_EVENT_PROPAGATE;
  guint at = isnan (self->view.cursor) ? n - 1 : pcn_points_nearest (points, n, self->view.cursor);
  /* A long curve is walked in a hundred steps. */
  guint step = (state & GDK_CONTROL_MASK) ? MAX (n / 10, 1) : MAX (n / 100, 1);
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    at = at > step ? at - step : 0;
    break;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    at = MIN (at + step, n - 1);
    break;
  case GDK_KEY_Home:
    at = 0;
    break;
  case GDK_KEY_End:
    at = n - 1;
    break;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  pcn_chart_set_cursor (self, points[at].x, TRUE);
  return GDK_EVENT_STOP;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, PcnChart *self)
{
  double middle = isnan (self->view.cursor) ? (self->view.x_start + self->view.x_end) / 2 : self->view.cursor;

  switch (key) {
  case GDK_KEY_plus:
  case GDK_KEY_equal:
  case GDK_KEY_KP_Add:
    pcn_chart_zoom (self, middle, ZOOM_STEP);
    return GDK_EVENT_STOP;
  case GDK_KEY_minus:
  case GDK_KEY_KP_Subtract:
    pcn_chart_zoom (self, middle, 1 / ZOOM_STEP);
    return GDK_EVENT_STOP;
  case GDK_KEY_0:
  case GDK_KEY_KP_0:
    pcn_chart_show_range (self, 0, 0);
    return GDK_EVENT_STOP;
  case GDK_KEY_Escape:
    if (isnan (self->view.cursor))
      return GDK_EVENT_PROPAGATE;
    pcn_chart_set_cursor (self, NAN, TRUE);
    return GDK_EVENT_STOP;
  case GDK_KEY_Left:
  case GDK_KEY_Right:
    if (state & GDK_SHIFT_MASK) {
      pan (self, key == GDK_KEY_Left ? -PAN_STEP : PAN_STEP);
      return GDK_EVENT_STOP;
    }
    return walk (self, key, state);
  default:
    return walk (self, key, state);
  }
}

static void
add_drag (PcnChart *self)
{
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new (), *pinch = gtk_gesture_zoom_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pinch));
}

void
pcn_chart_add_controllers (PcnChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);

  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);

  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);

  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  add_drag (self);
}
