/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/heat-map.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>
#include <math.h>

#include "base/error.h"

/* A picture whose longer side is shorter is enlarged when it is saved: 28 × 28 pixels are hard to see. */
#define COMFORTABLE_SIDE 448
/* Of smaller ones the pixels themselves are worth seeing. */
#define PHOTO_SIDE 64

static const guint8 viridis[][3] = {
  { 0x44, 0x01, 0x54 }, { 0x47, 0x2d, 0x7b }, { 0x3b, 0x52, 0x8b }, { 0x2c, 0x72, 0x8e }, { 0x21, 0x91, 0x8c },
  { 0x28, 0xae, 0x80 }, { 0x5e, 0xc9, 0x62 }, { 0xad, 0xdc, 0x30 }, { 0xfd, 0xe7, 0x25 },
};

/* Between which two of @n places @at lies, and how far on the way. */
static double
locate (const double *places, guint n, double at, guint *before, guint *after)
{
  guint i = 0;
  while (i + 1 < n && places[i + 1] <= at)
    i++;
  *before = i;
  *after = MIN (i + 1, n - 1);
  return *after == i ? 0 : CLAMP ((at - places[i]) / (places[*after] - places[i]), 0, 1);
}

void
nn_heat_spread (const float *grid, guint n_rows, const double *rows, guint n_columns, const double *columns, guint height,
                guint width, float *map)
{
  g_return_if_fail (n_rows > 0 && n_columns > 0);
  for (guint y = 0; y < height; y++) {
    guint above, below, left, right;
    double down = locate (rows, n_rows, y, &above, &below);
    const float *upper = grid + (gsize) above * n_columns, *lower = grid + (gsize) below * n_columns;
    for (guint x = 0; x < width; x++) {
      double across = locate (columns, n_columns, x, &left, &right);
      double a = upper[left] + (upper[right] - upper[left]) * across;
      double b = lower[left] + (lower[right] - lower[left]) * across;
      map[(gsize) y * width + x] = (float) (a + (b - a) * down);
    }
  }
}

void
nn_heat_colour (double share, guint8 rgb[3])
{
  double at = (isnan (share) ? 0 : CLAMP (share, 0, 1)) * (G_N_ELEMENTS (viridis) - 1);
  guint index = MIN ((guint) at, G_N_ELEMENTS (viridis) - 2);
  for (guint c = 0; c < 3; c++)
    rgb[c] = (guint8) lround (viridis[index][c] + (viridis[index + 1][c] - viridis[index][c]) * (at - index));
}

float
nn_heat_peak (const float *map, gsize n, gsize *index)
{
  float peak = 0;
  gsize at = 0;
  for (gsize i = 0; i < n; i++)
    if (map[i] > peak) {
      peak = map[i];
      at = i;
    }
  if (index)
    *index = at;
  return peak;
}

void
nn_heat_paint (const guint8 *pixels, guint height, guint width, guint channels, const float *map, double opacity,
               guint8 *rgb)
{
  gsize n = (gsize) height * width;
  double peak = nn_heat_peak (map, n, NULL);
  for (gsize i = 0; i < n; i++) {
    guint8 heat[3];
    nn_heat_colour (peak > 0 ? map[i] / peak : 0, heat);
    for (guint c = 0; c < 3; c++) {
      double under = pixels[i * channels + (channels == 3 ? c : 0)];
      rgb[i * 3 + c] = (guint8) lround (under + (heat[c] - under) * CLAMP (opacity, 0, 1));
    }
  }
}

gboolean
nn_heat_save_png (const char *path, const guint8 *pixels, guint height, guint width, guint channels, const float *map,
                  double opacity, GError **error)
{
  g_return_val_if_fail (height > 0 && width > 0 && (channels == 1 || channels == 3), FALSE);
  int factor = (int) MAX (1, COMFORTABLE_SIDE / MAX (height, width));
  g_autofree guint8 *rgb = g_malloc_n ((gsize) height * width, 3);
  nn_heat_paint (pixels, height, width, channels, map, opacity, rgb);
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new_from_data (rgb, GDK_COLORSPACE_RGB, FALSE, 8, (int) width, (int) height,
                                                            (int) width * 3, NULL, NULL);
  g_autoptr (GdkPixbuf) large = gdk_pixbuf_scale_simple (picture, (int) width * factor, (int) height * factor,
                                                         MAX (height, width) < PHOTO_SIDE ? GDK_INTERP_NEAREST
                                                                                          : GDK_INTERP_BILINEAR);
  g_autofree char *data = NULL;
  gsize size;
  if (large == NULL || !gdk_pixbuf_save_to_buffer (large, &data, &size, "png", NULL, NULL)) {
    g_set_error_literal (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                         _ ("A PNG picture can’t be made: there is no memory, or GdkPixbuf has no loader for PNG."));
    return FALSE;
  }
  return g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);
}
