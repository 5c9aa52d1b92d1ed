/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * cli_interrupt_install:
 *
 * From now on the first Ctrl-C (or SIGTERM) cancels @cancellable, and the second one ends the program at once.
 * Call it before any thread is started: threads inherit the blocked signals.
 */
void cli_interrupt_install (GCancellable *cancellable);

G_END_DECLS
