/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IDX files and CSV tables. */
#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "data-fixtures.h"
#include "data/pixels.h"

/* An IDX file of @n_dims dimensions whose values count up. @length: bytes of values, which may be too few. */
static char *
idx (const char *folder, const char *name, guint8 type, guint n_dims, const guint32 *dims, gsize length)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_byte_array_append (bytes, (const guint8[]){ 0, 0, type, (guint8) n_dims }, 4);
  for (guint i = 0; i < n_dims; i++) {
    guint32 dim = GUINT32_TO_BE (dims[i]);
    g_byte_array_append (bytes, (const guint8 *) &dim, 4);
  }
  for (gsize i = 0; i < length; i++)
    g_byte_array_append (bytes, &(guint8){ (guint8) (i % 251) }, 1);
  if (!g_str_has_suffix (name, ".gz"))
    return fixture_file (folder, name, bytes->data, bytes->len);
  char *path = g_build_filename (folder, name, NULL);
  gzFile gz = gzopen (path, "wb");
  g_assert_cmpint (gzwrite (gz, bytes->data, bytes->len), ==, (int) bytes->len);
  gzclose (gz);
  return path;
}

static void
pair (const char *folder, const char *stem, const char *ending, guint32 n)
{
  g_autofree char *images = g_strdup_printf ("%s-images-idx3-ubyte%s", stem, ending);
  g_autofree char *labels = g_strdup_printf ("%s-labels-idx1-ubyte%s", stem, ending);
  g_autofree char *a = idx (folder, images, 8, 3, (guint32[]){ n, 2, 3 }, n * 6);
  g_autofree char *b = idx (folder, labels, 8, 1, (guint32[]){ n }, n);
}

static void
test_idx_pairs (void)
{
  for (guint packed = 0; packed < 2; packed++) {
    char *folder = fixture_folder ();
    guint height, width, channels;
    pair (folder, "train", packed ? ".gz" : "", 12);
    pair (folder, "t10k", packed ? "" : ".gz", 5);
    if (!packed)
      pair (folder, "train", ".gz", 12); /* the packed twin counts once */
    g_autoptr (NnDataset) set = fixture_import (folder, NULL);
    g_assert_cmpstr (nn_dataset_get_format (set), ==, "idx");
    g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 17);
    g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TRAIN, -1), ==, 12);
    g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TEST, -1), ==, 5);
    g_assert_true (nn_dataset_has_own_split (set));
    g_assert_cmpuint (nn_dataset_get_n_classes (set), ==, 12);
    g_assert_cmpstr (nn_dataset_get_class_name (set, 11), ==, "11");
    g_assert_true (nn_dataset_get_size (set, &height, &width, &channels));
    g_assert_cmpuint (height * 100 + width * 10 + channels, ==, 231);
    g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (set);
    g_assert_cmpuint (rejects->len, ==, 0);
    fixture_remove (folder);
  }
}

