/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnHeatPicture:
 *
 * A picture as a network sees it, under a heat map (data/heat-map.h).
 *
 * Property "opacity-of-heat": of the colours over the picture, 0 to 1.
 */
#define PCN_TYPE_HEAT_PICTURE (pcn_heat_picture_get_type ())
G_DECLARE_FINAL_TYPE (PcnHeatPicture, pcn_heat_picture, PCN, HEAT_PICTURE, GtkWidget)

/**
 * pcn_heat_picture_set:
 * @pixels: (nullable): @height × @width × @channels bytes, copied; NULL shows nothing
 * @map: (nullable): @height × @width numbers, copied; NULL shows the picture alone
 */
void pcn_heat_picture_set (PcnHeatPicture *self, const guint8 *pixels, guint height, guint width, guint channels,
                           const float *map);

/**
 * PcnHeatLegend:
 *
 * The colours of a heat map, from little to much in the direction of reading.
 */
#define PCN_TYPE_HEAT_LEGEND (pcn_heat_legend_get_type ())
G_DECLARE_FINAL_TYPE (PcnHeatLegend, pcn_heat_legend, PCN, HEAT_LEGEND, GtkWidget)

G_END_DECLS
