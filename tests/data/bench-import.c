/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long it takes until data is ready to train: import and pixels, without and with the cache.
 * bench-import [HEIGHT WIDTH CHANNELS PATH...]; by itself the sets of the shared folder, where there is one.
 */
#include <stdlib.h>
#include <string.h>

#include "data-fixtures.h"
#include "data/pixels.h"

static double
once (const char *const *paths, const NnPixelSpec *spec, gsize *n, guint *n_rejects)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  g_autoptr (NnDataset) set = nn_dataset_import (paths, NULL, NULL, NULL, NULL, &error);
  double imported = (double) (g_get_monotonic_time () - start) / 1e6;
  g_autoptr (NnPixels) pixels
      = set ? nn_dataset_load_pixels (set, NN_SPLIT_ALL, spec, NULL, NULL, NULL, &error) : NULL;
  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  if (!pixels) {
    g_printerr ("%s\n", error->message);
    return -1;
  }
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (set);
  *n = pixels->n;
  *n_rejects = rejects->len;
  g_print ("    %7.3f s, of which import %.3f s\n", seconds, imported);
  return seconds;
}

static void
bench (const char *const *paths, const NnPixelSpec *spec)
{
  gsize n = 0;
  guint n_rejects = 0;
  g_print ("%s at %u x %u x %u\n", paths[0], spec->width, spec->height, spec->channels);
  once (paths, spec, &n, &n_rejects);
  once (paths, spec, &n, &n_rejects);
  once (paths, spec, &n, &n_rejects);
  g_print ("    %" G_GSIZE_FORMAT " pictures, %u rejects\n", n, n_rejects);
}

int
main (int argc, char **argv)
{
  char *cache = fixture_folder ();
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  if (argc > 4) {
    NnPixelSpec spec
        = { (guint) atoi (argv[1]), (guint) atoi (argv[2]), (guint) atoi (argv[3]), NN_FIT_COVER };
    bench ((const char *const *) argv + 4, &spec);
  } else {
    g_autofree char *photos = fixture_shared ("data/catdog"), *digits = fixture_shared ("data/mnist");
    if (!photos || !digits) {
      fixture_remove (cache);
      return 77;
    }
    bench ((const char *const[]){ photos, NULL }, &(NnPixelSpec){ 72, 72, 3, NN_FIT_COVER });
    bench ((const char *const[]){ digits, NULL }, &(NnPixelSpec){ 28, 28, 1, NN_FIT_COVER });
  }
  fixture_remove (cache);
  return 0;
}
