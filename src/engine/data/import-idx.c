/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IDX, the format of MNIST (yann.lecun.com/exdb/mnist): two zeros, a type, the number of dimensions, the
 * dimensions as big-endian 32-bit numbers, the values. Plain or in gzip. A file of images goes with a file of
 * labels. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "data/importer.h"
#include "data/parallel.h"

#define TYPE_UBYTE 8
#define MAX_BYTES ((guint64) 8 << 30)
#define MAX_SIDE 4096
/* Deflate can't do better: a gzip file that promises more is lying. */
#define MAX_DEFLATE 1032

typedef struct {
  char *path;
  char *key; /* of both files of a pair: the name without what tells them apart */
  guint n_dims;
  guint64 dims[4];
  guint8 *data;
  gboolean longer; /* than its header says */
  gboolean used;
  GError *error;
} IdxFile;

static void
idx_file_free (gpointer data)
{
  IdxFile *self = data;
  g_free (self->path);
  g_free (self->key);
  g_free (self->data);
  g_clear_error (&self->error);
  g_free (self);
}

/* "train-images-idx3-ubyte.gz" and "train-labels.idx1-ubyte" are both "train". */
static char *
make_key (const char *path)
{
  static const char *const noise[]
      = { ".gz", "images", "image", "labels", "label", "idx1", "idx3", "idx4", "ubyte", "idx", NULL };
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *lower = g_ascii_strdown (base, -1);
  g_autoptr (GString) key = g_string_new (lower);
  for (gsize i = 0; noise[i]; i++)
    g_string_replace (key, noise[i], "", 0);
  for (char *p = key->str; *p; p++)
    if (!g_ascii_isalnum (*p))
      *p = ' ';
  g_autofree char *words = g_strdup (g_strstrip (key->str));
  return g_steal_pointer (&words);
}

static gzFile
open_gz (const char *path, guint64 *size)
{
  struct stat st;
  if (stat (path, &st) != 0 || !S_ISREG (st.st_mode))
    return NULL;
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  *size = (guint64) st.st_size;
  gzFile gz = fd >= 0 ? gzdopen (fd, "rb") : NULL;
  if (!gz && fd >= 0)
    close (fd);
  return gz;
}

/* Whether it starts as an IDX file does, of whatever type. */
static gboolean
looks_like_idx (const char *path)
{
  guint64 size;
  guint8 head[4];
  gzFile gz = open_gz (path, &size);
  if (!gz)
    return FALSE;
  gboolean yes = gzread (gz, head, sizeof head) == sizeof head && head[0] == 0 && head[1] == 0 && head[3] >= 1
                 && head[3] <= 8 && (head[2] == 8 || head[2] == 9 || (head[2] >= 0x0b && head[2] <= 0x0e));
  gzclose (gz);
  return yes;
}

static gboolean
named_like_idx (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *lower = g_ascii_strdown (base, -1);
  return strstr (lower, "idx") || strstr (lower, "ubyte");
}

