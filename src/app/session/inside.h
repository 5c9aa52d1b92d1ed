/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/graph.h"
#include "train/inspection.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnInside:
 *
 * What the tested model makes of one picture inside: the maps of a layer, and the filters that look at the
 * picture. Computed in the trainer thread, of requests that pile up only the newest; while the model trains,
 * with the weights of the moment. Belongs to the session. Main thread only; no call blocks.
 *
 * Signal: #PcnInside::changed: there are newer maps, or none any more.
 */
#define PCN_TYPE_INSIDE (pcn_inside_get_type ())
G_DECLARE_FINAL_TYPE (PcnInside, pcn_inside, PCN, INSIDE, GObject)

/** pcn_inside_get_graph: Returns: (transfer none) (nullable): of the tested model */
NnGraph *pcn_inside_get_graph (PcnInside *self);
/** pcn_inside_set_node: whose maps are wanted: a node of the graph */
void pcn_inside_set_node (PcnInside *self, guint node);
/** pcn_inside_set_pixels: @pixels: (nullable): the picture, in the shape of the model's input, copied; asks
 * for its maps */
void pcn_inside_set_pixels (PcnInside *self, const guint8 *pixels, gsize n_bytes);
/** pcn_inside_set_file: the same for a file, which is decoded in a thread */
void pcn_inside_set_file (PcnInside *self, const char *path);
/** pcn_inside_refresh: asks again: the weights may have changed */
void pcn_inside_refresh (PcnInside *self);

/** pcn_inside_get_pixels: Returns: (transfer none) (nullable): the picture, whose maps there are or will be
 */
const guint8 *pcn_inside_get_pixels (PcnInside *self);
/** pcn_inside_get_maps: @maps: (out): their number and size. Returns: (transfer none) (nullable): the newest
 */
const float *pcn_inside_get_maps (PcnInside *self, NnMaps *maps);
/** pcn_inside_get_filters: the same of the filters; NULL where the model has none */
const float *pcn_inside_get_filters (PcnInside *self, NnMaps *maps);

G_END_DECLS
