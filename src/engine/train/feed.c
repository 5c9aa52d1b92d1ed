/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/feed.h"

#include "base/error.h"
#include "train/feed-loader.h"

#include <glib/gi18n.h>

#define NONE 0xffffffffu

struct _NnFeed {
  NnContext *context;
  NnShape stored;
  guint n, batch, n_steps;
  guint n_slots;
  guint chunk_steps; /* whose pictures a slot holds */
  NnTensor *pixels[NN_FEED_SLOTS], *labels[NN_FEED_SLOTS];
  NnTensor *order;
  NnFeedLoader *loader; /* NULL: the whole set lies on the device */
  guint next;           /* step of the epoch */
};

gboolean
nn_feed_check (NnPixels *pixels, guint n_classes, GError **error)
{
  if (pixels->n == 0 || pixels->n > G_MAXINT32) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 pixels->n ? _ ("There are more pictures than this program can count.")
                           : _ ("There is no picture to work with; add pictures, or change the split."));
    return FALSE;
  }
  for (gsize i = 0; i < pixels->n; i++)
    if (pixels->labels[i] < -1 || pixels->labels[i] >= (gint32) n_classes) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   _ ("Picture %zu is of class %d, and the network knows %u."), i, pixels->labels[i],
                   n_classes);
      return FALSE;
    }
  return TRUE;
}

/* What the pictures may take of the device's memory, in all and in one piece. */
static guint64
get_budget (NnContext *context)
{
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  gboolean cpu = nn_device_get_kind (nn_context_get_device (context)) == NN_DEVICE_KIND_CPU;
  guint64 share = cpu ? limits->memory / 2 : limits->memory / 4 * 3, used = nn_context_get_memory_used (context);
  return MIN (share > used ? share - used : 0, limits->max_alloc);
}

/* Bytes of a chunk, or 0 where the whole set goes to the device. */
static gsize
choose_chunk (NnFeed *self, gsize stream_bytes)
{
  const char *forced = g_getenv ("PERCEPTRON_STREAM_BYTES");
  if (stream_bytes == 0 && forced != NULL)
    stream_bytes = g_ascii_strtoull (forced, NULL, 10);
  if (stream_bytes > 0)
    return stream_bytes;
  guint64 budget = get_budget (self->context);
  gsize picture = nn_shape_size (&self->stored) + sizeof (gint32);
  return self->n <= budget / picture ? 0 : NN_FEED_CHUNK;
}

static gboolean
create_slot (NnFeed *self, guint slot, gsize n, GError **error)
{
  self->pixels[slot] = nn_tensor_new (self->context, NN_DTYPE_UINT8, n * nn_shape_size (&self->stored), error);
  if (self->pixels[slot] == NULL)
    return FALSE;
  self->labels[slot] = nn_tensor_new (self->context, NN_DTYPE_INT32, n, error);
  return self->labels[slot] != NULL;
}

static gboolean
hold_all (NnFeed *self, NnPixels *pixels, GError **error)
{
  self->n_slots = 1;
  self->chunk_steps = self->n_steps;
  return create_slot (self, 0, self->n, error) && nn_tensor_upload (self->pixels[0], pixels->data, error)
         && nn_tensor_upload (self->labels[0], pixels->labels, error);
}

static gboolean
stream (NnFeed *self, NnPixels *pixels, gsize chunk_bytes, GError **error)
{
  gsize step_bytes = self->batch * nn_shape_size (&self->stored);
  self->n_slots = NN_FEED_SLOTS;
  self->chunk_steps = (guint) CLAMP (chunk_bytes / step_bytes, 1, self->n_steps);
  gsize n = (gsize) self->chunk_steps * self->batch;
  for (guint slot = 0; slot < NN_FEED_SLOTS; slot++)
    if (!create_slot (self, slot, n, error))
      return FALSE;
  self->loader = nn_feed_loader_new (self->context, pixels, self->pixels, self->labels, n, error);
  return self->loader != NULL;
}

