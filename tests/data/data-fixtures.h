/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of data/ share: temporary folders, pictures made on the spot, the shared data. */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "data/dataset.h"

G_BEGIN_DECLS

/* g_test_init(), with a cache folder of its own; g_test_run(), and the removal of that. */
void fixture_init (int *argc, char ***argv);
int fixture_run (void);

/* A file of the shared data, or NULL where there is none. */
char *fixture_shared (const char *name);

/* A new temporary folder, and its removal with all in it. */
char *fixture_folder (void);
void fixture_remove (char *folder);

/* Writes a picture of one colour, making the folders above it. @type: "png", "jpeg", "bmp", "tiff". Returns
 * the path. */
char *fixture_picture (const char *folder, const char *name, const char *type, guint width, guint height,
                       guint32 rgba);

/* Writes bytes, making the folders above. Returns the path. */
char *fixture_file (const char *folder, const char *name, const void *data, gsize n);

/* Imports one or several paths (NULL-terminated), which must work. */
NnDataset *fixture_import (const char *path, ...) G_GNUC_NULL_TERMINATED;

/* The reason why the file of that base name is rejected, or NULL. */
char *fixture_reason (NnDataset *set, const char *name);

/* The sample of that base name, or -1. */
int fixture_sample (NnDataset *set, const char *name);

G_END_DECLS
