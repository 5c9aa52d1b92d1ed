/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "data/importer.h"

char *
nn_cache_folder (const char *name)
{
  char *path = g_build_filename (g_get_user_cache_dir (), "perceptron", name, NULL);
  if (g_mkdir_with_parents (path, 0700) == 0)
    return path;
  g_debug ("No cache in %s: %s", path, g_strerror (errno));
  g_free (path);
  return NULL;
}

typedef struct {
  char *path;
  guint64 size;
  gint64 used;
} CacheFile;

static void
clear_file (gpointer data)
{
  g_free (((CacheFile *) data)->path);
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const CacheFile *) a)->used, y = ((const CacheFile *) b)->used;
  return (x < y) - (x > y);
}

void
nn_cache_prune (const char *folder, guint64 max_bytes)
{
  const char *name;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (CacheFile));
  g_array_set_clear_func (files, clear_file);
  while (dir && (name = g_dir_read_name (dir))) {
    struct stat st;
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (lstat (path, &st) != 0 || !S_ISREG (st.st_mode))
      continue;
    if (g_str_has_prefix (name, ".tmp-") && now - st.st_mtim.tv_sec > 24 * 60 * 60) {
      g_unlink (path);
      continue;
    }
    CacheFile file = { g_steal_pointer (&path), (guint64) st.st_blocks * 512, st.st_mtim.tv_sec };
    g_array_append_val (files, file);
  }
  g_array_sort (files, newest_first);
  guint64 sum = 0;
  for (guint i = 0; i < files->len; i++) {
    const CacheFile *file = &g_array_index (files, CacheFile, i);
    sum += file->size;
    /* The newest stays whatever its size: it is the one in use. */
    if (i > 0 && sum > max_bytes)
      g_unlink (file->path);
  }
}

void
nn_remove_tree (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  if (dir) {
    const char *name;
    while ((name = g_dir_read_name (dir))) {
      g_autofree char *child = g_build_filename (path, name, NULL);
      nn_remove_tree (child);
    }
    g_dir_close (dir);
  }
  if (g_remove (path) != 0)
    g_debug ("%s stays: %s", path, g_strerror (errno));
}
