/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures in a zip, sorted by class: names that any system can unpack, and what comes out again. */
#include "base/error.h"
#include "data/picture-zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <locale.h>

static void
test_names (void)
{
  const char *const classes[] = { "cat", "a/b", "a_b", "..", "", "Unknown", "CAT", "end. ", NULL };
  const char *const paths[] = { "/x/tom.png", "/y/tom.png", "/z/TOM.png", "/x/tom (2).png", "/x/1.jpg", "/x/1.jpg",
                                "/x/..", "/x/.hidden", "/x/5", "/x/6.png", "/x/7.png", "/x/a:b?.png", "/x/8.png" };
  const int answers[] = { 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, NN_ZIP_UNKNOWN, NN_ZIP_UNKNOWN, NN_ZIP_LEFT_OUT };
  const char *const wanted[] = { "cat/tom.png", "cat/tom (2).png", "cat/TOM (3).png", "cat/tom (2) (2).png", "a_b/1.jpg",
                                 "a_b (2)/1.jpg", NULL, NULL, "Unknown/5", "CAT (2)/6.png", "unknown (2)/7.png",
                                 "unknown (2)/a_b_.png", NULL };
  g_autoptr (GPtrArray) names = nn_zip_name_pictures (paths, answers, G_N_ELEMENTS (paths), classes);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpuint (names->len, ==, G_N_ELEMENTS (paths));
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    if (wanted[i])
      g_assert_cmpstr (name, ==, wanted[i]);
    g_assert_true ((name == NULL) == (answers[i] == NN_ZIP_LEFT_OUT));
    if (!name)
      continue;
    g_assert_true (g_hash_table_add (seen, g_utf8_casefold (name, -1)));
    g_auto (GStrv) parts = g_strsplit (name, "/", -1);
    g_assert_cmpuint (g_strv_length (parts), ==, 2);
    for (guint k = 0; k < 2; k++) {
      g_assert_cmpstr (parts[k], !=, "");
      g_assert_false (parts[k][0] == '.' || g_str_has_suffix (parts[k], "."));
    }
  }
}

static void
test_many_of_a_name (void)
{
  enum { N = 20000 };
  const char *const classes[] = { "a", "b", NULL };
  g_autofree const char **paths = g_new (const char *, N);
  g_autofree int *answers = g_new0 (int, N);

  for (guint i = 0; i < N; i++)
    paths[i] = "/somewhere/image.png";
  g_autoptr (GPtrArray) names = nn_zip_name_pictures (paths, answers, N, classes);
  g_assert_cmpstr (g_ptr_array_index (names, N - 1), ==, "a/image (20000).png");
}

static char *
write_file (const char *folder, const char *name, const char *contents)
{
  char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  return path;
}

/* Returns: (transfer full): contents by name */
static GHashTable *
unpack (const char *path)
{
  GHashTable *files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;

  archive_read_support_format_zip (archive);
  g_assert_cmpint (archive_read_open_filename (archive, path, 65536), ==, ARCHIVE_OK);
  /* It warns of names that aren't of the locale's characters. */
  for (int status; (status = archive_read_next_header (archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN;) {
    char text[100] = "";
    g_assert_cmpint (archive_read_data (archive, text, sizeof text - 1), >=, 0);
    g_hash_table_insert (files, g_strdup (archive_entry_pathname_utf8 (entry)), g_strdup (text));
  }
  archive_read_free (archive);
  return files;
}

static void
test_write (void)
{
  const char *const classes[] = { "Katze é", "dog", NULL };
  const int answers[] = { 0, NN_ZIP_UNKNOWN, NN_ZIP_LEFT_OUT };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("perceptron-zip-XXXXXX", NULL);
  g_autofree char *first = write_file (folder, "tom.png", "first"), *second = write_file (folder, "rex.png", "second"),
                  *third = write_file (folder, "bad.png", "third"), *zip = g_build_filename (folder, "out.zip", NULL);
  const char *const paths[] = { first, second, third };
  g_autoptr (GPtrArray) names = nn_zip_name_pictures (paths, answers, 3, classes);
  g_autoptr (GString) table = g_string_new ("file,class\n");

  g_assert_true (nn_zip_write (zip, paths, names, "predictions.csv", table, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (GHashTable) files = unpack (zip);
  g_assert_cmpuint (g_hash_table_size (files), ==, 3);
  g_assert_cmpstr (g_hash_table_lookup (files, "predictions.csv"), ==, "file,class\n");
  g_assert_cmpstr (g_hash_table_lookup (files, "Katze é/tom.png"), ==, "first");
  g_assert_cmpstr (g_hash_table_lookup (files, "unknown/rex.png"), ==, "second");

  /* A picture that is gone: the reason, the old archive, and nothing beside it. */
  g_assert_cmpint (g_unlink (second), ==, 0);
  g_assert_false (nn_zip_write (zip, paths, names, "predictions.csv", table, NULL, NULL, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "rex.png"));
  g_clear_error (&error);
  g_autoptr (GHashTable) still = unpack (zip);
  g_assert_cmpuint (g_hash_table_size (still), ==, 3);

  g_autofree char *nowhere = g_build_filename (folder, "none", "out.zip", NULL);
  g_assert_false (nn_zip_write (nowhere, paths, names, "predictions.csv", table, NULL, NULL, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "out.zip"));

  g_autoptr (GCancellable) stopped = g_cancellable_new ();
  g_cancellable_cancel (stopped);
  g_clear_error (&error);
  g_assert_false (nn_zip_write (zip, paths, names, "predictions.csv", table, stopped, NULL, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_CANCELLED);

  g_unlink (first);
  g_unlink (third);
  g_unlink (zip);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  /* As the programs do; libarchive reads names by it. */
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/zip/names", test_names);
  g_test_add_func ("/zip/many-of-a-name", test_many_of_a_name);
  g_test_add_func ("/zip/write", test_write);
  return g_test_run ();
}
