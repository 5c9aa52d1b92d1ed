/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/no-device.h"
#include "settings.h"

struct _PcnNoDevice {
  AdwBin parent_instance;
  PcnSession *session;
};

G_DEFINE_FINAL_TYPE (PcnNoDevice, pcn_no_device, ADW_TYPE_BIN)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* Status pages take markup; advice and names of devices don't know of it. */
static char *
escape_advice (GObject *object, const char *advice)
{
  return advice ? g_markup_escape_text (advice, -1) : g_strdup ("");
}

static void
set_session (PcnNoDevice *self, PcnSession *session)
{
  if (g_set_object (&self->session, session))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_no_device_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_NO_DEVICE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_no_device_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_NO_DEVICE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_no_device_dispose (GObject *object)
{
  g_clear_object (&PCN_NO_DEVICE (object)->session);
  G_OBJECT_CLASS (pcn_no_device_parent_class)->dispose (object);
}

static void
pcn_no_device_class_init (PcnNoDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_no_device_get_property;
  object_class->set_property = pcn_no_device_set_property;
  object_class->dispose = pcn_no_device_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/no-device.ui");
  gtk_widget_class_bind_template_callback (widget_class, escape_advice);
}

static void
pcn_no_device_init (PcnNoDevice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
