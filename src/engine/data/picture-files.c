/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/picture-files.h"

#include "base/error.h"
#include "data/decoder.h"
#include "data/parallel.h"

#include <string.h>

/* Deeper than any real collection; links are not followed, so this only bounds the recursion. */
#define MAX_DEPTH 64

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
list_folder (const char *folder, guint depth, GPtrArray *files, GCancellable *cancellable)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  if (dir == NULL) {
    g_ptr_array_add (files, g_strdup (folder));
    return;
  }
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    if (name[0] != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len && !g_cancellable_is_cancelled (cancellable); i++) {
    g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
    gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
    if (is_folder && depth < MAX_DEPTH && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      list_folder (path, depth + 1, files, cancellable);
    else if (!is_folder)
      g_ptr_array_add (files, g_steal_pointer (&path));
  }
}

void
nn_list_files (const char *path, GPtrArray *files, GCancellable *cancellable)
{
  g_return_if_fail (path && files);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    list_folder (path, 0, files, cancellable);
  else
    g_ptr_array_add (files, g_strdup (path));
}

typedef struct {
  NnDecoder *decoder;
  const char *const *paths;
  const NnPixelSpec *spec;
  guint8 *out;
  char **reasons;
} Job;

static void
decode_one (gsize index, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  guint8 *out = job->out + index * nn_pixel_spec_bytes (job->spec);
  if (!nn_decoder_decode (job->decoder, job->paths[index], job->spec, out, &error))
    job->reasons[index] = g_strdup (error->message);
}

gboolean
nn_decode_files (const char *const *paths, gsize n, const NnPixelSpec *spec, guint8 *out, char **reasons,
                 GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (nn_pixel_spec_bytes (spec) > 0, FALSE);
  g_autoptr (NnDecoder) decoder = nn_decoder_new ();
  Job job = { .decoder = decoder, .paths = paths, .spec = spec, .out = out, .reasons = reasons };
  memset (reasons, 0, n * sizeof *reasons);
  if (nn_parallel_for (n, decode_one, &job, cancellable, NULL, NULL, error))
    return TRUE;
  for (gsize i = 0; i < n; i++)
    g_clear_pointer (&reasons[i], g_free);
  return FALSE;
}
