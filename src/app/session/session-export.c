/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tested model as a file in a form that others read. Three steps: a task reads some pictures of the data, the trainer
 * thread has the device answer to them, and a task writes the file and compares what it says. */
#include "config.h"

#include "session/export.h"
#include "session/recent.h"
#include "session/session-private.h"

#include "train/export-samples.h"

#include <glib/gi18n.h>
#include <math.h>

/* Belongs to the GTask of the whole; each step has it to itself. */
typedef struct {
  NnModel *model;
  NnDataset *dataset; /* nullable */
  NnPixels *pixels;   /* nullable: noise */
  NnExportSamples *samples;
  PcnExported *exported;
} Job;

static void
job_free (Job *job)
{
  g_clear_pointer (&job->model, nn_model_unref);
  g_clear_pointer (&job->dataset, nn_dataset_unref);
  g_clear_pointer (&job->pixels, nn_pixels_unref);
  g_clear_pointer (&job->samples, nn_export_samples_free);
  g_clear_pointer (&job->exported, pcn_exported_free);
  g_free (job);
}

void
pcn_exported_free (PcnExported *self)
{
  g_free (self->path);
  g_free (self->second_path);
  g_free (self->compared_with);
  g_free (self);
}

static guint64
get_size (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);

  return info ? (guint64) g_file_info_get_size (info) : 0;
}

static void
run_write (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  PcnExported *exported = job->exported;
  GError *error = NULL;

  if (!job->samples)
    job->samples = nn_export_samples_new_random (job->model);
  if (!g_cancellable_set_error_if_cancelled (cancellable, &error)
      && nn_export_write (job->model, exported->format, exported->path, job->samples, cancellable, &exported->difference,
                          &error)) {
    exported->n_pictures = job->samples->n;
    exported->bytes = get_size (exported->path) + (exported->second_path ? get_size (exported->second_path) : 0);
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  PcnSession *self = PCN_SESSION (source);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (g_str_equal (job->exported->format->suffix, ".onnx"))
    pcn_recent_add (self->settings, (const char *const[]){ job->exported->path, NULL });
  g_task_return_pointer (task, g_steal_pointer (&job->exported), (GDestroyNotify) pcn_exported_free);
}

/* Each step is a task of its own; the data are the whole's. */
static void
run_step (GTask *whole, GTaskThreadFunc run, GAsyncReadyCallback done)
{
  GObject *source = g_task_get_source_object (whole);
  g_autoptr (GTask) task = g_task_new (source, g_task_get_cancellable (whole), done, whole);

  g_task_set_source_tag (task, run);
  /* A file that was written is told, however late the user changes their mind. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_task_get_task_data (whole), NULL);
  g_task_run_in_thread (task, run);
}

/* In the trainer thread. */
static gboolean
ask_device (const NnTrainerScene *scene, gpointer data, gboolean *done, GError **error)
{
  Job *job = data;

  *done = TRUE;
  job->samples = nn_export_samples_new (scene->context, job->model, job->pixels, error);
  return job->samples != NULL;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GError *error = NULL;

  if (nn_trainer_thread_call_finish (result, &error)) {
    run_step (task, run_write, on_written);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Without a device the reference in C answers, in the last step. */
static void
ask (PcnSession *self, GTask *task)
{
  static const NnTrainerCallFuncs funcs = { .step = ask_device };
  Job *job = g_task_get_task_data (task);

  if (!self->trainer || !self->device) {
    job->exported->own_pictures = FALSE;
    run_step (task, run_write, on_written);
    return;
  }
  job->exported->compared_with = g_strdup (nn_device_get_name (self->device));
  nn_trainer_thread_call_async (self->trainer, &funcs, job, NULL, g_task_get_cancellable (task), on_answered, task);
}

/* Data of other pictures, or none that can be read, leaves noise. */
static void
run_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->pixels = nn_export_load_pixels (job->dataset, job->model, cancellable, NULL);
  job->exported->own_pictures = job->pixels != NULL;
  g_task_return_boolean (task, TRUE);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  ask (PCN_SESSION (source), data);
}

void
pcn_session_export_async (PcnSession *self, const NnExportFormat *format, GFile *file, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PCN_IS_SESSION (self) && self->model && format && G_IS_FILE (file));

  Job *job = g_new0 (Job, 1);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pcn_session_export_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  job->model = pcn_trust_dup_model (self->trust); /* with the threshold that was chosen */
  job->dataset = self->dataset ? nn_dataset_ref (self->dataset) : NULL;
  job->exported = g_new0 (PcnExported, 1);
  job->exported->format = format;
  job->exported->path = g_file_get_path (file);
  if (!job->exported->path) {
    g_autofree char *name = g_file_get_parse_name (file);
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                             _ ("“%s” isn’t on this computer’s disks. Choose a folder that is."), name);
    g_object_unref (task);
    return;
  }
  job->exported->second_path = nn_export_second_path (format, job->exported->path);
  if (job->dataset)
    run_step (task, run_read, on_read);
  else
    ask (self, task);
}

PcnExported *
pcn_session_export_finish (PcnSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
pcn_session_check_export (PcnSession *self, const NnExportFormat *format, GError **error)
{
  g_return_val_if_fail (PCN_IS_SESSION (self) && self->model, FALSE);
  return nn_export_check (self->model, format, error);
}
