/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/feed-loader.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <pthread.h>
#include <string.h>

#define PLACES 2

struct _NnFeedLoader {
  NnDevice *device;
  cl_command_queue queue;
  NnPixels *pixels;
  cl_mem places[PLACES], labels[PLACES];
  gsize chunk, picture;
  GThread *thread;

  pthread_mutex_t lock; /* of what follows; GLib's locks look like races to ThreadSanitizer */
  pthread_cond_t changed;
  gboolean quit;
  guint32 *order; /* not changed while a chunk is being written */
  gsize n;
  guint asked, loaded; /* chunks of the epoch */
  cl_event after[PLACES];
  GError *error;
};

/* Maps @bytes of @mem for writing over them. */
static guint8 *
map (NnFeedLoader *self, cl_mem mem, gsize bytes, cl_int *status)
{
  return clEnqueueMapBuffer (self->queue, mem, CL_TRUE, CL_MAP_WRITE_INVALIDATE_REGION, 0, bytes, 0, NULL, NULL, status);
}

static cl_int
write_pictures (NnFeedLoader *self, cl_mem mem, const guint32 *order, gsize n)
{
  cl_int status;
  guint8 *to = map (self, mem, n * self->picture, &status);
  if (to == NULL || status != CL_SUCCESS)
    return status;
  for (gsize i = 0; i < n; i++)
    if (order[i] < self->pixels->n)
      memcpy (to + i * self->picture, self->pixels->data + order[i] * self->picture, self->picture);
  return clEnqueueUnmapMemObject (self->queue, mem, to, 0, NULL, NULL);
}

static cl_int
write_labels (NnFeedLoader *self, cl_mem mem, const guint32 *order, gsize n)
{
  cl_int status;
  guint8 *to = map (self, mem, n * sizeof (gint32), &status);
  if (to == NULL || status != CL_SUCCESS)
    return status;
  for (gsize i = 0; i < n; i++) {
    gint32 label = order[i] < self->pixels->n ? self->pixels->labels[order[i]] : -1;
    memcpy (to + i * sizeof label, &label, sizeof label);
  }
  return clEnqueueUnmapMemObject (self->queue, mem, to, 0, NULL, NULL);
}

/* On the loader's thread, without the lock. */
static gboolean
write_chunk (NnFeedLoader *self, guint chunk, cl_event after, GError **error)
{
  gsize first = chunk * self->chunk, n = MIN (self->chunk, self->n - first);
  const guint32 *order = self->order + first;
  cl_int status = after ? clWaitForEvents (1, &after) : CL_SUCCESS;
  if (status == CL_SUCCESS)
    status = write_pictures (self, self->places[chunk % PLACES], order, n);
  if (status == CL_SUCCESS)
    status = write_labels (self, self->labels[chunk % PLACES], order, n);
  if (status == CL_SUCCESS)
    status = clFinish (self->queue);
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, _ ("Could not copy data to “%s”"), nn_device_get_name (self->device));
  return TRUE;
}

static gpointer
run (gpointer data)
{
  NnFeedLoader *self = data;
  pthread_mutex_lock (&self->lock);
  while (!self->quit) {
    if (self->loaded == self->asked || self->error != NULL) {
      pthread_cond_wait (&self->changed, &self->lock);
      continue;
    }
    guint chunk = self->loaded;
    cl_event after = g_steal_pointer (&self->after[chunk % PLACES]);
    g_autoptr (GError) error = NULL;
    pthread_mutex_unlock (&self->lock);
    gboolean ok = write_chunk (self, chunk, after, &error);
    if (after)
      clReleaseEvent (after);
    pthread_mutex_lock (&self->lock);
    if (ok)
      self->loaded++;
    else
      self->error = g_steal_pointer (&error);
    pthread_cond_broadcast (&self->changed);
  }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

NnFeedLoader *
nn_feed_loader_new (NnContext *context, NnPixels *pixels, NnTensor *const *places, NnTensor *const *labels, gsize chunk,
                    GError **error)
{
  NnDevice *device = nn_context_get_device (context);
  cl_int status;
  cl_command_queue queue = clCreateCommandQueue (nn_context_get_cl (context), nn_device_get_cl (device), 0, &status);
  if (queue == NULL || status != CL_SUCCESS) {
    nn_error_set_cl (error, status, _ ("Could not create a command queue on “%s”"), nn_device_get_name (device));
    return NULL;
  }
  NnFeedLoader *self = g_new0 (NnFeedLoader, 1);
  self->device = g_object_ref (device);
  self->queue = queue;
  self->pixels = nn_pixels_ref (pixels);
  self->chunk = chunk;
  self->picture = nn_pixel_spec_bytes (&pixels->spec);
  for (guint i = 0; i < PLACES; i++) {
    self->places[i] = nn_buffer_get_cl (places[i]->buffer);
    self->labels[i] = nn_buffer_get_cl (labels[i]->buffer);
  }
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->changed, NULL);
  self->thread = g_thread_new ("feed", run, self);
  return self;
}

void
nn_feed_loader_free (NnFeedLoader *self)
{
  pthread_mutex_lock (&self->lock);
  self->quit = TRUE;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  for (guint i = 0; i < PLACES; i++)
    if (self->after[i])
      clReleaseEvent (self->after[i]);
  clReleaseCommandQueue (self->queue);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->lock);
  g_clear_error (&self->error);
  nn_pixels_unref (self->pixels);
  g_object_unref (self->device);
  g_free (self->order);
  g_free (self);
}

void
nn_feed_loader_start (NnFeedLoader *self, const guint32 *order, gsize n)
{
  pthread_mutex_lock (&self->lock);
  while (self->loaded < self->asked && self->error == NULL)
    pthread_cond_wait (&self->changed, &self->lock);
  for (guint i = 0; i < PLACES; i++)
    g_clear_pointer (&self->after[i], clReleaseEvent);
  g_free (self->order);
  self->order = g_memdup2 (order, n * sizeof *order);
  self->n = n;
  self->asked = self->loaded = 0;
  pthread_mutex_unlock (&self->lock);
}

void
nn_feed_loader_load (NnFeedLoader *self, cl_event after)
{
  pthread_mutex_lock (&self->lock);
  g_clear_pointer (&self->after[self->asked % PLACES], clReleaseEvent);
  self->after[self->asked++ % PLACES] = after;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
}

gboolean
nn_feed_loader_wait (NnFeedLoader *self, guint chunk, GError **error)
{
  pthread_mutex_lock (&self->lock);
  while (self->loaded <= chunk && self->error == NULL)
    pthread_cond_wait (&self->changed, &self->lock);
  gboolean ok = self->loaded > chunk;
  if (!ok && error)
    *error = g_error_copy (self->error);
  pthread_mutex_unlock (&self->lock);
  return ok;
}
