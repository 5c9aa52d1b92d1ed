/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/program-source.h"

G_BEGIN_DECLS

/** NN_PROGRAM_UNDECLARED: how the debug message begins that tells of a program which kernels/pocl.clh hasn't all the
 * declarations for; tests look for it */
#define NN_PROGRAM_UNDECLARED "Built without the short declarations"

/**
 * nn_program_build:
 * @status: (out): CL_SUCCESS, or what the driver said
 * @log: (out): what the compiler said, NULL for nothing
 *
 * Has the driver compile @source, here and now.
 *
 * Returns: a built program (clReleaseProgram), or NULL
 */
cl_program nn_program_build (cl_context context, cl_device_id device, const NnProgramSource *source, cl_int *status, char **log);

/** nn_program_load: Returns: a built program (clReleaseProgram) from a binary that the driver gave; NULL when it refuses it */
cl_program nn_program_load (cl_context context, cl_device_id device, const char *options, GBytes *binary);

/** nn_program_get_binary: Returns: (transfer full) (nullable): what nn_program_load() takes. PoCL compiles each kernel of the
 * program for that, which takes as long as their first launches would */
GBytes *nn_program_get_binary (cl_program program);

G_END_DECLS
