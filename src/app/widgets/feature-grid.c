/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tiles of feature maps: their places and pixels, without a widget, so that it can be tested by itself. */
#include "config.h"

#include "widgets/feature-grid.h"
#include "widgets/ramp.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_SHADES 256

PcnFeatureGrid
pcn_feature_grid_fit (guint n, guint h, guint w, guint width, guint tile, guint gap)
{
  guint scale = w > 0 ? MAX ((tile + w / 2) / w, 1) : 1;

  /* A single tile may be wider than all the room: it is not enlarged then. */
  while (scale > 1 && w * scale > width)
    scale--;
  PcnFeatureGrid grid = {
    .n = n, .scale = scale, .gap = gap, .tile_width = w * scale, .tile_height = h * scale, .columns = 1
  };
  if (n > 0 && grid.tile_width > 0)
    grid.columns = CLAMP ((width + gap) / (grid.tile_width + gap), 1, n);
  grid.rows = (n + grid.columns - 1) / grid.columns;
  return grid;
}

void
pcn_feature_grid_size (const PcnFeatureGrid *self, guint *width, guint *height)
{
  *width = self->n > 0 ? self->columns * (self->tile_width + self->gap) - self->gap : 0;
  *height = self->n > 0 ? self->rows * (self->tile_height + self->gap) - self->gap : 0;
}

int
pcn_feature_grid_hit (const PcnFeatureGrid *self, double x, double y)
{
  guint step_x = self->tile_width + self->gap, step_y = self->tile_height + self->gap, width, height;

  /* Far outside, a row's number would not fit its type. */
  pcn_feature_grid_size (self, &width, &height);
  if (!(x >= 0 && y >= 0 && x < width && y < height))
    return -1;
  guint column = (guint) (x / step_x), row = (guint) (y / step_y), index = row * self->columns + column;
  if (index >= self->n)
    return -1;
  return x - column * step_x < self->tile_width && y - row * step_y < self->tile_height ? (int) index : -1;
}

void
pcn_feature_range (const float *values, gsize n, float *low, float *high)
{
  gboolean any = FALSE;

  *low = *high = 0;
  for (gsize i = 0; i < n; i++) {
    if (!isfinite (values[i]))
      continue;
    *low = any ? MIN (*low, values[i]) : values[i];
    *high = any ? MAX (*high, values[i]) : values[i];
    any = TRUE;
  }
}

/* What turns values into pixels: a shade is looked up, as a ramp is too slow for each value of each frame. */
typedef struct {
  guint32 shades[N_SHADES];
  guint zero;
  float factor;
  guint channels;
} Shader;

static void
shader_init (Shader *self, const float *values, gsize n, guint channels, PcnFeatureStyle style)
{
  gboolean filter = style == PCN_FEATURE_FILTER;
  float low, high;

  pcn_feature_range (values, n, &low, &high);
  high = filter ? MAX (fabsf (low), fabsf (high)) : MAX (high, 0);
  /* A weight of zero has a level of its own, so that it is exactly the neutral grey. */
  self->zero = filter ? N_SHADES / 2 : 0;
  self->factor = high > 0 ? (N_SHADES - 1 - self->zero) / high : 0;
  /* Values so small that there is no factor for them count as zero. */
  if (!isfinite (self->factor))
    self->factor = 0;
  self->channels = channels;
  if (channels == 1)
    for (guint i = 0; i < N_SHADES; i++)
      self->shades[i] = filter ? pcn_ramp_diverging (((double) i - self->zero) / (N_SHADES - 1 - self->zero))
                               : pcn_ramp_heat ((double) i / (N_SHADES - 1));
}

static guint
get_level (const Shader *self, float value)
{
  float level = self->zero + value * self->factor;

  if (isnan (level))
    return self->zero;
  return (guint) (CLAMP (level, 0, N_SHADES - 1) + 0.5f);
}

static guint32
get_pixel (const Shader *self, const float *value)
{
  if (self->channels == 1)
    return self->shades[get_level (self, value[0])];
  return 0xff000000u | get_level (self, value[0]) << 16 | get_level (self, value[1]) << 8
         | get_level (self, value[2]);
}

void
pcn_feature_grid_paint (const PcnFeatureGrid *self, const float *values, guint h, guint w, guint channels,
                        PcnFeatureStyle style, guint32 *pixels)
{
  guint width, height;
  Shader shader;

  pcn_feature_grid_size (self, &width, &height);
  memset (pixels, 0, (gsize) width * height * sizeof *pixels);
  shader_init (&shader, values, (gsize) self->n * h * w * channels, channels, style);
  for (guint i = 0; i < self->n; i++) {
    gsize left = (gsize) (i % self->columns) * (self->tile_width + self->gap);
    gsize top = (gsize) (i / self->columns) * (self->tile_height + self->gap);
    for (guint y = 0; y < h; y++) {
      guint32 *line = pixels + (top + (gsize) y * self->scale) * width + left, *at = line;
      const float *value = values + ((gsize) i * h + y) * w * channels;
      for (guint x = 0; x < w; x++, value += channels) {
        guint32 pixel = get_pixel (&shader, value);
        for (guint k = 0; k < self->scale; k++)
          *at++ = pixel;
      }
      for (guint k = 1; k < self->scale; k++)
        memcpy (line + (gsize) k * width, line, (gsize) self->tile_width * sizeof *line);
    }
  }
}

char *
pcn_feature_words (const float *values, guint h, guint w, guint channels, guint index)
{
  gsize n = (gsize) h * w * channels;
  float low, high;

  pcn_feature_range (values + index * n, n, &low, &high);
  /* Translators: a channel of a convolution: its number, its least and greatest value */
  return g_strdup_printf (_ ("Channel %u: %.3g to %.3g"), index + 1, (double) low, (double) high);
}
