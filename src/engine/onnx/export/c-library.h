/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** NnCFunction: a function of the exported C source, and the order of their texts; later ones call earlier
 * ones */
typedef enum {
  NN_C_ACTIVATE,
  NN_C_WINDOW, /* a type */
  NN_C_DENSE,
  NN_C_CONV,
  NN_C_POOL,
  NN_C_MEAN,
  NN_C_SCALE,
  NN_C_ADD,
  NN_C_APPLY,
  NN_C_FUNCTIONS,
} NnCFunction;

/** nn_c_library: C99, by NnCFunction. Pictures are [height][width][channels], weights as the engine has them
 */
extern const char *const nn_c_library[];

G_END_DECLS
