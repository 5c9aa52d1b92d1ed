/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Max and average pooling of [batch][in_h][in_w][channels] to [batch][out_h][out_w][channels]; window SIZE, step STRIDE,
 * BEFORE pixels of padding at the top and the left. The gradient is gathered: each input pixel looks at the windows that
 * hold it, so nothing is added to twice and no order is left to chance.
 *
 * Build options: MAX_POOL or AVG_POOL: the kernels, with TRAINING those of a training step; SIZE, STRIDE and BEFORE; VW,
 * the vector along the channels, which it divides; SERIAL for one work-item a row of a sample (global size rows × batch),
 * else one an element (VW 1). The latter divides by the extents at each element: IN_H, IN_W, OUT_H, OUT_W and CHANNELS may
 * be options too. Else the layers of a network share a program. */

#define EXTENTS int in_h, int in_w, int out_h, int out_w, int channels
#ifndef CHANNELS
#define IN_H in_h
#define IN_W in_w
#define OUT_H out_h
#define OUT_W out_w
#define CHANNELS channels
#endif

#if VW == 1
typedef float floatv;
typedef int intv;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#define LOAD_BYTES(p) ((int) *(p))
#define STORE_BYTES(v, p) (*(p) = (uchar) (v))
#else
typedef CAT (float, VW) floatv;
typedef CAT (int, VW) intv;
#define LOAD(p) CAT (vload, VW) (0, p)
#define STORE(v, p) CAT (vstore, VW) (v, 0, p)
#define LOAD_BYTES(p) CAT (convert_int, VW) (CAT (vload, VW) (0, p))
#define STORE_BYTES(v, p) CAT (vstore, VW) (CAT (convert_uchar, VW) (v), 0, p)
#endif

/* Runs BODY with n, y, x, c set for every element that this work-item has, of pictures H × W × CHANNELS. */
#ifdef SERIAL
#define FOR_EACH(H, W, ...) \
  int y = get_global_id (0), n = get_global_id (1); \
  for (int x = 0; x < W; x++) \
    for (int c = 0; c < CHANNELS; c += VW) { \
      __VA_ARGS__ \
    }
#else
#define FOR_EACH(H, W, ...) \
  uint id = get_global_id (0); \
  if (id < batch * (H * W * CHANNELS)) { \
    int c = id % CHANNELS, x = id / CHANNELS % W, y = id / (CHANNELS * W) % H, n = id / (CHANNELS * W * H); \
    __VA_ARGS__ \
  }
#endif

#define AT_IN(n, y, x, c) ((((n) * IN_H + (y)) * IN_W + (x)) * CHANNELS + (c))
#define AT_OUT(n, y, x, c) ((((n) * OUT_H + (y)) * OUT_W + (x)) * CHANNELS + (c))

/* The first and one past the last window that hold pixel i. */
#define FIRST_WINDOW(i, before, size, stride) max (0, CEIL_DIV (max (0, (i) + (before) - (size) + 1), stride))
#define END_WINDOW(i, before, stride, out) min (out, ((i) + (before)) / (stride) + 1)

#ifdef MAX_POOL
/* The largest of a window, and where in the window it is. */
inline floatv
window_max (EXTENTS, __global const float *restrict in, int n, int y, int x, int c, intv *winner)
{
  floatv best = (floatv) (-INFINITY);
  intv where = (intv) (0);
  for (int ky = 0; ky < SIZE_H; ky++)
    for (int kx = 0; kx < SIZE_W; kx++) {
      int iy = y * STRIDE_H - BEFORE_H + ky, ix = x * STRIDE_W - BEFORE_W + kx;
      if (iy < 0 || iy >= IN_H || ix < 0 || ix >= IN_W)
        continue;
      floatv v = LOAD (in + AT_IN (n, iy, ix, c));
      where = v > best ? (intv) (ky * SIZE_W + kx) : where;
      best = v > best ? v : best;
    }
  *winner = where;
  return best;
}

