/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cl/commands.h"

#include <glib/gi18n.h>
#include <string.h>

typedef enum {
  COMMAND_KERNEL,
  COMMAND_COPY,
  COMMAND_ZERO,
} CommandType;

typedef struct {
  CommandType type;
  NnProgram *program;
  cl_kernel kernel; /* NULL until it is prepared */
  NnArg *args;
  gsize n_args;
  guint dims;
  gsize global[3], local[3];
  NnBuffer *source, *target;
  gsize bytes;
  char *name; /* "kernel label", for errors */
  const char *kernel_name, *pass;
  char *owner;
  GArray *times; /* of float: milliseconds of each run that was profiled */
} Command;

struct _NnCommands {
  NnContext *context;
  GArray *commands;
  guint n_prepared;   /* the first so many can be run */
  GPtrArray *buffers; /* kept alive as long as a kernel refers to them */
  char *owner;        /* of what is recorded now */
  const char *pass;
};

static void
command_clear (gpointer data)
{
  Command *command = data;
  if (command->kernel)
    clReleaseKernel (command->kernel);
  g_free (command->args);
  g_clear_pointer (&command->source, nn_buffer_unref);
  g_clear_pointer (&command->target, nn_buffer_unref);
  g_free (command->name);
  g_free (command->owner);
  g_clear_pointer (&command->times, g_array_unref);
}

NnCommands *
nn_commands_new (NnContext *context)
{
  NnCommands *self = g_new0 (NnCommands, 1);
  self->context = nn_context_ref (context);
  self->commands = g_array_new (FALSE, TRUE, sizeof (Command));
  g_array_set_clear_func (self->commands, command_clear);
  self->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_buffer_unref);
  return self;
}

void
nn_commands_free (NnCommands *self)
{
  g_array_unref (self->commands);
  g_ptr_array_unref (self->buffers);
  g_free (self->owner);
  nn_context_unref (self->context);
  g_free (self);
}

NnContext *
nn_commands_get_context (NnCommands *self)
{
  return self->context;
}

guint
nn_commands_get_length (NnCommands *self)
{
  return self->commands->len;
}

void
nn_commands_set_section (NnCommands *self, const char *owner, const char *pass)
{
  g_free (self->owner);
  self->owner = g_strdup (owner);
  self->pass = pass;
}

/* Takes @command over. @label: (nullable): of the launch */
static void
append (NnCommands *self, Command *command, const char *kernel, const char *label)
{
  command->kernel_name = g_intern_string (kernel);
  command->owner = g_strdup (self->owner ? self->owner : label ? label : "");
  command->pass = self->pass ? self->pass : "";
  g_array_append_val (self->commands, *command);
}

static cl_int
set_arg (cl_kernel kernel, cl_uint index, const NnArg *arg)
{
  switch (arg->type) {
  case NN_ARG_BUFFER: {
    cl_mem mem = arg->buffer ? nn_buffer_get_cl (arg->buffer) : NULL;
    return clSetKernelArg (kernel, index, sizeof mem, arg->buffer ? &mem : NULL);
  }
  case NN_ARG_INT:
    return clSetKernelArg (kernel, index, sizeof arg->i, &arg->i);
  case NN_ARG_UINT:
    return clSetKernelArg (kernel, index, sizeof arg->u, &arg->u);
  case NN_ARG_FLOAT:
    return clSetKernelArg (kernel, index, sizeof arg->f, &arg->f);
  case NN_ARG_LOCAL:
    return clSetKernelArg (kernel, index, arg->local_bytes, NULL);
  default:
    g_assert_not_reached ();
  }
}

/* The largest work-group that this kernel can have here. */
static gsize
kernel_limit (NnCommands *self, cl_kernel kernel)
{
  cl_device_id device = nn_device_get_cl (nn_context_get_device (self->context));
  gsize limit = nn_context_get_limits (self->context)->max_work_group, of_kernel = 0;
  cl_int status = clGetKernelWorkGroupInfo (kernel, device, CL_KERNEL_WORK_GROUP_SIZE, sizeof of_kernel, &of_kernel, NULL);
  return status == CL_SUCCESS && of_kernel > 0 ? MIN (limit, of_kernel) : limit;
}

