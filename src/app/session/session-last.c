/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was open last is opened again at the next start, with its edits: written down after every change, so
 * that a crash loses nothing. One thread writes at a time; what comes meanwhile is written by the next. */
#include "config.h"

#include "session/last-data.h"
#include "session/session-private.h"

#include <errno.h>

typedef struct {
  NnDataset *dataset;
  NnSplitPlan plan;
  char **paths;
} Memory;

static void
memory_free (Memory *memory)
{
  nn_dataset_unref (memory->dataset);
  g_strfreev (memory->paths);
  g_free (memory);
}

static Memory *
memory_new (PcnSession *self)
{
  Memory *memory = g_new0 (Memory, 1);

  memory->dataset = nn_dataset_ref (self->dataset);
  memory->plan = *pcn_edits_get_plan (self->edits);
  memory->paths = g_strdupv (self->data_paths);
  return memory;
}

/* A disk that is full or can't be written to costs the memory of what was open, nothing else. */
static void
memory_write (const Memory *memory)
{
  g_autofree char *path = pcn_last_data_path (), *folder = g_path_get_dirname (path);
  g_autofree char *text
      = pcn_last_data_format ((const char *const *) memory->paths, memory->dataset, &memory->plan);
  g_autoptr (GError) error = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0
      || !g_file_set_contents_full (
          path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    g_message ("The data that is open can't be remembered: %s", error ? error->message : g_strerror (errno));
}

static void
run_remember (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PcnSession *self = source;

  g_mutex_lock (&self->remember_lock);
  memory_write (data);
  g_mutex_unlock (&self->remember_lock);
  g_task_return_boolean (task, TRUE);
}

static void
on_remembered (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnSession *self = PCN_SESSION (source);

  self->remembering = FALSE;
  if (self->remember_again && self->dataset)
    pcn_session_remember (self);
}

void
pcn_session_remember (PcnSession *self)
{
  if (self->remembering) {
    self->remember_again = TRUE;
    return;
  }
  if (!self->data_paths)
    return;
  self->remembering = TRUE;
  self->remember_again = FALSE;
  g_autoptr (GTask) task = g_task_new (self, NULL, on_remembered, NULL);
  g_task_set_source_tag (task, pcn_session_remember);
  g_task_set_task_data (task, memory_new (self), (GDestroyNotify) memory_free);
  g_task_run_in_thread (task, run_remember);
}

void
pcn_session_remember_now (PcnSession *self)
{
  if (!self->dataset || !self->data_paths || !self->remembering)
    return;
  Memory *memory = memory_new (self);
  /* After the thread, so that the latest is what stays. */
  g_mutex_lock (&self->remember_lock);
  memory_write (memory);
  g_mutex_unlock (&self->remember_lock);
  memory_free (memory);
  self->remember_again = FALSE;
}

void
pcn_session_reopen (PcnSession *self)
{
  g_autofree char *path = pcn_last_data_path ();

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    pcn_session_import (self, NULL);
}

void
pcn_session_get_default_plan (PcnSession *self, NnSplitPlan *plan)
{
  plan->own = g_settings_get_boolean (self->settings, "split-own");
  plan->val_fraction = g_settings_get_double (self->settings, "split-validation");
  plan->test_fraction = MIN (g_settings_get_double (self->settings, "split-test"), 0.95 - plan->val_fraction);
  plan->seed = (guint64) g_settings_get_int (self->settings, "split-seed");
}
