/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits of a data set: each gives a new one, and the old one, which threads may be reading, stays as it was.
 */
#include <string.h>

#include "base/error.h"
#include "data-fixtures.h"
#include "data/edit.h"
#include "data/pixels.h"

#define PIXELS_28 (28 * 28)

/* Classes "a" of 6 and "b" of 4 pictures, and "c" of 2. */
static NnDataset *
make_set (const char *folder)
{
  static const struct {
    const char *name;
    guint n;
  } classes[] = { { "a", 6 }, { "b", 4 }, { "c", 2 } };
  for (gsize c = 0; c < G_N_ELEMENTS (classes); c++)
    for (guint i = 0; i < classes[c].n; i++) {
      g_autofree char *name = g_strdup_printf ("%s/%s%u.png", classes[c].name, classes[c].name, i);
      g_free (fixture_picture (folder, name, "png", 2, 2, c == 0 ? 0xff0000ff : 0xffffffff));
    }
  return fixture_import (folder, NULL);
}

static void
assert_counts (NnDataset *set, guint a, guint b, guint c)
{
  const guint wanted[] = { a, b, c };
  g_assert_cmpuint (nn_dataset_get_n_classes (set), ==, 3);
  for (int i = 0; i < 3; i++)
    g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_ALL, i), ==, wanted[i]);
}

static guint
class_of (NnDataset *set, const char *name)
{
  NnSample sample;
  nn_dataset_get_sample (set, (guint) fixture_sample (set, name), &sample);
  return sample.class_index;
}

static void
test_exclude (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_set (folder);
  const guint32 samples[]
      = { (guint32) fixture_sample (set, "a1.png"), (guint32) fixture_sample (set, "c0.png") };
  g_autoptr (NnDataset) less = nn_dataset_exclude (set, samples, 2, TRUE);
  assert_counts (set, 6, 4, 2);
  assert_counts (less, 5, 4, 1);
  g_assert_cmpuint (nn_dataset_get_n_samples (less), ==, 12);
  g_autoptr (GArray) tally = nn_dataset_tally (less);
  g_assert_cmpuint (g_array_index (tally, NnTally, 0).excluded, ==, 1);
  g_assert_cmpuint (g_array_index (tally, NnTally, 0).n[NN_SPLIT_ALL], ==, 5);
  g_assert_cmpuint (g_array_index (tally, NnTally, 1).excluded, ==, 0);

  /* Splits and pixels go without them. */
  nn_dataset_split_stratified (less, 0.2, 0, 1);
  g_autoptr (GArray) indices = nn_dataset_get_split (less, NN_SPLIT_ALL);
  g_assert_cmpuint (indices->len, ==, 10);
  const NnPixelSpec spec = { 2, 2, 1, NN_FIT_COVER };
  g_autoptr (GError) error = NULL;
  g_autoptr (NnPixels) pixels = nn_dataset_load_pixels (less, NN_SPLIT_ALL, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels->n, ==, 10);
  for (gsize i = 0; i < pixels->n; i++)
    g_assert_true (pixels->sample[i] != samples[0] && pixels->sample[i] != samples[1]);

  g_autoptr (NnDataset) again = nn_dataset_exclude (less, samples, 1, FALSE);
  assert_counts (again, 6, 4, 1);
  fixture_remove (folder);
}

