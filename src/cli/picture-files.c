/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "picture-files.h"

#include "data/picture-files.h"

static void
reject (CliPictures *self, const char *path, const char *reason)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_ptr_array_add (self->rejects, g_strdup (shown));
  g_ptr_array_add (self->rejects, g_strdup (reason));
  g_printerr ("perceptron-cli: %s: %s\n", shown, reason);
}

static void
read_file (CliPictures *self, const char *path, gboolean named, const NnPixelSpec *spec)
{
  g_autoptr (GError) error = NULL;
  gsize size = nn_pixel_spec_bytes (spec);
  guint length = self->pixels->len;
  g_byte_array_set_size (self->pixels, length + (guint) size);
  if (nn_decode_file (path, spec, self->pixels->data + length, &error)) {
    g_ptr_array_add (self->paths, g_strdup (path));
    return;
  }
  g_byte_array_set_size (self->pixels, length);
  reject (self, path, error->message);
  self->named_rejects += named;
}

CliPictures *
cli_pictures_read (Cli *cli, char **arguments, const NnPixelSpec *spec, GError **error)
{
  g_autoptr (CliPictures) self = g_new0 (CliPictures, 1);
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->pixels = g_byte_array_new ();
  self->rejects = g_ptr_array_new_with_free_func (g_free);
  guint n_arguments = g_strv_length (arguments);
  g_autoptr (CliProgress) bar = cli_progress_new ();
  for (guint a = 0; a < n_arguments; a++) {
    gboolean folder = g_file_test (arguments[a], G_FILE_TEST_IS_DIR);
    g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
    nn_list_files (arguments[a], files, cli->cancellable);
    for (guint i = 0; i < files->len; i++) {
      if (g_cancellable_is_cancelled (cli->cancellable)) {
        g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, "Stopped.");
        return NULL;
      }
      if (self->pixels->len > G_MAXUINT / 2 - nn_pixel_spec_bytes (spec)) {
        g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT, "These are too many pictures for one call; "
                             "name fewer folders.");
        return NULL;
      }
      read_file (self, g_ptr_array_index (files, i), !folder, spec);
      cli_progress_update (bar, (a + (i + 1.0) / files->len) / n_arguments, "reading the pictures");
    }
  }
  if (self->paths->len > 0)
    return g_steal_pointer (&self);
  g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT, "No picture could be read.");
  return NULL;
}

void
cli_pictures_free (CliPictures *self)
{
  g_ptr_array_unref (self->paths);
  g_byte_array_unref (self->pixels);
  g_ptr_array_unref (self->rejects);
  g_free (self);
}

void
cli_pictures_json_rejects (const CliPictures *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "rejects");
  json_builder_begin_array (builder);
  for (guint i = 0; i + 1 < self->rejects->len; i += 2) {
    json_builder_begin_object (builder);
    cli_json_string (builder, "file", g_ptr_array_index (self->rejects, i));
    cli_json_string (builder, "reason", g_ptr_array_index (self->rejects, i + 1));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

gboolean
cli_pictures_check (const CliPictures *self, GError **error)
{
  if (self->named_rejects == 0)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "%u of the files could not be read.", self->named_rejects);
  return FALSE;
}
