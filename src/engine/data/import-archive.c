/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A zip or tar is unpacked once into the cache, and what lies there is imported as a folder or as IDX files.
 *
 * $XDG_CACHE_HOME/perceptron/archives/KEY/ holds the folder NAME with the contents, and the file "skipped"
 * with what wasn't unpacked and why (name and reason in turn, a NUL behind each). It is made under another
 * name and renamed, so it is whole or not there. Where there is no cache a temporary folder lives as long as
 * the data set. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utime.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "data/importer.h"

#define BLOCK 65536
#define SAMPLE 65536
#define LEAVE_FREE ((guint64) 512 << 20)
/* Below this a high ratio does no harm (a few blank bitmaps are not a bomb). */
#define RATIO_FROM ((guint64) 64 << 20)
#define KEEP_SECONDS (30 * 24 * 60 * 60)
/* Links are made, but nothing is ever written through one, and the scan afterwards follows none that leads
 * out. */
#define SECURE (ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_TIME)

typedef struct {
  NnImport *import;
  struct archive *in;
  struct archive *out;
  const char *root; /* real path: SECURE_SYMLINKS minds links in it too */
  const char *shown;
  guint64 size; /* of the archive */
  guint64 max_bytes;
  guint64 n_bytes;
  guint64 n_entries;
  GString *skipped;
} Job;

/* @why: (out) (optional) */
static struct archive *
open_archive (const char *path, char **why)
{
  struct archive *in = archive_read_new ();
  archive_read_support_format_zip (in);
  archive_read_support_format_tar (in);
  archive_read_support_filter_gzip (in);
  archive_read_support_filter_bzip2 (in);
  archive_read_support_filter_xz (in);
  archive_read_support_filter_zstd (in);
  if (archive_read_open_filename (in, path, BLOCK) == ARCHIVE_OK)
    return in;
  if (why)
    *why = g_strdup (archive_error_string (in));
  archive_read_free (in);
  return NULL;
}

static const char *const endings[]
    = { ".gz", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".tbz", ".txz", ".zip", NULL };

/* One that is damaged from the start is known by its name only; a lone .gz may as well be an IDX file. */
static gboolean
named_like_archive (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);
  for (gsize i = 0; endings[i]; i++)
    if (g_str_has_suffix (lower, endings[i]) && (i >= 4 || strstr (lower, ".tar.")))
      return TRUE;
  return FALSE;
}

static gboolean
claims (NnImport *import)
{
  struct archive_entry *entry;
  if (import->paths[1] || !g_file_test (import->paths[0], G_FILE_TEST_IS_REGULAR))
    return FALSE;
  struct archive *in = open_archive (import->paths[0], NULL);
  int status = in ? archive_read_next_header (in, &entry) : ARCHIVE_FATAL;
  if (in)
    archive_read_free (in);
  return status == ARCHIVE_OK || status == ARCHIVE_WARN || named_like_archive (import->paths[0]);
}

static gboolean
refuse (const Job *job, GError **error, const char *why)
{
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "“%s” isn't unpacked: %s.", job->shown, why);
  return FALSE;
}

static gboolean
damaged (const Job *job, struct archive *archive, GError **error)
{
  const char *text = archive_error_string (archive);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               _ ("The archive “%s” is damaged or can't be unpacked: %s."), job->shown,
               text ? text : _ ("no reason is given"));
  return FALSE;
}

static void
skip (Job *job, const char *name, const char *reason)
{
  g_string_append_len (job->skipped, name, (gssize) strlen (name) + 1);
  g_string_append_len (job->skipped, reason, (gssize) strlen (reason) + 1);
}

static gboolean
leads_out (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  return name[0] == '/' || g_strv_contains ((const char *const *) parts, "..");
}

static const char *
entry_name (struct archive_entry *entry)
{
  /* In the C locale a name beyond ASCII has no form in the locale's characters. */
  const char *name = archive_entry_pathname (entry);
  return name ? name : archive_entry_pathname_utf8 (entry);
}

