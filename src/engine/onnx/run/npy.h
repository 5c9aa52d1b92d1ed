/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "onnx/run/value.h"

G_BEGIN_DECLS

/* Files of one array, as NumPy's save() writes and load() reads them (NumPy's NEP 1, versions 1 to 3). */

/**
 * nn_npy_read:
 *
 * Whole and floating point numbers of either byte order, in C or Fortran order; no objects, no texts. The
 * file's size must be exactly what its header says. Blocks for the disk.
 *
 * Returns: (transfer full): NULL with NN_ERROR_BAD_INPUT or NN_ERROR_UNSUPPORTED; the message names the file
 */
NnOnnxValue *nn_npy_read (const char *path, NnOnnxBudget *budget, GError **error);

/** nn_npy_write: version 1, little-endian, C order; replaces the file */
gboolean nn_npy_write (const NnOnnxValue *value, const char *path, GError **error);

G_END_DECLS
