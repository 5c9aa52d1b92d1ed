/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * pcn_exit_guard_start:
 *
 * Ends the process after @seconds, whatever a driver is at. Call it when the window is gone and everything that has to be
 * kept is kept: from then on there is nothing to lose, and a thread that hangs in a driver can't be joined.
 */
void pcn_exit_guard_start (guint seconds);

G_END_DECLS
