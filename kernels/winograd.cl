/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions of 3x3 at stride 1 for CPUs with a quarter of the products: F(4x4, 3x3) of Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks" (CVPR 2016, section 4). A tile of 4x4 output pixels sees 6x6 input pixels d; with
 * constant matrices A, B and G and the filter g,
 *
 *   y = A' [(G g G') ∘ (B' d B)] A        dg = G' [Σ (B' d B) ∘ (A dz A')] G over all tiles
 *
 * and the sum over channels turns the product of 6x6 numbers into 36 matrix products.
 *
 *   winograd_filter           u = G g G' in panels u[p][b][ci][j], block b of NR output channels
 *   winograd_forward          y = f (bias + A' [Σ u ∘ (B' d B)] A)
 *   winograd_spread           v[p][t][ci] = B' d B and m[p][b][t][j] = A dz A' for some tiles; dz = dy f'(y) is left in
 *                             place of dy
 *   winograd_accumulate       du[p][b][ci][j] (+)= Σt v[p][t][ci] m[p][b][t][j]; row ci = GIN of place 7 is Σ dz
 *   winograd_filter_gradient  dw = G' du G, db
 *
 * Place p = 6 i + j is row i, column j of the 6x6. The gradient of the input is winograd_forward of dz with filters that
 * are turned round and transposed (FLIP).
 *
 * Layout: pictures NHWC, weights HWIO; tiles are numbered through the batch, row by row. One work-item a work-group.
 * Options: IN_H IN_W OUT_H OUT_W PH PW; GIN >= MR and GOUT channels, multiples of VW; VW floats a vector, NV vectors a
 * block (NR = NV VW); MR rows of a register tile; BLOCK tiles a work-group; POOL: winograd_forward keeps of y the largest
 * of each 2x2 pixels only, as max_pool in pool.cl does. */

#include "vector.clh"

#define NR (NV * VW)
#define BLOCKS CEIL_DIV (GOUT, NR)
#define PLACES 36

#if defined FORWARD || defined SPREAD
#define TILES_X CEIL_DIV (OUT_W, 4)
#define TILES_Y CEIL_DIV (OUT_H, 4)

/* t = B' d of six numbers each. */
inline void
transform_input (const vec d[6], vec t[6])
{
  const vec a = FMA (d[2], (vec) (-4.0f), d[4]), b = FMA (d[1], (vec) (-4.0f), d[3]);
  const vec c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
  t[0] = FMA (d[0], (vec) (4.0f), FMA (d[2], (vec) (-5.0f), d[4]));
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = FMA (d[1], (vec) (4.0f), FMA (d[3], (vec) (-5.0f), d[5]));
}

/* The 6x6 pixels that tile t sees, VW channels of them, as B' d B: place p goes to v[p * step]. */
#define DEFINE_LOAD_TILE(name, space)                                                                                \
  inline void name (space float *v, size_t step, __global const float *restrict x, uint t)                           \
  {                                                                                                                  \
    const int n = t / (TILES_Y * TILES_X), y0 = t / TILES_X % TILES_Y * 4 - PH, x0 = t % TILES_X * 4 - PW;           \
    vec columns[6][6];                                                                                               \
    for (int j = 0; j < 6; j++) {                                                                                    \
      vec d[6];                                                                                                      \
      const bool inside = x0 + j >= 0 && x0 + j < IN_W;                                                              \
      _Pragma ("unroll") for (int i = 0; i < 6; i++)                                                                 \
        d[i] = inside && y0 + i >= 0 && y0 + i < IN_H                                                                \
                 ? VLOAD (x + ((size_t) (n * IN_H + y0 + i) * IN_W + x0 + j) * GIN)                                  \
                 : (vec) (0.0f);                                                                                     \
      transform_input (d, columns[j]);                                                                               \
    }                                                                                                                \
    for (int i = 0; i < 6; i++) {                                                                                    \
      vec d[6], row[6];                                                                                              \
      _Pragma ("unroll") for (int j = 0; j < 6; j++)                                                                 \
        d[j] = columns[j][i];                                                                                        \
      transform_input (d, row);                                                                                      \
      _Pragma ("unroll") for (int j = 0; j < 6; j++)                                                                 \
        VSTORE (row[j], v + (i * 6 + j) * step);                                                                     \
    }                                                                                                                \
  }
#endif

#ifdef FILTER
#ifdef FLIP
/* Weight t of the layer, of VW columns from column on: turned round, rows and columns have changed places. */
inline vec
load_weights (__global const float *restrict w, int t, int rows, int columns, int row, int column)
{
  float each[VW];
#pragma unroll
  for (int e = 0; e < VW; e++)
    each[e] = w[((size_t) (8 - t) * columns + column + e) * rows + row];
  return VLOAD (each);
}
#else
#define load_weights(w, t, rows, columns, row, column) VLOAD ((w) + ((size_t) (t) * (rows) + (row)) * (columns) + (column))
#endif

