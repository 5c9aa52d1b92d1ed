/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/checkpoint.h"

#include "onnx/onnx-file.h"

#include <errno.h>

struct _PcnCheckpoint {
  char *path;
  GMutex lock;
  GCond idle;
  NnModel *waiting; /* guarded, as is the next */
  gboolean writing;
};

char *
pcn_checkpoint_get_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "perceptron", "last.onnx", NULL);
}

PcnCheckpoint *
pcn_checkpoint_new (const char *path)
{
  PcnCheckpoint *self = g_new0 (PcnCheckpoint, 1);

  self->path = g_strdup (path);
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
  return self;
}

void
pcn_checkpoint_free (PcnCheckpoint *self)
{
  g_mutex_lock (&self->lock);
  while (self->writing)
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
  g_cond_clear (&self->idle);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

static void
write_model (PcnCheckpoint *self, NnModel *model)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GError) error = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    g_message ("The newest model can't be kept: %s", g_strerror (errno));
  else if (!nn_onnx_save (model, self->path, &error))
    g_message ("The newest model can't be kept: %s", error->message);
}

static gpointer
run (gpointer data)
{
  PcnCheckpoint *self = data;

  g_mutex_lock (&self->lock);
  while (self->waiting) {
    g_autoptr (NnModel) model = g_steal_pointer (&self->waiting);
    g_mutex_unlock (&self->lock);
    write_model (self, model);
    g_mutex_lock (&self->lock);
  }
  self->writing = FALSE;
  g_cond_signal (&self->idle);
  g_mutex_unlock (&self->lock);
  return NULL;
}

void
pcn_checkpoint_save (PcnCheckpoint *self, NnModel *model)
{
  g_return_if_fail (self && model);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->waiting, nn_model_unref);
  self->waiting = nn_model_ref (model);
  gboolean start = !self->writing;
  self->writing = TRUE;
  g_mutex_unlock (&self->lock);
  if (start)
    g_thread_unref (g_thread_new ("checkpoint", run, self));
}
