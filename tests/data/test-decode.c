/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One picture at a time; the expectations of bad-images-manifest.json; memory and time at the end of it all.
 */
#include <stdio.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "base/error.h"
#include "data-fixtures.h"
#include "data/pixels.h"
#include "data/thumbnail.h"

#define MAX_SECONDS 10.0
#define MAX_MEMORY_KB (1500 * 1024)

static gboolean
decode (const char *path, guint height, guint width, guint channels, NnFit fit, guint8 *out, GError **error)
{
  const NnPixelSpec spec = { height, width, channels, fit };
  return nn_decode_file (path, &spec, out, error);
}

static void
assert_pixel (const guint8 *rgb, guint r, guint g, guint b, int tolerance)
{
  if (ABS ((int) rgb[0] - (int) r) > tolerance || ABS ((int) rgb[1] - (int) g) > tolerance
      || ABS ((int) rgb[2] - (int) b) > tolerance)
    g_error ("%u %u %u is not %u %u %u", rgb[0], rgb[1], rgb[2], r, g, b);
}

static void
test_formats (void)
{
  static const char *const types[] = { "png", "jpeg", "bmp", "tiff" };
  char *folder = fixture_folder ();
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GError) error = NULL;
    guint8 out[3 * 3 * 3];
    g_autofree char *path = fixture_picture (folder, types[i], types[i], 30, 20, 0x2040c0ff);
    g_assert_true (decode (path, 3, 3, 3, NN_FIT_COVER, out, &error));
    g_assert_no_error (error);
    for (guint k = 0; k < 9; k++)
      assert_pixel (out + k * 3, 0x20, 0x40, 0xc0, 4);
  }
  fixture_remove (folder);
}

static void
test_alpha_over_white (void)
{
  char *folder = fixture_folder ();
  guint8 out[4 * 3];
  g_autofree char *clear = fixture_picture (folder, "clear.png", "png", 8, 8, 0x00000000);
  g_autofree char *half = fixture_picture (folder, "half.png", "png", 8, 8, 0xff000080);
  g_assert_true (decode (clear, 2, 2, 3, NN_FIT_COVER, out, NULL));
  assert_pixel (out, 255, 255, 255, 0);
  g_assert_true (decode (half, 2, 2, 3, NN_FIT_COVER, out, NULL));
  assert_pixel (out, 255, 127, 127, 1);
  fixture_remove (folder);
}

/* A picture whose left half is black, whose right half white; twice as wide as high. */
static char *
halves (const char *folder)
{
  char *path = g_build_filename (folder, "halves.png", NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 80, 40);
  g_autoptr (GdkPixbuf) right = gdk_pixbuf_new_subpixbuf (pixbuf, 40, 0, 40, 40);
  gdk_pixbuf_fill (pixbuf, 0x000000ff);
  gdk_pixbuf_fill (right, 0xffffffff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  return path;
}

static void
test_fits (void)
{
  char *folder = fixture_folder ();
  guint8 out[8 * 8];
  g_autofree char *path = halves (folder);
  g_assert_true (decode (path, 8, 8, 1, NN_FIT_COVER, out, NULL));
  g_assert_cmpuint (out[0], ==, 0);
  g_assert_cmpuint (out[7], ==, 255);
  g_assert_cmpuint (out[2], ==, 0);
  g_assert_true (decode (path, 8, 8, 1, NN_FIT_CONTAIN, out, NULL));
  g_assert_cmpuint (out[0], ==, 255); /* above it */
  g_assert_cmpuint (out[8 * 2], ==, 0);
  g_assert_cmpuint (out[8 * 5], ==, 0);
  g_assert_cmpuint (out[8 * 6], ==, 255);
  g_assert_true (decode (path, 8, 8, 1, NN_FIT_STRETCH, out, NULL));
  g_assert_cmpuint (out[0], ==, 0);
  g_assert_cmpuint (out[8 * 7], ==, 0);
  g_assert_cmpuint (out[8 * 7 + 7], ==, 255);
  fixture_remove (folder);
}

/* Scaling neither shifts nor darkens: a ramp stays a ramp, the same size is the same picture. */
static void
test_scaling (void)
{
  char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "ramp.png", NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 240, 12);
  guint8 *data = gdk_pixbuf_get_pixels (pixbuf);
  for (gsize y = 0; y < 12; y++)
    for (gsize x = 0; x < 240; x++)
      memset (data + y * (gsize) gdk_pixbuf_get_rowstride (pixbuf) + x * 3, (int) x, 3);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  guint8 same[240 * 12], small[24 * 3];
  g_assert_true (decode (path, 12, 240, 1, NN_FIT_STRETCH, same, NULL));
  for (guint x = 0; x < 240; x++)
    g_assert_cmpuint (same[x], ==, x);
  g_assert_true (decode (path, 3, 24, 1, NN_FIT_STRETCH, small, NULL));
  for (guint x = 1; x < 23; x++)
    g_assert_cmpint (ABS ((int) small[x] - (int) (10 * x + 5)), <=, 1);
  fixture_remove (folder);
}

