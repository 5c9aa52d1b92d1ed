/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How perceptron-compiler (src/compiler) is talked to: GVariants over two pipes, each after its length in 8 bytes of the
 * host's order. */

/** NN_COMPILER_ORDER: id of the device, build options, source, declarations ("" for none); see NnProgramSource */
#define NN_COMPILER_ORDER "(ssss)"
/** NN_COMPILER_ANSWER: OpenCL status, the binary (empty when there is none), what the compiler said */
#define NN_COMPILER_ANSWER "(iays)"
/** NN_COMPILER_NO_DEVICE: the status that tells that there is no such device, or that it can't be opened */
#define NN_COMPILER_NO_DEVICE (-1000000)

/** nn_compiler_message_write: @message: floating references are taken over. Returns: whether all could be written. SIGPIPE is
 * the caller's business */
gboolean nn_compiler_message_write (int fd, GVariant *message);
/** nn_compiler_message_read: @seconds: to wait for it. Returns: (nullable): NULL at the end, after that time, and for what isn't
 * of @type */
GVariant *nn_compiler_message_read (int fd, const char *type, int seconds);

G_END_DECLS