static void
test_rename (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_set (folder);
  g_autoptr (NnDataset) renamed = nn_dataset_rename_class (set, 1, "birds & <b>");
  assert_counts (renamed, 6, 4, 2);
  g_assert_cmpstr (nn_dataset_get_class_name (renamed, 1), ==, "birds & <b>");
  g_assert_cmpstr (nn_dataset_get_class_name (set, 1), ==, "b");

  /* To a name that is there: merged; the later classes move up. */
  g_autoptr (NnDataset) merged = nn_dataset_rename_class (renamed, 0, "birds & <b>");
  g_assert_cmpuint (nn_dataset_get_n_classes (merged), ==, 2);
  g_assert_cmpuint (nn_dataset_count (merged, NN_SPLIT_ALL, 0), ==, 10);
  g_assert_cmpuint (class_of (merged, "a0.png"), ==, 0);
  g_assert_cmpuint (class_of (merged, "b0.png"), ==, 0);
  g_assert_cmpuint (class_of (merged, "c0.png"), ==, 1);
  g_assert_cmpstr (nn_dataset_get_class_name (merged, 1), ==, "c");

  /* And back, by what the comparison says. */
  g_autoptr (GArray) back = nn_dataset_compare (merged, set);
  g_auto (GStrv) names = nn_dataset_dup_class_names (set);
  g_autoptr (NnDataset) undone = nn_dataset_edit (merged, (const char *const *) names,
                                                  (NnSampleEdit *) (void *) back->data, back->len);
  assert_counts (undone, 6, 4, 2);
  g_autoptr (GArray) none = nn_dataset_compare (undone, set);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpstr (nn_dataset_get_class_name (undone, 0), ==, "a");
  fixture_remove (folder);
}

static void
test_move (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_set (folder);
  const guint32 samples[]
      = { (guint32) fixture_sample (set, "a0.png"), (guint32) fixture_sample (set, "b0.png") };
  g_autoptr (NnDataset) moved = nn_dataset_move_samples (set, samples, 2, "c");
  assert_counts (moved, 5, 3, 4);
  g_autoptr (NnDataset) fourth = nn_dataset_move_samples (moved, samples, 2, "new");
  g_assert_cmpuint (nn_dataset_get_n_classes (fourth), ==, 4);
  g_assert_cmpuint (nn_dataset_count (fourth, NN_SPLIT_ALL, 3), ==, 2);
  g_assert_cmpint (nn_dataset_find_class (fourth, "new"), ==, 3);
  g_assert_cmpint (nn_dataset_find_class (moved, "new"), ==, -1);

  /* The labels of the pixels follow. */
  const NnPixelSpec spec = { 2, 2, 3, NN_FIT_COVER };
  g_autoptr (GError) error = NULL;
  g_autoptr (NnPixels) pixels
      = nn_dataset_load_pixels (fourth, NN_SPLIT_ALL, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pixels->labels[samples[0]], ==, 3);
  fixture_remove (folder);
}

static void
test_warnings (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_set (folder);
  g_auto (GStrv) before = nn_dataset_get_warnings (set);
  g_autoptr (NnDataset) same = nn_dataset_edit (set, NULL, NULL, 0);
  g_auto (GStrv) after = nn_dataset_get_warnings (same);
  g_assert_true (g_strv_equal ((const char *const *) before, (const char *const *) after));
  const guint32 samples[]
      = { (guint32) fixture_sample (set, "c0.png"), (guint32) fixture_sample (set, "c1.png") };
  g_autoptr (NnDataset) less = nn_dataset_exclude (same, samples, 2, TRUE);
  g_auto (GStrv) last = nn_dataset_get_warnings (less);
  g_autofree char *text = g_strjoinv ("\n", last);
  g_assert_nonnull (strstr (text, "“c” is empty"));
  fixture_remove (folder);
}

static void
test_split_plan (void)
{
  char *folder = fixture_folder ();
  static const char *const names[] = { "train/x/0.png", "train/x/1.png", "train/x/2.png",
                                       "train/x/3.png", "test/x/4.png",  "train/y/5.png" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (fixture_picture (folder, names[i], "png", 2, 2, 0xff));
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  const NnSplitPlan anew = { FALSE, 0.4, 0.2, 3 }, own = { TRUE, 0.25, 0.5, 3 };
  g_autoptr (NnDataset) dealt = nn_dataset_with_split (set, &anew);
  g_assert_cmpuint (nn_dataset_count (dealt, NN_SPLIT_VAL, -1), ==, 2);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_VAL, -1), ==, 0);
  g_autoptr (NnDataset) back = nn_dataset_with_split (dealt, &own);
  NnSample sample;
  nn_dataset_get_sample (back, (guint) fixture_sample (back, "4.png"), &sample);
  g_assert_cmpint (sample.split, ==, NN_SPLIT_TEST);
  g_assert_cmpuint (nn_dataset_count (back, NN_SPLIT_TEST, -1), ==, 1);
  g_assert_cmpuint (nn_dataset_count (back, NN_SPLIT_VAL, -1), ==, 1);
  fixture_remove (folder);
}