#ifndef TRAINING
__kernel void
max_pool (uint batch, EXTENTS, __global const float *restrict in, __global float *restrict out,
          __global uchar *restrict winner)
{
  FOR_EACH (OUT_H, OUT_W, {
    intv where;
    floatv best = window_max (in_h, in_w, out_h, out_w, channels, in, n, y, x, c, &where);
    STORE (best, out + AT_OUT (n, y, x, c));
  })
}

#else
__kernel void
max_pool_training (uint batch, EXTENTS, __global const float *restrict in, __global float *restrict out,
                   __global uchar *restrict winner)
{
  FOR_EACH (OUT_H, OUT_W, {
    intv where;
    floatv best = window_max (in_h, in_w, out_h, out_w, channels, in, n, y, x, c, &where);
    STORE (best, out + AT_OUT (n, y, x, c));
    STORE_BYTES (where, winner + AT_OUT (n, y, x, c));
  })
}

__kernel void
max_pool_backward (uint batch, EXTENTS, __global const float *restrict dout, __global const uchar *restrict winner,
                   __global float *restrict din)
{
  FOR_EACH (IN_H, IN_W, {
    floatv sum = (floatv) (0.0f);
    for (int oy = FIRST_WINDOW (y, BEFORE_H, SIZE_H, STRIDE_H); oy < END_WINDOW (y, BEFORE_H, STRIDE_H, OUT_H); oy++)
      for (int ox = FIRST_WINDOW (x, BEFORE_W, SIZE_W, STRIDE_W); ox < END_WINDOW (x, BEFORE_W, STRIDE_W, OUT_W); ox++) {
        int mine = (y - oy * STRIDE_H + BEFORE_H) * SIZE_W + x - ox * STRIDE_W + BEFORE_W;
        intv where = LOAD_BYTES (winner + AT_OUT (n, oy, ox, c));
        floatv d = LOAD (dout + AT_OUT (n, oy, ox, c));
        sum += where == (intv) (mine) ? d : (floatv) (0.0f);
      }
    STORE (sum, din + AT_IN (n, y, x, c));
  })
}

#endif
#endif

#ifdef AVG_POOL
/* How many pixels of window o lie inside the picture, in one dimension. */
#define WINDOW_COUNT(o, before, size, stride, in) (min ((o) * (stride) - (before) + (size), in) - max ((o) * (stride) - (before), 0))
#define WINDOW_AREA(oy, ox) \
  ((float) (WINDOW_COUNT (oy, BEFORE_H, SIZE_H, STRIDE_H, IN_H) * WINDOW_COUNT (ox, BEFORE_W, SIZE_W, STRIDE_W, IN_W)))

__kernel void
avg_pool (uint batch, EXTENTS, __global const float *restrict in, __global float *restrict out)
{
  FOR_EACH (OUT_H, OUT_W, {
    floatv sum = (floatv) (0.0f);
    for (int iy = max (0, y * STRIDE_H - BEFORE_H); iy < min (IN_H, y * STRIDE_H - BEFORE_H + SIZE_H); iy++)
      for (int ix = max (0, x * STRIDE_W - BEFORE_W); ix < min (IN_W, x * STRIDE_W - BEFORE_W + SIZE_W); ix++)
        sum += LOAD (in + AT_IN (n, iy, ix, c));
    STORE (sum / WINDOW_AREA (y, x), out + AT_OUT (n, y, x, c));
  })
}

#ifdef TRAINING
__kernel void
avg_pool_backward (uint batch, EXTENTS, __global const float *restrict dout, __global float *restrict din)
{
  FOR_EACH (IN_H, IN_W, {
    floatv sum = (floatv) (0.0f);
    for (int oy = FIRST_WINDOW (y, BEFORE_H, SIZE_H, STRIDE_H); oy < END_WINDOW (y, BEFORE_H, STRIDE_H, OUT_H); oy++)
      for (int ox = FIRST_WINDOW (x, BEFORE_W, SIZE_W, STRIDE_W); ox < END_WINDOW (x, BEFORE_W, STRIDE_W, OUT_W); ox++)
        sum += LOAD (dout + AT_OUT (n, oy, ox, c)) / WINDOW_AREA (oy, ox);
    STORE (sum, din + AT_IN (n, y, x, c));
  })
}
#endif
#endif
