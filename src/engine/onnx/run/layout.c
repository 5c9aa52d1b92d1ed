/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators that move numbers about and never look at them. */
#include "onnx/run/operator.h"

#include <string.h>

static void
copy (NnOnnxValue *to, gsize at, const NnOnnxValue *from, gsize place)
{
  if (to->real != NULL)
    to->real[at] = from->real[place];
  else
    to->whole[at] = from->whole[place];
}

/* The same numbers in another shape. */
static void
reshape (NnOnnxCall *call, const NnOnnxValue *x, guint rank, const gsize *dims)
{
  NnOnnxValue *y = nn_onnx_output (call, 0, x->type, rank, dims);
  if (y == NULL)
    return;
  if (y->size != x->size) {
    g_autofree char *from = nn_onnx_shape_string (x->rank, x->dims), *to = nn_onnx_shape_string (rank, dims);
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "%s numbers can't take the shape %s", from, to);
    return;
  }
  for (gsize i = 0; i < y->size; i++)
    copy (y, i, x, i);
}

static void
run_reshape (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  NnOnnxInts shape = nn_onnx_ints (call, "shape", 1, 5);
  gboolean zero = nn_onnx_attr_int (call, "allowzero", 0) != 0;
  gsize dims[2 * NN_ONNX_MAX_RANK], known = 1;
  guint unknown = G_MAXUINT;
  if (!shape.given)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "no shape is given");
  for (guint i = 0; i < shape.n && call->error == NULL; i++) {
    if (shape.v[i] < -1 || (shape.v[i] == -1 && unknown != G_MAXUINT)
        || (shape.v[i] == 0 && !zero && i >= x->rank)) {
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "the extent %u of the shape is wrong", i + 1);
      return;
    }
    dims[i] = shape.v[i] == 0 && !zero ? x->dims[i] : (gsize) MAX (shape.v[i], 1);
    if (shape.v[i] == 0 && zero)
      dims[i] = 0;
    if (shape.v[i] == -1)
      unknown = i;
    else if (!g_size_checked_mul (&known, known, dims[i]))
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "the shape is too large");
  }
  if (unknown != G_MAXUINT)
    dims[unknown] = known > 0 ? x->size / known : 0;
  if (call->error == NULL)
    reshape (call, x, shape.n, dims);
}

static void
run_flatten (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  guint axis = nn_onnx_axis (call, nn_onnx_attr_int (call, "axis", 1), x->rank, TRUE);
  const gsize dims[] = { nn_onnx_product (axis, x->dims), nn_onnx_product (x->rank - axis, x->dims + axis) };
  if (call->error == NULL)
    reshape (call, x, 2, dims);
}

/* Which of @rank extents are named. */
static void
mark_axes (NnOnnxCall *call, const NnOnnxInts *axes, guint rank, gboolean *marked)
{
  for (guint i = 0; i < axes->n; i++) {
    guint axis = nn_onnx_axis (call, axes->v[i], rank, FALSE);
    if (call->error == NULL && marked[axis])
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "it names the axis %u twice", axis);
    if (call->error != NULL)
      return;
    marked[axis] = TRUE;
  }
}

static void
run_squeeze (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  NnOnnxInts axes = nn_onnx_ints (call, "axes", 1, 13);
  gboolean marked[NN_ONNX_MAX_RANK] = { FALSE };
  gsize dims[NN_ONNX_MAX_RANK];
  guint rank = 0;
  mark_axes (call, &axes, x->rank, marked);
  for (guint i = 0; i < x->rank; i++) {
    if (marked[i] && x->dims[i] != 1)
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "the extent %zu can't be taken away", x->dims[i]);
    if (axes.given ? !marked[i] : x->dims[i] != 1)
      dims[rank++] = x->dims[i];
  }
  if (call->error == NULL)
    reshape (call, x, rank, dims);
}

static void
run_unsqueeze (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  NnOnnxInts axes = nn_onnx_ints (call, "axes", 1, 13);
  gboolean marked[NN_ONNX_MAX_RANK] = { FALSE };
  gsize dims[NN_ONNX_MAX_RANK];
  guint rank = x->rank + axes.n, from = 0;
  if (rank > NN_ONNX_MAX_RANK) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "a tensor of %u extents; %d are supported", rank,
                  NN_ONNX_MAX_RANK);
    return;
  }
  mark_axes (call, &axes, rank, marked);
  for (guint i = 0; i < rank && call->error == NULL; i++)
    dims[i] = marked[i] ? 1 : x->dims[from++];
  if (call->error == NULL)
    reshape (call, x, rank, dims);
}

