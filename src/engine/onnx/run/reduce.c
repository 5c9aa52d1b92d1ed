/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/run/operator.h"

#include <math.h>

/* exp (x - max) over their sum, or its logarithm, over @n numbers that lie @step apart. */
static void
normalise (const double *x, double *y, gsize n, gsize step, gboolean logarithm)
{
  double max = -INFINITY, sum = 0;
  for (gsize i = 0; i < n; i++)
    max = fmax (max, x[i * step]);
  for (gsize i = 0; i < n; i++)
    sum += exp (x[i * step] - max);
  for (gsize i = 0; i < n; i++)
    y[i * step] = logarithm ? x[i * step] - max - log (sum) : exp (x[i * step] - max) / sum;
}

/* Since operator set 13 along one axis; before, over all from it to the last one. */
static void
run_softmax (NnOnnxCall *call, gboolean logarithm)
{
  const NnOnnxValue *x = nn_onnx_real_input (call, 0);
  gboolean flat = call->opset < 13;
  guint axis
      = x != NULL ? nn_onnx_axis (call, nn_onnx_attr_int (call, "axis", flat ? 1 : -1), x->rank, flat) : 0;
  NnOnnxValue *y = x != NULL ? nn_onnx_output (call, 0, x->type, x->rank, x->dims) : NULL;
  if (y == NULL || y->size == 0)
    return;
  gsize n = flat ? nn_onnx_product (x->rank - axis, x->dims + axis) : x->dims[axis];
  gsize inner = flat ? 1 : nn_onnx_product (x->rank - axis - 1, x->dims + axis + 1);
  for (gsize i = 0; i < x->size / n; i++) {
    gsize at = i / inner * n * inner + i % inner;
    normalise (x->real + at, y->real + at, n, inner, logarithm);
  }
}

static void
run_plain_softmax (NnOnnxCall *call)
{
  run_softmax (call, FALSE);
}

static void
run_log_softmax (NnOnnxCall *call)
{
  run_softmax (call, TRUE);
}

typedef enum {
  SUM,
  MEAN,
  LARGEST,
  SMALLEST,
} Kind;

static const Kind kinds[] = { SUM, MEAN, LARGEST, SMALLEST };

static double
accumulate (Kind kind, double sum, double x)
{
  if (kind == LARGEST)
    return fmax (sum, x);
  return kind == SMALLEST ? fmin (sum, x) : sum + x;
}

/* Over the axes that are named, or all of them. They became an input with set 13 for sums, with 18 for the
 * others. */
static void
run_reduce (NnOnnxCall *call)
{
  Kind kind = *(const Kind *) call->op->detail;
  const NnOnnxValue *x = nn_onnx_real_input (call, 0);
  NnOnnxInts axes = nn_onnx_ints (call, "axes", 1, kind == SUM ? 13 : 18);
  gboolean keep = nn_onnx_attr_int (call, "keepdims", 1) != 0,
           none = nn_onnx_attr_int (call, "noop_with_empty_axes", 0) != 0;
  gboolean all = axes.n == 0 && !none, gone[NN_ONNX_MAX_RANK] = { FALSE };
  gsize dims[NN_ONNX_MAX_RANK], kept[NN_ONNX_MAX_RANK], step[NN_ONNX_MAX_RANK],
      index[NN_ONNX_MAX_RANK] = { 0 };
  guint rank = 0;
  for (guint i = 0; x != NULL && i < axes.n; i++)
    gone[nn_onnx_axis (call, axes.v[i], x->rank, FALSE) % NN_ONNX_MAX_RANK] = TRUE;
  if (x == NULL || call->error != NULL)
    return;
  for (guint d = 0; d < x->rank; d++) {
    gone[d] = gone[d] || all;
    kept[d] = gone[d] ? 1 : x->dims[d];
    if (keep || !gone[d])
      dims[rank++] = kept[d];
  }
  NnOnnxValue *y = nn_onnx_work (call, x->size, 1) ? nn_onnx_output (call, 0, x->type, rank, dims) : NULL;
  for (gsize i = 0; y != NULL && i < y->size && kind > MEAN; i++)
    y->real[i] = kind == LARGEST ? -INFINITY : INFINITY;
  if (y == NULL || x->size == 0)
    return;
  nn_onnx_strides (x->rank, kept, step);
  gsize i = 0;
  do {
    gsize at = 0;
    for (guint d = 0; d < x->rank; d++)
      at += gone[d] ? 0 : index[d] * step[d];
    y->real[at] = accumulate (kind, y->real[at], x->real[i++]);
  } while (nn_onnx_next (x->rank, x->dims, index));
  for (i = 0; kind == MEAN && i < y->size; i++)
    y->real[i] /= (double) (x->size / y->size);
}

/* The place of the largest number along an axis; of equal ones the first, or the last. */
static void
run_arg_max (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_real_input (call, 0);
  gboolean keep = nn_onnx_attr_int (call, "keepdims", 1) != 0,
           last = nn_onnx_attr_int (call, "select_last_index", 0) != 0;
  guint axis = x != NULL ? nn_onnx_axis (call, nn_onnx_attr_int (call, "axis", 0), x->rank, FALSE) : 0,
        rank = 0;
  gsize dims[NN_ONNX_MAX_RANK];
  if (x == NULL || call->error != NULL)
    return;
  for (guint d = 0; d < x->rank; d++)
    if (d != axis || keep)
      dims[rank++] = d == axis ? 1 : x->dims[d];
  if (x->size == 0) {
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "there is nothing in its input");
    return;
  }
  const NnOnnxType *type = nn_onnx_type (NN_ONNX__TENSOR_PROTO__DATA_TYPE__INT64);
  NnOnnxValue *y = nn_onnx_work (call, x->size, 1) ? nn_onnx_output (call, 0, type, rank, dims) : NULL;
  gsize n = x->dims[axis], inner = nn_onnx_product (x->rank - axis - 1, x->dims + axis + 1);
  for (gsize i = 0; y != NULL && i < y->size; i++) {
    const double *from = x->real + i / inner * n * inner + i % inner;
    gsize best = 0;
    for (gsize k = 1; k < n; k++)
      if (from[k * inner] > from[best * inner] || (last && from[k * inner] == from[best * inner]))
        best = k;
    y->whole[i] = (gint64) best;
  }
}

const NnOnnxOperator nn_onnx_reduce_operators[] = {
  { "ArgMax", 1, 1, 1, 1, run_arg_max },
  { "LogSoftmax", 1, 1, 1, 1, run_log_softmax },
  { "ReduceMax", 1, 1, 2, 1, run_reduce, &kinds[LARGEST] },
  { "ReduceMean", 1, 1, 2, 1, run_reduce, &kinds[MEAN] },
  { "ReduceMin", 1, 1, 2, 1, run_reduce, &kinds[SMALLEST] },
  { "ReduceSum", 1, 1, 2, 1, run_reduce, &kinds[SUM] },
  { "Softmax", 1, 1, 1, 1, run_plain_softmax },
  { NULL },
};
