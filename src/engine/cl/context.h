/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/error.h"
#include "cl/choices.h"
#include "cl/program-cache.h"

G_BEGIN_DECLS

/**
 * NnContext:
 *
 * An open device: its OpenCL context, one in-order queue, the programs built so far, and an account of its memory.
 * Plain reference-counted. Belongs to one thread at a time: whoever opened it makes all calls.
 */
typedef struct _NnContext NnContext;

NnContext *nn_context_new (NnDevice *device, GError **error);
NnContext *nn_context_ref (NnContext *self);
void nn_context_unref (NnContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnContext, nn_context_unref)

NnDevice *nn_context_get_device (NnContext *self);
const NnDeviceLimits *nn_context_get_limits (NnContext *self);
/** nn_context_is_cpu: Returns: whether kernels of CPU style are chosen: one work-item a work-group, vectors, no barrier */
gboolean nn_context_is_cpu (NnContext *self);
/** nn_context_get_choices: Returns: (transfer none): which kernels are chosen on this device */
NnChoices *nn_context_get_choices (NnContext *self);
/** nn_context_set_keeps_kernels: whether what was compiled is kept on disk when the context is closed; at first it is */
void nn_context_set_keeps_kernels (NnContext *self, gboolean keeps);
/** nn_context_set_compiling_func: @func: (nullable): told, in the thread that waits, how far compiling what is needed now is, and asked
 * whether to go on; not of what is in the cache, or compiled in this process */
void nn_context_set_compiling_func (NnContext *self, NnCompilingFunc func, gpointer data);
cl_context nn_context_get_cl (NnContext *self);
cl_command_queue nn_context_get_queue (NnContext *self);

/** nn_context_get_memory_used: Returns: bytes of the buffers that live now */
guint64 nn_context_get_memory_used (NnContext *self);

/** nn_context_set_profiling: whether each command is measured from now on. Waits for what was enqueued and takes a new
 * queue. While it is on, every run of commands is waited for */
gboolean nn_context_set_profiling (NnContext *self, gboolean on, GError **error);
gboolean nn_context_get_profiling (NnContext *self);

/**
 * nn_context_request_program:
 * @file: a file of kernels/, for example "gemm.cl"; common.clh is put in front of it, and after that what it includes
 * @options: (nullable): build options, for example "-D MR=6"; floats formatted with g_ascii_dtostr()
 *
 * Each (file, options) is built at most once, at the first nn_context_create_kernel() that follows, and its binary kept on disk
 * between starts.
 *
 * Returns: (transfer none): a program that lives as long as the context; NULL when there is no such file
 */
NnProgram *nn_context_request_program (NnContext *self, const char *file, const char *options, GError **error);

/** nn_context_create_kernel: builds whatever was requested so far. @kernel: the function's name. Returns: a new kernel object
 * (clReleaseKernel), or NULL with the compiler's log in the error */
cl_kernel nn_context_create_kernel (NnContext *self, NnProgram *program, const char *kernel, GError **error);

/** nn_context_finish: waits for all that was enqueued; an error of an earlier asynchronous command shows up here */
gboolean nn_context_finish (NnContext *self, GError **error);

/**
 * NnBuffer:
 *
 * A reference-counted piece of device memory. A sub-buffer keeps its parent alive.
 */
typedef struct _NnBuffer NnBuffer;

/** nn_buffer_new: bytes > 0; contents are undefined. NN_ERROR_OUT_OF_MEMORY tells bytes asked for and in use */
NnBuffer *nn_buffer_new (NnContext *context, gsize bytes, GError **error);
/** nn_buffer_new_sub: @offset must be a multiple of NnDeviceLimits.base_align */
NnBuffer *nn_buffer_new_sub (NnBuffer *parent, gsize offset, gsize bytes, GError **error);
NnBuffer *nn_buffer_ref (NnBuffer *self);
void nn_buffer_unref (NnBuffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnBuffer, nn_buffer_unref)
cl_mem nn_buffer_get_cl (NnBuffer *self);
gsize nn_buffer_get_size (NnBuffer *self);
NnContext *nn_buffer_get_context (NnBuffer *self);
/** nn_buffer_write, nn_buffer_read: block until done */
gboolean nn_buffer_write (NnBuffer *self, gsize offset, const void *data, gsize bytes, GError **error);
/** nn_buffer_start_write: enqueues; @data has to stay as it is until something enqueued later has been waited for */
gboolean nn_buffer_start_write (NnBuffer *self, gsize offset, const void *data, gsize bytes, GError **error);
gboolean nn_buffer_read (NnBuffer *self, gsize offset, void *data, gsize bytes, GError **error);
/** nn_buffer_zero: enqueues; does not wait */
gboolean nn_buffer_zero (NnBuffer *self, GError **error);

G_END_DECLS
