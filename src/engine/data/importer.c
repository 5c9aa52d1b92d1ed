/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/importer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "data/container.h"

/* The first that claims the paths gets them; the last takes what it is given, or says why not. */
static const NnImporter *const importers[] = {
  &nn_import_archive,
#ifdef HAVE_LIBCSV
  &nn_import_csv,
#endif
  &nn_import_idx,
  &nn_import_folder,
};

#define TICK_US 30000

gboolean
nn_import_tick (NnImport *import, double fraction, GError **error)
{
  if (import->cancellable && g_cancellable_is_cancelled (import->cancellable)) {
    g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, _ ("Opening the data was stopped."));
    return FALSE;
  }
  gint64 now = g_get_monotonic_time ();
  if (import->progress && now - import->last_tick >= TICK_US) {
    import->last_tick = now;
    import->progress (fraction, import->progress_data);
  }
  return TRUE;
}

NnDataset *
nn_import_dispatch (NnImport *import, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (importers); i++)
    if (importers[i]->claims (import))
      return importers[i]->run (import, error);
  g_assert_not_reached ();
}

gboolean
nn_import_strays (const NnImport *import, const char *path)
{
  char real[PATH_MAX];
  if (!import->confine)
    return FALSE;
  gsize n = strlen (import->confine);
  return !realpath (path, real) || strncmp (real, import->confine, n) != 0
         || (real[n] != '/' && real[n] != 0);
}

gboolean
nn_is_litter (const char *name)
{
  static const char *const litter[] = { "Thumbs.db", "ehthumbs.db", "desktop.ini", "__MACOSX", "@eaDir" };
  for (gsize i = 0; i < G_N_ELEMENTS (litter); i++)
    if (g_ascii_strcasecmp (name, litter[i]) == 0)
      return TRUE;
  return name[0] == '.';
}

int
nn_split_from_name (const char *name)
{
  static const struct {
    const char *name;
    NnSplit split;
  } names[] = {
    { "train", NN_SPLIT_TRAIN },  { "training", NN_SPLIT_TRAIN }, { "val", NN_SPLIT_VAL },
    { "valid", NN_SPLIT_VAL },    { "validation", NN_SPLIT_VAL }, { "test", NN_SPLIT_TEST },
    { "testing", NN_SPLIT_TEST },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i].name) == 0)
      return (int) names[i].split;
  return -1;
}

NnDataset *
nn_dataset_import (const char *const *paths, const NnImportOptions *options, GCancellable *cancellable,
                   NnProgressFunc progress, gpointer data, GError **error)
{
  g_return_val_if_fail (paths && paths[0], NULL);
  NnImport import = {
    .paths = paths,
    .options = options ? *options : (NnImportOptions){ 0 },
    .cancellable = cancellable,
    .progress = progress,
    .progress_data = data,
  };
  if (!import.options.max_archive_entries)
    import.options.max_archive_entries = 2000000;
  if (!import.options.max_archive_bytes)
    import.options.max_archive_bytes = (guint64) 64 << 30;
  if (!import.options.max_archive_ratio)
    import.options.max_archive_ratio = 100;
  for (const char *const *path = paths; *path; path++) {
    struct stat st;
    if (stat (*path, &st) == 0)
      continue;
    int code = errno;
    g_autofree char *name = nn_display_name (*path);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("“%s” can't be opened: %s."), name,
                 g_strerror (code));
    return NULL;
  }
  return nn_import_dispatch (&import, error);
}

