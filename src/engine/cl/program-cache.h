/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/compiler.h"

G_BEGIN_DECLS

/**
 * NnProgramCache:
 *
 * The compiled programs of one context: each (file of kernels/, build options) is built at most once.
 *
 * A program is asked for when a launch is recorded, and needed at the first run: by then many have been asked for, and all
 * of them are compiled side by side (cl/compiler.h), or, where that can't be, each in this process when it is needed.
 *
 * Binaries are kept in $XDG_CACHE_HOME/perceptron/kernels, one file a program, named by the SHA-256 of the cache's
 * format version, the platform, the device, the driver's version, the options and the whole source; so a change of any of
 * them misses. A file holds the SHA-256 of what follows, then the binary as the driver gave it, and is written to a
 * temporary name and renamed. What was compiled in this process is written when the cache is freed: PoCL takes its time to give
 * a binary. A file that is missing, damaged or refused by the driver is compiled anew; a folder that cannot be written is
 * done without. PERCEPTRON_KERNEL_OPTIONS in the environment adds build options, for debugging. Not thread-safe.
 */
typedef struct _NnProgramCache NnProgramCache;

/** NnProgram: one of them; owned by the cache */
typedef struct _NnProgram NnProgram;

NnProgramCache *nn_program_cache_new (cl_context context, NnDevice *device);
void nn_program_cache_free (NnProgramCache *self);
/** nn_program_cache_set_keeps: whether binaries are kept; at first they are, unless PERCEPTRON_KEEP_KERNELS=0 is in the environment */
void nn_program_cache_set_keeps (NnProgramCache *self, gboolean keeps);

/** nn_program_cache_set_compiling_func: @func: (nullable): told how far compiling is, and asked whether to go on */
void nn_program_cache_set_compiling_func (NnProgramCache *self, NnCompilingFunc func, gpointer data);

/** nn_program_cache_request: Returns: (transfer none): a program that isn't built yet; NULL when there is no such file */
NnProgram *nn_program_cache_request (NnProgramCache *self, const char *file, const char *options, GError **error);

/** nn_program_cache_get: Builds what was requested so far. Returns: (transfer none): @program built, or NULL with the
 * compiler's log in the error */
cl_program nn_program_cache_get (NnProgramCache *self, NnProgram *program, GError **error);

/** nn_program_get_file: Returns: (transfer none): a file of kernels/, for messages */
const char *nn_program_get_file (const NnProgram *program);

G_END_DECLS
