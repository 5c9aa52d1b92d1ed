/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All files of a data set are decoded once for a size, whichever split is asked for, and a split is picked
 * from that: splits change with every seed, the cache shouldn't. */
#include "data/pixels.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "data/decoder.h"
#include "data/importer.h"
#include "data/parallel.h"
#include "data/resample.h"
#include "data/store.h"

#define MAX_SIDE 4096
/* Raise when the same file would decode to other bytes. */
#define DECODING_VERSION 1

typedef struct {
  NnPixels public;
  int ref_count;
  guint8 *owned; /* NULL where the data is of one of these two: */
  NnStore *store;
  NnDataset *set;
} Pixels;

gsize
nn_pixel_spec_bytes (const NnPixelSpec *spec)
{
  g_return_val_if_fail (spec, 0);
  if (spec->height < 1 || spec->width < 1 || spec->height > MAX_SIDE || spec->width > MAX_SIDE
      || (spec->channels != 1 && spec->channels != 3))
    return 0;
  return (gsize) spec->height * spec->width * spec->channels;
}

static Pixels *
pixels_alloc (const NnPixelSpec *spec, gsize n)
{
  Pixels *self = g_new0 (Pixels, 1);
  self->ref_count = 1;
  self->public.n = n;
  self->public.spec = *spec;
  self->public.labels = g_new0 (gint32, MAX (n, 1));
  self->public.sample = g_new0 (guint32, MAX (n, 1));
  return self;
}

NnPixels *
nn_pixels_ref (NnPixels *self)
{
  g_return_val_if_fail (self, NULL);
  g_atomic_int_inc (&((Pixels *) self)->ref_count);
  return self;
}

void
nn_pixels_unref (NnPixels *public)
{
  g_return_if_fail (public);
  Pixels *self = (Pixels *) public;
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->owned);
  g_clear_pointer (&self->store, nn_store_unref);
  g_clear_pointer (&self->set, nn_dataset_unref);
  g_free ((gpointer) public->labels);
  g_free ((gpointer) public->sample);
  g_free (self);
}

NnPixels *
nn_pixels_new_from_data (const NnPixelSpec *spec, gsize n, const guint8 *data, const gint32 *labels)
{
  gsize bytes;
  g_return_val_if_fail (nn_pixel_spec_bytes (spec) > 0 && (data || n == 0), NULL);
  g_return_val_if_fail (g_size_checked_mul (&bytes, n, nn_pixel_spec_bytes (spec)), NULL);
  return nn_pixels_new_take (spec, n, g_memdup2 (data, bytes), labels);
}

NnPixels *
nn_pixels_new_take (const NnPixelSpec *spec, gsize n, guint8 *data, const gint32 *labels)
{
  g_return_val_if_fail (nn_pixel_spec_bytes (spec) > 0 && (data || n == 0), NULL);
  Pixels *self = pixels_alloc (spec, n);
  self->public.data = self->owned = data;
  if (labels && n > 0)
    memcpy ((gpointer) self->public.labels, labels, n * sizeof *labels);
  for (gsize i = 0; i < n; i++)
    ((guint32 *) self->public.sample)[i] = (guint32) i;
  return &self->public;
}

/* The entries that are files, and the decoding of them. */
typedef struct {
  NnDataset *set;
  const NnPixelSpec *spec;
  NnDecoder *decoder;
  NnStore *store;
  guint32 *entries; /* for each row the entry */
  char **reasons;
  int transient; /* atomic: a failure that may be over next time */
} FileJob;

static void
decode_one (gsize index, gpointer data)
{
  FileJob *job = data;
  g_autoptr (GError) error = NULL;
  const NnEntry *entry = nn_dataset_entry (job->set, job->entries[index]);
  if (nn_decoder_decode (job->decoder, entry->path, job->spec,
                         job->store->rows + index * job->store->row_bytes, &error))
    return;
  if (!g_error_matches (error, NN_ERROR, NN_ERROR_BAD_INPUT)
      && !g_error_matches (error, NN_ERROR, NN_ERROR_UNSUPPORTED))
    g_atomic_int_set (&job->transient, 1);
  job->reasons[index] = g_strdup (error->message);
}

