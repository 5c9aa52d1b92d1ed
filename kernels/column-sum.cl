/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * out[s][j] = Σ x[i][j] over the rows i of slice s: all of one slice, or parts that a second launch adds up.
 *
 * Layout: x[x0 + i * stride + j], rows × columns; out[out0 + s * columns + j].
 * Range: item (c, s) has the columns from c * NV * VW on, and the rows from s * slice_rows on.
 * Tunables: VW floats a vector, NV vectors an item; 1 and 1 where neighbouring items read neighbouring columns. */

#if VW > 1
typedef CAT (float, VW) vec;
#define VLOAD(p) CAT (vload, VW) (0, p)
#define VSTORE(v, p) CAT (vstore, VW) (v, 0, p)
#else
typedef float vec;
#define VLOAD(p) (*(p))
#define VSTORE(v, p) (*(p) = (v))
#endif
#define WIDTH (NV * VW)

__kernel void
column_sum (uint rows, uint columns, __global const float *restrict x, uint x0, uint stride,
            __global float *restrict out, uint out0, uint slice_rows)
{
  const uint j0 = get_global_id (0) * WIDTH, slice = get_global_id (1);
  const uint first = slice * slice_rows, end = min (first + slice_rows, rows);
  if (j0 >= columns)
    return;
  __global const float *row = x + x0 + (size_t) first * stride + j0;
  __global float *sum = out + out0 + (size_t) slice * columns + j0;
  if (j0 + WIDTH <= columns) {
    vec acc[NV];
#pragma unroll
    for (int j = 0; j < NV; j++)
      acc[j] = (vec) (0.0f);
    for (uint i = first; i < end; i++, row += stride) {
#pragma unroll
      for (int j = 0; j < NV; j++)
        acc[j] += VLOAD (row + j * VW);
    }
#pragma unroll
    for (int j = 0; j < NV; j++)
      VSTORE (acc[j], sum + j * VW);
    return;
  }
  float acc[WIDTH];
  const uint rest = columns - j0;
  for (uint j = 0; j < rest; j++)
    acc[j] = 0.0f;
  for (uint i = first; i < end; i++, row += stride)
    for (uint j = 0; j < rest; j++)
      acc[j] += row[j];
  for (uint j = 0; j < rest; j++)
    sum[j] = acc[j];
}
