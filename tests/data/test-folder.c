/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "data-fixtures.h"

#define RED 0xff0000ff

static void
add (const char *folder, const char *name)
{
  g_autofree char *path = fixture_picture (folder, name, "png", 4, 4, RED);
}

static void
assert_classes (NnDataset *set, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint c = 0; c < nn_dataset_get_n_classes (set); c++)
    g_string_append_printf (text, "%s%s:%u", c ? " " : "", nn_dataset_get_class_name (set, c),
                            nn_dataset_count (set, NN_SPLIT_ALL, (int) c));
  g_assert_cmpstr (text->str, ==, expected);
}

static gboolean
is_warned (NnDataset *set, const char *words)
{
  g_auto (GStrv) warnings = nn_dataset_get_warnings (set);
  for (gsize i = 0; warnings[i]; i++)
    if (strstr (warnings[i], words))
      return TRUE;
  return FALSE;
}

static void
test_classes (void)
{
  char *folder = fixture_folder ();
  add (folder, "dog/a.png");
  add (folder, "dog/deeper/and deeper/b.png");
  add (folder, "cat/c.png");
  add (folder, "zürich \360\237\220\261/d.png");
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  assert_classes (set, "cat:1 dog:2 zürich \360\237\220\261:1");
  g_assert_cmpstr (nn_dataset_get_format (set), ==, "folder");
  g_assert_false (nn_dataset_has_own_split (set));
  NnSample sample;
  nn_dataset_get_sample (set, (guint) fixture_sample (set, "b.png"), &sample);
  g_assert_cmpstr (sample.name, ==, "dog/deeper/and deeper/b.png");
  g_assert_cmpuint (sample.class_index, ==, 1);
  fixture_remove (folder);
}

static void
test_numbers_sort_as_numbers (void)
{
  char *folder = fixture_folder ();
  add (folder, "10/a.png");
  add (folder, "9/a.png");
  add (folder, "0/a.png");
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  assert_classes (set, "0:1 9:1 10:1");
  fixture_remove (folder);
}

static void
test_own_split (void)
{
  char *folder = fixture_folder ();
  add (folder, "Train/cat/a.png");
  add (folder, "Train/dog/b.png");
  add (folder, "validation/cat/c.png");
  add (folder, "test/dog/d.png");
  add (folder, "test/loose.png");
  g_autofree char *readme = fixture_file (folder, "README", "read me", 7);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  assert_classes (set, "cat:2 dog:2");
  g_assert_true (nn_dataset_has_own_split (set));
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TRAIN, -1), ==, 2);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_VAL, -1), ==, 1);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_TEST, -1), ==, 1);
  g_autofree char *reason = fixture_reason (set, "loose.png");
  g_assert_cmpstr (reason, ==, "It lies in no class's folder.");
  g_autofree char *why_readme = fixture_reason (set, "README");
  g_assert_cmpstr (why_readme, ==, "This is text, not a picture.");
  fixture_remove (folder);
}

static void
test_several (void)
{
  char *folder = fixture_folder ();
  add (folder, "cat/a.png");
  add (folder, "dog/b.png");
  add (folder, "sets/one/cat/c.png");
  add (folder, "sets/one/dog/d.png");
  add (folder, "sets/two/cat/e.png");
  g_autofree char *cat = g_build_filename (folder, "cat", NULL),
                  *dog = g_build_filename (folder, "dog/", NULL);
  g_autofree char *one = g_build_filename (folder, "sets/one", NULL),
                  *two = g_build_filename (folder, "sets/two", NULL);
  g_autoptr (NnDataset) classes = fixture_import (dog, cat, NULL);
  assert_classes (classes, "cat:1 dog:1");
  g_assert_cmpstr (nn_dataset_get_name (classes), ==, "dog, cat");
  g_autoptr (NnDataset) nested = fixture_import (one, two, NULL);
  assert_classes (nested, "cat:2 dog:1");
  fixture_remove (folder);
}

