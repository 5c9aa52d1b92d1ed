/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/csv.h"
#include "session/session.h"

G_BEGIN_DECLS

/**
 * pcn_session_save_table:
 * @make: makes the table of @data; called in a thread
 * @destroy: frees @data
 *
 * Makes a table, and writes it to @file, in a thread; the session tells how it ended.
 */
void pcn_session_save_table (PcnSession *self, GFile *file, PcnCsvFunc make, gpointer data, GDestroyNotify destroy);

G_END_DECLS
