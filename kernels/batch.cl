/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A batch out of the data set that lies on the device: indices, random parameters of each sample, pixels.
 *
 * pixels  uchar [samples][STORED_H][STORED_W][CHANNELS]
 * x       float [batch][INPUT_H][INPUT_W][CHANNELS], x = p · scale[c] + bias[c]
 * params  float [batch][PARAM_COUNT], one row a sample: the inverse of the geometric map (from the output's
 *         coordinates to stored ones), the tone curve, and the control points of the elastic field
 * step    uint[4]: steps done so far, seed, step within the epoch
 *
 * Macros: STORED_H, STORED_W, INPUT_H, INPUT_W, CHANNELS; LABELS, and AUGMENT (with ELASTIC, THICKNESS) where they are
 * wanted; BORDER_REFLECT; CENTRED: no random crop; V, the elements that an item takes at once: 4, 8 or 16 on a CPU, with
 * work-groups of one item, 1 elsewhere.
 * Items stride over the first dimension, so any global and local size will do, and nothing random depends on it. */

#define NONE 0xffffffffu
#define STORED_SIZE (STORED_H * STORED_W * CHANNELS)
#define INPUT_SIZE (INPUT_H * INPUT_W * CHANNELS)

#if V == 1
typedef float vfloat;
typedef int vint;
typedef uchar vuchar;
#define LOAD_F(p) (*(p))
#define LOAD_U(p) (*(p))
#define STORE_F(v, p) (*(p) = (v))
#define STORE_U(v, p) (*(p) = (v))
#define TO_FLOAT(v) ((float) (v))
#define TO_INT(v) ((int) (v))
#define TO_UCHAR(v) convert_uchar_rte (v)
#define LANE_IDS 0
#else
typedef CAT (float, V) vfloat;
typedef CAT (int, V) vint;
typedef CAT (uchar, V) vuchar;
#define LOAD_F(p) CAT (vload, V) (0, p)
#define LOAD_U(p) CAT (vload, V) (0, p)
#define STORE_F(v, p) CAT (vstore, V) (v, 0, p)
#define STORE_U(v, p) CAT (vstore, V) (v, 0, p)
#define TO_FLOAT(v) CAT (convert_float, V) (v)
#define TO_INT(v) CAT (convert_int, V) (v)
#define TO_UCHAR(v) CAT (CAT (convert_uchar, V), _rte) (v)
#define TO_MASK(v) CAT (convert_uchar, V) ((v) & 255)
#if V == 4
#define LANE_IDS (vint) (0, 1, 2, 3)
#elif V == 8
#define LANE_IDS (vint) (0, 1, 2, 3, 4, 5, 6, 7)
#else
#define LANE_IDS (vint) (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#endif
#endif

typedef union {
  vfloat v;
  float s[V];
} FloatLanes;

typedef union {
  vint v;
  int s[V];
} IntLanes;

/* The field's control points: a uniform cubic B-spline over CELLS x CELLS cells has CELLS + 3 of them a side. */
#define CELLS 4
#define KNOTS (CELLS + 3)

enum { MAP_XX, MAP_XY, MAP_X, MAP_YX, MAP_YY, MAP_Y, TONE_FACTOR, TONE_OFFSET, SATURATION, THICKEN, FIELD = 16 };
#ifdef ELASTIC
#define PARAM_COUNT (FIELD + 2 * KNOTS * KNOTS)
#else
#define PARAM_COUNT FIELD
#endif

/* One range is (min, max); the order is that of gather_ranges() in batch.c. */
enum {
  SHIFT_X, SHIFT_Y, ROTATE, SCALE, STRETCH, SHEAR, MIRROR, WARP, THICK, GAIN, CONTRAST, BRIGHTNESS, SATURATE,
  RANGE_COUNT
};

