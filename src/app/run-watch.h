/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnRunWatch:
 *
 * What the desktop is told of runs: the computer stays awake while one works, and the end of a long one that nobody was
 * watching is a notification, which leads back to the Train page. Main thread.
 */
#define PCN_TYPE_RUN_WATCH (pcn_run_watch_get_type ())
G_DECLARE_FINAL_TYPE (PcnRunWatch, pcn_run_watch, PCN, RUN_WATCH, GObject)

/** pcn_run_watch_new: @app: not owned; outlives the watch */
PcnRunWatch *pcn_run_watch_new (GtkApplication *app, PcnSession *session);

G_END_DECLS