/* What a slider tells is what comes. */
static void
test_preview_split (void)
{
  char *folder = fixture_folder ();
  for (guint i = 0; i < 23; i++) {
    g_autofree char *a = g_strdup_printf ("%s/x/%u.png", i < 15 ? "train" : "test", i);
    g_autofree char *b = g_strdup_printf ("train/y/%u.png", i % 7);
    g_free (fixture_picture (folder, a, "png", 2, 2, 0xff));
    g_free (fixture_picture (folder, b, "png", 2, 2, 0xff));
  }
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  const guint32 excluded[] = { 0, 3 };
  g_autoptr (NnDataset) less = nn_dataset_exclude (set, excluded, 2, TRUE);
  for (guint k = 0; k < 24; k++) {
    const NnSplitPlan plan = { k % 2, (k % 4) * 0.2, (k % 3) * 0.15, k };
    guint n[3];
    nn_dataset_preview_split (less, &plan, n);
    g_autoptr (NnDataset) split = nn_dataset_with_split (less, &plan);
    for (guint i = 0; i < 3; i++)
      g_assert_cmpuint (n[i], ==, nn_dataset_count (split, (NnSplit) i, -1));
  }
  fixture_remove (folder);
}

static void
test_add_to_files (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_set (folder);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *pixels = g_malloc (2 * PIXELS_28);
  memset (pixels, 200, PIXELS_28);
  memset (pixels + PIXELS_28, 10, PIXELS_28);
  g_autoptr (NnDataset) more = nn_dataset_add_pictures (
      set, 2, 28, 28, 1, pixels, (const char *const[]){ "b", "z" }, NN_SPLIT_TRAIN, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nn_dataset_get_n_samples (more), ==, 14);
  g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 12);
  g_assert_cmpuint (nn_dataset_get_n_classes (more), ==, 4);
  g_assert_cmpuint (nn_dataset_count (more, NN_SPLIT_ALL, 1), ==, 5);

  const NnPixelSpec spec = { 2, 2, 3, NN_FIT_COVER };
  g_autoptr (NnPixels) loaded
      = nn_dataset_load_pixels (more, NN_SPLIT_TRAIN, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (loaded->n, ==, 14);
  g_assert_cmpint (loaded->labels[13], ==, 3);
  for (guint i = 0; i < 12; i++) {
    g_assert_cmpuint (loaded->data[12 * 12 + i], ==, 200);
    g_assert_cmpuint (loaded->data[13 * 12 + i], ==, 10);
  }
  for (guint sample = 0; sample < 14; sample++) {
    guint8 one[12];
    g_assert_true (nn_dataset_load_sample (more, sample, &spec, one, &error));
    g_assert_cmpmem (one, 12, loaded->data + 12 * sample, 12);
  }

  /* Taken back they are excluded, and come again as they were. */
  g_autoptr (GArray) undo = nn_dataset_compare (more, set), redo = nn_dataset_compare (set, more);
  g_assert_cmpuint (undo->len, ==, 2);
  g_auto (GStrv) names = nn_dataset_dup_class_names (set);
  g_autoptr (NnDataset) undone
      = nn_dataset_edit (more, (const char *const *) names, (NnSampleEdit *) (void *) undo->data, undo->len);
  assert_counts (undone, 6, 4, 2);
  g_auto (GStrv) more_names = nn_dataset_dup_class_names (more);
  g_autoptr (NnDataset) redone = nn_dataset_edit (undone, (const char *const *) more_names,
                                                  (NnSampleEdit *) (void *) redo->data, redo->len);
  g_assert_cmpuint (nn_dataset_count (redone, NN_SPLIT_ALL, 3), ==, 1);
  fixture_remove (folder);
}

