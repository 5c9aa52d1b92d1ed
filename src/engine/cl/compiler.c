/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/compiler.h"

#include "config.h"

#include "base/error.h"
#include "cl/compiler-message.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#define PROGRAM "perceptron-compiler"
#define MOST_PROCESSES 6
#define JOBS_PER_PROCESS 3 /* starting one costs as much as compiling two or three programs */
#define PATIENCE 120       /* seconds a program may take */
#define NOT_STARTED 127    /* exit status of a program whose libraries aren't there */

typedef struct {
  NnDevice *device;
  const char *path; /* of the program */
  NnCompilation **queue;
  guint length;
  guint next;         /* atomic */
  GAsyncQueue *ended; /* the workers' jobs as they end */
} Batch;

typedef struct {
  Batch *batch;
  GSubprocess **process;
} Worker;

/* One a slot, kept for the next batch; it ends by itself when it has waited for long. */
static GMutex turns;
static GSubprocess *processes[MOST_PROCESSES];

static char *
find_program (void)
{
  const char *told = g_getenv ("PERCEPTRON_COMPILER");
  if (told != NULL)
    return told[0] != '\0' ? g_strdup (told) : NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  if (self != NULL) {
    g_autofree char *folder = g_path_get_dirname (self);
    g_autofree char *built = g_build_filename (folder, "..", "compiler", PROGRAM, NULL);
    if (g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
      return g_steal_pointer (&built);
  }
  g_autofree char *installed = g_build_filename (LIBEXECDIR, PROGRAM, NULL);
  return g_file_test (installed, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&installed) : NULL;
}

static GSubprocess *
start (const char *path)
{
  g_autoptr (GError) error = NULL;
  const char *arguments[] = { path, NULL };
  GSubprocess *process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  if (process == NULL)
    g_debug ("Kernels are compiled in this process: %s", error->message);
  return process;
}

static GVariant *
ask (GSubprocess *process, NnDevice *device, const NnProgramSource *source)
{
  int to = g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (g_subprocess_get_stdin_pipe (process)));
  int from = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (process)));
  GVariant *order = g_variant_new (NN_COMPILER_ORDER, nn_device_get_id (device), source->options, source->text,
                                   source->declarations ? source->declarations : "");
  return nn_compiler_message_write (to, order) ? nn_compiler_message_read (from, NN_COMPILER_ANSWER, PATIENCE) : NULL;
}

static void
take_answer (NnCompilation *job, NnDevice *device, GVariant *answer)
{
  gint32 status;
  const char *log;
  g_autoptr (GVariant) binary = NULL;
  g_variant_get (answer, "(i@ay&s)", &status, &binary, &log);
  if (status == NN_COMPILER_NO_DEVICE)
    return;
  if (status == CL_SUCCESS)
    job->binary = g_variant_get_size (binary) > 0 ? g_variant_get_data_as_bytes (binary) : NULL;
  else
    nn_program_source_set_error (job->source, device, status, log, &job->error);
}

/* The process has not answered. Returns: whether it had only grown tired of waiting for work */
static gboolean
bury (GSubprocess *process, NnCompilation *job, NnDevice *device, gboolean impatient)
{
  g_subprocess_force_exit (process); /* of one that has ended already the status stays what it was */
  g_subprocess_wait (process, NULL, NULL);
  gboolean exited = g_subprocess_get_if_exited (process);
  if (exited && g_subprocess_get_exit_status (process) == 0)
    return TRUE;
  if (exited && g_subprocess_get_exit_status (process) == NOT_STARTED)
    return FALSE;
  const char *name = nn_device_get_name (device), *file = job->source->file;
  if (impatient)
    g_set_error (&job->error, NN_ERROR, NN_ERROR_DEVICE,
                 _ ("The compiler of “%s” did not finish with %s within two minutes, and was stopped."), name, file);
  else
    g_set_error (&job->error, NN_ERROR, NN_ERROR_DEVICE,
                 _ ("The compiler of “%s” crashed on %s. Another version of its driver may mend that."), name, file);
  return FALSE;
}