/* All that the decoded bytes depend on; the files by path, size and time, so that they needn't be read. */
static char *
make_key (const FileJob *job, gsize n)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *missing = nn_decoder_missing_loaders ();
  g_autofree char *head
      = g_strdup_printf ("%d %u %u %u %d %s\n", DECODING_VERSION, job->spec->height, job->spec->width,
                         job->spec->channels, (int) job->spec->fit, missing);
  g_checksum_update (sum, (const guchar *) head, -1);
  for (gsize i = 0; i < n; i++) {
    const NnEntry *entry = nn_dataset_entry (job->set, job->entries[i]);
    gint64 facts[2] = { (gint64) entry->size, entry->mtime };
    g_checksum_update (sum, (const guchar *) entry->path, (gssize) strlen (entry->path) + 1);
    g_checksum_update (sum, (const guchar *) facts, sizeof facts);
  }
  return g_strdup (g_checksum_get_string (sum));
}

typedef struct {
  GCancellable *cancellable;
  NnProgressFunc progress;
  gpointer data;
} Watch;

/* The decoded files, from the cache or anew. NULL with @error. */
static NnStore *
load_files (FileJob *job, gsize n, const Watch *watch, GError **error)
{
  gsize row_bytes = nn_pixel_spec_bytes (job->spec);
  g_autofree char *key = make_key (job, n);
  g_autofree char *folder = nn_cache_folder ("decoded");
  NnStore *cached = folder ? nn_store_open (folder, key, n, row_bytes) : NULL;
  if (cached)
    return cached;
  g_autoptr (NnStore) store = nn_store_new (folder, key, n, row_bytes);
  g_autofree char **reasons = store ? g_try_new0 (char *, n) : NULL;
  if (!reasons) {
    g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY,
                 _ ("There is no memory for %zu pictures of %u × %u. Choose a smaller size."), n,
                 job->spec->width, job->spec->height);
    return NULL;
  }
  g_autoptr (NnDecoder) decoder = nn_decoder_new ();
  job->decoder = decoder;
  job->store = store;
  job->reasons = reasons;
  if (!nn_parallel_for (n, decode_one, job, watch->cancellable, watch->progress, watch->data, error)) {
    for (gsize i = 0; i < n; i++)
      g_free (reasons[i]);
    return NULL;
  }
  nn_store_complete (store, reasons, !g_atomic_int_get (&job->transient));
  return g_steal_pointer (&store);
}

/* Picks the rows of a split out of what is decoded, or in memory. */
typedef struct {
  NnDataset *set;
  NnSplit split;
  Pixels *pixels;
  NnStore *store;
  gsize n;
  gsize n_void;           /* wanted, but unreadable */
  const guint8 **sources; /* for each picture its row in the store, or NULL: in a bank */
} Pick;

static gboolean
wanted (const Pick *pick, const NnEntry *entry)
{
  return !entry->excluded && (pick->split == NN_SPLIT_ALL || entry->split == pick->split);
}

static const guint8 *
bank_row (NnDataset *set, const NnEntry *entry, const NnBank **bank)
{
  *bank = g_ptr_array_index (set->banks, entry->bank);
  return (*bank)->pixels + (gsize) entry->row * (*bank)->height * (*bank)->width * (*bank)->channels;
}

gboolean
nn_dataset_load_sample (NnDataset *self, guint sample, const NnPixelSpec *spec, guint8 *out, GError **error)
{
  g_return_val_if_fail (self && sample < self->entries->len && nn_pixel_spec_bytes (spec) > 0, FALSE);
  const NnEntry *entry = nn_dataset_entry (self, sample);
  if (entry->path)
    return nn_decode_file (entry->path, spec, out, error);
  const NnBank *bank;
  const guint8 *row = bank_row (self, entry, &bank);
  nn_resample (row, bank->height, bank->width, bank->channels, (gsize) bank->width * bank->channels, spec, out);
  return TRUE;
}

/* The one place where all rows lie in order, as wanted; NULL: there is none, they must be copied. */
static const guint8 *
find_in_place (const Pick *pick, const NnPixelSpec *spec)
{
  const guint8 *first = NULL;
  gsize row_bytes = nn_pixel_spec_bytes (spec);
  for (gsize i = 0; i < pick->n; i++) {
    const guint8 *source = pick->sources[i];
    if (!source) {
      const NnBank *bank;
      source = bank_row (pick->set, nn_dataset_entry (pick->set, pick->pixels->public.sample[i]), &bank);
      if (bank->height != spec->height || bank->width != spec->width || bank->channels != spec->channels)
        return NULL;
    }
    if (i == 0)
      first = source;
    else if (source != first + i * row_bytes)
      return NULL;
  }
  return first;
}

