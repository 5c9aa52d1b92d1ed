/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "net/batch.h"

G_BEGIN_DECLS

#define NN_FEED_SLOTS 2

/**
 * NnFeed: how the pictures of an epoch reach the device
 * @n: pictures; @stored: height, width, channels of each
 * @n_slots: places on the device that steps take their pictures from. 1: the whole set lies there. 2: the set streams:
 *   the pictures of some steps lie in one of them while those of the next steps are put into the other
 *
 * A set streams where it is larger than the device's memory allows: a share of it (half on a CPU, which has the pictures
 * in its memory already, else three quarters) less what the context uses by then, or CL_DEVICE_MAX_MEM_ALLOC_SIZE. Then
 * device memory for pictures is bounded by two chunks of NN_FEED_CHUNK bytes (or of one batch, if that is more). A thread
 * with a queue of its own writes them in the order of the epoch. Steps get the same pictures in the same places of
 * the batch either way, so that a run gives the same bytes.
 *
 * For tests, PERCEPTRON_STREAM_BYTES in the environment makes every set stream, in chunks of so many bytes. Belongs to
 * the context's thread.
 */
typedef struct _NnFeed NnFeed;

#define NN_FEED_CHUNK (16 << 20)

/**
 * nn_feed_new:
 * @n_classes: labels must be below it; -1 is none
 * @batch: pictures a step
 * @stream_bytes: 0 lets the device's memory decide; otherwise the set streams, in chunks of about so many bytes
 *
 * Create it after what else the device has to hold. Errors: NN_ERROR_BAD_INPUT for an empty set or a wrong label,
 * NN_ERROR_OUT_OF_MEMORY
 */
NnFeed *nn_feed_new (NnContext *context, NnPixels *pixels, guint n_classes, guint batch, gsize stream_bytes,
                     GError **error);
void nn_feed_free (NnFeed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnFeed, nn_feed_free)

/** nn_feed_check: Returns: whether @pixels may be fed: there is one, and its labels are below @n_classes */
gboolean nn_feed_check (NnPixels *pixels, guint n_classes, GError **error);

/** nn_feed_get_n: Returns: pictures in the set */
guint nn_feed_get_n (NnFeed *self);
/** nn_feed_get_n_steps: Returns: batches of an epoch, the last one filled up */
guint nn_feed_get_n_steps (NnFeed *self);
/** nn_feed_get_n_slots: Returns: 1, or 2 where the set streams */
guint nn_feed_get_n_slots (NnFeed *self);

/** nn_feed_fill_gather: sets what the gather of a step takes out of @slot: pixels, labels, their number and shape, the
 * order, the batch */
void nn_feed_fill_gather (NnFeed *self, guint slot, NnGather *gather);

/**
 * nn_feed_start: an epoch begins
 * @order: indices of pictures for each place of each batch (nn_feed_get_n_steps() × batch of them), −1 for padding; copied
 *
 * Waits for the steps that were enqueued.
 */
gboolean nn_feed_start (NnFeed *self, const guint32 *order, GError **error);

/**
 * nn_feed_next: call it before each step of the epoch is enqueued, in turn
 * @slot: (out): where the step's pictures are
 *
 * Waits until they are there; they are, where reading and copying is as fast as the steps.
 */
gboolean nn_feed_next (NnFeed *self, guint *slot, GError **error);

G_END_DECLS