/* A process of an earlier batch may have ended since: then a new one is asked. */
static void
compile (Worker *worker, NnCompilation *job)
{
  Batch *batch = worker->batch;
  for (gboolean old = TRUE; old;) {
    old = *worker->process != NULL;
    if (!old && (*worker->process = start (batch->path)) == NULL)
      return;
    gint64 began = g_get_monotonic_time ();
    g_autoptr (GVariant) answer = ask (*worker->process, batch->device, job->source);
    if (answer) {
      take_answer (job, batch->device, answer);
      return;
    }
    gboolean impatient = g_get_monotonic_time () - began >= (gint64) PATIENCE * G_USEC_PER_SEC;
    old = bury (*worker->process, job, batch->device, impatient) && old;
    g_clear_object (worker->process);
  }
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  Batch *batch = worker->batch;
  /* Writing to a process that has ended is an error like any other. */
  sigset_t pipe_signal;
  sigemptyset (&pipe_signal);
  sigaddset (&pipe_signal, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe_signal, NULL);
  for (guint i; (i = g_atomic_int_add (&batch->next, 1)) < batch->length;) {
    compile (worker, batch->queue[i]);
    g_async_queue_push (batch->ended, batch->queue[i]);
  }
  return NULL;
}

/* The longest sources come first, so that none is left over at the end for one process alone. */
static int
compare_lengths (gconstpointer a, gconstpointer b)
{
  gsize x = strlen ((*(NnCompilation **) a)->source->text), y = strlen ((*(NnCompilation **) b)->source->text);
  return (x < y) - (x > y);
}

/* Returns: whether all are done; FALSE where @progress wants no more */
static gboolean
await (Batch *batch, NnCompilingFunc progress, gpointer data)
{
  for (guint done = 0;; done++) {
    if (progress != NULL && !progress (done, batch->length, data) && done < batch->length)
      return FALSE;
    if (done == batch->length)
      return TRUE;
    g_async_queue_pop (batch->ended);
  }
}

/* For those that nobody has begun with. */
static void
cancel (NnCompilation *jobs, guint n_jobs)
{
  for (guint i = 0; i < n_jobs; i++)
    if (jobs[i].binary == NULL && jobs[i].error == NULL)
      g_set_error (&jobs[i].error, NN_ERROR, NN_ERROR_CANCELLED, _ ("Compiling was stopped."));
}

void
nn_compiler_run (NnDevice *device, NnCompilation *jobs, guint n_jobs, NnCompilingFunc progress, gpointer data)
{
  g_autofree char *path = n_jobs > 0 ? find_program () : NULL;
  if (path == NULL)
    return;
  g_autofree NnCompilation **queue = g_new (NnCompilation *, n_jobs);
  for (guint i = 0; i < n_jobs; i++)
    queue[i] = &jobs[i];
  qsort (queue, n_jobs, sizeof *queue, compare_lengths);
  g_autoptr (GAsyncQueue) ended = g_async_queue_new ();
  Batch batch = { .device = device, .path = path, .queue = queue, .length = n_jobs, .ended = ended };
  guint n = MIN (MIN (g_get_num_processors (), MOST_PROCESSES), (n_jobs + JOBS_PER_PROCESS - 1) / JOBS_PER_PROCESS);
  Worker workers[MOST_PROCESSES];
  GThread *threads[MOST_PROCESSES];
  g_mutex_lock (&turns);
  for (guint i = 0; i < n; i++) {
    workers[i] = (Worker){ .batch = &batch, .process = &processes[i] };
    threads[i] = g_thread_new ("compiler", work, &workers[i]);
  }
  gboolean complete = await (&batch, progress, data);
  if (!complete)
    g_atomic_int_set (&batch.next, n_jobs);
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
  if (!complete)
    cancel (jobs, n_jobs);
  g_mutex_unlock (&turns);
}
