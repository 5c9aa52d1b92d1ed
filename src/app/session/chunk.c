/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/chunk.h"

#include "data/picture-files.h"

#include <glib/gi18n.h>

#define CHUNK 48

PcnChunk *
pcn_chunk_new (GObject *owner, GCancellable *cancellable, NnModel *model, GPtrArray *paths, guint first)
{
  PcnChunk *self = g_new0 (PcnChunk, 1);

  self->owner = g_object_ref (owner);
  self->cancellable = g_object_ref (cancellable);
  self->model = nn_model_ref (model);
  self->paths = g_ptr_array_ref (paths);
  self->first = first;
  self->n = MIN (CHUNK, paths->len - first);
  self->n_classes = nn_graph_get_n_classes (nn_model_get_graph (model));
  self->probabilities = g_new0 (float, self->n * self->n_classes);
  return self;
}

void
pcn_chunk_free (PcnChunk *self)
{
  g_object_unref (self->owner);
  g_object_unref (self->cancellable);
  nn_model_unref (self->model);
  g_ptr_array_unref (self->paths);
  for (guint i = 0; self->reasons && i < self->n; i++)
    g_free (self->reasons[i]);
  g_free (self->reasons);
  g_free (self->pixels);
  g_free (self->probabilities);
  g_free (self);
}

gboolean
pcn_chunk_decode (PcnChunk *self, GCancellable *cancellable, GError **error)
{
  const char *const *paths = (const char *const *) self->paths->pdata + self->first;

  if (!nn_preparation_pixel_spec (self->model, &self->spec, error))
    return FALSE;
  self->pixels = g_try_malloc0_n (self->n, nn_pixel_spec_bytes (&self->spec));
  self->reasons = g_new0 (char *, self->n);
  if (!self->pixels) {
    g_set_error_literal (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY, _ ("There is no memory for the pictures."));
    return FALSE;
  }
  return nn_decode_files (paths, self->n, &self->spec, self->pixels, self->reasons, cancellable, error);
}

/* The trainer thread's part. */
static gboolean
step (const NnTrainerScene *scene, gpointer data, gboolean *done, GError **error)
{
  PcnChunk *chunk = data;
  gint64 end = g_get_monotonic_time () + (gint64) (NN_TRAINER_SLICE_MS * 1000);
  gsize picture = nn_pixel_spec_bytes (&chunk->spec);

  if (!chunk->predictor)
    chunk->predictor = nn_predictor_new (scene->context, chunk->model,
                                         nn_network_limit_batch (nn_model_get_graph (chunk->model), MIN (chunk->n, PCN_CHUNK_BATCH)),
                                         error);
  if (!chunk->predictor)
    return FALSE;
  while (chunk->done < chunk->n && g_get_monotonic_time () < end) {
    guint some = MIN (PCN_CHUNK_BATCH, chunk->n - chunk->done);
    if (!nn_predictor_run (chunk->predictor, chunk->pixels + chunk->done * picture, some,
                           chunk->probabilities + chunk->done * chunk->n_classes, error))
      return FALSE;
    chunk->done += some;
  }
  *done = chunk->done == chunk->n;
  return TRUE;
}

static void
leave (gpointer data)
{
  g_clear_pointer (&((PcnChunk *) data)->predictor, nn_predictor_free);
}

const NnTrainerCallFuncs pcn_chunk_funcs = { .step = step, .leave = leave };