char *
nn_display_name (const char *bytes)
{
  char *name = g_filename_display_name (bytes);
  for (char *p = name; *p; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = '?';
  return name;
}

guint
nn_dataset_add_class (NnDataset *self, const char *bytes)
{
  gpointer index;
  if (g_hash_table_lookup_extended (self->class_index, bytes, NULL, &index))
    return GPOINTER_TO_UINT (index);
  char *copy = g_strdup (bytes);
  g_hash_table_insert (self->class_index, copy, GUINT_TO_POINTER (self->classes->len));
  g_ptr_array_add (self->classes, copy);
  g_ptr_array_add (self->class_names, nn_display_name (bytes));
  return self->classes->len - 1;
}

void
nn_dataset_add_file (NnDataset *self, const char *path, const char *name, guint class_index, NnSplit split,
                     const struct stat *st)
{
  NnEntry entry = {
    .path = nn_dataset_keep_string (self, path),
    .name = nn_dataset_keep_string (self, name),
    .size = (guint64) st->st_size,
    .mtime = (gint64) st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
    .class_index = class_index,
    .split = (guint8) split,
    .source_split = (guint8) split,
  };
  g_array_append_val (self->entries, entry);
}

guint
nn_dataset_add_bank (NnDataset *self, guint8 *pixels, gsize n, guint height, guint width, guint channels)
{
  g_assert (self->banks->len < G_MAXUINT16);
  NnBank *bank = g_new (NnBank, 1);
  *bank = (NnBank){ pixels, n, height, width, channels, 1 };
  g_ptr_array_add (self->banks, bank);
  return self->banks->len - 1;
}

void
nn_dataset_add_row (NnDataset *self, guint bank, guint32 row, guint class_index, NnSplit split)
{
  char name[32];
  g_snprintf (name, sizeof name, "%u", row + 1);
  NnEntry entry = {
    .name = nn_dataset_keep_string (self, name),
    .class_index = class_index,
    .source_class = NN_NO_SOURCE_CLASS,
    .row = row,
    .bank = (guint16) bank,
    .split = (guint8) split,
    .source_split = (guint8) split,
  };
  g_array_append_val (self->entries, entry);
}

void
nn_dataset_warn (NnDataset *self, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  char *text = g_strdup_vprintf (format, args);
  va_end (args);
  pthread_mutex_lock (&self->lock);
  g_ptr_array_add (self->warnings, text);
  pthread_mutex_unlock (&self->lock);
}

void
nn_dataset_reject (NnDataset *self, const char *path, const char *name, int sample, const char *reason)
{
  /* Two loads of different sizes find the same damaged picture: told once. */
  if (sample >= 0 && !g_atomic_int_compare_and_exchange (&nn_dataset_entry (self, (guint) sample)->bad, 0, 1))
    return;
  NnReject *reject = g_new (NnReject, 1);
  *reject = (NnReject){ g_strdup (path), nn_display_name (name), g_strdup (reason), sample };
  pthread_mutex_lock (&self->lock);
  g_ptr_array_add (self->rejects, reject);
  pthread_mutex_unlock (&self->lock);
}

char *
nn_probe_file (const char *path, struct stat *st)
{
  guint8 head[64];
  if (stat (path, st) != 0)
    return g_strdup_printf (_ ("The file can't be read: %s."), g_strerror (errno));
  if (!S_ISREG (st->st_mode))
    return g_strdup (_ ("This is no ordinary file."));
  /* Without blocking, since it may have become a FIFO, which waits for its writer. */
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  gssize n = fd >= 0 ? read (fd, head, sizeof head) : -1;
  int code = errno;
  if (fd >= 0)
    close (fd);
  if (n < 0)
    return g_strdup_printf (_ ("The file can't be read: %s."), g_strerror (code));
  if (n == 0)
    return g_strdup (_ ("The file is empty."));
  if (nn_sniff (head, (gsize) n) == NN_PICTURE_NONE)
    return g_strdup (nn_sniff_describe (head, (gsize) n));
  return NULL;
}

void
nn_dataset_take_file (NnDataset *self, const char *path, const char *name, guint class_index, NnSplit split)
{
  struct stat st;
  g_autofree char *shown = nn_display_name (name);
  g_autofree char *reason = nn_probe_file (path, &st);
  if (reason)
    nn_dataset_reject (self, path, shown, -1, reason);
  else
    nn_dataset_add_file (self, path, shown, class_index, split, &st);
}
