/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/device.h"

G_BEGIN_DECLS

/**
 * NnProgramCache:
 *
 * The compiled programs of one context: each (file of kernels/, build options) is built at most once.
 *
 * Binaries are kept in $XDG_CACHE_HOME/perceptron/kernels, one file a program, named by the SHA-256 of the cache's
 * format version, the platform, the device, the driver's version, the options and the whole source; so a change of any of
 * them misses. A file holds the SHA-256 of what follows, then the binary as the driver gave it. It is written when the
 * cache is freed, since PoCL adds its work-group functions to the program at their first launch, to a temporary name and
 * renamed. A file that is missing, damaged or refused by the driver is compiled anew; a folder that cannot be written is
 * done without. PERCEPTRON_KERNEL_OPTIONS in the environment adds build options, for debugging. Not thread-safe.
 */
typedef struct _NnProgramCache NnProgramCache;

/** NN_PROGRAM_CACHE_UNDECLARED: how the debug message begins that tells of a program which kernels/pocl.clh hasn't all the
 * declarations for; tests look for it */
#define NN_PROGRAM_CACHE_UNDECLARED "Built without the short declarations"

NnProgramCache *nn_program_cache_new (cl_context context, NnDevice *device);
void nn_program_cache_free (NnProgramCache *self);
/** nn_program_cache_set_keeps: whether binaries are kept; at first they are */
void nn_program_cache_set_keeps (NnProgramCache *self, gboolean keeps);

/** nn_program_cache_get: Returns: (transfer none): a built program, or NULL with the compiler's log in the error */
cl_program nn_program_cache_get (NnProgramCache *self, const char *file, const char *options, GError **error);

G_END_DECLS
