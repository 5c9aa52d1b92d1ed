/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/run/window.h"

/* Reads a list with one number a spatial extent, @n of them, each at least @min; where it is missing,
 * @fallback. */
static void
read_list (NnOnnxCall *call, const char *name, guint n, gint64 min, gint64 fallback, gint64 *values)
{
  NnOnnxInts list = nn_onnx_attr_ints (call, name);
  if (list.given && list.n != n)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its attribute “%s” has %u numbers for %u extents", name, list.n,
                  n);
  for (guint i = 0; i < n; i++) {
    values[i] = list.given && list.n == n ? list.v[i] : fallback;
    if (values[i] < min)
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its attribute “%s” has the number %" G_GINT64_FORMAT, name,
                    values[i]);
  }
}

static void
read_pads (NnOnnxWindow *self, NnOnnxCall *call, guint n, guint first)
{
  NnOnnxInts pads = nn_onnx_attr_ints (call, "pads");
  if (!pads.given)
    return;
  if (pads.n != 2 * n)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its attribute “pads” has %u numbers for %u extents", pads.n, n);
  for (guint i = 0; i < n && call->error == NULL; i++) {
    self->begin[first + i] = pads.v[i];
    self->end[first + i] = pads.v[n + i];
    if (pads.v[i] < 0 || pads.v[n + i] < 0)
      nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its padding is negative");
  }
}

/* “Same” padding depends on the size of the picture; the odd pixel goes to the end, or to the beginning. */
static void
pad_same (NnOnnxWindow *self, guint d, gboolean upper)
{
  gint64 out = (self->in[d] + self->stride[d] - 1) / self->stride[d];
  gint64 reach = (self->kernel[d] - 1) * self->dilation[d] + 1;
  gint64 total = MAX ((out - 1) * self->stride[d] + reach - self->in[d], 0);
  self->begin[d] = upper ? total / 2 : total - total / 2;
  self->end[d] = total - self->begin[d];
}

static void
find_output (NnOnnxWindow *self, NnOnnxCall *call, guint d, gboolean ceiling)
{
  gint64 reach = (self->kernel[d] - 1) * self->dilation[d] + 1;
  gint64 room = self->in[d] + self->begin[d] + self->end[d] - reach;
  if (room < 0) {
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its kernel is larger than the padded picture");
    return;
  }
  self->out[d] = (room + (ceiling ? self->stride[d] - 1 : 0)) / self->stride[d] + 1;
  /* A window that would start behind the picture is dropped. */
  if (ceiling && (self->out[d] - 1) * self->stride[d] >= self->in[d] + self->begin[d])
    self->out[d]--;
}

gboolean
nn_onnx_window_init (NnOnnxWindow *self, NnOnnxCall *call, const NnOnnxValue *x, const gsize *kernel)
{
  *self = (NnOnnxWindow){ { 0 } };
  if (call->error != NULL)
    return FALSE;
  if (x->rank < 3 || x->rank > 2 + NN_ONNX_MAX_SPATIAL) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its input has %u extents; 3 to %d are supported", x->rank,
                  2 + NN_ONNX_MAX_SPATIAL);
    return FALSE;
  }
  guint n = x->rank - 2, first = NN_ONNX_MAX_SPATIAL - n;
  for (guint d = 0; d < NN_ONNX_MAX_SPATIAL; d++)
    self->in[d] = self->kernel[d] = self->stride[d] = self->dilation[d] = 1;
  for (guint d = 0; d < n; d++)
    self->in[first + d] = (gint64) x->dims[2 + d];
  if (kernel == NULL)
    read_list (call, "kernel_shape", n, 1, 0, self->kernel + first);
  for (guint d = 0; kernel != NULL && d < n; d++) {
    self->kernel[first + d] = (gint64) kernel[d];
    if (kernel[d] == 0)
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its kernel is empty");
  }
  read_list (call, "strides", n, 1, 1, self->stride + first);
  read_list (call, "dilations", n, 1, 1, self->dilation + first);
  gboolean upper = nn_onnx_attr_is (call, "auto_pad", "SAME_UPPER", "NOTSET");
  gboolean lower = nn_onnx_attr_is (call, "auto_pad", "SAME_LOWER", "NOTSET");
  if (nn_onnx_attr_is (call, "auto_pad", "NOTSET", "NOTSET"))
    read_pads (self, call, n, first);
  else if (!upper && !lower && !nn_onnx_attr_is (call, "auto_pad", "VALID", "NOTSET"))
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its attribute “auto_pad” isn't one of ONNX's");
  gboolean ceiling = nn_onnx_attr_int (call, "ceil_mode", 0) != 0;
  for (guint d = 0; d < NN_ONNX_MAX_SPATIAL && call->error == NULL; d++) {
    if (upper || lower)
      pad_same (self, d, upper);
    find_output (self, call, d, ceiling);
  }
  return call->error == NULL;
}

NnOnnxValue *
nn_onnx_window_output (const NnOnnxWindow *self, NnOnnxCall *call, const NnOnnxValue *x, gsize channels)
{
  gsize dims[2 + NN_ONNX_MAX_SPATIAL] = { x->dims[0], channels };
  guint n = x->rank - 2;
  for (guint d = 0; d < n; d++)
    dims[2 + d] = (gsize) self->out[NN_ONNX_MAX_SPATIAL - n + d];
  return nn_onnx_output (call, 0, x->type, x->rank, dims);
}

gsize
nn_onnx_window_count (const gint64 *extents)
{
  gsize n = 1;
  for (guint d = 0; d < NN_ONNX_MAX_SPATIAL; d++)
    if (!g_size_checked_mul (&n, n, (gsize) extents[d]))
      return G_MAXSIZE;
  return n;
}

void
nn_onnx_window_range (const NnOnnxWindow *self, guint d, gint64 k, gint64 *from, gint64 *to)
{
  gint64 shift
      = self->begin[d] - k * self->dilation[d]; /* place of the first pixel, seen from this element */
  gint64 last = self->in[d] - 1 + shift;
  *from = shift > 0 ? (shift + self->stride[d] - 1) / self->stride[d] : 0;
  *to = last < 0 ? 0 : MIN (last / self->stride[d] + 1, self->out[d]);
}
