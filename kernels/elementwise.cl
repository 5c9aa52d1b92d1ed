/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operations on each element by itself: one work-item an element, unit stride; n elements, the items beyond do nothing.
 * Build options: the kernel, one of ACTIVATION_FORWARD, ACTIVATION_BACKWARD, ADD, SHIFT and DROPOUT; for the first two one
 * of ACT_NONE, ACT_RELU, ACT_LEAKY_RELU, ACT_SIGMOID, ACT_TANH, ACT_RELU6. */

#ifdef ACTIVATION_FORWARD
/* y = f(x) */
__kernel void
activation_forward (uint n, __global const float *restrict x, __global float *restrict y)
{
  uint i = get_global_id (0);
  if (i < n)
    y[i] = ACTIVATE (x[i]);
}
#endif

#ifdef ACTIVATION_BACKWARD
/* dx = dy f'(x), from the output y. dx may be dy, so neither is restrict. */
__kernel void
activation_backward (uint n, __global const float *restrict y, __global const float *dy, __global float *dx)
{
  uint i = get_global_id (0);
  if (i < n)
    dx[i] = dy[i] * ACTIVATE_GRAD (y[i]);
}
#endif

#ifdef ADD
/* y = a + b; y may be a. */
__kernel void
add (uint n, __global const float *a, __global const float *b, __global float *y)
{
  uint i = get_global_id (0);
  if (i < n)
    y[i] = a[i] + b[i];
}
#endif

#ifdef SHIFT
/* y = x + b, of rows of so many columns. */
__kernel void
shift (uint n, uint columns, __global const float *restrict x, __global const float *restrict b, __global float *restrict y)
{
  uint i = get_global_id (0);
  if (i < n)
    y[i] = x[i] + b[i % columns];
}
#endif

#ifdef DROPOUT
/* y = 0 with probability rate, else x / (1 - rate). Forward and backward are the same: the mask is recomputed.
 * step: [0] steps done, [1] seed; node: the node's index, so that two dropouts differ. */
__kernel void
dropout (uint n, __global const float *restrict x, __global float *restrict y, __global const uint *restrict step,
         uint node, float rate)
{
  uint i = get_global_id (0);
  if (i < n)
    y[i] = random_uniform (step[1] + node, step[0], i) < rate ? 0.0f : x[i] / (1.0f - rate);
}
#endif
