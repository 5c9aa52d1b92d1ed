/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/progress.h"

void
pcn_progress_show (GtkProgressBar *bar, gboolean busy, double fraction)
{
  if (busy && fraction < 0)
    gtk_progress_bar_pulse (bar);
  else
    gtk_progress_bar_set_fraction (bar, busy ? fraction : 0);
}
