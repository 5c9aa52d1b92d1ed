/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix products, C[m][n] = f ((C[m][n]) + Σk A(m,k) B(k,n) + bias[n]), all matrices row-major.
 *
 * Layout: A(m,k) is a[m * lda + k], or a[k * lda + m] with TRANSPOSED_A; B(k,n) is b[k * ldb + n], or b[n * ldb + k]
 * with TRANSPOSED_B. a0, b0, c0, bias0: elements before the first one. All extents are run-time arguments >= 1.
 * Options: TRANSPOSED_A, TRANSPOSED_B, BIAS (add bias), ACCUMULATE (add to C), ACT_… (common.clh: the function f).
 *
 * One of these chooses the kernel that is compiled:
 *   GEMM_PANEL   CPU: one work-item a group computes block_rows x NR of C in register tiles of MR rows by NV vectors of
 *                VW floats, while KC rows of B wait in local memory, where they lie without gaps (and are transposed,
 *                if need be). Group (x, y) takes panel x of NR columns, block y of rows.
 *   GEMM_DIRECT  CPU, at most MR rows: the same tile, B read once from where it is, so not packed. No TRANSPOSED_B.
 *   GEMM_DOT     CPU, A and B both with K innermost: MR x NV dot products at a time, each in a vector of VW partial
 *                sums, added up at the end. Group (x, y) takes block_columns columns and block_rows rows.
 *   GEMM_TILE    GPU: a group of WG x WG items computes a tile of (WG * RT)^2 through local memory.
 *                With SPLIT, group (x, y, s) adds up slice_depth ks from s * slice_depth on, into part s of c [s][m][n].
 *   GEMM_PARTS   one item, one element of C from those parts.
 *   GEMM_PLAIN   any device: one item, one element of C.
 * Tunables: VW, MR, NV, KC, WG, RT, TK. */

#ifdef TRANSPOSED_A
#define A_AT(i, l) ((size_t) (l) * lda + (i))
#else
#define A_AT(i, l) ((size_t) (i) * lda + (l))
#endif
#ifdef TRANSPOSED_B
#define B_AT(l, j) ((size_t) (j) * ldb + (l))
#else
#define B_AT(l, j) ((size_t) (l) * ldb + (j))
#endif

#if defined VW && VW > 1
typedef CAT (float, VW) vec;
#define VLOAD(p) CAT (vload, VW) (0, p)
#define VSTORE(v, p) CAT (vstore, VW) (v, 0, p)
#else
typedef float vec;
#define VLOAD(p) (*(p))
#define VSTORE(v, p) (*(p) = (v))
#endif

#ifdef ACCUMULATE
#define ADDS_TO_C true
#else
#define ADDS_TO_C false
#endif
#ifdef BIAS
#define BIAS_AT(j) bias[j]
#define BIAS_VECTOR(j) VLOAD (bias + (j))
#else
#define BIAS_AT(j) 0.0f
#define BIAS_VECTOR(j) (vec) (0.0f)
#endif

#if defined GEMM_PANEL || defined GEMM_DIRECT
#define NR (NV * VW)

/* Writes a register tile to rows of C that exist; columns: how many of its NR exist; adds, last: whether what C holds
 * is part of the sum, and whether the sum is complete. */
inline void
store_tile (const vec acc[MR][NV], uint rows, uint columns, __global float *restrict c, uint ldc,
            __global const float *restrict bias, bool adds, bool last)
{
  if (columns >= NR) {
#pragma unroll
    for (int i = 0; i < MR; i++)
      if (i < rows) {
        __global float *row = c + (size_t) i * ldc;
#pragma unroll
        for (int j = 0; j < NV; j++) {
          vec v = acc[i][j];
          if (adds)
            v += VLOAD (row + j * VW);
          if (last)
            v = ACTIVATE (v + BIAS_VECTOR (j * VW));
          VSTORE (v, row + j * VW);
        }
      }
    return;
  }
  float line[NR];
#pragma unroll
  for (int i = 0; i < MR; i++)
    if (i < rows) {
      __global float *row = c + (size_t) i * ldc;
#pragma unroll
      for (int j = 0; j < NV; j++)
        VSTORE (acc[i][j], line + j * VW);
      for (uint j = 0; j < columns; j++) {
        float v = line[j];
        if (adds)
          v += row[j];
        row[j] = last ? ACTIVATE (v + BIAS_AT (j)) : v;
      }
    }
}
#endif

