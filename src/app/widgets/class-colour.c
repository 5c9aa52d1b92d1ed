/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/class-colour.h"
#include "widgets/class-palette.h"

#include <adwaita.h>

void
pcn_class_colour (guint class_index, GdkRGBA *rgba)
{
  float rgb[3];

  pcn_class_palette (class_index, adw_style_manager_get_dark (adw_style_manager_get_default ()), rgb);
  *rgba = (GdkRGBA){ rgb[0], rgb[1], rgb[2], 1 };
}
