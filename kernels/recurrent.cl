/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recurrent layers over a whole sequence. With s = sigmoid and h before the first step 0:
 *   simple  h' = f (x W + h U + b)
 *   LSTM    i, f, g, o = s, s, tanh, s (x W + h U + b);  c' = f c + i g;  h' = o tanh (c')
 *           (Hochreiter and Schmidhuber 1997; Gers et al. 2000)
 *   GRU     r, z = s (x W + b + h U + d);  n = tanh (x Wn + bn + r (h Un + dn));  h' = (1 - z) n + z h
 *           (Cho et al. 2014, with the reset after the product, as PyTorch and cuDNN have it)
 *
 * x         [batch][STEPS][FEATURES]
 * gates     [batch][STEPS][SLOTS * UNITS]: what the backward pass needs of each step; it leaves the gradients of the
 *           pre-activations there. Simple: h. LSTM: i, f, g, o. GRU: r, z, n, and h Un + dn, whose gradients are those
 *           of r, z, n, and of the product that r scales
 * cells     [batch][STEPS][UNITS]: c of the LSTM
 * previous  [batch][STEPS][UNITS]: h before each step
 * y         [batch][UNITS], or [batch][STEPS][UNITS] with SEQUENCES
 * packed    [panel][FEATURES + UNITS][NB][V] (CPU): weights in the order in which a tile reads them
 * turned    [panel][GATES * UNITS][BB][V] (CPU), or [GATES * UNITS][UNITS]: the recurrent weights, transposed
 *
 * Samples don't depend on each other, so on a CPU one work-item takes MR of them through all the steps, with a
 * register tile of MR rows by NB vectors of V; elsewhere there is one launch a step, and an item takes one unit of MR
 * samples.
 *
 * Macros: CELL (SIMPLE, LSTM, GRU), STEPS, FEATURES, UNITS, V, MR, NB, BB; TRAINING, SEQUENCES; ACT_… for SIMPLE. */

#define SIMPLE 1
#define LSTM 2
#define GRU 3
#if CELL == SIMPLE
#define GATES 1
#define SLOTS 1
#define PANEL (NB * V) /* units in a panel */
#define SUMS NB
#elif CELL == LSTM
#define GATES 4
#define SLOTS 4
#define PANEL V
#define SUMS 4
#else
#define GATES 3
#define SLOTS 4
#define PANEL V
#define SUMS 4
#endif
#define COLUMNS (GATES * UNITS)
#define WIDTH (SLOTS * UNITS) /* of a step in gates */
#define DEPTH (FEATURES + UNITS)
/* No vector of any panel reaches beyond the last unit. */
#define WHOLE (UNITS % PANEL == 0 && UNITS % (BB * V) == 0)

/* Without training there are two places for h, by turns, and one for c. */
#ifdef TRAINING
#define H_PLACES STEPS
#define C_PLACES STEPS
#else
#define H_PLACES 2
#define C_PLACES 1
#endif
#define H_AT(row, t) (((size_t) (row) * H_PLACES + (t) % H_PLACES) * UNITS)
#define C_AT(row, t) (((size_t) (row) * C_PLACES + (t) % C_PLACES) * UNITS)
#define GATES_AT(row, t) (((size_t) (row) * STEPS + (t)) * WIDTH)
#ifdef SEQUENCES
#define EVERY_STEP 1
#define Y_AT(row, t) (((size_t) (row) * STEPS + (t)) * UNITS)
#else
#define EVERY_STEP 0
#define Y_AT(row, t) ((size_t) (row) * UNITS)
#endif

#if V == 1
typedef float vfloat;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#else
typedef CAT (float, V) vfloat;
#define LOAD(p) CAT (vload, V) (0, p)
#define STORE(v, p) CAT (vstore, V) (v, 0, p)
#endif

typedef union {
  vfloat v;
  float s[V];
} Lanes;

/* The first n of V floats; beyond them 0. */
inline vfloat
load_part (global const float *p, int n)
{
  if (WHOLE || n >= V)
    return LOAD (p);
  Lanes lanes = { .v = 0.0f };
  for (int i = 0; i < n; i++)
    lanes.s[i] = p[i];
  return lanes.v;
}

inline void
store_part (vfloat v, global float *p, int n)
{
  if (WHOLE || n >= V) {
    STORE (v, p);
    return;
  }
  const Lanes lanes = { .v = v };
  for (int i = 0; i < n; i++)
    p[i] = lanes.s[i];
}

inline vfloat
sigmoid (vfloat x)
{
  return 1.0f / (1.0f + exp (-x));
}

/* exp() alone would lose the digits of a small x; there is the series. */
inline vfloat
tanh_of (vfloat x)
{
  const vfloat a = fabs (x), e = exp (-2.0f * a), s = x * x;
  const vfloat small = x + x * s * (-1.0f / 3 + s * (2.0f / 15 + s * (-17.0f / 315 + s * (62.0f / 2835))));
  return a < 0.25f ? small : copysign ((1.0f - e) / (1.0f + e), x);
}

#if CELL == SIMPLE && defined ACT_TANH
#define CELL_ACTIVATE(x) tanh_of (x)
#else
#define CELL_ACTIVATE(x) ACTIVATE (x)
#endif

/* One step of a cell for one vector of units: from the sums to h; keeps what backward needs. sum[0…3]: the
 * pre-activations; for the GRU those of r and z, x Wn + bn, and h Un + dn. */
inline vfloat
cell_forward (const vfloat *sum, vfloat h_before, vfloat c_before, vfloat *c_after, global float *gates, int n)
{
#if CELL == SIMPLE
  const vfloat h = CELL_ACTIVATE (sum[0]), kept[SLOTS] = { h };
#elif CELL == LSTM
  const vfloat i = sigmoid (sum[0]), f = sigmoid (sum[1]), g = tanh_of (sum[2]), o = sigmoid (sum[3]);
  const vfloat c = FMA (f, c_before, i * g), h = o * tanh_of (c), kept[SLOTS] = { i, f, g, o };
  *c_after = c;
#else
  const vfloat r = sigmoid (sum[0]), z = sigmoid (sum[1]), new = tanh_of (FMA (r, sum[3], sum[2]));
  const vfloat h = FMA (z, h_before - new, new), kept[SLOTS] = { r, z, new, sum[3] };
#endif
#ifdef TRAINING
  for (int q = 0; q < SLOTS; q++)
    store_part (kept[q], gates + q * UNITS, n);
#endif
  return h;
}

/* The gradient of one step: from dh (and dc, of the LSTM) to the gradients of the pre-activations, which take the
 * gates' place. Returns what goes to h before the step without passing the recurrent weights. */
inline vfloat
cell_backward (vfloat dh, vfloat *dc, vfloat h_before, vfloat c_before, vfloat c, global float *gates, int n)
{
#if CELL == SIMPLE
  const vfloat h = load_part (gates, n);
#ifdef ACT_TANH
  store_part (dh * (1.0f - h * h), gates, n);
#else
  store_part (h > 0.0f ? dh : (vfloat) 0.0f, gates, n);
#endif
  return 0.0f;
#elif CELL == LSTM
  const vfloat i = load_part (gates, n), f = load_part (gates + UNITS, n);
  const vfloat g = load_part (gates + 2 * UNITS, n), o = load_part (gates + 3 * UNITS, n);
  const vfloat squashed = tanh_of (c), all = FMA (dh * o, 1.0f - squashed * squashed, *dc);
  store_part (all * g * i * (1.0f - i), gates, n);
  store_part (all * c_before * f * (1.0f - f), gates + UNITS, n);
  store_part (all * i * (1.0f - g * g), gates + 2 * UNITS, n);
  store_part (dh * squashed * o * (1.0f - o), gates + 3 * UNITS, n);
  *dc = all * f;
  return 0.0f;
#else
  const vfloat r = load_part (gates, n), z = load_part (gates + UNITS, n);
  const vfloat new = load_part (gates + 2 * UNITS, n), product = load_part (gates + 3 * UNITS, n);
  const vfloat d_new = dh * (1.0f - z) * (1.0f - new * new);
  store_part (d_new * product * r * (1.0f - r), gates, n);
  store_part (dh * (h_before - new) * z * (1.0f - z), gates + UNITS, n);
  store_part (d_new, gates + 2 * UNITS, n);
  store_part (d_new * r, gates + 3 * UNITS, n);
  return dh * z;
#endif
}

/* Where the gradients lie that go through gate q's recurrent weights. */
#define RECURRENT_SLOT(q) (CELL == GRU && (q) == 2 ? 3 : (q))

/* One step of V units of one sample: h and c before it are looked up, what comes out is stored everywhere. */
inline void
step_forward (const vfloat *sum, size_t row, int t, int unit, global float *gates, global float *cells,
              global float *previous, global float *y)
{
  const int n = UNITS - unit;
  vfloat c = 0.0f, h_before = 0.0f;
  if (CELL == LSTM && t > 0)
    c = load_part (cells + C_AT (row, t - 1) + unit, n);
  if (CELL == GRU && t > 0)
    h_before = load_part (previous + H_AT (row, t) + unit, n);
  const vfloat h = cell_forward (sum, h_before, c, &c, gates + GATES_AT (row, t) + unit, n);
  if (CELL == LSTM)
    store_part (c, cells + C_AT (row, t) + unit, n);
  if (t == 0)
    store_part (0.0f, previous + H_AT (row, t) + unit, n);
  if (t + 1 < STEPS)
    store_part (h, previous + H_AT (row, t + 1) + unit, n);
  if (t == STEPS - 1 || EVERY_STEP)
    store_part (h, y + Y_AT (row, t) + unit, n);
}

/* The gradient of one step of V units of one sample. @dh: what the step after it gave; dh_at, dc_at: where to leave
 * what goes to the step before without passing the weights. */
inline void
step_backward (vfloat dh, size_t row, int t, int unit, global const float *dy, global float *gates,
               global const float *cells, global const float *previous, global float *dh_at, global float *dc_at)
{
  const int n = UNITS - unit;
  vfloat dc = 0.0f, c = 0.0f, c_before = 0.0f, h_before = 0.0f;
  if (t == STEPS - 1 || EVERY_STEP)
    dh += load_part (dy + Y_AT (row, t) + unit, n);
  if (CELL == LSTM) {
    if (t < STEPS - 1)
      dc = load_part (dc_at + unit, n);
    if (t > 0)
      c_before = load_part (cells + C_AT (row, t - 1) + unit, n);
    c = load_part (cells + C_AT (row, t) + unit, n);
  }
  if (CELL == GRU)
    h_before = load_part (previous + H_AT (row, t) + unit, n);
  const vfloat rest = cell_backward (dh, &dc, h_before, c_before, c, gates + GATES_AT (row, t) + unit, n);
  if (CELL == LSTM)
    store_part (dc, dc_at + unit, n);
  store_part (rest, dh_at + unit, n);
}

/* What the sums start with. */
inline vfloat
first_sum (global const float *restrict bias, global const float *restrict recurrent_bias, int sum, int unit, int n)
{
#if CELL == GRU
  if (sum == 2)
    return load_part (bias + 2 * UNITS + unit, n);
  if (sum == 3)
    return load_part (recurrent_bias + 2 * UNITS + unit, n);
  return load_part (bias + sum * UNITS + unit, n) + load_part (recurrent_bias + sum * UNITS + unit, n);
#elif CELL == SIMPLE
  return load_part (bias + unit + sum * V, n - sum * V);
#else
  return load_part (bias + sum * UNITS + unit, n);
#endif
}

#ifdef PACKED

/* Weights in the order of the forward tiles, 0 beyond the last unit. Item (row k, panel). */
kernel void
pack_forward (global const float *restrict w, global const float *restrict u, global float *restrict packed)
{
  const uint k = get_global_id (0), panel = get_global_id (1);
  global const float *from = k < FEATURES ? w + (size_t) k * COLUMNS : u + (size_t) (k - FEATURES) * COLUMNS;
  global float *to = packed + ((size_t) panel * DEPTH + k) * (NB * V);
  for (int j = 0; j < NB; j++) {
    const int unit = panel * PANEL + (CELL == SIMPLE ? j * V : 0);
    STORE (load_part (from + (CELL == SIMPLE ? 0 : j * UNITS) + unit, UNITS - unit), to + j * V);
  }
}

/* The recurrent weights, transposed, in the order of the backward tiles. Item (16 rows, panel). */
kernel void
pack_backward (global const float *restrict u, global float *restrict turned)
{
  const int first = get_global_id (0) * 16, panel = get_global_id (1), rows = min (16, COLUMNS - first);
  global float *to = turned + ((size_t) panel * COLUMNS + first) * (BB * V);
  for (int j = 0; j < BB * V; j++) {
    const int unit = panel * (BB * V) + j;
    for (int k = 0; k < rows; k++)
      to[k * (BB * V) + j] = unit < UNITS ? u[(size_t) unit * COLUMNS + first + k] : 0.0f;
  }
}

/* Left to itself PoCL calls the tiles, which then lie in memory instead of registers. */
#define ALWAYS_INLINE inline __attribute__ ((always_inline))
/* acc[r][…] += Σk a[r][k] b[k][…] over @depth rows of a forward panel; its last vector goes to sum @last. */
ALWAYS_INLINE void
forward_tile (vfloat acc[MR][SUMS], global const float *const a[MR], global const float *b, int depth, int last)
{
  for (int k = 0; k < depth; k++) {
    vfloat column[NB];
#pragma unroll
    for (int j = 0; j < NB; j++)
      column[j] = LOAD (b + (k * NB + j) * V);
#pragma unroll
    for (int r = 0; r < MR; r++) {
      const float scalar = a[r][k];
#pragma unroll
      for (int j = 0; j < NB - 1; j++)
        acc[r][j] = FMA ((vfloat) (scalar), column[j], acc[r][j]);
      acc[r][last] = FMA ((vfloat) (scalar), column[NB - 1], acc[r][last]);
    }
  }
}

/* The same for a backward panel. */
ALWAYS_INLINE void
backward_tile (vfloat acc[MR][BB], global const float *const a[MR], global const float *b)
{
  for (int k = 0; k < UNITS; k++) {
    vfloat column[BB];
#pragma unroll
    for (int j = 0; j < BB; j++)
      column[j] = LOAD (b + (k * BB + j) * V);
#pragma unroll
    for (int r = 0; r < MR; r++) {
      const float scalar = a[r][k];
#pragma unroll
      for (int j = 0; j < BB; j++)
        acc[r][j] = FMA ((vfloat) (scalar), column[j], acc[r][j]);
    }
  }
}

/* Forward through all the steps. One item takes MR samples; rows beyond the batch repeat its last one unseen. */
kernel void
forward_sequence (global const float *restrict x, global const float *restrict packed,
                  global const float *restrict bias, global const float *restrict recurrent_bias,
                  global float *restrict gates, global float *cells, global float *previous,
                  global float *restrict y, uint batch)
{
  const uint first = get_global_id (0) * MR;
  const int rows = min ((int) (batch - first), MR);

  for (int t = 0; t < STEPS; t++) {
    global const float *xs[MR], *hs[MR];
#pragma unroll
    for (int r = 0; r < MR; r++) {
      const uint row = first + min (r, rows - 1);
      xs[r] = x + ((size_t) row * STEPS + t) * FEATURES;
      hs[r] = previous + H_AT (row, t);
    }
    for (int unit = 0; unit < UNITS; unit += PANEL) {
      global const float *b = packed + (size_t) (unit / PANEL) * DEPTH * (NB * V);
      vfloat acc[MR][SUMS];
#pragma unroll
      for (int j = 0; j < SUMS; j++) {
        const vfloat start = first_sum (bias, recurrent_bias, j, unit, UNITS - unit);
#pragma unroll
        for (int r = 0; r < MR; r++)
          acc[r][j] = start;
      }
      forward_tile (acc, xs, b, FEATURES, NB - 1);
      if (t > 0)
        forward_tile (acc, hs, b + FEATURES * NB * V, UNITS, SUMS - 1);
      vfloat sums[MR][SUMS]; /* a copy, so that acc stays in registers */
#pragma unroll
      for (int r = 0; r < MR; r++)
#pragma unroll
        for (int j = 0; j < SUMS; j++)
          sums[r][j] = acc[r][j];
      for (int r = 0; r < rows; r++)
        for (int j = 0; j < PANEL / V && unit + j * V < UNITS; j++)
          step_forward (&sums[r][j], first + r, t, unit + j * V, gates, cells, previous, y);
    }
  }
}

/* Backward through all the steps. carry: float [batch][UNITS] of dh, then the same of dc. */
kernel void
backward_sequence (global const float *restrict dy, global const float *restrict turned, global float *gates,
                   global const float *restrict cells, global const float *restrict previous,
                   global float *carry, uint batch)
{
  const uint first = get_global_id (0) * MR;
  const int rows = min ((int) (batch - first), MR);

  for (int t = STEPS - 1; t >= 0; t--) {
    for (int r = 0; r < rows; r++) {
      const size_t row = first + r;
      global float *dh_at = carry + row * UNITS, *dc_at = carry + ((size_t) batch + row) * UNITS;
      for (int unit = 0; unit < UNITS; unit += V)
        step_backward (t < STEPS - 1 ? load_part (dh_at + unit, UNITS - unit) : (vfloat) 0.0f, row, t, unit, dy, gates,
                       cells, previous, dh_at, dc_at);
    }
    if (t == 0)
      break;
    for (int unit = 0; unit < UNITS; unit += BB * V) {
      vfloat acc[MR][BB];
#pragma unroll
      for (int r = 0; r < MR; r++)
#pragma unroll
        for (int j = 0; j < BB; j++)
          acc[r][j] = CELL == GRU ? load_part (carry + (size_t) (first + min (r, rows - 1)) * UNITS + unit + j * V,
                                               UNITS - unit - j * V)
                                  : (vfloat) 0.0f;
      for (int q = 0; q < GATES; q++) {
        global const float *b = turned + ((size_t) (unit / (BB * V)) * COLUMNS + q * UNITS) * (BB * V);
        global const float *ds[MR];
#pragma unroll
        for (int r = 0; r < MR; r++)
          ds[r] = gates + GATES_AT (first + min (r, rows - 1), t) + RECURRENT_SLOT (q) * UNITS;
        backward_tile (acc, ds, b);
      }
#pragma unroll
      for (int r = 0; r < MR; r++)
#pragma unroll
        for (int j = 0; j < BB; j++)
          if (r < rows && unit + j * V < UNITS)
            store_part (acc[r][j], carry + (size_t) (first + r) * UNITS + unit + j * V, UNITS - unit - j * V);
    }
  }
}

#else

/* One step forward. Item (unit, block of MR samples). */
kernel void
forward_step (global const float *restrict x, global const float *restrict w, global const float *restrict u,
              global const float *restrict bias, global const float *restrict recurrent_bias,
              global float *restrict gates, global float *cells, global float *previous, global float *restrict y,
              uint batch, int t)
{
  const int unit = get_global_id (0);
  const uint first = get_global_id (1) * MR;
  if (unit >= UNITS)
    return;
  float acc[MR][SUMS];
  for (int r = 0; r < MR; r++)
    for (int j = 0; j < SUMS; j++)
      acc[r][j] = first_sum (bias, recurrent_bias, j, unit, 1);
  for (int k = 0; k < FEATURES; k++)
    for (int r = 0; r < MR; r++) {
      const float value = x[((size_t) min (first + r, batch - 1) * STEPS + t) * FEATURES + k];
      for (int j = 0; j < GATES; j++)
        acc[r][j] = FMA (value, w[(size_t) k * COLUMNS + j * UNITS + unit], acc[r][j]);
    }
  if (t > 0)
    for (int k = 0; k < UNITS; k++)
      for (int r = 0; r < MR; r++) {
        const float value = previous[H_AT (min (first + r, batch - 1), t) + k];
        for (int j = 0; j < GATES; j++)
          acc[r][RECURRENT_SLOT (j)]
              = FMA (value, u[(size_t) k * COLUMNS + j * UNITS + unit], acc[r][RECURRENT_SLOT (j)]);
      }
  for (uint r = 0; r < MR && first + r < batch; r++)
    step_forward (acc[r], first + r, t, unit, gates, cells, previous, y);
}

/* The recurrent weights, transposed: turned[column][unit]. Item (unit, column). */
kernel void
turn (global const float *restrict u, global float *restrict turned)
{
  const uint unit = get_global_id (0), column = get_global_id (1);
  if (unit < UNITS)
    turned[(size_t) column * UNITS + unit] = u[(size_t) unit * COLUMNS + column];
}

/* One step backward. Item (unit, block of MR samples). */
kernel void
backward_step (global const float *restrict dy, global const float *restrict turned, global float *gates,
               global const float *restrict cells, global const float *restrict previous, global float *carry,
               uint batch, int t)
{
  const int unit = get_global_id (0);
  const uint first = get_global_id (1) * MR;
  float dh[MR];
  if (unit >= UNITS)
    return;
  for (int r = 0; r < MR; r++)
    dh[r] = CELL == GRU && t < STEPS - 1 ? carry[(size_t) min (first + r, batch - 1) * UNITS + unit] : 0.0f;
  if (t < STEPS - 1)
    for (int q = 0; q < GATES; q++)
      for (int k = 0; k < UNITS; k++) {
        const float weight = turned[(size_t) (q * UNITS + k) * UNITS + unit];
        for (int r = 0; r < MR; r++)
          dh[r] = FMA (gates[GATES_AT (min (first + r, batch - 1), t + 1) + RECURRENT_SLOT (q) * UNITS + k], weight,
                       dh[r]);
      }
  for (uint r = 0; r < MR && first + r < batch; r++) {
    const size_t row = first + r;
    step_backward (dh[r], row, t, unit, dy, gates, cells, previous, carry + row * UNITS,
                   carry + (batch + row) * UNITS);
  }
}

#endif

#if CELL == GRU
/* The gradients of the two biases from the sums of the four slots. Item (unit). */
kernel void
split_bias (global const float *restrict sums, global float *restrict d_bias, global float *restrict d_recurrent)
{
  const uint i = get_global_id (0);
  if (i >= UNITS)
    return;
  for (int q = 0; q < GATES; q++) {
    d_bias[q * UNITS + i] = sums[q * UNITS + i];
    d_recurrent[q * UNITS + i] = sums[RECURRENT_SLOT (q) * UNITS + i];
  }
}
#endif
