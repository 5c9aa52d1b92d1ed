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

void
pcn_show_toast (AdwToastOverlay *overlay, AdwToast *toast)
{
  adw_toast_overlay_add_toast (overlay, toast);
  /* The toast is the overlay's last child; its content, the pages, comes before. */
  GtkWidget *last = gtk_widget_get_last_child (GTK_WIDGET (overlay));
  if (last)
    name_close_buttons (last);
}

void
pcn_show_notice (AdwToastOverlay *overlay, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  pcn_show_toast (overlay, adw_toast_new (markup));
}