/* Whether any work-group will do: in one dimension, no size demanded in the kernel's source. */
static gboolean
is_flexible (NnCommands *self, const Command *command)
{
  cl_device_id device = nn_device_get_cl (nn_context_get_device (self->context));
  gsize demanded[3] = { 1, 1, 1 };
  cl_int status = clGetKernelWorkGroupInfo (command->kernel, device, CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof demanded,
                                            demanded, NULL);
  return command->dims == 1 && status == CL_SUCCESS && demanded[0] == 0;
}

/* A work-group that is too large would fail at every step; better to mend it, or to say so, when a network is compiled. */
static gboolean
check_work_group (NnCommands *self, Command *command, GError **error)
{
  if (command->local[0] == 0)
    return TRUE;
  gsize limit = kernel_limit (self, command->kernel), items = 1;
  for (guint d = 0; d < command->dims; d++) {
    g_return_val_if_fail (command->local[d] > 0 && command->global[d] % command->local[d] == 0, FALSE);
    items *= command->local[d];
  }
  if (items > limit && is_flexible (self, command)) {
    while (command->local[0] > limit || command->global[0] % command->local[0] != 0)
      command->local[0]--;
    return TRUE;
  }
  if (items > limit) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("The kernel “%s” needs a work-group of %zu items, and “%s” allows %zu."), command->name,
                 items, nn_device_get_name (nn_context_get_device (self->context)), limit);
    return FALSE;
  }
  return TRUE;
}

gboolean
nn_commands_launch (NnCommands *self, const NnLaunch *launch, const NnArg *args, gsize n_args, GError **error)
{
  Command command = { .type = COMMAND_KERNEL, .dims = launch->dims, .n_args = n_args };
  command.program = nn_context_request_program (self->context, launch->file, launch->options, error);
  if (command.program == NULL)
    return FALSE;
  command.args = g_memdup2 (args, n_args * sizeof *args);
  for (gsize i = 0; i < n_args; i++)
    if (args[i].type == NN_ARG_BUFFER && args[i].buffer != NULL)
      g_ptr_array_add (self->buffers, nn_buffer_ref (args[i].buffer));
  command.name = g_strdup_printf ("%s%s%s", launch->kernel, launch->label ? " " : "", launch->label ? launch->label : "");
  memcpy (command.global, launch->global, sizeof command.global);
  memcpy (command.local, launch->local, sizeof command.local);
  append (self, &command, launch->kernel, launch->label);
  return TRUE;
}

static gboolean
prepare (NnCommands *self, Command *command, GError **error)
{
  if (command->type != COMMAND_KERNEL)
    return TRUE;
  if (command->kernel == NULL)
    command->kernel = nn_context_create_kernel (self->context, command->program, command->kernel_name, error);
  if (command->kernel == NULL || !check_work_group (self, command, error))
    return FALSE;
  for (gsize i = 0; i < command->n_args; i++) {
    cl_int status = set_arg (command->kernel, (cl_uint) i, &command->args[i]);
    if (status != CL_SUCCESS)
      return nn_error_set_cl (error, status, _ ("Could not set argument %zu of the kernel “%s”"), i, command->name);
  }
  g_clear_pointer (&command->args, g_free);
  return TRUE;
}

gboolean
nn_commands_prepare (NnCommands *self, GError **error)
{
  for (; self->n_prepared < self->commands->len; self->n_prepared++)
    if (!prepare (self, &g_array_index (self->commands, Command, self->n_prepared), error))
      return FALSE;
  return TRUE;
}

gboolean
nn_commands_copy (NnCommands *self, NnBuffer *source, NnBuffer *target, gsize bytes, GError **error)
{
  g_return_val_if_fail (bytes <= nn_buffer_get_size (source) && bytes <= nn_buffer_get_size (target), FALSE);
  Command command = { .type = COMMAND_COPY,
                      .source = nn_buffer_ref (source),
                      .target = nn_buffer_ref (target),
                      .bytes = bytes,
                      .name = g_strdup ("copy") };
  append (self, &command, "copy", NULL);
  return TRUE;
}

gboolean
nn_commands_zero (NnCommands *self, NnBuffer *buffer, GError **error)
{
  Command command = { .type = COMMAND_ZERO,
                      .target = nn_buffer_ref (buffer),
                      .bytes = nn_buffer_get_size (buffer),
                      .name = g_strdup ("zero") };
  append (self, &command, "zero", NULL);
  return TRUE;
}

