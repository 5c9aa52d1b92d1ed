/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "data-fixtures.h"
#include "data/pixels.h"

/* Classes of 50, 20, 3, 1 pictures; the smallest one is a picture by itself. */
static const struct {
  const char *name;
  guint n;
} classes[] = { { "a", 50 }, { "b", 20 }, { "c", 3 }, { "d", 1 } };

static NnDataset *
make_set (const char *folder)
{
  for (gsize c = 0; c < G_N_ELEMENTS (classes); c++)
    for (guint i = 0; i < classes[c].n; i++) {
      g_autofree char *name = g_strdup_printf ("%s/%u.png", classes[c].name, i);
      g_autofree char *path = fixture_picture (folder, name, "png", 2, 2, 0xff);
    }
  return fixture_import (folder, NULL);
}

static void
assert_counts (NnDataset *set, NnSplit split, const guint expected[4])
{
  guint sum = 0;
  for (int c = 0; c < 4; c++) {
    g_assert_cmpuint (nn_dataset_count (set, split, c), ==, expected[c]);
    sum += expected[c];
  }
  g_autoptr (GArray) indices = nn_dataset_get_split (set, split);
  g_assert_cmpuint (indices->len, ==, sum);
  g_assert_cmpuint (nn_dataset_count (set, split, -1), ==, sum);
}

static void
test_exact (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_set (folder);
  assert_counts (set, NN_SPLIT_TRAIN, (guint[]){ 50, 20, 3, 1 });
  nn_dataset_split_stratified (set, 0.2, 0.1, 7);
  assert_counts (set, NN_SPLIT_VAL, (guint[]){ 10, 4, 1, 0 });
  assert_counts (set, NN_SPLIT_TEST, (guint[]){ 5, 2, 1, 0 });
  assert_counts (set, NN_SPLIT_TRAIN, (guint[]){ 35, 14, 1, 1 });
  nn_dataset_split_stratified (set, 0.5, 0, 7);
  assert_counts (set, NN_SPLIT_VAL, (guint[]){ 25, 10, 2, 0 });
  assert_counts (set, NN_SPLIT_TEST, (guint[]){ 0, 0, 0, 0 });
  fixture_remove (folder);
}

static guint64
fingerprint (NnDataset *set)
{
  guint64 bits = 0;
  for (guint i = 0; i < nn_dataset_get_n_samples (set); i++) {
    NnSample sample;
    nn_dataset_get_sample (set, i, &sample);
    bits = bits * 31 + sample.split;
  }
  return bits;
}

static void
test_seed (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) one = make_set (folder);
  g_autoptr (NnDataset) two = fixture_import (folder, NULL);
  nn_dataset_split_stratified (one, 0.2, 0, 1);
  nn_dataset_split_stratified (two, 0.2, 0, 2);
  g_assert_cmpuint (fingerprint (one), !=, fingerprint (two));
  nn_dataset_split_stratified (two, 0.3, 0.3, 9);
  nn_dataset_split_stratified (two, 0.2, 0, 1);
  g_assert_cmpuint (fingerprint (one), ==, fingerprint (two));
  fixture_remove (folder);
}

static void
test_default (void)
{
  char *folder = fixture_folder ();
  for (guint i = 0; i < 20; i++) {
    g_autofree char *train = g_strdup_printf ("train/x/%u.png", i),
                    *test = g_strdup_printf ("test/x/%u.png", i);
    g_autofree char *a = fixture_picture (folder, train, "png", 2, 2, 0xff);
    g_autofree char *b = i < 5 ? fixture_picture (folder, test, "png", 2, 2, 0xff) : NULL;
  }
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  nn_dataset_split_default (set, 0.25, 3);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TRAIN, -1), ==, 15);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_VAL, -1), ==, 5);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TEST, -1), ==, 5);
  nn_dataset_split_default (set, 0.5, 3);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_VAL, -1), ==, 5);
  nn_dataset_split_carve (set, NN_SPLIT_VAL, NN_SPLIT_TRAIN, 1, 3);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_VAL, -1), ==, 0);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TRAIN, -1), ==, 20);
  fixture_remove (folder);
}

static void
test_combine (void)
{
  char *folder = fixture_folder ();
  static const char *const names[]
      = { "one/cat/a.png", "one/dog/b.png", "two/dog/c.png", "three/cow/d.png", "two/dog/bad.png" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (fixture_picture (folder, names[i], "png", 2, 2, 0xff));
  g_autofree char *one_path = g_build_filename (folder, "one", NULL);
  g_autofree char *two_path = g_build_filename (folder, "two", NULL);
  g_autofree char *three_path = g_build_filename (folder, "three", NULL);
  g_autofree char *bad = fixture_file (folder, "two/dog/bad.png", "no", 2);
  g_autoptr (NnDataset) one = fixture_import (one_path, NULL), two = fixture_import (two_path, NULL);
  g_autoptr (NnDataset) three = fixture_import (three_path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NnDataset) both = nn_dataset_combine (one, two, NN_SPLIT_VAL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nn_dataset_count (both, NN_SPLIT_TRAIN, -1), ==, 2);
  g_assert_cmpuint (nn_dataset_count (both, NN_SPLIT_VAL, 1), ==, 1);
  g_autofree char *reason = fixture_reason (both, "bad.png");
  g_assert_nonnull (reason);
  const NnPixelSpec spec = { 2, 2, 1, NN_FIT_COVER };
  g_autoptr (NnPixels) pixels = nn_dataset_load_pixels (both, NN_SPLIT_VAL, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels->n, ==, 1);
  g_assert_cmpint (pixels->labels[0], ==, 1);
  g_assert_null (nn_dataset_combine (one, three, NN_SPLIT_VAL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  fixture_remove (folder);
}

static void
test_match_classes (void)
{
  char *folder = fixture_folder ();
  g_autofree char *a = fixture_picture (folder, "cat/a.png", "png", 2, 2, 0xff);
  g_autofree char *b = fixture_picture (folder, "dog/b.png", "png", 2, 2, 0xff);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (nn_dataset_match_classes (set, (const char *const[]){ "dog", "cow", "cat", NULL }, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (nn_dataset_get_n_classes (set), ==, 3);
  NnSample sample;
  nn_dataset_get_sample (set, (guint) fixture_sample (set, "a.png"), &sample);
  g_assert_cmpuint (sample.class_index, ==, 2);
  g_assert_false (nn_dataset_match_classes (set, (const char *const[]){ "dog", "cow", NULL }, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/data/split/exact", test_exact);
  g_test_add_func ("/data/split/seed", test_seed);
  g_test_add_func ("/data/split/default", test_default);
  g_test_add_func ("/data/split/combine", test_combine);
  g_test_add_func ("/data/split/match-classes", test_match_classes);
  return fixture_run ();
}
