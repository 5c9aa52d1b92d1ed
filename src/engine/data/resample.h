/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to data/. */
#pragma once

#include "data/pixels.h"

G_BEGIN_DECLS

/* Scales @height x @width pixels of @channels bytes (1 grey, 3 RGB, 4 RGBA, which goes over white), @stride
 * bytes a row, to @spec. A triangle as wide as the reduction, so nothing aliases; equal sizes are copied
 * exactly. */
void nn_resample (const guint8 *data, guint height, guint width, guint channels, gsize stride,
                  const NnPixelSpec *spec, guint8 *out);

G_END_DECLS
