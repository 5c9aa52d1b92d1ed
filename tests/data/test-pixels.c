/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading a whole set: what is left out, what is cached, and what a broken cache does. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "base/error.h"
#include "data-fixtures.h"
#include "data/pixels.h"

#define N 12

static const NnPixelSpec spec = { 4, 6, 3, NN_FIT_COVER };

/* Picture i is of one colour, 20 * i; "bad.png" in the middle is damaged where only decoding shows it. */
static char *
make_folder (void)
{
  char *folder = fixture_folder ();
  for (guint32 i = 0; i < N; i++) {
    guint32 v = i * 20;
    g_autofree char *name = g_strdup_printf ("%s/%02u.png", i % 2 ? "odd" : "even", i);
    g_autofree char *path = fixture_picture (folder, name, "png", 9, 9, v << 24 | v << 16 | v << 8 | 0xff);
  }
  g_autofree char *bad = fixture_file (folder, "even/03-bad.png", "\x89PNG\r\n\x1a\n and so on", 18);
  return folder;
}

static void
assert_pixels (NnDataset *set, NnPixels *pixels)
{
  for (gsize i = 0; i < pixels->n; i++) {
    NnSample sample;
    nn_dataset_get_sample (set, pixels->sample[i], &sample);
    g_autofree char *base = g_path_get_basename (sample.path);
    guint number = (guint) g_ascii_strtoull (base, NULL, 10);
    g_assert_cmpint (pixels->labels[i], ==, (int) number % 2);
    for (gsize k = 0; k < 4 * 6 * 3; k++)
      g_assert_cmpuint (pixels->data[i * 4 * 6 * 3 + k], ==, number * 20);
  }
}

static void
check_load (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_ALL, -1), ==, N + 1);
  nn_dataset_split_stratified (set, 0.5, 0, 1);
  g_autoptr (NnPixels) all = nn_dataset_load_pixels (set, NN_SPLIT_ALL, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->n, ==, N);
  assert_pixels (set, all);
  g_autoptr (NnPixels) val = nn_dataset_load_pixels (set, NN_SPLIT_VAL, &spec, NULL, NULL, NULL, &error);
  g_autoptr (NnPixels) train = nn_dataset_load_pixels (set, NN_SPLIT_TRAIN, &spec, NULL, NULL, NULL, &error);
  g_autoptr (NnPixels) test = nn_dataset_load_pixels (set, NN_SPLIT_TEST, &spec, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (val->n + train->n, ==, N);
  g_assert_cmpuint (test->n, ==, 0);
  assert_pixels (set, val);
  assert_pixels (set, train);
  /* Four loads find it; it is told once, and counted no more. */
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (set);
  g_assert_cmpuint (rejects->len, ==, 1);
  g_autofree char *reason = fixture_reason (set, "03-bad.png");
  g_assert_nonnull (strstr (reason, "cut short"));
  g_assert_cmpint (((NnReject *) rejects->pdata[0])->sample, ==, fixture_sample (set, "03-bad.png"));
  g_assert_cmpuint (nn_dataset_count (set, NN_SPLIT_ALL, -1), ==, N);
}

static char *
cache_folder (void)
{
  return g_build_filename (g_getenv ("XDG_CACHE_HOME"), "perceptron", "decoded", NULL);
}

/* The only file in the cache. */
static char *
cache_file (void)
{
  g_autofree char *folder = cache_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir ? g_dir_read_name (dir) : NULL;
  char *path = name ? g_build_filename (folder, name, NULL) : NULL;
  g_assert_true (!dir || !g_dir_read_name (dir));
  return path;
}

static void
empty_cache (void)
{
  fixture_remove (cache_folder ());
}

