/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recurrent layers for CPUs: samples don't depend on each other, so one work-item takes ROWS of them through all the
 * steps, with h, c and the sums in local memory. Each step is a small matrix product with register tiles of MR rows by
 * NV vectors of V, then the cells. The cells and their names: recurrent-cell.clh.
 *
 * x         [batch][STEPS][FEATURES]
 * packed    [panel][DEPTH][NR]: a bias row, W, (for the GRU the recurrent bias,) U; panels of NR columns
 * turned    [panel][COLUMNS][NR]: U transposed
 * gates, cells, previous: as in recurrent.cl, in training only; backward leaves the gradients in gates with KEEP
 * parts     [block of samples][X_ROWS + H_ROWS][PANELS NR]: gradients of W with the bias before it, and of U (for the GRU
 *           with the recurrent bias before it), each filled up to a multiple of MR rows
 *
 * Macros: those of the cell; NV, MR, ROWS (a multiple of MR); TRAINING. */

#include "recurrent-cell.clh"

#define NR (NV * V)
#define PANELS CEIL_DIV (COLUMNS, NR)
#define UNIT_PANELS CEIL_DIV (UNITS, NR)
#define H_BIAS (CELL == GRU ? 1 : 0)
#define DEPTH (1 + FEATURES + H_BIAS + UNITS)
#define PITCH (PANELS * NR + V) /* of sums; the last vector of a gate may reach beyond it */
#define H_PITCH (UNIT_PANELS * NR)
#define X_ROWS (CEIL_DIV (1 + FEATURES, MR) * MR)
#define H_ROWS (CEIL_DIV (H_BIAS + UNITS, MR) * MR)
#define A_PITCH (X_ROWS + H_ROWS)
#define ALIGNED __attribute__ ((aligned (64)))
/* Left to itself PoCL calls the tiles, which then lie in memory instead of registers. */
#define ALWAYS_INLINE inline __attribute__ ((always_inline))

typedef union {
  vfloat v;
  float s[V];
} Lanes;

/* The first n of V floats; beyond them 0. */
inline vfloat
load_part (global const float *p, int n)
{
  if (UNITS % V == 0 || n >= V)
    return LOAD (p);
  Lanes lanes = { .v = 0.0f };
  for (int i = 0; i < n; i++)
    lanes.s[i] = p[i];
  return lanes.v;
}

#define DEFINE_STORE_PART(name, space)                                                                               \
  inline void name (vfloat v, space float *p, int n)                                                                 \
  {                                                                                                                  \
    if (UNITS % V == 0 || n >= V) {                                                                                  \
      STORE (v, p);                                                                                                  \
      return;                                                                                                        \
    }                                                                                                                \
    const Lanes lanes = { .v = v };                                                                                  \
    for (int i = 0; i < n; i++)                                                                                      \
      p[i] = lanes.s[i];                                                                                             \
  }
DEFINE_STORE_PART (store_part, global)
DEFINE_STORE_PART (store_part_local, local)

/* Item (row, panel) of packed. */
kernel void
pack_forward (global const float *restrict w, global const float *restrict u, global const float *restrict bias,
              global const float *restrict recurrent_bias, global float *restrict packed)
{
  const int k = get_global_id (0), panel = get_global_id (1);
  global const float *row = k == 0              ? bias
                            : k <= FEATURES     ? w + (size_t) (k - 1) * COLUMNS
                            : k < DEPTH - UNITS ? recurrent_bias
                                                : u + (size_t) (k - (DEPTH - UNITS)) * COLUMNS;
  global float *to = packed + ((size_t) panel * DEPTH + k) * NR;
  for (int j = 0; j < NR; j++)
    to[j] = panel * NR + j < COLUMNS ? row[panel * NR + j] : 0.0f;
}

/* Item (16 rows, panel) of turned. */
kernel void
pack_backward (global const float *restrict u, global float *restrict turned)
{
  const int first = get_global_id (0) * 16, panel = get_global_id (1), rows = min (16, COLUMNS - first);
  global float *to = turned + ((size_t) panel * COLUMNS + first) * NR;
  for (int j = 0; j < NR; j++) {
    const int unit = panel * NR + j;
    for (int k = 0; k < rows; k++)
      to[k * NR + j] = unit < UNITS ? u[(size_t) unit * COLUMNS + first + k] : 0.0f;
  }
}