inline uint
sample_index (global const uint *restrict order, uint order_size, uint n_samples, uint batch, uint epoch_step,
              uint slot)
{
  const uint at = epoch_step * batch + slot;
  const uint index = at < order_size ? order[at] : NONE;
  return index < n_samples ? index : NONE;
}

/* Which sample each slot of the batch takes, and its label. One item a slot. */
kernel void
gather_indices (global const uint *restrict order, uint order_size, uint n_samples, uint batch,
                global const uint *restrict step, global uint *restrict indices, global const int *restrict labels,
                global int *restrict labels_out)
{
  const uint slot = get_global_id (0);
  if (slot >= batch)
    return;
  const uint index = sample_index (order, order_size, n_samples, batch, step[2], slot);
  indices[slot] = index;
#ifdef LABELS
  labels_out[slot] = index == NONE ? -1 : labels[index];
#endif
}

/* Without a crop a picture is one long row. */
#if STORED_H == INPUT_H && STORED_W == INPUT_W
#define ROW_LENGTH INPUT_SIZE
#define CROP_BASE 0
#define STORED_ROW 0
#else
#define ROW_LENGTH (INPUT_W * CHANNELS)
#define STORED_ROW (STORED_W * CHANNELS)
#define CROP_BASE ((STORED_H - INPUT_H) / 2 * STORED_ROW + (STORED_W - INPUT_W) / 2 * CHANNELS)
#endif

/* norm: 32 scales and 32 biases, both repeating the channels, so that a vector may start at any of them. */
#define NORM_SCALE(c) LOAD_F (norm + (c))
#define NORM_BIAS(c) LOAD_F (norm + 32 + (c))

/* Plain: the crop in the middle, normalised. Item (column / V, row, slot). */
kernel void
gather_plain (global const uchar *restrict pixels, global const uint *restrict indices,
              constant float *restrict norm, global float *restrict x)
{
  const uint row = get_global_id (1), slot = get_global_id (2), index = indices[slot];
  global const uchar *from = pixels + (index == NONE ? 0 : (size_t) index * STORED_SIZE) + CROP_BASE
                             + row * STORED_ROW;
  global float *to = x + (size_t) slot * INPUT_SIZE + row * ROW_LENGTH;
  for (uint i = get_global_id (0) * V; i < ROW_LENGTH; i += get_global_size (0) * V)
    if (i + V <= ROW_LENGTH) {
      const vfloat v = fma (TO_FLOAT (LOAD_U (from + i)), NORM_SCALE (i % CHANNELS), NORM_BIAS (i % CHANNELS));
      STORE_F (index == NONE ? (vfloat) 0.0f : v, to + i);
    } else
      for (uint k = i; k < ROW_LENGTH; k++)
        to[k] = index == NONE ? 0.0f : fma ((float) from[k], norm[k % CHANNELS], norm[32 + k % CHANNELS]);
}

