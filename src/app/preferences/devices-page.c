/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/comparison-group.h"
#include "preferences/device-expander.h"
#include "preferences/devices-page.h"
#include "settings.h"

#include <glib/gi18n.h>

struct _PcnDevicesPage {
  AdwPreferencesPage parent_instance;
  AdwPreferencesGroup *devices, *restart;
  AdwActionRow *restart_row;
  GtkButton *test_all;
  GtkWidget *look;
  PcnComparisonGroup *comparison;
  PcnSession *session;
  GPtrArray *rows;
};

G_DEFINE_FINAL_TYPE (PcnDevicesPage, pcn_devices_page, ADW_TYPE_PREFERENCES_PAGE)

static void
add_row (PcnDevicesPage *self, GtkWidget *row)
{
  g_ptr_array_add (self->rows, row);
  adw_preferences_group_add (self->devices, row);
}

static void
add_advice (PcnDevicesPage *self)
{
  GtkWidget *row = adw_action_row_new ();
  const char *advice = pcn_device_store_get_advice (pcn_session_get_device_store (self->session));
  g_autofree char *markup = g_markup_escape_text (advice ? advice : "", -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("No Device to Compute On"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  add_row (self, row);
}

static void
update_devices (PcnDevicesPage *self)
{
  PcnDeviceStore *store = pcn_session_get_device_store (self->session);
  GListModel *devices = pcn_device_store_get_all (store);
  guint n = g_list_model_get_n_items (devices);
  gboolean usable = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->devices, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < n; i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (devices, i);
    GtkWidget *first = self->rows->len > 0 ? self->rows->pdata[0] : NULL;
    add_row (self, GTK_WIDGET (pcn_device_expander_new (self->session, device,
                                                        first ? PCN_DEVICE_EXPANDER (first) : NULL)));
    usable |= !nn_device_get_unusable_reason (device);
  }
  if (n == 0 && pcn_device_store_get_found (store))
    add_advice (self);
  gtk_widget_set_visible (GTK_WIDGET (self->test_all), usable);
  gtk_widget_set_visible (GTK_WIDGET (self->comparison), usable);
}

static void
update_looking (PcnDevicesPage *self)
{
  gboolean looking;

  g_object_get (pcn_session_get_device_store (self->session), "looking", &looking, NULL);
  gtk_widget_set_sensitive (self->look, !looking);
}

static void
update_hidden (PcnDevicesPage *self)
{
  g_autofree char *names = NULL;

  g_object_get (pcn_session_get_device_store (self->session), "hidden-devices", &names, NULL);
  if (names) {
    /* Translators: %s are names of devices whose driver was installed while the program ran */
    g_autofree char *text = g_strdup_printf (_ ("%s can be used after a restart of the program."), names);
    g_autofree char *markup = g_markup_escape_text (text, -1);
    adw_action_row_set_subtitle (self->restart_row, markup);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->restart), names != NULL);
}

static void
update_testing (PcnDevicesPage *self)
{
  gboolean testing;

  g_object_get (pcn_session_get_lab (self->session), "testing", &testing, NULL);
  gtk_button_set_label (self->test_all, testing ? _ ("_Stop Tests") : _ ("_Test All"));
}

static void
on_look (PcnDevicesPage *self)
{
  pcn_device_store_look (pcn_session_get_device_store (self->session));
}

static void
on_test_all (PcnDevicesPage *self)
{
  PcnLab *lab = pcn_session_get_lab (self->session);
  GListModel *devices = pcn_device_store_get_all (pcn_session_get_device_store (self->session));
  gboolean testing;

  g_object_get (lab, "testing", &testing, NULL);
  /* From the last on, so that none of those that wait begins meanwhile. */
  for (guint i = g_list_model_get_n_items (devices); testing && i > 0; i--) {
    g_autoptr (NnDevice) device = g_list_model_get_item (devices, i - 1);
    pcn_lab_cancel_test (lab, device);
  }
  for (guint i = 0; !testing && i < g_list_model_get_n_items (devices); i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (devices, i);
    pcn_lab_test (lab, device);
    if (!nn_device_get_unusable_reason (device))
      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->rows->pdata[i]), TRUE);
  }
}

void
pcn_devices_page_set_session (PcnDevicesPage *self, PcnSession *session)
{
  g_return_if_fail (PCN_IS_DEVICES_PAGE (self));
  g_return_if_fail (!self->session);

  self->session = g_object_ref (session);
  PcnDeviceStore *store = pcn_session_get_device_store (session);
  g_signal_connect_object (store, "notify::all", G_CALLBACK (update_devices), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "notify::looking", G_CALLBACK (update_looking), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "notify::hidden-devices", G_CALLBACK (update_hidden), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pcn_session_get_lab (session), "notify::testing", G_CALLBACK (update_testing),
                           self, G_CONNECT_SWAPPED);
  pcn_comparison_group_set_session (self->comparison, session);
  update_devices (self);
  update_looking (self);
  update_hidden (self);
  update_testing (self);
}

static void
pcn_devices_page_dispose (GObject *object)
{
  PcnDevicesPage *self = PCN_DEVICES_PAGE (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (pcn_devices_page_parent_class)->dispose (object);
}

static void
pcn_devices_page_class_init (PcnDevicesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_devices_page_dispose;
  g_type_ensure (PCN_TYPE_COMPARISON_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/preferences/devices-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnDevicesPage, devices);
  gtk_widget_class_bind_template_child (widget_class, PcnDevicesPage, restart);
  gtk_widget_class_bind_template_child (widget_class, PcnDevicesPage, restart_row);
  gtk_widget_class_bind_template_child (widget_class, PcnDevicesPage, test_all);
  gtk_widget_class_bind_template_child (widget_class, PcnDevicesPage, look);
  gtk_widget_class_bind_template_child (widget_class, PcnDevicesPage, comparison);
  gtk_widget_class_bind_template_callback (widget_class, on_look);
  gtk_widget_class_bind_template_callback (widget_class, on_test_all);
}

static void
pcn_devices_page_init (PcnDevicesPage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