#ifdef GEMM_PANEL
__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
gemm_panel (uint m, uint n, uint k, __global const float *restrict a, uint a0, uint lda,
            __global const float *restrict b, uint b0, uint ldb, __global float *restrict c, uint c0, uint ldc,
            __global const float *restrict bias, uint bias0, uint block_rows)
{
  __local float panel[KC * NR] __attribute__ ((aligned (64)));
  const uint n0 = get_group_id (0) * NR, columns = min (n - n0, (uint) NR);
  const uint first = get_group_id (1) * block_rows, end = min (first + block_rows, m);
  a += a0;
  b += b0;
  c += c0;
#ifdef BIAS
  bias += bias0 + n0;
#endif
  for (uint k0 = 0; k0 < k; k0 += KC) {
    const uint depth = min (k - k0, (uint) KC);
    const bool adds = ADDS_TO_C || k0 > 0, last = k0 + depth == k;
#ifdef TRANSPOSED_B
    for (uint j = 0; j < NR; j++) {
      __global const float *column = b + (size_t) min (n0 + j, n - 1) * ldb + k0;
      uint l = 0;
      for (; l + VW <= depth; l += VW) {
        float run[VW];
        VSTORE (VLOAD (column + l), run);
#pragma unroll
        for (int e = 0; e < VW; e++)
          panel[(l + e) * NR + j] = run[e];
      }
      for (; l < depth; l++)
        panel[l * NR + j] = column[l];
    }
#else
    if (columns == NR)
      for (uint l = 0; l < depth; l++) {
#pragma unroll
        for (int j = 0; j < NV; j++)
          VSTORE (VLOAD (b + B_AT (k0 + l, n0 + j * VW)), panel + l * NR + j * VW);
      }
    else
      for (uint l = 0; l < depth; l++)
        for (uint j = 0; j < NR; j++)
          panel[l * NR + j] = j < columns ? b[B_AT (k0 + l, n0 + j)] : 0.0f;
#endif
    for (uint m0 = first; m0 < end; m0 += MR) {
      vec acc[MR][NV];
      __global const float *row[MR];
#pragma unroll
      for (int i = 0; i < MR; i++) {
        row[i] = a + A_AT (min (m0 + i, m - 1), k0);
#pragma unroll
        for (int j = 0; j < NV; j++)
          acc[i][j] = (vec) (0.0f);
      }
      __local const float *line = panel;
      for (uint l = 0; l < depth; l++, line += NR) {
        vec right[NV];
#pragma unroll
        for (int j = 0; j < NV; j++)
          right[j] = VLOAD (line + j * VW);
#pragma unroll
        for (int i = 0; i < MR; i++) {
          const vec left = (vec) (row[i][A_AT (0, l)]);
#pragma unroll
          for (int j = 0; j < NV; j++)
            acc[i][j] = FMA (left, right[j], acc[i][j]);
        }
      }
      store_tile (acc, end - m0, columns, c + (size_t) m0 * ldc + n0, ldc, bias, adds, last);
    }
  }
}
#endif

#ifdef GEMM_DIRECT
/* A vector of which only count elements exist. */
inline vec
load_part (__global const float *p, int count)
{
  float part[VW];
#pragma unroll
  for (int e = 0; e < VW; e++)
    part[e] = e < count ? p[e] : 0.0f;
  return VLOAD (part);
}

