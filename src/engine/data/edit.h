/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

/*
 * What users do to a data set after its import. The set itself stays as it is, since threads may be reading it: each
 * function gives a new one, which shares the pictures and the strings, so that it costs some 60 bytes a sample (a
 * millisecond or two for 70,000). A sample keeps its index through all edits; new ones come at the end. Nothing on the
 * disk is touched.
 */

/**
 * NnSampleEdit:
 * @sample: index of the sample
 * @class_index: its class from now on
 * @split: its split from now on
 * @excluded: whether it is left out from now on: of counts, splits and pixels
 */
typedef struct {
  guint32 sample;
  guint32 class_index;
  NnSplit split;
  gboolean excluded;
} NnSampleEdit;

/**
 * nn_dataset_edit:
 * @class_names: (nullable) (array zero-terminated=1): the classes from now on, each name once; NULL: as they are
 * @edits: (array length=n_edits) (nullable): what changes; classes count as in @class_names
 *
 * The edit that all others consist of.
 *
 * Returns: (transfer full): a new data set
 */
NnDataset *nn_dataset_edit (NnDataset *self, const char *const *class_names, const NnSampleEdit *edits, gsize n_edits);

/**
 * nn_dataset_compare:
 * @to: an edit of @self, or the other way round
 *
 * Returns: (transfer full) (element-type NnSampleEdit): what nn_dataset_edit() needs, besides the names of the classes,
 *   to make @to out of @self. Samples that only @self has become excluded, and of the first class; those that only @to
 *   has are described too, for a later edit of @to.
 */
GArray *nn_dataset_compare (NnDataset *self, NnDataset *to);

/** nn_dataset_dup_class_names: Returns: (transfer full) (array zero-terminated=1): the classes in their order */
char **nn_dataset_dup_class_names (NnDataset *self);

/** nn_dataset_find_class: Returns: the index of the class of that name, or -1 */
int nn_dataset_find_class (NnDataset *self, const char *name);

/**
 * nn_dataset_rename_class:
 * @name: UTF-8, not empty
 *
 * Where another class has that name already, the two are merged: the samples go there, and the class is gone.
 *
 * Returns: (transfer full): a new data set
 */
NnDataset *nn_dataset_rename_class (NnDataset *self, guint class_index, const char *name);

/**
 * nn_dataset_move_samples:
 * @samples: (array length=n): indices of samples
 * @class_name: a class; a new one is added at the end
 *
 * Returns: (transfer full): a new data set, in which they are labelled @class_name
 */
NnDataset *nn_dataset_move_samples (NnDataset *self, const guint32 *samples, gsize n, const char *class_name);

/** nn_dataset_exclude: Returns: (transfer full): a new data set, which leaves @samples out or takes them in again */
NnDataset *nn_dataset_exclude (NnDataset *self, const guint32 *samples, gsize n, gboolean excluded);

/** nn_dataset_with_split: Returns: (transfer full): a new data set, as nn_dataset_split_by_plan() splits it */
NnDataset *nn_dataset_with_split (NnDataset *self, const NnSplitPlan *plan);

/**
 * nn_dataset_add_pictures:
 * @n: how many pictures
 * @height, @width, @channels: the shape of each; 1 or 3 channels
 * @pixels: @n x @height x @width x @channels bytes (0 black to 255 white), copied
 * @class_names: (array length=n): the class of each; a new name becomes a new class at the end
 * @split: where they go
 * @error: NN_ERROR_BAD_INPUT (an impossible shape), _OUT_OF_MEMORY
 *
 * Adds pictures that are no files, such as drawings. Where all pictures of @self lie in memory (IDX) they are brought
 * to that size; else they are scaled when pixels are loaded, as the files are. They get the last @n indices.
 *
 * Returns: (transfer full) (nullable): a new data set
 */
NnDataset *nn_dataset_add_pictures (NnDataset *self, gsize n, guint height, guint width, guint channels,
                                    const guint8 *pixels, const char *const *class_names, NnSplit split, GError **error);

/**
 * nn_dataset_adopt_rejects:
 * @from: @self before or after an edit; other data is left alone
 *
 * Takes over what was found out about @from meanwhile: which of its pictures can't be decoded. Any thread.
 */
void nn_dataset_adopt_rejects (NnDataset *self, NnDataset *from);

/**
 * NnTally:
 * @n: readable samples that aren't excluded, by split: NN_SPLIT_TRAIN, _VAL, _TEST, and all of them (_ALL)
 * @excluded: those that are
 */
typedef struct {
  guint n[4];
  guint excluded;
} NnTally;

/**
 * nn_dataset_preview_split:
 * @n: (out): how many samples @plan would give to NN_SPLIT_TRAIN, _VAL and _TEST
 *
 * For a slider that tells while it is moved: nothing is dealt out. The unreadable samples are counted with the others.
 */
void nn_dataset_preview_split (NnDataset *self, const NnSplitPlan *plan, guint n[3]);

/** nn_dataset_tally: Returns: (transfer full) (element-type NnTally): for each class, counted in one go */
GArray *nn_dataset_tally (NnDataset *self);

G_END_DECLS
