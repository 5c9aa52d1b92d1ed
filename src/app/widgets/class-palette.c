/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ten colours found by a search: as far apart as can be for each kind of colour vision (as simulated after Machado,
 * Oliveira and Fernandes 2009), each at least 3 : 1 against the background of a light and of a dark window. Ten, since
 * that is what digits have; after them they come again, paler. */
#include "config.h"

#include "widgets/class-palette.h"

static const guint32 light[] = { 0x0966fc, 0x962800, 0x1c794e, 0x860993, 0x8f9b01,
                                 0x229ecf, 0x46515c, 0x6e9f51, 0xc87598, 0x3222fc };
static const guint32 dark_ones[] = { 0x06a2ff, 0xe1742a, 0x218992, 0xafa5dc, 0xd8d930,
                                     0x72ffff, 0xde3d51, 0xa5cf7a, 0xffb6bc, 0x5d6bff };
static const float paleness[] = { 0, 0.35f, 0.6f };
/* Mixing keeps the contrast. */
static const float grey[] = { 0.45f, 0.62f };

void
pcn_class_palette (guint class_index, gboolean dark, float rgb[3])
{
  dark = !!dark;
  const guint32 colour = (dark ? dark_ones : light)[class_index % G_N_ELEMENTS (light)];
  const float pale = paleness[class_index / G_N_ELEMENTS (light) % G_N_ELEMENTS (paleness)];

  for (guint i = 0; i < 3; i++) {
    float value = (float) (colour >> (16 - 8 * i) & 255) / 255.0f;
    rgb[i] = value + pale * (grey[dark] - value);
  }
}