static void
test_wrapper_folder (void)
{
  char *folder = fixture_folder ();
  add (folder, "pets/pets/cat/a.png");
  add (folder, "pets/pets/dog/b.png");
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  assert_classes (set, "cat:1 dog:1");
  fixture_remove (folder);
}

static void
test_loose (void)
{
  char *folder = fixture_folder ();
  add (folder, "set/loose.png");
  add (folder, "set/cat/a.png");
  g_autofree char *path = g_build_filename (folder, "set", NULL);
  g_autoptr (NnDataset) set = fixture_import (path, NULL);
  assert_classes (set, "cat:1 set:1");
  g_assert_true (is_warned (set, "beside the folders"));
  fixture_remove (folder);
}

static void
test_links (void)
{
  char *folder = fixture_folder ();
  add (folder, "cat/a.png");
  add (folder, "elsewhere/deep/b.png");
  g_autofree char *self = g_build_filename (folder, "cat/self", NULL),
                  *up = g_build_filename (folder, "cat/up", NULL);
  g_autofree char *away = g_build_filename (folder, "cat/away", NULL);
  g_autofree char *dangling = g_build_filename (folder, "cat/dangling.png", NULL);
  g_autofree char *circle = g_build_filename (folder, "cat/circle.png", NULL);
  g_assert_cmpint (symlink (".", self), ==, 0);
  g_assert_cmpint (symlink ("..", up), ==, 0);
  g_assert_cmpint (symlink ("../elsewhere", away), ==, 0);
  g_assert_cmpint (symlink ("/nonexistent/x.png", dangling), ==, 0);
  g_assert_cmpint (symlink ("circle.png", circle), ==, 0);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  /* "away" is followed; "up" would make the other classes part of this one. */
  assert_classes (set, "cat:2 elsewhere:1");
  g_autofree char *why = fixture_reason (set, "dangling.png"),
                  *why_circle = fixture_reason (set, "circle.png");
  g_assert_nonnull (why);
  g_assert_nonnull (why_circle);
  fixture_remove (folder);
}

static void
test_litter (void)
{
  char *folder = fixture_folder ();
  add (folder, "cat/a.png");
  add (folder, "cat/.hidden.png");
  add (folder, "cat/._a.png");
  add (folder, "__MACOSX/cat/a.png");
  g_autofree char *thumbs = fixture_file (folder, "cat/Thumbs.db", "x", 1);
  g_autofree char *text = fixture_file (folder, "cat/read me.txt", "these are cats", 14);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 1);
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (set);
  g_assert_cmpuint (rejects->len, ==, 1);
  g_autofree char *reason = fixture_reason (set, "read me.txt");
  g_assert_cmpstr (reason, ==, "This is text, not a picture.");
  fixture_remove (folder);
}

