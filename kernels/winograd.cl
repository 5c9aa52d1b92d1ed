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
 *   winograd_accumulate       du[p][b][ci][j] (+)= Σt v[p][t][ci] m[p][b][t][j]; row ci = gin of place 7 is Σ dz
 *   winograd_filter_gradient  dw = G' du G, db
 *
 * Place p = 6 i + j is row i, column j of the 6x6. The gradient of the input is winograd_forward of dz with filters that
 * are turned round and transposed (FLIP).
 *
 * Layout: pictures NHWC, weights HWIO; tiles are numbered through the batch, row by row. One work-item a work-group.
 * gin >= MR and gout channels, multiples of VW; block: tiles of a work-group.
 * Options: FORWARD, FILTER (with FLIP), FILTER_GRADIENT: the kernels; VW floats a vector, NV vectors a block (NR = NV VW);
 * MR rows of a register tile; POOL: winograd_forward keeps of y the largest of each 2x2 pixels only, as max_pool in
 * pool.cl does; KEEP_DZ: winograd_spread leaves dz. Extents are arguments: the layers of a network share their programs. */

#include "vector.clh"

#define NR (NV * VW)
#define PLACES 36

#if defined FORWARD || defined FILTER_GRADIENT
/* The extents of x and y, and the padding above and to the left of x. */
typedef struct {
  int in_h, in_w, out_h, out_w, above, before, gin, gout;
} Shape;
#define SHAPE_ARGUMENTS int in_h, int in_w, int out_h, int out_w, int above, int before, int gin, int gout
#define SHAPE_OF_ARGUMENTS { in_h, in_w, out_h, out_w, above, before, gin, gout }

/* A picture of the batch, and the first row and column of y in a tile. */
typedef struct {
  int n, y, x;
} Tile;

inline Tile
tile_at (int t, const Shape *s)
{
  const int across = CEIL_DIV (s->out_w, 4), down = CEIL_DIV (s->out_h, 4);
  const Tile tile = { t / (down * across), t / across % down * 4, t % across * 4 };
  return tile;
}

inline void
next_tile (Tile *tile, const Shape *s)
{
  tile->x += 4;
  if (tile->x < s->out_w)
    return;
  tile->x = 0;
  tile->y += 4;
  if (tile->y < s->out_h)
    return;
  tile->y = 0;
  tile->n++;
}

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

