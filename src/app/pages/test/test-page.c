/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/test-page.h"
#include "pages/no-device.h"
#include "pages/test/classify-view.h"
#include "pages/test/draw-view.h"
#include "pages/test/inside-view.h"
#include "pages/test/pixel-range.h"
#include "pages/test/results-view.h"
#include "settings.h"
#include "widgets/columns.h"
#include "widgets/stack-shown.h"

struct _PcnTestPage {
  AdwBin parent_instance;
  GtkStack *state, *views;
  GtkWidget *draw_button;
  PcnDrawView *draw_view;
  PcnInsideView *inside_view;
  PcnSession *session;
};

G_DEFINE_FINAL_TYPE (PcnTestPage, pcn_test_page, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, PROP_VIEW, N_PROPS };
static GParamSpec *props[N_PROPS];

static const char *
get_view (PcnTestPage *self)
{
  return gtk_stack_get_visible_child_name (self->views);
}

static void
set_view (PcnTestPage *self, const char *name)
{
  if (name && gtk_stack_get_child_by_name (self->views, name))
    gtk_stack_set_visible_child_name (self->views, name);
}

static void
on_view (PcnTestPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VIEW]);
}

static void
update_state (PcnTestPage *self)
{
  gboolean no_device;

  g_object_get (self->session, "no-device", &no_device, NULL);
  gtk_stack_set_visible_child_name (self->state, no_device                                 ? "no-device"
                                                 : pcn_session_get_classes (self->session) ? "test"
                                                                                           : "no-model");
}

/* What takes drawings is drawn for, as long as nobody looks at something else than an input. */
static void
on_model_changed (PcnTestPage *self)
{
  gboolean digits = pcn_session_takes_digits (self->session);

  update_state (self);
  gtk_widget_set_visible (self->draw_button, digits);
  if (g_str_equal (get_view (self), digits ? "classify" : "draw"))
    set_view (self, digits ? "draw" : "classify");
}

static void
on_classifying (PcnTestPage *self)
{
  set_view (self, "classify");
}

static void
set_session (PcnTestPage *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "model-changed", G_CALLBACK (on_model_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (pcn_session_get_classification (session), "opened", G_CALLBACK (on_classifying), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::no-device", G_CALLBACK (update_state), self,
                             G_CONNECT_SWAPPED);
    update_state (self);
    if (pcn_session_get_classes (session))
      on_model_changed (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_test_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnTestPage *self = PCN_TEST_PAGE (object);

  if (id == PROP_SESSION)
    g_value_set_object (value, self->session);
  else if (id == PROP_VIEW)
    g_value_set_string (value, get_view (self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_test_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnTestPage *self = PCN_TEST_PAGE (object);

  if (id == PROP_SESSION)
    set_session (self, g_value_get_object (value));
  else if (id == PROP_VIEW)
    set_view (self, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_test_page_dispose (GObject *object)
{
  g_clear_object (&PCN_TEST_PAGE (object)->session);
  G_OBJECT_CLASS (pcn_test_page_parent_class)->dispose (object);
}

static gboolean
has_text (GObject *object, const char *text)
{
  return text && text[0];
}

static void
pcn_test_page_class_init (PcnTestPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_test_page_get_property;
  object_class->set_property = pcn_test_page_set_property;
  object_class->dispose = pcn_test_page_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION, rw);
  props[PROP_VIEW] = g_param_spec_string ("view", NULL, NULL, NULL, rw);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_install_property_action (widget_class, "test.view", "view");
  g_type_ensure (PCN_TYPE_CLASSIFY_VIEW);
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_DRAW_VIEW);
  g_type_ensure (PCN_TYPE_INSIDE_VIEW);
  g_type_ensure (PCN_TYPE_NO_DEVICE);
  g_type_ensure (PCN_TYPE_PIXEL_RANGE);
  g_type_ensure (PCN_TYPE_RESULTS_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/test-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, state);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, views);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, draw_button);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, draw_view);
  gtk_widget_class_bind_template_child (widget_class, PcnTestPage, inside_view);
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_callback (widget_class, on_view);
}

static void
pcn_test_page_init (PcnTestPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
  pcn_stack_tell_shown (GTK_WIDGET (self->views));
  pcn_inside_view_share (self->inside_view, pcn_draw_view_get_canvas (self->draw_view));
}
