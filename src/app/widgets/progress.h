/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * pcn_progress_show:
 * @fraction: from 0 to 1; negative: not known, the bar moves a little at each call
 *
 * A bar that was moved so keeps the window painting, even where nobody sees it, until it shows a fraction: when nothing is
 * @busy any more this has to be called once more.
 */
void pcn_progress_show (GtkProgressBar *bar, gboolean busy, double fraction);

G_END_DECLS
