/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolution of pictures for CPUs: one work-item a work-group, register tiles of vectors, no barrier.
 *
 *   conv_pack     weights into panels:  panel[b][k][j], block b of NR output channels, k over (ky, kx, ci); zero beyond
 *   conv_forward  y[n][oy][ox][co] = f (bias[co] + Σ x[n][oy·SH - PH + ky][ox·SW - PW + kx][ci] w[ky][kx][ci][co])
 *   conv_weights  dw[ky][kx][ci][co] = Σ x[n][oy·SH - PH + ky][ox·SW - PW + kx][ci] dz[n][oy][ox][co], dz = dy f'(y),
 *                 in slices; dz is left in place of dy (KEEP_DZ); the row after the last one is db[co] = Σ dz
 *   conv_reduce   adds the slices in their order
 *
 * The gradient of the input is conv_forward too: of dz, spread out by the stride (DH, DW: pixel (i, j) lies at
 * (i·DH, j·DW), zero between), with the weights turned round and transposed (conv_pack with FLIP).
 *
 * Layout: pictures NHWC, weights HWIO. A work-group first copies the part of the picture that it needs into a patch in
 * local memory, with the padding around it, so that the loops over the window have no cases. In the patch the window of
 * a row is one run of KW·GIN floats.
 *
 * Options: IN_H IN_W OUT_H OUT_W KH KW SH SW PH PW DH DW GROUPS, GIN and GOUT channels of a group; ROWS x COLS output
 * pixels a patch; VW floats a vector, NV vectors a block (NR = NV·VW output channels); TILE pixels (conv_forward) or rows
 * of dw (conv_weights) of a register tile. One of PACK, FORWARD, WEIGHTS, REDUCE chooses the kernel. POOL: conv_forward
 * keeps of y the largest of each 2x2 pixels only, as max_pool in pool.cl does; ROWS and COLS are even where there is more
 * than one band, and GOUT is a multiple of NR. */

#include "vector.clh"

#define NR (NV * VW)
#define IN_C (GROUPS * GIN)
#define OUT_C (GROUPS * GOUT)
#define BLOCKS CEIL_DIV (GOUT, NR) /* of one group of channels */
#define RUN (KW * GIN)             /* floats of a window in one row of a patch */
#define DEPTH (KH * RUN)
#define PATCH_H ((ROWS - 1) * SH + KH)
#define PATCH_W ((COLS - 1) * SW + KW)
#define BANDS_Y CEIL_DIV (OUT_H, ROWS)
#define BANDS_X CEIL_DIV (OUT_W, COLS)

/* Block b of output channels: the first one, and how many there are. */
#define FIRST_CHANNEL(b) ((b) / BLOCKS * GOUT + (b) % BLOCKS * NR)
#define CHANNELS(b) min (NR, GOUT - (b) % BLOCKS * NR)

#if defined FORWARD || defined WEIGHTS
inline void
copy_run (__local float *restrict to, __global const float *restrict from, int count)
{
  int i = 0;
  for (; i + VW <= count; i += VW)
    VSTORE (VLOAD (from + i), to + i);
  for (; i < count; i++)
    to[i] = from[i];
}

inline void
zero_run (__local float *to, int count)
{
  int i = 0;
  for (; i + VW <= count; i += VW)
    VSTORE ((vec) (0.0f), to + i);
  for (; i < count; i++)
    to[i] = 0.0f;
}

/* Copies what the output pixels (y0.., x0..), rows of them, see of picture n in channel group g. */
inline void
load_patch (__local float *restrict patch, __global const float *restrict x, int n, int g, int y0, int x0, int rows)
{
  const int left = x0 * SW - PW;
  for (int r = 0; r < (rows - 1) * SH + KH; r++, patch += PATCH_W * GIN) {
    const int vy = y0 * SH - PH + r, iy = vy / DH;
    if (vy < 0 || vy % DH != 0 || iy >= IN_H) {
      zero_run (patch, PATCH_W * GIN);
      continue;
    }
    __global const float *row = x + (size_t) (n * IN_H + iy) * (IN_W * IN_C) + g * GIN;
#if GROUPS == 1 && DW == 1
    const int from = clamp (left, 0, IN_W), to = clamp (left + PATCH_W, from, IN_W);
    const int before = min (from - left, PATCH_W);
    zero_run (patch, before * GIN);
    copy_run (patch + before * GIN, row + from * GIN, (to - from) * GIN);
    zero_run (patch + (before + to - from) * GIN, (PATCH_W - before - (to - from)) * GIN);
#else
    for (int c = 0; c < PATCH_W; c++) {
      const int vx = left + c, ix = vx / DW;
      if (vx < 0 || vx % DW != 0 || ix >= IN_W)
        zero_run (patch + c * GIN, GIN);
      else
        copy_run (patch + c * GIN, row + ix * IN_C, GIN);
    }
#endif
  }
}
#endif

