/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to data/: decoded pictures in a mapped file of the cache, or in anonymous memory where there is no
 * cache.
 *
 * The file, named by a digest of all that its content depends on: a page of header; the rows, one a readable
 * picture, one after the other; for each row its number among all pictures (32 bits); and for each unreadable
 * picture its number, the length of the reason and the reason. In the machine's byte order: a cache doesn't
 * travel. Everything behind the header is under a checksum. Written under another name and renamed when
 * complete. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint32 number;
  char *reason;
} NnStoreReject;

typedef struct {
  int ref_count;
  guint8 *map;
  gsize map_length;
  int fd;     /* while being filled; -1: no file */
  char *path; /* of the file to be */
  char *temporary;

  gsize row_bytes;
  gsize n_total;
  guint8 *rows;
  gsize n; /* readable ones */
  guint32 *numbers;
  GArray *rejects; /* NnStoreReject, by number */
} NnStore;

/* What the cache has, or NULL. A file that isn't whole is removed. */
NnStore *nn_store_open (const char *folder, const char *key, gsize n_total, gsize row_bytes);

/* Space for all rows, to be filled by anyone. @folder: NULL for none. NULL: out of memory. */
NnStore *nn_store_new (const char *folder, const char *key, gsize n_total, gsize row_bytes);

/* @reasons: for each picture NULL, or why its row is void; taken over. Closes the gaps. @keep: whether
 * another run may have it. */
void nn_store_complete (NnStore *self, char **reasons, gboolean keep);

NnStore *nn_store_ref (NnStore *self);
void nn_store_unref (NnStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnStore, nn_store_unref)

G_END_DECLS
