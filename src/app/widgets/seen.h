/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnSeen:
 *
 * The picture that the network sees, each of its pixels as a small square.
 */
#define PCN_TYPE_SEEN (pcn_seen_get_type ())
G_DECLARE_FINAL_TYPE (PcnSeen, pcn_seen, PCN, SEEN, GtkWidget)

/**
 * pcn_seen_set_pixels:
 * @pixels: (nullable): @height x @width x @channels bytes, copied; NULL shows nothing
 * @channels: 1 (0 black, 255 white) or 3 (RGB)
 */
void pcn_seen_set_pixels (PcnSeen *self, const guint8 *pixels, guint height, guint width, guint channels);

G_END_DECLS