#ifdef PACK
/* One item, one row k of a panel: k over (tap, channel of rows). Without FLIP the rows are the layer's input channels
 * and the columns its output channels; with it they change places, and the taps run backwards. All extents are run-time
 * arguments, so that every layer shares the program. */
__kernel void
conv_pack (int taps, int groups, int group_in, int group_out, __global const float *restrict w,
           __global float *restrict panel)
{
#ifdef FLIP
  const int row_channels = group_out, column_channels = group_in;
#else
  const int row_channels = group_in, column_channels = group_out;
#endif
  const int depth = taps * row_channels, blocks = CEIL_DIV (column_channels, NR), id = get_global_id (0);
  if (id >= groups * blocks * depth)
    return;
  const int k = id % depth, b = id / depth, g = b / blocks, j0 = b % blocks * NR;
  const int row = k % row_channels, tap = k / row_channels, count = min (NR, column_channels - j0);
  const int out_channels = groups * group_out;
#ifdef FLIP
  __global const float *from = w + ((taps - 1 - tap) * group_in + j0) * out_channels + g * group_out + row;
  const int step = out_channels;
#else
  __global const float *from = w + (tap * group_in + row) * out_channels + g * group_out + j0;
  const int step = 1;
#endif
  __global float *to = panel + (size_t) id * NR;
  for (int j = 0; j < NR; j++)
    to[j] = j < count ? from[j * step] : 0.0f;
}
#endif

#ifdef FORWARD
/* Group (u, b): unit u (a band of a picture), block b of output channels. */
#ifdef POOL
/* The largest of each 2x2 of two rows of pixels. */
inline void
pool_rows (__global float *restrict y, __local const float *restrict two, int columns)
{
  for (int x = 0; x + 1 < columns; x += 2, y += OUT_C, two += 2 * NR)
#pragma unroll
    for (int j = 0; j < NR; j += VW) {
      const vec a = VLOAD (two + j), b = VLOAD (two + NR + j);
      const vec c = VLOAD (two + COLS * NR + j), d = VLOAD (two + COLS * NR + NR + j);
      VSTORE (LARGER (LARGER (a, b), LARGER (c, d)), y + j);
    }
}
#endif

