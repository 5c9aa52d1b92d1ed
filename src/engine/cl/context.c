/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/context.h"

#include "cl/context-private.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NnContext {
  guint refs;
  NnDevice *device;
  cl_context context;
  cl_command_queue queue;
  NnProgramCache *programs;
  NnChoices *choices;
  guint64 memory_used;
  gboolean cpu_style;
  gboolean profiling;
};

/* CPU kernels run one work-item a work-group, which is right for a driver that maps groups to threads (PoCL) and wrong
 * for one that maps a group to the lanes of a vector (llvmpipe). PERCEPTRON_KERNEL_STYLE lets tests try the other. */
static gboolean
choose_cpu_style (NnDevice *device)
{
  const char *wanted = g_getenv ("PERCEPTRON_KERNEL_STYLE");
  if (g_strcmp0 (wanted, "cpu") == 0)
    return TRUE;
  if (g_strcmp0 (wanted, "gpu") == 0)
    return FALSE;
  return nn_device_get_kind (device) == NN_DEVICE_KIND_CPU && nn_device_get_limits (device)->loop_limit == 0;
}

static cl_command_queue
create_queue (NnContext *self, cl_command_queue_properties properties, GError **error)
{
  cl_int status;
  cl_command_queue queue = clCreateCommandQueue (self->context, nn_device_get_cl (self->device), properties, &status);
  if (queue == NULL || status != CL_SUCCESS) {
    nn_error_set_cl (error, status, _ ("Could not create a command queue on “%s”"),
                     nn_device_get_name (self->device));
    return NULL;
  }
  return queue;
}

NnContext *
nn_context_new (NnDevice *device, GError **error)
{
  if (!nn_device_check_usable (device, error))
    return NULL;
  g_autoptr (NnContext) self = g_new0 (NnContext, 1);
  self->refs = 1;
  self->device = g_object_ref (device);
  self->cpu_style = choose_cpu_style (device);
  cl_int status;
  self->context = nn_device_create_context (device, &status);
  if (self->context == NULL || status != CL_SUCCESS) {
    nn_error_set_cl (error, status, _ ("Could not open the device “%s”"), nn_device_get_name (device));
    return NULL;
  }
  self->queue = create_queue (self, 0, error);
  if (self->queue == NULL)
    return NULL;
  self->programs = nn_program_cache_new (self->context, device);
  self->choices = nn_choices_new (device);
  return g_steal_pointer (&self);
}

NnContext *
nn_context_ref (NnContext *self)
{
  self->refs++;
  return self;
}

void
nn_context_unref (NnContext *self)
{
  if (--self->refs > 0)
    return;
  if (self->queue)
    clFinish (self->queue);
  g_clear_pointer (&self->programs, nn_program_cache_free);
  g_clear_pointer (&self->choices, nn_choices_free);
  if (self->queue)
    clReleaseCommandQueue (self->queue);
  if (self->context)
    clReleaseContext (self->context);
  g_object_unref (self->device);
  g_free (self);
}

NnDevice *
nn_context_get_device (NnContext *self)
{
  return self->device;
}

const NnDeviceLimits *
nn_context_get_limits (NnContext *self)
{
  return nn_device_get_limits (self->device);
}

gboolean
nn_context_is_cpu (NnContext *self)
{
  return self->cpu_style;
}

NnChoices *
nn_context_get_choices (NnContext *self)
{
  return self->choices;
}

void
nn_context_set_keeps_kernels (NnContext *self, gboolean keeps)
{
  nn_program_cache_set_keeps (self->programs, keeps);
}

void
nn_context_set_compiling_func (NnContext *self, NnCompilingFunc func, gpointer data)
{
  nn_program_cache_set_compiling_func (self->programs, func, data);
}

cl_context
nn_context_get_cl (NnContext *self)
{
  return self->context;
}

cl_command_queue
nn_context_get_queue (NnContext *self)
{
  return self->queue;
}

guint64
nn_context_get_memory_used (NnContext *self)
{
  return self->memory_used;
}

void
nn_context_account (NnContext *self, gint64 bytes)
{
  self->memory_used += (guint64) bytes;
}

gboolean
nn_context_set_profiling (NnContext *self, gboolean on, GError **error)
{
  if (!nn_context_finish (self, error))
    return FALSE;
  cl_command_queue queue = create_queue (self, on ? CL_QUEUE_PROFILING_ENABLE : 0, error);
  if (queue == NULL)
    return FALSE;
  clReleaseCommandQueue (self->queue);
  self->queue = queue;
  self->profiling = on;
  return TRUE;
}

gboolean
nn_context_get_profiling (NnContext *self)
{
  return self->profiling;
}

NnProgram *
nn_context_request_program (NnContext *self, const char *file, const char *options, GError **error)
{
  return nn_program_cache_request (self->programs, file, options, error);
}

cl_kernel
nn_context_create_kernel (NnContext *self, NnProgram *program, const char *kernel, GError **error)
{
  cl_program built = nn_program_cache_get (self->programs, program, error);
  if (built == NULL)
    return NULL;
  cl_int status;
  cl_kernel result = clCreateKernel (built, kernel, &status);
  if (result == NULL || status != CL_SUCCESS) {
    nn_error_set_cl (error, status, _ ("Could not get the kernel “%s” of %s"), kernel, nn_program_get_file (program));
    return NULL;
  }
  return result;
}

gboolean
nn_context_finish (NnContext *self, GError **error)
{
  cl_int status = clFinish (self->queue);
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, _ ("The device “%s” failed while it worked"),
                            nn_device_get_name (self->device));
  return TRUE;
}