/* u = G g of three numbers. */
inline void
transform_filter (vec g0, vec g1, vec g2, vec u[6])
{
  const vec even = (g0 + g2) * (-1.0f / 6), odd = g1 * (1.0f / 6);
  const vec far = FMA (g0, (vec) (1.0f / 24), g2 * (1.0f / 6)), half_odd = g1 * (1.0f / 12);
  u[0] = g0 * (1.0f / 4);
  u[1] = even - odd;
  u[2] = even + odd;
  u[3] = far + half_odd;
  u[4] = far - half_odd;
  u[5] = g2;
}

/* One item, one row and VW columns of the panels; beyond the last column zero. */
__kernel void
winograd_filter (int rows, int columns, __global const float *restrict w, __global float *restrict u)
{
  const int blocks = CEIL_DIV (columns, NR), row = get_global_id (0) % rows, column = get_global_id (0) / rows * VW;
  if (column >= blocks * NR)
    return;
  vec partial[3][6];
#pragma unroll
  for (int x = 0; x < 3; x++) {
    vec g[3];
#pragma unroll
    for (int y = 0; y < 3; y++)
      g[y] = column < columns ? load_weights (w, y * 3 + x, rows, columns, row, column) : (vec) (0.0f);
    transform_filter (g[0], g[1], g[2], partial[x]);
  }
  __global float *to = u + ((size_t) (column / NR) * rows + row) * NR + column % NR;
  const size_t step = (size_t) blocks * rows * NR;
#pragma unroll
  for (int i = 0; i < 6; i++, to += 6 * step) {
    vec line[6];
    transform_filter (partial[0][i], partial[1][i], partial[2][i], line);
#pragma unroll
    for (int j = 0; j < 6; j++)
      VSTORE (line[j], to + j * step);
  }
}
#endif

#ifdef FORWARD
DEFINE_LOAD_TILE (load_tile, __local)

/* m[t][j] = Σ v[t][ci] u[ci][j] at one place, for count tiles. */
inline void
multiply (__local float *restrict m, __local const float *restrict v, __global const float *restrict u, uint count)
{
  for (uint t0 = 0; t0 < count; t0 += MR) {
    vec acc[MR][NV];
    __local const float *row[MR];
#pragma unroll
    for (int i = 0; i < MR; i++) {
      row[i] = v + min (t0 + i, count - 1) * GIN;
#pragma unroll
      for (int j = 0; j < NV; j++)
        acc[i][j] = (vec) (0.0f);
    }
    __global const float *line = u;
    for (int ci = 0; ci < GIN; ci++, line += NR) {
      vec right[NV];
#pragma unroll
      for (int j = 0; j < NV; j++)
        right[j] = VLOAD (line + j * VW);
#pragma unroll
      for (int i = 0; i < MR; i++) {
        const vec left = (vec) (row[i][ci]);
#pragma unroll
        for (int j = 0; j < NV; j++)
          acc[i][j] = FMA (left, right[j], acc[i][j]);
      }
    }
#pragma unroll
    for (int i = 0; i < MR; i++)
#pragma unroll
      for (int j = 0; j < NV; j++)
        VSTORE (acc[i][j], m + (t0 + i) * NR + j * VW);
  }
}

/* y = A' m of six numbers. */
inline void
transform_output (const vec m[6], vec y[4])
{
  const vec s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
  y[0] = m[0] + s + s2;
  y[1] = FMA (d2, (vec) (2.0f), d);
  y[2] = FMA (s2, (vec) (4.0f), s);
  y[3] = FMA (d2, (vec) (8.0f), d) + m[5];
}

/* The pixels of tile t from its products m, VW channels of them. */
inline void
store_tile (__local const float *m, size_t step, __global float *restrict y, uint t, vec add)
{
  const int n = t / (TILES_Y * TILES_X), y0 = t / TILES_X % TILES_Y * 4, x0 = t % TILES_X * 4;
  vec columns[6][4];
  for (int j = 0; j < 6; j++) {
    vec d[6];
#pragma unroll
    for (int i = 0; i < 6; i++)
      d[i] = VLOAD (m + (i * 6 + j) * step);
    transform_output (d, columns[j]);
  }
#ifdef POOL
  vec above[4];
#endif
  for (int i = 0; i < 4 && y0 + i < OUT_H; i++) {
    vec d[6], row[4];
#pragma unroll
    for (int j = 0; j < 6; j++)
      d[j] = columns[j][i];
    transform_output (d, row);
#ifdef POOL
#pragma unroll
    for (int j = 0; j < 4; j++) {
      row[j] = ACTIVATE (row[j] + add);
      if (i % 2 == 0)
        above[j] = row[j];
    }
    if (i % 2 == 0)
      continue;
    __global float *out = y + ((size_t) (n * (OUT_H / 2) + (y0 + i) / 2) * (OUT_W / 2) + x0 / 2) * GOUT;
#pragma unroll
    for (int j = 0; j < 4; j += 2)
      if (x0 + j + 1 < OUT_W)
        VSTORE (LARGER (LARGER (above[j], above[j + 1]), LARGER (row[j], row[j + 1])), out + j / 2 * GOUT);
#else
    __global float *out = y + ((size_t) (n * OUT_H + y0 + i) * OUT_W + x0) * GOUT;
#pragma unroll
    for (int j = 0; j < 4; j++)
      if (x0 + j < OUT_W)
        VSTORE (ACTIVATE (row[j] + add), out + j * GOUT);
#endif
  }
}

