/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recurrent layers, one launch a step: for devices with many small cores. A work-group takes LU units of MR samples; KS items
 * share the sum of a unit, and values that all units want are read through local memory, CHUNK of them at a time.
 * The cells and their names: recurrent-cell.clh.
 *
 * x         [batch][STEPS][FEATURES]
 * gates     [batch][STEPS][SLOTS * UNITS]: what the backward pass needs of each step, and leaves
 * cells     [batch][STEPS][UNITS]: c of the LSTM
 * previous  [batch][STEPS][UNITS]: h before each step
 * y         [batch][UNITS], or [batch][STEPS][UNITS] with SEQUENCES
 * turned    [GATES * UNITS][UNITS]: the recurrent weights, transposed
 * carry     [batch][UNITS] of dh, then the same of dc
 *
 * Macros: those of the cell, with V = 1; LU, KS, MR, CHUNK; TRAINING: the kernels of a training step. */

#include "recurrent-cell.clh"

#define SUMS (CELL == SIMPLE ? 1 : 4)
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

/* What the sums start with. */
inline float
first_sum (global const float *restrict bias, global const float *restrict recurrent_bias, int sum, int unit)
{
#if CELL == GRU
  if (sum == 2)
    return bias[2 * UNITS + unit];
  if (sum == 3)
    return recurrent_bias[2 * UNITS + unit];
  return bias[sum * UNITS + unit] + recurrent_bias[sum * UNITS + unit];
#else
  return bias[sum * UNITS + unit];
#endif
}

/* One step of one unit of one sample: h and c before it are looked up, what comes out is stored everywhere. */
inline void
step_forward (const float *sum, size_t row, int t, int unit, global float *gates, global float *cells,
              global float *previous, global float *y)
{
  float c = 0.0f, h_before = 0.0f, kept[SLOTS];
  if (CELL == LSTM && t > 0)
    c = cells[C_AT (row, t - 1) + unit];
  if (CELL == GRU && t > 0)
    h_before = previous[H_AT (row, t) + unit];
  const float h = cell_forward (sum, h_before, c, &c, kept);
#ifdef TRAINING
  for (int q = 0; q < SLOTS; q++)
    gates[GATES_AT (row, t) + q * UNITS + unit] = kept[q];
#endif
  if (CELL == LSTM)
    cells[C_AT (row, t) + unit] = c;
  if (t == 0)
    previous[H_AT (row, t) + unit] = 0.0f;
  if (t + 1 < STEPS)
    previous[H_AT (row, t + 1) + unit] = h;
  if (t == STEPS - 1 || EVERY_STEP)
    y[Y_AT (row, t) + unit] = h;
}

/* The gradient of one step of one unit of one sample. @dh: what the step after it gave; dh_at, dc_at: where to leave what
 * goes to the step before without passing the weights. */
inline void
step_backward (float dh, size_t row, int t, int unit, global const float *dy, global float *gates,
               global const float *cells, global const float *previous, global float *dh_at, global float *dc_at)
{
  float dc = 0.0f, c = 0.0f, c_before = 0.0f, h_before = 0.0f, slots[SLOTS];
  if (t == STEPS - 1 || EVERY_STEP)
    dh += dy[Y_AT (row, t) + unit];
  if (CELL == LSTM) {
    if (t < STEPS - 1)
      dc = *dc_at;
    if (t > 0)
      c_before = cells[C_AT (row, t - 1) + unit];
    c = cells[C_AT (row, t) + unit];
  }
  if (CELL == GRU)
    h_before = previous[H_AT (row, t) + unit];
  for (int q = 0; q < SLOTS; q++)
    slots[q] = gates[GATES_AT (row, t) + q * UNITS + unit];
  *dh_at = cell_backward (dh, &dc, h_before, c_before, c, slots);
  for (int q = 0; q < SLOTS; q++)
    gates[GATES_AT (row, t) + q * UNITS + unit] = slots[q];
  if (CELL == LSTM)
    *dc_at = dc;
}

/* Adds to acc[r][SLOT (j)] the sum over n values of FROM (r, k) WEIGHT (k, j), as far as it is this item's part. r: of MR
 * samples, j: of J sums. */
#define ADD_PRODUCTS(n, FROM, J, WEIGHT, SLOT) \
  _Pragma ("unroll 1") for (int k0 = 0; k0 < (n); k0 += CHUNK) { \
    const int some = min (CHUNK, (n) - k0); \
    barrier (CLK_LOCAL_MEM_FENCE); \
    for (int e = item; e < MR * CHUNK; e += LU * KS) \
      staged[e / CHUNK][e % CHUNK] = e % CHUNK < some ? FROM (e / CHUNK, k0 + e % CHUNK) : 0.0f; \
    barrier (CLK_LOCAL_MEM_FENCE); \
    for (int k = part; k < some; k += KS) \
      for (int j = 0; j < (J); j++) { \
        const float weight = WEIGHT (k0 + k, j); \
        for (int r = 0; r < MR; r++) \
          acc[r][SLOT (j)] = FMA (staged[r][k], weight, acc[r][SLOT (j)]); \
      } \
  }

