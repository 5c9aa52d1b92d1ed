/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NnMailbox:
 *
 * Carries results from worker threads to the main loop of the thread that made it: the newest value only, at most 60 a
 * second, and always the last one. A value that a newer one overtakes is freed unseen, so values must be whole snapshots,
 * not differences. Reference-counted (atomically): the receiver has the first reference, each sender takes its own.
 */
typedef struct _NnMailbox NnMailbox;

/** NN_MAILBOX_INTERVAL: microseconds between two deliveries at least */
#define NN_MAILBOX_INTERVAL (G_USEC_PER_SEC / 60)

/**
 * NnMailboxFunc:
 * @value: (transfer none): the newest value; freed when the function returns
 *
 * Called in the receiver's thread, without a lock. May close the mailbox, and post to it.
 */
typedef void (*NnMailboxFunc) (gpointer value, gpointer receiver);

/**
 * nn_mailbox_new:
 * @receive: who gets the values
 * @receiver: its second argument; must live until nn_mailbox_close()
 * @free_value: (nullable): frees a value; from any thread
 *
 * Values are delivered by the GMainContext that is the calling thread's default now.
 */
NnMailbox *nn_mailbox_new (NnMailboxFunc receive, gpointer receiver, GDestroyNotify free_value);

/** nn_mailbox_post: from any thread: hands over @value (not NULL), replacing one that was not delivered yet */
void nn_mailbox_post (NnMailbox *self, gpointer value);

/**
 * nn_mailbox_wait:
 * @timeout: microseconds
 *
 * Delivers what is there or is posted within @timeout, at once and whatever the interval. In the receiver's thread, for a
 * result that is due before a frame is painted. Returns: whether something was delivered
 */
gboolean nn_mailbox_wait (NnMailbox *self, gint64 timeout);

/**
 * nn_mailbox_close:
 *
 * The receiver goes away: nothing is delivered from now on, and what senders still post is freed at once. Call it in the
 * receiver's thread, before its reference is dropped; more than once does no harm.
 */
void nn_mailbox_close (NnMailbox *self);

NnMailbox *nn_mailbox_ref (NnMailbox *self);
void nn_mailbox_unref (NnMailbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnMailbox, nn_mailbox_unref)

G_END_DECLS