#ifdef AUGMENT
/* What is random in each sample: the geometric map and the tone. One item a slot. */
kernel void
gather_params (constant float *restrict ranges, global const uint *restrict step, uint batch,
               global float *restrict params)
{
  const uint slot = get_global_id (0);
  if (slot >= batch)
    return;
  const uint seed = step[1] ^ 0x6a09e667u, now = step[0];
  float r[RANGE_COUNT];
  for (uint k = 0; k < RANGE_COUNT; k++) {
    const float u = random_uniform (seed, now, slot * 256 + k);
    r[k] = fma (u, ranges[2 * k + 1] - ranges[2 * k], ranges[2 * k]);
  }
#ifdef CENTRED
  const float crop_x = 0.5f * (STORED_W - INPUT_W), crop_y = 0.5f * (STORED_H - INPUT_H);
#else
  const float crop_x = floor (random_uniform (seed, now, slot * 256 + 64) * (STORED_W - INPUT_W + 1));
  const float crop_y = floor (random_uniform (seed, now, slot * 256 + 65) * (STORED_H - INPUT_H + 1));
#endif

  /* Forward: mirror, stretch and scale, shear, rotate, shift, about the middle. Its inverse, from right to left:
   * 1/(sx, sy) · [1 k; 0 1] · [cos sin; -sin cos] · (p - shift), where k undoes a lean to the right (y is down). */
  const float c = cos (r[ROTATE]), s = sin (r[ROTATE]);
  const float sx = (r[MIRROR] >= 0.0f ? -1.0f : 1.0f) / (r[SCALE] * r[STRETCH]), sy = r[STRETCH] / r[SCALE];
  const float xx = sx * (c - r[SHEAR] * s), xy = sx * (s + r[SHEAR] * c), yx = sy * -s, yy = sy * c;
  const float ox = 0.5f * (INPUT_W - 1) + r[SHIFT_X], oy = 0.5f * (INPUT_H - 1) + r[SHIFT_Y];
  global float *p = params + (size_t) slot * PARAM_COUNT;
  p[MAP_XX] = xx;
  p[MAP_XY] = xy;
  p[MAP_X] = 0.5f * (INPUT_W - 1) + crop_x - (xx * ox + xy * oy);
  p[MAP_YX] = yx;
  p[MAP_YY] = yy;
  p[MAP_Y] = 0.5f * (INPUT_H - 1) + crop_y - (yx * ox + yy * oy);
  p[TONE_FACTOR] = r[GAIN] * r[CONTRAST];
  p[TONE_OFFSET] = 0.5f - 0.5f * r[CONTRAST] + r[BRIGHTNESS];
  p[SATURATION] = r[SATURATE];
  p[THICKEN] = r[THICK];
  p[FIELD - 1] = r[WARP];
}

#ifdef ELASTIC
/* The control points of the elastic field, in pixels. Item (control point, slot). */
kernel void
gather_field (global const uint *restrict step, uint batch, global float *restrict params)
{
  const uint k = get_global_id (0), slot = get_global_id (1);
  if (k >= 2 * KNOTS * KNOTS || slot >= batch)
    return;
  global float *p = params + (size_t) slot * PARAM_COUNT;
  const float u = random_uniform (step[1] ^ 0x6a09e667u, step[0], slot * 256 + 128 + k);
  p[FIELD + k] = p[FIELD - 1] * (2.0f * u - 1.0f);
}
#endif

#ifdef THICKNESS
#define NEIGHBOURS(least, most, v, a, b, c, d) \
  least = min (min (min (a, b), min (c, d)), v); \
  most = max (max (max (a, b), max (c, d)), v)

/* Strokes made thicker or thinner: towards the largest or the smallest of the pixel and its four neighbours.
 * thick: uchar [batch][STORED_H][STORED_W][CHANNELS]. Item (element / V, slot). */
kernel void
gather_thicken (global const uchar *restrict pixels, global const uint *restrict indices,
                global const float *restrict params, global uchar *restrict thick)
{
  const uint line = STORED_W * CHANNELS, slot = get_global_id (1), index = indices[slot];
  const float t = params[(size_t) slot * PARAM_COUNT + THICKEN], amount = fabs (t);
  global const uchar *p = pixels + (index == NONE ? 0 : (size_t) index * STORED_SIZE);
  global uchar *to = thick + (size_t) slot * STORED_SIZE;
  for (uint i = get_global_id (0) * V; i < STORED_SIZE; i += get_global_size (0) * V) {
#if V > 1
    if (i >= line && i + line + V <= STORED_SIZE) {
      const vint column = ((int) i + LANE_IDS) % (int) line;
      const vuchar v = LOAD_U (p + i);
      const vuchar first = TO_MASK (column < CHANNELS), last = TO_MASK (column >= (STORED_W - 1) * CHANNELS);
      const vuchar west = LOAD_U (p + i - CHANNELS) & ~first | v & first;
      const vuchar east = LOAD_U (p + i + CHANNELS) & ~last | v & last;
      const vuchar north = LOAD_U (p + i - line), south = LOAD_U (p + i + line);
      vuchar least, most;
      NEIGHBOURS (least, most, v, west, east, north, south);
      const vfloat goal = TO_FLOAT (t > 0.0f ? most : least), here = TO_FLOAT (v);
      STORE_U (TO_UCHAR (here + amount * (goal - here)), to + i);
      continue;
    }
#endif
    for (uint k = i; k < min (i + V, (uint) STORED_SIZE); k++) {
      const uint column = k % line;
      const uchar v = p[k], west = p[k - (column >= CHANNELS ? CHANNELS : 0)];
      const uchar east = p[k + (column < (STORED_W - 1) * CHANNELS ? CHANNELS : 0)];
      const uchar north = p[k - (k >= line ? line : 0)], south = p[k + (k + line < STORED_SIZE ? line : 0)];
      uchar least, most;
      NEIGHBOURS (least, most, v, west, east, north, south);
      const float goal = (float) (t > 0.0f ? most : least), here = (float) v;
      to[k] = convert_uchar_rte (here + amount * (goal - here));
    }
  }
}
#endif

