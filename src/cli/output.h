/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"
#include "net/tuner.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What commands print. Results go to standard output, progress and messages to standard error. */

/** cli_flush: whether all that was printed so far could be written (not with a full disk behind standard output) */
gboolean cli_flush (GError **error);

/** cli_print_json: prints the builder's object, indented, and a newline */
void cli_print_json (JsonBuilder *builder);

/** cli_print_json_line: prints the builder's object on one line and hands it over at once, for a program that reads on.
 * Returns: FALSE when nobody reads any more */
gboolean cli_print_json_line (JsonBuilder *builder, GError **error);

/** cli_json_string, …: one member of an object. A number that is not finite becomes null */
void cli_json_string (JsonBuilder *builder, const char *name, const char *value);
void cli_json_int (JsonBuilder *builder, const char *name, gint64 value);
void cli_json_double (JsonBuilder *builder, const char *name, double value);
void cli_json_bool (JsonBuilder *builder, const char *name, gboolean value);

/**
 * CliTable: rows of text in columns as wide as their contents
 */
typedef struct _CliTable CliTable;
/** cli_table_new: @alignment: (nullable): a letter a column, l for left and r for right; NULL is left for all */
CliTable *cli_table_new (const char *const *headings, const char *alignment);
void cli_table_free (CliTable *self);
/** cli_table_add: one cell a column, each (nullable) and copied */
void cli_table_add (CliTable *self, const char *const *cells);
/** cli_table_add_format: the cells separated by tabs */
void cli_table_add_format (CliTable *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void cli_table_print (CliTable *self);
/** cli_table_to_csv: Returns: (transfer full): what cli_table_print_csv() prints */
GString *cli_table_to_csv (CliTable *self);
/** cli_table_print_csv: as RFC 4180 has it, with bare line feeds */
void cli_table_print_csv (CliTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliTable, cli_table_free)

/** cli_csv_escape: Returns: (transfer full): @text as one field of a CSV file */
char *cli_csv_escape (const char *text);

/**
 * CliProgress: on a terminal a bar with the time left, drawn over itself; elsewhere a plain line every ten seconds.
 * One thread.
 */
typedef struct _CliProgress CliProgress;
CliProgress *cli_progress_new (void);
/** cli_progress_free: removes the bar */
void cli_progress_free (CliProgress *self);
/** cli_progress_update: @fraction: done so far, 0 to 1; @text: what is going on */
void cli_progress_update (CliProgress *self, double fraction, const char *text);
/** cli_progress_line: a line that stays, above the bar */
void cli_progress_line (CliProgress *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliProgress, cli_progress_free)

/** cli_tune: does the tuning run @tuner, if there is one, with a bar; Ctrl-C ends it */
void cli_tune (NnTuner *tuner, GCancellable *cancellable);

/** cli_take_kernels: a run that begins with @start takes the kernels that the model in the file @path was trained with */
gboolean cli_take_kernels (const char *path, NnModel *start, GError **error);

/** cli_format_time: Returns: (transfer full): "8 s", "1:20" or "2:05:00" */
char *cli_format_time (double seconds);

/** cli_format_bytes: Returns: (transfer full): in KiB, MiB, GiB */
char *cli_format_bytes (guint64 bytes);

G_END_DECLS
