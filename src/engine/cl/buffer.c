/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/context-private.h"

#include <glib/gi18n.h>

struct _NnBuffer {
  guint refs;
  NnContext *context;
  NnBuffer *parent;
  cl_mem mem;
  gsize size;
};

static gboolean
set_memory_error (NnContext *context, gsize bytes, cl_int status, GError **error)
{
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  guint64 used = nn_context_get_memory_used (context);
  guint64 left = limits->memory > used ? limits->memory - used : 0;
  g_autofree char *wanted = g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *largest = g_format_size_full (limits->max_alloc, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *free_text = g_format_size_full (left, G_FORMAT_SIZE_IEC_UNITS);
  g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY,
               _ ("“%s” gave no buffer of %s (%s). About %s of its memory are left and it allows at most %s "
                  "in one piece; "
                  "try a smaller batch or smaller pictures."),
               nn_device_get_name (nn_context_get_device (context)), wanted, nn_error_cl_name (status),
               free_text, largest);
  return FALSE;
}

NnBuffer *
nn_buffer_new (NnContext *context, gsize bytes, GError **error)
{
  g_return_val_if_fail (bytes > 0, NULL);
  const NnDeviceLimits *limits = nn_context_get_limits (context);
  cl_int status = CL_INVALID_BUFFER_SIZE;
  cl_mem mem = NULL;
  if (bytes <= limits->max_alloc)
    mem = clCreateBuffer (nn_context_get_cl (context), CL_MEM_READ_WRITE, bytes, NULL, &status);
  if (mem == NULL || status != CL_SUCCESS) {
    set_memory_error (context, bytes, status, error);
    return NULL;
  }
  NnBuffer *self = g_new0 (NnBuffer, 1);
  *self = (NnBuffer){ .refs = 1, .context = nn_context_ref (context), .mem = mem, .size = bytes };
  nn_context_account (context, (gint64) bytes);
  return self;
}

NnBuffer *
nn_buffer_new_sub (NnBuffer *parent, gsize offset, gsize bytes, GError **error)
{
  g_return_val_if_fail (bytes > 0 && offset + bytes <= parent->size, NULL);
  cl_buffer_region region = { .origin = offset, .size = bytes };
  cl_int status;
  cl_mem mem = clCreateSubBuffer (parent->mem, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
  if (mem == NULL || status != CL_SUCCESS) {
    nn_error_set_cl (error, status, _ ("Could not divide a buffer of “%s”"),
                     nn_device_get_name (nn_context_get_device (parent->context)));
    return NULL;
  }
  NnBuffer *self = g_new0 (NnBuffer, 1);
  *self = (NnBuffer){
    .refs = 1, .context = nn_context_ref (parent->context), .parent = nn_buffer_ref (parent), .mem = mem, .size = bytes,
  };
  return self;
}

NnBuffer *
nn_buffer_ref (NnBuffer *self)
{
  self->refs++;
  return self;
}

void
nn_buffer_unref (NnBuffer *self)
{
  if (--self->refs > 0)
    return;
  clReleaseMemObject (self->mem);
  if (self->parent)
    nn_buffer_unref (self->parent);
  else
    nn_context_account (self->context, -(gint64) self->size);
  nn_context_unref (self->context);
  g_free (self);
}

cl_mem
nn_buffer_get_cl (NnBuffer *self)
{
  return self->mem;
}

gsize
nn_buffer_get_size (NnBuffer *self)
{
  return self->size;
}

NnContext *
nn_buffer_get_context (NnBuffer *self)
{
  return self->context;
}

static gboolean
write_data (NnBuffer *self, cl_bool wait, gsize offset, const void *data, gsize bytes, GError **error)
{
  g_return_val_if_fail (offset + bytes <= self->size, FALSE);
  cl_int status = clEnqueueWriteBuffer (nn_context_get_queue (self->context), self->mem, wait, offset, bytes, data, 0, NULL,
                                        NULL);
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, _ ("Could not copy data to “%s”"),
                            nn_device_get_name (nn_context_get_device (self->context)));
  return TRUE;
}

gboolean
nn_buffer_write (NnBuffer *self, gsize offset, const void *data, gsize bytes, GError **error)
{
  return write_data (self, CL_TRUE, offset, data, bytes, error);
}

gboolean
nn_buffer_start_write (NnBuffer *self, gsize offset, const void *data, gsize bytes, GError **error)
{
  return write_data (self, CL_FALSE, offset, data, bytes, error);
}

gboolean
nn_buffer_read (NnBuffer *self, gsize offset, void *data, gsize bytes, GError **error)
{
  g_return_val_if_fail (offset + bytes <= self->size, FALSE);
  cl_int status = clEnqueueReadBuffer (nn_context_get_queue (self->context), self->mem, CL_TRUE, offset, bytes, data, 0,
                                       NULL, NULL);
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, _ ("Could not read results from “%s”"),
                            nn_device_get_name (nn_context_get_device (self->context)));
  return TRUE;
}

gboolean
nn_buffer_zero (NnBuffer *self, GError **error)
{
  static const cl_uchar zero = 0;
  cl_int status = clEnqueueFillBuffer (nn_context_get_queue (self->context), self->mem, &zero, sizeof zero, 0,
                                       self->size, 0, NULL, NULL);
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, _ ("Could not clear memory of “%s”"),
                            nn_device_get_name (nn_context_get_device (self->context)));
  return TRUE;
}
