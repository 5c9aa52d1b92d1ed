/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The augmentation of kernels/batch.cl in plain C; see there for the mathematics. */
#include "config.h"

#include "net/augment.h"

#include <math.h>

#include "base/random.h"

/* As in batch.cl. */
#define CELLS 4
#define KNOTS (CELLS + 3)
#define SEED_MASK 0x6a09e667u

enum {
  SHIFT_X,
  SHIFT_Y,
  ROTATE,
  SCALE,
  STRETCH,
  SHEAR,
  MIRROR,
  WARP,
  THICK,
  GAIN,
  CONTRAST,
  BRIGHTNESS,
  SATURATE,
};

/* What is drawn for one sample. */
typedef struct {
  float xx, xy, x, yx, yy, y; /* from the output's coordinates to stored ones */
  float tone_factor, tone_offset, saturation, thick;
  gboolean elastic;
  float field[2 * KNOTS * KNOTS];
} Draw;

typedef struct {
  const NnAugment *augment;
  const NnShape *stored, *input;
  guint32 seed, step, slot;
} Source;

static float
uniform (const Source *source, guint index)
{
  return (float) (nn_random_word (source->seed ^ SEED_MASK, source->step, source->slot * 256 + index) >> 8)
         * 0x1p-24f;
}

static void
draw (const Source *source, Draw *out)
{
  const float height = (float) source->input->dims[0], width = (float) source->input->dims[1];
  NnRange ranges[NN_AUGMENT_RANGES];
  float r[NN_AUGMENT_RANGES];

  nn_augment_get_ranges (source->augment, source->input, ranges);
  for (guint k = 0; k < NN_AUGMENT_RANGES; k++)
    r[k] = fmaf (uniform (source, k), ranges[k].max - ranges[k].min, ranges[k].min);
  const guint room_x = source->stored->dims[1] - source->input->dims[1];
  const guint room_y = source->stored->dims[0] - source->input->dims[0];
  const gboolean centred = source->augment->centred;
  const float crop_x = centred ? 0.5f * (float) room_x : floorf (uniform (source, 64) * (float) (room_x + 1));
  const float crop_y = centred ? 0.5f * (float) room_y : floorf (uniform (source, 65) * (float) (room_y + 1));

  const float c = cosf (r[ROTATE]), s = sinf (r[ROTATE]);
  const float sx = (r[MIRROR] >= 0 ? -1.0f : 1.0f) / (r[SCALE] * r[STRETCH]), sy = r[STRETCH] / r[SCALE];
  const float ox = 0.5f * (width - 1) + r[SHIFT_X], oy = 0.5f * (height - 1) + r[SHIFT_Y];
  *out = (Draw){
    .xx = sx * (c - r[SHEAR] * s),
    .xy = sx * (s + r[SHEAR] * c),
    .yx = sy * -s,
    .yy = sy * c,
    .tone_factor = r[GAIN] * r[CONTRAST],
    .tone_offset = 0.5f - 0.5f * r[CONTRAST] + r[BRIGHTNESS],
    .saturation = r[SATURATE],
    .thick = r[THICK],
    .elastic = source->augment->elastic.max > 0,
  };
  out->x = 0.5f * (width - 1) + crop_x - (out->xx * ox + out->xy * oy);
  out->y = 0.5f * (height - 1) + crop_y - (out->yx * ox + out->yy * oy);
  for (guint k = 0; out->elastic && k < G_N_ELEMENTS (out->field); k++)
    out->field[k] = r[WARP] * (2 * uniform (source, 128 + k) - 1);
}

/* Towards the largest or the smallest of the pixel and its four neighbours. Returns a picture like @pixels.
 */
static guint8 *
thicken (const NnShape *stored, const guint8 *pixels, float thick)
{
  const guint channels = stored->dims[2], line = stored->dims[1] * channels, size = stored->dims[0] * line;
  guint8 *out = g_malloc (size);

  for (guint k = 0; k < size; k++) {
    const guint column = k % line;
    const guint8 v = pixels[k];
    const guint8 west = pixels[k - (column >= channels ? channels : 0)];
    const guint8 east = pixels[k + (column < line - channels ? channels : 0)];
    const guint8 north = pixels[k - (k >= line ? line : 0)], south = pixels[k + (k + line < size ? line : 0)];
    const guint8 least = MIN (MIN (MIN (west, east), MIN (north, south)), v);
    const guint8 most = MAX (MAX (MAX (west, east), MAX (north, south)), v);
    const float goal = thick > 0 ? most : least;
    out[k] = (guint8) rintf ((float) v + fabsf (thick) * (goal - (float) v));
  }
  return out;
}

static float
spline (float t)
{
  const float a = MAX (2 - fabsf (t), 0), b = MAX (1 - fabsf (t), 0);

  return (a * a * a - 4 * b * b * b) / 6;
}