__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
gemm_direct (uint m, uint n, uint k, __global const float *restrict a, uint a0, uint lda,
             __global const float *restrict b, uint b0, uint ldb, __global float *restrict c, uint c0, uint ldc,
             __global const float *restrict bias, uint bias0)
{
  const uint n0 = get_group_id (0) * NR, columns = min (n - n0, (uint) NR);
  vec acc[MR][NV];
  __global const float *row[MR];
#pragma unroll
  for (int i = 0; i < MR; i++) {
    row[i] = a + a0 + A_AT (min ((uint) i, m - 1), 0);
#pragma unroll
    for (int j = 0; j < NV; j++)
      acc[i][j] = (vec) (0.0f);
  }
  __global const float *line = b + b0 + n0;
  for (uint l = 0; l < k; l++, line += ldb) {
    vec right[NV];
#pragma unroll
    for (int j = 0; j < NV; j++)
      right[j] = columns == NR ? VLOAD (line + j * VW) : load_part (line + j * VW, (int) columns - j * VW);
#pragma unroll
    for (int i = 0; i < MR; i++) {
      const vec left = (vec) (row[i][A_AT (0, l)]);
#pragma unroll
      for (int j = 0; j < NV; j++)
        acc[i][j] = FMA (left, right[j], acc[i][j]);
    }
  }
#ifdef BIAS
  bias += bias0 + n0;
#endif
  store_tile (acc, m, columns, c + c0 + n0, ldc, bias, ADDS_TO_C, true);
}
#endif

#ifdef GEMM_DOT
inline float
sum_vector (vec v)
{
#if VW == 16
  float8 h = v.lo + v.hi;
#elif VW == 8
  float8 h = v;
#endif
#if VW >= 8
  float4 q = h.lo + h.hi;
#elif VW == 4
  float4 q = v;
#endif
#if VW >= 4
  float2 p = q.lo + q.hi;
  return p.x + p.y;
#else
  return v;
#endif
}

__kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
gemm_dot (uint m, uint n, uint k, __global const float *restrict a, uint a0, uint lda,
          __global const float *restrict b, uint b0, uint ldb, __global float *restrict c, uint c0, uint ldc,
          __global const float *restrict bias, uint bias0, uint block_rows, uint block_columns)
{
  const uint left = get_group_id (0) * block_columns, right = min (left + block_columns, n);
  const uint top = get_group_id (1) * block_rows, bottom = min (top + block_rows, m);
  a += a0;
  b += b0;
  c += c0;
  for (uint n0 = left; n0 < right; n0 += NV)
    for (uint m0 = top; m0 < bottom; m0 += MR) {
      vec acc[MR][NV];
      __global const float *row[MR], *column[NV];
#pragma unroll
      for (int j = 0; j < NV; j++)
        column[j] = b + (size_t) min (n0 + j, n - 1) * ldb;
#pragma unroll
      for (int i = 0; i < MR; i++) {
        row[i] = a + (size_t) min (m0 + i, m - 1) * lda;
#pragma unroll
        for (int j = 0; j < NV; j++)
          acc[i][j] = (vec) (0.0f);
      }
      uint l = 0;
      for (; l + VW <= k; l += VW) {
        vec line[NV];
#pragma unroll
        for (int j = 0; j < NV; j++)
          line[j] = VLOAD (column[j] + l);
#pragma unroll
        for (int i = 0; i < MR; i++) {
          const vec part = VLOAD (row[i] + l);
#pragma unroll
          for (int j = 0; j < NV; j++)
            acc[i][j] = FMA (part, line[j], acc[i][j]);
        }
      }
#pragma unroll
      for (int i = 0; i < MR; i++)
#pragma unroll
        for (int j = 0; j < NV; j++)
          if (m0 + i < bottom && n0 + j < right) {
            float sum = sum_vector (acc[i][j]);
            for (uint rest = l; rest < k; rest++)
              sum = FMA (row[i][rest], column[j][rest], sum);
            __global float *cell = c + (size_t) (m0 + i) * ldc + n0 + j;
#ifdef ACCUMULATE
            sum += *cell;
#endif
            *cell = ACTIVATE (sum + BIAS_AT (bias0 + n0 + j));
          }
    }
}
#endif

#ifdef GEMM_TILE
#define TILE (WG * RT)

