/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnSampleGrid:
 *
 * The pictures of a class, or all, as a grid of thumbnails of which any number can be selected.
 *
 * Property "session": the #PcnSession.
 *
 * Actions: samples.open (the preview), samples.exclude, samples.restore, samples.move (s: a class), samples.move-new,
 * samples.select-all.
 * Enter opens, Delete excludes (or restores what is excluded), the menu key and the right button show all of them.
 */
#define PCN_TYPE_SAMPLE_GRID (pcn_sample_grid_get_type ())
G_DECLARE_FINAL_TYPE (PcnSampleGrid, pcn_sample_grid, PCN, SAMPLE_GRID, AdwBin)

/** pcn_sample_grid_show: @class_index: or PCN_SAMPLES_ALL, PCN_SAMPLES_EXCLUDED */
void pcn_sample_grid_show (PcnSampleGrid *self, int class_index);
/** pcn_sample_grid_follow: the data was edited: what is shown is now @class_index */
void pcn_sample_grid_follow (PcnSampleGrid *self, int class_index);

G_END_DECLS
