/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a device can do at best: multiply-adds in registers, and memory streamed from end to end.
 *
 * Macros: V, the floats of a vector: those of the device on a CPU, with work-groups of one item; 1 or 4 elsewhere.
 * CHAINS, independent sums of an item: as many as it takes to hide the time of one multiply-add (about 4 cycles, 2 a
 * cycle on a CPU), and no more than its registers hold. REPEATS, how often the body of the loop is written out. */

#if V == 1
typedef float vfloat;
#else
typedef CAT (float, V) vfloat;
#endif

/* 2 · n · REPEATS · CHAINS · V operations an item; a and b are arguments so that nothing is known of them. */
__kernel void
peak_multiply_add (uint n, float a, float b, __global vfloat *restrict result)
{
  vfloat sum[CHAINS];
#pragma unroll
  for (int k = 0; k < CHAINS; k++)
    sum[k] = (vfloat) (float) (k + get_global_id (0));
  for (uint i = 0; i < n; i++) {
#pragma unroll
    for (int r = 0; r < REPEATS; r++) {
#pragma unroll
      for (int k = 0; k < CHAINS; k++)
        sum[k] = FMA (sum[k], (vfloat) a, (vfloat) b);
    }
  }
  vfloat all = 0.0f;
#pragma unroll
  for (int k = 0; k < CHAINS; k++)
    all += sum[k];
  result[get_global_id (0)] = all;
}

/* to = a · from. An item takes so many vectors in a row on a CPU; elsewhere RUN is 1, and neighbours take neighbours. */
__kernel void
peak_stream (float a, __global const vfloat *restrict from, __global vfloat *restrict to)
{
  const size_t start = get_global_id (0) * RUN;
  for (uint i = 0; i < RUN; i++)
    to[start + i] = a * from[start + i];
}