static void
test_idx_pixels (void)
{
  char *folder = fixture_folder ();
  pair (folder, "train", "", 4);
  pair (folder, "t10k", "", 2);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  const NnPixelSpec spec = { 2, 3, 1, NN_FIT_COVER };
  g_autoptr (NnPixels) train = nn_dataset_load_pixels (set, NN_SPLIT_TRAIN, &spec, NULL, NULL, NULL, NULL);
  g_autoptr (NnPixels) test = nn_dataset_load_pixels (set, NN_SPLIT_TEST, &spec, NULL, NULL, NULL, NULL);
  g_autoptr (NnPixels) all = nn_dataset_load_pixels (set, NN_SPLIT_ALL, &spec, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (train->n, ==, 4);
  g_assert_cmpuint (test->n, ==, 2);
  g_assert_cmpuint (all->n, ==, 6);
  for (guint i = 0; i < 24; i++)
    g_assert_cmpuint (train->data[i], ==, i);
  for (gsize i = 0; i < train->n; i++)
    g_assert_cmpint (train->labels[i], ==, (int) i);
  for (gsize i = 0; i < all->n; i++) {
    gboolean first = all->sample[i] == test->sample[0];
    if (first)
      g_assert_cmpmem (all->data + i * 6, 6, test->data, 6);
  }
  const NnPixelSpec rgb = { 4, 6, 3, NN_FIT_STRETCH };
  g_autoptr (NnPixels) larger = nn_dataset_load_pixels (set, NN_SPLIT_TRAIN, &rgb, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (larger->n, ==, 4);
  g_assert_cmpuint (larger->data[0], ==, larger->data[2]);
  fixture_remove (folder);
}

static void
assert_refused (const char *path, const char *words)
{
  g_autoptr (GError) error = NULL;
  NnDataset *set = nn_dataset_import ((const char *const[]){ path, NULL }, NULL, NULL, NULL, NULL, &error);
  g_assert_null (set);
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_idx_bad (void)
{
  char *folder = fixture_folder ();
  g_autofree char *brief = idx (folder, "a-idx3-ubyte", 8, 3, (guint32[]){ 100, 28, 28 }, 500);
  g_autofree char *brief_gz = idx (folder, "a-idx3-ubyte.gz", 8, 3, (guint32[]){ 100, 28, 28 }, 500);
  g_autofree char *huge = idx (folder, "b-idx3-ubyte", 8, 3, (guint32[]){ 0xffffffff, 4096, 4096 }, 16);
  g_autofree char *huge_gz = idx (folder, "b-idx3-ubyte.gz", 8, 3, (guint32[]){ 0xffffffff, 4096, 4096 }, 16);
  g_autofree char *overflow
      = idx (folder, "c-idx4-ubyte", 8, 4, (guint32[]){ 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, 16);
  g_autofree char *zero = idx (folder, "d-idx3-ubyte", 8, 3, (guint32[]){ 5, 0, 28 }, 16);
  g_autofree char *floats = idx (folder, "e-idx3-ubyte", 0x0d, 3, (guint32[]){ 1, 2, 2 }, 16);
  g_autofree char *unknown = idx (folder, "f-idx3-ubyte", 0x77, 3, (guint32[]){ 1, 2, 2 }, 16);
  g_autofree char *alone = idx (folder, "g-images-idx3-ubyte", 8, 3, (guint32[]){ 1, 2, 2 }, 4);
  g_autofree char *stub = fixture_file (folder, "h-idx3-ubyte", "\0\0\10\3\0\0", 6);
  assert_refused (brief, "cut short");
  assert_refused (brief_gz, "cut short");
  assert_refused (huge, "cut short");
  assert_refused (huge_gz, "cut short");
  assert_refused (overflow, "damaged");
  assert_refused (zero, "damaged");
  assert_refused (floats, "0x0d");
  assert_refused (unknown, "0x77");
  assert_refused (alone, "labels");
  assert_refused (stub, "cut short");
  assert_refused (folder, "files were looked at");
  fixture_remove (folder);
}

static void
test_idx_mismatch_and_damage (void)
{
  char *folder = fixture_folder ();
  g_autofree char *images = idx (folder, "train-images-idx3-ubyte", 8, 3, (guint32[]){ 4, 2, 2 }, 16);
  g_autofree char *labels = idx (folder, "train-labels-idx1-ubyte", 8, 1, (guint32[]){ 3 }, 3);
  assert_refused (folder, "don't belong together");
  g_autofree char *packed = idx (folder, "x-images-idx3-ubyte.gz", 8, 3, (guint32[]){ 500, 8, 8 }, 32000);
  g_autofree char *data = NULL;
  gsize n;
  g_assert_true (g_file_get_contents (packed, &data, &n, NULL));
  data[n / 2] ^= 0x55;
  g_assert_true (g_file_set_contents (packed, data, (gssize) n, NULL));
  assert_refused (packed, "damaged");
  fixture_remove (folder);
}

static void
test_mnist (void)
{
  g_autofree char *path = fixture_shared ("data/mnist");
  if (!path) {
    g_test_skip ("the shared data is not here");
    return;
  }
  gint64 start = g_get_monotonic_time ();
  g_autoptr (NnDataset) set = fixture_import (path, NULL);
  const NnPixelSpec spec = { 28, 28, 1, NN_FIT_COVER };
  g_autoptr (NnPixels) pixels = nn_dataset_load_pixels (set, NN_SPLIT_ALL, &spec, NULL, NULL, NULL, NULL);
  g_test_message ("%.3f s", (double) (g_get_monotonic_time () - start) / 1e6);
  g_assert_cmpuint (pixels->n, ==, 70000);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TEST, 7), ==, 1028);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TRAIN, 5), ==, 5421);
}

