/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/picture-zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"

#define BLOCK 65536
/* Characters of a name: paths of a few hundred bytes are too long for some systems. */
#define MAX_NAME 80

/* Of whatever text, a name of a file or a folder. */
static char *
make_plain (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);
  glong n = 0;
  for (const char *p = valid; *p != '\0' && n < MAX_NAME; p = g_utf8_next_char (p), n++) {
    gunichar c = g_utf8_get_char (p);
    gboolean bad = c < 32 || c == 127 || (c < 128 && strchr ("/\\:*?\"<>|", (int) c) != NULL);
    g_string_append_unichar (out, bad ? '_' : c);
  }
  while (out->len > 0 && strchr (". ", out->str[out->len - 1]) != NULL)
    g_string_truncate (out, out->len - 1);
  if (out->len == 0 || out->str[0] == '.')
    g_string_prepend_c (out, '_');
  return g_string_free (out, FALSE);
}

/* The first of “stem.end”, “stem (2).end” … that isn't @taken, whatever the case. With each name goes the last number
 * that it was given, so that thousands of a name don't try all numbers again. */
static char *
make_unique (GHashTable *taken, const char *folder, const char *stem, const char *end)
{
  g_autofree char *plain = g_strconcat (folder, stem, end, NULL), *key = g_utf8_casefold (plain, -1);
  g_autofree char *name = g_strdup (plain), *folded = g_strdup (key);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (taken, key));
  while (g_hash_table_contains (taken, folded)) {
    g_free (name);
    g_free (folded);
    name = g_strdup_printf ("%s%s (%u)%s", folder, stem, ++number, end);
    folded = g_utf8_casefold (name, -1);
  }
  g_hash_table_insert (taken, g_steal_pointer (&folded), GUINT_TO_POINTER (1));
  g_hash_table_insert (taken, g_steal_pointer (&key), GUINT_TO_POINTER (MAX (number, 1)));
  return g_steal_pointer (&name);
}

/* Returns: (transfer full): of each class its folder with the slash behind it; last that of the unknown */
static GPtrArray *
name_folders (const char *const *names)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);
  guint n = g_strv_length ((char **) names);
  for (guint c = 0; c <= n; c++) {
    g_autofree char *plain = make_plain (c < n ? names[c] : "unknown");
    g_autofree char *folder = make_unique (taken, "", plain, "");
    g_ptr_array_add (folders, g_strconcat (folder, "/", NULL));
  }
  return folders;
}

static char *
name_picture (GHashTable *taken, const char *path, const char *folder)
{
  g_autofree char *display = g_filename_display_basename (path);
  const char *point = strrchr (display, '.');
  if (point == NULL || point == display || strlen (point) > 6)
    point = display + strlen (display);
  g_autofree char *stem = g_strndup (display, (gsize) (point - display));
  g_autofree char *plain = make_plain (stem), *end = make_plain (point);
  /* A leading point is what makes an ending, and make_plain() covers it up. */
  return make_unique (taken, folder, plain, *point != '\0' ? end + 1 : "");
}

GPtrArray *
nn_zip_name_pictures (const char *const *paths, const int *classes, gsize n, const char *const *names)
{
  g_autoptr (GPtrArray) folders = name_folders (names);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *inside = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < n; i++) {
    guint folder = classes[i] >= 0 ? (guint) classes[i] : folders->len - 1;
    g_ptr_array_add (inside, classes[i] == NN_ZIP_LEFT_OUT
                                 ? NULL
                                 : name_picture (taken, paths[i], g_ptr_array_index (folders, folder)));
  }
  return inside;
}

/* An archive on its way, under another name beside its place. */
typedef struct {
  struct archive *archive;
  char *path;
  int file;
} Zip;

