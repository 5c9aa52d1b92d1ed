/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/run/operator.h"

#include <string.h>

/* y[m][n] += a[m][k] · b[k][n], with any strides of a and b; row by row of b, which the compiler vectorizes.
 */
static void
multiply (gsize m, gsize k, gsize n, const double *a, gsize a_row, gsize a_column, const double *b,
          gsize b_row, gsize b_column, double *y)
{
  for (gsize i = 0; i < m; i++)
    for (gsize p = 0; p < k; p++) {
      double factor = a[i * a_row + p * a_column];
      const double *from = b + p * b_row;
      for (gsize j = 0; j < n; j++)
        y[i * n + j] += factor * from[j * b_column];
    }
}

/* y = alpha · a' · b' + beta · c, where a' and b' may be transposed and c is stretched to the shape. */
static void
run_gemm (NnOnnxCall *call)
{
  const NnOnnxValue *a = nn_onnx_real_input (call, 0), *b = nn_onnx_real_input (call, 1);
  const NnOnnxValue *c = nn_onnx_input (call, 2) != NULL ? nn_onnx_real_input (call, 2) : NULL;
  gboolean turn_a = nn_onnx_attr_int (call, "transA", 0) != 0,
           turn_b = nn_onnx_attr_int (call, "transB", 0) != 0;
  double alpha = nn_onnx_attr_float (call, "alpha", 1), beta = nn_onnx_attr_float (call, "beta", 1);
  if (call->opset < 11 && call->n_inputs < 3)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "what it adds may be left out from operator set 11 on");
  if (call->error != NULL)
    return;
  if (a->rank != 2 || b->rank != 2 || a->dims[turn_a ? 0 : 1] != b->dims[turn_b ? 1 : 0]
      || (c != NULL && c->rank > 2)) {
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "the shapes of its matrices don't fit together");
    return;
  }
  const gsize dims[] = { a->dims[turn_a ? 1 : 0], b->dims[turn_b ? 0 : 1] };
  gsize k = a->dims[turn_a ? 0 : 1], steps[2] = { 0 };
  NnOnnxValue *y = nn_onnx_output (call, 0, a->type, 2, dims);
  if (y == NULL || !nn_onnx_work (call, y->size, k))
    return;
  multiply (dims[0], k, dims[1], a->real, turn_a ? 1 : k, turn_a ? dims[0] : 1, b->real, turn_b ? 1 : dims[1],
            turn_b ? k : 1, y->real);
  for (guint i = 0; c != NULL && i < c->rank; i++)
    if (c->dims[i] != 1 && c->dims[i] != dims[2 - c->rank + i]) {
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "the shape of what it adds doesn't fit");
      return;
    }
  if (c != NULL)
    nn_onnx_spread (c, 2, steps);
  for (gsize i = 0; i < y->size; i++)
    y->real[i] = alpha * y->real[i]
                 + (c != NULL ? beta * c->real[i / dims[1] * steps[0] + i % dims[1] * steps[1]] : 0);
}

/* A vector on the left is a row, on the right a column; the extent is taken away again in the result. */
static void
run_matmul (NnOnnxCall *call)
{
  const NnOnnxValue *a = nn_onnx_real_input (call, 0), *b = nn_onnx_real_input (call, 1);
  if (call->error != NULL)
    return;
  if (a->rank == 0 || b->rank == 0 || a->dims[a->rank - 1] != b->dims[b->rank == 1 ? 0 : b->rank - 2]) {
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "the shapes of its matrices don't fit together");
    return;
  }
  gsize m = a->rank > 1 ? a->dims[a->rank - 2] : 1, k = a->dims[a->rank - 1],
        n = b->rank > 1 ? b->dims[b->rank - 1] : 1;
  NnOnnxValue outer_a = *a, outer_b = *b; /* only their shapes matter */
  outer_a.rank = a->rank > 2 ? a->rank - 2 : 0;
  outer_b.rank = b->rank > 2 ? b->rank - 2 : 0;
  gsize dims[NN_ONNX_MAX_RANK + 2], index[NN_ONNX_MAX_RANK] = { 0 };
  gsize step_a[NN_ONNX_MAX_RANK], step_b[NN_ONNX_MAX_RANK];
  guint outer, rank;
  if (!nn_onnx_broadcast (call, &outer_a, &outer_b, &outer, dims))
    return;
  rank = outer;
  if (a->rank > 1)
    dims[rank++] = m;
  if (b->rank > 1)
    dims[rank++] = n;
  NnOnnxValue *y = nn_onnx_output (call, 0, a->type, rank, dims);
  if (y == NULL || !nn_onnx_work (call, y->size, k) || y->size == 0)
    return;
  nn_onnx_spread (&outer_a, outer, step_a);
  nn_onnx_spread (&outer_b, outer, step_b);
  double *to = y->real;
  do {
    gsize at_a = 0, at_b = 0;
    for (guint d = 0; d < outer; d++) {
      at_a += index[d] * step_a[d] * m * k;
      at_b += index[d] * step_b[d] * k * n;
    }
    multiply (m, k, n, a->real + at_a, k, 1, b->real + at_b, n, 1, to);
    to += m * n;
  } while (nn_onnx_next (outer, dims, index));
}

const NnOnnxOperator nn_onnx_matrix_operators[] = {
  { "Gemm", 1, 2, 3, 1, run_gemm },
  { "MatMul", 1, 2, 2, 1, run_matmul },
  { NULL },
};
