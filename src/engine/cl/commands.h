/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/context.h"

G_BEGIN_DECLS

/**
 * NnCommands:
 *
 * A recorded list of kernel launches. Operators record once, when a network is compiled for a batch size; a training
 * step is then one nn_commands_run() that only enqueues: no argument is set, nothing is allocated, nobody waits.
 * What changes from step to step (the step number, the learning rate, the order of samples) lies in device memory.
 */
typedef struct _NnCommands NnCommands;

NnCommands *nn_commands_new (NnContext *context);
void nn_commands_free (NnCommands *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnCommands, nn_commands_free)

NnContext *nn_commands_get_context (NnCommands *self);

typedef enum {
  NN_ARG_BUFFER,
  NN_ARG_INT,
  NN_ARG_UINT,
  NN_ARG_FLOAT,
  NN_ARG_LOCAL,
} NnArgType;

/** NnArg: one kernel argument; make it with the macros below. A buffer that is NULL is passed as a NULL pointer */
typedef struct {
  NnArgType type;
  union {
    NnBuffer *buffer;
    cl_int i;
    cl_uint u;
    cl_float f;
    gsize local_bytes;
  };
} NnArg;

#define NN_BUFFER(b) ((NnArg){ .type = NN_ARG_BUFFER, .buffer = (b) })
#define NN_TENSOR(t) ((NnArg){ .type = NN_ARG_BUFFER, .buffer = (t) ? (t)->buffer : NULL })
#define NN_INT(v) ((NnArg){ .type = NN_ARG_INT, .i = (cl_int) (v) })
#define NN_UINT(v) ((NnArg){ .type = NN_ARG_UINT, .u = (cl_uint) (v) })
#define NN_FLOAT(v) ((NnArg){ .type = NN_ARG_FLOAT, .f = (cl_float) (v) })
#define NN_LOCAL(bytes) ((NnArg){ .type = NN_ARG_LOCAL, .local_bytes = (bytes) })

/**
 * NnLaunch:
 * @file: a file of kernels/
 * @kernel: the function
 * @options: (nullable): build options
 * @dims: 1 to 3
 * @global: number of work-items in each dimension; a multiple of @local where that is given
 * @local: work-group size; 0 in the first place leaves the choice to the driver. In one dimension, and where the kernel
 *   demands none (reqd_work_group_size), it is made smaller if the driver allows this kernel no more
 * @label: (nullable): what it works for, in errors and profiles; a node's name
 */
typedef struct {
  const char *file;
  const char *kernel;
  const char *options;
  guint dims;
  gsize global[3];
  gsize local[3];
  const char *label;
} NnLaunch;

/** NN_ARGS: nn_commands_launch (c, &(NnLaunch){ … }, NN_ARGS (NN_TENSOR (x), NN_INT (n)), error) */
#define NN_ARGS(...) (const NnArg[]){ __VA_ARGS__ }, sizeof ((const NnArg[]){ __VA_ARGS__ }) / sizeof (NnArg)

/**
 * nn_commands_launch:
 *
 * Records a launch, and keeps references to the buffers. The kernel is built, and its arguments are set for good, when the
 * commands are prepared: until then more launches ask for programs, and all of them are compiled together.
 * Errors: there is no such file.
 */
gboolean nn_commands_launch (NnCommands *self, const NnLaunch *launch, const NnArg *args, gsize n_args, GError **error);

/** nn_commands_copy: records a copy of @bytes from the start of @source to the start of @target */
gboolean nn_commands_copy (NnCommands *self, NnBuffer *source, NnBuffer *target, gsize bytes, GError **error);

/** nn_commands_zero: records filling @buffer with zeros */
gboolean nn_commands_zero (NnCommands *self, NnBuffer *buffer, GError **error);

/** nn_commands_prepare: builds the kernels of what was recorded so far; the first run does so otherwise. Errors: a kernel does not
 * build, a work-group is too large for the device or the kernel */
gboolean nn_commands_prepare (NnCommands *self, GError **error);

/** nn_commands_run: enqueues all launches in order. Does not wait. @last_event: (out) (optional): of the last one */
gboolean nn_commands_run (NnCommands *self, cl_event *last_event, GError **error);
/** nn_commands_run_part: the same for the launches from @first to the one before @end */
gboolean nn_commands_run_part (NnCommands *self, guint first, guint end, cl_event *last_event, GError **error);

/**
 * nn_commands_set_section:
 * @owner: (nullable): whom the commands recorded from now on belong to, a layer's name for instance; NULL: their labels
 * @pass: (nullable): what they are for: "forward", "backward" … A static string
 *
 * For profiles only.
 */
void nn_commands_set_section (NnCommands *self, const char *owner, const char *pass);

/**
 * NnCommandProfile: where one command's time goes
 * @owner, @pass: the section it was recorded in; never NULL, the owner is the launch's label where none was set
 * @kernel: the function, or "copy" or "zero"
 * @ms: median device time, in milliseconds, of the runs while the context profiled; 0 before the first
 */
typedef struct {
  const char *owner, *pass, *kernel;
  double ms;
} NnCommandProfile;

/** nn_commands_get_profile: of the command with that @index. The strings belong to @self */
NnCommandProfile nn_commands_get_profile (NnCommands *self, guint index);

guint nn_commands_get_length (NnCommands *self);

/**
 * nn_commands_linear:
 * @n: work-items wanted at least
 * @global: (out): @n rounded up to a multiple of @local
 *
 * A good one-dimensional work-group for an elementwise kernel (64 on a CPU, 256 elsewhere, less where the device
 * allows less). The kernel compares its id with @n.
 */
void nn_commands_linear (NnContext *context, gsize n, gsize *global, gsize *local);

G_END_DECLS
