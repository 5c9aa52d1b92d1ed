/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data-fixtures.h"

#include "data/importer.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

void
fixture_init (int *argc, char ***argv)
{
  g_autofree char *cache = fixture_folder ();
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (argc, argv, NULL);
}

int
fixture_run (void)
{
  int status = g_test_run ();
  fixture_remove (g_strdup (g_getenv ("XDG_CACHE_HOME")));
  return status;
}

char *
fixture_shared (const char *name)
{
  const char *root = g_getenv ("PERCEPTRON_SHARED");
  g_autofree char *guess = root ? g_strdup (root) : g_build_filename (SOURCE_ROOT, "..", "shared", NULL);
  char *path = g_build_filename (guess, name, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return NULL;
}

char *
fixture_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("perceptron-test-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

void
fixture_remove (char *folder)
{
  nn_remove_tree (folder);
  g_free (folder);
}

static char *
make_way (const char *folder, const char *name)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  return path;
}

char *
fixture_picture (const char *folder, const char *name, const char *type, guint width, guint height,
                 guint32 rgba)
{
  g_autoptr (GError) error = NULL;
  char *path = make_way (folder, name);
  gboolean alpha = (rgba & 0xff) != 0xff;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, alpha, 8, (int) width, (int) height);
  gdk_pixbuf_fill (pixbuf, rgba);
  gdk_pixbuf_save (pixbuf, path, type, &error, NULL);
  g_assert_no_error (error);
  return path;
}

char *
fixture_file (const char *folder, const char *name, const void *data, gsize n)
{
  g_autoptr (GError) error = NULL;
  char *path = make_way (folder, name);
  g_file_set_contents (path, data, (gssize) n, &error);
  g_assert_no_error (error);
  return path;
}

NnDataset *
fixture_import (const char *path, ...)
{
  va_list args;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  va_start (args, path);
  for (const char *p = path; p; p = va_arg (args, const char *))
    g_ptr_array_add (paths, (gpointer) p);
  va_end (args);
  g_ptr_array_add (paths, NULL);
  NnDataset *set = nn_dataset_import ((const char *const *) paths->pdata, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (set);
  return set;
}

static gboolean
has_base (const char *path, const char *name)
{
  g_autofree char *base = path ? g_path_get_basename (path) : NULL;
  return g_strcmp0 (base, name) == 0;
}

char *
fixture_reason (NnDataset *set, const char *name)
{
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (set);
  for (guint i = 0; i < rejects->len; i++) {
    const NnReject *reject = g_ptr_array_index (rejects, i);
    if (has_base (reject->path, name))
      return g_strdup (reject->reason);
  }
  return NULL;
}

int
fixture_sample (NnDataset *set, const char *name)
{
  for (guint i = 0; i < nn_dataset_get_n_samples (set); i++) {
    NnSample sample;
    nn_dataset_get_sample (set, i, &sample);
    if (has_base (sample.path, name))
      return (int) i;
  }
  return -1;
}
