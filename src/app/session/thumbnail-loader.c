/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests go to a thread pool as GTasks do, but newest first: what the user scrolled past can wait, or was cancelled. */
#include "config.h"

#include "base/background.h"
#include "data/thumbnail.h"
#include "session/thumbnail-loader.h"

#define THREADS 2
#define SIZE 192
/* At three bytes a pixel some 40 MB for photos; digits are a hundredth of that. */
#define CACHED 400

typedef struct {
  PcnThumbnailLoader *loader;
  NnDataset *dataset;
  guint sample;
  guint serial;
  GCancellable *cancellable;
  PcnThumbnailFunc func;
  gpointer data;
  GdkTexture *texture;
} Request;

struct _PcnThumbnailLoader {
  GObject parent_instance;
  NnDataset *dataset;
  GThreadPool *pool;
  GHashTable *textures;
  /* Keys of @textures, oldest first. */
  GQueue order;
  guint serial;
};

G_DEFINE_FINAL_TYPE (PcnThumbnailLoader, pcn_thumbnail_loader, G_TYPE_OBJECT)

static guint edited_signal;

static void
request_free (Request *request)
{
  g_object_unref (request->loader);
  nn_dataset_unref (request->dataset);
  g_object_unref (request->cancellable);
  g_clear_object (&request->texture);
  g_free (request);
}

static void
remember (PcnThumbnailLoader *self, guint sample, GdkTexture *texture)
{
  if (g_hash_table_contains (self->textures, GUINT_TO_POINTER (sample)))
    return;
  g_hash_table_insert (self->textures, GUINT_TO_POINTER (sample), g_object_ref (texture));
  g_queue_push_tail (&self->order, GUINT_TO_POINTER (sample));
  if (g_queue_get_length (&self->order) > CACHED)
    g_hash_table_remove (self->textures, g_queue_pop_head (&self->order));
}

static gboolean
deliver (gpointer data)
{
  Request *request = data;

  if (request->texture)
    remember (request->loader, request->sample, request->texture);
  if (!g_cancellable_is_cancelled (request->cancellable))
    request->func (request->texture, request->data);
  return G_SOURCE_REMOVE;
}

static GdkTexture *
load_texture (NnDataset *dataset, guint sample)
{
  g_autoptr (GdkPixbuf) pixbuf = nn_dataset_load_thumbnail (dataset, sample, SIZE, NULL);

  return pixbuf ? gdk_texture_new_for_pixbuf (pixbuf) : NULL;
}

static void
run_request (gpointer data, gpointer user_data)
{
  Request *request = data;

  nn_enter_background ();
  if (!g_cancellable_is_cancelled (request->cancellable))
    request->texture = load_texture (request->dataset, request->sample);
  /* Always by way of the main loop: the last reference to the loader must not go on a thread of its own pool. */
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (source, deliver, request, (GDestroyNotify) request_free);
  g_source_attach (source, NULL);
}

static int
compare_requests (gconstpointer a, gconstpointer b, gpointer data)
{
  const Request *x = a, *y = b;
  return (x->serial < y->serial) - (x->serial > y->serial);
}

static void
pcn_thumbnail_loader_finalize (GObject *object)
{
  PcnThumbnailLoader *self = PCN_THUMBNAIL_LOADER (object);

  /* Every request holds a reference: none is left. */
  g_thread_pool_free (self->pool, TRUE, FALSE);
  g_hash_table_unref (self->textures);
  g_queue_clear (&self->order);
  nn_dataset_unref (self->dataset);
  G_OBJECT_CLASS (pcn_thumbnail_loader_parent_class)->finalize (object);
}

static void
pcn_thumbnail_loader_class_init (PcnThumbnailLoaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pcn_thumbnail_loader_finalize;
  edited_signal = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                0);
}

static void
pcn_thumbnail_loader_init (PcnThumbnailLoader *self)
{
  self->textures = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->pool = g_thread_pool_new (run_request, NULL, THREADS, FALSE, NULL);
  g_thread_pool_set_sort_function (self->pool, compare_requests, NULL);
}

PcnThumbnailLoader *
pcn_thumbnail_loader_new (NnDataset *dataset)
{
  PcnThumbnailLoader *self = g_object_new (PCN_TYPE_THUMBNAIL_LOADER, NULL);

  self->dataset = nn_dataset_ref (dataset);
  return self;
}

NnDataset *
pcn_thumbnail_loader_get_dataset (PcnThumbnailLoader *self)
{
  g_return_val_if_fail (PCN_IS_THUMBNAIL_LOADER (self), NULL);
  return self->dataset;
}

void
pcn_thumbnail_loader_set_dataset (PcnThumbnailLoader *self, NnDataset *dataset)
{
  g_return_if_fail (PCN_IS_THUMBNAIL_LOADER (self) && dataset);

  NnDataset *old = self->dataset;
  self->dataset = nn_dataset_ref (dataset);
  nn_dataset_unref (old);
  g_signal_emit (self, edited_signal, 0);
}

GdkTexture *
pcn_thumbnail_loader_lookup (PcnThumbnailLoader *self, guint sample)
{
  g_return_val_if_fail (PCN_IS_THUMBNAIL_LOADER (self), NULL);
  return g_hash_table_lookup (self->textures, GUINT_TO_POINTER (sample));
}

void
pcn_thumbnail_loader_request (PcnThumbnailLoader *self, guint sample, GCancellable *cancellable, PcnThumbnailFunc func,
                              gpointer data)
{
  g_return_if_fail (PCN_IS_THUMBNAIL_LOADER (self));

  Request *request = g_new0 (Request, 1);
  request->loader = g_object_ref (self);
  request->dataset = nn_dataset_ref (self->dataset);
  request->sample = sample;
  request->serial = self->serial++;
  request->cancellable = g_object_ref (cancellable);
  request->func = func;
  request->data = data;
  g_thread_pool_push (self->pool, request, NULL);
}
