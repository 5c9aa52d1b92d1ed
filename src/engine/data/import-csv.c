/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A CSV of path and label, optionally split, with or without a header; paths relative to it. Comma, semicolon
 * or tab. Read by libcsv (RFC 4180 and what people make of it). */
#include <csv.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "data/importer.h"

#define MAX_BYTES ((goffset) 512 << 20)

typedef struct {
  NnImport *import;
  NnDataset *set;
  char *folder;
  GPtrArray *fields; /* char *: of the row being read */
  guint path_column;
  guint label_column;
  int split_column; /* -1: none */
  guint n_rows;
  GError *error;
} Reader;

static int
find_column (GPtrArray *fields, const char *const *names)
{
  for (guint i = 0; i < fields->len; i++)
    for (gsize k = 0; names[k]; k++)
      if (g_ascii_strcasecmp (g_ptr_array_index (fields, i), names[k]) == 0)
        return (int) i;
  return -1;
}

/* Where the file is; Windows writes its paths with backslashes. */
static char *
resolve (const Reader *self, const char *field)
{
  g_autofree char *path
      = g_path_is_absolute (field) ? g_strdup (field) : g_build_filename (self->folder, field, NULL);
  if (strchr (field, '\\') && !g_file_test (path, G_FILE_TEST_EXISTS))
    g_strdelimit (path, "\\", '/');
  return g_steal_pointer (&path);
}

/* Whether the first row names the columns: it uses a usual name for each, or its first field is no file. */
static gboolean
take_header (Reader *self)
{
  static const char *const paths[]
      = { "path",  "file",       "filename", "file_name", "filepath", "file_path",
          "image", "image_path", "picture",  "img",       NULL };
  static const char *const labels[]
      = { "label", "class", "category", "target", "labels", "class_name", NULL };
  static const char *const splits[] = { "split", "set", "subset", "partition", NULL };
  int path = find_column (self->fields, paths), label = find_column (self->fields, labels);
  if (path >= 0 && label >= 0 && path != label) {
    self->path_column = (guint) path;
    self->label_column = (guint) label;
    self->split_column = find_column (self->fields, splits);
    return TRUE;
  }
  g_autofree char *first = self->fields->len > 0 ? resolve (self, g_ptr_array_index (self->fields, 0)) : NULL;
  return first && !strchr (g_ptr_array_index (self->fields, 0), '.')
         && !g_file_test (first, G_FILE_TEST_EXISTS);
}

static void
take_row (Reader *self)
{
  g_autofree char *where = g_strdup_printf ("Row %u", self->n_rows);
  GPtrArray *fields = self->fields;
  gboolean short_row = fields->len <= MAX (self->path_column, self->label_column);
  const char *file = short_row ? "" : g_ptr_array_index (fields, self->path_column);
  const char *label = short_row ? "" : g_ptr_array_index (fields, self->label_column);
  if (!*file || !*label) {
    nn_dataset_reject (self->set, NULL, *file ? file : where, -1,
                       *file ? _ ("The CSV gives it no label.") : _ ("The CSV gives no file in this row."));
    return;
  }
  g_autofree char *path = resolve (self, file);
  int split = NN_SPLIT_TRAIN;
  if (self->split_column >= 0 && (guint) self->split_column < fields->len
      && *(const char *) g_ptr_array_index (fields, (guint) self->split_column))
    split = nn_split_from_name (g_ptr_array_index (fields, (guint) self->split_column));
  if (split < 0) {
    nn_dataset_reject (self->set, path, file, -1,
                       _ ("The CSV puts it in a split that is none of train, val and test."));
    return;
  }
  self->set->own_split = self->set->own_split || split != NN_SPLIT_TRAIN;
  nn_dataset_take_file (self->set, path, file, nn_dataset_add_class (self->set, label), (NnSplit) split);
}

static void
on_field (void *bytes, size_t n, void *data)
{
  Reader *self = data;
  g_ptr_array_add (self->fields, bytes ? g_strndup (bytes, n) : g_strdup (""));
}

static void
on_row (int end, void *data)
{
  Reader *self = data;
  self->n_rows++;
  if (!self->error && nn_import_tick (self->import, -1, &self->error)
      && !(self->n_rows == 1 && take_header (self)))
    take_row (self);
  g_ptr_array_set_size (self->fields, 0);
}

static char
find_delimiter (const char *text)
{
  gsize length = strcspn (text, "\r\n"), best = 0;
  char delimiter = ',';
  for (const char *candidate = ",;\t"; *candidate; candidate++) {
    gsize n = 0;
    for (gsize i = 0; i < length; i++)
      n += text[i] == *candidate;
    if (n > best) {
      best = n;
      delimiter = *candidate;
    }
  }
  return delimiter;
}

static gboolean
parse (Reader *self, const char *text, gsize n)
{
  struct csv_parser parser;
  if (csv_init (&parser, CSV_APPEND_NULL) != 0)
    return FALSE;
  csv_set_delim (&parser, (unsigned char) find_delimiter (text));
  gboolean ok = csv_parse (&parser, text, n, on_field, on_row, self) == n
                && csv_fini (&parser, on_field, on_row, self) == 0;
  if (!ok && !self->error)
    g_set_error (&self->error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("“%s” can't be read as a CSV near row %u: %s."), self->set->name, self->n_rows + 1,
                 csv_strerror (csv_error (&parser)));
  csv_free (&parser);
  return !self->error;
}

static NnDataset *
run (NnImport *import, GError **error)
{
  struct stat st;
  gsize n;
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (NnDataset) set = nn_dataset_new (import->paths[0], "csv");
  if (stat (import->paths[0], &st) == 0 && st.st_size > MAX_BYTES)
    g_set_error (&local, NN_ERROR, NN_ERROR_UNSUPPORTED, _ ("it is larger than 512 MB"));
  if (local || !g_file_get_contents (import->paths[0], &text, &n, &local)) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("“%s” can't be read: %s."), set->name,
                 local->message);
    return NULL;
  }
  gsize mark = n >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  Reader reader = { import,
                    set,
                    g_path_get_dirname (import->paths[0]),
                    g_ptr_array_new_with_free_func (g_free),
                    .label_column = 1,
                    .split_column = -1 };
  gboolean ok = parse (&reader, text + mark, n - mark);
  g_free (reader.folder);
  g_ptr_array_unref (reader.fields);
  if (!ok) {
    g_propagate_error (error, reader.error);
    return NULL;
  }
  return nn_dataset_finish (g_steal_pointer (&set), error);
}

static gboolean
claims (NnImport *import)
{
  g_autofree char *lower = g_ascii_strdown (import->paths[0], -1);
  return !import->paths[1] && (g_str_has_suffix (lower, ".csv") || g_str_has_suffix (lower, ".tsv"))
         && g_file_test (import->paths[0], G_FILE_TEST_IS_REGULAR);
}

const NnImporter nn_import_csv = { "csv", claims, run };