/* acc[r][…] += Σk a[r][k] b[k][…] over depth rows of a panel. */
ALWAYS_INLINE void
multiply (vfloat acc[MR][NV], local const float *const a[MR], global const float *b, int depth)
{
  for (int k = 0; k < depth; k++, b += NR) {
    vfloat right[NV];
#pragma unroll
    for (int j = 0; j < NV; j++)
      right[j] = LOAD (b + j * V);
#pragma unroll
    for (int r = 0; r < MR; r++) {
      const vfloat left = (vfloat) (a[r][k]);
#pragma unroll
      for (int j = 0; j < NV; j++)
        acc[r][j] = FMA (left, right[j], acc[r][j]);
    }
  }
}

ALWAYS_INLINE void
load_line (vfloat acc[MR][NV], global const float *from)
{
#pragma unroll
  for (int r = 0; r < MR; r++)
#pragma unroll
    for (int j = 0; j < NV; j++)
      acc[r][j] = LOAD (from + j * V);
}

ALWAYS_INLINE void
load_tile (vfloat acc[MR][NV], local const float *from, int pitch)
{
#pragma unroll
  for (int r = 0; r < MR; r++)
#pragma unroll
    for (int j = 0; j < NV; j++)
      acc[r][j] = LOAD (from + r * pitch + j * V);
}

ALWAYS_INLINE void
store_tile (const vfloat acc[MR][NV], local float *to, int pitch)
{
#pragma unroll
  for (int r = 0; r < MR; r++)
#pragma unroll
    for (int j = 0; j < NV; j++)
      STORE (acc[r][j], to + r * pitch + j * V);
}

/* The sums of a step of rows samples: x W + b + h U; for the GRU x W + b, and h U + d in products. */
inline void
step_sums (local const float *xs, local const float *h, local float *sums, local float *products,
           global const float *restrict packed, int rows, bool first_step)
{
  for (int panel = 0; panel < PANELS; panel++, packed += DEPTH * NR)
    for (int r0 = 0; r0 < rows; r0 += MR) {
      vfloat acc[MR][NV];
      local const float *x_rows[MR], *h_rows[MR];
#pragma unroll
      for (int r = 0; r < MR; r++) {
        x_rows[r] = xs + min (r0 + r, rows - 1) * FEATURES;
        h_rows[r] = h + min (r0 + r, rows - 1) * H_PITCH;
      }
      load_line (acc, packed);
      multiply (acc, x_rows, packed + NR, FEATURES);
      local float *to = sums + r0 * PITCH + panel * NR;
      if (CELL == GRU) {
        store_tile (acc, to, PITCH);
        load_line (acc, packed + (1 + FEATURES) * NR);
        to = products + r0 * PITCH + panel * NR;
      }
      if (!first_step)
        multiply (acc, h_rows, packed + (DEPTH - UNITS) * NR, UNITS);
      store_tile (acc, to, PITCH);
    }
}

kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
forward_sequence (global const float *restrict x, global const float *restrict packed, global float *restrict gates,
                  global float *restrict cells, global float *restrict previous, global float *restrict y, uint batch)
{
  local float sums[ROWS * PITCH] ALIGNED;
#if CELL == GRU
  local float products[ROWS * PITCH] ALIGNED;
#else
  local float *products = sums;
#endif
  local float h[ROWS * H_PITCH] ALIGNED;
  local float c[ROWS * H_PITCH] ALIGNED;
  local float xs[ROWS * FEATURES] ALIGNED;
  const uint first = get_group_id (0) * ROWS;
  const int rows = min ((int) (batch - first), ROWS);

  for (int t = 0; t < STEPS; t++) {
    for (int r = 0; r < rows; r++)
      for (int k = 0; k < FEATURES; k++)
        xs[r * FEATURES + k] = x[((size_t) (first + r) * STEPS + t) * FEATURES + k];
    step_sums (xs, h, sums, products, packed, rows, t == 0);
    for (int r = 0; r < rows; r++)
      for (int unit = 0; unit < UNITS; unit += V) {
        const size_t row = first + r;
        const int n = UNITS - unit;
        local const float *from = sums + r * PITCH + unit;
        local float *h_at = h + r * H_PITCH + unit, *c_at = c + r * H_PITCH + unit;
        vfloat sum[4], kept[SLOTS], c_now = t == 0 ? (vfloat) (0.0f) : LOAD (c_at);
        const vfloat before = t == 0 ? (vfloat) (0.0f) : LOAD (h_at);
#pragma unroll
        for (int q = 0; q < GATES; q++)
          sum[q] = LOAD (from + q * UNITS);
        if (CELL == GRU) {
          local const float *product = products + r * PITCH + unit;
          sum[0] += LOAD (product);
          sum[1] += LOAD (product + UNITS);
          sum[3] = LOAD (product + 2 * UNITS);
        }
        const vfloat now = cell_forward (sum, before, c_now, &c_now, kept);
        STORE (now, h_at);
        STORE (c_now, c_at);
#ifdef TRAINING
#pragma unroll
        for (int q = 0; q < SLOTS; q++)
          store_part (kept[q], gates + GATES_AT (row, t) + q * UNITS + unit, n);
        if (CELL == LSTM)
          store_part (c_now, cells + (row * STEPS + t) * UNITS + unit, n);
        store_part (before, previous + (row * STEPS + t) * UNITS + unit, n);
#endif
        if (t == STEPS - 1 || EVERY_STEP)
          store_part (now, y + Y_AT (row, t) + unit, n);
      }
  }
}

