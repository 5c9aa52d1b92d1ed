/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tensor/tensor.h"

#include <glib/gi18n.h>
#include <string.h>

gsize
nn_shape_size (const NnShape *self)
{
  gsize size = 1;
  for (guint i = 0; i < self->rank; i++)
    if (!g_size_checked_mul (&size, size, self->dims[i]))
      return G_MAXSIZE;
  return size;
}

gboolean
nn_shape_equal (const NnShape *a, const NnShape *b)
{
  return a->rank == b->rank && memcmp (a->dims, b->dims, a->rank * sizeof a->dims[0]) == 0;
}

char *
nn_shape_to_string (const NnShape *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < self->rank; i++)
    g_string_append_printf (text, "%s%u", i ? "×" : "", self->dims[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gsize
nn_dtype_size (NnDtype dtype)
{
  return dtype == NN_DTYPE_UINT8 ? 1 : 4;
}

NnTensor *
nn_tensor_new (NnContext *context, NnDtype dtype, gsize size, GError **error)
{
  gsize bytes;
  if (!g_size_checked_mul (&bytes, size, nn_dtype_size (dtype)) || bytes == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY, _ ("A tensor of %zu elements is impossible."),
                 size);
    return NULL;
  }
  g_autoptr (NnBuffer) buffer = nn_buffer_new (context, bytes, error);
  return buffer ? nn_tensor_new_view (buffer, dtype, size) : NULL;
}

NnTensor *
nn_tensor_new_view (NnBuffer *buffer, NnDtype dtype, gsize size)
{
  g_return_val_if_fail (size * nn_dtype_size (dtype) <= nn_buffer_get_size (buffer), NULL);
  NnTensor *self = g_new0 (NnTensor, 1);
  *self = (NnTensor){ .dtype = dtype, .size = size, .buffer = nn_buffer_ref (buffer), .refs = 1 };
  return self;
}

NnTensor *
nn_tensor_ref (NnTensor *self)
{
  self->refs++;
  return self;
}

void
nn_tensor_unref (NnTensor *self)
{
  if (--self->refs > 0)
    return;
  nn_buffer_unref (self->buffer);
  g_free (self);
}

gsize
nn_tensor_get_bytes (const NnTensor *self)
{
  return self->size * nn_dtype_size (self->dtype);
}

gboolean
nn_tensor_upload (NnTensor *self, const void *data, GError **error)
{
  return nn_buffer_write (self->buffer, 0, data, nn_tensor_get_bytes (self), error);
}

gboolean
nn_tensor_download (NnTensor *self, void *data, GError **error)
{
  return nn_buffer_read (self->buffer, 0, data, nn_tensor_get_bytes (self), error);
}
