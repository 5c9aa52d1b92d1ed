/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "preferences/preferences.h"
#include "settings.h"
#include "widgets/device-row.h"

#include <glib/gi18n.h>

struct _PcnPreferences {
  AdwPreferencesWindow parent_instance;
  AdwComboRow *scheme;
  AdwPreferencesGroup *devices;
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
add_fact (GtkWidget *expander, const char *title, const char *value)
{
  GtkWidget *row, *label;

  if (!value || !value[0])
    return;
  row = adw_action_row_new ();
  label = gtk_label_new (value);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, value, -1);
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (expander), row);
}

static void
add_device (PcnPreferences *self, NnDevice *device)
{
  const NnDeviceLimits *limits = nn_device_get_limits (device);
  GtkWidget *row = adw_expander_row_new ();
  g_autofree char *text = pcn_device_describe (device);
  g_autofree char *title = g_markup_escape_text (nn_device_get_name (device), -1);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);
  g_autofree char *units = pcn_format_count (limits->compute_units);
  g_autofree char *memory = pcn_format_memory (limits->memory);
  g_autofree char *largest = pcn_format_memory (limits->max_alloc);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  adw_expander_row_set_icon_name (ADW_EXPANDER_ROW (row), nn_device_get_kind (device) == NN_DEVICE_KIND_CPU
                                                              ? "pcn-cpu-symbolic"
                                                              : "pcn-gpu-symbolic");
  add_fact (row, _ ("Vendor"), nn_device_get_vendor (device));
  add_fact (row, _ ("Driver"), nn_device_get_driver (device));
  add_fact (row, _ ("OpenCL Version"), nn_device_get_version (device));
  add_fact (row, _ ("Compute Units"), units);
  add_fact (row, _ ("Memory"), memory);
  add_fact (row, _ ("Largest Allocation"), largest);
  adw_preferences_group_add (self->devices, row);
}

static void
add_devices (PcnPreferences *self, PcnSession *session)
{
  GListModel *devices = pcn_session_get_devices (session);
  guint n = devices ? g_list_model_get_n_items (devices) : 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (devices, i);
    add_device (self, device);
  }
  if (devices && n == 0) {
    g_autofree char *advice = NULL;
    g_object_get (session, "device-advice", &advice, NULL);
    g_autofree char *markup = g_markup_escape_text (advice ? advice : "", -1);
    adw_preferences_group_set_description (self->devices, markup);
  }
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
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/preferences/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnPreferences, scheme);
  gtk_widget_class_bind_template_child (widget_class, PcnPreferences, devices);
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
  add_devices (self, session);
  return self;
}