#ifdef TRAINING
/* Adds Σr a[r][k] d[r][…] to rows k of parts. */
inline void
add_products (local const float *a, local const float *d, global float *restrict parts, int k_rows, int rows, bool first)
{
  for (int panel = 0; panel < PANELS; panel++)
    for (int k = 0; k < k_rows; k += MR) {
      global float *to = parts + (size_t) k * (PANELS * NR) + panel * NR;
      local const float *left = a + k, *line = d + panel * NR;
      vfloat acc[MR][NV];
#pragma unroll
      for (int i = 0; i < MR; i++)
#pragma unroll
        for (int j = 0; j < NV; j++)
          acc[i][j] = first ? (vfloat) (0.0f) : LOAD (to + i * (PANELS * NR) + j * V);
      for (int r = 0; r < rows; r++, left += A_PITCH, line += PITCH) {
        vfloat right[NV];
#pragma unroll
        for (int j = 0; j < NV; j++)
          right[j] = LOAD (line + j * V);
#pragma unroll
        for (int i = 0; i < MR; i++) {
          const vfloat each = (vfloat) (left[i]);
#pragma unroll
          for (int j = 0; j < NV; j++)
            acc[i][j] = FMA (each, right[j], acc[i][j]);
        }
      }
#pragma unroll
      for (int i = 0; i < MR; i++)
#pragma unroll
        for (int j = 0; j < NV; j++)
          STORE (acc[i][j], to + i * (PANELS * NR) + j * V);
    }
}

/* dh += d U'. */
inline void
step_back (local const float *d, local float *dh, global const float *restrict turned, int rows)
{
  for (int panel = 0; panel < UNIT_PANELS; panel++)
    for (int q = 0; q < GATES; q++, turned += UNITS * NR)
      for (int r0 = 0; r0 < rows; r0 += MR) {
        vfloat acc[MR][NV];
        local const float *d_rows[MR];
#pragma unroll
        for (int r = 0; r < MR; r++)
          d_rows[r] = d + min (r0 + r, rows - 1) * PITCH + q * UNITS;
        load_tile (acc, dh + r0 * H_PITCH + panel * NR, H_PITCH);
        multiply (acc, d_rows, turned, UNITS);
        store_tile (acc, dh + r0 * H_PITCH + panel * NR, H_PITCH);
      }
}