static void
test_truncated (void)
{
  static const char *const types[] = { "png", "jpeg", "bmp", "tiff" };
  char *folder = fixture_folder ();
  guint8 out[16 * 3];
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *path = g_build_filename (folder, types[i], NULL), *data = NULL;
    g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 64);
    guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
    gsize n;
    for (gsize k = 0; k < gdk_pixbuf_get_byte_length (pixbuf); k++)
      pixels[k] = (guint8) (k * k >> 5);
    g_assert_true (gdk_pixbuf_save (pixbuf, path, types[i], NULL, NULL));
    g_assert_true (g_file_get_contents (path, &data, &n, NULL));
    /* At every tenth and close to the end; none may crash, all must be noticed. */
    for (guint tenth = 0; tenth <= 10; tenth++) {
      g_autoptr (GError) error = NULL;
      gsize cut = tenth == 10 ? n - 2 : n * tenth / 10;
      g_assert_true (g_file_set_contents (path, data, (gssize) cut, NULL));
      g_assert_false (decode (path, 4, 4, 3, NN_FIT_COVER, out, &error));
      g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
    }
    /* What cameras append does no harm. */
    g_autofree char *longer = g_malloc0 (n + 100);
    memcpy (longer, data, n);
    g_assert_true (g_file_set_contents (path, longer, (gssize) n + 100, NULL));
    g_assert_true (decode (path, 4, 4, 3, NN_FIT_COVER, out, NULL));
  }
  fixture_remove (folder);
}

/* GdkPixbuf writes no GIF: one black pixel, by hand. */
static void
test_gif (void)
{
  static const guint8 gif[]
      = { 'G', 'I',  'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0,    0, 0,    0, 0, 255, 255,
          255, 0x2c, 0,   0,   0,   0,   1, 0, 1, 0, 0,    0x02, 2, 0x44, 1, 0, 0x3b };
  char *folder = fixture_folder ();
  guint8 out[2 * 2];
  for (gsize n = 1; n <= sizeof gif; n++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = fixture_file (folder, "one.gif", gif, n);
    gboolean ok = decode (path, 2, 2, 1, NN_FIT_COVER, out, &error);
    g_test_message ("%" G_GSIZE_FORMAT " bytes: %s", n, ok ? "loaded" : error->message);
    g_assert_true (ok == (n == sizeof gif));
  }
  g_assert_cmpuint (out[3], ==, 0);
  fixture_remove (folder);
}

/* Without GdkPixbuf's modules the user is told what to install. */
static void
test_no_loader (void)
{
  char *folder = fixture_folder ();
  if (g_test_subprocess ()) {
    guint8 out[4];
    g_autoptr (GError) error = NULL;
    static const char webp[30] = "RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\1\0\1\0";
    g_autofree char *path = fixture_file (folder, "x.webp", webp, sizeof webp);
    g_assert_false (decode (path, 2, 2, 1, NN_FIT_COVER, out, &error));
    g_assert_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, "webp-pixbuf-loader"));
  } else {
    g_autofree char *modules = fixture_file (folder, "loaders.cache", "# none\n", 7);
    g_setenv ("GDK_PIXBUF_MODULE_FILE", modules, TRUE);
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_unsetenv ("GDK_PIXBUF_MODULE_FILE");
    g_test_trap_assert_passed ();
  }
  fixture_remove (folder);
}

/* Damage anywhere ends in a picture or an error. */
static void
test_flipped_bits (void)
{
  static const char *const types[] = { "png", "jpeg", "bmp", "tiff" };
  char *folder = fixture_folder ();
  guint8 out[16 * 3];
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *path = fixture_picture (folder, types[i], types[i], 20, 20, 0x2040c0ff), *data = NULL;
    gsize n;
    g_assert_true (g_file_get_contents (path, &data, &n, NULL));
    for (gsize at = 0; at < MIN (n, 160); at++) {
      g_autoptr (GError) error = NULL;
      char kept = data[at];
      data[at] = (char) (at % 2 ? 0xff : ~kept);
      g_assert_true (g_file_set_contents (path, data, (gssize) n, NULL));
      g_assert_true (decode (path, 4, 4, 3, NN_FIT_COVER, out, &error) == (error == NULL));
      data[at] = kept;
    }
  }
  fixture_remove (folder);
}

