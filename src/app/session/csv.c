/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/csv.h"

#include <math.h>
#include <string.h>

static void
separate (GString *csv)
{
  if (csv->len > 0 && csv->str[csv->len - 1] != '\n')
    g_string_append_c (csv, ',');
}

void
pcn_csv_add_text (GString *csv, const char *text)
{
  gboolean formula = text[0] && strchr ("=+-@\t\r", text[0]);

  separate (csv);
  /* Quotes also where the field is empty at the start of a row: it has to count. */
  if (!formula && text[0] && !strpbrk (text, ",\"\r\n")) {
    g_string_append (csv, text);
    return;
  }
  g_string_append (csv, formula ? "\"'" : "\"");
  for (const char *p = text; *p; p++) {
    if (*p == '"')
      g_string_append_c (csv, '"');
    g_string_append_c (csv, *p);
  }
  g_string_append_c (csv, '"');
}

void
pcn_csv_add_number (GString *csv, double number, guint decimals)
{
  char format[16], text[G_ASCII_DTOSTR_BUF_SIZE];

  g_snprintf (format, sizeof format, "%%.%uf", MIN (decimals, 12));
  pcn_csv_add_text (csv, "");
  if (!isfinite (number))
    return;
  g_string_truncate (csv, csv->len - 2);
  g_string_append (csv, g_ascii_formatd (text, sizeof text, format, number));
}

void
pcn_csv_add_count (GString *csv, guint64 count)
{
  separate (csv);
  g_string_append_printf (csv, "%" G_GUINT64_FORMAT, count);
}

void
pcn_csv_end_row (GString *csv)
{
  g_string_append (csv, "\r\n");
}

typedef struct {
  GFile *file;
  PcnCsvFunc make;
  gpointer data;
  GDestroyNotify destroy;
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->file);
  job->destroy (job->data);
  g_free (job);
}

static void
run_make (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  g_autofree char *csv = NULL;
  GString *string = job->make (job->data);
  gsize size = string->len;

  csv = g_string_free (string, FALSE);
  if (!job->file
      || g_file_replace_contents (job->file, csv, size, NULL, FALSE, G_FILE_CREATE_NONE, NULL, cancellable,
                                  &error))
    g_task_return_pointer (task, g_steal_pointer (&csv), g_free);
  else
    g_task_return_error (task, error);
}

void
pcn_csv_make_async (GFile *file, PcnCsvFunc make, gpointer data, GDestroyNotify destroy,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ .file = file ? g_object_ref (file) : NULL, .make = make, .data = data, .destroy = destroy };
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, pcn_csv_make_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, run_make);
}

char *
pcn_csv_make_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
