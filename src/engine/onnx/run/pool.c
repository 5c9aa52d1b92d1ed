/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/run/window.h"

#include <math.h>

/* One window: the largest number, or the sum, of what lies inside; @padded: how many of its places lie in the
 * picture or in its padding. */
static double
look (const NnOnnxWindow *w, const double *in, const gint64 *place, gboolean largest, gsize *inside,
      gsize *padded)
{
  double result = largest ? -INFINITY : 0;
  gint64 start[NN_ONNX_MAX_SPATIAL];
  *inside = *padded = 0;
  for (guint d = 0; d < NN_ONNX_MAX_SPATIAL; d++)
    start[d] = place[d] * w->stride[d] - w->begin[d];
  for (gint64 a = 0; a < w->kernel[0]; a++)
    for (gint64 b = 0; b < w->kernel[1]; b++)
      for (gint64 c = 0; c < w->kernel[2]; c++) {
        const gint64 at[]
            = { start[0] + a * w->dilation[0], start[1] + b * w->dilation[1], start[2] + c * w->dilation[2] };
        gboolean hit = TRUE, near = TRUE;
        for (guint d = 0; d < NN_ONNX_MAX_SPATIAL; d++) {
          hit = hit && at[d] >= 0 && at[d] < w->in[d];
          near = near && at[d] < w->in[d] + w->end[d];
        }
        *padded += near;
        *inside += hit;
        if (!hit)
          continue;
        double x = in[(at[0] * w->in[1] + at[1]) * w->in[2] + at[2]];
        result = largest ? (isnan (x) || x > result ? x : result) : result + x;
      }
  return result;
}

static void
run_pool (NnOnnxCall *call, gboolean largest)
{
  const NnOnnxValue *x = nn_onnx_real_input (call, 0);
  gboolean count_padding = !largest && nn_onnx_attr_int (call, "count_include_pad", 0) != 0;
  NnOnnxWindow w;
  if (x == NULL || !nn_onnx_window_init (&w, call, x, NULL))
    return;
  NnOnnxValue *y = nn_onnx_window_output (&w, call, x, x->dims[1]);
  if (y == NULL || !nn_onnx_work (call, y->size, nn_onnx_window_count (w.kernel)))
    return;
  gsize in = nn_onnx_window_count (w.in), out = nn_onnx_window_count (w.out);
  for (gsize i = 0; i < y->size; i++) {
    gint64 at = (gint64) (i % out);
    const gint64 place[] = { at / w.out[2] / w.out[1], at / w.out[2] % w.out[1], at % w.out[2] };
    gsize inside, padded;
    double value = look (&w, x->real + i / out * in, place, largest, &inside, &padded);
    y->real[i] = largest ? value : value / (double) (count_padding ? padded : inside);
  }
}

static void
run_max_pool (NnOnnxCall *call)
{
  run_pool (call, TRUE);
}

static void
run_avg_pool (NnOnnxCall *call)
{
  run_pool (call, FALSE);
}

static void
run_global (NnOnnxCall *call, gboolean largest)
{
  const NnOnnxValue *x = nn_onnx_real_input (call, 0);
  gsize dims[NN_ONNX_MAX_RANK];
  if (x == NULL)
    return;
  if (x->rank < 2 || x->size == 0) {
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its input has no picture in it");
    return;
  }
  for (guint d = 0; d < x->rank; d++)
    dims[d] = d < 2 ? x->dims[d] : 1;
  NnOnnxValue *y = nn_onnx_work (call, x->size, 1) ? nn_onnx_output (call, 0, x->type, x->rank, dims) : NULL;
  gsize n = x->size / (x->dims[0] * x->dims[1]);
  for (gsize i = 0; y != NULL && i < y->size; i++) {
    const double *in = x->real + i * n;
    double result = in[0];
    for (gsize k = 1; k < n; k++)
      result = largest ? (isnan (in[k]) || in[k] > result ? in[k] : result) : result + in[k];
    y->real[i] = largest ? result : result / (double) n;
  }
}

static void
run_global_max (NnOnnxCall *call)
{
  run_global (call, TRUE);
}

static void
run_global_avg (NnOnnxCall *call)
{
  run_global (call, FALSE);
}

const NnOnnxOperator nn_onnx_pool_operators[] = {
  { "AveragePool", 1, 1, 1, 1, run_avg_pool },
  { "GlobalAveragePool", 1, 1, 1, 1, run_global_avg },
  { "GlobalMaxPool", 1, 1, 1, 1, run_global_max },
  { "MaxPool", 1, 1, 1, 1, run_max_pool },
  { NULL },
};