static void
test_thumbnails (void)
{
  char *folder = fixture_folder ();
  g_autofree char *wide = fixture_picture (folder, "cat/wide.png", "png", 400, 100, 0x2040c0ff);
  g_autofree char *tiny = fixture_picture (folder, "cat/tiny.png", "png", 3, 2, 0x2040c0ff);
  g_autofree char *bad = fixture_picture (folder, "cat/bad.jpg", "jpeg", 30, 20, 0x2040c0ff);
  g_autoptr (NnDataset) set = fixture_import (folder, NULL);
  g_assert_true (g_file_set_contents (bad, "\xff\xd8\xff\xe0", 4, NULL));
  for (guint again = 0; again < 2; again++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GdkPixbuf) a
        = nn_dataset_load_thumbnail (set, (guint) fixture_sample (set, "wide.png"), 128, &error);
    g_assert_no_error (error);
    g_assert_cmpint (gdk_pixbuf_get_width (a), ==, 128);
    g_assert_cmpint (gdk_pixbuf_get_height (a), ==, 32);
    assert_pixel (gdk_pixbuf_read_pixels (a), 0x20, 0x40, 0xc0, 6);
    g_autoptr (GdkPixbuf) b
        = nn_dataset_load_thumbnail (set, (guint) fixture_sample (set, "tiny.png"), 128, &error);
    g_assert_cmpint (gdk_pixbuf_get_width (b), ==, 3);
    g_assert_null (nn_dataset_load_thumbnail (set, (guint) fixture_sample (set, "bad.jpg"), 128, &error));
    g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  }
  g_autofree char *cache = g_build_filename (g_getenv ("XDG_CACHE_HOME"), "perceptron", "thumbnails", NULL);
  g_autoptr (GDir) dir = g_dir_open (cache, 0, NULL);
  guint n = 0;
  while (dir && g_dir_read_name (dir))
    n++;
  g_assert_cmpuint (n, ==, 2);
  fixture_remove (folder);
}

/* The shared folder of awkward files
 * ------------------------------------------------------------------------- */

typedef struct {
  char *folder;
  NnDataset *set;
  guint n_wrong;
} Manifest;

