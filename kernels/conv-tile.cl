/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolution of pictures for GPUs, as matrix products whose factors are read straight from the pictures: a work-group
 * computes a tile of (WG·RT)^2 results through local memory, TK products at a time ("implicit GEMM", Chetlur et al. 2014).
 *
 *   conv_tile          rows: pixels of y;            columns: co; sum over (ky, kx, ci): x·w
 *   conv_tile_input    rows: pixels of dx;           columns: ci; sum over (ky, kx, co): dz·w
 *   conv_tile_weights  rows: (ky, kx, ci) of a slice; columns: co; sum over the slice's pixels of dz: x·dz
 *
 * Layout: pictures NHWC, weights HWIO; parts[slice][ky][kx][ci][co].
 * Range: WG x WG items a group; the third dimension counts groups of channels, and slices.
 * Options: IN_H IN_W OUT_H OUT_W KH KW SH SW PH PW GROUPS, GIN and GOUT channels of a group; WG, RT, TK. */

#define IN_C (GROUPS * GIN)
#define OUT_C (GROUPS * GOUT)
#define TILE (WG * RT)

typedef __local float (*Lines)[TILE + 1]; /* one float more, so that the items of a column don't meet in one bank */

/* Input of window (ky, kx, ci) = tap at output pixel p; zero in the padding. */
inline float
window_at (__global const float *restrict x, int p, int tap, int g)
{
  const int ox = p % OUT_W, oy = p / OUT_W % OUT_H, n = p / (OUT_W * OUT_H);
  const int ci = tap % GIN, kx = tap / GIN % KW, ky = tap / (GIN * KW);
  const int iy = oy * SH - PH + ky, ix = ox * SW - PW + kx;
  if (iy < 0 || iy >= IN_H || ix < 0 || ix >= IN_W)
    return 0.0f;
  return x[(size_t) ((n * IN_H + iy) * IN_W + ix) * IN_C + g * GIN + ci];
}

/* The gradient that tap (ky, kx, co) carries to input pixel p; zero where no window fits. */
inline float
gradient_at (__global const float *restrict dz, int p, int tap, int g)
{
  const int ix = p % IN_W, iy = p / IN_W % IN_H, n = p / (IN_W * IN_H);
  const int co = tap % GOUT, kx = tap / GOUT % KW, ky = tap / (GOUT * KW);
  const int vy = iy + PH - ky, vx = ix + PW - kx, oy = vy / SH, ox = vx / SW;
  if (vy < 0 || vx < 0 || vy % SH != 0 || vx % SW != 0 || oy >= OUT_H || ox >= OUT_W)
    return 0.0f;
  return dz[(size_t) ((n * OUT_H + oy) * OUT_W + ox) * OUT_C + g * GOUT + co];
}

/* The products of TK lines that lie in local memory. */
inline void
multiply (Lines left, Lines right, int x, int y, float acc[RT][RT])
{
#pragma unroll
  for (int l = 0; l < TK; l++) {
    float rows[RT], columns[RT];
#pragma unroll
    for (int i = 0; i < RT; i++)
      rows[i] = left[l][y + i * WG];
#pragma unroll
    for (int j = 0; j < RT; j++)
      columns[j] = right[l][x + j * WG];
#pragma unroll
    for (int i = 0; i < RT; i++)
#pragma unroll
      for (int j = 0; j < RT; j++)
        acc[i][j] = FMA (rows[i], columns[j], acc[i][j]);
  }
}

/* The body of all three: LEFT (row, k) and RIGHT (k, column) give the factors, of which rows, columns and the ks from
 * first to end exist; STORE (row, column, sum) takes a result. Neighbouring items read neighbouring k of the left factor
 * where LEFT_BY_K, else neighbouring rows; and the same for RIGHT_BY_K. */
