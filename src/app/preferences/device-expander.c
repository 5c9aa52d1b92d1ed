/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/device-expander.h"
#include "preferences/device-facts.h"
#include "preferences/family-row.h"
#include "settings.h"
#include "widgets/device-row.h"

#include <glib/gi18n.h>

struct _PcnDeviceExpander {
  AdwExpanderRow parent_instance;
  GtkImage *icon, *verdict;
  GtkCheckButton *preferred;
  GtkWidget *allowed_row, *families_row;
  GtkSwitch *allowed;
  AdwActionRow *test_row;
  GtkButton *test;
  GtkProgressBar *progress;
  GtkListBox *families;
  GtkGrid *facts;
  PcnSession *session;
  NnDevice *device;
  PcnSelfTest *self_test;
  /* Guards against taking our own update for the user's choice. */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (PcnDeviceExpander, pcn_device_expander, ADW_TYPE_EXPANDER_ROW)

static void
update_preferred (PcnDeviceExpander *self)
{
  PcnDeviceStore *store = pcn_session_get_device_store (self->session);
  gboolean preferred = pcn_session_get_device (self->session) == self->device;

  self->updating = TRUE;
  gtk_check_button_set_active (self->preferred, preferred);
  gtk_switch_set_active (self->allowed, pcn_device_store_is_allowed (store, self->device));
  /* The preferred one is always offered. */
  gtk_widget_set_sensitive (self->allowed_row, !preferred);
  self->updating = FALSE;
}

static void
on_preferred (PcnDeviceExpander *self)
{
  if (!self->updating && gtk_check_button_get_active (self->preferred))
    pcn_session_set_device (self->session, self->device);
}

static void
on_allowed (PcnDeviceExpander *self)
{
  if (!self->updating)
    pcn_device_store_set_allowed (pcn_session_get_device_store (self->session), self->device,
                                  gtk_switch_get_active (self->allowed));
}

static gboolean
is_testing (PcnDeviceExpander *self)
{
  PcnTestState state = pcn_self_test_get_state (self->self_test);

  return state == PCN_TEST_WAITING || state == PCN_TEST_RUNNING;
}

static void
on_test (PcnDeviceExpander *self)
{
  PcnLab *lab = pcn_session_get_lab (self->session);

  if (is_testing (self))
    pcn_lab_cancel_test (lab, self->device);
  else
    pcn_lab_test (lab, self->device);
}

static void
update_test (PcnDeviceExpander *self)
{
  PcnTestState state = pcn_self_test_get_state (self->self_test);
  gboolean testing = is_testing (self), unusable = nn_device_get_unusable_reason (self->device) != NULL;
  const char *word = pcn_test_state_get_word (state);
  g_autofree char *summary = NULL;
  double fraction;

  g_object_get (self->self_test, "summary", &summary, "fraction", &fraction, NULL);
  g_autofree char *markup = g_markup_escape_text (summary, -1);
  adw_action_row_set_subtitle (self->test_row, markup);
  gtk_button_set_label (self->test, testing ? _ ("_Stop") : _ ("_Test"));
  gtk_progress_bar_set_fraction (self->progress, fraction);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), testing);
  gtk_widget_set_visible (self->families_row, testing || pcn_test_state_get_icon (state) != NULL);
  /* What can't be used says so already. */
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), word && !testing && !unusable);
  if (!word)
    return;
  pcn_family_row_set_icon (self->verdict, state);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->verdict), summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->verdict), GTK_ACCESSIBLE_PROPERTY_LABEL, word, -1);
}

static GtkWidget *
create_family_row (gpointer item, gpointer data)
{
  return GTK_WIDGET (pcn_family_row_new (item));
}

static void
show_usable (PcnDeviceExpander *self)
{
  PcnLab *lab = pcn_session_get_lab (self->session);

  self->self_test = g_object_ref (pcn_lab_get_test (lab, self->device));
  gtk_list_box_bind_model (self->families, pcn_self_test_get_families (self->self_test), create_family_row,
                           NULL, NULL);
  g_signal_connect_object (self->self_test, "notify::summary", G_CALLBACK (update_test), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::device", G_CALLBACK (update_preferred), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::devices", G_CALLBACK (update_preferred), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->allowed, "notify::active", G_CALLBACK (on_allowed), self, G_CONNECT_SWAPPED);
  update_preferred (self);
  update_test (self);
}

static void
show_unusable (PcnDeviceExpander *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->preferred), FALSE);
  gtk_widget_set_visible (self->allowed_row, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->test_row), FALSE);
  gtk_image_set_from_icon_name (self->verdict, "dialog-warning-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (self->verdict), "warning");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->verdict), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Can’t be used"), -1);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), TRUE);
}

static void
pcn_device_expander_dispose (GObject *object)
{
  PcnDeviceExpander *self = PCN_DEVICE_EXPANDER (object);

  g_clear_object (&self->session);
  g_clear_object (&self->device);
  g_clear_object (&self->self_test);
  G_OBJECT_CLASS (pcn_device_expander_parent_class)->dispose (object);
}

static void
pcn_device_expander_class_init (PcnDeviceExpanderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_device_expander_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               PCN_RESOURCE "/ui/preferences/device-expander.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, icon);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, verdict);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, preferred);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, allowed_row);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, allowed);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, test_row);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, test);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, families_row);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, progress);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, families);
  gtk_widget_class_bind_template_child (widget_class, PcnDeviceExpander, facts);
  gtk_widget_class_bind_template_callback (widget_class, on_preferred);
  gtk_widget_class_bind_template_callback (widget_class, on_test);
}

static void
pcn_device_expander_init (PcnDeviceExpander *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PcnDeviceExpander *
pcn_device_expander_new (PcnSession *session, NnDevice *device, PcnDeviceExpander *first)
{
  PcnDeviceExpander *self = g_object_new (PCN_TYPE_DEVICE_EXPANDER, NULL);
  g_autofree char *text = pcn_device_describe (device);
  g_autofree char *title = g_markup_escape_text (nn_device_get_name (device), -1);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);
  /* Translators: the name of a switch; %s is a device */
  g_autofree char *name = g_strdup_printf (_ ("Prefer %s"), nn_device_get_name (device));

  self->session = g_object_ref (session);
  self->device = g_object_ref (device);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle);
  gtk_image_set_from_icon_name (self->icon, nn_device_get_kind (device) == NN_DEVICE_KIND_CPU
                                                ? "pcn-cpu-symbolic"
                                                : "pcn-gpu-symbolic");
  if (first)
    gtk_check_button_set_group (self->preferred, first->preferred);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->preferred), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  pcn_device_facts_fill (self->facts, device);
  if (nn_device_get_unusable_reason (device))
    show_unusable (self);
  else
    show_usable (self);
  return self;
}
