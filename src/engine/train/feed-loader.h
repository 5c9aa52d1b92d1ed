/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "tensor/tensor.h"

G_BEGIN_DECLS

/**
 * NnFeedLoader: the thread behind a set that streams; private to feed.c
 *
 * It writes the pictures of an epoch, in their order, to the device: chunk 0 into the first place, chunk 1 into the
 * second, chunk 2 into the first again …, each when it was asked for. It has a queue of its own and maps the device's
 * memory, so that a processor copies once, and a graphics card gets pages that it can fetch by itself. All calls come
 * from one thread, that of the context.
 */
typedef struct _NnFeedLoader NnFeedLoader;

/**
 * nn_feed_loader_new:
 * @places, @labels: two tensors each, of @chunk pictures; they must outlive the loader
 */
NnFeedLoader *nn_feed_loader_new (NnContext *context, NnPixels *pixels, NnTensor *const *places, NnTensor *const *labels,
                                  gsize chunk, GError **error);
/** nn_feed_loader_free: waits until the chunk that is being written is done; what was enqueued must have been flushed */
void nn_feed_loader_free (NnFeedLoader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnFeedLoader, nn_feed_loader_free)

/** nn_feed_loader_start: an epoch of @n places begins; waits for what was asked for before. @order: copied; an index
 * beyond the set is padding */
void nn_feed_loader_start (NnFeedLoader *self, const guint32 *order, gsize n);

/** nn_feed_loader_load: asks for the next chunk. @after: (transfer full) (nullable): when its place is free */
void nn_feed_loader_load (NnFeedLoader *self, cl_event after);

/** nn_feed_loader_wait: until @chunk of the epoch lies on the device, or writing it has failed */
gboolean nn_feed_loader_wait (NnFeedLoader *self, guint chunk, GError **error);

G_END_DECLS
