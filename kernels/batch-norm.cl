/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Batch normalisation (Ioffe and Szegedy 2015) over the last dimension. x is [rows][CHANNELS], where rows counts the
 * batch and all other dimensions: y = f ((x - mean) / sqrt (variance + epsilon) · scale + offset).
 *
 * Statistics: each slice of rows finds its own mean, then its sum of squared distances from that (it lies in the
 * cache by then), and slices are joined in their order by the formula of Chan, Golub and LeVeque (1979): no
 * cancellation, and always the same bytes.
 * Gradients, with n rows, x^ the normalised x and g = dy f': d offset = Σ g, d scale = Σ g x^,
 *   dx = scale / sqrt (variance + epsilon) · (g - d offset / n - x^ d scale / n).
 *
 * saved    float [2][CHANNELS]: mean and 1 / sqrt (variance + epsilon)
 * partial  float [slices][2][CHANNELS]: mean and sum of squares; backward, Σ g and Σ g x^
 *
 * An item takes PANEL = PV · V channels of a slice of rows. Any work-group will do.
 * Macros: CHANNELS; V, PV (16 and up to 4 on a CPU; 1 and 1 elsewhere); ACT_…; TRAINING: the kernels of a training step;
 * SETTLED beside it: the statistics don't come from x, so that only g is left in the bracket, and the layer's weights stay */

#define PANEL (PV * V)

#if V == 1
typedef float vfloat;
typedef int vmask;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#else
typedef CAT (float, V) vfloat;
typedef CAT (int, V) vmask;
#define LOAD(p) CAT (vload, V) (0, p)
#define STORE(v, p) CAT (vstore, V) (v, 0, p)
#endif

typedef union {
  vfloat v;
  float s[V];
} Lanes;

/* The vector of channels from @c on; lanes beyond the last channel are 0. */
inline vfloat
load_channels (global const float *p, int c)
{
  if (CHANNELS % V == 0 || c + V <= CHANNELS)
    return LOAD (p + c);
  Lanes lanes;
  lanes.v = 0.0f;
  for (int i = 0; c + i < CHANNELS; i++)
    lanes.s[i] = p[c + i];
  return lanes.v;
}

inline void
store_channels (vfloat v, global float *p, int c)
{
  if (CHANNELS % V == 0 || c + V <= CHANNELS) {
    STORE (v, p + c);
    return;
  }
  Lanes lanes;
  lanes.v = v;
  for (int i = 0; c + i < CHANNELS; i++)
    p[c + i] = lanes.s[i];
}

/* g = dy · f'(y) for vectors, from y = f (…). */
inline vfloat
activation_back (vfloat dy, vfloat y)
{
#if defined ACT_RELU
  return y > 0.0f ? dy : (vfloat) 0.0f;
#elif defined ACT_LEAKY_RELU
  return y > 0.0f ? dy : dy * LEAKY_SLOPE;
#elif defined ACT_SIGMOID
  return dy * y * (1.0f - y);
#elif defined ACT_TANH
  return dy * (1.0f - y * y);
#elif defined ACT_RELU6
  return (y > 0.0f) & (y < RELU6_TOP) ? dy : (vfloat) 0.0f;
#else
  return dy;
#endif
}

/* The rows of a slice: from first_row (s) to first_row (s + 1). */
inline uint
first_row (uint slice, uint slices, uint rows)
{
  return slice * (rows / slices) + min (slice, rows % slices);
}

