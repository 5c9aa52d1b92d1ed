/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/scratch.h"

struct _NnScratch {
  NnContext *context;
  GPtrArray *pieces; /* NnTensor; the first n_taken are in use */
  guint n_taken;
};

NnScratch *
nn_scratch_new (NnContext *context)
{
  NnScratch *self = g_new0 (NnScratch, 1);
  self->context = nn_context_ref (context);
  self->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_tensor_unref);
  return self;
}

void
nn_scratch_free (NnScratch *self)
{
  g_ptr_array_unref (self->pieces);
  nn_context_unref (self->context);
  g_free (self);
}

/* Moves the piece to the end of those in use. */
static NnTensor *
take (NnScratch *self, guint index)
{
  gpointer piece = self->pieces->pdata[index];
  self->pieces->pdata[index] = self->pieces->pdata[self->n_taken];
  self->pieces->pdata[self->n_taken++] = piece;
  return piece;
}

NnTensor *
nn_scratch_take (NnScratch *self, gsize size, GError **error)
{
  guint best = self->pieces->len;
  for (guint i = self->n_taken; i < self->pieces->len; i++) {
    const NnTensor *piece = self->pieces->pdata[i];
    if (piece->size >= size && (best == self->pieces->len || piece->size < ((NnTensor *) self->pieces->pdata[best])->size))
      best = i;
  }
  if (best == self->pieces->len) {
    NnTensor *piece = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, size, error);
    if (piece == NULL)
      return NULL;
    g_ptr_array_add (self->pieces, piece);
  }
  return take (self, best);
}

void
nn_scratch_release (NnScratch *self)
{
  self->n_taken = 0;
}

NnTensor *
nn_op_scratch (NnOpArgs *args, gsize size, GError **error)
{
  return nn_scratch_take (args->scratch, size, error);
}

NnTensor *
nn_op_prepared (NnOpArgs *args, gsize size, NnCommands **commands, GError **error)
{
  *commands = args->preparation ? args->preparation : args->commands;
  if (args->preparation == NULL)
    return nn_op_scratch (args, size, error);
  NnTensor *tensor = nn_tensor_new (args->ctx, NN_DTYPE_FLOAT32, size, error);
  if (tensor != NULL)
    g_ptr_array_add (args->prepared, tensor);
  return tensor;
}
