/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-C. All threads block the two signals and one thread waits for them, since a signal handler proper may not call
 * g_cancellable_cancel(). */
#include "config.h"

#include "interrupt.h"

#include <pthread.h>
#include <signal.h>

static sigset_t
our_signals (void)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  return set;
}

static gpointer
wait_for_signals (gpointer data)
{
  g_autoptr (GCancellable) cancellable = data;
  sigset_t set = our_signals ();
  int number;
  if (sigwait (&set, &number) != 0)
    return NULL;
  g_printerr ("\nStopping … (Ctrl-C once more ends at once)\n");
  g_cancellable_cancel (cancellable);
  if (sigwait (&set, &number) != 0)
    return NULL;
  signal (number, SIG_DFL);
  pthread_sigmask (SIG_UNBLOCK, &set, NULL);
  raise (number);
  return NULL;
}

void
cli_interrupt_install (GCancellable *cancellable)
{
  sigset_t set = our_signals ();
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  g_thread_unref (g_thread_new ("interrupt", wait_for_signals, g_object_ref (cancellable)));
}
