/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/dataset.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "data/importer.h"
#include "data/pixels.h"

static void
reject_free (gpointer data)
{
  NnReject *self = data;
  g_free (self->path);
  g_free (self->name);
  g_free (self->reason);
  g_free (self);
}

static void
bank_unref (gpointer data)
{
  NnBank *self = data;
  if (g_atomic_int_dec_and_test (&self->ref_count)) {
    g_free (self->pixels);
    g_free (self);
  }
}

static NnStrings *
strings_new (void)
{
  NnStrings *self = g_new0 (NnStrings, 1);
  self->ref_count = 1;
  self->chunk = g_string_chunk_new (64 * 1024);
  self->source_classes = g_ptr_array_new_with_free_func (g_free);
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

static void
strings_unref (NnStrings *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->temporary)
    nn_remove_tree (self->temporary);
  g_free (self->temporary);
  g_string_chunk_free (self->chunk);
  g_ptr_array_unref (self->source_classes);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

const char *
nn_dataset_keep_string (NnDataset *self, const char *string)
{
  pthread_mutex_lock (&self->strings->lock);
  const char *copy = g_string_chunk_insert (self->strings->chunk, string);
  pthread_mutex_unlock (&self->strings->lock);
  return copy;
}

NnDataset *
nn_dataset_new (const char *path, const char *format)
{
  NnDataset *self = g_new0 (NnDataset, 1);
  g_autofree char *base = g_path_get_basename (path);
  self->ref_count = 1;
  self->name = nn_display_name (base);
  self->format = format;
  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->class_names = g_ptr_array_new_with_free_func (g_free);
  self->class_index = g_hash_table_new (g_str_hash, g_str_equal);
  self->entries = g_array_new (FALSE, TRUE, sizeof (NnEntry));
  self->strings = strings_new ();
  self->banks = g_ptr_array_new_with_free_func (bank_unref);
  self->rejects = g_ptr_array_new_with_free_func (reject_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

NnDataset *
nn_dataset_copy (NnDataset *self)
{
  NnDataset *copy = nn_dataset_new (self->name, self->format);
  strings_unref (copy->strings);
  g_atomic_int_inc (&self->strings->ref_count);
  copy->strings = self->strings;
  copy->own_split = self->own_split;
  g_free (copy->name);
  copy->name = g_strdup (self->name);
  for (guint c = 0; c < self->classes->len; c++)
    nn_dataset_add_class (copy, g_ptr_array_index (self->classes, c));
  for (guint i = 0; i < self->banks->len; i++) {
    NnBank *bank = g_ptr_array_index (self->banks, i);
    g_atomic_int_inc (&bank->ref_count);
    g_ptr_array_add (copy->banks, bank);
  }
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (self);
  g_array_set_size (copy->entries, self->entries->len);
  for (guint i = 0; i < copy->entries->len; i++) {
    /* All but bad, which a thread that decodes may be setting now: the rejects tell it. */
    const NnEntry *entry = nn_dataset_entry (self, i);
    *nn_dataset_entry (copy, i) = (NnEntry){
      .path = entry->path,
      .name = entry->name,
      .size = entry->size,
      .mtime = entry->mtime,
      .class_index = entry->class_index,
      .source_class = entry->source_class,
      .row = entry->row,
      .bank = entry->bank,
      .split = entry->split,
      .source_split = entry->source_split,
      .excluded = entry->excluded,
    };
  }
  for (guint i = 0; i < rejects->len; i++) {
    const NnReject *reject = g_ptr_array_index (rejects, i);
    nn_dataset_reject (copy, reject->path, reject->name, reject->sample, reject->reason);
  }
  for (guint i = 0; i < self->n_import_warnings; i++)
    g_ptr_array_add (copy->warnings, g_strdup (g_ptr_array_index (self->warnings, i)));
  copy->n_import_warnings = self->n_import_warnings;
  return copy;
}

NnDataset *
nn_dataset_ref (NnDataset *self)
{
  g_return_val_if_fail (self, NULL);
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
nn_dataset_unref (NnDataset *self)
{
  g_return_if_fail (self);
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->name);
  g_hash_table_unref (self->class_index);
  g_ptr_array_unref (self->classes);
  g_ptr_array_unref (self->class_names);
  g_array_unref (self->entries);
  strings_unref (self->strings);
  g_ptr_array_unref (self->banks);
  g_ptr_array_unref (self->rejects);
  g_ptr_array_unref (self->warnings);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

const char *
nn_dataset_get_name (NnDataset *self)
{
  return self->name;
}

const char *
nn_dataset_get_format (NnDataset *self)
{
  return self->format;
}

guint
nn_dataset_get_n_classes (NnDataset *self)
{
  return self->class_names->len;
}

const char *
nn_dataset_get_class_name (NnDataset *self, guint class_index)
{
  g_return_val_if_fail (class_index < self->class_names->len, NULL);
  return g_ptr_array_index (self->class_names, class_index);
}

guint
nn_dataset_get_n_samples (NnDataset *self)
{
  return self->entries->len;
}

void
nn_dataset_get_sample (NnDataset *self, guint index, NnSample *sample)
{
  g_return_if_fail (index < self->entries->len);
  const NnEntry *entry = nn_dataset_entry (self, index);
  const GPtrArray *sources = self->strings->source_classes;
  *sample = (NnSample){
    .path = entry->path,
    .name = entry->name,
    .class_index = entry->class_index,
    .split = (NnSplit) entry->split,
    .index = index,
    .excluded = entry->excluded,
    .source_class = entry->source_class < sources->len ? g_ptr_array_index (sources, entry->source_class) : NULL,
  };
}

guint
nn_dataset_count (NnDataset *self, NnSplit split, int class_index)
{
  guint n = 0;
  for (guint i = 0; i < self->entries->len; i++) {
    NnEntry *entry = nn_dataset_entry (self, i);
    n += !entry->excluded && (split == NN_SPLIT_ALL || entry->split == split)
         && (class_index < 0 || entry->class_index == (guint) class_index) && !g_atomic_int_get (&entry->bad);
  }
  return n;
}

GArray *
nn_dataset_get_split (NnDataset *self, NnSplit split)
{
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < self->entries->len; i++)
    if (!nn_dataset_entry (self, i)->excluded
        && (split == NN_SPLIT_ALL || nn_dataset_entry (self, i)->split == split))
      g_array_append_val (indices, i);
  return indices;
}

gboolean
nn_dataset_has_own_split (NnDataset *self)
{
  return self->own_split;
}

gboolean
nn_dataset_get_size (NnDataset *self, guint *height, guint *width, guint *channels)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (nn_dataset_entry (self, i)->path)
      return FALSE;
  for (guint i = 1; i < self->banks->len; i++) {
    const NnBank *a = self->banks->pdata[0], *b = self->banks->pdata[i];
    if (a->height != b->height || a->width != b->width || a->channels != b->channels)
      return FALSE;
  }
  const NnBank *bank = self->banks->pdata[0];
  *height = bank->height;
  *width = bank->width;
  *channels = bank->channels;
  return TRUE;
}

GPtrArray *
nn_dataset_get_rejects (NnDataset *self)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (reject_free);
  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rejects->len; i++) {
    const NnReject *reject = g_ptr_array_index (self->rejects, i);
    NnReject *twin = g_new (NnReject, 1);
    *twin = (NnReject){ g_strdup (reject->path), g_strdup (reject->name), g_strdup (reject->reason),
                        reject->sample };
    g_ptr_array_add (copy, twin);
  }
  pthread_mutex_unlock (&self->lock);
  return copy;
}

char **
nn_dataset_get_warnings (NnDataset *self)
{
  pthread_mutex_lock (&self->lock);
  char **copy = g_new0 (char *, self->warnings->len + 1);
  for (guint i = 0; i < self->warnings->len; i++)
    copy[i] = g_strdup (g_ptr_array_index (self->warnings, i));
  pthread_mutex_unlock (&self->lock);
  return copy;
}

gboolean
nn_dataset_verify (NnDataset *self, GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                   GError **error)
{
  /* A usual size, so that training may well find the pixels in the cache afterwards. */
  const NnPixelSpec spec = { 64, 64, 3, NN_FIT_COVER };
  g_autoptr (GError) local = NULL;
  guint height, width, channels;
  if (nn_dataset_get_size (self, &height, &width, &channels))
    return TRUE;
  g_autoptr (NnPixels) pixels
      = nn_dataset_load_pixels (self, NN_SPLIT_ALL, &spec, cancellable, progress, data, &local);
  if (!pixels && !g_error_matches (local, NN_ERROR, NN_ERROR_BAD_INPUT)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  return TRUE;
}
