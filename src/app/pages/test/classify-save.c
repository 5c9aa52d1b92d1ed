/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/classify-save.h"
#include "session/session-table.h"

#include "base/error.h"
#include "data/picture-zip.h"

#include <glib/gi18n.h>

typedef struct {
  PcnSession *session;
  NnModel *model;
  GPtrArray *rows;
} Table;

static Table *
table_new (PcnSession *session, NnModel *model, GPtrArray *rows)
{
  Table *table = g_new (Table, 1);

  *table = (Table){ g_object_ref (session), nn_model_ref (model), g_ptr_array_ref (rows) };
  return table;
}

static void
table_free (Table *table)
{
  g_object_unref (table->session);
  nn_model_unref (table->model);
  g_ptr_array_unref (table->rows);
  g_free (table);
}

static GString *
make_csv (gpointer data)
{
  Table *table = data;
  return pcn_classified_make_csv (table->rows, nn_model_get_classes (table->model), NULL);
}

void
pcn_classify_save_table (PcnSession *session, NnModel *model, GPtrArray *rows, GFile *file)
{
  pcn_session_save_table (session, file, make_csv, table_new (session, model, rows), (GDestroyNotify) table_free);
}

typedef struct {
  PcnSession *session;
  GdkClipboard *clipboard;
} Copy;

static void
on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  Copy *copy = data;
  g_autofree char *csv = pcn_csv_make_finish (result, NULL);

  if (csv) {
    gdk_clipboard_set_text (copy->clipboard, csv);
    pcn_session_notice (copy->session, _ ("Table copied"));
  }
  g_object_unref (copy->session);
  g_object_unref (copy->clipboard);
  g_free (copy);
}

void
pcn_classify_copy_table (PcnSession *session, NnModel *model, GPtrArray *rows, GtkWidget *widget)
{
  Copy *copy = g_new (Copy, 1);

  *copy = (Copy){ g_object_ref (session), g_object_ref (gtk_widget_get_clipboard (widget)) };
  pcn_csv_make_async (NULL, make_csv, table_new (session, model, rows), (GDestroyNotify) table_free,
                      on_copied, copy);
}

struct _PcnZipJob {
  Table *table;
  char *path;
  GCancellable *cancellable;
  GWeakRef owner;
  GFunc done;
  int permille; /* atomic */
};

static void
zip_job_free (PcnZipJob *self)
{
  table_free (self->table);
  g_free (self->path);
  g_object_unref (self->cancellable);
  g_weak_ref_clear (&self->owner);
  g_free (self);
}

static void
on_progress (double fraction, gpointer data)
{
  g_atomic_int_set (&((PcnZipJob *) data)->permille, (int) (fraction * 1000));
}

static void
run_zip (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PcnZipJob *self = data;
  GPtrArray *rows = self->table->rows;
  const char *const *names = nn_model_get_classes (self->table->model);
  g_autofree const char **paths = g_new (const char *, rows->len + 1);
  g_autofree int *classes = g_new (int, rows->len + 1);
  GError *error = NULL;

  for (guint i = 0; i < rows->len; i++) {
    PcnClassified *row = g_ptr_array_index (rows, i);
    int best = pcn_classified_get_class (row);
    paths[i] = pcn_classified_get_path (row);
    classes[i] = best < 0 ? NN_ZIP_LEFT_OUT : pcn_classified_get_unknown (row) ? NN_ZIP_UNKNOWN : best;
  }
  g_autoptr (GPtrArray) inside = nn_zip_name_pictures (paths, classes, rows->len, names);
  GString *csv = pcn_classified_make_csv (rows, names, inside);
  gboolean ok = nn_zip_write (self->path, paths, inside, "predictions.csv", csv, cancellable, on_progress,
                              self, &error);
  g_string_free (csv, TRUE);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_zipped (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnZipJob *self = data;
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    pcn_session_notice (self->table->session, _ ("Pictures saved"));
  else if (!g_error_matches (error, NN_ERROR, NN_ERROR_CANCELLED)
           && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    pcn_session_problem (self->table->session, _ ("The Pictures Weren’t Saved"), error->message);
  if (owner)
    self->done (self, owner);
}

PcnZipJob *
pcn_zip_job_start (PcnSession *session, NnModel *model, GPtrArray *rows, GFile *file, GFunc done,
                   gpointer owner)
{
  char *path = g_file_get_path (file);

  if (!path)
    return NULL;
  PcnZipJob *self = g_new0 (PcnZipJob, 1);
  self->table = table_new (session, model, rows);
  self->path = path;
  self->cancellable = g_cancellable_new ();
  self->done = done;
  g_weak_ref_init (&self->owner, owner);
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_zipped, self);
  g_task_set_source_tag (task, pcn_zip_job_start);
  g_task_set_task_data (task, self, (GDestroyNotify) zip_job_free);
  g_task_run_in_thread (task, run_zip);
  return self;
}

double
pcn_zip_job_get_fraction (PcnZipJob *self)
{
  return g_atomic_int_get (&self->permille) / 1000.0;
}

void
pcn_zip_job_cancel (PcnZipJob *self)
{
  g_cancellable_cancel (self->cancellable);
}
