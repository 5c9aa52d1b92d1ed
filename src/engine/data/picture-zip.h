/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

/* Pictures sorted into the folders of a zip, one folder a class, with a table of them. Any thread; not the main one. */

/** NN_ZIP_UNKNOWN, NN_ZIP_LEFT_OUT: in place of a class: the folder “unknown”; not in the archive */
#define NN_ZIP_UNKNOWN (-1)
#define NN_ZIP_LEFT_OUT (-2)

/**
 * nn_zip_name_pictures:
 * @paths: (array length=n) (type filename): the pictures
 * @classes: (array length=n): of each its class, or one of the above
 * @names: (array zero-terminated=1): of the classes; they may be anything
 *
 * Names that every system can unpack: no two alike whatever the case, nothing that leads out of the archive's folder. Two
 * files of one name become “a.png” and “a (2).png”.
 *
 * Returns: (transfer full) (element-type utf8): “cat/tom.png”; NULL for those that are left out
 */
GPtrArray *nn_zip_name_pictures (const char *const *paths, const int *classes, gsize n, const char *const *names);

/**
 * nn_zip_write:
 * @path: (type filename): the archive; one that is there is replaced when the new one is whole
 * @paths, @inside: as given to and by nn_zip_name_pictures()
 * @table_name, @table: a text that goes in first
 * @cancellable: (nullable)
 * @progress: (nullable)
 * @error: NN_ERROR_FAILED, with the file and what to do, where a picture can't be read any more or the archive can't be
 *   written; NN_ERROR_CANCELLED
 *
 * Pictures are stored as they are: they are compressed already.
 */
gboolean nn_zip_write (const char *path, const char *const *paths, GPtrArray *inside, const char *table_name,
                       const GString *table, GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                       GError **error);

G_END_DECLS
