/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tables for spreadsheets: fields quoted as RFC 4180 says, numbers with a full stop in every language. */

/**
 * pcn_csv_add_text:
 *
 * Adds a field to the row at the end of @csv. What a spreadsheet would take for a formula (it begins with =,
 * +, -, @, a tab or a carriage return) gets an apostrophe in front: names of files come from strangers.
 */
void pcn_csv_add_text (GString *csv, const char *text);
/** pcn_csv_add_number: adds a field; one that isn't finite stays empty */
void pcn_csv_add_number (GString *csv, double number, guint decimals);
/** pcn_csv_add_count: adds a field */
void pcn_csv_add_count (GString *csv, guint64 count);
/** pcn_csv_end_row: the next field begins a new row */
void pcn_csv_end_row (GString *csv);

/**
 * PcnCsvFunc: Returns: (transfer full): the whole table. Called in a thread
 */
typedef GString *(*PcnCsvFunc) (gpointer data);

/**
 * pcn_csv_make_async:
 * @file: (nullable): where to write the table
 * @make: makes the table of @data
 * @destroy: frees @data
 *
 * Makes a table, and writes it, in a thread.
 */
void pcn_csv_make_async (GFile *file, PcnCsvFunc make, gpointer data, GDestroyNotify destroy,
                         GAsyncReadyCallback callback, gpointer user_data);
/** pcn_csv_make_finish: Returns: (transfer full): the table, or NULL with @error set where it couldn't be
 * written */
char *pcn_csv_make_finish (GAsyncResult *result, GError **error);

G_END_DECLS