/* y[index] = x[start + index · step], with any steps of x, also negative ones, in elements. */
static void
gather (NnOnnxValue *y, const NnOnnxValue *x, gint64 start, const gint64 *steps)
{
  gsize index[NN_ONNX_MAX_RANK] = { 0 }, i = 0;
  if (y->size == 0)
    return;
  do {
    gint64 at = start;
    for (guint d = 0; d < y->rank; d++)
      at += (gint64) index[d] * steps[d];
    copy (y, i++, x, (gsize) at);
  } while (nn_onnx_next (y->rank, y->dims, index));
}

static void
run_transpose (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  NnOnnxInts perm = nn_onnx_attr_ints (call, "perm");
  gboolean marked[NN_ONNX_MAX_RANK] = { FALSE };
  gsize dims[NN_ONNX_MAX_RANK], strides[NN_ONNX_MAX_RANK];
  gint64 steps[NN_ONNX_MAX_RANK];
  if (perm.given && perm.n != x->rank)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its attribute “perm” has %u numbers for %u extents", perm.n,
                  x->rank);
  else if (perm.given)
    mark_axes (call, &perm, x->rank, marked);
  nn_onnx_strides (x->rank, x->dims, strides);
  for (guint i = 0; i < x->rank && call->error == NULL; i++) {
    guint from = perm.given ? nn_onnx_axis (call, perm.v[i], x->rank, FALSE) : x->rank - 1 - i;
    dims[i] = x->dims[from];
    steps[i] = (gint64) strides[from];
  }
  NnOnnxValue *y = call->error == NULL ? nn_onnx_output (call, 0, x->type, x->rank, dims) : NULL;
  if (y != NULL)
    gather (y, x, 0, steps);
}

static void
run_expand (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  NnOnnxInts shape = nn_onnx_input_ints (call, 1);
  NnOnnxValue wanted = { .rank = shape.n };
  guint rank;
  gsize dims[NN_ONNX_MAX_RANK], strides[NN_ONNX_MAX_RANK];
  gint64 steps[NN_ONNX_MAX_RANK];
  for (guint i = 0; i < shape.n && call->error == NULL; i++) {
    if (shape.n > NN_ONNX_MAX_RANK || shape.v[i] < 0)
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "the extent %u of the shape is wrong", i + 1);
    else
      wanted.dims[i] = (gsize) shape.v[i];
  }
  if (call->error != NULL || !nn_onnx_broadcast (call, x, &wanted, &rank, dims))
    return;
  nn_onnx_spread (x, rank, strides);
  for (guint i = 0; i < rank; i++)
    steps[i] = (gint64) strides[i];
  NnOnnxValue *y = nn_onnx_output (call, 0, x->type, rank, dims);
  if (y != NULL)
    gather (y, x, 0, steps);
}

/* Start, length and step along one extent, as Python's slices are cut to it. */
static gsize
cut (NnOnnxCall *call, gint64 extent, gint64 *start, gint64 end, gint64 step)
{
  if (step == 0) {
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its step is 0");
    return 0;
  }
  gint64 low = step > 0 ? 0 : -1, high = step > 0 ? extent : extent - 1;
  *start = CLAMP (*start < 0 ? *start + extent : *start, step > 0 ? 0 : -1, high);
  end = CLAMP (end < 0 ? end + extent : end, low, high);
  gint64 room = step > 0 ? end - *start : *start - end;
  return room > 0 ? (gsize) ((room + ABS (step) - 1) / ABS (step)) : 0;
}

