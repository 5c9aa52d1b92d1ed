/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnNetworkDrawing:
 *
 * A small drawing of a preset: a slab for each layer, as high as its output and as wide as it is deep.
 */
#define PCN_TYPE_NETWORK_DRAWING (pcn_network_drawing_get_type ())
G_DECLARE_FINAL_TYPE (PcnNetworkDrawing, pcn_network_drawing, PCN, NETWORK_DRAWING, GtkWidget)

GtkWidget *pcn_network_drawing_new (const char *preset);

G_END_DECLS
