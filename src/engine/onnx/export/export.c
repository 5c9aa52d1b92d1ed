/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/export/export.h"

#include "base/error.h"
#include "onnx/export/formats.h"
#include "onnx/onnx-file.h"
#include "onnx/proto.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  ONNX,
  ONNX_OPSET_10,
  SAFETENSORS,
  C_SOURCE,
};

static const NnExportFormat formats[] = {
  [ONNX] = { "onnx", "ONNX", ".onnx" },
  [ONNX_OPSET_10] = { "onnx-opset10", "ONNX for OpenCV 4", ".onnx" },
  [SAFETENSORS] = { "safetensors", "Safetensors", ".safetensors" },
  [C_SOURCE] = { "c", "C Source", ".c" },
  { NULL },
};

const NnExportFormat *
nn_export_formats (void)
{
  return formats;
}

const NnExportFormat *
nn_export_find (const char *id, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (const NnExportFormat *format = formats; format->id != NULL; format++) {
    if (g_str_equal (format->id, id))
      return format;
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", format->id);
  }
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("There is no format “%s”. There are: %s."), id,
               names->str);
  return NULL;
}

/* Writes, and looks whether the disk gives back what it was given; what it doesn't is taken away again. */
static gboolean
write_file (const char *path, GBytes *bytes, GError **error)
{
  if (!nn_onnx_write_file (path, bytes, error))
    return FALSE;
  g_autoptr (GBytes) again = nn_onnx_read_file (path, error);
  if (again != NULL && g_bytes_equal (again, bytes))
    return TRUE;
  g_unlink (path);
  if (again == NULL)
    return FALSE;
  g_autofree char *display = g_filename_display_name (path);
  g_set_error (error, NN_ERROR, NN_ERROR_FAILED,
               _ ("“%s” isn't on the disk as it was written. Write it elsewhere."), display);
  return FALSE;
}

static gboolean
check_difference (double difference, GError **error)
{
  if (difference <= NN_EXPORT_TOLERANCE)
    return TRUE;
  g_set_error (
      error, NN_ERROR, NN_ERROR_FAILED,
      _ ("The exported model would give other answers than the network: a probability differs by %g. Nothing "
         "was written; please report this."),
      difference);
  return FALSE;
}

/* The metadata are put in last: what was run is the same graph. */
static gboolean
write_onnx (NnModel *model, guint opset, const char *path, const NnExportSamples *samples,
            GCancellable *cancellable, double *difference, GError **error)
{
  g_autoptr (GBytes) bytes = nn_onnx_to_bytes_as (model, opset, NULL, error);
  if (bytes == NULL || !nn_export_verify (model, bytes, samples, cancellable, difference, error)
      || !check_difference (*difference, error))
    return FALSE;
  g_autofree char *text = nn_export_verify_text (*difference, samples);
  g_autoptr (GBytes) final = nn_onnx_to_bytes_as (model, opset, text, error);
  return final != NULL && write_file (path, final, error);
}

static gboolean
write_safetensors (NnModel *model, const char *path, double *difference, GError **error)
{
  g_autoptr (GBytes) bytes = nn_safetensors_to_bytes (model, error);
  if (bytes == NULL)
    return FALSE;
  *difference = nn_safetensors_compare (model, bytes);
  return check_difference (*difference, error) && write_file (path, bytes, error);
}

/* The name of the file without its ending, as an identifier. */
static char *
to_identifier (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (GString) name = g_string_new (NULL);
  char *dot = strrchr (base, '.');
  if (dot != NULL && dot != base)
    *dot = '\0';
  for (const char *p = base; *p != '\0'; p++)
    g_string_append_c (name, g_ascii_isalnum (*p) ? g_ascii_tolower (*p) : '_');
  if (!g_ascii_isalpha (name->str[0]))
    g_string_prepend (name, "net_");
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static char *
make_header_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path), *name = to_identifier (path);
  g_autofree char *base = g_strconcat (name, ".h", NULL);
  return g_build_filename (folder, base, NULL);
}

char *
nn_export_second_path (const NnExportFormat *format, const char *path)
{
  g_return_val_if_fail (format != NULL && path != NULL, NULL);
  return format == &formats[C_SOURCE] ? make_header_path (path) : NULL;
}

gboolean
nn_export_check (NnModel *model, const NnExportFormat *format, GError **error)
{
  g_return_val_if_fail (model != NULL && format != NULL, FALSE);
  return format != &formats[C_SOURCE] || nn_c_source_check (model, error);
}

/* The desktop asks before a source is replaced, nobody does for the header: what isn't one of ours stays. */
static gboolean
check_header (const char *path, GError **error)
{
  char begin[sizeof NN_C_HEADER_BEGIN] = "";
  g_autofree char *display = g_filename_display_name (path);
  FILE *file = g_fopen (path, "rb");
  if (file == NULL)
    return TRUE;
  gboolean ours = fread (begin, 1, sizeof begin - 1, file) == sizeof begin - 1 && g_str_equal (begin, NN_C_HEADER_BEGIN);
  fclose (file);
  if (!ours)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("The header “%s” is there already and wasn't exported by this program. Choose another name."), display);
  return ours;
}

static gboolean
write_c (NnModel *model, const char *path, const NnExportSamples *samples, GError **error)
{
  g_autofree char *name = to_identifier (path), *header = NULL, *source = NULL;
  g_autofree char *header_path = make_header_path (path);
  gboolean had_header = g_file_test (header_path, G_FILE_TEST_EXISTS);
  if (g_strcmp0 (header_path, path) == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("Name the source file, with the ending .c; the header goes beside it."));
    return FALSE;
  }
  if (!check_header (header_path, error))
    return FALSE;
  if (!nn_c_source (model, name, samples, &header, &source, error))
    return FALSE;
  g_autoptr (GBytes) header_bytes = g_bytes_new (header, strlen (header));
  g_autoptr (GBytes) source_bytes = g_bytes_new (source, strlen (source));
  if (!write_file (header_path, header_bytes, error))
    return FALSE;
  if (write_file (path, source_bytes, error))
    return TRUE;
  if (!had_header)
    g_unlink (header_path);
  return FALSE;
}

gboolean
nn_export_write (NnModel *model, const NnExportFormat *format, const char *path,
                 const NnExportSamples *samples, GCancellable *cancellable, double *difference,
                 GError **error)
{
  g_return_val_if_fail (model != NULL && format != NULL && path != NULL && samples != NULL, FALSE);
  *difference = NAN;
  switch (format - formats) {
  case ONNX:
    return write_onnx (model, NN_ONNX_OPSET, path, samples, cancellable, difference, error);
  case ONNX_OPSET_10:
    return write_onnx (model, NN_ONNX_OPSET_OLD, path, samples, cancellable, difference, error);
  case SAFETENSORS:
    return write_safetensors (model, path, difference, error);
  default:
    return write_c (model, path, samples, error);
  }
}
