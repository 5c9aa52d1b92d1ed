/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Classified pictures as a table, to a file or the clipboard, or in a zip. All of it is made in threads; the
 * session tells how it ended. Each takes @rows (element-type PcnClassified), in the order to write them in.
 * Main thread. */

void pcn_classify_save_table (PcnSession *session, NnModel *model, GPtrArray *rows, GFile *file);
/** pcn_classify_copy_table: to the clipboard of @widget */
void pcn_classify_copy_table (PcnSession *session, NnModel *model, GPtrArray *rows, GtkWidget *widget);

/**
 * PcnZipJob: pictures on their way into a zip, in folders by class, with the table
 */
typedef struct _PcnZipJob PcnZipJob;
/** pcn_zip_job_start: @done: (nullable): called once with @owner (a #GObject), unless that is gone; the job
 * isn't valid any more then. Returns: (transfer none): NULL where @file has no path */
PcnZipJob *pcn_zip_job_start (PcnSession *session, NnModel *model, GPtrArray *rows, GFile *file, GFunc done,
                              gpointer owner);
double pcn_zip_job_get_fraction (PcnZipJob *self);
void pcn_zip_job_cancel (PcnZipJob *self);

G_END_DECLS