static void
copy_one (gsize index, gpointer data)
{
  Pick *pick = data;
  const NnPixelSpec *spec = &pick->pixels->public.spec;
  gsize row_bytes = nn_pixel_spec_bytes (spec);
  guint8 *out = pick->pixels->owned + index * row_bytes;
  if (pick->sources[index]) {
    memcpy (out, pick->sources[index], row_bytes);
    return;
  }
  const NnBank *bank;
  const guint8 *row
      = bank_row (pick->set, nn_dataset_entry (pick->set, pick->pixels->public.sample[index]), &bank);
  if (bank->height == spec->height && bank->width == spec->width && bank->channels == spec->channels)
    memcpy (out, row, row_bytes);
  else
    nn_resample (row, bank->height, bank->width, bank->channels, (gsize) bank->width * bank->channels, spec,
                 out);
}

/* Lists the readable samples of the split in pick->pixels. @row_of: for each entry its row in the store, or
 * -1. */
static void
list_samples (Pick *pick, const gint64 *row_of, gsize row_bytes)
{
  for (guint32 i = 0; i < pick->set->entries->len; i++) {
    const NnEntry *entry = nn_dataset_entry (pick->set, i);
    if (!wanted (pick, entry))
      continue;
    if (entry->path && row_of[i] < 0) {
      pick->n_void++;
      continue;
    }
    pick->sources[pick->n] = entry->path ? pick->store->rows + (gsize) row_of[i] * row_bytes : NULL;
    ((guint32 *) pick->pixels->public.sample)[pick->n] = i;
    ((gint32 *) pick->pixels->public.labels)[pick->n++] = (gint32) entry->class_index;
  }
  pick->pixels->public.n = pick->n;
}

static gboolean
place (Pick *pick, const Watch *watch, GError **error)
{
  Pixels *pixels = pick->pixels;
  gsize bytes;
  pixels->store = pick->store ? nn_store_ref (pick->store) : NULL;
  pixels->set = nn_dataset_ref (pick->set);
  pixels->public.data = find_in_place (pick, &pixels->public.spec);
  if (pixels->public.data || pick->n == 0)
    return TRUE;
  if (g_size_checked_mul (&bytes, pick->n, nn_pixel_spec_bytes (&pixels->public.spec)))
    pixels->owned = g_try_malloc (bytes);
  if (!pixels->owned) {
    g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY,
                 _ ("There is no memory for %zu pictures. Choose a smaller size."), pick->n);
    return FALSE;
  }
  pixels->public.data = pixels->owned;
  return nn_parallel_for (pick->n, copy_one, pick, watch->cancellable, NULL, NULL, error);
}

static void
tell_rejects (NnDataset *set, const FileJob *job, const NnStore *store)
{
  for (guint i = 0; i < store->rejects->len; i++) {
    const NnStoreReject *reject = &g_array_index (store->rejects, NnStoreReject, i);
    guint32 index = job->entries[reject->number];
    const NnEntry *entry = nn_dataset_entry (set, index);
    nn_dataset_reject (set, entry->path, entry->name, (int) index, reject->reason);
  }
}

NnPixels *
nn_dataset_load_pixels (NnDataset *self, NnSplit split, const NnPixelSpec *spec, GCancellable *cancellable,
                        NnProgressFunc progress, gpointer progress_data, GError **error)
{
  gsize row_bytes = nn_pixel_spec_bytes (spec), n_files = 0, n = self->entries->len;
  g_return_val_if_fail (row_bytes > 0, NULL);
  const Watch watch = { cancellable, progress, progress_data };
  g_autofree guint32 *files = g_new (guint32, n);
  g_autofree gint64 *row_of = g_new (gint64, n);
  for (guint32 i = 0; i < n; i++) {
    row_of[i] = -1;
    if (nn_dataset_entry (self, i)->path)
      files[n_files++] = i;
  }
  g_autoptr (NnStore) store = NULL;
  FileJob job = { .set = self, .spec = spec, .entries = files };
  if (n_files > 0) {
    if (!(store = load_files (&job, n_files, &watch, error)))
      return NULL;
    for (gsize i = 0; i < store->n; i++)
      row_of[files[store->numbers[i]]] = (gint64) i;
    tell_rejects (self, &job, store);
  }
  g_autofree const guint8 **sources = g_new (const guint8 *, n);
  g_autoptr (NnPixels) pixels = &pixels_alloc (spec, n)->public;
  Pick pick = { self, split, (Pixels *) pixels, store, 0, 0, sources };
  list_samples (&pick, row_of, row_bytes);
  if (pick.n == 0 && pick.n_void > 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("None of the pictures in “%s” can be read. The first: %s"), self->name,
                 g_array_index (store->rejects, NnStoreReject, 0).reason);
    return NULL;
  }
  return place (&pick, &watch, error) ? g_steal_pointer (&pixels) : NULL;
}