/* Group (i, s): tiles from i BLOCK on, blocks of channels from s blocks_per_group on. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
winograd_forward (uint tiles, uint blocks_per_group, __global const float *restrict x, __global const float *restrict u,
                  __global const float *restrict bias, __global float *restrict y)
{
  __local float v[PLACES * BLOCK * GIN] __attribute__ ((aligned (64)));
  __local float m[PLACES * BLOCK * NR] __attribute__ ((aligned (64)));
  const uint first = get_group_id (0) * BLOCK, count = min (tiles - first, (uint) BLOCK);
  const uint b0 = get_group_id (1) * blocks_per_group, b1 = min (b0 + blocks_per_group, (uint) BLOCKS);
  for (uint t = 0; t < count; t++)
    for (int ci = 0; ci < GIN; ci += VW)
      load_tile (v + t * GIN + ci, BLOCK * GIN, x + ci, first + t);
  for (uint b = b0; b < b1; b++) {
    for (uint p = 0; p < PLACES; p++)
      multiply (m + p * (BLOCK * NR), v + p * (BLOCK * GIN), u + (size_t) (p * BLOCKS + b) * (GIN * NR), count);
    for (int co = b * NR; co < min ((int) (b + 1) * NR, GOUT); co += VW) {
#ifdef BIAS
      const vec add = VLOAD (bias + co);
#else
      const vec add = (vec) (0.0f);
#endif
      for (uint t = 0; t < count; t++)
        store_tile (m + t * NR + (co - b * NR), BLOCK * NR, y + co, first + t, add);
    }
  }
}
#endif

#ifdef SPREAD
DEFINE_LOAD_TILE (load_tile, __global)

/* m = A y of four numbers. */
inline void
transform_gradient (const vec y[4], vec m[6])
{
  const vec even = y[0] + y[2], odd = y[1] + y[3];
  const vec even2 = FMA (y[2], (vec) (4.0f), y[0]), odd2 = 2.0f * FMA (y[3], (vec) (4.0f), y[1]);
  m[0] = y[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = even2 + odd2;
  m[4] = even2 - odd2;
  m[5] = y[3];
}

/* dz of a pixel, left in place of dy. */
inline vec
load_gradient (__global float *dy, __global const float *y)
{
  vec v = VLOAD (dy);
#ifndef ACT_NONE
  const vec out = VLOAD (y);
  v = GRADIENT (v, out);
#ifdef KEEP_DZ
  VSTORE (v, dy);
#endif
#endif
  return v;
}

inline void
spread_gradient (__global float *m, size_t step, __global float *dy, __global const float *y, uint t)
{
  const int n = t / (TILES_Y * TILES_X), y0 = t / TILES_X % TILES_Y * 4, x0 = t % TILES_X * 4;
  vec columns[4][6];
  for (int j = 0; j < 4; j++) {
    vec d[4];
    for (int i = 0; i < 4; i++) {
      const size_t at = ((size_t) (n * OUT_H + y0 + i) * OUT_W + x0 + j) * GOUT;
      d[i] = y0 + i < OUT_H && x0 + j < OUT_W ? load_gradient (dy + at, y + at) : (vec) (0.0f);
    }
    transform_gradient (d, columns[j]);
  }
  for (int i = 0; i < 6; i++) {
    vec d[4], row[6];
#pragma unroll
    for (int j = 0; j < 4; j++)
      d[j] = columns[j][i];
    transform_gradient (d, row);
#pragma unroll
    for (int j = 0; j < 6; j++)
      VSTORE (row[j], m + (i * 6 + j) * step);
  }
}

/* Group i: tiles from first + i BLOCK on, before end. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
winograd_spread (uint first, uint end, uint capacity, __global const float *restrict x, __global const float *y,
                 __global float *dy, __global float *restrict v, __global float *restrict m)
{
  const uint t0 = first + get_group_id (0) * BLOCK, t1 = min (t0 + BLOCK, end);
  for (uint t = t0; t < t1; t++) {
    for (int ci = 0; ci < GIN; ci += VW)
      load_tile (v + (size_t) (t - first) * GIN + ci, (size_t) capacity * GIN, x + ci, t);
    for (int b = 0; b < BLOCKS; b++)
      for (int co = b * NR; co < min ((b + 1) * NR, GOUT); co += VW)
        spread_gradient (m + ((size_t) b * capacity + t - first) * NR + (co - b * NR), (size_t) BLOCKS * capacity * NR,
                         dy + co, y + co, t);
  }
}
#endif

#ifdef SUM
/* Group (b, p): block b of output channels, place p. capacity: tiles that v and m have room for; adds: to what is there. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
winograd_accumulate (uint count, uint capacity, uint adds, __global const float *restrict v,
                     __global const float *restrict m, __global float *restrict du)
{
  const uint b = get_group_id (0), p = get_group_id (1);
  v += (size_t) p * capacity * GIN;
  m += ((size_t) p * BLOCKS + b) * capacity * NR;
  du += ((size_t) p * BLOCKS + b) * ((GIN + 1) * NR);
  for (int c0 = 0; c0 < GIN; c0 += MR) {
    vec acc[MR][NV];
    const int ci = min (c0, GIN - MR); /* the last rows overlap those before */
#pragma unroll
    for (int i = 0; i < MR; i++)
#pragma unroll
      for (int j = 0; j < NV; j++)
        acc[i][j] = (vec) (0.0f);
    __global const float *left = v + ci, *right = m;
    for (uint t = 0; t < count; t++, left += GIN, right += NR) {
      vec line[NV];
#pragma unroll
      for (int j = 0; j < NV; j++)
        line[j] = VLOAD (right + j * VW);
#pragma unroll
      for (int i = 0; i < MR; i++) {
        const vec each = (vec) (left[i]);
#pragma unroll
        for (int j = 0; j < NV; j++)
          acc[i][j] = FMA (each, line[j], acc[i][j]);
      }
    }
#pragma unroll
    for (int i = 0; i < MR; i++)
      if (ci + i >= c0) {
#pragma unroll
        for (int j = 0; j < NV; j++) {
          __global float *to = du + (ci + i) * NR + j * VW;
          VSTORE (adds ? VLOAD (to) + acc[i][j] : acc[i][j], to);
        }
      }
  }
  if (p != 7)
    return;
  /* Row and column 1 of A are ones: this place holds the sums of the tiles. */
  for (int j = 0; j < NR; j += VW) {
    __global float *to = du + GIN * NR + j;
    vec sum = adds ? VLOAD (to) : (vec) (0.0f);
    for (uint t = 0; t < count; t++)
      sum += VLOAD (m + t * NR + j);
    VSTORE (sum, to);
  }
}
#endif

