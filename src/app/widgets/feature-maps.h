/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/feature-grid.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnFeatureMaps:
 *
 * What the channels of a convolution answer, or its filters: a grid of small tiles that wraps to the width it
 * gets. Made to be set for each frame. The arrow keys walk the tiles; a click, Enter or Space activates one.
 * Give it an accessible label.
 *
 * Properties: "tile-size": pixels across that a tile should have, roughly (56); "selected": the tile that the
 * keys or a click picked, -1 for none.
 *
 * Signals: "tile-activated" (guint index).
 */
#define PCN_TYPE_FEATURE_MAPS (pcn_feature_maps_get_type ())
G_DECLARE_FINAL_TYPE (PcnFeatureMaps, pcn_feature_maps, PCN, FEATURE_MAPS, GtkWidget)

/**
 * pcn_feature_maps_set:
 * @values: (nullable): [n][h][w], or [n][h][w][3] with @channels 3; copied; NULL for none
 * @channels: 1, or 3 for filters over the colours of a picture
 */
void pcn_feature_maps_set (PcnFeatureMaps *self, const float *values, guint n, guint h, guint w,
                           guint channels, PcnFeatureStyle style);

/** pcn_feature_maps_select: picks a tile; -1 picks none */
void pcn_feature_maps_select (PcnFeatureMaps *self, int index);

G_END_DECLS
