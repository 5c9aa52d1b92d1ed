/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/device.h"

G_BEGIN_DECLS

/**
 * NnProgramSource: what a program is compiled from
 * @file: a file of kernels/, for messages
 * @options: build options
 * @text: common.clh, what the file includes, and the file
 * @declarations: (nullable): what to put in front instead of the driver's own declarations of OpenCL C
 *
 * PoCL reads 18,000 lines of declarations for each program; kernels/pocl.clh has what ours use.
 */
typedef struct {
  char *file, *options, *text, *declarations;
} NnProgramSource;

/** nn_program_source_load: fills an empty @self for @device. Errors: kernels/ has no such file */
gboolean nn_program_source_load (NnProgramSource *self, NnDevice *device, const char *file, const char *options,
                                 GError **error);
void nn_program_source_clear (NnProgramSource *self);

/** nn_program_source_set_error: that it could not be compiled. @log: (nullable): the compiler's. Returns: FALSE */
gboolean nn_program_source_set_error (const NnProgramSource *self, NnDevice *device, cl_int status, const char *log,
                                      GError **error);

G_END_DECLS