__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
conv_forward (__global const float *restrict x, __global const float *restrict panels,
              __global const float *restrict bias, __global float *restrict y)
{
  __local float patch[PATCH_H * PATCH_W * GIN] __attribute__ ((aligned (64)));
#ifdef POOL
  __local float two[2 * COLS * NR] __attribute__ ((aligned (64)));
#define OUT_STEP NR
#else
#define OUT_STEP OUT_C
#endif
  const int unit = get_group_id (0), b = get_group_id (1), n = unit / (BANDS_Y * BANDS_X);
  const int y0 = unit / BANDS_X % BANDS_Y * ROWS, x0 = unit % BANDS_X * COLS;
  const int rows = min (ROWS, OUT_H - y0), columns = min (COLS, OUT_W - x0);
  const int co = FIRST_CHANNEL (b), channels = CHANNELS (b);
  __global const float *panel = panels + (size_t) b * (DEPTH * NR);
  load_patch (patch, x, n, b / BLOCKS, y0, x0, rows);

  for (int oy = 0; oy < rows; oy++) {
    for (int at = 0; at < columns; at += TILE) {
      const int ox = max (0, min (at, columns - TILE)); /* the last tile overlaps the one before it */
      vec acc[TILE][NV];
#pragma unroll
      for (int i = 0; i < TILE; i++)
#pragma unroll
        for (int j = 0; j < NV; j++)
          acc[i][j] = (vec) (0.0f);
      __global const float *line = panel;
      for (int ky = 0; ky < KH; ky++) {
        __local const float *window = patch + ((oy * SH + ky) * PATCH_W + ox * SW) * GIN;
        for (int k = 0; k < RUN; k++, line += NR) {
          vec right[NV];
#pragma unroll
          for (int j = 0; j < NV; j++)
            right[j] = VLOAD (line + j * VW);
#pragma unroll
          for (int i = 0; i < TILE; i++) {
            const vec left = (vec) (window[i * SW * GIN + k]);
#pragma unroll
            for (int j = 0; j < NV; j++)
              acc[i][j] = FMA (left, right[j], acc[i][j]);
          }
        }
      }
#ifdef POOL
      __local float *out = two + (oy % 2 * COLS + ox) * NR;
#else
      __global float *out = y + ((size_t) (n * OUT_H + y0 + oy) * OUT_W + x0 + ox) * OUT_C + co;
#endif
      if (channels == NR) {
#pragma unroll
        for (int j = 0; j < NV; j++) {
#ifdef BIAS
          const vec add = VLOAD (bias + co + j * VW);
#else
          const vec add = (vec) (0.0f);
#endif
#pragma unroll
          for (int i = 0; i < TILE; i++)
            if (ox + i < columns)
              VSTORE (ACTIVATE (acc[i][j] + add), out + i * OUT_STEP + j * VW);
        }
      } else {
        float part[NR];
#pragma unroll
        for (int i = 0; i < TILE; i++)
          if (ox + i < columns) {
#pragma unroll
            for (int j = 0; j < NV; j++)
              VSTORE (acc[i][j], part + j * VW);
            for (int j = 0; j < channels; j++) {
#ifdef BIAS
              out[i * OUT_STEP + j] = ACTIVATE (part[j] + bias[co + j]);
#else
              out[i * OUT_STEP + j] = ACTIVATE (part[j]);
#endif
            }
          }
      }
    }
#ifdef POOL
    if (oy % 2 == 1)
      pool_rows (y + ((size_t) (n * (OUT_H / 2) + (y0 + oy) / 2) * (OUT_W / 2) + x0 / 2) * OUT_C + co, two, columns);
#endif
  }
}
#endif

#ifdef WEIGHTS
/* Where row r of dw begins in a patch. */
#define WINDOW_AT(r) ((r) / RUN * (PATCH_W * GIN) + (r) % RUN)
#define PIXELS (ROWS * COLS)

/* dz of one block of channels, pixel after pixel without gaps, and the sums of its columns. */
inline void
load_gradient (__local float *restrict dz, __global float *restrict dy, __global const float *restrict y, size_t at,
               int rows, int columns, int channels, vec sum[NV])
{
  for (int oy = 0; oy < rows; oy++, at += OUT_W * OUT_C)
    for (int ox = 0; ox < columns; ox++, dz += NR) {
      const size_t pixel = at + ox * OUT_C;
      if (channels == NR) {
#pragma unroll
        for (int j = 0; j < NV; j++) {
          vec v = VLOAD (dy + pixel + j * VW);
#ifndef ACT_NONE
          const vec out = VLOAD (y + pixel + j * VW);
          v = GRADIENT (v, out);
#ifdef KEEP_DZ
          VSTORE (v, dy + pixel + j * VW);
#endif
#endif
          VSTORE (v, dz + j * VW);
          sum[j] += v;
        }
      } else {
        for (int j = 0; j < NR; j++) {
          float v = 0.0f;
          if (j < channels) {
            v = dy[pixel + j];
#ifndef ACT_NONE
            v *= ACTIVATE_GRAD (y[pixel + j]);
#ifdef KEEP_DZ
            dy[pixel + j] = v;
#endif
#endif
          }
          dz[j] = v;
        }
#pragma unroll
        for (int j = 0; j < NV; j++)
          sum[j] += VLOAD (dz + j * VW);
      }
    }
}