kernel __attribute__ ((reqd_work_group_size (1, 1, 1))) void
backward_sequence (global const float *restrict x, global const float *restrict dy, global const float *restrict turned,
                   global float *restrict gates, global const float *restrict cells,
                   global const float *restrict previous, global float *restrict parts, uint batch)
{
  local float d[ROWS * PITCH] ALIGNED; /* of the pre-activations, as W sees them; through U */
#if CELL == GRU
  local float through[ROWS * PITCH] ALIGNED;
#else
  local float *through = d;
#endif
  local float dh[ROWS * H_PITCH] ALIGNED;
  local float dc[ROWS * H_PITCH] ALIGNED;
  local float a[ROWS * A_PITCH] ALIGNED; /* 1, x, (1,) h: what the weights were multiplied with */
  const uint first = get_group_id (0) * ROWS;
  const int rows = min ((int) (batch - first), ROWS);
  parts += (size_t) get_group_id (0) * (A_PITCH * PANELS * NR);
  for (int i = 0; i < ROWS * A_PITCH; i++)
    a[i] = i % A_PITCH == 0 ? 1.0f : H_BIAS && i % A_PITCH == X_ROWS ? 1.0f : 0.0f;
  for (int i = 0; i < ROWS * H_PITCH; i++)
    dh[i] = dc[i] = 0.0f;

  for (int t = STEPS - 1; t >= 0; t--) {
    for (int r = 0; r < rows; r++) {
      const size_t row = first + r;
      for (int k = 0; k < FEATURES; k++)
        a[r * A_PITCH + 1 + k] = x[(row * STEPS + t) * FEATURES + k];
      for (int unit = 0; unit < UNITS; unit += V) {
        const int n = UNITS - unit;
        local float *dh_at = dh + r * H_PITCH + unit, *dc_at = dc + r * H_PITCH + unit;
        const vfloat before = load_part (previous + (row * STEPS + t) * UNITS + unit, n);
        vfloat c = 0.0f, c_before = 0.0f, dc_now = LOAD (dc_at), dh_now = LOAD (dh_at), slots[SLOTS];
        global float *kept = gates + GATES_AT (row, t) + unit;
        if (t == STEPS - 1 || EVERY_STEP)
          dh_now += load_part (dy + Y_AT (row, t) + unit, n);
        if (CELL == LSTM) {
          c = load_part (cells + (row * STEPS + t) * UNITS + unit, n);
          if (t > 0)
            c_before = load_part (cells + (row * STEPS + t - 1) * UNITS + unit, n);
        }
#pragma unroll
        for (int q = 0; q < SLOTS; q++)
          slots[q] = load_part (kept + q * UNITS, n);
        STORE (cell_backward (dh_now, &dc_now, before, c_before, c, slots), dh_at);
        STORE (dc_now, dc_at);
        store_part_local (before, a + r * A_PITCH + X_ROWS + H_BIAS + unit, n);
#pragma unroll
        for (int q = 0; q < GATES; q++)
          store_part_local (slots[q], d + r * PITCH + q * UNITS + unit, n);
        if (CELL == GRU)
#pragma unroll
          for (int q = 0; q < GATES; q++)
            store_part_local (slots[RECURRENT_SLOT (q)], through + r * PITCH + q * UNITS + unit, n);
#ifdef KEEP
#pragma unroll
        for (int q = 0; q < SLOTS; q++)
          store_part (slots[q], kept + q * UNITS, n);
#endif
      }
    }
    add_products (a, d, parts, X_ROWS, rows, t == STEPS - 1);
    add_products (a + X_ROWS, through, parts + (size_t) X_ROWS * (PANELS * NR), H_ROWS, rows, t == STEPS - 1);
    if (t > 0)
      step_back (through, dh, turned, rows);
  }
}

/* Adds the parts of the blocks in their order. Item (row, panel); rows as in parts. */
kernel void
reduce_sequence (uint blocks, global const float *restrict parts, global float *restrict dw, global float *restrict du,
                 global float *restrict d_bias, global float *restrict d_recurrent)
{
  const int k = get_global_id (0), panel = get_global_id (1), h = k - X_ROWS - H_BIAS;
  global float *to = k == 0                       ? d_bias
                     : k <= FEATURES              ? dw + (size_t) (k - 1) * COLUMNS
                     : H_BIAS && k == X_ROWS      ? d_recurrent
                     : h >= 0 && h < UNITS        ? du + (size_t) h * COLUMNS
                                                  : 0;
  if (to == 0)
    return;
  vfloat sum[NV];
#pragma unroll
  for (int j = 0; j < NV; j++)
    sum[j] = (vfloat) (0.0f);
  parts += (size_t) k * (PANELS * NR) + panel * NR;
  for (uint b = 0; b < blocks; b++, parts += A_PITCH * PANELS * NR)
#pragma unroll
    for (int j = 0; j < NV; j++)
      sum[j] += LOAD (parts + j * V);
  Lanes lanes;
  for (int j = 0; j < NV; j++) {
    lanes.v = sum[j];
    for (int e = 0; e < V && panel * NR + j * V + e < COLUMNS; e++)
      to[panel * NR + j * V + e] = lanes.s[e];
  }
}
#endif