/* The file's name in the bytes of the disk: one is in Latin-1. */
static char *
find (const Manifest *self, const char *name)
{
  char *path = g_build_filename (self->folder, name, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return path;
  g_free (path);
  g_autofree char *latin1 = g_convert (name, -1, "ISO-8859-1", "UTF-8", NULL, NULL, NULL);
  return latin1 ? g_build_filename (self->folder, latin1, NULL) : NULL;
}

static gboolean
red_is_top_left (const char *path)
{
  guint8 out[12 * 16 * 3];
  if (!decode (path, 12, 16, 3, NN_FIT_STRETCH, out, NULL))
    return FALSE;
  const guint8 *first = out + (16 + 1) * 3, *last = out + (10 * 16 + 14) * 3;
  return first[0] > 150 && first[1] < 100 && first[2] < 100
         && !(last[0] > 150 && last[1] < 100 && last[2] < 100);
}

static gboolean
outcome_is (const char *expect, const char *path, gboolean sample, gboolean loaded, const char *reason)
{
  if (g_str_equal (expect, "load") || g_str_equal (expect, "load-first-frame"))
    return sample && loaded && !reason;
  if (g_str_equal (expect, "load-oriented"))
    return sample && loaded && !reason && red_is_top_left (path);
  if (g_str_equal (expect, "load-if-loader"))
    return loaded ? !reason : reason && strstr (reason, "Install the package");
  if (g_str_equal (expect, "skip"))
    return !sample && !reason;
  if (g_str_has_prefix (expect, "reject"))
    return !loaded && reason;
  /* load-or-skip: one of the two, but told. */
  return loaded != (reason != NULL);
}

static void
check_file (Manifest *self, const char *name, const char *expect)
{
  g_autofree char *path = find (self, name);
  g_assert_nonnull (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *reason = fixture_reason (self->set, base);
  g_autoptr (GError) error = NULL;
  guint8 out[32 * 32 * 3];
  gint64 start = g_get_monotonic_time ();
  gboolean loaded = decode (path, 32, 32, 3, NN_FIT_COVER, out, &error);
  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  g_assert_true (loaded == (error == NULL));
  /* By itself and among the others the same is said. */
  if (error && reason && !strstr (name, "idx/") && strstr (error->message, "cut short"))
    g_assert_cmpstr (error->message, ==, reason);
  gboolean ok = outcome_is (expect, path, fixture_sample (self->set, base) >= 0, loaded, reason);
  g_test_message ("%s %s (%s, %.2f s): %s", ok ? "as expected:" : "WRONG:", name, expect, seconds,
                  loaded ? "loaded" : error->message);
  self->n_wrong += !ok || seconds > MAX_SECONDS;
  if (g_str_has_prefix (name, "idx/")) {
    g_autoptr (GError) alone = NULL;
    g_assert_null (nn_dataset_import ((const char *const[]){ path, NULL }, NULL, NULL, NULL, NULL, &alone));
    g_assert_error (alone, NN_ERROR, NN_ERROR_BAD_INPUT);
    g_test_message ("%s alone: %s", name, alone->message);
  }
}

static void
check_entry (JsonArray *array, guint index, JsonNode *node, gpointer data)
{
  Manifest *self = data;
  JsonObject *entry = json_node_get_object (node);
  const char *name = json_object_get_string_member (entry, "file");
  const char *expect = json_object_get_string_member (entry, "expect");
  if (g_str_equal (expect, "terminate"))
    return; /* we got here */
  if (!g_str_equal (expect, "warn")) {
    check_file (self, name, expect);
    return;
  }
  g_auto (GStrv) warnings = nn_dataset_get_warnings (self->set);
  g_autofree char *all = g_strjoinv ("\n", warnings);
  g_autofree char *base = g_path_get_basename (name);
  g_assert_nonnull (strstr (all, base));
}

static void
test_bad_images (void)
{
  g_autofree char *archive = fixture_shared ("data/bad-images.tar.gz");
  g_autofree char *list = fixture_shared ("data/bad-images-manifest.json");
  if (!archive || !list) {
    g_test_skip ("the shared data is not here");
    return;
  }
  char *folder = fixture_folder ();
  g_autoptr (GError) error = NULL;
  const char *const command[] = { "tar", "-xzf", archive, "-C", folder, NULL };
  g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                               NULL, &error));
  g_autofree char *root = g_build_filename (folder, "bad-images", NULL);
  g_autoptr (NnDataset) set = fixture_import (root, NULL);
  gint64 start = g_get_monotonic_time ();
  g_assert_true (nn_dataset_verify (set, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_test_message ("verified in %.2f s", (double) (g_get_monotonic_time () - start) / 1e6);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_true (json_parser_load_from_file (parser, list, &error));
  JsonNode *node = json_parser_get_root (parser);
  JsonArray *entries = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  Manifest manifest = { root, set, 0 };
  g_assert_nonnull (entries);
  g_assert_cmpuint (json_array_get_length (entries), >, 50);
  json_array_foreach_element (entries, check_entry, &manifest);
  g_assert_cmpuint (manifest.n_wrong, ==, 0);
  fixture_remove (folder);
}

/* A photograph of the usual size. */
static void
test_large (void)
{
  char *folder = fixture_folder ();
  guint8 out[16 * 16 * 3];
  g_autoptr (GError) error = NULL;
  /* 5 Mpx of JPEG: scaled while decoded. */
  g_autofree char *path = fixture_picture (folder, "large.jpg", "jpeg", 2500, 2000, 0x2040c0ff);
  g_assert_true (decode (path, 16, 16, 3, NN_FIT_COVER, out, &error));
  g_assert_no_error (error);
  assert_pixel (out, 0x20, 0x40, 0xc0, 4);
  fixture_remove (folder);
}

/* The most that this process ever held, the bombs included. */
static void
test_memory (void)
{
  g_autofree char *status = NULL;
  unsigned long kilobytes = 0;
  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL)) {
    g_test_skip ("/proc is not here");
    return;
  }
  const char *line = strstr (status, "VmHWM:");
  g_assert_true (line && sscanf (line, "VmHWM: %lu", &kilobytes) == 1);
  g_test_message ("%lu kB", kilobytes);
  g_assert_cmpuint (kilobytes, <, MAX_MEMORY_KB);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/data/decode/formats", test_formats);
  g_test_add_func ("/data/decode/alpha-over-white", test_alpha_over_white);
  g_test_add_func ("/data/decode/fits", test_fits);
  g_test_add_func ("/data/decode/scaling", test_scaling);
  g_test_add_func ("/data/decode/truncated", test_truncated);
  g_test_add_func ("/data/decode/gif", test_gif);
  g_test_add_func ("/data/decode/no-loader", test_no_loader);
  g_test_add_func ("/data/decode/flipped-bits", test_flipped_bits);
  g_test_add_func ("/data/decode/thumbnails", test_thumbnails);
  g_test_add_func ("/data/decode/large", test_large);
  g_test_add_func ("/data/decode/bad-images", test_bad_images);
  g_test_add_func ("/data/decode/memory", test_memory);
  return fixture_run ();
}
