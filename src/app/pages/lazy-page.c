/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/lazy-page.h"

struct _PcnLazyPage {
  GtkWidget parent_instance;
  GtkWidget *page;
  PcnSession *session;
  GType page_type;
};

G_DEFINE_FINAL_TYPE (PcnLazyPage, pcn_lazy_page, GTK_TYPE_WIDGET)

enum { PROP_PAGE_TYPE = 1, PROP_SESSION, N_PROPS };
static GParamSpec *props[N_PROPS];

GtkWidget *
pcn_lazy_page_build (PcnLazyPage *self)
{
  g_return_val_if_fail (PCN_IS_LAZY_PAGE (self), NULL);

  if (!self->page) {
    self->page = g_object_new (self->page_type, NULL);
    gtk_widget_set_parent (self->page, GTK_WIDGET (self));
    g_object_bind_property (self, "session", self->page, "session", G_BINDING_SYNC_CREATE);
  }
  return self->page;
}

gboolean
pcn_lazy_page_is_built (PcnLazyPage *self)
{
  g_return_val_if_fail (PCN_IS_LAZY_PAGE (self), FALSE);
  return self->page != NULL;
}

static void
pcn_lazy_page_map (GtkWidget *widget)
{
  pcn_lazy_page_build (PCN_LAZY_PAGE (widget));
  GTK_WIDGET_CLASS (pcn_lazy_page_parent_class)->map (widget);
}

static void
pcn_lazy_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnLazyPage *self = PCN_LAZY_PAGE (object);

  if (id == PROP_PAGE_TYPE)
    g_value_set_gtype (value, self->page_type);
  else if (id == PROP_SESSION)
    g_value_set_object (value, self->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_lazy_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnLazyPage *self = PCN_LAZY_PAGE (object);

  if (id == PROP_PAGE_TYPE)
    self->page_type = g_value_get_gtype (value);
  else if (id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (g_set_object (&self->session, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
pcn_lazy_page_dispose (GObject *object)
{
  PcnLazyPage *self = PCN_LAZY_PAGE (object);

  g_clear_pointer (&self->page, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_lazy_page_parent_class)->dispose (object);
}

static void
pcn_lazy_page_class_init (PcnLazyPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_lazy_page_get_property;
  object_class->set_property = pcn_lazy_page_set_property;
  object_class->dispose = pcn_lazy_page_dispose;
  widget_class->map = pcn_lazy_page_map;
  props[PROP_PAGE_TYPE]
      = g_param_spec_gtype ("page-type", NULL, NULL, GTK_TYPE_WIDGET, rw | G_PARAM_CONSTRUCT_ONLY);
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION, rw | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
pcn_lazy_page_init (PcnLazyPage *self)
{
}