static void
test_cache_hit (void)
{
  char *folder = make_folder ();
  empty_cache ();
  check_load (folder);
  g_autofree char *file = cache_file ();
  g_assert_nonnull (file);
  struct stat before, after;
  g_assert_cmpint (stat (file, &before), ==, 0);
  check_load (folder);
  g_autofree char *again = cache_file ();
  g_assert_cmpstr (file, ==, again);
  g_assert_cmpint (stat (again, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
  fixture_remove (folder);
}

static void
test_cache_notices_changes (void)
{
  char *folder = make_folder ();
  empty_cache ();
  check_load (folder);
  g_autofree char *first = cache_file ();
  g_autofree char *picture = g_build_filename (folder, "odd", "05.png", NULL);
  g_assert_cmpint (utime (picture, &(struct utimbuf){ 1000000000, 1000000000 }), ==, 0);
  g_assert_cmpint (unlink (first), ==, 0);
  check_load (folder);
  g_autofree char *second = cache_file ();
  g_assert_cmpstr (first, !=, second);
  fixture_remove (folder);
}

/* Cut at any place, or with any byte changed in the header or behind its page, it is made anew. */
static void
test_cache_damaged (void)
{
  char *folder = make_folder ();
  empty_cache ();
  check_load (folder);
  g_autofree char *file = cache_file (), *data = NULL;
  gsize n;
  g_assert_true (g_file_get_contents (file, &data, &n, NULL));
  for (gsize i = 0; i < 24; i++) {
    g_autofree char *copy = g_memdup2 (data, n), *now = NULL;
    gsize at = i < 12 ? i * 4 : 4096 + (n - 4096) * (i - 12) / 12, n_now;
    g_assert_true (g_file_set_contents (file, copy, (gssize) at, NULL));
    check_load (folder);
    copy[at] ^= 0x11;
    g_assert_true (g_file_set_contents (file, copy, (gssize) n, NULL));
    check_load (folder);
    g_assert_true (g_file_get_contents (file, &now, &n_now, NULL));
    g_assert_cmpmem (now, n_now, data, n);
  }
  fixture_remove (folder);
}

static void
test_no_cache (void)
{
  char *folder = make_folder ();
  g_autofree char *cache = cache_folder ();
  empty_cache ();
  /* Not even root can write into a file as if it were a folder. */
  g_assert_true (g_file_set_contents (cache, "", 0, NULL));
  check_load (folder);
  g_assert_cmpint (unlink (cache), ==, 0);
  fixture_remove (folder);
}

/* A picture that couldn't be read this time isn't held against it the next. */
static void
test_passing_failure (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "odd", "01.png", NULL),
                  *aside = g_strconcat (path, ".aside", NULL);
  empty_cache ();
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  g_assert_cmpint (rename (path, aside), ==, 0);
  g_autoptr (NnPixels) pixels = nn_dataset_load_pixels (set, NN_SPLIT_ALL, &spec, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (pixels->n, ==, N - 1);
  g_autofree char *reason = fixture_reason (set, "01.png");
  g_assert_nonnull (strstr (reason, "can't be read"));
  g_autofree char *file = cache_file ();
  g_assert_null (file);
  g_assert_cmpint (rename (aside, path), ==, 0);
  check_load (folder);
  fixture_remove (folder);
}

static void
test_none_readable (void)
{
  char *folder = fixture_folder ();
  g_autoptr (GError) error = NULL;
  g_autofree char *bad = fixture_file (folder, "cat/bad.png", "\x89PNG\r\n\x1a\n and so on", 18);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  g_assert_null (nn_dataset_load_pixels (set, NN_SPLIT_ALL, &spec, NULL, NULL, NULL, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  fixture_remove (folder);
}

static void
on_progress (double fraction, gpointer data)
{
  double *last = data;
  g_assert_cmpfloat (fraction, >=, *last);
  g_assert_cmpfloat (fraction, <=, 1.0);
  *last = fraction;
}

static void
on_progress_cancel (double fraction, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_progress_and_cancel (void)
{
  char *folder = fixture_folder ();
  for (guint i = 0; i < 60; i++) {
    g_autofree char *name = g_strdup_printf ("cat/%u.bmp", i);
    g_autofree char *path = fixture_picture (folder, name, "bmp", 700, 700, 0x2040c0ff);
  }
  double last = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  g_assert_null (nn_dataset_load_pixels (set, NN_SPLIT_ALL, &spec, cancellable, on_progress_cancel,
                                         cancellable, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_CANCELLED);
  g_clear_error (&error);
  g_autoptr (NnPixels) pixels
      = nn_dataset_load_pixels (set, NN_SPLIT_ALL, &spec, NULL, on_progress, &last, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (last, ==, 1.0);
  fixture_remove (folder);
}

static void
test_from_data (void)
{
  const NnPixelSpec tiny = { 1, 2, 1, NN_FIT_COVER };
  const guint8 data[] = { 1, 2, 3, 4 };
  g_autoptr (NnPixels) pixels = nn_pixels_new_from_data (&tiny, 2, data, (const gint32[]){ 5, 6 });
  g_autoptr (NnPixels) same = nn_pixels_ref (pixels);
  g_assert_cmpmem (same->data, 4, data, 4);
  g_assert_cmpint (same->labels[1], ==, 6);
  g_assert_cmpuint (same->sample[1], ==, 1);
  g_assert_cmpuint (nn_pixel_spec_bytes (&(NnPixelSpec){ 0, 2, 1, NN_FIT_COVER }), ==, 0);
  g_assert_cmpuint (nn_pixel_spec_bytes (&(NnPixelSpec){ 2, 2, 2, NN_FIT_COVER }), ==, 0);
  g_assert_cmpuint (nn_pixel_spec_bytes (&(NnPixelSpec){ 5000, 2, 1, NN_FIT_COVER }), ==, 0);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/data/pixels/cache-hit", test_cache_hit);
  g_test_add_func ("/data/pixels/cache-notices-changes", test_cache_notices_changes);
  g_test_add_func ("/data/pixels/cache-damaged", test_cache_damaged);
  g_test_add_func ("/data/pixels/no-cache", test_no_cache);
  g_test_add_func ("/data/pixels/passing-failure", test_passing_failure);
  g_test_add_func ("/data/pixels/none-readable", test_none_readable);
  g_test_add_func ("/data/pixels/progress-and-cancel", test_progress_and_cancel);
  g_test_add_func ("/data/pixels/from-data", test_from_data);
  return fixture_run ();
}
