/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "data/pixels.h"
#include "data/thumbnail.h"
#include "session/sample-look.h"
#include "train/features.h"

#include <gio/gio.h>

#define FULL_SIZE 1024
/* What is smaller is enlarged to about this. */
#define SMALL 128
#define ENLARGED 512

typedef struct {
  NnDataset *dataset;
  guint sample;
  NnShape input;
  const NnAugment *augment;
  guint32 seed;
  gboolean pretrained;
} Job;

static void
job_free (Job *job)
{
  nn_dataset_unref (job->dataset);
  g_free (job);
}

void
pcn_sample_look_free (PcnSampleLook *self)
{
  g_clear_object (&self->texture);
  g_free (self->plain);
  for (guint i = 0; i < PCN_LOOK_VARIANTS; i++)
    g_free (self->varied[i]);
  g_free (self);
}

static void
load_texture (PcnSampleLook *self, const Job *job)
{
  g_autoptr (GdkPixbuf) pixbuf = nn_dataset_load_thumbnail (job->dataset, job->sample, FULL_SIZE, NULL);

  if (!pixbuf)
    return;
  int side = MAX (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf));
  if (side < SMALL) {
    int factor = MAX (ENLARGED / side, 1);
    g_autoptr (GdkPixbuf) large
        = gdk_pixbuf_scale_simple (pixbuf, gdk_pixbuf_get_width (pixbuf) * factor,
                                   gdk_pixbuf_get_height (pixbuf) * factor, GDK_INTERP_NEAREST);
    g_set_object (&pixbuf, large);
    self->width = (guint) (gdk_pixbuf_get_width (pixbuf) / factor);
    self->height = (guint) (gdk_pixbuf_get_height (pixbuf) / factor);
  } else {
    self->width = (guint) gdk_pixbuf_get_width (pixbuf);
    self->height = (guint) gdk_pixbuf_get_height (pixbuf);
  }
  self->texture = gdk_texture_new_for_pixbuf (pixbuf);
}

static void
load_facts (PcnSampleLook *self, const Job *job)
{
  NnSample sample;
  int width, height;

  nn_dataset_get_sample (job->dataset, job->sample, &sample);
  if (!sample.path)
    return;
  g_autoptr (GFile) file = g_file_new_for_path (sample.path);
  g_autoptr (GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  self->bytes = info ? (guint64) g_file_info_get_size (info) : 0;
  if (!gdk_pixbuf_get_file_info (sample.path, &width, &height))
    return;
  /* The file's own rows and columns; the picture stands upright. */
  gboolean turned = self->texture && (width > height) != (self->width > self->height) && width != height;
  self->width = (guint) (turned ? height : width);
  self->height = (guint) (turned ? width : height);
}

/* As nn_preparation_new() stores pictures. */
static NnShape
get_stored_shape (const Job *job)
{
  guint height, width, channels;

  if (job->pretrained)
    return NN_SHAPE (job->input.dims[0] * 8 / 7, job->input.dims[1] * 8 / 7, job->input.dims[2]);
  gboolean exact = nn_dataset_get_size (job->dataset, &height, &width, &channels);
  return exact ? job->input : nn_augment_stored_shape (job->augment, &job->input);
}

static gboolean
load_pixels (PcnSampleLook *self, const Job *job, GError **error)
{
  guint n_views;
  NnShape stored = get_stored_shape (job);
  const NnAugment *views = nn_features_get_views (job->augment->name, &n_views);
  guint n_varied = job->pretrained ? MIN (n_views - 1, PCN_LOOK_VARIANTS) : PCN_LOOK_VARIANTS;
  NnPixelSpec spec = { job->input.dims[0], job->input.dims[1], job->input.dims[2],
                       job->pretrained ? NN_FIT_CENTRE : NN_FIT_COVER };
  gsize size = nn_pixel_spec_bytes (&spec);

  self->input = job->input;
  self->plain = g_malloc (size);
  if (!nn_dataset_load_sample (job->dataset, job->sample, &spec, self->plain, error))
    return FALSE;
  if (nn_augment_is_identity (job->augment))
    return TRUE;
  spec.fit = NN_FIT_COVER;
  spec.height = stored.dims[0];
  spec.width = stored.dims[1];
  g_autofree guint8 *pixels = g_malloc (nn_pixel_spec_bytes (&spec));
  g_autofree float *x = g_new (float, size);
  if (!nn_dataset_load_sample (job->dataset, job->sample, &spec, pixels, error))
    return FALSE;
  for (guint i = 0; i < n_varied; i++) {
    nn_augment_ref (job->pretrained ? &views[i + 1] : job->augment, &stored, &job->input, pixels, job->seed, job->sample, i, x);
    self->varied[i] = g_malloc (size);
    for (gsize k = 0; k < size; k++)
      self->varied[i][k] = (guint8) (CLAMP (x[k], 0, 1) * 255 + 0.5f);
  }
  return TRUE;
}

static void
run_look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  g_autoptr (PcnSampleLook) self = g_new0 (PcnSampleLook, 1);

  if (g_task_return_error_if_cancelled (task))
    return;
  load_texture (self, job);
  load_facts (self, job);
  if (load_pixels (self, job, &error))
    g_task_return_pointer (task, g_steal_pointer (&self), (GDestroyNotify) pcn_sample_look_free);
  else
    g_task_return_error (task, error);
}

void
pcn_sample_look_async (NnDataset *dataset, guint sample, const NnShape *input, gboolean pretrained,
                       const NnAugment *augment, guint32 seed, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (dataset && input && augment);

  Job *job = g_new (Job, 1);
  *job = (Job){ nn_dataset_ref (dataset), sample, *input, augment, seed, pretrained };
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, pcn_sample_look_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, run_look);
}

PcnSampleLook *
pcn_sample_look_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