#define PRODUCT(rows, columns, first, end, LEFT_BY_K, LEFT, RIGHT_BY_K, RIGHT, STORE) \
  __local float left[TK][TILE + 1], right[TK][TILE + 1]; \
  const int x_ = get_local_id (0), y_ = get_local_id (1), item = y_ * WG + x_; \
  const int row0 = get_group_id (1) * TILE, column0 = get_group_id (0) * TILE; \
  float acc[RT][RT]; \
  for (int i = 0; i < RT; i++) \
    for (int j = 0; j < RT; j++) \
      acc[i][j] = 0.0f; \
  for (int k0 = first; k0 < end; k0 += TK) { \
    for (int e = item; e < TILE * TK; e += WG * WG) { \
      const int i = LEFT_BY_K ? e / TK : e % TILE, l = LEFT_BY_K ? e % TK : e / TILE; \
      left[l][i] = row0 + i < rows && k0 + l < end ? LEFT (row0 + i, k0 + l) : 0.0f; \
    } \
    for (int e = item; e < TILE * TK; e += WG * WG) { \
      const int j = RIGHT_BY_K ? e / TK : e % TILE, l = RIGHT_BY_K ? e % TK : e / TILE; \
      right[l][j] = column0 + j < columns && k0 + l < end ? RIGHT (k0 + l, column0 + j) : 0.0f; \
    } \
    barrier (CLK_LOCAL_MEM_FENCE); \
    multiply (left, right, x_, y_, acc); \
    barrier (CLK_LOCAL_MEM_FENCE); \
  } \
  for (int i = 0; i < RT; i++) \
    for (int j = 0; j < RT; j++) { \
      const int row = row0 + y_ + i * WG, column = column0 + x_ + j * WG; \
      if (row < rows && column < columns) \
        STORE (row, column, acc[i][j]); \
    }

#ifdef FORWARD
#ifdef BIAS
#define ADD_BIAS(v, co) ((v) + bias[co])
#else
#define ADD_BIAS(v, co) (v)
#endif

__kernel __attribute__ ((reqd_work_group_size (WG, WG, 1))) void
conv_tile (int pixels, __global const float *restrict x, __global const float *restrict w,
           __global const float *restrict bias, __global float *restrict y)
{
  const int g = get_group_id (2);
#define LEFT(p, k) window_at (x, p, k, g)
#define RIGHT(k, co) w[(k) *OUT_C + g * GOUT + (co)]
#define STORE(p, co, sum) y[(size_t) (p) *OUT_C + g * GOUT + (co)] = ACTIVATE (ADD_BIAS (sum, g * GOUT + (co)))
  PRODUCT (pixels, GOUT, 0, KH * KW * GIN, 1, LEFT, 0, RIGHT, STORE)
}
#endif

#ifdef INPUT
__kernel __attribute__ ((reqd_work_group_size (WG, WG, 1))) void
conv_tile_input (int pixels, __global const float *restrict dz, __global const float *restrict w,
                 __global float *restrict dx)
{
  const int g = get_group_id (2);
#define LEFT(p, k) gradient_at (dz, p, k, g)
#define RIGHT(k, ci) w[((k) / GOUT * GIN + (ci)) * OUT_C + g * GOUT + (k) % GOUT]
#define STORE(p, ci, sum) dx[(size_t) (p) *IN_C + g * GIN + (ci)] = (sum)
  PRODUCT (pixels, GIN, 0, KH * KW * GOUT, 1, LEFT, 1, RIGHT, STORE)
}
#endif

#ifdef WEIGHTS
__kernel __attribute__ ((reqd_work_group_size (WG, WG, 1))) void
conv_tile_weights (int pixels, int pixels_per_slice, __global const float *restrict x,
                   __global const float *restrict dz, __global float *restrict parts)
{
  const int g = get_group_id (2) % GROUPS, slice = get_group_id (2) / GROUPS;
  const int first = slice * pixels_per_slice, end = min (first + pixels_per_slice, pixels);
  __global float *part = parts + (size_t) slice * (KH * KW * GIN * OUT_C);
#define LEFT(r, p) window_at (x, p, r, g)
#define RIGHT(p, co) dz[(size_t) (p) *OUT_C + g * GOUT + (co)]
#define STORE(r, co, sum) part[(r) *OUT_C + g * GOUT + (co)] = (sum)
  PRODUCT (KH * KW * GIN, GOUT, first, end, 0, LEFT, 0, RIGHT, STORE)
}
#endif