NnFeed *
nn_feed_new (NnContext *context, NnPixels *pixels, guint n_classes, guint batch, gsize stream_bytes, GError **error)
{
  g_return_val_if_fail (batch > 0, NULL);
  if (!nn_feed_check (pixels, n_classes, error))
    return NULL;
  g_autoptr (NnFeed) self = g_new0 (NnFeed, 1);
  self->context = nn_context_ref (context);
  self->n = (guint) pixels->n;
  self->batch = batch;
  self->n_steps = (self->n + batch - 1) / batch;
  self->stored = NN_SHAPE (pixels->spec.height, pixels->spec.width, pixels->spec.channels);
  self->order = nn_tensor_new (context, NN_DTYPE_INT32, (gsize) self->n_steps * batch, error);
  if (self->order == NULL)
    return NULL;
  gsize chunk_bytes = choose_chunk (self, stream_bytes);
  if (!(chunk_bytes > 0 ? stream (self, pixels, chunk_bytes, error) : hold_all (self, pixels, error)))
    return NULL;
  return g_steal_pointer (&self);
}

void
nn_feed_free (NnFeed *self)
{
  g_clear_pointer (&self->loader, nn_feed_loader_free);
  for (guint slot = 0; slot < NN_FEED_SLOTS; slot++) {
    g_clear_pointer (&self->pixels[slot], nn_tensor_unref);
    g_clear_pointer (&self->labels[slot], nn_tensor_unref);
  }
  g_clear_pointer (&self->order, nn_tensor_unref);
  nn_context_unref (self->context);
  g_free (self);
}

guint
nn_feed_get_n (NnFeed *self)
{
  return self->n;
}

guint
nn_feed_get_n_steps (NnFeed *self)
{
  return self->n_steps;
}

guint
nn_feed_get_n_slots (NnFeed *self)
{
  return self->n_slots;
}

void
nn_feed_fill_gather (NnFeed *self, guint slot, NnGather *gather)
{
  gather->pixels = self->pixels[slot];
  gather->labels = self->labels[slot];
  gather->n_samples = self->loader ? self->chunk_steps * self->batch : self->n;
  gather->stored = self->stored;
  gather->order = self->order;
  gather->batch = self->batch;
}

/* Where the pictures lie in the order of the epoch, chunk by chunk, a place's picture is the place itself. */
static gboolean
upload_places (NnFeed *self, const guint32 *order, GError **error)
{
  gsize n = (gsize) self->n_steps * self->batch, chunk = (gsize) self->chunk_steps * self->batch;
  g_autofree guint32 *places = g_new (guint32, n);
  for (gsize i = 0; i < n; i++)
    places[i] = order[i] == NONE ? NONE : (guint32) (i % chunk);
  return nn_tensor_upload (self->order, places, error);
}

gboolean
nn_feed_start (NnFeed *self, const guint32 *order, GError **error)
{
  self->next = 0;
  if (self->loader == NULL)
    return nn_tensor_upload (self->order, order, error);
  if (!upload_places (self, order, error))
    return FALSE;
  nn_feed_loader_start (self->loader, order, (gsize) self->n_steps * self->batch);
  nn_feed_loader_load (self->loader, NULL);
  if (self->n_steps > self->chunk_steps)
    nn_feed_loader_load (self->loader, NULL);
  return TRUE;
}

/* The steps of the chunk before have been enqueued; once they are done, their slot may be filled anew. */
static gboolean
load_ahead (NnFeed *self, GError **error)
{
  cl_command_queue queue = nn_context_get_queue (self->context);
  cl_event done = NULL;
  cl_int status = clEnqueueMarkerWithWaitList (queue, 0, NULL, &done);
  if (status == CL_SUCCESS)
    status = clFlush (queue);
  if (status != CL_SUCCESS) {
    if (done)
      clReleaseEvent (done);
    return nn_error_set_cl (error, status, _ ("The device “%s” failed in a training step"),
                            nn_device_get_name (nn_context_get_device (self->context)));
  }
  nn_feed_loader_load (self->loader, done);
  return TRUE;
}

gboolean
nn_feed_next (NnFeed *self, guint *slot, GError **error)
{
  g_return_val_if_fail (self->next < self->n_steps, FALSE);
  guint step = self->next, chunk = step / self->chunk_steps;
  *slot = chunk % self->n_slots;
  if (self->loader != NULL && step % self->chunk_steps == 0) {
    if (chunk > 0 && (guint64) (chunk + 1) * self->chunk_steps < self->n_steps && !load_ahead (self, error))
      return FALSE;
    if (!nn_feed_loader_wait (self->loader, chunk, error))
      return FALSE;
  }
  self->next++;
  return TRUE;
}
