/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/listen.h"

void
pcn_listen (GtkWidget *widget, GCallback on_motion, GCallback on_leave, GCallback on_key)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_has_tooltip (widget, TRUE);

  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", on_motion, widget);
  g_signal_connect_swapped (motion, "enter", on_motion, widget);
  g_signal_connect_swapped (motion, "leave", on_leave, widget);
  gtk_widget_add_controller (widget, motion);

  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect_swapped (key, "key-pressed", on_key, widget);
  gtk_widget_add_controller (widget, key);

  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (gtk_widget_queue_draw), widget);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (gtk_widget_queue_draw), widget);
  gtk_widget_add_controller (widget, focus);
}
