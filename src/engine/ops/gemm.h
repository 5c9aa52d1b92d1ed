/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/activation.h"

G_BEGIN_DECLS

/** NnGemmOp: how the two factors lie in memory. All matrices are row-major */
typedef enum {
  NN_GEMM_NN, /* C[m][n] = Σk A[m][k] B[k][n] */
  NN_GEMM_TN, /* C[m][n] = Σk A[k][m] B[k][n] */
  NN_GEMM_NT, /* C[m][n] = Σk A[m][k] B[n][k] */
} NnGemmOp;

/**
 * NnGemm: one matrix product, C = f (op (A)·op (B) + bias), or C = f (C + op (A)·op (B) + bias)
 * @m, @n, @k: extents, each at least 1
 * @a, @b, @c: float32; C must not share memory with A or B
 * @a_offset, @b_offset, @c_offset: elements before the first one that is used
 * @lda, @ldb, @ldc: elements from one row, as it is stored, to the next; 0 for rows without gaps
 * @bias: (nullable): n floats that are added to each row, from its element @bias_offset
 * @accumulate: adds to what C holds instead of overwriting it
 * @activation: applied at the very end
 */
typedef struct {
  NnGemmOp op;
  guint m, n, k;
  NnTensor *a, *b, *c;
  gsize a_offset, b_offset, c_offset;
  guint lda, ldb, ldc;
  NnTensor *bias;
  gsize bias_offset;
  gboolean accumulate;
  NnActivation activation;
} NnGemm;

/**
 * nn_gemm_record:
 * @args: of the operator that records: its context, commands, scratch and node (for the profile) are used
 *
 * Records the launches of one product, with the variant that suits the device and the shape. Extents, offsets and
 * strides are run-time arguments: products that differ in nothing else share their program. The same product on the
 * same device always gives the same bytes.
 */
gboolean nn_gemm_record (const NnOpArgs *args, const NnGemm *gemm, GError **error);

G_END_DECLS
