/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/picture-loader.h"

#include "data/thumbnail.h"

typedef struct {
  NnDataset *dataset; /* NULL: a file */
  char *path;
  guint sample, size;
  NnPixelSpec spec;
} Job;

static void
job_free (Job *job)
{
  g_clear_pointer (&job->dataset, nn_dataset_unref);
  g_free (job->path);
  g_free (job);
}

static void
run_load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  g_autoptr (GdkPixbuf) pixbuf
      = job->dataset ? nn_dataset_load_thumbnail (job->dataset, job->sample, job->size, &error)
                     : nn_load_thumbnail (job->path, job->size, &error);
  if (pixbuf)
    g_task_return_pointer (task, gdk_texture_new_for_pixbuf (pixbuf), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
start (GTaskThreadFunc run, const Job *job, GCancellable *cancellable, GAsyncReadyCallback callback,
       gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);

  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, g_memdup2 (job, sizeof *job), (GDestroyNotify) job_free);
  g_task_run_in_thread (task, run);
}

void
pcn_picture_load_file_async (const char *path, guint size, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (path);
  start (run_load, &(Job){ .path = g_strdup (path), .size = size }, cancellable, callback, data);
}

void
pcn_picture_load_sample_async (NnDataset *dataset, guint sample, guint size, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (dataset && sample < nn_dataset_get_n_samples (dataset));
  start (run_load, &(Job){ .dataset = nn_dataset_ref (dataset), .sample = sample, .size = size }, cancellable,
         callback, data);
}

GdkTexture *
pcn_picture_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_decode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gsize size = nn_pixel_spec_bytes (&job->spec);
  g_autofree guint8 *pixels = g_malloc (size);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (job->dataset ? nn_dataset_load_sample (job->dataset, job->sample, &job->spec, pixels, &error)
                   : nn_decode_file (job->path, &job->spec, pixels, &error))
    g_task_return_pointer (task, g_bytes_new_take (g_steal_pointer (&pixels), size),
                           (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
pcn_picture_load_pixels_async (const char *path, const NnPixelSpec *spec, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (path && nn_pixel_spec_bytes (spec) > 0);
  start (run_decode, &(Job){ .path = g_strdup (path), .spec = *spec }, cancellable, callback, data);
}

void
pcn_picture_load_sample_pixels_async (NnDataset *dataset, guint sample, const NnPixelSpec *spec,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (dataset && sample < nn_dataset_get_n_samples (dataset) && nn_pixel_spec_bytes (spec) > 0);
  start (run_decode, &(Job){ .dataset = nn_dataset_ref (dataset), .sample = sample, .spec = *spec }, cancellable,
         callback, data);
}

GBytes *
pcn_picture_load_pixels_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
