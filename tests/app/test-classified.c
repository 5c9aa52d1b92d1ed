/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables for spreadsheets, and the rows of classified pictures: how they are written, sorted and filtered. */
#include "config.h"

#include "session/classified.h"
#include "session/csv.h"

#include <glib/gstdio.h>
#include <math.h>

static const char *const classes[] = { "cat", "dog, big", "=cow", NULL };

static void
test_csv (void)
{
  g_autoptr (GString) csv = g_string_new (NULL);

  pcn_csv_add_text (csv, "plain");
  pcn_csv_add_text (csv, "with, comma");
  pcn_csv_add_text (csv, "with \"quotes\"");
  pcn_csv_add_text (csv, "two\nlines");
  pcn_csv_add_text (csv, "");
  pcn_csv_end_row (csv);
  pcn_csv_add_text (csv, "");
  pcn_csv_add_number (csv, 0.5, 3);
  pcn_csv_add_number (csv, NAN, 3);
  pcn_csv_add_number (csv, -2, 0);
  pcn_csv_add_count (csv, 12345);
  pcn_csv_end_row (csv);
  pcn_csv_add_number (csv, INFINITY, 3);
  pcn_csv_add_count (csv, 0);
  pcn_csv_end_row (csv);
  g_assert_cmpstr (csv->str, ==,
                   "plain,\"with, comma\",\"with \"\"quotes\"\"\",\"two\nlines\",\"\"\r\n"
                   "\"\",0.500,\"\",-2,12345\r\n"
                   "\"\",0\r\n");
}

static void
test_formulas (void)
{
  const char *const dangerous[] = { "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=\"a\",b" };

  for (guint i = 0; i < G_N_ELEMENTS (dangerous); i++) {
    g_autoptr (GString) csv = g_string_new (NULL);
    pcn_csv_add_text (csv, dangerous[i]);
    g_assert_true (g_str_has_prefix (csv->str, "\"'"));
    g_assert_true (g_str_has_suffix (csv->str, "\""));
  }
  g_autoptr (GString) harmless = g_string_new (NULL);
  pcn_csv_add_text (harmless, "a=b");
  g_assert_cmpstr (harmless->str, ==, "a=b");
}

static PcnClassified *
make (const char *path, float cat, float dog, float cow)
{
  const float probabilities[] = { cat, dog, cow };
  return pcn_classified_new (path, classes, probabilities);
}