/* The uniform cubic B-spline, which is 0 beyond 2. */
inline vfloat
spline (vfloat t)
{
  const vfloat a = fmax (2.0f - fabs (t), 0.0f), b = fmax (1.0f - fabs (t), 0.0f);
  return (a * a * a - 4.0f * b * b * b) * (1.0f / 6.0f);
}

/* Where a row or column of taps lies, and its weight: @at is clamped or mirrored into 0 … n - 1. */
inline vfloat
border (vint *at, int n, vfloat weight)
{
#ifdef BORDER_REFLECT
  const vint i = max (*at, -1 - *at);
  *at = clamp (min (i, 2 * n - 1 - i), 0, n - 1);
  return weight;
#else
  const vint inside = clamp (*at, 0, n - 1);
  const vfloat w = *at == inside ? weight : (vfloat) 0.0f;
  *at = inside;
  return w;
#endif
}

#ifdef ELASTIC
/* Adds the displacement at output pixel (column, row) to the place (u, v). */
inline void
add_field (global const float *restrict field, vfloat column, vfloat row, vfloat *u, vfloat *v)
{
  const vfloat s = column * ((float) CELLS / (INPUT_W > 1 ? INPUT_W - 1 : 1)) + 1.0f;
  const vfloat t = row * ((float) CELLS / (INPUT_H > 1 ? INPUT_H - 1 : 1)) + 1.0f;
  vfloat across[KNOTS];
#pragma unroll
  for (int k = 0; k < KNOTS; k++)
    across[k] = spline (s - (float) k);
  for (int j = 0; j < KNOTS; j++) {
    vfloat du = 0.0f, dv = 0.0f;
#pragma unroll
    for (int k = 0; k < KNOTS; k++) {
      du = FMA (across[k], (vfloat) field[2 * (j * KNOTS + k)], du);
      dv = FMA (across[k], (vfloat) field[2 * (j * KNOTS + k) + 1], dv);
    }
    const vfloat down = spline (t - (float) j);
    *u = FMA (down, du, *u);
    *v = FMA (down, dv, *v);
  }
}
#endif

/* The four taps of each lane and channel, and their weights. */
typedef struct {
  IntLanes at[4];
  vfloat weight[4];
} Taps;

