/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/thumbnail-loader.h"

G_BEGIN_DECLS

/**
 * PcnSample:
 *
 * A picture of a data set, for a grid. Immutable.
 *
 */
#define PCN_TYPE_SAMPLE (pcn_sample_get_type ())
G_DECLARE_FINAL_TYPE (PcnSample, pcn_sample, PCN, SAMPLE, GObject)

/** pcn_sample_new: the sample of that index of the loader's data set */
PcnSample *pcn_sample_new (PcnThumbnailLoader *loader, guint index);
/** pcn_sample_get_index: Returns: its place in the data set */
guint pcn_sample_get_index (PcnSample *self);
/** pcn_sample_get_loader: Returns: (transfer none): who makes its thumbnail */
PcnThumbnailLoader *pcn_sample_get_loader (PcnSample *self);
/** pcn_sample_describe: fills @sample with what the data set says now */
void pcn_sample_describe (PcnSample *self, NnSample *sample);
/** pcn_sample_dup_title: Returns: (transfer full): file name and class, for people */
char *pcn_sample_dup_title (PcnSample *self);

/**
 * PcnSampleList:
 *
 * The samples of a data set, or of one of its classes, as a GListModel of #PcnSample. Items are made when they are
 * asked for: a set of a million pictures costs four bytes for each. Follows edits of the data, and tells only what
 * changed, so that a view keeps its place.
 */
#define PCN_TYPE_SAMPLE_LIST (pcn_sample_list_get_type ())
G_DECLARE_FINAL_TYPE (PcnSampleList, pcn_sample_list, PCN, SAMPLE_LIST, GObject)

/** PCN_SAMPLES_ALL, PCN_SAMPLES_EXCLUDED: instead of the index of a class: all that are used, and those left out */
#define PCN_SAMPLES_ALL (-1)
#define PCN_SAMPLES_EXCLUDED (-2)

/** pcn_sample_list_new: @class_index: which class, or one of the above */
PcnSampleList *pcn_sample_list_new (NnDataset *dataset, PcnThumbnailLoader *loader, int class_index);

/** pcn_sample_list_find: @position: (out): where the sample of that index is. Returns: FALSE where it isn't in the list */
gboolean pcn_sample_list_find (PcnSampleList *self, guint sample, guint *position);

/** pcn_sample_list_update: takes over the loader's present data set; @class_index: what the class is called there */
void pcn_sample_list_update (PcnSampleList *self, int class_index);

G_END_DECLS