/* The 6x6 pixels that a tile sees, VW channels of them, as B' d B: place p goes to v[p * step]. */
#define DEFINE_LOAD_TILE(name, space)                                                                                \
  inline void name (space float *v, size_t step, __global const float *restrict x, Tile tile, const Shape *s)        \
  {                                                                                                                  \
    const int y0 = tile.y - s->above, x0 = tile.x - s->before;                                                       \
    const long line = (long) s->in_w * s->gin;                                                                       \
    vec columns[6][6];                                                                                               \
    x += ((long) tile.n * s->in_h + y0) * line + (long) x0 * s->gin;                                                 \
    for (int j = 0; j < 6; j++, x += s->gin) {                                                                       \
      vec d[6];                                                                                                      \
      const bool inside = x0 + j >= 0 && x0 + j < s->in_w;                                                           \
      _Pragma ("unroll") for (int i = 0; i < 6; i++)                                                                 \
        d[i] = inside && y0 + i >= 0 && y0 + i < s->in_h ? VLOAD (x + i * line) : (vec) (0.0f);                      \
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
multiply (__local float *restrict m, __local const float *restrict v, __global const float *restrict u, int count, int gin)
{
  for (int t0 = 0; t0 < count; t0 += MR) {
    vec acc[MR][NV];
    __local const float *row[MR];
#pragma unroll
    for (int i = 0; i < MR; i++) {
      row[i] = v + min (t0 + i, count - 1) * gin;
#pragma unroll
      for (int j = 0; j < NV; j++)
        acc[i][j] = (vec) (0.0f);
    }
    __global const float *line = u;
    for (int ci = 0; ci < gin; ci++, line += NR) {
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

/* The pixels of a tile from its products m, VW channels of them. */
inline void
store_tile (__local const float *m, size_t step, __global float *restrict y, Tile tile, const Shape *s, vec add,
            bool plain)
{
  const int y0 = tile.y, x0 = tile.x;
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
  for (int i = 0; i < 4 && y0 + i < s->out_h; i++) {
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
    __global float *out =
        y + ((size_t) (tile.n * (s->out_h / 2) + (y0 + i) / 2) * (s->out_w / 2) + x0 / 2) * s->gout;
#pragma unroll
    for (int j = 0; j < 4; j += 2)
      if (x0 + j + 1 < s->out_w)
        VSTORE (LARGER (LARGER (above[j], above[j + 1]), LARGER (row[j], row[j + 1])), out + j / 2 * s->gout);
#else
    __global float *out = y + ((size_t) (tile.n * s->out_h + y0 + i) * s->out_w + x0) * s->gout;
#pragma unroll
    for (int j = 0; j < 4; j++)
      if (x0 + j < s->out_w)
        VSTORE (plain ? row[j] : ACTIVATE (row[j] + add), out + j * s->gout);
#endif
  }
}

/* Group (i, s): tiles from i block on, blocks of channels from s blocks_per_group on. plain: y without bias and f, for the
 * gradient of the input, which so has the program of its layer.
 * v, m: room for block tiles at each place, of gin and of NR floats. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
winograd_forward (SHAPE_ARGUMENTS, int tiles, int block, int blocks_per_group, uint plain,
                  __global const float *restrict x, __global const float *restrict u, __global const float *restrict bias,
                  __global float *restrict y, __local float *restrict v, __local float *restrict m)
{
  const Shape shape = SHAPE_OF_ARGUMENTS;
  const int first = get_group_id (0) * block, count = min (tiles - first, block), blocks = CEIL_DIV (gout, NR);
  const int b0 = get_group_id (1) * blocks_per_group, b1 = min (b0 + blocks_per_group, blocks);
  const Tile first_tile = tile_at (first, &shape);
  Tile tile = first_tile;
  for (int t = 0; t < count; t++, next_tile (&tile, &shape))
    for (int ci = 0; ci < gin; ci += VW)
      load_tile (v + t * gin + ci, block * gin, x + ci, tile, &shape);
  for (int b = b0; b < b1; b++) {
    for (int p = 0; p < PLACES; p++)
      multiply (m + p * (block * NR), v + p * (block * gin), u + (size_t) (p * blocks + b) * (gin * NR), count, gin);
    for (int co = b * NR; co < min ((b + 1) * NR, gout); co += VW) {
#ifdef BIAS
      const vec add = plain ? (vec) (0.0f) : VLOAD (bias + co);
#else
      const vec add = (vec) (0.0f);
#endif
      tile = first_tile;
      for (int t = 0; t < count; t++, next_tile (&tile, &shape))
        store_tile (m + t * NR + (co - b * NR), block * NR, y + co, tile, &shape, add, plain);
    }
  }
}
#endif

#ifdef FILTER_GRADIENT
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
spread_gradient (__global float *m, size_t step, __global float *dy, __global const float *y, Tile tile, const Shape *s)
{
  vec columns[4][6];
  for (int j = 0; j < 4; j++) {
    vec d[4];
    for (int i = 0; i < 4; i++) {
      const size_t at = ((size_t) (tile.n * s->out_h + tile.y + i) * s->out_w + tile.x + j) * s->gout;
      d[i] = tile.y + i < s->out_h && tile.x + j < s->out_w ? load_gradient (dy + at, y + at) : (vec) (0.0f);
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

/* Group i: tiles from first + i block on, before end. capacity: tiles that v and m have room for. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
winograd_spread (SHAPE_ARGUMENTS, int first, int end, int block, int capacity, __global const float *restrict x,
                 __global const float *y, __global float *dy, __global float *restrict v, __global float *restrict m)
{
  const Shape shape = SHAPE_OF_ARGUMENTS;
  const int t0 = first + get_group_id (0) * block, t1 = min (t0 + block, end), blocks = CEIL_DIV (gout, NR);
  Tile tile = tile_at (t0, &shape);
  for (int t = t0; t < t1; t++, next_tile (&tile, &shape)) {
    for (int ci = 0; ci < gin; ci += VW)
      load_tile (v + (size_t) (t - first) * gin + ci, (size_t) capacity * gin, x + ci, tile, &shape);
    for (int b = 0; b < blocks; b++)
      for (int co = b * NR; co < min ((b + 1) * NR, gout); co += VW)
        spread_gradient (m + ((size_t) b * capacity + t - first) * NR + (co - b * NR), (size_t) blocks * capacity * NR,
                         dy + co, y + co, tile, &shape);
  }
}

/* Group (b, p): block b of output channels, place p. adds: to what is there. */
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
winograd_accumulate (int gin, int gout, int count, int capacity, int adds, __global const float *restrict v,
                     __global const float *restrict m, __global float *restrict du)
{
  const int b = get_group_id (0), p = get_group_id (1), blocks = CEIL_DIV (gout, NR);
  v += (size_t) p * capacity * gin;
  m += ((size_t) p * blocks + b) * capacity * NR;
  du += ((size_t) p * blocks + b) * ((gin + 1) * NR);
  for (int c0 = 0; c0 < gin; c0 += MR) {
    vec acc[MR][NV];
    const int ci = min (c0, gin - MR); /* the last rows overlap those before */
#pragma unroll
    for (int i = 0; i < MR; i++)
#pragma unroll
      for (int j = 0; j < NV; j++)
        acc[i][j] = (vec) (0.0f);
    __global const float *left = v + ci, *right = m;
    for (int t = 0; t < count; t++, left += gin, right += NR) {
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
    __global float *to = du + gin * NR + j;
    vec sum = adds ? VLOAD (to) : (vec) (0.0f);
    for (int t = 0; t < count; t++)
      sum += VLOAD (m + t * NR + j);
    VSTORE (sum, to);
  }
}

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