static gboolean fail (IdxFile *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (IdxFile *self, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  self->error = g_error_new_valist (NN_ERROR, NN_ERROR_BAD_INPUT, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
read_header (IdxFile *self, gzFile gz, guint64 *bytes)
{
  guint8 head[4], dim[4];
  int n = gzread (gz, head, sizeof head);
  if (n < 0)
    return fail (self, _ ("The file is damaged: %s."), gzerror (gz, &n));
  if (n != sizeof head || head[0] != 0 || head[1] != 0)
    return fail (self, _ ("This is no IDX file: it doesn't start as one."));
  if (head[2] < TYPE_UBYTE || head[2] > 0x0e)
    return fail (self, _ ("This is no IDX file: the type of its values, 0x%02x, is unknown."), head[2]);
  if (head[2] != TYPE_UBYTE)
    return fail (self, _ ("This IDX file has values of type 0x%02x; only bytes (0x08) can be read."),
                 head[2]);
  if (head[3] != 1 && head[3] != 3 && head[3] != 4)
    return fail (self, _ ("This IDX file has %u dimensions; labels have 1, images 3 or 4."), head[3]);
  self->n_dims = head[3];
  *bytes = 1;
  for (guint i = 0; i < self->n_dims; i++) {
    if (gzread (gz, dim, sizeof dim) != sizeof dim)
      return fail (self, _ ("The file is cut short: its header isn't complete."));
    self->dims[i] = (guint64) dim[0] << 24 | (guint64) dim[1] << 16 | (guint64) dim[2] << 8 | dim[3];
    if (!g_uint64_checked_mul (bytes, *bytes, self->dims[i]))
      return fail (self, _ ("The file is damaged: its header asks for more than can be."));
  }
  for (guint i = 1; i < self->n_dims; i++)
    if (self->dims[i] < 1 || self->dims[i] > MAX_SIDE)
      return fail (self,
                   _ ("The file is damaged: its header asks for pictures of %" PRIu64 " pixels a side."),
                   self->dims[i]);
  if (self->n_dims == 4 && self->dims[3] != 1 && self->dims[3] != 3)
    return fail (self, _ ("Its pictures have %" PRIu64 " channels; only 1 and 3 can be read."),
                 self->dims[3]);
  if (self->dims[0] == 0)
    return fail (self, _ ("The file holds nothing."));
  return TRUE;
}

static gboolean
read_values (IdxFile *self, gzFile gz, guint64 bytes, guint64 file_size)
{
  /* Before anything is allocated. */
  guint64 most = gzdirect (gz) ? file_size : file_size * MAX_DEFLATE;
  if (bytes > most)
    return fail (self, _ ("The file is cut short: its header promises %" PRIu64 " bytes."), bytes);
  if (bytes > MAX_BYTES || !(self->data = g_try_malloc (bytes)))
    return fail (self, _ ("There is no memory for the %" PRIu64 " bytes of this file."), bytes);
  for (guint64 done = 0; done < bytes;) {
    int n = gzread (gz, self->data + done, (unsigned) MIN (bytes - done, 64 << 20));
    if (n < 0)
      return fail (self, _ ("The file is damaged: %s."), gzerror (gz, &n));
    if (n == 0)
      return fail (self,
                   _ ("The file is cut short: its header promises %" PRIu64 " bytes, %" PRIu64 " are there."),
                   bytes, done);
    done += (guint64) n;
  }
  /* Reading on makes zlib compare the checksum, which is behind the values. */
  guint8 next;
  int n = gzread (gz, &next, 1);
  if (n < 0)
    return fail (self, _ ("The file is damaged: %s."), gzerror (gz, &n));
  self->longer = n > 0;
  return TRUE;
}

static void
read_one (gsize index, gpointer data)
{
  IdxFile *self = g_ptr_array_index ((GPtrArray *) data, index);
  guint64 bytes = 0, size = 0;
  gzFile gz = open_gz (self->path, &size);
  if (!gz) {
    fail (self, _ ("The file can't be read: %s."), g_strerror (errno));
    return;
  }
  gzbuffer (gz, 256 * 1024);
  if (read_header (self, gz, &bytes))
    read_values (self, gz, bytes, size);
  gzclose (gz);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The IDX files that the paths mean, by name. */
static GPtrArray *
find_files (NnImport *import)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *files = g_ptr_array_new_with_free_func (idx_file_free);
  g_autoptr (GDir) dir = g_dir_open (import->paths[0], 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (import->paths[0], name, NULL);
    if (!nn_is_litter (name) && !nn_import_strays (import, path) && !g_file_test (path, G_FILE_TEST_IS_DIR))
      g_ptr_array_add (names, g_steal_pointer (&path));
  }
  for (gsize i = 0; !dir && import->paths[i]; i++)
    g_ptr_array_add (names, g_strdup (import->paths[i]));
  g_ptr_array_sort (names, compare_paths);
  for (guint i = 0; i < names->len; i++) {
    const char *path = g_ptr_array_index (names, i);
    const IdxFile *last = files->len > 0 ? g_ptr_array_index (files, files->len - 1) : NULL;
    /* The packed twin of a file that is there unpacked sorts right behind it. */
    gsize length = last ? strlen (last->path) : 0;
    if (last && strncmp (path, last->path, length) == 0 && strcmp (path + length, ".gz") == 0)
      continue;
    IdxFile *file = g_new0 (IdxFile, 1);
    file->path = g_strdup (path);
    file->key = make_key (path);
    g_ptr_array_add (files, file);
  }
  return files;
}

static NnSplit
split_of_key (const char *key)
{
  if (strstr (key, "t10k") || strstr (key, "test"))
    return NN_SPLIT_TEST;
  return strstr (key, "val") ? NN_SPLIT_VAL : NN_SPLIT_TRAIN;
}

static void
take_pair (NnDataset *set, IdxFile *images, IdxFile *labels)
{
  int class_of[256];
  images->used = labels->used = TRUE;
  if (images->dims[0] != labels->dims[0]) {
    g_autofree char *base = g_path_get_basename (labels->path);
    g_autofree char *name = nn_display_name (base);
    g_autofree char *reason = g_strdup_printf (
        _ ("It has %" PRIu64 " pictures, but “%s” has %" PRIu64 " labels: they don't belong together."),
        images->dims[0], name, labels->dims[0]);
    g_autofree char *own = g_path_get_basename (images->path);
    nn_dataset_reject (set, images->path, own, -1, reason);
    return;
  }
  NnSplit split = split_of_key (images->key);
  set->own_split = set->own_split || split != NN_SPLIT_TRAIN;
  guint bank
      = nn_dataset_add_bank (set, g_steal_pointer (&images->data), images->dims[0], (guint) images->dims[1],
                             (guint) images->dims[2], images->n_dims == 4 ? (guint) images->dims[3] : 1);
  for (guint i = 0; i < 256; i++)
    class_of[i] = -1;
  for (guint32 i = 0; i < images->dims[0]; i++) {
    guint8 label = labels->data[i];
    if (class_of[label] < 0) {
      char name[8];
      g_snprintf (name, sizeof name, "%u", label);
      class_of[label] = (int) nn_dataset_add_class (set, name);
    }
    nn_dataset_add_row (set, bank, i, (guint) class_of[label], split);
  }
  if (images->longer || labels->longer)
    nn_dataset_warn (set, _ ("“%s” or its labels are longer than their headers say; the rest is left out."),
                     images->key);
}

static gboolean
usable (const IdxFile *file, gboolean images)
{
  return !file->error && !file->used && images == (file->n_dims > 1);
}

/* The labels of the same name; or the only labels there are. */
static IdxFile *
find_labels (GPtrArray *files, const IdxFile *images)
{
  IdxFile *only = NULL;
  guint n_images = 0, n_labels = 0;
  for (guint i = 0; i < files->len; i++) {
    IdxFile *file = g_ptr_array_index (files, i);
    n_images += usable (file, TRUE);
    if (!usable (file, FALSE))
      continue;
    if (strcmp (file->key, images->key) == 0)
      return file;
    only = file;
    n_labels++;
  }
  return n_images == 1 && n_labels == 1 ? only : NULL;
}

static NnDataset *
run (NnImport *import, GError **error)
{
  g_autoptr (GPtrArray) files = find_files (import);
  g_autofree char *parent = g_path_get_dirname (import->paths[0]);
  gboolean folder = g_file_test (import->paths[0], G_FILE_TEST_IS_DIR);
  if (!nn_parallel_for (files->len, read_one, files, import->cancellable, import->progress,
                        import->progress_data, error))
    return NULL;
  NnDataset *set = nn_dataset_new (folder ? import->paths[0] : parent, "idx");
  for (guint i = 0; i < files->len; i++) {
    IdxFile *images = g_ptr_array_index (files, i);
    IdxFile *labels = usable (images, TRUE) ? find_labels (files, images) : NULL;
    if (labels)
      take_pair (set, images, labels);
  }
  for (guint i = 0; i < files->len; i++) {
    const IdxFile *file = g_ptr_array_index (files, i);
    g_autofree char *base = g_path_get_basename (file->path);
    if (file->error)
      nn_dataset_reject (set, file->path, base, -1, file->error->message);
    else if (!file->used)
      nn_dataset_reject (set, file->path, base, -1,
                         file->n_dims > 1
                             ? _ ("The file of labels for these pictures is missing or unreadable.")
                             : _ ("The file of pictures for these labels is missing or unreadable."));
  }
  return nn_dataset_finish (set, error);
}

/* Only the files directly in a folder; among pictures nobody looks for IDX by content. */
static gboolean
folder_holds_idx (const char *path)
{
  const char *name;
  gboolean found = FALSE;
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  while (dir && !found && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    found = !nn_is_litter (name) && named_like_idx (name) && looks_like_idx (child);
  }
  return found;
}

static gboolean
claims (NnImport *import)
{
  if (g_file_test (import->paths[0], G_FILE_TEST_IS_DIR))
    return !import->paths[1] && folder_holds_idx (import->paths[0]);
  for (gsize i = 0; import->paths[i]; i++) {
    guint64 size;
    guint8 head[4] = { 1 };
    gzFile gz = open_gz (import->paths[i], &size);
    gboolean zeros = gz && gzread (gz, head, sizeof head) == sizeof head && head[0] == 0 && head[1] == 0;
    if (gz)
      gzclose (gz);
    if (!zeros)
      return FALSE;
  }
  return TRUE;
}

const NnImporter nn_import_idx = { "idx", claims, run };
