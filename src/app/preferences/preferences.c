/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/devices-page.h"
#include "preferences/preferences.h"
#include "settings.h"

struct _PcnPreferences {
  AdwPreferencesWindow parent_instance;
  AdwComboRow *scheme;
  PcnDevicesPage *devices;
  GtkSwitch *tune;
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (PcnPreferences, pcn_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the combo row. */
static const char *const schemes[] = { "default", "light", "dark" };

static gboolean
scheme_to_row (GValue *value, GVariant *variant, gpointer data)
{
  const char *name = g_variant_get_string (variant, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (schemes[i], name))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
row_to_scheme (const GValue *value, const GVariantType *type, gpointer data)
{
  guint row = g_value_get_uint (value);

  return g_variant_new_string (schemes[row < G_N_ELEMENTS (schemes) ? row : 0]);
}

static void
pcn_preferences_dispose (GObject *object)
{
  g_clear_object (&PCN_PREFERENCES (object)->settings);
  G_OBJECT_CLASS (pcn_preferences_parent_class)->dispose (object);
}

static void
pcn_preferences_class_init (PcnPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_preferences_dispose;
  g_type_ensure (PCN_TYPE_DEVICES_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/preferences/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnPreferences, scheme);
  gtk_widget_class_bind_template_child (widget_class, PcnPreferences, devices);
  gtk_widget_class_bind_template_child (widget_class, PcnPreferences, tune);
}

static void
pcn_preferences_init (PcnPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PcnPreferences *
pcn_preferences_new (PcnSession *session, GSettings *settings)
{
  PcnPreferences *self = g_object_new (PCN_TYPE_PREFERENCES, NULL);

  self->settings = g_object_ref (settings);
  g_settings_bind_with_mapping (settings, "color-scheme", self->scheme, "selected", G_SETTINGS_BIND_DEFAULT,
                                scheme_to_row, row_to_scheme, NULL, NULL);
  g_settings_bind (settings, "tune", self->tune, "active", G_SETTINGS_BIND_DEFAULT);
  pcn_devices_page_set_session (self->devices, session);
  return self;
}
