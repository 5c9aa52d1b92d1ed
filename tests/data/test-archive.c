/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "data-fixtures.h"

typedef struct {
  struct archive *out;
  char *path;
  char *png;
  gsize png_length;
} Maker;

/* @name: "x.zip", "x.tar", "x.tar.gz" */
static Maker
maker_new (const char *folder, const char *name)
{
  Maker self = { archive_write_new (), g_build_filename (folder, name, NULL), NULL, 0 };
  g_autofree char *picture = fixture_picture (folder, "picture.png", "png", 5, 4, 0x00ff00ff);
  g_assert_true (g_file_get_contents (picture, &self.png, &self.png_length, NULL));
  if (g_str_has_suffix (name, ".zip"))
    archive_write_set_format_zip (self.out);
  else
    archive_write_set_format_gnutar (self.out);
  if (g_str_has_suffix (name, ".gz"))
    archive_write_add_filter_gzip (self.out);
  g_assert_cmpint (archive_write_open_filename (self.out, self.path), ==, ARCHIVE_OK);
  return self;
}

static void
put (Maker *self, const char *name, mode_t type, const char *link, const void *data, gsize n)
{
  struct archive_entry *entry = archive_entry_new ();
  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, type ? type : AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_mtime (entry, 1000000000, 0);
  archive_entry_set_size (entry, (la_int64_t) n);
  if (link && type)
    archive_entry_set_symlink (entry, link);
  else if (link)
    archive_entry_set_hardlink (entry, link);
  /* A warning: the name isn't of the locale's characters; it is written as it is. */
  g_assert_cmpint (archive_write_header (self->out, entry), >=, ARCHIVE_WARN);
  if (n > 0)
    g_assert_cmpint (archive_write_data (self->out, data, n), ==, (gssize) n);
  archive_entry_free (entry);
}

static void
put_picture (Maker *self, const char *name)
{
  put (self, name, 0, NULL, self->png, self->png_length);
}

/* Returns the path. */
static char *
finish (Maker *self)
{
  g_assert_cmpint (archive_write_close (self->out), ==, ARCHIVE_OK);
  archive_write_free (self->out);
  g_free (self->png);
  return self->path;
}

static void
test_formats (void)
{
  const char *const names[] = { "pets.zip", "pets.tar", "pets.tar.gz" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    char *folder = fixture_folder ();
    Maker maker = maker_new (folder, names[i]);
    put_picture (&maker, "pets/cat/a.png");
    put_picture (&maker, "pets/dog/b.png");
    put_picture (&maker, "pets/dog/c.png");
    put_picture (&maker, "__MACOSX/pets/dog/._c.png");
    g_autofree char *path = finish (&maker);
    /* The second time it is in the cache. */
    for (guint k = 0; k < 2; k++) {
      g_autoptr (NnDataset) set = fixture_import (path, NULL);
      g_assert_cmpstr (nn_dataset_get_format (set), ==, "archive");
      g_assert_cmpstr (nn_dataset_get_name (set), ==, "pets");
      g_assert_cmpuint (nn_dataset_get_n_classes (set), ==, 2);
      g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_ALL, 1), ==, 2);
      NnSample sample;
      nn_dataset_get_sample (set, 0, &sample);
      g_assert_true (g_str_has_prefix (sample.path, g_getenv ("XDG_CACHE_HOME")));
    }
    fixture_remove (folder);
  }
}

static void
test_idx_inside (void)
{
  char *folder = fixture_folder ();
  Maker maker = maker_new (folder, "digits.zip");
  const guint8 images[16 + 8] = { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8 };
  const guint8 labels[8 + 2] = { 0, 0, 8, 1, 0, 0, 0, 2, 3, 4 };
  put (&maker, "raw/t10k-images-idx3-ubyte", 0, NULL, images, sizeof images);
  put (&maker, "raw/t10k-labels-idx1-ubyte", 0, NULL, labels, sizeof labels);
  g_autofree char *path = finish (&maker);
  g_autoptr (NnDataset) set = fixture_import (path, NULL);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TEST, -1), ==, 2);
  g_assert_cmpstr (nn_dataset_get_class_name (set, 1), ==, "4");
  fixture_remove (folder);
}

