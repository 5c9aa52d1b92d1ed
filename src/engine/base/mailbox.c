/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One source, attached to the receiver's context for as long as the mailbox is open: its ready time is
 * "never" while there is nothing to deliver. A source, because g_main_context_invoke() runs the function in
 * the calling thread when nobody owns the context at that moment. The lock is a pthread mutex, which
 * ThreadSanitizer understands. */
#include "base/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#define NEVER (-1)

typedef struct {
  GSource parent;
  NnMailbox *mailbox; /* not a reference: the source is destroyed before the receiver's reference goes */
} MailboxSource;

struct _NnMailbox {
  int refs;
  NnMailboxFunc receive;
  gpointer receiver;
  GDestroyNotify free_value;
  pthread_cond_t posted;
  pthread_mutex_t lock; /* of what follows */
  gpointer value;
  GSource *source; /* NULL once closed */
  gint64 last;
};

static void
free_value (NnMailbox *self, gpointer value)
{
  if (value && self->free_value)
    self->free_value (value);
}

/* Called with the lock, returns without it. */
static gboolean
deliver (NnMailbox *self)
{
  gpointer value = g_steal_pointer (&self->value);
  self->last = g_get_monotonic_time ();
  if (self->source)
    g_source_set_ready_time (self->source, NEVER);
  pthread_mutex_unlock (&self->lock);
  if (value)
    self->receive (value, self->receiver);
  free_value (self, value);
  return value != NULL;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  g_autoptr (NnMailbox) self = nn_mailbox_ref (((MailboxSource *) source)->mailbox);
  pthread_mutex_lock (&self->lock);
  deliver (self);
  return G_SOURCE_CONTINUE;
}

NnMailbox *
nn_mailbox_new (NnMailboxFunc receive, gpointer receiver, GDestroyNotify free_func)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  NnMailbox *self = g_new0 (NnMailbox, 1);
  self->refs = 1;
  self->receive = receive;
  self->receiver = receiver;
  self->free_value = free_func;
  self->last = g_get_monotonic_time () - NN_MAILBOX_INTERVAL;
  pthread_mutex_init (&self->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&self->posted, &attributes);
  pthread_condattr_destroy (&attributes);
  self->source = g_source_new (&funcs, sizeof (MailboxSource));
  ((MailboxSource *) self->source)->mailbox = self;
  g_source_set_static_name (self->source, "mailbox");
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

void
nn_mailbox_post (NnMailbox *self, gpointer value)
{
  g_return_if_fail (value != NULL);
  pthread_mutex_lock (&self->lock);
  gpointer unseen = value;
  if (self->source) {
    unseen = self->value;
    self->value = value;
    if (unseen == NULL)
      g_source_set_ready_time (self->source, self->last + NN_MAILBOX_INTERVAL);
    pthread_cond_signal (&self->posted);
  }
  pthread_mutex_unlock (&self->lock);
  free_value (self, unseen);
}

gboolean
nn_mailbox_wait (NnMailbox *mailbox, gint64 timeout)
{
  g_autoptr (NnMailbox) self = nn_mailbox_ref (mailbox);
  gint64 end = g_get_monotonic_time () + timeout;
  const struct timespec limit
      = { .tv_sec = end / G_USEC_PER_SEC, .tv_nsec = (long) (end % G_USEC_PER_SEC) * 1000 };
  pthread_mutex_lock (&self->lock);
  while (!self->value && self->source)
    if (pthread_cond_timedwait (&self->posted, &self->lock, &limit) == ETIMEDOUT)
      break;
  if (self->value)
    return deliver (self);
  pthread_mutex_unlock (&self->lock);
  return FALSE;
}

void
nn_mailbox_close (NnMailbox *self)
{
  pthread_mutex_lock (&self->lock);
  GSource *source = g_steal_pointer (&self->source);
  gpointer unseen = g_steal_pointer (&self->value);
  pthread_mutex_unlock (&self->lock);
  if (source) {
    g_source_destroy (source);
    g_source_unref (source);
  }
  free_value (self, unseen);
}

NnMailbox *
nn_mailbox_ref (NnMailbox *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
nn_mailbox_unref (NnMailbox *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  nn_mailbox_close (self);
  pthread_cond_destroy (&self->posted);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}
