/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolution of pictures on any device and of any shape: one work-item, one element of the result. For what the fast
 * kernels leave out (grouped convolutions with few channels a group, very large windows, small devices).
 *
 *   conv_plain          y[n][oy][ox][co] = f (bias[co] + Σ x[n][oy·SH - PH + ky][ox·SW - PW + kx][ci] w[ky][kx][ci][co])
 *   conv_plain_input    dx[n][iy][ix][ci] = Σ dz[n][oy][ox][co] w[ky][kx][ci][co] over the windows that hold the pixel
 *   conv_plain_weights  parts[s][ky][kx][ci][co] = Σ x dz over the output pixels of slice s, pixels_per_slice of them
 *
 * Layout: pictures NHWC, weights HWIO, ci counted within a group of channels.
 * Options: IN_H IN_W OUT_H OUT_W KH KW SH SW PH PW GROUPS, GIN and GOUT channels of a group. One of
 * FORWARD, INPUT, WEIGHTS chooses the kernel. */

#define IN_C (GROUPS * GIN)
#define OUT_C (GROUPS * GOUT)

#ifdef FORWARD
__kernel void
conv_plain (uint pixels, __global const float *restrict x, __global const float *restrict w,
            __global const float *restrict bias, __global float *restrict y)
{
  const uint id = get_global_id (0);
  if (id >= pixels * OUT_C)
    return;
  const int co = id % OUT_C, ox = id / OUT_C % OUT_W, oy = id / (OUT_C * OUT_W) % OUT_H, n = id / (OUT_C * OUT_W * OUT_H);
  const int y0 = oy * SH - PH, x0 = ox * SW - PW;
#ifdef BIAS
  float sum = bias[co];
#else
  float sum = 0.0f;
#endif
  for (int ky = max (0, -y0); ky < min (KH, IN_H - y0); ky++)
    for (int kx = max (0, -x0); kx < min (KW, IN_W - x0); kx++) {
      __global const float *from = x + (size_t) ((n * IN_H + y0 + ky) * IN_W + x0 + kx) * IN_C + co / GOUT * GIN;
      __global const float *weight = w + (ky * KW + kx) * (GIN * OUT_C) + co;
      for (int ci = 0; ci < GIN; ci++)
        sum = FMA (from[ci], weight[ci * OUT_C], sum);
    }
  y[id] = ACTIVATE (sum);
}
#endif

#ifdef INPUT
__kernel void
conv_plain_input (uint pixels, __global const float *restrict dz, __global const float *restrict w,
                  __global float *restrict dx)
{
  const uint id = get_global_id (0);
  if (id >= pixels * IN_C)
    return;
  const int c = id % IN_C, ix = id / IN_C % IN_W, iy = id / (IN_C * IN_W) % IN_H, n = id / (IN_C * IN_W * IN_H);
  const int g = c / GIN, ci = c % GIN;
  float sum = 0.0f;
  for (int ky = 0; ky < KH; ky++) {
    const int vy = iy + PH - ky, oy = vy / SH;
    if (vy < 0 || vy % SH != 0 || oy >= OUT_H)
      continue;
    for (int kx = 0; kx < KW; kx++) {
      const int vx = ix + PW - kx, ox = vx / SW;
      if (vx < 0 || vx % SW != 0 || ox >= OUT_W)
        continue;
      __global const float *from = dz + (size_t) ((n * OUT_H + oy) * OUT_W + ox) * OUT_C + g * GOUT;
      __global const float *weight = w + ((ky * KW + kx) * GIN + ci) * OUT_C + g * GOUT;
      for (int co = 0; co < GOUT; co++)
        sum = FMA (from[co], weight[co], sum);
    }
  }
  dx[id] = sum;
}
#endif

#ifdef WEIGHTS
__kernel void
conv_plain_weights (uint pixels, uint pixels_per_slice, __global const float *restrict x,
                    __global const float *restrict dz, __global float *restrict parts)
{
  const uint id = get_global_id (0), slice = get_global_id (1);
  if (id >= KH * KW * GIN * OUT_C)
    return;
  const int co = id % OUT_C, ci = id / OUT_C % GIN, kx = id / (OUT_C * GIN) % KW, ky = id / (OUT_C * GIN * KW);
  const uint first = slice * pixels_per_slice, end = min (first + pixels_per_slice, pixels);
  float sum = 0.0f;
  for (uint p = first; p < end; p++) {
    const int ox = p % OUT_W, oy = p / OUT_W % OUT_H, n = p / (OUT_W * OUT_H);
    const int iy = oy * SH - PH + ky, ix = ox * SW - PW + kx;
    if (iy >= 0 && iy < IN_H && ix >= 0 && ix < IN_W)
      sum = FMA (x[(size_t) ((n * IN_H + iy) * IN_W + ix) * IN_C + co / GOUT * GIN + ci], dz[(size_t) p * OUT_C + co], sum);
  }
  parts[(size_t) slice * (KH * KW * GIN * OUT_C) + id] = sum;
}
#endif