static void
zip_clear (Zip *self)
{
  if (self->archive)
    archive_write_free (self->archive);
  if (self->file >= 0)
    close (self->file);
  if (self->path)
    g_unlink (self->path);
  g_free (self->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Zip, zip_clear)

static gboolean
fail (const char *path, const char *reason, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_set_error (error, NN_ERROR, NN_ERROR_FAILED,
               _ ("“%s” can’t be written: %s. Choose another folder or make room on the disk."), shown, reason);
  return FALSE;
}

static gboolean
open_zip (Zip *self, const char *path, GError **error)
{
  self->path = g_strconcat (path, ".XXXXXX", NULL);
  self->file = g_mkstemp_full (self->path, O_RDWR | O_CLOEXEC, 0666);
  if (self->file < 0) {
    g_clear_pointer (&self->path, g_free);
    return fail (path, g_strerror (errno), error);
  }
  self->archive = archive_write_new ();
  if (archive_write_set_format_zip (self->archive) != ARCHIVE_OK
      || archive_write_zip_set_compression_store (self->archive) != ARCHIVE_OK
      || archive_write_set_options (self->archive, "hdrcharset=UTF-8") != ARCHIVE_OK
      || archive_write_open_fd (self->archive, self->file) != ARCHIVE_OK)
    return fail (path, archive_error_string (self->archive), error);
  return TRUE;
}

static gboolean
begin_entry (Zip *self, const char *name, guint64 size, gint64 time)
{
  struct archive_entry *entry = archive_entry_new ();
  archive_entry_set_pathname_utf8 (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_size (entry, (la_int64_t) size);
  archive_entry_set_mtime (entry, time, 0);
  int status = archive_write_header (self->archive, entry);
  archive_entry_free (entry);
  return status == ARCHIVE_OK || status == ARCHIVE_WARN;
}

/* Returns: -1 with errno set, or how many bytes of @file went in. */
static gssize
copy_file (Zip *self, int file, guint64 size)
{
  char block[BLOCK];
  guint64 left = size;
  while (left > 0) {
    gssize n = read (file, block, (gsize) MIN (left, sizeof block));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? -1 : (gssize) (size - left);
    if (archive_write_data (self->archive, block, (gsize) n) != n)
      return -1;
    left -= (guint64) n;
  }
  return (gssize) size;
}

static gboolean
add_picture (Zip *self, const char *zip, const char *path, const char *name, GError **error)
{
  struct stat info;
  int file = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0 || fstat (file, &info) != 0 || !S_ISREG (info.st_mode)) {
    g_autofree char *shown = g_filename_display_name (path);
    g_set_error (error, NN_ERROR, NN_ERROR_FAILED,
                 _ ("“%s” can’t be read any more: %s. Classify the pictures again."), shown,
                 g_strerror (file < 0 ? errno : EINVAL));
    if (file >= 0)
      close (file);
    return FALSE;
  }
  guint64 size = (guint64) info.st_size;
  gboolean ok = begin_entry (self, name, size, info.st_mtime) && copy_file (self, file, size) == (gssize) size;
  close (file);
  if (ok)
    return TRUE;
  const char *reason = archive_error_string (self->archive);
  return fail (zip, reason ? reason : path, error);
}

static gboolean
finish (Zip *self, const char *path, GError **error)
{
  if (archive_write_close (self->archive) != ARCHIVE_OK)
    return fail (path, archive_error_string (self->archive), error);
  if (fsync (self->file) != 0 || g_rename (self->path, path) != 0)
    return fail (path, g_strerror (errno), error);
  g_clear_pointer (&self->path, g_free);
  return TRUE;
}

gboolean
nn_zip_write (const char *path, const char *const *paths, GPtrArray *inside, const char *table_name, const GString *table,
              GCancellable *cancellable, NnProgressFunc progress, gpointer data, GError **error)
{
  g_auto (Zip) zip = { .file = -1 };
  if (!open_zip (&zip, path, error))
    return FALSE;
  if (!begin_entry (&zip, table_name, table->len, g_get_real_time () / G_USEC_PER_SEC)
      || archive_write_data (zip.archive, table->str, table->len) != (la_ssize_t) table->len)
    return fail (path, archive_error_string (zip.archive), error);
  for (guint i = 0; i < inside->len; i++) {
    const char *name = g_ptr_array_index (inside, i);
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, _ ("Stopped."));
      return FALSE;
    }
    if (name && !add_picture (&zip, path, paths[i], name, error))
      return FALSE;
    if (progress)
      progress ((i + 1.0) / inside->len, data);
  }
  return finish (&zip, path, error);
}