#if defined TRAINING && !defined SETTLED
/* Item (panel, slice). */
kernel void
batch_norm_statistics (global const float *restrict x, global float *restrict partial, uint rows, uint slices)
{
  const int channel = get_global_id (0) * PANEL;
  const uint slice = get_global_id (1);
  if (channel >= CHANNELS || slice >= slices)
    return;
  const uint from = first_row (slice, slices, rows), to = first_row (slice + 1, slices, rows);
  vfloat mean[PV], squares[PV];
#pragma unroll
  for (int j = 0; j < PV; j++)
    mean[j] = squares[j] = 0.0f;
  for (uint row = from; row < to; row++)
#pragma unroll
    for (int j = 0; j < PV; j++)
      mean[j] += load_channels (x + (size_t) row * CHANNELS, channel + j * V);
#pragma unroll
  for (int j = 0; j < PV; j++)
    mean[j] *= 1.0f / (to - from);
  for (uint row = from; row < to; row++)
#pragma unroll
    for (int j = 0; j < PV; j++) {
      const vfloat d = load_channels (x + (size_t) row * CHANNELS, channel + j * V) - mean[j];
      squares[j] = FMA (d, d, squares[j]);
    }
  global float *out = partial + (size_t) slice * 2 * CHANNELS;
#pragma unroll
  for (int j = 0; j < PV; j++) {
    store_channels (mean[j], out, channel + j * V);
    store_channels (squares[j], out + CHANNELS, channel + j * V);
  }
}

/* Joins the slices, and moves the running statistics by @momentum towards them. Item (channel). */
kernel void
batch_norm_join (global const float *restrict partial, global float *restrict running_mean,
                 global float *restrict running_variance, global float *restrict saved, uint rows, uint slices,
                 float momentum, float epsilon)
{
  const uint c = get_global_id (0);
  if (c >= CHANNELS)
    return;
  float mean = 0.0f, squares = 0.0f;
  for (uint s = 0; s < slices; s++) {
    const float before = (float) first_row (s, slices, rows);
    const float n = (float) (first_row (s + 1, slices, rows) - first_row (s, slices, rows));
    const float distance = partial[(size_t) s * 2 * CHANNELS + c] - mean, part = n / (before + n);
    mean += distance * part;
    squares += partial[((size_t) s * 2 + 1) * CHANNELS + c] + distance * distance * before * part;
  }
  saved[c] = mean;
  saved[CHANNELS + c] = 1.0f / sqrt (squares / rows + epsilon);
  running_mean[c] += momentum * (mean - running_mean[c]);
  running_variance[c] += momentum * (squares / max (rows - 1, 1u) - running_variance[c]);
}
#else
/* Without training the running statistics hold. Item (channel). */
kernel void
batch_norm_recall (global const float *restrict running_mean, global const float *restrict running_variance,
                   global float *restrict saved, float epsilon)
{
  const uint c = get_global_id (0);
  if (c >= CHANNELS)
    return;
  saved[c] = running_mean[c];
  saved[CHANNELS + c] = 1.0f / sqrt (running_variance[c] + epsilon);
}
#endif

/* Item (panel, slice). */
kernel void
batch_norm_apply (global const float *restrict x, global const float *restrict saved,
                  global const float *restrict scale, global const float *restrict offset, global float *restrict y,
                  uint rows, uint slices)
{
  const int channel = get_global_id (0) * PANEL;
  const uint slice = get_global_id (1);
  if (channel >= CHANNELS || slice >= slices)
    return;
  vfloat mean[PV], factor[PV], shift[PV];
#pragma unroll
  for (int j = 0; j < PV; j++) {
    mean[j] = load_channels (saved, channel + j * V);
    factor[j] = load_channels (saved + CHANNELS, channel + j * V) * load_channels (scale, channel + j * V);
    shift[j] = load_channels (offset, channel + j * V);
  }
  const uint to = first_row (slice + 1, slices, rows);
  for (uint row = first_row (slice, slices, rows); row < to; row++)
#pragma unroll
    for (int j = 0; j < PV; j++) {
      const vfloat d = load_channels (x + (size_t) row * CHANNELS, channel + j * V) - mean[j];
      store_channels (ACTIVATE (FMA (d, factor[j], shift[j])), y + (size_t) row * CHANNELS, channel + j * V);
    }
}