static void
run_slice (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  NnOnnxInts starts = nn_onnx_ints (call, "starts", 1, 10), ends = nn_onnx_ints (call, "ends", 2, 10);
  NnOnnxInts axes = nn_onnx_ints (call, "axes", 3, 10), by = nn_onnx_input_ints (call, 4);
  gboolean marked[NN_ONNX_MAX_RANK] = { FALSE };
  gsize dims[NN_ONNX_MAX_RANK], strides[NN_ONNX_MAX_RANK];
  gint64 steps[NN_ONNX_MAX_RANK], from = 0;
  if (!starts.given || starts.n != ends.n || (axes.given && axes.n != starts.n)
      || (by.given && by.n != starts.n) || starts.n > x->rank) {
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its lists of starts, ends, axes and steps don't fit together");
    return;
  }
  mark_axes (call, &axes, x->rank, marked);
  nn_onnx_strides (x->rank, x->dims, strides);
  for (guint i = 0; i < x->rank; i++) {
    dims[i] = x->dims[i];
    steps[i] = (gint64) strides[i];
  }
  for (guint i = 0; i < starts.n && call->error == NULL; i++) {
    guint axis = axes.given ? nn_onnx_axis (call, axes.v[i], x->rank, FALSE) : i;
    gint64 start = starts.v[i], step = by.given ? by.v[i] : 1;
    dims[axis] = cut (call, (gint64) x->dims[axis], &start, ends.v[i], step);
    from += start * (gint64) strides[axis];
    steps[axis] = step * (gint64) strides[axis];
  }
  NnOnnxValue *y = call->error == NULL ? nn_onnx_output (call, 0, x->type, x->rank, dims) : NULL;
  if (y != NULL)
    gather (y, x, from, steps);
}

static void
run_concat (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  guint axis = nn_onnx_axis (call, nn_onnx_attr_int (call, "axis", 1), x->rank, FALSE);
  gsize dims[NN_ONNX_MAX_RANK], place = 0;
  memcpy (dims, x->dims, sizeof dims);
  for (guint i = 1; i < call->n_inputs && call->error == NULL; i++) {
    const NnOnnxValue *next = nn_onnx_input (call, i);
    gboolean fits = next != NULL && next->type == x->type && next->rank == x->rank;
    for (guint d = 0; fits && d < x->rank; d++)
      fits = d == axis || next->dims[d] == x->dims[d];
    if (!fits || !g_size_checked_add (&dims[axis], dims[axis], next->dims[axis]))
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its input %u doesn't fit to the first one", i + 1);
  }
  NnOnnxValue *y = call->error == NULL ? nn_onnx_output (call, 0, x->type, x->rank, dims) : NULL;
  if (y == NULL)
    return;
  gsize outer = nn_onnx_product (axis, dims), inner = nn_onnx_product (x->rank - axis - 1, dims + axis + 1);
  for (guint i = 0; i < call->n_inputs; i++) {
    const NnOnnxValue *from = nn_onnx_input (call, i);
    gsize run = from->dims[axis] * inner;
    for (gsize k = 0; k < from->size; k++)
      copy (y, k / run * dims[axis] * inner + place + k % run, from, k);
    place += run;
  }
  g_assert (y->size == 0 || place * outer == y->size);
}

/* The sizes of the parts: a list, or equal ones but for the last. */
static gboolean
find_parts (NnOnnxCall *call, gsize extent, gsize *parts)
{
  NnOnnxInts split = nn_onnx_ints (call, "split", 1, 13);
  gsize each = (extent + call->n_outputs - 1) / call->n_outputs, left = extent;
  if (split.given && split.n != call->n_outputs)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "it has %u parts and %u outputs", split.n, call->n_outputs);
  for (guint i = 0; i < call->n_outputs && call->error == NULL; i++) {
    parts[i] = split.given ? (gsize) MAX (split.v[i], 0) : MIN (each, left);
    if (parts[i] > left || (split.given && split.v[i] < 0))
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its parts aren't the %zu of the whole", extent);
    else
      left -= parts[i];
  }
  if (left > 0)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its parts aren't the %zu of the whole", extent);
  return call->error == NULL;
}

static void
run_split (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  guint axis = nn_onnx_axis (call, nn_onnx_attr_int (call, "axis", 0), x->rank, FALSE);
  gsize parts[2 * NN_ONNX_MAX_RANK], dims[NN_ONNX_MAX_RANK], strides[NN_ONNX_MAX_RANK];
  gint64 steps[NN_ONNX_MAX_RANK], from = 0;
  if (call->error != NULL || !find_parts (call, x->dims[axis], parts))
    return;
  memcpy (dims, x->dims, sizeof dims);
  nn_onnx_strides (x->rank, x->dims, strides);
  for (guint i = 0; i < x->rank; i++)
    steps[i] = (gint64) strides[i];
  for (guint i = 0; i < call->n_outputs; i++) {
    dims[axis] = parts[i];
    NnOnnxValue *y = nn_onnx_output (call, i, x->type, x->rank, dims);
    if (y == NULL)
      return;
    gather (y, x, from, steps);
    from += (gint64) (parts[i] * strides[axis]);
  }
}

/* Where the number at @place of a padded extent comes from; -1: from nowhere. Reflection may go to and fro.
 */
