/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours for values, without a display. */
#include "config.h"

#include "widgets/ramp.h"

#include <math.h>

static const float heat[][3] = {
  { 0.00f, 0.00f, 0.00f }, { 0.18f, 0.08f, 0.34f }, { 0.47f, 0.13f, 0.46f }, { 0.76f, 0.24f, 0.42f },
  { 0.94f, 0.45f, 0.30f }, { 0.98f, 0.71f, 0.35f }, { 1.00f, 0.97f, 0.78f },
};
static const float diverging[][3] = {
  { 0.06f, 0.26f, 0.57f }, { 0.42f, 0.65f, 0.88f }, { 0.95f, 0.95f, 0.95f },
  { 0.93f, 0.54f, 0.46f }, { 0.65f, 0.09f, 0.13f },
};

void
pcn_ramp_mix (const float from[3], const float to[3], double share, float rgb[3])
{
  float s = isnan (share) ? 0 : (float) CLAMP (share, 0, 1);

  for (int i = 0; i < 3; i++)
    rgb[i] = from[i] + (to[i] - from[i]) * s;
}

static double
linearize (float value)
{
  return value <= 0.04045f ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

gboolean
pcn_ramp_is_light (const float rgb[3])
{
  double luminance = 0.2126 * linearize (rgb[0]) + 0.7152 * linearize (rgb[1]) + 0.0722 * linearize (rgb[2]);

  /* At this luminance, black and white stand out alike: (l + 0.05)² = 1.05 · 0.05. */
  return luminance > 0.179;
}

guint32
pcn_ramp_pack (const float rgb[3])
{
  guint32 pixel = 0xff;

  for (int i = 0; i < 3; i++)
    pixel = pixel << 8 | (guint32) lroundf (CLAMP (rgb[i], 0, 1) * 255);
  return pixel;
}

static guint32
look_up (const float (*stops)[3], guint n, double share)
{
  float rgb[3];
  double at = (isnan (share) ? 0 : CLAMP (share, 0, 1)) * (n - 1);
  guint index = MIN ((guint) at, n - 2);

  pcn_ramp_mix (stops[index], stops[index + 1], at - index, rgb);
  return pcn_ramp_pack (rgb);
}

guint32
pcn_ramp_heat (double share)
{
  return look_up (heat, G_N_ELEMENTS (heat), share);
}

guint32
pcn_ramp_diverging (double value)
{
  return look_up (diverging, G_N_ELEMENTS (diverging), isnan (value) ? 0.5 : (value + 1) / 2);
}