#ifdef HAVE_LIBCSV
static char *
csv (const char *folder, const char *name, const char *text)
{
  return fixture_file (folder, name, text, strlen (text));
}

static void
test_csv_quoting (void)
{
  char *folder = fixture_folder ();
  g_autofree char *a = fixture_picture (folder, "p/a, \"b\".png", "png", 4, 4, 0xff);
  g_autofree char *b = fixture_picture (folder, "p/plain.png", "png", 4, 4, 0xff);
  g_autofree char *path = csv (folder, "set.csv",
                               "\xef\xbb\xbfpath,label\r\n\"p/a, \"\"b\"\".png\",\"cat, big\"\r\n"
                               "p\\plain.png,dog\r\np/gone.png,dog\r\np/plain.png,\r\n\r\n,cat");
  g_autoptr (NnDataset) set = fixture_import (path, NULL);
  g_assert_cmpstr (nn_dataset_get_format (set), ==, "csv");
  g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 2);
  g_assert_cmpuint (nn_dataset_get_n_classes (set), ==, 2);
  g_assert_cmpstr (nn_dataset_get_class_name (set, 0), ==, "cat, big");
  g_autofree char *reason = fixture_reason (set, "gone.png");
  g_assert_nonnull (strstr (reason, "can't be read"));
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (set);
  g_assert_cmpuint (rejects->len, ==, 3);
  fixture_remove (folder);
}

static void
test_csv_columns (void)
{
  char *folder = fixture_folder ();
  g_autofree char *a = fixture_picture (folder, "a.png", "png", 4, 4, 0xff);
  g_autofree char *b = fixture_picture (folder, "b.png", "png", 4, 4, 0xff);
  g_autofree char *semicolons
      = csv (folder, "1.csv", "id;Category;file;split\n1;x;a.png;train\n2;y;b.png;valid\n3;y;b.png;??\n");
  g_autofree char *bare = csv (folder, "2.csv", "a.png,1\nb.png,2");
  g_autofree char *tabs = csv (folder, "3.tsv", "name\tkind\na.png\t1\nb.png\t2\n");
  g_autofree char *absolute_text = g_strdup_printf ("%s,1\n%s,2\n", a, b);
  g_autofree char *absolute = csv (folder, "4.csv", absolute_text);
  const char *const paths[] = { semicolons, bare, tabs, absolute };
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (NnDataset) set = fixture_import (paths[i], NULL);
    g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 2);
    g_assert_cmpuint (nn_dataset_get_n_classes (set), ==, 2);
    g_assert_cmpint (nn_dataset_has_own_split (set), ==, i == 0);
  }
  g_autofree char *empty = csv (folder, "5.csv", "");
  assert_refused (empty, "There is no picture");
  g_autofree char *unclosed = csv (folder, "6.csv", "a.png,\"1\nb.png,2\n");
  g_autoptr (NnDataset) set = fixture_import (unclosed, NULL);
  g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 1);
  fixture_remove (folder);
}
#endif

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/data/idx/pairs", test_idx_pairs);
  g_test_add_func ("/data/idx/pixels", test_idx_pixels);
  g_test_add_func ("/data/idx/bad", test_idx_bad);
  g_test_add_func ("/data/idx/mismatch-and-damage", test_idx_mismatch_and_damage);
  g_test_add_func ("/data/idx/mnist", test_mnist);
#ifdef HAVE_LIBCSV
  g_test_add_func ("/data/csv/quoting", test_csv_quoting);
  g_test_add_func ("/data/csv/columns", test_csv_columns);
#endif
  return fixture_run ();
}