/* Puts the entry below the root. FALSE: it isn't for us, which was noted. */
static gboolean
prepare (Job *job, struct archive_entry *entry)
{
  const char *found = entry_name (entry);
  if (!found || !*found)
    return FALSE;
  g_autofree char *name = g_strdup (found);
  const char *link = archive_entry_hardlink (entry);
  mode_t type = archive_entry_filetype (entry);
  if (leads_out (name) || (link && leads_out (link))) {
    skip (job, name, _ ("Its name leads out of the archive; it wasn't unpacked."));
    return FALSE;
  }
  if (!link && type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK) {
    skip (job, name, _ ("This is no ordinary file; it wasn't unpacked."));
    return FALSE;
  }
  if (archive_entry_is_encrypted (entry)) {
    skip (job, name, _ ("It is encrypted; unpack the archive yourself and open the folder."));
    return FALSE;
  }
  if (link) {
    g_autofree char *target = g_build_filename (job->root, link, NULL);
    archive_entry_set_hardlink (entry, target);
  }
  g_autofree char *path = g_build_filename (job->root, name, NULL);
  archive_entry_set_pathname (entry, path);
  archive_entry_set_perm (entry, type == AE_IFDIR ? 0700 : 0600);
  return TRUE;
}

static gboolean
within_limits (const Job *job, guint64 more, GError **error)
{
  guint64 bytes = job->n_bytes + MIN (more, G_MAXINT64);
  if (job->n_entries > job->import->options.max_archive_entries)
    return refuse (job, error, _ ("it holds too many files"));
  if (bytes > job->max_bytes)
    return refuse (job, error,
                   _ ("its contents are larger than allowed, or than the free space for the cache"));
  if (bytes > RATIO_FROM && bytes / MAX (job->size, 1) > job->import->options.max_archive_ratio)
    return refuse (job, error, _ ("its contents are suspiciously larger than itself"));
  return TRUE;
}

static gboolean
copy_data (Job *job, GError **error)
{
  const void *block;
  size_t n;
  la_int64_t offset, end = 0;
  int status;
  while ((status = archive_read_data_block (job->in, &block, &n, &offset)) == ARCHIVE_OK) {
    guint64 more = (guint64) MAX (offset + (la_int64_t) n - end, 0);
    double fraction = (double) archive_filter_bytes (job->in, -1) / (double) MAX (job->size, 1);
    if (!nn_import_tick (job->import, CLAMP (fraction, 0, 1), error) || !within_limits (job, more, error))
      return FALSE;
    job->n_bytes += more;
    end = MAX (end, offset + (la_int64_t) n);
    if (archive_write_data_block (job->out, block, n, offset) < ARCHIVE_OK)
      return damaged (job, job->out, error);
  }
  return status == ARCHIVE_EOF || damaged (job, job->in, error);
}

static gboolean
unpack_all (Job *job, GError **error)
{
  struct archive_entry *entry;
  int status;
  while ((status = archive_read_next_header (job->in, &entry)) != ARCHIVE_EOF) {
    if (status < ARCHIVE_WARN)
      return damaged (job, job->in, error);
    job->n_entries++;
    guint64 size = archive_entry_size_is_set (entry) ? (guint64) MAX (archive_entry_size (entry), 0) : 0;
    if (!nn_import_tick (job->import, -1, error) || !within_limits (job, size, error))
      return FALSE;
    g_autofree char *name = g_strdup (entry_name (entry));
    if (!prepare (job, entry))
      continue;
    if (archive_write_header (job->out, entry) < ARCHIVE_WARN) {
      g_autofree char *reason
          = g_strdup_printf (_ ("It can't be unpacked: %s."), archive_error_string (job->out));
      skip (job, name, reason);
      continue;
    }
    if (archive_entry_filetype (entry) == AE_IFREG && !archive_entry_hardlink (entry)
        && !copy_data (job, error))
      return FALSE;
    if (archive_write_finish_entry (job->out) < ARCHIVE_WARN)
      return damaged (job, job->out, error);
  }
  return TRUE;
}