static void
test_special_files (void)
{
  char *folder = fixture_folder ();
  add (folder, "cat/a.png");
  add (folder, "cat/locked.png");
  add (folder, "cat/locked folder/b.png");
  g_autofree char *fifo = g_build_filename (folder, "cat/fifo.png", NULL);
  g_autofree char *locked = g_build_filename (folder, "cat/locked.png", NULL);
  g_autofree char *locked_folder = g_build_filename (folder, "cat/locked folder", NULL);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/cat/socket.png", folder);
  int s = socket (AF_UNIX, SOCK_STREAM, 0);
  g_assert_cmpint (bind (s, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (chmod (locked, 0), ==, 0);
  g_assert_cmpint (chmod (locked_folder, 0), ==, 0);
  /* Root may read everything: be somebody else for the while. */
  gboolean root = geteuid () == 0;
  g_assert_cmpint (chmod (folder, 0755), ==, 0);
  g_autofree char *cat = g_build_filename (folder, "cat", NULL);
  g_autofree char *a = g_build_filename (cat, "a.png", NULL);
  g_assert_cmpint (chmod (cat, 0755), ==, 0);
  g_assert_cmpint (chmod (a, 0644), ==, 0);
  if (root)
    g_assert_cmpint (seteuid (65534), ==, 0);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  if (root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpuint (nn_dataset_get_n_samples (set), ==, 1);
  g_autofree char *why_fifo = fixture_reason (set, "fifo.png"),
                  *why_socket = fixture_reason (set, "socket.png");
  g_autofree char *why_locked = fixture_reason (set, "locked.png"),
                  *why_folder = fixture_reason (set, "locked folder");
  g_assert_cmpstr (why_fifo, ==, "This is no ordinary file.");
  g_assert_cmpstr (why_socket, ==, "This is no ordinary file.");
  g_assert_nonnull (strstr (why_locked, "can't be read"));
  g_assert_nonnull (strstr (why_folder, "can't be read"));
  close (s);
  g_assert_cmpint (chmod (locked_folder, 0700), ==, 0);
  fixture_remove (folder);
}

static void
test_names_not_utf8 (void)
{
  char *folder = fixture_folder ();
  add (folder, "caf\351/p\374.png");
  add (folder, "tea/line\nbreak.png");
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  g_assert_cmpuint (nn_dataset_get_n_classes (set), ==, 2);
  for (guint c = 0; c < 2; c++)
    g_assert_true (g_utf8_validate (nn_dataset_get_class_name (set, c), -1, NULL));
  for (guint i = 0; i < 2; i++) {
    NnSample sample;
    nn_dataset_get_sample (set, i, &sample);
    g_assert_true (g_utf8_validate (sample.name, -1, NULL));
    g_assert_null (strchr (sample.name, '\n'));
    g_assert_true (g_file_test (sample.path, G_FILE_TEST_IS_REGULAR));
  }
  fixture_remove (folder);
}

static void
test_warnings (void)
{
  char *folder = fixture_folder ();
  for (guint i = 0; i < 40; i++) {
    g_autofree char *many = g_strdup_printf ("many/%u.png", i), *few = g_strdup_printf ("few/%u.png", i);
    add (folder, many);
    if (i < 4)
      add (folder, few);
  }
  g_autofree char *keep = fixture_file (folder, "none/.gitkeep", "", 0);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  assert_classes (set, "few:4 many:40 none:0");
  g_assert_true (is_warned (set, "The class “none” is empty"));
  g_assert_true (is_warned (set, "The class “few” has only 4"));
  g_assert_true (is_warned (set, "out of balance"));
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
test_nothing_usable (void)
{
  char *folder = fixture_folder ();
  assert_refused (folder, "There is no picture");
  assert_refused ("/nonexistent/folder", "can't be opened");
  g_autofree char *text = fixture_file (folder, "cat/notes.txt", "hello", 5);
  assert_refused (folder, "This is text");
  assert_refused (text, "holds no set of pictures");
  fixture_remove (folder);
}

static void
test_cancel (void)
{
  char *folder = fixture_folder ();
  add (folder, "cat/a.png");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);
  g_assert_null (
      nn_dataset_import ((const char *const[]){ folder, NULL }, NULL, cancellable, NULL, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_CANCELLED);
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/data/folder/classes", test_classes);
  g_test_add_func ("/data/folder/numbers-sort-as-numbers", test_numbers_sort_as_numbers);
  g_test_add_func ("/data/folder/own-split", test_own_split);
  g_test_add_func ("/data/folder/several", test_several);
  g_test_add_func ("/data/folder/wrapper-folder", test_wrapper_folder);
  g_test_add_func ("/data/folder/loose", test_loose);
  g_test_add_func ("/data/folder/links", test_links);
  g_test_add_func ("/data/folder/litter", test_litter);
  g_test_add_func ("/data/folder/special-files", test_special_files);
  g_test_add_func ("/data/folder/names-not-utf8", test_names_not_utf8);
  g_test_add_func ("/data/folder/warnings", test_warnings);
  g_test_add_func ("/data/folder/nothing-usable", test_nothing_usable);
  g_test_add_func ("/data/folder/cancel", test_cancel);
  return fixture_run ();
}