#if defined TRAINING && !defined SETTLED
/* Σ g and Σ g x^ of a slice. Item (panel, slice). */
kernel void
batch_norm_sums (global const float *restrict x, global const float *restrict dy, global const float *restrict saved,
                 global const float *restrict scale, global const float *restrict offset,
                 global float *restrict partial, uint rows, uint slices)
{
  const int channel = get_global_id (0) * PANEL;
  const uint slice = get_global_id (1);
  if (channel >= CHANNELS || slice >= slices)
    return;
  vfloat mean[PV], inverse[PV], factor[PV], shift[PV], sum[PV], product[PV];
#pragma unroll
  for (int j = 0; j < PV; j++) {
    mean[j] = load_channels (saved, channel + j * V);
    inverse[j] = load_channels (saved + CHANNELS, channel + j * V);
    factor[j] = inverse[j] * load_channels (scale, channel + j * V);
    shift[j] = load_channels (offset, channel + j * V);
    sum[j] = product[j] = 0.0f;
  }
  const uint to = first_row (slice + 1, slices, rows);
  for (uint row = first_row (slice, slices, rows); row < to; row++)
#pragma unroll
    for (int j = 0; j < PV; j++) {
      const vfloat d = load_channels (x + (size_t) row * CHANNELS, channel + j * V) - mean[j];
      const vfloat g = activation_back (load_channels (dy + (size_t) row * CHANNELS, channel + j * V),
                                        ACTIVATE (FMA (d, factor[j], shift[j])));
      sum[j] += g;
      product[j] = FMA (g, d, product[j]);
    }
  global float *out = partial + (size_t) slice * 2 * CHANNELS;
#pragma unroll
  for (int j = 0; j < PV; j++) {
    store_channels (sum[j], out, channel + j * V);
    store_channels (product[j] * inverse[j], out + CHANNELS, channel + j * V);
  }
}

/* Item (channel). */
kernel void
batch_norm_gradients (global const float *restrict partial, global float *restrict d_scale,
                      global float *restrict d_offset, uint slices)
{
  const uint c = get_global_id (0);
  if (c >= CHANNELS)
    return;
  float sum = 0.0f, product = 0.0f;
  for (uint s = 0; s < slices; s++) {
    sum += partial[(size_t) s * 2 * CHANNELS + c];
    product += partial[((size_t) s * 2 + 1) * CHANNELS + c];
  }
  d_offset[c] = sum;
  d_scale[c] = product;
}
#endif

#ifdef TRAINING
/* Item (panel, slice). */
kernel void
batch_norm_input (global const float *restrict x, global const float *restrict dy, global const float *restrict saved,
                  global const float *restrict scale, global const float *restrict offset,
                  global const float *restrict d_scale, global const float *restrict d_offset,
                  global float *restrict dx, uint rows, uint slices)
{
  const int channel = get_global_id (0) * PANEL;
  const uint slice = get_global_id (1);
  if (channel >= CHANNELS || slice >= slices)
    return;
  vfloat mean[PV], factor[PV], shift[PV], constant_part[PV], linear_part[PV];
  const float per_row = 1.0f / rows;
#pragma unroll
  for (int j = 0; j < PV; j++) {
    const int c = channel + j * V;
    const vfloat inverse = load_channels (saved + CHANNELS, c);
    mean[j] = load_channels (saved, c);
    factor[j] = inverse * load_channels (scale, c);
    shift[j] = load_channels (offset, c);
#ifdef SETTLED
    constant_part[j] = linear_part[j] = 0.0f;
#else
    constant_part[j] = load_channels (d_offset, c) * per_row;
    linear_part[j] = load_channels (d_scale, c) * inverse * per_row;
#endif
  }
  const uint to = first_row (slice + 1, slices, rows);
  for (uint row = first_row (slice, slices, rows); row < to; row++)
#pragma unroll
    for (int j = 0; j < PV; j++) {
      const int c = channel + j * V;
      const vfloat d = load_channels (x + (size_t) row * CHANNELS, c) - mean[j];
      const vfloat g = activation_back (load_channels (dy + (size_t) row * CHANNELS, c),
                                        ACTIVATE (FMA (d, factor[j], shift[j])));
      store_channels (factor[j] * (g - constant_part[j] - d * linear_part[j]), dx + (size_t) row * CHANNELS, c);
    }
}
#endif