/* Adds the parts of a sum in their order: the item with part 0 has it then. */
#define ADD_PARTS(sums) \
  for (int s = 0; s < MR * (sums); s++) \
    parts[part][s][get_local_id (0)] = acc[s / (sums)][s % (sums)]; \
  barrier (CLK_LOCAL_MEM_FENCE); \
  for (int s = 0; s < MR * (sums); s++) \
    for (int o = 1; o < KS; o++) \
      acc[s / (sums)][s % (sums)] += parts[o][s][get_local_id (0)];

/* What both steps begin with. An item beyond the last unit does the work of the last one, and stores nothing. */
#define STEP_ITEM \
  __local float staged[MR][CHUNK], parts[KS][MR * SUMS][LU]; \
  const int part = get_local_id (1), item = part * LU + get_local_id (0); \
  const int unit = min ((int) get_global_id (0), UNITS - 1); \
  const uint first = get_group_id (1) * MR; \
  const bool stores = part == 0 && get_global_id (0) < UNITS;

#define SAMPLE(r) min (first + (r), batch - 1)
#define SAME(j) (j)

/* One step forward. */
kernel __attribute__ ((reqd_work_group_size (LU, KS, 1))) void
forward_step (global const float *restrict x, global const float *restrict w, global const float *restrict u,
              global const float *restrict bias, global const float *restrict recurrent_bias,
              global float *restrict gates, global float *cells, global float *previous,
              global float *restrict y, uint batch, int t)
{
  STEP_ITEM
  float acc[MR][SUMS];
  for (int r = 0; r < MR; r++)
    for (int j = 0; j < SUMS; j++)
      acc[r][j] = part == 0 ? first_sum (bias, recurrent_bias, j, unit) : 0.0f;
#define INPUT_AT(r, k) x[((size_t) SAMPLE (r) * STEPS + t) * FEATURES + (k)]
#define INPUT_WEIGHT(k, j) w[(size_t) (k) *COLUMNS + (j) *UNITS + unit]
  ADD_PRODUCTS (FEATURES, INPUT_AT, GATES, INPUT_WEIGHT, SAME)
#define STATE_AT(r, k) previous[H_AT (SAMPLE (r), t) + (k)]
#define STATE_WEIGHT(k, j) u[(size_t) (k) *COLUMNS + (j) *UNITS + unit]
  ADD_PRODUCTS (t > 0 ? UNITS : 0, STATE_AT, GATES, STATE_WEIGHT, RECURRENT_SLOT)
  ADD_PARTS (SUMS)
  for (uint r = 0; stores && r < MR && first + r < batch; r++)
    step_forward (acc[r], first + r, t, unit, gates, cells, previous, y);
}

#ifdef TRAINING
/* The recurrent weights, transposed: turned[column][unit]. Item (unit, column). */
kernel void
turn (global const float *restrict u, global float *restrict turned)
{
  const uint unit = get_global_id (0), column = get_global_id (1);
  if (unit < UNITS)
    turned[(size_t) column * UNITS + unit] = u[(size_t) unit * COLUMNS + column];
}

/* One step backward. */
kernel __attribute__ ((reqd_work_group_size (LU, KS, 1))) void
backward_step (global const float *restrict dy, global const float *restrict turned, global float *gates,
               global const float *restrict cells, global const float *restrict previous, global float *carry,
               uint batch, int t)
{
  STEP_ITEM
  float acc[MR][1];
  for (int r = 0; r < MR; r++)
    acc[r][0] = CELL == GRU && stores && t < STEPS - 1 ? carry[(size_t) SAMPLE (r) * UNITS + unit] : 0.0f;
#define COLUMN_SLOT(k) (CELL == GRU && (k) >= 2 * UNITS ? (k) + UNITS : (k))
#define GRADIENT_AT(r, k) gates[GATES_AT (SAMPLE (r), t + 1) + COLUMN_SLOT (k)]
#define TURNED_WEIGHT(k, j) turned[(size_t) (k) *UNITS + unit]
  ADD_PRODUCTS (t < STEPS - 1 ? COLUMNS : 0, GRADIENT_AT, 1, TURNED_WEIGHT, SAME)
  ADD_PARTS (1)
  for (uint r = 0; stores && r < MR && first + r < batch; r++) {
    const size_t row = first + r;
    step_backward (acc[r][0], row, t, unit, dy, gates, cells, previous, carry + row * UNITS + unit,
                   carry + (batch + row) * UNITS + unit);
  }
}

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
#endif
