/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/dataset.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnPhoto:
 *
 * A picture from a file or a data set, decoded in a thread. Shown whole, or filling its place where "cover"
 * is set.
 *
 * Properties: "path" (of a file, writable), "cover", "minimum-size" (of each side in pixels),
 * "decode-size" (of the longer side in pixels).
 */
#define PCN_TYPE_PHOTO (pcn_photo_get_type ())
G_DECLARE_FINAL_TYPE (PcnPhoto, pcn_photo, PCN, PHOTO, GtkWidget)

/** pcn_photo_set_path: @path: (nullable) (type filename): what to show */
void pcn_photo_set_path (PcnPhoto *self, const char *path);
void pcn_photo_set_sample (PcnPhoto *self, NnDataset *dataset, guint sample);

G_END_DECLS