static void
test_leads_out (void)
{
  char *folder = fixture_folder ();
  g_autofree char *victim = g_build_filename (folder, "victim.png", NULL);
  g_autofree char *secret = fixture_picture (folder, "secret/secret.png", "png", 4, 4, 0xff);
  g_autofree char *secret_folder = g_path_get_dirname (secret);
  Maker maker = maker_new (folder, "slip.tar");
  put_picture (&maker, "cat/a.png");
  put_picture (&maker, "dog/a.png");
  put_picture (&maker, "../../../../../../../../../../tmp/perceptron-slip.png");
  put_picture (&maker, "cat/../../slip.png");
  put_picture (&maker, victim);
  put (&maker, "cat/link.png", AE_IFLNK, secret, NULL, 0);
  put (&maker, "cat/links", AE_IFLNK, secret_folder, NULL, 0);
  put_picture (&maker, "cat/links/planted.png");
  put (&maker, "cat/hard.png", 0, secret, NULL, 0);
  put (&maker, "cat/inside.png", AE_IFLNK, "../dog/a.png", NULL, 0);
  put (&maker, "cat/loop", AE_IFLNK, ".", NULL, 0);
  put (&maker, "cat/device.png", AE_IFIFO, NULL, NULL, 0);
  g_autofree char *path = finish (&maker);
  g_autoptr (NnDataset) set = fixture_import (path, NULL);
  g_autofree char *planted = g_build_filename (secret_folder, "planted.png", NULL);
  g_assert_false (g_file_test (victim, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (planted, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test ("/tmp/perceptron-slip.png", G_FILE_TEST_EXISTS));
  g_assert_cmpint (fixture_sample (set, "secret.png"), ==, -1);
  g_assert_cmpint (fixture_sample (set, "link.png"), ==, -1);
  g_assert_cmpint (fixture_sample (set, "hard.png"), ==, -1);
  g_assert_cmpint (fixture_sample (set, "inside.png"), >=, 0);
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (set);
  for (guint i = 0; i < rejects->len; i++) {
    const NnReject *reject = g_ptr_array_index (rejects, i);
    g_test_message ("%s: %s", reject->name, reject->reason);
  }
  /* Three names, the hard link, the FIFO, what would go through the link, and the two links that stray. */
  g_assert_cmpuint (rejects->len, ==, 8);
  fixture_remove (folder);
}

static void
assert_refused (const char *path, const NnImportOptions *options, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (nn_dataset_import ((const char *const[]){ path, NULL }, options, NULL, NULL, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  /* Nothing half unpacked stays. */
  g_autofree char *cache = g_build_filename (g_getenv ("XDG_CACHE_HOME"), "perceptron", "archives", NULL);
  g_autoptr (GDir) dir = g_dir_open (cache, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    g_assert_false (g_str_has_prefix (name, ".tmp"));
}

static void
test_bombs (void)
{
  char *folder = fixture_folder ();
  gsize n = 80 << 20;
  g_autofree char *zeros = g_malloc0 (n);
  Maker maker = maker_new (folder, "ratio.zip");
  put (&maker, "cat/zeros.bmp", 0, NULL, zeros, n);
  g_autofree char *ratio = finish (&maker);
  assert_refused (ratio, NULL, "suspiciously");

  maker = maker_new (folder, "many.tar.gz");
  for (guint i = 0; i < 200; i++) {
    g_autofree char *name = g_strdup_printf ("cat/%u.png", i);
    put_picture (&maker, name);
  }
  g_autofree char *many = finish (&maker);
  assert_refused (many, &(NnImportOptions){ .max_archive_entries = 100 }, "too many files");
  assert_refused (many, &(NnImportOptions){ .max_archive_bytes = 1000 }, "larger than allowed");
  g_autoptr (NnDataset) set = fixture_import (many, NULL);
  g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 200);
  fixture_remove (folder);
}

static void
test_damaged (void)
{
  char *folder = fixture_folder ();
  Maker maker = maker_new (folder, "cut.tar.gz");
  for (guint i = 0; i < 50; i++) {
    g_autofree char *name = g_strdup_printf ("cat/%u.png", i);
    put_picture (&maker, name);
  }
  g_autofree char *path = finish (&maker);
  g_autofree char *data = NULL;
  gsize n;
  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  g_assert_true (g_file_set_contents (path, data, (gssize) n / 2, NULL));
  assert_refused (path, NULL, "damaged");
  fixture_remove (folder);
}

static void
test_names (void)
{
  char *folder = fixture_folder ();
  Maker maker = maker_new (folder, "names.tar");
  put_picture (&maker, "caf\351/a.png");
  put_picture (&maker, "tea/b \"c\".png");
  g_autofree char *path = finish (&maker);
  g_autoptr (NnDataset) set = fixture_import (path, NULL);
  g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 2);
  g_assert_cmpuint (nn_dataset_get_n_classes (set), ==, 2);
  fixture_remove (folder);
}

static void
test_no_cache (void)
{
  char *folder = fixture_folder ();
  g_autofree char *cache = g_build_filename (g_getenv ("XDG_CACHE_HOME"), "perceptron", NULL);
  g_autofree char *aside = g_strconcat (cache, "-aside", NULL);
  Maker maker = maker_new (folder, "pets.zip");
  put_picture (&maker, "cat/a.png");
  put_picture (&maker, "dog/b.png");
  g_autofree char *path = finish (&maker);
  /* A file where the folder should be: not even root can write there. */
  gboolean moved = rename (cache, aside) == 0;
  g_assert_true (g_file_set_contents (cache, "", 0, NULL));
  NnDataset *set = fixture_import (path, NULL);
  NnSample sample;
  nn_dataset_get_sample (set, 0, &sample);
  g_autofree char *picture = g_strdup (sample.path);
  g_assert_true (g_file_test (picture, G_FILE_TEST_EXISTS));
  nn_dataset_unref (set);
  g_assert_false (g_file_test (picture, G_FILE_TEST_EXISTS));
  g_assert_cmpint (unlink (cache), ==, 0);
  if (moved)
    g_assert_cmpint (rename (aside, cache), ==, 0);
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/data/archive/formats", test_formats);
  g_test_add_func ("/data/archive/idx-inside", test_idx_inside);
  g_test_add_func ("/data/archive/leads-out", test_leads_out);
  g_test_add_func ("/data/archive/bombs", test_bombs);
  g_test_add_func ("/data/archive/damaged", test_damaged);
  g_test_add_func ("/data/archive/names", test_names);
  g_test_add_func ("/data/archive/no-cache", test_no_cache);
  return fixture_run ();
}