static cl_int
enqueue (NnCommands *self, const Command *command, cl_event *event)
{
  static const cl_uchar zero = 0;
  cl_command_queue queue = nn_context_get_queue (self->context);
  switch (command->type) {
  case COMMAND_KERNEL:
    return clEnqueueNDRangeKernel (queue, command->kernel, command->dims, NULL, command->global,
                                   command->local[0] ? command->local : NULL, 0, NULL, event);
  case COMMAND_COPY:
    return clEnqueueCopyBuffer (queue, nn_buffer_get_cl (command->source), nn_buffer_get_cl (command->target), 0, 0,
                                command->bytes, 0, NULL, event);
  case COMMAND_ZERO:
    return clEnqueueFillBuffer (queue, nn_buffer_get_cl (command->target), &zero, sizeof zero, 0, command->bytes, 0,
                                NULL, event);
  default:
    g_assert_not_reached ();
  }
}

static void
add_time (Command *command, cl_event event)
{
  cl_ulong start = 0, end = 0;
  if (clGetEventProfilingInfo (event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL) != CL_SUCCESS ||
      clGetEventProfilingInfo (event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL) != CL_SUCCESS || end < start)
    return;
  float milliseconds = (float) ((double) (end - start) * 1e-6);
  if (command->times == NULL)
    command->times = g_array_new (FALSE, FALSE, sizeof milliseconds);
  g_array_append_val (command->times, milliseconds);
}

/* Waits until all have ended: only then is the time of any known for sure. */
static gboolean
add_times (NnCommands *self, guint first, const cl_event *events, guint n, GError **error)
{
  cl_int status = n > 0 ? clWaitForEvents (n, events) : CL_SUCCESS;
  for (guint i = 0; i < n; i++) {
    if (status == CL_SUCCESS)
      add_time (&g_array_index (self->commands, Command, first + i), events[i]);
    clReleaseEvent (events[i]);
  }
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, _ ("The device “%s” failed while it worked"),
                            nn_device_get_name (nn_context_get_device (self->context)));
  return TRUE;
}

gboolean
nn_commands_run_part (NnCommands *self, guint first, guint end, cl_event *last_event, GError **error)
{
  g_return_val_if_fail (end <= self->commands->len, FALSE);
  if (!nn_commands_prepare (self, error))
    return FALSE;
  gboolean profiling = nn_context_get_profiling (self->context);
  g_autofree cl_event *events = profiling ? g_new0 (cl_event, end - first + 1) : NULL;
  for (guint i = first; i < end; i++) {
    Command *command = &g_array_index (self->commands, Command, i);
    gboolean last = i + 1 == end && last_event != NULL;
    cl_event event = NULL;
    cl_int status = enqueue (self, command, last || profiling ? &event : NULL);
    if (status != CL_SUCCESS) {
      add_times (self, first, events, profiling ? i - first : 0, NULL);
      return nn_error_set_cl (error, status, _ ("Could not start “%s” on “%s”"), command->name,
                              nn_device_get_name (nn_context_get_device (self->context)));
    }
    if (last)
      *last_event = event;
    if (profiling) {
      events[i - first] = event;
      if (last)
        clRetainEvent (event);
    }
  }
  return add_times (self, first, events, profiling ? end - first : 0, error);
}

gboolean
nn_commands_run (NnCommands *self, cl_event *last_event, GError **error)
{
  return nn_commands_run_part (self, 0, self->commands->len, last_event, error);
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;
  return (x > y) - (x < y);
}

NnCommandProfile
nn_commands_get_profile (NnCommands *self, guint index)
{
  g_assert (index < self->commands->len);
  const Command *command = &g_array_index (self->commands, Command, index);
  NnCommandProfile profile = { .owner = command->owner, .pass = command->pass, .kernel = command->kernel_name };
  if (command->times) {
    g_array_sort (command->times, compare_floats);
    profile.ms = (double) g_array_index (command->times, float, command->times->len / 2);
  }
  return profile;
}

void
nn_commands_linear (NnContext *context, gsize n, gsize *global, gsize *local)
{
  gsize wanted = nn_context_is_cpu (context) ? 64 : 256;
  *local = MIN (wanted, nn_context_get_limits (context)->max_work_group);
  *global = (MAX (n, 1) + *local - 1) / *local * *local;
}