/* Group (s, b): slice s, that is units_per_slice bands of pictures; block b of output channels. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
conv_weights (uint units, uint units_per_slice, __global const float *restrict x, __global const float *restrict y,
              __global float *restrict dy, __global float *restrict parts)
{
  __local float patch[PATCH_H * PATCH_W * GIN] __attribute__ ((aligned (64)));
  __local float dz[PIXELS * NR] __attribute__ ((aligned (64)));
  const int b = get_group_id (1), co = FIRST_CHANNEL (b), channels = CHANNELS (b);
  const uint first = get_group_id (0) * units_per_slice, end = min (first + units_per_slice, units);
  __global float *part = parts + ((size_t) get_group_id (0) * (GROUPS * BLOCKS) + b) * ((DEPTH + 1) * NR);
  vec sum[NV];
#pragma unroll
  for (int j = 0; j < NV; j++)
    sum[j] = (vec) (0.0f);

  for (uint unit = first; unit < end; unit++) {
    const int n = unit / (BANDS_Y * BANDS_X), y0 = unit / BANDS_X % BANDS_Y * ROWS, x0 = unit % BANDS_X * COLS;
    const int rows = min (ROWS, OUT_H - y0), columns = min (COLS, OUT_W - x0);
    load_patch (patch, x, n, b / BLOCKS, y0, x0, rows);
    load_gradient (dz, dy, y, ((size_t) (n * OUT_H + y0) * OUT_W + x0) * OUT_C + co, rows, columns, channels, sum);

    for (int r0 = 0; r0 < DEPTH; r0 += TILE) {
      vec acc[TILE][NV];
#if RUN % TILE != 0
      int offset[TILE];
#endif
#pragma unroll
      for (int i = 0; i < TILE; i++) {
        const int r = min (r0 + i, DEPTH - 1);
#if RUN % TILE != 0
        offset[i] = WINDOW_AT (r);
#endif
#pragma unroll
        for (int j = 0; j < NV; j++)
          acc[i][j] = unit == first ? (vec) (0.0f) : VLOAD (part + r * NR + j * VW);
      }
      __local const float *line = dz;
      for (int oy = 0; oy < rows; oy++) {
        __local const float *window = patch + oy * SH * (PATCH_W * GIN);
#if RUN % TILE == 0
        window += WINDOW_AT (r0);
#endif
        for (int ox = 0; ox < columns; ox++, window += SW * GIN, line += NR) {
          vec right[NV];
#pragma unroll
          for (int j = 0; j < NV; j++)
            right[j] = VLOAD (line + j * VW);
#pragma unroll
          for (int i = 0; i < TILE; i++) {
#if RUN % TILE == 0
            const vec left = (vec) (window[i]);
#else
            const vec left = (vec) (window[offset[i]]);
#endif
#pragma unroll
            for (int j = 0; j < NV; j++)
              acc[i][j] = FMA (left, right[j], acc[i][j]);
          }
        }
      }
#pragma unroll
      for (int i = 0; i < TILE; i++)
        if (r0 + i < DEPTH)
#pragma unroll
          for (int j = 0; j < NV; j++)
            VSTORE (acc[i][j], part + (r0 + i) * NR + j * VW);
    }
  }
#pragma unroll
  for (int j = 0; j < NV; j++)
    VSTORE (sum[j], part + DEPTH * NR + j * VW);
}
#endif

#ifdef REDUCE
/* One item, one row r of a block of NR output channels: r = depth is the bias, where db isn't null. */
__kernel void
conv_reduce (uint slices, int depth, int groups, int group_out, __global const float *restrict parts,
             __global float *restrict dw, __global float *restrict db)
{
  const int blocks = CEIL_DIV (group_out, NR), rows = groups * blocks * (depth + 1), id = get_global_id (0);
  const int r = id % (depth + 1), b = id / (depth + 1);
  if (id >= rows || (r == depth && db == 0))
    return;
  vec sum[NV];
#pragma unroll
  for (int j = 0; j < NV; j++)
    sum[j] = (vec) (0.0f);
  __global const float *row = parts + (size_t) id * NR;
  for (uint s = 0; s < slices; s++, row += (size_t) rows * NR) {
#pragma unroll
    for (int j = 0; j < NV; j++)
      sum[j] += VLOAD (row + j * VW);
  }
  const int j0 = b % blocks * NR, co = b / blocks * group_out + j0, channels = min (NR, group_out - j0);
  __global float *out = r == depth ? db + co : dw + (size_t) r * (groups * group_out) + co;
  float line[NR];
#pragma unroll
  for (int j = 0; j < NV; j++)
    VSTORE (sum[j], line + j * VW);
  for (int j = 0; j < channels; j++)
    out[j] = line[j];
}
#endif