/* An IDX set of three pictures of 4 x 4: each of one value. */
static NnDataset *
make_idx (const char *folder)
{
  guint8 images[16 + 3 * 16] = { 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 4 };
  const guint8 labels[8 + 3] = { 0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 0 };
  for (guint i = 0; i < 3; i++)
    memset (images + 16 + i * 16, (int) (i + 1) * 50, 16);
  g_free (fixture_file (folder, "train-images-idx3-ubyte", images, sizeof images));
  g_free (fixture_file (folder, "train-labels-idx1-ubyte", labels, sizeof labels));
  return fixture_import (folder, NULL);
}

static void
test_add_to_memory (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_idx (folder);
  g_autoptr (GError) error = NULL;
  guint8 pixels[PIXELS_28];
  memset (pixels, 99, sizeof pixels);
  g_autoptr (NnDataset) more = nn_dataset_add_pictures (set, 1, 28, 28, 1, pixels,
                                                        (const char *const[]){ "1" }, NN_SPLIT_VAL, &error);
  g_assert_no_error (error);
  guint height, width, channels;
  g_assert_true (nn_dataset_get_size (more, &height, &width, &channels));
  g_assert_cmpuint (height, ==, 4);
  const NnPixelSpec spec = { 4, 4, 1, NN_FIT_COVER };
  g_autoptr (NnPixels) loaded = nn_dataset_load_pixels (more, NN_SPLIT_ALL, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (loaded->n, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (loaded->data[16 * i], ==, i < 3 ? (i + 1) * 50 : 99);
  g_assert_cmpint (loaded->labels[3], ==, 1);
  g_assert_cmpuint (nn_dataset_count (more, NN_SPLIT_VAL, 1), ==, 1);
  g_assert_null (nn_dataset_add_pictures (set, 1, 28, 28, 2, pixels, (const char *const[]){ "1" },
                                          NN_SPLIT_VAL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  fixture_remove (folder);
}

/* The original may go first; what a thread finds out about it comes along. */
static void
test_sharing (void)
{
  char *folder = fixture_folder ();
  NnDataset *set = make_set (folder);
  g_autofree char *bad = fixture_file (folder, "b/b9.png", "\x89PNG\r\n\x1a\nno more", 15);
  nn_dataset_unref (set);
  set = fixture_import (folder, NULL);
  int index = fixture_sample (set, "b9.png");
  g_assert_cmpint (index, >=, 0);
  NnDataset *edit = nn_dataset_rename_class (set, 0, "x");
  g_autoptr (GError) error = NULL;
  g_assert_true (nn_dataset_verify (set, NULL, NULL, NULL, &error));
  g_assert_cmpuint (nn_dataset_count (edit, NN_SPLIT_ALL, 1), ==, 5);
  nn_dataset_adopt_rejects (edit, set);
  nn_dataset_adopt_rejects (edit, set);
  nn_dataset_unref (set);
  g_assert_cmpuint (nn_dataset_count (edit, NN_SPLIT_ALL, 1), ==, 4);
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (edit);
  g_assert_cmpuint (rejects->len, ==, 1);
  g_autoptr (NnDataset) next = nn_dataset_rename_class (edit, 0, "y");
  nn_dataset_unref (edit);
  g_assert_cmpuint (nn_dataset_count (next, NN_SPLIT_ALL, 1), ==, 4);
  g_assert_cmpint (fixture_sample (next, "a0.png"), >=, 0);
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/data/edit/exclude", test_exclude);
  g_test_add_func ("/data/edit/rename", test_rename);
  g_test_add_func ("/data/edit/move", test_move);
  g_test_add_func ("/data/edit/warnings", test_warnings);
  g_test_add_func ("/data/edit/split-plan", test_split_plan);
  g_test_add_func ("/data/edit/preview-split", test_preview_split);
  g_test_add_func ("/data/edit/add-to-files", test_add_to_files);
  g_test_add_func ("/data/edit/add-to-memory", test_add_to_memory);
  g_test_add_func ("/data/edit/sharing", test_sharing);
  return fixture_run ();
}
