/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sample-list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnThumbnail:
 *
 * A cell of the grid of pictures: loads its picture when it gets a sample and forgets it when it loses it.
 *
 * Property "sample": the #PcnSample that is shown, or NULL.
 */
#define PCN_TYPE_THUMBNAIL (pcn_thumbnail_get_type ())
G_DECLARE_FINAL_TYPE (PcnThumbnail, pcn_thumbnail, PCN, THUMBNAIL, GtkWidget)

G_END_DECLS
