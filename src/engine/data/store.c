/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zlib.h>

#include <glib/gstdio.h>

#include "data/importer.h"

#define PAGE 4096
/* A cache never takes the last of the disk. */
#define LEAVE_FREE ((guint64) 512 << 20)
#define MAX_CACHE ((guint64) 8 << 30)

typedef struct {
  char magic[8];
  guint64 n_total;
  guint64 n;
  guint64 row_bytes;
  guint64 n_rejects;
  guint64 length;
  guint64 checksum;
} Header;

static const char magic[8] = "PCNPIX1";

static void
clear_reject (gpointer data)
{
  g_free (((NnStoreReject *) data)->reason);
}

static NnStore *
store_alloc (gsize n_total, gsize row_bytes)
{
  NnStore *self = g_new0 (NnStore, 1);
  self->ref_count = 1;
  self->fd = -1;
  self->n_total = n_total;
  self->row_bytes = row_bytes;
  self->rejects = g_array_new (FALSE, FALSE, sizeof (NnStoreReject));
  g_array_set_clear_func (self->rejects, clear_reject);
  return self;
}

NnStore *
nn_store_ref (NnStore *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
nn_store_unref (NnStore *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary)
    g_unlink (self->temporary);
  if (self->map)
    munmap (self->map, self->map_length);
  g_free (self->path);
  g_free (self->temporary);
  g_free (self->numbers);
  g_array_unref (self->rejects);
  g_free (self);
}

static guint64
checksum (const guint8 *data, gsize n)
{
  return crc32_z (crc32_z (0, NULL, 0), data, n);
}

/* The rejects behind the numbers, up to @end; FALSE: nonsense. */
static gboolean
parse_rejects (NnStore *self, const guint8 *p, const guint8 *end, guint64 n)
{
  for (guint64 i = 0; i < n; i++) {
    guint32 word[2];
    if ((gsize) (end - p) < sizeof word)
      return FALSE;
    memcpy (word, p, sizeof word);
    p += sizeof word;
    if (word[0] >= self->n_total || word[1] > (gsize) (end - p))
      return FALSE;
    NnStoreReject reject = { word[0], g_strndup ((const char *) p, word[1]) };
    g_array_append_val (self->rejects, reject);
    p += word[1];
  }
  return p == end;
}

static gboolean
parse (NnStore *self)
{
  Header header;
  gsize rows, numbers;
  if (self->map_length < PAGE)
    return FALSE;
  memcpy (&header, self->map, sizeof header);
  if (memcmp (header.magic, magic, sizeof magic) != 0 || header.length != self->map_length
      || header.n_total != self->n_total || header.row_bytes != self->row_bytes || header.n > header.n_total
      || header.n_rejects != header.n_total - header.n
      || !g_size_checked_mul (&rows, header.n, self->row_bytes)
      || !g_size_checked_mul (&numbers, header.n, sizeof (guint32)) || rows > self->map_length - PAGE
      || numbers > self->map_length - PAGE - rows
      || header.checksum != checksum (self->map + PAGE, self->map_length - PAGE))
    return FALSE;
  self->rows = self->map + PAGE;
  self->n = header.n;
  self->numbers = g_memdup2 (self->rows + rows, numbers);
  for (gsize i = 0; i < self->n; i++)
    if (self->numbers[i] >= self->n_total || (i > 0 && self->numbers[i] <= self->numbers[i - 1]))
      return FALSE;
  return parse_rejects (self, self->rows + rows + numbers, self->map + self->map_length, header.n_rejects);
}

NnStore *
nn_store_open (const char *folder, const char *key, gsize n_total, gsize row_bytes)
{
  struct stat st;
  g_autofree char *path = g_build_filename (folder, key, NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return NULL;
  g_autoptr (NnStore) self = store_alloc (n_total, row_bytes);
  void *map = MAP_FAILED;
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && st.st_size > 0)
    map = mmap (NULL, (gsize) st.st_size, PROT_READ, MAP_SHARED, fd, 0);
  if (map != MAP_FAILED) {
    self->map = map;
    self->map_length = (gsize) st.st_size;
  }
  gboolean ok = map != MAP_FAILED && parse (self);
  if (ok)
    futimens (fd, NULL); /* used last: now; the oldest go first when the cache is full */
  else
    g_unlink (path);
  close (fd);
  return ok ? g_steal_pointer (&self) : NULL;
}

