/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mean of each channel over all pixels: y[n][c] = 1/P sum over p of x[n][p][c]. One work-item a result, channels
 * next to each other. Build option: TRAINING: the gradient too. */

__kernel void
global_avg_pool (uint batch, uint pixels, uint channels, __global const float *restrict x, __global float *restrict y)
{
  uint i = get_global_id (0);
  if (i >= batch * channels)
    return;
  __global const float *p = x + (i / channels) * pixels * channels + i % channels;
  float sum = 0.0f;
  for (uint k = 0; k < pixels; k++)
    sum += p[k * channels];
  y[i] = sum / (float) pixels;
}

#ifdef TRAINING
__kernel void
global_avg_pool_backward (uint batch, uint pixels, uint channels, __global const float *restrict dy,
                          __global float *restrict dx)
{
  uint i = get_global_id (0);
  if (i < batch * pixels * channels)
    dx[i] = dy[i / (pixels * channels) * channels + i % channels] / (float) pixels;
}
#endif
