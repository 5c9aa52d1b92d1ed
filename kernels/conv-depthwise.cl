/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Depthwise convolution for CPUs: every channel sees itself only, so vectors run over channels. One work-item a
 * work-group.
 *
 *   depthwise_forward  y[n][oy][ox][c] = f (bias[c] + Σ x[n][oy·SH - PH + ky][ox·SW - PW + kx][c] w[ky][kx][c])
 *   depthwise_input    dx[n][iy][ix][c] = Σ dz[n][oy][ox][c] w[ky][kx][c] over the windows that hold the pixel
 *   depthwise_weights  parts[s][ky][kx][c] = Σ x dz over the output rows of slice s
 *
 * Layout: pictures NHWC, weights [ky][kx][c].
 * Options: IN_H IN_W OUT_H OUT_W KH KW SH SW PH PW; GROUPS channels, a multiple of CB = NV·VW: NV vectors of VW floats;
 * TILE output pixels at a time. One of FORWARD, INPUT, WEIGHTS chooses the kernel. */

#include "vector.clh"

#define CB (NV * VW)
#define C GROUPS

#ifdef FORWARD
/* Pixels from ox on, count of them, in one row: @x is where the window of ox begins, in row ky0; windows lie within
 * the picture from left to right, if inside. */
inline void
forward_pixels (__global const float *restrict x, __global const float *restrict w, const vec *start,
                __global float *restrict y, int ky0, int ky1, int x0, int count, bool inside)
{
  vec acc[TILE][NV];
#pragma unroll
  for (int i = 0; i < TILE; i++)
#pragma unroll
    for (int j = 0; j < NV; j++)
      acc[i][j] = start[j];
  for (int ky = ky0; ky < ky1; ky++, x += IN_W * C)
#pragma unroll
    for (int kx = 0; kx < KW; kx++) {
      vec weight[NV];
#pragma unroll
      for (int j = 0; j < NV; j++)
        weight[j] = VLOAD (w + (ky * KW + kx) * C + j * VW);
#pragma unroll
      for (int i = 0; i < TILE; i++) {
        const int ix = x0 + i * SW + kx;
        if (inside || (i < count && ix >= 0 && ix < IN_W))
#pragma unroll
          for (int j = 0; j < NV; j++)
            acc[i][j] = FMA (VLOAD (x + (i * SW + kx) * C + j * VW), weight[j], acc[i][j]);
      }
    }
#pragma unroll
  for (int i = 0; i < TILE; i++)
    if (i < count)
#pragma unroll
      for (int j = 0; j < NV; j++)
        VSTORE (ACTIVATE (acc[i][j]), y + i * C + j * VW);
}

/* Group i: output row i of the batch. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
depthwise_forward (__global const float *restrict x, __global const float *restrict w, __global const float *restrict bias,
                   __global float *restrict y)
{
  const int row = get_group_id (0), n = row / OUT_H, y0 = row % OUT_H * SH - PH;
  const int ky0 = max (0, -y0), ky1 = min (KH, IN_H - y0);
  for (int c = 0; c < C; c += CB) {
    vec start[NV];
#pragma unroll
    for (int j = 0; j < NV; j++)
#ifdef BIAS
      start[j] = VLOAD (bias + c + j * VW);
#else
      start[j] = (vec) (0.0f);
#endif
    for (int ox = 0; ox < OUT_W; ox += TILE) {
      const int x0 = ox * SW - PW, count = min (TILE, OUT_W - ox);
      const bool inside = count == TILE && x0 >= 0 && x0 + (TILE - 1) * SW + KW <= IN_W;
      __global const float *from = x + ((long) (n * IN_H + y0 + ky0) * IN_W + x0) * C + c;
      __global float *to = y + ((size_t) row * OUT_W + ox) * C + c;
      if (inside)
        forward_pixels (from, w + c, start, to, ky0, ky1, x0, TILE, true);
      else
        forward_pixels (from, w + c, start, to, ky0, ky1, x0, count, false);
    }
  }
}
#endif

#ifdef INPUT
/* Group i: input row i of the batch. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
depthwise_input (__global const float *restrict dz, __global const float *restrict w, __global float *restrict dx)
{
  const int row = get_group_id (0), n = row / IN_H, iy = row % IN_H;
  for (int c = 0; c < C; c += CB)
    for (int ix = 0; ix < IN_W; ix++) {
      vec acc[NV];
#pragma unroll
      for (int j = 0; j < NV; j++)
        acc[j] = (vec) (0.0f);
      for (int ky = 0; ky < KH; ky++) {
        const int vy = iy + PH - ky, oy = vy / SH;
        if (vy < 0 || vy % SH != 0 || oy >= OUT_H)
          continue;
        __global const float *from = dz + (size_t) (n * OUT_H + oy) * OUT_W * C + c;
#pragma unroll
        for (int kx = 0; kx < KW; kx++) {
          const int vx = ix + PW - kx, ox = vx / SW;
          if (vx < 0 || vx % SW != 0 || ox >= OUT_W)
            continue;
#pragma unroll
          for (int j = 0; j < NV; j++)
            acc[j] = FMA (VLOAD (from + ox * C + j * VW), VLOAD (w + (ky * KW + kx) * C + c + j * VW), acc[j]);
        }
      }
#pragma unroll
      for (int j = 0; j < NV; j++)
        VSTORE (acc[j], dx + ((size_t) row * IN_W + ix) * C + c + j * VW);
    }
}
#endif

#ifdef WEIGHTS
/* Group (s, b): slice s, rows_per_slice output rows of the batch; block b of channels. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
depthwise_weights (uint rows, uint rows_per_slice, __global const float *restrict x, __global const float *restrict dz,
                   __global float *restrict parts)
{
  const int c = get_group_id (1) * CB;
  const uint first = get_group_id (0) * rows_per_slice, end = min (first + rows_per_slice, rows);
  vec acc[KH][KW][NV];
  for (int ky = 0; ky < KH; ky++)
    for (int kx = 0; kx < KW; kx++)
      for (int j = 0; j < NV; j++)
        acc[ky][kx][j] = (vec) (0.0f);
  for (uint row = first; row < end; row++) {
    const int n = row / OUT_H, y0 = row % OUT_H * SH - PH;
    for (int ky = max (0, -y0); ky < min (KH, IN_H - y0); ky++) {
      __global const float *line = x + (size_t) (n * IN_H + y0 + ky) * IN_W * C + c;
      for (int ox = 0; ox < OUT_W; ox++) {
        vec gradient[NV];
#pragma unroll
        for (int j = 0; j < NV; j++)
          gradient[j] = VLOAD (dz + ((size_t) row * OUT_W + ox) * C + c + j * VW);
#pragma unroll
        for (int kx = 0; kx < KW; kx++) {
          const int ix = ox * SW - PW + kx;
          if (ix >= 0 && ix < IN_W)
#pragma unroll
            for (int j = 0; j < NV; j++)
              acc[ky][kx][j] = FMA (VLOAD (line + ix * C + j * VW), gradient[j], acc[ky][kx][j]);
        }
      }
    }
  }
  __global float *to = parts + (size_t) get_group_id (0) * (KH * KW * C) + c;
  for (int ky = 0; ky < KH; ky++)
    for (int kx = 0; kx < KW; kx++)
      for (int j = 0; j < NV; j++)
        VSTORE (acc[ky][kx][j], to + (ky * KW + kx) * C + j * VW);
}
#endif
