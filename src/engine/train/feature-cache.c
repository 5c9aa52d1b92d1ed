/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file: records of a fixed size, one behind the other; each is the digest of a picture, a digest over that and the
 * numbers, and the numbers, in the machine's byte order. Records are written whole under a lock; a part that a killed
 * process or a full disk left at the end is cut off before the next are added. */
#include "train/feature-cache.h"

#include "data/importer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MAX_FILE ((guint64) 512 << 20)
#define MAX_CACHE ((guint64) 1 << 30)
/* A cache never takes the last of the disk. */
#define LEAVE_FREE ((guint64) 512 << 20)

typedef struct {
  NnDigest picture;
  guint64 check;
} Head;

struct _NnFeatureCache {
  int fd;
  gsize width, record; /* numbers of a row, bytes of a record */
  GHashTable *places;  /* NnDigest → the record's number + 1 */
};

void
nn_digest_init (NnDigest *self, guint64 seed)
{
  self->words[0] = seed ^ G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  self->words[1] = seed ^ G_GUINT64_CONSTANT (0xd1b54a32d192ed03);
}

static void
add_word (NnDigest *self, guint64 word)
{
  guint64 a = (self->words[0] ^ word) * G_GUINT64_CONSTANT (0x9fb21c651e98df25);
  guint64 b = (self->words[1] + word) * G_GUINT64_CONSTANT (0xa0761d6478bd642f);
  self->words[0] = a ^ (a >> 29);
  self->words[1] = b ^ (b >> 32);
}

void
nn_digest_add (NnDigest *self, gconstpointer data, gsize size)
{
  const guint8 *p = data;
  guint64 word;
  gsize left = size;
  for (; left >= sizeof word; left -= sizeof word, p += sizeof word) {
    memcpy (&word, p, sizeof word);
    add_word (self, word);
  }
  word = 0;
  if (left > 0)
    memcpy (&word, p, left);
  add_word (self, word);
  add_word (self, size);
}

static guint
hash_digest (gconstpointer key)
{
  return (guint) ((const NnDigest *) key)->words[0];
}

static gboolean
equal_digests (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (NnDigest)) == 0;
}

static guint64
check_of (const NnDigest *picture, const float *row, gsize width)
{
  NnDigest digest = *picture;
  nn_digest_add (&digest, row, width * sizeof (float));
  return digest.words[0];
}

static gboolean
read_at (int fd, void *data, gsize size, gsize offset)
{
  return pread (fd, data, size, (off_t) offset) == (gssize) size;
}

/* Which pictures the whole records of the file are of. */
static void
index_records (NnFeatureCache *self)
{
  struct stat st;
  if (fstat (self->fd, &st) != 0 || !S_ISREG (st.st_mode))
    return;
  guint n = (guint) (MIN ((guint64) st.st_size, MAX_FILE) / self->record);
  for (guint i = 0; i < n; i++) {
    NnDigest picture;
    if (!read_at (self->fd, &picture, sizeof picture, i * self->record))
      return;
    g_hash_table_replace (self->places, g_memdup2 (&picture, sizeof picture), GUINT_TO_POINTER (i + 1));
  }
}

NnFeatureCache *
nn_feature_cache_open (const NnDigest *of, gsize width)
{
  g_autofree char *folder = nn_cache_folder ("features");
  if (folder == NULL)
    return NULL;
  g_autofree char *name
      = g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", of->words[0], of->words[1]);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  nn_cache_prune (folder, MAX_CACHE);
  int fd = open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0)
    return NULL;
  NnFeatureCache *self = g_new0 (NnFeatureCache, 1);
  self->fd = fd;
  self->width = width;
  self->record = sizeof (Head) + width * sizeof (float);
  self->places = g_hash_table_new_full (hash_digest, equal_digests, g_free, NULL);
  index_records (self);
  futimens (fd, NULL); /* used last: now */
  return self;
}

void
nn_feature_cache_free (NnFeatureCache *self)
{
  close (self->fd);
  g_hash_table_unref (self->places);
  g_free (self);
}

gboolean
nn_feature_cache_find (NnFeatureCache *self, const NnDigest *picture, float *row)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->places, picture));
  Head head;
  if (place == 0)
    return FALSE;
  gsize offset = (place - 1) * self->record;
  return read_at (self->fd, &head, sizeof head, offset)
         && read_at (self->fd, row, self->width * sizeof (float), offset + sizeof head)
         && equal_digests (&head.picture, picture) && head.check == check_of (picture, row, self->width);
}

/* Cuts off what isn't a whole record. Returns: whether @bytes more may be added. */
static gboolean
make_room (NnFeatureCache *self, gsize bytes)
{
  struct stat st;
  struct statvfs fs;
  if (fstat (self->fd, &st) != 0 || !S_ISREG (st.st_mode) || fstatvfs (self->fd, &fs) != 0)
    return FALSE;
  guint64 size = (guint64) st.st_size;
  if (size % self->record != 0 && ftruncate (self->fd, (off_t) (size - size % self->record)) != 0)
    return FALSE;
  return size + bytes <= MAX_FILE && (guint64) fs.f_bavail * fs.f_frsize >= bytes + LEAVE_FREE;
}

void
nn_feature_cache_add (NnFeatureCache *self, guint n, const NnDigest *pictures, const float *rows)
{
  gsize bytes = n * self->record;
  g_autofree guint8 *records = g_malloc (MAX (bytes, 1));
  for (guint i = 0; i < n; i++) {
    const float *row = rows + i * self->width;
    const Head head = { pictures[i], check_of (&pictures[i], row, self->width) };
    memcpy (records + i * self->record, &head, sizeof head);
    memcpy (records + i * self->record + sizeof head, row, self->width * sizeof (float));
  }
  if (flock (self->fd, LOCK_EX | LOCK_NB) != 0)
    return;
  if (make_room (self, bytes) && write (self->fd, records, bytes) != (gssize) bytes)
    g_debug ("The features could not be kept.");
  flock (self->fd, LOCK_UN);
}