static void
add_field (const Source *source, const Draw *drawn, float column, float row, float *u, float *v)
{
  const float s = column * ((float) CELLS / (float) MAX (source->input->dims[1] - 1, 1)) + 1;
  const float t = row * ((float) CELLS / (float) MAX (source->input->dims[0] - 1, 1)) + 1;

  for (guint j = 0; j < KNOTS; j++)
    for (guint k = 0; k < KNOTS; k++) {
      const float weight = spline (t - (float) j) * spline (s - (float) k);
      *u += weight * drawn->field[2 * (j * KNOTS + k)];
      *v += weight * drawn->field[2 * (j * KNOTS + k) + 1];
    }
}

/* A stored pixel, or what lies beyond the edge. */
static float
tap (const Source *source, const guint8 *pixels, int row, int column, guint channel)
{
  const int height = (int) source->stored->dims[0], width = (int) source->stored->dims[1];

  if (source->augment->border == NN_BORDER_REFLECT) {
    row = CLAMP (MIN (MAX (row, -1 - row), 2 * height - 1 - MAX (row, -1 - row)), 0, height - 1);
    column = CLAMP (MIN (MAX (column, -1 - column), 2 * width - 1 - MAX (column, -1 - column)), 0, width - 1);
  } else if (row < 0 || column < 0 || row >= height || column >= width) {
    return 0;
  }
  return pixels[((gsize) row * (gsize) width + (gsize) column) * source->stored->dims[2] + channel];
}

/* One pixel of the output, all channels, 0 to 1. */
static void
look_up (const Source *source, const Draw *drawn, const guint8 *pixels, guint row, guint column, float *x)
{
  const guint channels = source->input->dims[2];
  const float height = (float) source->stored->dims[0], width = (float) source->stored->dims[1];
  float u = drawn->xx * (float) column + drawn->xy * (float) row + drawn->x;
  float v = drawn->yx * (float) column + drawn->yy * (float) row + drawn->y;

  if (drawn->elastic)
    add_field (source, drawn, (float) column, (float) row, &u, &v);
  u = CLAMP (u, -width, 2 * width - 1);
  v = CLAMP (v, -height, 2 * height - 1);
  const float left = floorf (u), top = floorf (v), east = u - left, south = v - top;
  for (guint c = 0; c < channels; c++)
    x[c] = (1 - south)
               * ((1 - east) * tap (source, pixels, (int) top, (int) left, c)
                  + east * tap (source, pixels, (int) top, (int) left + 1, c))
           + south
                 * ((1 - east) * tap (source, pixels, (int) top + 1, (int) left, c)
                    + east * tap (source, pixels, (int) top + 1, (int) left + 1, c));
  if (channels == 3) {
    const float grey = 0.299f * x[0] + 0.587f * x[1] + 0.114f * x[2];
    for (guint c = 0; c < 3; c++)
      x[c] += (drawn->saturation - 1) * (x[c] - grey);
  }
  for (guint c = 0; c < channels; c++)
    x[c] = CLAMP (fmaf (x[c], drawn->tone_factor, 255 * drawn->tone_offset), 0, 255) / 255;
}

void
nn_augment_ref (const NnAugment *self, const NnShape *stored, const NnShape *input, const guint8 *pixels,
                guint32 seed, guint32 step, guint32 slot, float *x)
{
  g_return_if_fail (stored && input && pixels && x && stored->rank == 3 && input->rank == 3);
  g_return_if_fail (stored->dims[0] >= input->dims[0] && stored->dims[1] >= input->dims[1]);
  g_return_if_fail (stored->dims[2] == input->dims[2]);

  const Source source = { self, stored, input, seed, step, slot };
  const guint channels = input->dims[2], width = input->dims[1];
  const guint top = (stored->dims[0] - input->dims[0]) / 2, left = (stored->dims[1] - width) / 2;
  const gboolean varied = !nn_augment_is_identity (self);
  Draw drawn;
  if (varied)
    draw (&source, &drawn);
  g_autofree guint8 *thick = varied && (self->thickness.min != 0 || self->thickness.max != 0)
                                 ? thicken (stored, pixels, drawn.thick)
                                 : NULL;
  for (guint row = 0; row < input->dims[0]; row++)
    for (guint column = 0; column < width; column++) {
      float *to = x + ((gsize) row * width + column) * channels;
      const guint8 *from = pixels + ((gsize) (row + top) * stored->dims[1] + column + left) * channels;
      if (varied)
        look_up (&source, &drawn, thick ? thick : pixels, row, column, to);
      for (guint c = 0; !varied && c < channels; c++)
        to[c] = (float) from[c] / 255;
    }
}