#ifdef FILTER_GRADIENT
/* One item, one pair of channels; row = rows is the bias, where db isn't null. */
__kernel void
winograd_filter_gradient (int rows, int columns, __global const float *restrict du, __global float *restrict dw,
                          __global float *restrict db)
{
  const int blocks = CEIL_DIV (columns, NR), id = get_global_id (0), column = id % columns, row = id / columns;
  if (row > rows)
    return;
  const size_t step = (size_t) blocks * (rows + 1) * NR;
  __global const float *from = du + ((size_t) (column / NR) * (rows + 1) + row) * NR + column % NR;
  if (row == rows) {
    if (db != 0)
      db[column] = from[7 * step];
    return;
  }
  float partial[6][3];
  for (int i = 0; i < 6; i++) {
    __global const float *line = from + i * 6 * step;
    const float u0 = line[0], u5 = line[5 * step];
    const float s = (line[step] + line[2 * step]) * (1.0f / 6), d = (line[2 * step] - line[step]) * (1.0f / 6);
    const float s2 = line[3 * step] + line[4 * step], d2 = line[3 * step] - line[4 * step];
    partial[i][0] = u0 * (1.0f / 4) - s + s2 * (1.0f / 24);
    partial[i][1] = d + d2 * (1.0f / 12);
    partial[i][2] = s2 * (1.0f / 6) - s + u5;
  }
  for (int j = 0; j < 3; j++) {
    const float s = (partial[1][j] + partial[2][j]) * (1.0f / 6), d = (partial[2][j] - partial[1][j]) * (1.0f / 6);
    const float s2 = partial[3][j] + partial[4][j], d2 = partial[3][j] - partial[4][j];
    __global float *to = dw + ((size_t) j * rows + row) * columns + column;
    const size_t down = (size_t) 3 * rows * columns;
    to[0] = partial[0][j] * (1.0f / 4) - s + s2 * (1.0f / 24);
    to[down] = d + d2 * (1.0f / 12);
    to[2 * down] = s2 * (1.0f / 6) - s + partial[5][j];
  }
}
#endif
