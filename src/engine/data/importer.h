/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to data/: the inside of a data set, and what an importer is. To add an importer write one file with
 * one NnImporter in it, declare it below, and add a row to the table in importer.c. */
#pragma once

#include <pthread.h>
#include <sys/stat.h>

#include "data/dataset.h"

G_BEGIN_DECLS

/* The strings of a data set and of all its edits, and the folder that their files lie in: whoever goes last takes them
 * along. Strings never move, so that only adding needs the lock. */
typedef struct {
  int ref_count;
  pthread_mutex_t lock;
  GStringChunk *chunk;
  GPtrArray *source_classes; /* what the classes were called at the import */
  char *temporary; /* a folder to remove with them */
} NnStrings;

/* Pictures that lie in memory, one after the other (NHWC). */
typedef struct {
  guint8 *pixels;
  gsize n;
  guint height;
  guint width;
  guint channels;
  int ref_count;
} NnBank;

typedef struct {
  const char *path; /* NULL: in a bank */
  const char *name;
  guint64 size;
  gint64 mtime; /* nanoseconds */
  guint32 class_index;
  guint32 source_class; /* what the source says; beyond its classes: nothing */
  guint32 row;
  guint16 bank;
  guint8 split;
  guint8 source_split; /* what the source says */
  guint8 excluded;     /* by the user */
  int bad; /* atomic: couldn't be decoded, and is among the rejects */
} NnEntry;

struct _NnDataset {
  int ref_count;
  char *name;
  const char *format;
  GPtrArray *classes; /* char *: bytes as found; shown through class_names */
  GPtrArray *class_names;
  GHashTable *class_index; /* bytes as found, owned by classes: index */
  GArray *entries; /* NnEntry */
  NnStrings *strings;
  GPtrArray *banks; /* NnBank */
  gboolean own_split;
  guint n_import_warnings; /* those before health's */

  pthread_mutex_t lock; /* over the two below: threads that load pixels add to them */
  GPtrArray *rejects;
  GPtrArray *warnings;
};

/* One run of nn_dataset_import(). */
typedef struct {
  const char *const *paths;
  NnImportOptions options; /* defaults filled in */
  GCancellable *cancellable;
  NnProgressFunc progress;
  gpointer progress_data;
  gint64 last_tick;
  const char *confine; /* links may not lead out of this folder (of an unpacked archive); NULL: anywhere */
} NnImport;

typedef struct {
  const char *id;
  gboolean (*claims) (NnImport *import);
  NnDataset *(*run) (NnImport *import, GError **error);
} NnImporter;

extern const NnImporter nn_import_archive;
extern const NnImporter nn_import_csv;
extern const NnImporter nn_import_idx;
extern const NnImporter nn_import_folder;

/* For importers: asks whether to stop (FALSE, NN_ERROR_CANCELLED), and tells progress now and then. */
gboolean nn_import_tick (NnImport *import, double fraction, GError **error);

/* Picks the importer: for one that unpacks something and hands it on. */
NnDataset *nn_import_dispatch (NnImport *import, GError **error);

/* Whether a link leads out of where the data may come from, or nowhere. */
gboolean nn_import_strays (const NnImport *import, const char *path);

/* Hidden files (AppleDouble's "._x" with them), and what file managers leave behind. */
gboolean nn_is_litter (const char *name);

/* "Validation" is NN_SPLIT_VAL, and so on; -1: no name of a split. */
int nn_split_from_name (const char *name);

/* A copy of the string that lives as long as the data set or any of its edits. */
const char *nn_dataset_keep_string (NnDataset *self, const char *string);
/* Another data set with the same classes and entries, and their strings, for edits. */
NnDataset *nn_dataset_copy (NnDataset *self);

#define NN_NO_SOURCE_CLASS G_MAXUINT32

/* Building a data set: one thread, before anybody else sees it. */
NnDataset *nn_dataset_new (const char *path, const char *format);
guint nn_dataset_add_class (NnDataset *self, const char *bytes);
void nn_dataset_add_file (NnDataset *self, const char *path, const char *name, guint class_index,
                          NnSplit split, const struct stat *st);
guint nn_dataset_add_bank (NnDataset *self, guint8 *pixels, gsize n, guint height, guint width,
                           guint channels);
void nn_dataset_add_row (NnDataset *self, guint bank, guint32 row, guint class_index, NnSplit split);
void nn_dataset_warn (NnDataset *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Any thread: */
void nn_dataset_reject (NnDataset *self, const char *path, const char *name, int sample, const char *reason);
/* NULL, and *@st filled in: it starts like a picture. Else why it is none; free it. */
char *nn_probe_file (const char *path, struct stat *st);
/* Looks whether the file may be a picture, without decoding it; adds it, or rejects it with the reason. */
void nn_dataset_take_file (NnDataset *self, const char *path, const char *name, guint class_index,
                           NnSplit split);
/* Sorts the classes, warns, and refuses a set without a sample. Takes @self. */
NnDataset *nn_dataset_finish (NnDataset *self, GError **error);

/* Health: adds its warnings. */
void nn_dataset_check_health (NnDataset *self);

static inline NnEntry *
nn_dataset_entry (NnDataset *self, guint index)
{
  return &g_array_index (self->entries, NnEntry, index);
}

/* What to show for the bytes of a file name: UTF-8 without control characters. */
char *nn_display_name (const char *bytes);

/* "$XDG_CACHE_HOME/perceptron/NAME", made if need be; NULL where that fails. */
char *nn_cache_folder (const char *name);

/* Removes the files of a cache's folder that were used longest ago, until the rest takes at most @max_bytes,
 * and what a killed process left there unfinished. */
void nn_cache_prune (const char *folder, guint64 max_bytes);

/* Removes a folder and all below it, following no link. */
void nn_remove_tree (const char *path);

G_END_DECLS