__kernel __attribute__ ((reqd_work_group_size (WG, WG, 1))) void
gemm_tile (uint m, uint n, uint k, __global const float *restrict a, uint a0, uint lda,
           __global const float *restrict b, uint b0, uint ldb, __global float *restrict c, uint c0, uint ldc,
           __global const float *restrict bias, uint bias0, uint slice_depth)
{
  /* One float more a row, so that the items of a column don't meet in one bank. */
  __local float left[TK][TILE + 1], right[TK][TILE + 1];
  const uint x = get_local_id (0), y = get_local_id (1), item = y * WG + x;
  const uint m0 = get_group_id (1) * TILE, n0 = get_group_id (0) * TILE;
  float acc[RT][RT];
  a += a0;
  b += b0;
  c += c0;
#ifdef SPLIT
  const uint first = get_group_id (2) * slice_depth, end = min (first + slice_depth, k);
  c += (size_t) get_group_id (2) * m * n;
#else
  const uint first = 0, end = k;
#endif
#pragma unroll
  for (int i = 0; i < RT; i++)
#pragma unroll
    for (int j = 0; j < RT; j++)
      acc[i][j] = 0.0f;
  for (uint k0 = first; k0 < end; k0 += TK) {
    for (uint e = item; e < TILE * TK; e += WG * WG) {
#ifdef TRANSPOSED_A
      const uint i = e % TILE, l = e / TILE;
#else
      const uint i = e / TK, l = e % TK;
#endif
      left[l][i] = m0 + i < m && k0 + l < end ? a[A_AT (m0 + i, k0 + l)] : 0.0f;
    }
    for (uint e = item; e < TILE * TK; e += WG * WG) {
#ifdef TRANSPOSED_B
      const uint j = e / TK, l = e % TK;
#else
      const uint j = e % TILE, l = e / TILE;
#endif
      right[l][j] = n0 + j < n && k0 + l < end ? b[B_AT (k0 + l, n0 + j)] : 0.0f;
    }
    barrier (CLK_LOCAL_MEM_FENCE);
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
    barrier (CLK_LOCAL_MEM_FENCE);
  }
#pragma unroll
  for (int i = 0; i < RT; i++)
#pragma unroll
    for (int j = 0; j < RT; j++) {
      const uint row = m0 + y + i * WG, column = n0 + x + j * WG;
      if (row < m && column < n) {
        __global float *cell = c + (size_t) row * ldc + column;
        float v = acc[i][j];
#ifdef ACCUMULATE
        v += *cell;
#endif
        *cell = ACTIVATE (v + BIAS_AT (bias0 + column));
      }
    }
}
#endif

#ifdef GEMM_PARTS
__kernel void
gemm_parts (uint m, uint n, uint slices, __global const float *restrict parts, __global float *restrict c, uint c0,
            uint ldc, __global const float *restrict bias, uint bias0)
{
  const size_t i = get_global_id (0), all = (size_t) m * n;
  if (i >= all)
    return;
  const uint column = i % n;
  float v = 0.0f;
  for (uint s = 0; s < slices; s++)
    v += parts[s * all + i];
  __global float *cell = c + c0 + i / n * ldc + column;
#ifdef ACCUMULATE
  v += *cell;
#endif
  *cell = ACTIVATE (v + BIAS_AT (bias0 + column));
}
#endif

#ifdef GEMM_PLAIN
__kernel void
gemm_plain (uint m, uint n, uint k, __global const float *restrict a, uint a0, uint lda,
            __global const float *restrict b, uint b0, uint ldb, __global float *restrict c, uint c0, uint ldc,
            __global const float *restrict bias, uint bias0)
{
  const uint column = get_global_id (0), row = get_global_id (1);
  if (column >= n || row >= m)
    return;
  float v = 0.0f;
  for (uint l = 0; l < k; l++)
    v = FMA (a[a0 + A_AT (row, l)], b[b0 + B_AT (l, column)], v);
  __global float *cell = c + c0 + (size_t) row * ldc + column;
#ifdef ACCUMULATE
  v += *cell;
#endif
  *cell = ACTIVATE (v + BIAS_AT (bias0 + column));
}
#endif