static gboolean
unpack (NnImport *import, const char *shown, const char *root, GString *skipped, GError **error)
{
  struct stat st;
  struct statvfs fs;
  char real[PATH_MAX];
  Job job = { .import = import, .shown = shown, .skipped = skipped, .root = realpath (root, real) };
  if (!job.root || stat (import->paths[0], &st) != 0 || statvfs (root, &fs) != 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_FAILED, _ ("“%s” can't be opened: %s."), shown,
                 g_strerror (errno));
    return FALSE;
  }
  g_autofree char *why = NULL;
  if (!(job.in = open_archive (import->paths[0], &why))) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("The archive “%s” is damaged or can't be read: %s."),
                 shown, why ? why : _ ("no reason is given"));
    return FALSE;
  }
  guint64 space = (guint64) fs.f_bavail * fs.f_frsize;
  job.size = (guint64) st.st_size;
  job.max_bytes = MIN (import->options.max_archive_bytes, space > LEAVE_FREE ? space - LEAVE_FREE : 0);
  job.out = archive_write_disk_new ();
  archive_write_disk_set_options (job.out, SECURE);
  gboolean ok = unpack_all (&job, error);
  archive_read_free (job.in);
  if (archive_write_free (job.out) != ARCHIVE_OK && ok)
    ok = refuse (&job, error, _ ("not everything could be written"));
  return ok;
}

/* By size, time, name and both ends (in a zip the end has the checksum of every file): a large archive isn't
 * read through for this. */
static char *
make_key (const char *path, const char *name)
{
  struct stat st;
  char buffer[SAMPLE];
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  if (fd >= 0 && fstat (fd, &st) == 0) {
    gint64 facts[3] = { st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec };
    g_checksum_update (sum, (const guchar *) facts, sizeof facts);
    for (off_t at = 0; at < 2; at++) {
      gssize n = pread (fd, buffer, sizeof buffer, at ? MAX (st.st_size - SAMPLE, 0) : 0);
      g_checksum_update (sum, (const guchar *) buffer, MAX (n, 0));
    }
  }
  if (fd >= 0)
    close (fd);
  g_checksum_update (sum, (const guchar *) name, -1);
  return g_strdup (g_checksum_get_string (sum));
}

/* "pets" of "/home/x/pets.tar.gz": pictures that lie in no folder make a class of this name. */
static char *
make_name (const char *path)
{
  char *name = g_path_get_basename (path);
  for (gsize i = 0; endings[i]; i++) {
    gsize n = strlen (name), k = strlen (endings[i]);
    if (n > k && g_ascii_strcasecmp (name + n - k, endings[i]) == 0)
      name[n - k] = 0;
  }
  if (nn_is_litter (name)) {
    g_free (name);
    name = g_strdup ("archive");
  }
  return name;
}

/* What wasn't asked for in a month, and what a killed process left. */
static void
remove_old (const char *folder)
{
  const char *name;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    struct stat st;
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *mark = g_build_filename (path, "skipped", NULL);
    gint64 keep = g_str_has_prefix (name, ".tmp-") ? 24 * 60 * 60 : KEEP_SECONDS;
    if ((lstat (mark, &st) == 0 || lstat (path, &st) == 0) && now - st.st_mtim.tv_sec > keep)
      nn_remove_tree (path);
  }
}