/* Where pixels i … i + V - 1 of the output lie in the stored picture. */
inline void
find_taps (global const float *restrict p, uint i, Taps *taps)
{
  const vint id = (int) i + LANE_IDS, line = id / INPUT_W;
  const vfloat column = TO_FLOAT (id - line * INPUT_W), row = TO_FLOAT (line);
  vfloat u = p[MAP_XX] * column + p[MAP_XY] * row + p[MAP_X];
  vfloat v = p[MAP_YX] * column + p[MAP_YY] * row + p[MAP_Y];
#ifdef ELASTIC
  add_field (p + FIELD, column, row, &u, &v);
#endif
  /* Further out than this nothing is to be seen, and int would overflow. */
  u = clamp (u, -1.0f * STORED_W, 2.0f * STORED_W - 1.0f);
  v = clamp (v, -1.0f * STORED_H, 2.0f * STORED_H - 1.0f);
  const vfloat left = floor (u), top = floor (v);
  vint x0 = TO_INT (left), x1 = x0 + 1, y0 = TO_INT (top), y1 = y0 + 1;
  const vfloat west = border (&x0, STORED_W, 1.0f - (u - left)), east = border (&x1, STORED_W, u - left);
  const vfloat north = border (&y0, STORED_H, 1.0f - (v - top)), south = border (&y1, STORED_H, v - top);
  y0 *= STORED_W;
  y1 *= STORED_W;
  taps->at[0].v = (y0 + x0) * CHANNELS;
  taps->at[1].v = (y0 + x1) * CHANNELS;
  taps->at[2].v = (y1 + x0) * CHANNELS;
  taps->at[3].v = (y1 + x1) * CHANNELS;
  taps->weight[0] = north * west;
  taps->weight[1] = north * east;
  taps->weight[2] = south * west;
  taps->weight[3] = south * east;
}

/* Augmented: each output pixel is looked up at its place in the stored picture, with bilinear interpolation, and goes
 * through the tone curve. @pixels are thick[] with THICKNESS. Item (pixel / V, slot). */
kernel void
gather_augmented (global const uchar *restrict pixels, global const uint *restrict indices,
                  global const float *restrict params, constant float *restrict norm, global float *restrict x)
{
  const uint slot = get_global_id (1), index = indices[slot];
  global const float *p = params + (size_t) slot * PARAM_COUNT;
#ifdef THICKNESS
  global const uchar *from = pixels + (size_t) slot * STORED_SIZE;
#else
  global const uchar *from = pixels + (index == NONE ? 0 : (size_t) index * STORED_SIZE);
#endif
  global float *to = x + (size_t) slot * INPUT_SIZE;
  for (uint i = get_global_id (0) * V; i < INPUT_H * INPUT_W; i += get_global_size (0) * V) {
    Taps taps;
    find_taps (p, i, &taps);
    FloatLanes value[CHANNELS];
#pragma unroll
    for (int c = 0; c < CHANNELS; c++) {
      value[c].v = 0.0f;
#pragma unroll
      for (int k = 0; k < 4; k++) {
        FloatLanes tap;
#pragma unroll
        for (int l = 0; l < V; l++)
          tap.s[l] = (float) from[taps.at[k].s[l] + c];
        value[c].v = FMA (tap.v, taps.weight[k], value[c].v);
      }
    }
#if CHANNELS == 3
    /* Rec. 601 luma. Written so that a saturation of 1 changes nothing at all. */
    const vfloat grey = 0.299f * value[0].v + 0.587f * value[1].v + 0.114f * value[2].v;
    for (int c = 0; c < 3; c++)
      value[c].v += (p[SATURATION] - 1.0f) * (value[c].v - grey);
#endif
#pragma unroll
    for (int c = 0; c < CHANNELS; c++) {
      const vfloat toned = clamp (FMA (value[c].v, (vfloat) p[TONE_FACTOR], (vfloat) (255.0f * p[TONE_OFFSET])),
                                  0.0f, 255.0f);
      value[c].v = index == NONE ? (vfloat) 0.0f : fma (toned, (vfloat) norm[c], (vfloat) norm[32 + c]);
    }
#if CHANNELS == 1
    if (i + V <= INPUT_H * INPUT_W) {
      STORE_F (value[0].v, to + i);
      continue;
    }
#endif
    for (int l = 0; l < V && i + l < INPUT_H * INPUT_W; l++)
      for (int c = 0; c < CHANNELS; c++)
        to[(i + l) * CHANNELS + c] = value[c].s[l];
  }
}
#endif
