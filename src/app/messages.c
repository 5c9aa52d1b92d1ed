/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "messages.h"

#include <glib/gi18n.h>

void
pcn_show_problem (GtkWindow *parent, const char *title, const char *text)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, title, NULL);

  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), text);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The close button of libadwaita 1.2's toasts has an icon only; a screen reader would say “button”. */
static void
name_close_buttons (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    if (GTK_IS_BUTTON (child)
        && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (child)), "window-close-symbolic") == 0)
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Close"), -1);
    name_close_buttons (child);
  }
}

/* A toast that waits for its turn has no widget yet. */
static void
on_toast_shown (GListModel *children, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);
    name_close_buttons (child);
  }
}

void
pcn_show_toast (AdwToastOverlay *overlay, AdwToast *toast)
{
  static const char key[] = "pcn-toast-children";

  if (!g_object_get_data (G_OBJECT (overlay), key)) {
    GListModel *children = gtk_widget_observe_children (GTK_WIDGET (overlay));
    g_signal_connect (children, "items-changed", G_CALLBACK (on_toast_shown), NULL);
    g_object_set_data_full (G_OBJECT (overlay), key, children, g_object_unref);
  }
  adw_toast_overlay_add_toast (overlay, toast);
}

void
pcn_show_notice (AdwToastOverlay *overlay, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  pcn_show_toast (overlay, adw_toast_new (markup));
}
