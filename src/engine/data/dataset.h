/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NnSplit:
 * @NN_SPLIT_TRAIN: the pictures that the network learns from
 * @NN_SPLIT_VAL: the pictures that measure it during training
 * @NN_SPLIT_TEST: the pictures that measure it at the end
 * @NN_SPLIT_ALL: every picture; only for asking, no sample is in it
 */
typedef enum {
  NN_SPLIT_TRAIN,
  NN_SPLIT_VAL,
  NN_SPLIT_TEST,
  NN_SPLIT_ALL,
} NnSplit;

/**
 * NnProgressFunc:
 * @fraction: how much is done, 0 to 1, never falling; negative where it can't be told
 * @data: the caller's
 *
 * Called at most every 30 ms or so, on the thread that made the call it reports on.
 */
typedef void (*NnProgressFunc) (double fraction, gpointer data);

/**
 * NnSample:
 * @path: (nullable) (type filename): the picture's file, in the bytes of the file system (they need not be
 *   UTF-8); NULL where the pixels lie in memory (IDX)
 * @name: what to show the user: valid UTF-8, not Pango markup
 * @class_index: which class, below nn_dataset_get_n_classes()
 * @split: at the time of asking
 * @index: its place in the data set
 * @excluded: left out by the user (data/edit.h)
 * @source_class: (nullable): what its class was called when it was imported; NULL for one that was added later
 *
 * Strings belong to the data set.
 */
typedef struct {
  const char *path;
  const char *name;
  guint class_index;
  NnSplit split;
  guint index;
  gboolean excluded;
  const char *source_class;
} NnSample;

/**
 * NnReject:
 * @path: (nullable) (type filename): the file, in the bytes of the file system
 * @name: what to show the user: valid UTF-8, not Pango markup
 * @reason: why it isn't used: a whole sentence
 * @sample: the sample that turned out to be unreadable, or -1 for a file that never became one
 */
typedef struct {
  char *path;
  char *name;
  char *reason;
  int sample;
} NnReject;

/**
 * NnImportOptions:
 * @max_archive_entries: entries that an archive may hold; 0: two million
 * @max_archive_bytes: bytes that an archive may unpack to; 0: 64 GiB, and never all the free space
 * @max_archive_ratio: how many times its size an archive may unpack to (looked at above 64 MiB); 0: 100
 */
typedef struct {
  guint64 max_archive_entries;
  guint64 max_archive_bytes;
  guint max_archive_ratio;
} NnImportOptions;

/**
 * NnDataset:
 *
 * Labelled pictures: where each one is, its class and its split; not their pixels (see data/pixels.h), save
 * for IDX files, which are held in memory. Reference-counted (atomically). What it holds doesn't change after
 * import, but for the split and the order of classes, which are the business of one thread before others look
 * at it (afterwards, edits give a new data set: data/edit.h), and the rejects, which grow under a lock when pixels are loaded.
 */
typedef struct _NnDataset NnDataset;

/**
 * nn_dataset_import:
 * @paths: (array zero-terminated=1) (type filename): what the user dropped or named
 * @options: (nullable): limits, or NULL for the usual ones
 * @cancellable: (nullable): stops it
 * @progress: (nullable): called on this thread
 * @data: for @progress
 * @error: NN_ERROR_BAD_INPUT (nothing usable there), _UNSUPPORTED, _CANCELLED or _FAILED
 *
 * Finds out what @paths are and lists the pictures; decodes none (see nn_dataset_verify()). Knows:
 * a folder with a subfolder for each class, with or without train, val (valid, validation) and test (testing)
 * above them; several folders, which become the classes named after them, unless each holds class folders
 * itself; IDX files, or a folder of them, with or without gzip; a zip or tar of either; a CSV of path and
 * label, and optionally split, with paths relative to it. Any thread; takes long on a slow disk.
 *
 * Returns: (transfer full) (nullable): the data set, with at least one sample
 */
NnDataset *nn_dataset_import (const char *const *paths, const NnImportOptions *options,
                              GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                              GError **error);

NnDataset *nn_dataset_ref (NnDataset *self);
void nn_dataset_unref (NnDataset *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnDataset, nn_dataset_unref)

/** nn_dataset_get_name: Returns: (transfer none): what to call it: the folder's or file's name, in UTF-8 */
const char *nn_dataset_get_name (NnDataset *self);

/** nn_dataset_get_format: Returns: (transfer none): the importer: "folder", "csv", "idx" or "archive" */
const char *nn_dataset_get_format (NnDataset *self);

/** nn_dataset_get_n_classes: Returns: how many classes, empty ones included; at least 1 */
guint nn_dataset_get_n_classes (NnDataset *self);

/** nn_dataset_get_class_name: Returns: (transfer none): the name of class @class_index, in UTF-8 */
const char *nn_dataset_get_class_name (NnDataset *self, guint class_index);

/** nn_dataset_get_n_samples: Returns: how many samples, those found unreadable or excluded included */
guint nn_dataset_get_n_samples (NnDataset *self);

