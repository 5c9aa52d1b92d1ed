/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered of the data survives the way through the file, and a folder that changed meanwhile. */
#include "config.h"

#include "../data/data-fixtures.h"
#include "session/last-data.h"

#include <glib/gstdio.h>

static const NnSplitPlan plan = { FALSE, 0.3, 0.1, 5 };

static NnDataset *
make_set (const char *folder)
{
  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < 10; i++) {
      g_autofree char *name = g_strdup_printf ("%c %%/%c%u.png", 'a' + (char) c, 'a' + (char) c, i);
      g_free (fixture_picture (folder, name, "png", 2, 2, 0xff));
    }
  NnDataset *set = fixture_import (folder, NULL);
  nn_dataset_split_by_plan (set, &plan);
  return set;
}

/* Renamed, merged, moved, left out, and with an added picture. */
static NnDataset *
edit (NnDataset *set)
{
  const guint32 moved[]
      = { (guint32) fixture_sample (set, "a1.png"), (guint32) fixture_sample (set, "b1.png") };
  const guint32 excluded[] = { (guint32) fixture_sample (set, "c3.png") };
  const guint8 pixels[4] = { 0 };
  g_autoptr (NnDataset) one = nn_dataset_rename_class (set, 2, "Größe “1”\n");
  g_autoptr (NnDataset) two = nn_dataset_move_samples (one, moved, 2, "new");
  g_autoptr (NnDataset) three = nn_dataset_exclude (two, excluded, 1, TRUE);
  return nn_dataset_add_pictures (three, 1, 2, 2, 1, pixels, (const char *const[]){ "only added" },
                                  NN_SPLIT_TRAIN, NULL);
}

static NnDataset *
round_trip (NnDataset *edited, const char *folder, NnDataset *imported)
{
  const char *const paths[] = { folder, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = pcn_last_data_format (paths, edited, &plan);
  g_autoptr (PcnLastData) last = pcn_last_data_parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (pcn_last_data_get_paths (last)[0], ==, folder);
  g_assert_null (pcn_last_data_get_paths (last)[1]);
  g_assert_cmpfloat (pcn_last_data_get_plan (last)->test_fraction, ==, 0.1);
  g_assert_cmpuint (pcn_last_data_get_plan (last)->seed, ==, 5);
  g_assert_false (pcn_last_data_get_plan (last)->own);
  return pcn_last_data_apply (last, imported);
}

static const char *
class_of (NnDataset *set, const char *name, NnSample *sample)
{
  nn_dataset_get_sample (set, (guint) fixture_sample (set, name), sample);
  return nn_dataset_get_class_name (set, sample->class_index);
}

static void
test_same (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_set (folder);
  g_autoptr (NnDataset) edited = edit (set);
  g_autoptr (NnDataset) again = fixture_import (folder, NULL);
  g_autoptr (NnDataset) found = round_trip (edited, folder, again);

  g_assert_cmpuint (nn_dataset_get_n_classes (found), ==, 4);
  for (guint i = 0; i < nn_dataset_get_n_samples (found); i++) {
    NnSample a, b;
    nn_dataset_get_sample (edited, i, &a);
    nn_dataset_get_sample (found, i, &b);
    g_assert_cmpuint (a.class_index, ==, b.class_index);
    g_assert_cmpint (a.split, ==, b.split);
    g_assert_cmpint (a.excluded, ==, b.excluded);
  }
  g_assert_cmpstr (nn_dataset_get_class_name (found, 2), ==, nn_dataset_get_class_name (edited, 2));
  fixture_remove (folder);
}

static void
test_changed_folder (void)
{
  char *folder = fixture_folder ();
  g_autoptr (NnDataset) set = make_set (folder);
  g_autoptr (NnDataset) edited = edit (set);
  g_autofree char *gone = g_build_filename (folder, "a %", "a0.png", NULL);
  NnSample sample;

  g_remove (gone);
  g_free (fixture_picture (folder, "c %/later.png", "png", 2, 2, 0xff));
  g_free (fixture_picture (folder, "d/d0.png", "png", 2, 2, 0xff));
  g_autoptr (NnDataset) again = fixture_import (folder, NULL);
  g_autoptr (NnDataset) found = round_trip (edited, folder, again);
  g_assert_cmpuint (nn_dataset_get_n_classes (found), ==, 5);
  g_assert_cmpstr (class_of (found, "a1.png", &sample), ==, "new");
  g_assert_cmpstr (class_of (found, "later.png", &sample), ==, nn_dataset_get_class_name (edited, 2));
  g_assert_cmpstr (class_of (found, "d0.png", &sample), ==, "d");
  class_of (found, "c3.png", &sample);
  g_assert_true (sample.excluded);
  g_assert_cmpuint (nn_dataset_count (found, NN_SPLIT_VAL, -1), >, 5);
  fixture_remove (folder);
}

static void
test_nonsense (void)
{
  static const char *const texts[] = { "",
                                       "{",
                                       "[]",
                                       "3",
                                       "{}",
                                       "{\"version\": 1}",
                                       "{\"version\": 2, \"paths\": [\"a\"]}",
                                       "{\"version\": {}, \"paths\": [\"a\"]}",
                                       "{\"version\": 1, \"paths\": [3, {}]}" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (pcn_last_data_parse (texts[i], &error));
    g_assert_nonnull (error);
  }
  /* What can be used is used. */
  g_autoptr (GError) error = NULL;
  g_autoptr (PcnLastData) last = pcn_last_data_parse (
      "{\"version\":1,\"paths\":[\"/"
      "x\"],\"plan\":{\"validation\":7,\"test\":\"a\"},\"moved\":{\"#0\":[]},\"split\":9}",
      &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (pcn_last_data_get_plan (last)->val_fraction, <=, 0.9);
  g_assert_true (pcn_last_data_get_plan (last)->own);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/last-data/same", test_same);
  g_test_add_func ("/last-data/changed-folder", test_changed_folder);
  g_test_add_func ("/last-data/nonsense", test_nonsense);
  return fixture_run ();
}
