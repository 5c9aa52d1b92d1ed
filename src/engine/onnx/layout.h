/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

G_BEGIN_DECLS

/* Where the numbers of a weight go. Here pictures are NHWC and weights have the output last; in ONNX pictures
 * are NCHW and weights have the output first. */

/**
 * NnOnnxLayout: a weight as ONNX has it
 * @rank, @dims: its shape in the file
 * @view: our shape, seen with as many extents as @dims has
 * @perm: dims[i] is view[perm[i]]
 */
typedef struct {
  guint rank;
  guint dims[NN_MAX_RANK];
  guint view[NN_MAX_RANK];
  guint perm[NN_MAX_RANK];
} NnOnnxLayout;

/**
 * nn_onnx_layout_init:
 * @name, @shape: of a weight or a state of @node
 *
 * Kernels [h][w][in][out] become [out][in][h][w], matrices [in][out] become [out][in], and the input weight
 * of a recurrent layer over rows of @w pixels, [w·c][out], becomes the kernel [out][c][1][w]. Vectors stay.
 */
void nn_onnx_layout_init (NnOnnxLayout *self, const NnNode *node, const char *name, const NnShape *shape);

/** nn_onnx_layout_export, nn_onnx_layout_import: copies all numbers from our order to ONNX's, and back */
void nn_onnx_layout_export (const NnOnnxLayout *self, const float *ours, float *theirs);
void nn_onnx_layout_import (const NnOnnxLayout *self, const float *theirs, float *ours);

G_END_DECLS