static gint64
find_source (gint64 place, gint64 extent, char mode)
{
  if (place >= 0 && place < extent)
    return place;
  if (mode == 'c' || extent == 0)
    return -1;
  if (mode == 'e')
    return CLAMP (place, 0, extent - 1);
  gint64 period = mode == 'w' ? extent : MAX (2 * extent - 2, 1);
  gint64 at = place % period + (place % period < 0 ? period : 0);
  return mode == 'w' || at < extent ? at : period - at;
}

/* Reads the pads of each extent, which may be those of some only. */
static gboolean
read_pads (NnOnnxCall *call, const NnOnnxValue *x, gint64 *begin, gsize *dims)
{
  NnOnnxInts pads = nn_onnx_ints (call, call->opset < 2 ? "paddings" : "pads", 1, 11),
             axes = nn_onnx_input_ints (call, 3);
  guint n = axes.given ? axes.n : x->rank;
  gboolean marked[NN_ONNX_MAX_RANK] = { FALSE };
  if (!pads.given || pads.n != 2 * n)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "it has %u pads for %u extents", pads.n, n);
  mark_axes (call, &axes, x->rank, marked);
  for (guint d = 0; d < x->rank; d++) {
    begin[d] = 0;
    dims[d] = x->dims[d];
  }
  for (guint i = 0; i < n && call->error == NULL; i++) {
    guint d = axes.given ? nn_onnx_axis (call, axes.v[i], x->rank, FALSE) : i;
    gint64 extent = (gint64) x->dims[d] + pads.v[i] + pads.v[n + i];
    begin[d] = pads.v[i];
    dims[d] = (gsize) MAX (extent, 0);
    if (extent < 0)
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "more is cut off than there is");
  }
  return call->error == NULL;
}

static char
read_mode (NnOnnxCall *call)
{
  static const struct {
    const char *name;
    char mode;
  } modes[] = { { "constant", 'c' }, { "reflect", 'r' }, { "edge", 'e' }, { "wrap", 'w' } };
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    if (nn_onnx_attr_is (call, "mode", modes[i].name, "constant"))
      return modes[i].mode;
  nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its mode isn't supported");
  return 'c';
}

static void
run_pad (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0), *given = call->opset >= 11 ? nn_onnx_input (call, 2) : NULL;
  double value = call->opset < 11 ? nn_onnx_attr_float (call, "value", 0) : 0;
  char mode = read_mode (call);
  gint64 begin[NN_ONNX_MAX_RANK];
  gsize dims[NN_ONNX_MAX_RANK], strides[NN_ONNX_MAX_RANK], index[NN_ONNX_MAX_RANK] = { 0 }, i = 0;
  if (given != NULL && (given->size != 1 || given->type != x->type))
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "what it pads with isn't one number of its type");
  NnOnnxValue *y = read_pads (call, x, begin, dims) ? nn_onnx_output (call, 0, x->type, x->rank, dims) : NULL;
  if (y == NULL || y->size == 0)
    return;
  nn_onnx_strides (x->rank, x->dims, strides);
  do {
    gint64 at = 0;
    for (guint d = 0; d < x->rank && at >= 0; d++) {
      gint64 source = find_source ((gint64) index[d] - begin[d], (gint64) x->dims[d], mode);
      at = source < 0 ? -1 : at + source * (gint64) strides[d];
    }
    if (at >= 0)
      copy (y, i, x, (gsize) at);
    else if (given != NULL)
      copy (y, i, given, 0);
    else if (y->real != NULL)
      y->real[i] = value;
    i++;
  } while (nn_onnx_next (x->rank, dims, index));
}

const NnOnnxOperator nn_onnx_layout_operators[] = {
  { "Concat", 1, 1, G_MAXUINT, 1, run_concat },
  { "Expand", 8, 2, 2, 1, run_expand },
  { "Flatten", 1, 1, 1, 1, run_flatten },
  { "Pad", 1, 1, 4, 1, run_pad },
  { "Reshape", 1, 1, 2, 1, run_reshape },
  { "Slice", 1, 1, 5, 1, run_slice },
  { "Split", 2, 1, 2, 2 * NN_ONNX_MAX_RANK, run_split },
  { "Squeeze", 1, 1, 2, 1, run_squeeze },
  { "Transpose", 1, 1, 1, 1, run_transpose },
  { "Unsqueeze", 1, 1, 2, 1, run_unsqueeze },
  { NULL },
};
