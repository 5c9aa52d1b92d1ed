/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/program-source.h"

G_BEGIN_DECLS

/**
 * NnCompilation: one program to be compiled
 * @source: (transfer none): of what
 * @binary: (out): what nn_program_load() takes
 * @error: (out): NN_ERROR_DEVICE: the compiler's log, or that it crashed
 */
typedef struct {
  const NnProgramSource *source;
  GBytes *binary;
  GError *error;
} NnCompilation;

/**
 * NnCompilingFunc: @done of @total programs are compiled; called in the thread that waits for them, at first with 0 of @total.
 * Returns: whether to go on
 */
typedef gboolean (*NnCompilingFunc) (guint done, guint total, gpointer data);

/**
 * nn_compiler_run:
 * @progress: (nullable) (scope call): told how far it is; where it wants no more, what isn't compiled has NN_ERROR_CANCELLED
 *
 * Compiles programs in processes of their own (src/compiler), several at a time; docs/adr/0008 tells why. Blocks until all are
 * done. A compiler that crashes, or works for longer than two minutes on one program, takes only its process down. The processes
 * wait a few seconds for more work, then end.
 *
 * Each of @jobs has a binary or an error afterwards, or neither where no such process can be had: then the
 * caller has to compile it. The program is looked for in $PERCEPTRON_COMPILER (empty: there is none), in the build folder
 * of the program that runs, and where it is installed. Thread-safe; callers take turns.
 */
void nn_compiler_run (NnDevice *device, NnCompilation *jobs, guint n_jobs, NnCompilingFunc progress, gpointer data);

G_END_DECLS
