/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/driver-table.h"
#include "pages/no-device.h"
#include "settings.h"

#include <glib/gi18n.h>

struct _PcnNoDevice {
  AdwBin parent_instance;
  AdwPreferencesGroup *drivers;
  GtkDropDown *distribution;
  GtkLabel *message;
  GtkWidget *look, *restart;
  GPtrArray *rows; /* one for each driver */
  PcnSession *session;
  gboolean looked;
};

G_DEFINE_FINAL_TYPE (PcnNoDevice, pcn_no_device, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static const char *
get_command (PcnNoDevice *self, guint index)
{
  guint n, distribution = gtk_drop_down_get_selected (self->distribution);
  const PcnDriver *drivers = pcn_driver_table (&n);

  return drivers[index].commands[distribution < PCN_N_DISTRIBUTIONS ? distribution : 0];
}

static void
update_commands (PcnNoDevice *self)
{
  for (guint i = 0; i < self->rows->len; i++) {
    g_autofree char *markup = g_markup_printf_escaped ("<tt>%s</tt>", get_command (self, i));
    adw_action_row_set_subtitle (self->rows->pdata[i], markup);
  }
}

static void
on_copy (GtkWidget *button, PcnNoDevice *self)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "index"));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), get_command (self, index));
  gtk_button_set_icon_name (GTK_BUTTON (button), "object-select-symbolic");
}

static void
add_driver (PcnNoDevice *self, const PcnDriver *driver)
{
  GtkWidget *row = adw_action_row_new (), *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (driver->card));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_tooltip_text (row, _ (driver->note));
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (copy, "flat");
  gtk_widget_set_tooltip_text (copy, _ ("Copy the Command"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy the Command"), -1);
  g_object_set_data (G_OBJECT (copy), "index", GUINT_TO_POINTER (self->rows->len));
  g_signal_connect (copy, "clicked", G_CALLBACK (on_copy), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), copy);
  /* The row's title becomes a part of the button's name. */
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), copy);
  g_ptr_array_add (self->rows, row);
  adw_preferences_group_add (self->drivers, row);
}

static void
on_look (PcnNoDevice *self)
{
  self->looked = TRUE;
  pcn_device_store_look (pcn_session_get_device_store (self->session));
}

/* What the last look found: nothing, or what only another process can use. */
static void
update_message (PcnNoDevice *self)
{
  g_autofree char *names = NULL, *text = NULL;
  gboolean looking;

  g_object_get (pcn_session_get_device_store (self->session), "hidden-devices", &names, "looking", &looking,
                NULL);
  if (looking)
    text = g_strdup (_ ("Looking for devices…"));
  else if (names)
    /* Translators: %s are names of devices whose driver was installed while the program ran */
    text = g_strdup_printf (_ ("%s can be used after a restart of the program."), names);
  else if (self->looked)
    text = g_strdup (_ ("There is still no device."));
  gtk_label_set_label (self->message, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
  gtk_widget_set_sensitive (self->look, !looking);
  gtk_widget_set_visible (self->look, !names);
  gtk_widget_set_visible (self->restart, names != NULL);
}

static void
set_session (PcnNoDevice *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    PcnDeviceStore *store = pcn_session_get_device_store (session);
    g_signal_connect_object (store, "notify::looking", G_CALLBACK (update_message), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (store, "notify::hidden-devices", G_CALLBACK (update_message), self,
                             G_CONNECT_SWAPPED);
    update_message (self);
  }
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
  g_clear_pointer (&PCN_NO_DEVICE (object)->rows, g_ptr_array_unref);
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
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/no-device.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnNoDevice, drivers);
  gtk_widget_class_bind_template_child (widget_class, PcnNoDevice, distribution);
  gtk_widget_class_bind_template_child (widget_class, PcnNoDevice, message);
  gtk_widget_class_bind_template_child (widget_class, PcnNoDevice, look);
  gtk_widget_class_bind_template_child (widget_class, PcnNoDevice, restart);
  gtk_widget_class_bind_template_callback (widget_class, update_commands);
  gtk_widget_class_bind_template_callback (widget_class, on_look);
}

static void
pcn_no_device_init (PcnNoDevice *self)
{
  g_autofree char *id = g_get_os_info ("ID"), *like = g_get_os_info ("ID_LIKE");
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint n;
  const PcnDriver *drivers = pcn_driver_table (&n);

  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < PCN_N_DISTRIBUTIONS; i++)
    gtk_string_list_append (names, pcn_distribution_get_name ((PcnDistribution) i));
  gtk_drop_down_set_model (self->distribution, G_LIST_MODEL (names));
  for (guint i = 0; i < n; i++)
    add_driver (self, &drivers[i]);
  gtk_drop_down_set_selected (self->distribution, pcn_distribution_find (id, like));
  update_commands (self);
}