/* A file of @length bytes that are really there, so that no later write to the map can fail. */
static gboolean
open_file (NnStore *self, const char *folder, const char *key)
{
  struct statvfs fs;
  self->temporary = g_strdup_printf ("%s/.tmp-%s-XXXXXX", folder, key);
  self->fd = g_mkstemp_full (self->temporary, O_RDWR | O_CLOEXEC, 0600);
  if (self->fd < 0) {
    g_clear_pointer (&self->temporary, g_free);
    return FALSE;
  }
  void *map = MAP_FAILED;
  if (fstatvfs (self->fd, &fs) == 0 && (guint64) fs.f_bavail * fs.f_frsize >= self->map_length + LEAVE_FREE
      && posix_fallocate (self->fd, 0, (off_t) self->map_length) == 0)
    map = mmap (NULL, self->map_length, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
  if (map != MAP_FAILED) {
    self->map = map;
    self->path = g_build_filename (folder, key, NULL);
    return TRUE;
  }
  g_unlink (self->temporary);
  g_clear_pointer (&self->temporary, g_free);
  close (self->fd);
  self->fd = -1;
  return FALSE;
}

NnStore *
nn_store_new (const char *folder, const char *key, gsize n_total, gsize row_bytes)
{
  gsize length;
  if (!g_size_checked_mul (&length, n_total, row_bytes) || !g_size_checked_add (&length, length, PAGE)
      || length > G_MAXSSIZE)
    return NULL;
  g_autoptr (NnStore) self = store_alloc (n_total, row_bytes);
  self->map_length = length;
  if (!folder || !open_file (self, folder, key)) {
    void *map = mmap (NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
      return NULL;
    self->map = map;
  }
  self->rows = self->map + PAGE;
  return g_steal_pointer (&self);
}

static gboolean
write_all (int fd, const void *data, gsize n, gsize at)
{
  const guint8 *p = data;
  while (n > 0) {
    gssize done = pwrite (fd, p, n, (off_t) at);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return FALSE;
    p += done;
    at += (gsize) done;
    n -= (gsize) done;
  }
  return TRUE;
}

/* What follows the rows, and the header; then the name. */
static gboolean
publish (NnStore *self)
{
  g_autoptr (GByteArray) tail = g_byte_array_new ();
  gsize rows = self->n * self->row_bytes;
  g_byte_array_append (tail, (const guint8 *) self->numbers, (guint) (self->n * sizeof (guint32)));
  for (guint i = 0; i < self->rejects->len; i++) {
    const NnStoreReject *reject = &g_array_index (self->rejects, NnStoreReject, i);
    guint32 word[2] = { reject->number, (guint32) strlen (reject->reason) };
    g_byte_array_append (tail, (const guint8 *) word, sizeof word);
    g_byte_array_append (tail, (const guint8 *) reject->reason, word[1]);
  }
  Header header = { .n_total = self->n_total,
                    .n = self->n,
                    .row_bytes = self->row_bytes,
                    .n_rejects = self->rejects->len,
                    .length = PAGE + rows + tail->len };
  memcpy (header.magic, magic, sizeof magic);
  header.checksum = crc32_z (checksum (self->rows, rows), tail->data, tail->len);
  return write_all (self->fd, tail->data, tail->len, PAGE + rows)
         && write_all (self->fd, &header, sizeof header, 0)
         && ftruncate (self->fd, (off_t) header.length) == 0 && g_rename (self->temporary, self->path) == 0;
}

void
nn_store_complete (NnStore *self, char **reasons, gboolean keep)
{
  self->numbers = g_new (guint32, MAX (self->n_total, 1));
  for (gsize i = 0; i < self->n_total; i++) {
    if (reasons[i]) {
      NnStoreReject reject = { (guint32) i, g_steal_pointer (&reasons[i]) };
      g_array_append_val (self->rejects, reject);
      continue;
    }
    if (self->n != i)
      memcpy (self->rows + self->n * self->row_bytes, self->rows + i * self->row_bytes, self->row_bytes);
    self->numbers[self->n++] = (guint32) i;
  }
  if (self->fd < 0)
    return;
  if (keep && publish (self)) {
    g_autofree char *folder = g_path_get_dirname (self->path);
    g_clear_pointer (&self->temporary, g_free);
    nn_cache_prune (folder, MAX_CACHE);
  } else {
    /* The memory stays as long as it is mapped. */
    g_unlink (self->temporary);
    g_clear_pointer (&self->temporary, g_free);
  }
  close (self->fd);
  self->fd = -1;
}
