/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The undo stack of the data's edits. */
#include "config.h"

#include "../data/data-fixtures.h"
#include "session/edits.h"

#include <string.h>

static const NnSplitPlan plan = { TRUE, 0.2, 0, 1 };

typedef struct {
  char *folder;
  PcnEdits *edits;
  guint n_changed, n_done;
  char *last;
} Fixture;

static void
on_changed (Fixture *f)
{
  f->n_changed++;
}

static void
on_done (Fixture *f, const char *text)
{
  f->n_done++;
  g_free (f->last);
  f->last = g_strdup (text);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = fixture_folder ();
  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < 10; i++) {
      g_autofree char *name = g_strdup_printf ("%c/%c%u.png", 'a' + (char) c, 'a' + (char) c, i);
      g_free (fixture_picture (f->folder, name, "png", 2, 2, 0xff));
    }
  g_autoptr (NnDataset) set = fixture_import (f->folder, NULL);
  nn_dataset_split_by_plan (set, &plan);
  f->edits = pcn_edits_new ();
  pcn_edits_reset (f->edits, set, &plan);
  g_signal_connect_swapped (f->edits, "changed", G_CALLBACK (on_changed), f);
  g_signal_connect_swapped (f->edits, "done", G_CALLBACK (on_done), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->edits);
  fixture_remove (f->folder);
  g_free (f->last);
}

/* Classes, counts, splits and exclusions in one string. */
static char *
print (Fixture *f)
{
  NnDataset *set = pcn_edits_get_dataset (f->edits);
  GString *text = g_string_new (NULL);

  for (guint c = 0; c < nn_dataset_get_n_classes (set); c++)
    g_string_append_printf (text, "%s ", nn_dataset_get_class_name (set, c));
  for (guint i = 0; i < nn_dataset_get_n_samples (set); i++) {
    NnSample sample;
    nn_dataset_get_sample (set, i, &sample);
    g_string_append_printf (text, "%u%u%s", sample.class_index, sample.split, sample.excluded ? "x " : " ");
  }
  return g_string_free (text, FALSE);
}

static void
test_back_and_forth (Fixture *f, gconstpointer data)
{
  const guint32 some[] = { 3, 12, 25 };
  const NnSplitPlan other = { FALSE, 0.3, 0.2, 9 };
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (states, print (f));
  pcn_edits_exclude (f->edits, some, 3);
  g_assert_cmpstr (f->last, ==, "3 pictures excluded");
  g_ptr_array_add (states, print (f));
  pcn_edits_restore (f->edits, some, 1);
  g_assert_cmpstr (f->last, ==, "1 picture restored");
  g_ptr_array_add (states, print (f));
  pcn_edits_move (f->edits, some, 2, "new one");
  g_ptr_array_add (states, print (f));
  pcn_edits_rename (f->edits, 0, "b");
  g_assert_cmpstr (f->last, ==, "“a” merged into “b”");
  g_ptr_array_add (states, print (f));
  pcn_edits_rename (f->edits, 0, "z");
  g_assert_cmpstr (f->last, ==, "“b” renamed to “z”");
  g_ptr_array_add (states, print (f));
  pcn_edits_split (f->edits, &other);
  g_assert_cmpfloat (pcn_edits_get_plan (f->edits)->val_fraction, ==, 0.3);
  g_ptr_array_add (states, print (f));
  const guint8 pixels[4] = { 1, 2, 3, 4 };
  g_autoptr (GError) error = NULL;
  g_assert_true (pcn_edits_add_pictures (f->edits, 1, 2, 2, 1, pixels, (const char *const[]){ "z" },
                                         NN_SPLIT_TRAIN, &error));
  g_assert_no_error (error);
  g_ptr_array_add (states, print (f));
  g_assert_cmpuint (f->n_done, ==, 7);

  /* All the way back; what was added is still there, but left out. */
  for (guint i = states->len - 1; i-- > 0;) {
    pcn_edits_undo (f->edits);
    g_autofree char *now = print (f);
    g_assert_true (g_str_has_prefix (now, g_ptr_array_index (states, i)));
  }
  g_assert_false (pcn_edits_get_can_undo (f->edits));
  g_assert_cmpfloat (pcn_edits_get_plan (f->edits)->val_fraction, ==, 0.2);
  for (guint i = 1; i < states->len; i++) {
    pcn_edits_redo (f->edits);
    g_autofree char *now = print (f);
    g_assert_true (g_str_has_prefix (now, g_ptr_array_index (states, i)));
  }
  g_assert_false (pcn_edits_get_can_redo (f->edits));
  g_assert_cmpuint (f->n_done, ==, 7);
  g_assert_cmpuint (f->n_changed, ==, 21);
}

static void
test_new_edit_forgets_redo (Fixture *f, gconstpointer data)
{
  const guint32 one[] = { 0 }, two[] = { 1 };
  g_autofree char *text = NULL;

  pcn_edits_exclude (f->edits, one, 1);
  pcn_edits_undo (f->edits);
  g_assert_true (pcn_edits_get_can_redo (f->edits));
  pcn_edits_exclude (f->edits, two, 1);
  g_assert_false (pcn_edits_get_can_redo (f->edits));
  g_object_get (f->edits, "undo-text", &text, NULL);
  g_assert_cmpstr (text, ==, "1 picture excluded");
  /* Nothing to do is nothing to undo. */
  pcn_edits_exclude (f->edits, NULL, 0);
  pcn_edits_rename (f->edits, 1, "b");
  pcn_edits_undo (f->edits);
  g_assert_false (pcn_edits_get_can_undo (f->edits));
}

static void
test_many (Fixture *f, gconstpointer data)
{
  const guint32 one[] = { 0 };

  for (guint i = 0; i < 300; i++)
    if (i % 2 == 0)
      pcn_edits_exclude (f->edits, one, 1);
    else
      pcn_edits_restore (f->edits, one, 1);
  guint n = 0;
  for (; pcn_edits_get_can_undo (f->edits); n++)
    pcn_edits_undo (f->edits);
  g_assert_cmpuint (n, ==, 200);
}

static void
test_reset (Fixture *f, gconstpointer data)
{
  const guint32 one[] = { 0 };
  g_autoptr (NnDataset) set = nn_dataset_ref (pcn_edits_get_dataset (f->edits));

  pcn_edits_exclude (f->edits, one, 1);
  pcn_edits_reset (f->edits, set, &plan);
  g_assert_false (pcn_edits_get_can_undo (f->edits));
  g_assert_true (pcn_edits_get_dataset (f->edits) == set);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add ("/edits/back-and-forth", Fixture, NULL, set_up, test_back_and_forth, tear_down);
  g_test_add ("/edits/new-edit-forgets-redo", Fixture, NULL, set_up, test_new_edit_forgets_redo, tear_down);
  g_test_add ("/edits/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/edits/reset", Fixture, NULL, set_up, test_reset, tear_down);
  return fixture_run ();
}