/** nn_dataset_get_sample: fills @sample with the sample of that @index */
void nn_dataset_get_sample (NnDataset *self, guint index, NnSample *sample);

/** nn_dataset_count: Returns: the readable, not excluded samples of @split (or NN_SPLIT_ALL) and class (-1: all classes) */
guint nn_dataset_count (NnDataset *self, NnSplit split, int class_index);

/**
 * nn_dataset_get_split:
 *
 * Returns: (transfer full) (element-type guint32): the indices of the samples in @split, rising; without the excluded
 */
GArray *nn_dataset_get_split (NnDataset *self, NnSplit split);

/** nn_dataset_has_own_split: Returns: whether the source says itself what is for validation or test */
gboolean nn_dataset_has_own_split (NnDataset *self);

/**
 * nn_dataset_split_stratified:
 * @val_fraction: part of each class for validation, 0 to 1
 * @test_fraction: part of each class for testing, 0 to 1; the two sum to less than 1
 * @seed: the same seed gives the same split
 *
 * Forgets the present split and deals each class out anew: the rounded part of it, and where a fraction isn't
 * zero at least one sample, as long as one is left for training.
 */
void nn_dataset_split_stratified (NnDataset *self, double val_fraction, double test_fraction, guint64 seed);

/**
 * nn_dataset_split_carve:
 * @from: the split that gives
 * @to: the split that takes
 * @fraction: part of each class of @from, 0 to 1; 1: all of it, so that @from is empty afterwards
 * @seed: the same seed gives the same split
 *
 * Moves a part of one split to another, as nn_dataset_split_stratified() does of the whole: for a source that
 * has a train and a test part of its own, but nothing for validation.
 */
void nn_dataset_split_carve (NnDataset *self, NnSplit from, NnSplit to, double fraction, guint64 seed);

/**
 * nn_dataset_split_default:
 * @val_fraction: part for validation where the source says none
 *
 * What most callers want: keeps the source's own split; if it has no validation part, takes it from the
 * training part.
 */
void nn_dataset_split_default (NnDataset *self, double val_fraction, guint64 seed);

/**
 * NnSplitPlan:
 * @own: keep the source's own split where it has one
 * @val_fraction: part for validation, where the source says none or isn't asked
 * @test_fraction: part for testing, where the source isn't asked
 * @seed: the same seed gives the same split
 */
typedef struct {
  gboolean own;
  double val_fraction;
  double test_fraction;
  guint64 seed;
} NnSplitPlan;

/** nn_dataset_split_by_plan: forgets the present split and makes the one that @plan asks for */
void nn_dataset_split_by_plan (NnDataset *self, const NnSplitPlan *plan);

/**
 * nn_dataset_combine:
 * @train: its samples keep their split
 * @val: all its samples go to @split
 * @split: usually NN_SPLIT_VAL or NN_SPLIT_TEST
 * @error: NN_ERROR_BAD_INPUT where @val has a class that @train lacks
 *
 * Puts two sources together by the names of their classes (`train --data A --val B`). What @train has in
 * @split already is left out of the result.
 *
 * Returns: (transfer full) (nullable): a new data set
 */
NnDataset *nn_dataset_combine (NnDataset *train, NnDataset *val, NnSplit split, GError **error);

/**
 * nn_dataset_match_classes:
 * @names: (array zero-terminated=1): the classes of a model, in its order
 * @error: NN_ERROR_BAD_INPUT where the data has a class with samples that isn't among them
 *
 * Renumbers the classes as a model has them, so that labels mean the same (`evaluate --model M --data D`).
 *
 * Returns: FALSE with @error set
 */
gboolean nn_dataset_match_classes (NnDataset *self, const char *const *names, GError **error);

/**
 * nn_dataset_get_size:
 * @height: (out): rows
 * @width: (out): columns
 * @channels: (out): 1 or 3
 *
 * The size that all pictures share where they lie in memory (IDX).
 *
 * Returns: FALSE where the pictures are files, and of any size
 */
gboolean nn_dataset_get_size (NnDataset *self, guint *height, guint *width, guint *channels);

/**
 * nn_dataset_get_rejects:
 *
 * What is not used, and why: files that are no pictures, and, once pixels were loaded or the set was
 * verified, pictures that can't be decoded. Any thread.
 *
 * Returns: (transfer full) (element-type NnReject): a copy as of now
 */
GPtrArray *nn_dataset_get_rejects (NnDataset *self);

/**
 * nn_dataset_get_warnings:
 *
 * What the user should know about the set as a whole: empty and tiny classes, imbalance, folders left out.
 * Any thread; whole sentences.
 *
 * Returns: (transfer full) (array zero-terminated=1): a copy as of now
 */
char **nn_dataset_get_warnings (NnDataset *self);

/**
 * nn_dataset_verify:
 *
 * Decodes every picture once, so that nn_dataset_get_rejects() is complete. Remembered in the cache.
 *
 * Returns: FALSE with @error set (stopped, or no memory); unreadable pictures are no error
 */
gboolean nn_dataset_verify (NnDataset *self, GCancellable *cancellable, NnProgressFunc progress,
                            gpointer data, GError **error);

G_END_DECLS
