/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/resample.h"

#include <math.h>
#include <string.h>

/* Which source samples make each sample of one axis: weights[i * taps + k] of source first[i] + k. */
typedef struct {
  guint taps;
  guint *first;
  float *weights;
} Axis;

static void
axis_clear (Axis *self)
{
  g_free (self->first);
  g_free (self->weights);
}

/* @n_out samples over the part [@from, @from + @length) of @n_in. */
static void
axis_init (Axis *self, guint n_in, double from, double length, guint n_out)
{
  double step = length / n_out, radius = MAX (step, 1.0);
  self->taps = MIN ((guint) ceil (2 * radius) + 1, n_in);
  self->first = g_new (guint, MAX (n_out, 1));
  self->weights = g_new0 (float, MAX ((gsize) n_out * self->taps, 1));
  for (guint i = 0; i < n_out; i++) {
    double centre = from + (i + 0.5) * step, sum = 0;
    double low = ceil (centre - radius - 0.5);
    guint first = (guint) CLAMP (low, 0, n_in - 1);
    first = MIN (first, n_in - self->taps);
    float *weights = self->weights + (gsize) i * self->taps;
    for (guint k = 0; k < self->taps; k++) {
      double w = MAX (0.0, 1.0 - fabs (first + k + 0.5 - centre) / radius);
      weights[k] = (float) w;
      sum += w;
    }
    for (guint k = 0; k < self->taps; k++)
      weights[k] = (float) (weights[k] / sum);
    self->first[i] = first;
  }
}

/* One row of the source in the channels of the result. */
static void
convert_row (const guint8 *in, guint n, guint channels, guint8 *out, guint out_channels)
{
  for (guint x = 0; x < n; x++, in += channels, out += out_channels) {
    guint rgb[3] = { in[0], channels > 1 ? in[1] : in[0], channels > 1 ? in[2] : in[0] };
    if (channels == 4)
      for (guint c = 0; c < 3; c++)
        rgb[c] = (rgb[c] * in[3] + 255u * (255u - in[3]) + 127) / 255;
    if (out_channels == 1) {
      out[0] = (guint8) ((77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2] + 128) >> 8);
    } else {
      out[0] = (guint8) rgb[0];
      out[1] = (guint8) rgb[1];
      out[2] = (guint8) rgb[2];
    }
  }
}

static void
scale_row (const Axis *axis, guint n_out, const guint8 *in, guint channels, float *out)
{
  for (guint x = 0; x < n_out; x++) {
    const guint8 *p = in + (gsize) axis->first[x] * channels;
    const float *weights = axis->weights + (gsize) x * axis->taps;
    float sum[3] = { 0 };
    for (guint k = 0; k < axis->taps; k++, p += channels)
      for (guint c = 0; c < channels; c++)
        sum[c] += weights[k] * p[c];
    for (guint c = 0; c < channels; c++)
      *out++ = sum[c];
  }
}

/* The part of the source that shows, and the place in the result where it goes. */
typedef struct {
  double x, y, width, height;
  guint left, top, columns, rows;
} Frame;

static Frame
fit (guint height, guint width, const NnPixelSpec *spec)
{
  Frame frame = { 0, 0, width, height, 0, 0, spec->width, spec->height };
  double sx = (double) spec->width / width, sy = (double) spec->height / height;
  if (spec->fit == NN_FIT_COVER || spec->fit == NN_FIT_CENTRE) {
    double scale = MAX (sx, sy) * (spec->fit == NN_FIT_CENTRE ? 8.0 / 7.0 : 1.0);
    frame.width = MIN (spec->width / scale, width);
    frame.height = MIN (spec->height / scale, height);
    frame.x = (width - frame.width) / 2;
    frame.y = (height - frame.height) / 2;
  } else if (spec->fit == NN_FIT_CONTAIN) {
    double scale = MIN (sx, sy);
    frame.columns = CLAMP ((guint) (width * scale + 0.5), 1, spec->width);
    frame.rows = CLAMP ((guint) (height * scale + 0.5), 1, spec->height);
    frame.left = (spec->width - frame.columns) / 2;
    frame.top = (spec->height - frame.rows) / 2;
  }
  return frame;
}

void
nn_resample (const guint8 *data, guint height, guint width, guint channels, gsize stride,
             const NnPixelSpec *spec, guint8 *out)
{
  Axis across, down;
  guint n_channels = spec->channels;
  Frame frame = fit (height, width, spec);
  if (frame.columns < spec->width || frame.rows < spec->height)
    memset (out, 255, nn_pixel_spec_bytes (spec));
  axis_init (&across, width, frame.x, frame.width, frame.columns);
  axis_init (&down, height, frame.y, frame.height, frame.rows);

  gsize n = (gsize) frame.columns * n_channels;
  g_autofree guint8 *row = g_malloc ((gsize) width * n_channels);
  /* A ring of scaled rows: a row of the source is scaled once, and memory doesn't grow with the source. */
  g_autofree float *ring = g_new (float, n *down.taps);
  g_autofree float *sum = g_new (float, n);
  guint done = frame.rows > 0 ? down.first[0] : 0;
  for (guint y = 0; y < frame.rows; y++) {
    guint first = down.first[y];
    for (done = MAX (done, first); done < first + down.taps; done++) {
      convert_row (data + done * stride, width, channels, row, n_channels);
      scale_row (&across, frame.columns, row, n_channels, ring + n * (done % down.taps));
    }
    memset (sum, 0, n * sizeof *sum);
    for (guint k = 0; k < down.taps; k++) {
      float weight = down.weights[(gsize) y * down.taps + k];
      const float *in = ring + n * ((first + k) % down.taps);
      for (gsize i = 0; i < n; i++)
        sum[i] += weight * in[i];
    }
    guint8 *to = out + ((gsize) (frame.top + y) * spec->width + frame.left) * n_channels;
    for (gsize i = 0; i < n; i++)
      to[i] = (guint8) (CLAMP (sum[i], 0.0f, 255.0f) + 0.5f);
  }
  axis_clear (&across);
  axis_clear (&down);
}
