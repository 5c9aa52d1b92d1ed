/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/draw-view.h"
#include "pages/test/answer.h"
#include "pages/test/explain-window.h"
#include "pages/test/taught-list.h"
#include "pages/test/teach.h"
#include "settings.h"
#include "widgets/canvas.h"
#include "widgets/columns.h"

#include <glib/gi18n.h>

struct _PcnDrawView {
  AdwBin parent_instance;
  PcnCanvas *canvas;
  PcnAnswer *answer;
  PcnSession *session;
  guint tick;
};

G_DEFINE_FINAL_TYPE (PcnDrawView, pcn_draw_view, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

/* A stroke and what the network says to it are painted in the same frame, where the device is quick enough for that. */
static gboolean
before_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PcnDrawView *self = PCN_DRAW_VIEW (widget);

  self->tick = 0;
  pcn_session_await_prediction (self->session);
  return G_SOURCE_REMOVE;
}

/* Asks only while the view is shown: other views ask the same model. */
static void
predict (PcnDrawView *self)
{
  guint8 pixels[NN_DIGIT_SIZE * NN_DIGIT_SIZE];

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (pcn_canvas_get_empty (self->canvas) || !pcn_session_takes_digits (self->session)) {
    pcn_session_forget_prediction (self->session);
    pcn_answer_clear (self->answer);
    return;
  }
  NnStrokePen pen = pcn_canvas_get_pen (self->canvas);
  nn_strokes_render (pcn_canvas_get_strokes (self->canvas), &pen, pixels);
  pcn_answer_set_seen (self->answer, pixels);
  pcn_session_predict (self->session, pixels, sizeof pixels);
  if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), before_frame, NULL, NULL);
}

static void
on_predicted (PcnDrawView *self)
{
  guint n;
  const float *values = pcn_session_get_prediction (self->session, &n);

  if (values && gtk_widget_get_mapped (GTK_WIDGET (self)))
    pcn_answer_set_values (self->answer, values, n);
}

static void
on_model_changed (PcnDrawView *self)
{
  pcn_answer_clear (self->answer);
  predict (self);
}

PcnCanvas *
pcn_draw_view_get_canvas (PcnDrawView *self)
{
  g_return_val_if_fail (PCN_IS_DRAW_VIEW (self), NULL);
  return self->canvas;
}

static void
on_clear (PcnDrawView *self)
{
  pcn_canvas_clear (self->canvas);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
on_undo (PcnDrawView *self)
{
  pcn_canvas_undo (self->canvas);
  if (pcn_canvas_get_empty (self->canvas))
    gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
on_redo (PcnDrawView *self)
{
  pcn_canvas_redo (self->canvas);
}

static void
on_explain (PcnDrawView *self)
{
  guint8 pixels[NN_DIGIT_SIZE * NN_DIGIT_SIZE];
  NnStrokePen pen = pcn_canvas_get_pen (self->canvas);

  if (pcn_canvas_get_empty (self->canvas) || !pcn_session_takes_digits (self->session))
    return;
  nn_strokes_render (pcn_canvas_get_strokes (self->canvas), &pen, pixels);
  pcn_explain_window_present (GTK_WIDGET (self), self->session, pcn_explanation_new_pixels (self->session, pixels),
                              _ ("Drawing"));
}

static void
set_session (PcnDrawView *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "predicted", G_CALLBACK (on_predicted), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "model-changed", G_CALLBACK (on_model_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::has-model", G_CALLBACK (predict), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::device", G_CALLBACK (predict), self, G_CONNECT_SWAPPED);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_draw_view_map (GtkWidget *widget)
{
  PcnDrawView *self = PCN_DRAW_VIEW (widget);

  GTK_WIDGET_CLASS (pcn_draw_view_parent_class)->map (widget);
  if (self->session) {
    pcn_session_forget_prediction (self->session);
    predict (self);
  }
}

static void
pcn_draw_view_unmap (GtkWidget *widget)
{
  pcn_answer_clear (PCN_DRAW_VIEW (widget)->answer);
  GTK_WIDGET_CLASS (pcn_draw_view_parent_class)->unmap (widget);
}

static void
pcn_draw_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_DRAW_VIEW (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_draw_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_DRAW_VIEW (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_draw_view_dispose (GObject *object)
{
  g_clear_object (&PCN_DRAW_VIEW (object)->session);
  G_OBJECT_CLASS (pcn_draw_view_parent_class)->dispose (object);
}

static void
pcn_draw_view_class_init (PcnDrawViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_draw_view_get_property;
  object_class->set_property = pcn_draw_view_set_property;
  object_class->dispose = pcn_draw_view_dispose;
  widget_class->map = pcn_draw_view_map;
  widget_class->unmap = pcn_draw_view_unmap;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_ANSWER);
  g_type_ensure (PCN_TYPE_CANVAS);
  g_type_ensure (PCN_TYPE_TAUGHT_LIST);
  g_type_ensure (PCN_TYPE_TEACH);
  g_type_ensure (PCN_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/draw-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnDrawView, canvas);
  gtk_widget_class_bind_template_child (widget_class, PcnDrawView, answer);
  gtk_widget_class_bind_template_callback (widget_class, predict);
  gtk_widget_class_bind_template_callback (widget_class, on_redo);
  gtk_widget_class_bind_template_callback (widget_class, on_explain);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_undo);
}

static void
pcn_draw_view_init (PcnDrawView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
