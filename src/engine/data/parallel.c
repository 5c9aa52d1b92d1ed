/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/parallel.h"

#include <glib/gi18n.h>
#include <pthread.h>

#include "base/error.h"

#define MAX_THREADS 64
#define TICK_NS 30000000

typedef struct {
  NnParallelFunc func;
  gpointer data;
  GCancellable *cancellable;
  gsize n;
  pthread_mutex_t lock;
  pthread_cond_t finished;
  gsize next;
  gsize done;
  guint running;
} Job;

static void *
work (void *data)
{
  Job *job = data;
  pthread_mutex_lock (&job->lock);
  while (job->next < job->n && !(job->cancellable && g_cancellable_is_cancelled (job->cancellable))) {
    gsize index = job->next++;
    pthread_mutex_unlock (&job->lock);
    job->func (index, job->data);
    pthread_mutex_lock (&job->lock);
    job->done++;
  }
  job->running--;
  pthread_cond_signal (&job->finished);
  pthread_mutex_unlock (&job->lock);
  return NULL;
}

/* Waits until all are done, or a tick has passed. */
static void
wait_a_tick (Job *job)
{
  struct timespec until;
  clock_gettime (CLOCK_MONOTONIC, &until);
  until.tv_nsec += TICK_NS;
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  while (job->running > 0 && pthread_cond_timedwait (&job->finished, &job->lock, &until) == 0)
    ;
}

gboolean
nn_parallel_for (gsize n, NnParallelFunc func, gpointer data, GCancellable *cancellable,
                 NnProgressFunc progress, gpointer progress_data, GError **error)
{
  Job job = { .func = func, .data = data, .cancellable = cancellable, .n = n };
  pthread_t threads[MAX_THREADS];
  guint n_threads = (guint) MIN (MIN (g_get_num_processors (), MAX_THREADS), n), started = 0;
  pthread_condattr_t attributes;
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init (&job.lock, NULL);
  pthread_cond_init (&job.finished, &attributes);
  pthread_condattr_destroy (&attributes);

  pthread_mutex_lock (&job.lock);
  while (started < n_threads && pthread_create (&threads[started], NULL, work, &job) == 0) {
    started++;
    job.running++;
  }
  if (started == 0 && n > 0) {
    /* No thread to be had: then here, without progress. */
    job.running++;
    pthread_mutex_unlock (&job.lock);
    work (&job);
    pthread_mutex_lock (&job.lock);
  }
  while (job.running > 0) {
    wait_a_tick (&job);
    double fraction = (double) job.done / (double) n;
    pthread_mutex_unlock (&job.lock);
    if (progress)
      progress (fraction, progress_data);
    pthread_mutex_lock (&job.lock);
  }
  gboolean complete = job.done == n;
  pthread_mutex_unlock (&job.lock);

  for (guint i = 0; i < started; i++)
    pthread_join (threads[i], NULL);
  pthread_mutex_destroy (&job.lock);
  pthread_cond_destroy (&job.finished);
  if (!complete)
    g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, _ ("Loading the pictures was stopped."));
  return complete;
}
