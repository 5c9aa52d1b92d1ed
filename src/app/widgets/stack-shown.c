/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/stack-shown.h"

static void
tell (GtkWidget *page)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (page), GTK_ACCESSIBLE_STATE_HIDDEN, !gtk_widget_get_mapped (page), -1);
}

void
pcn_stack_tell_shown (GtkWidget *stack)
{
  for (GtkWidget *page = gtk_widget_get_first_child (stack); page; page = gtk_widget_get_next_sibling (page)) {
    g_signal_connect_after (page, "map", G_CALLBACK (tell), NULL);
    g_signal_connect_after (page, "unmap", G_CALLBACK (tell), NULL);
    tell (page);
  }
}