/* The folder KEY of the cache, unpacked now if need be. @temporary: it is to be removed in the end. */
static char *
obtain (NnImport *import, const char *name, gboolean *temporary, GError **error)
{
  g_autofree char *shown = nn_display_name (name);
  g_autofree char *folder = nn_cache_folder ("archives");
  g_autofree char *key = make_key (import->paths[0], name);
  g_autofree char *final = folder ? g_build_filename (folder, key, NULL) : NULL;
  g_autofree char *mark = final ? g_build_filename (final, "skipped", NULL) : NULL;
  if (mark && g_utime (mark, NULL) == 0)
    return g_steal_pointer (&final);
  if (folder)
    remove_old (folder);
  g_autofree char *work = folder ? g_build_filename (folder, ".tmp-XXXXXX", NULL) : NULL;
  if (!work || !g_mkdtemp (work)) {
    g_free (work);
    if (!(work = g_dir_make_tmp ("perceptron-XXXXXX", error)))
      return NULL;
    g_clear_pointer (&final, g_free);
  }
  g_autofree char *root = g_build_filename (work, name, NULL);
  g_autofree char *list = g_build_filename (work, "skipped", NULL);
  g_autoptr (GString) skipped = g_string_new (NULL);
  if (g_mkdir (root, 0700) != 0 || !unpack (import, shown, root, skipped, error)
      || !g_file_set_contents (list, skipped->str, (gssize) skipped->len, error)) {
    if (error && !*error)
      g_set_error (error, NN_ERROR, NN_ERROR_FAILED, _ ("There is no place to unpack “%s”."), shown);
    nn_remove_tree (work);
    return NULL;
  }
  if (final && g_rename (work, final) == 0)
    return g_steal_pointer (&final);
  *temporary = TRUE;
  return g_steal_pointer (&work);
}

static void
tell_skipped (NnDataset *set, const char *folder)
{
  gsize n;
  g_autofree char *text = NULL;
  g_autofree char *path = g_build_filename (folder, "skipped", NULL);
  if (!g_file_get_contents (path, &text, &n, NULL))
    return;
  for (const char *p = text; p < text + n;) {
    const char *reason = p + strlen (p) + 1;
    if (reason >= text + n)
      break;
    nn_dataset_reject (set, NULL, p, -1, reason);
    p = reason + strlen (reason) + 1;
  }
}

/* Down to where there is more than one thing: archives often hold one folder with all in it. */
static char *
descend (const char *root)
{
  char *path = g_strdup (root);
  for (guint depth = 0; depth < 16; depth++) {
    const char *name;
    guint n = 0;
    g_autofree char *only = NULL;
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    while (dir && (name = g_dir_read_name (dir))) {
      if (nn_is_litter (name))
        continue;
      n++;
      g_free (only);
      only = g_build_filename (path, name, NULL);
    }
    if (n != 1 || g_file_test (only, G_FILE_TEST_IS_SYMLINK) || !g_file_test (only, G_FILE_TEST_IS_DIR))
      break;
    g_free (path);
    path = g_steal_pointer (&only);
  }
  return path;
}

static NnDataset *
run (NnImport *import, GError **error)
{
  gboolean temporary = FALSE;
  char real[PATH_MAX];
  g_autofree char *name = make_name (import->paths[0]);
  g_autofree char *folder = obtain (import, name, &temporary, error);
  if (!folder)
    return NULL;
  g_autofree char *root = g_build_filename (folder, name, NULL);
  g_autofree char *below = descend (root);
  NnImport inner = *import;
  inner.paths = (const char *const[]){ below, NULL };
  inner.confine = realpath (root, real);
  NnDataset *set = inner.confine ? nn_import_dispatch (&inner, error) : NULL;
  if (!set) {
    if (error && !*error)
      g_set_error (error, NN_ERROR, NN_ERROR_FAILED, _ ("The unpacked archive “%s” is gone from the cache."),
                   name);
    if (temporary)
      nn_remove_tree (folder);
    return NULL;
  }
  tell_skipped (set, folder);
  set->format = "archive";
  g_free (set->name);
  set->name = nn_display_name (name);
  if (temporary)
    set->strings->temporary = g_steal_pointer (&folder);
  return set;
}

const NnImporter nn_import_archive = { "archive", claims, run };