static void
test_row (void)
{
  g_autoptr (PcnClassified) row = make ("/a/Tom.png", 0.2f, 0.7f, 0.1f);
  g_autofree char *name = NULL, *class_name = NULL, *runner_up = NULL;
  double probability, second;
  gboolean readable;

  g_object_get (row, "name", &name, "class-name", &class_name, "runner-up", &runner_up, "probability",
                &probability, "runner-up-probability", &second, "readable", &readable, NULL);
  g_assert_cmpstr (name, ==, "Tom.png");
  g_assert_cmpstr (class_name, ==, "dog, big");
  g_assert_cmpstr (runner_up, ==, "cat");
  g_assert_cmpfloat_with_epsilon (probability, 0.7, 1e-6);
  g_assert_cmpfloat_with_epsilon (second, 0.2, 1e-6);
  g_assert_true (readable);
  g_assert_cmpint (pcn_classified_get_class (row), ==, 1);
  g_assert_null (pcn_classified_get_reason (row));

  /* Below every readable one, whatever the order. */
  g_autoptr (PcnClassified) bad = pcn_classified_new_unreadable ("/a/b\xff.png", "Nothing there.");
  guint n;
  g_object_get (bad, "probability", &probability, "readable", &readable, NULL);
  g_assert_cmpfloat (probability, <, 0);
  g_assert_false (readable);
  g_assert_null (pcn_classified_get_probabilities (bad, &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (pcn_classified_get_class (bad), ==, PCN_CLASSIFIED_UNREADABLE);
}

static gboolean
matches (PcnClassified *row, const char *text, int class_index)
{
  return pcn_classified_matches (row, &(PcnClassifiedFilter){ text, class_index, -1, 2 });
}

static void
test_filter (void)
{
  g_autoptr (PcnClassified) row = make ("/Cats/Müller.png", 0.2f, 0.7f, 0.1f);
  g_autoptr (PcnClassified) bad = pcn_classified_new_unreadable ("/a/b.png", "Nothing there.");

  g_assert_true (matches (row, "", PCN_CLASSIFIED_ANY));
  g_assert_true (matches (row, "MÜLL", PCN_CLASSIFIED_ANY));
  g_assert_true (matches (row, "DOG", 1));
  g_assert_false (matches (row, "cats", PCN_CLASSIFIED_ANY)); /* of a folder */
  g_assert_false (matches (row, "", 0));
  g_assert_false (matches (row, "", PCN_CLASSIFIED_UNREADABLE));
  g_assert_false (matches (row, "", PCN_CLASSIFIED_UNKNOWN));
  g_assert_true (matches (bad, "b.", PCN_CLASSIFIED_UNREADABLE));
  g_assert_false (matches (bad, "dog", PCN_CLASSIFIED_ANY));

  const PcnClassifiedFilter unsure = { "", PCN_CLASSIFIED_ANY, 0, (double) 0.7f }, sure = { "", PCN_CLASSIFIED_ANY, (double) 0.7f, 2 };
  g_assert_false (pcn_classified_matches (row, &unsure) && pcn_classified_matches (row, &sure));
  g_assert_true (pcn_classified_matches (row, &sure));
  g_assert_false (pcn_classified_matches (bad, &unsure));
  g_assert_false (pcn_classified_matches (bad, &sure));
}

static void
test_filter_entries (void)
{
  PcnClassifiedFilter filter;

  pcn_classified_filter_init (&filter, "x", 0, 0);
  g_assert_cmpint (filter.class_index, ==, PCN_CLASSIFIED_ANY);
  g_assert_cmpfloat (filter.low, <, 0);
  pcn_classified_filter_init (&filter, "", 1, 2);
  g_assert_cmpint (filter.class_index, ==, PCN_CLASSIFIED_UNKNOWN);
  g_assert_cmpfloat (filter.low, ==, 0.5);
  g_assert_cmpfloat (filter.high, ==, 0.9);
  pcn_classified_filter_init (&filter, "", 3, 1);
  g_assert_cmpint (filter.class_index, ==, 0);
  g_assert_cmpfloat (filter.low, ==, 0.9);
  g_assert_cmpfloat (filter.high, >, 1);
  pcn_classified_filter_init (&filter, "", G_MAXUINT, G_MAXUINT);
  g_assert_cmpint (filter.class_index, ==, PCN_CLASSIFIED_ANY);
  g_assert_cmpfloat (filter.low, <, 0);
}

static void
count_notify (GObject *object, GParamSpec *pspec, gpointer data)
{
  ++*(guint *) data;
}

static void
test_trust (void)
{
  const float scaled[] = { 0.35f, 0.4f, 0.25f };
  g_autoptr (PcnClassified) row = make ("/a/x.png", 0.2f, 0.7f, 0.1f);
  g_autoptr (PcnClassified) bad = pcn_classified_new_unreadable ("/b", "Nothing there.");
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  g_autofree char *class_name = NULL, *runner_up = NULL;
  double probability, second;
  guint n_notified = 0;

  g_signal_connect (row, "notify::class-name", G_CALLBACK (count_notify), &n_notified);
  g_assert_false (pcn_classified_set_trust (row, NULL, 0.5));
  g_assert_cmpuint (n_notified, ==, 0);
  g_assert_true (pcn_classified_set_trust (row, NULL, 0.8));
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_true (pcn_classified_get_unknown (row));
  g_assert_cmpint (pcn_classified_get_class (row), ==, 1);
  g_object_get (row, "class-name", &class_name, "runner-up", &runner_up, "probability", &probability,
                "runner-up-probability", &second, NULL);
  g_assert_cmpstr (class_name, ==, "Unknown");
  g_assert_cmpstr (runner_up, ==, "dog, big");
  g_assert_cmpfloat (probability, ==, second);
  g_assert_true (matches (row, "", PCN_CLASSIFIED_UNKNOWN));
  g_assert_false (matches (row, "", 1));
  g_assert_true (matches (row, "unkn", PCN_CLASSIFIED_ANY));

  /* Just as sure as wanted is sure enough; other probabilities leave the first ones where they were. */
  g_assert_true (pcn_classified_set_trust (row, scaled, (double) 0.4f));
  g_assert_false (pcn_classified_get_unknown (row));
  guint n;
  g_assert_cmpfloat (pcn_classified_get_probabilities (row, &n)[1], ==, 0.4f);
  g_assert_cmpfloat (pcn_classified_get_raw (row)[1], ==, 0.7f);
  g_assert_false (pcn_classified_set_trust (bad, NULL, 1));
  g_assert_false (pcn_classified_get_unknown (bad));

  pcn_classified_set_trust (row, NULL, 0.41);
  g_ptr_array_add (rows, row);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_ptr_array_add (files, (gpointer) "unknown/x.png");
  g_autoptr (GString) csv = pcn_classified_make_csv (rows, classes, files);
  g_auto (GStrv) lines = g_strsplit (csv->str, "\r\n", -1);
  g_assert_cmpstr (lines[1], ==,
                   "unknown/x.png,unknown,0.400000,\"dog, big\",0.400000,0.350000,0.400000,0.250000,\"\"");
}

static void
test_table (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (rows, make ("/a/x,y.png", 0.25f, 0.75f, 0));
  g_ptr_array_add (rows, pcn_classified_new_unreadable ("/b", "No \"picture\"."));
  g_autoptr (GString) csv = pcn_classified_make_csv (rows, classes, NULL);
  g_assert_cmpstr (
      csv->str, ==,
      "file,class,probability,runner-up,runner-up probability,cat,\"dog, big\",\"'=cow\",error\r\n"
      "\"/a/x,y.png\",\"dog, big\",0.750000,cat,0.250000,0.250000,0.750000,0.000000,\"\"\r\n"
      "/b,\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"No \"\"picture\"\".\"\r\n");
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  *(char **) data = pcn_csv_make_finish (result, &error);
  if (error)
    *(char **) data = g_strconcat ("error: ", error->message, NULL);
}

static GString *
make_answer (gpointer data)
{
  return g_string_new (data);
}

static char *
write_table (GFile *file)
{
  char *out = NULL;

  pcn_csv_make_async (file, make_answer, g_strdup ("a,b\r\n"), g_free, on_made, &out);
  while (!out)
    g_main_context_iteration (NULL, TRUE);
  return out;
}

static void
test_write (void)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL), *path = g_build_filename (folder, "t.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path), nowhere = g_file_new_for_path ("/nonexistent/t.csv");
  g_autofree char *table = write_table (NULL), *written = write_table (file), *failed = write_table (nowhere);
  g_autofree char *contents = NULL;

  g_assert_cmpstr (table, ==, "a,b\r\n");
  g_assert_cmpstr (written, ==, "a,b\r\n");
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "a,b\r\n");
  g_assert_true (g_str_has_prefix (failed, "error: "));
  g_file_delete (file, NULL, NULL);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/fields", test_csv);
  g_test_add_func ("/csv/formulas", test_formulas);
  g_test_add_func ("/csv/write", test_write);
  g_test_add_func ("/classified/row", test_row);
  g_test_add_func ("/classified/filter", test_filter);
  g_test_add_func ("/classified/filter-entries", test_filter_entries);
  g_test_add_func ("/classified/table", test_table);
  g_test_add_func ("/classified/trust", test_trust);
  return g_test_run ();
}
