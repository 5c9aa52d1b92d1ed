/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/edit.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "data/importer.h"
#include "data/resample.h"

static void
set_class_names (NnDataset *self, const char *const *names)
{
  g_hash_table_remove_all (self->class_index);
  g_ptr_array_set_size (self->classes, 0);
  g_ptr_array_set_size (self->class_names, 0);
  for (const char *const *name = names; *name; name++) {
    char *copy = g_strdup (*name);
    g_hash_table_insert (self->class_index, copy, GUINT_TO_POINTER (self->classes->len));
    g_ptr_array_add (self->classes, copy);
    g_ptr_array_add (self->class_names, nn_display_name (copy));
  }
}

NnDataset *
nn_dataset_edit (NnDataset *self, const char *const *class_names, const NnSampleEdit *edits, gsize n_edits)
{
  g_return_val_if_fail (self && (!class_names || class_names[0]) && (edits || n_edits == 0), NULL);
  NnDataset *copy = nn_dataset_copy (self);
  if (class_names)
    set_class_names (copy, class_names);
  for (gsize i = 0; i < n_edits; i++) {
    const NnSampleEdit *edit = &edits[i];
    g_assert (edit->sample < copy->entries->len && edit->class_index < copy->classes->len);
    NnEntry *entry = nn_dataset_entry (copy, edit->sample);
    entry->class_index = edit->class_index;
    entry->split = (guint8) edit->split;
    entry->excluded = edit->excluded != FALSE;
  }
  nn_dataset_check_health (copy);
  return copy;
}

static NnSampleEdit
describe (NnDataset *self, guint32 sample)
{
  const NnEntry *entry = nn_dataset_entry (self, sample);
  return (NnSampleEdit){ sample, entry->class_index, (NnSplit) entry->split, entry->excluded };
}

GArray *
nn_dataset_compare (NnDataset *self, NnDataset *to)
{
  GArray *edits = g_array_new (FALSE, FALSE, sizeof (NnSampleEdit));
  guint32 n_both = MIN (self->entries->len, to->entries->len);
  for (guint32 i = 0; i < n_both; i++) {
    const NnEntry *a = nn_dataset_entry (self, i), *b = nn_dataset_entry (to, i);
    if (a->class_index == b->class_index && a->split == b->split && a->excluded == b->excluded)
      continue;
    NnSampleEdit edit = describe (to, i);
    g_array_append_val (edits, edit);
  }
  for (guint32 i = n_both; i < self->entries->len; i++) {
    NnSampleEdit edit = { i, 0, (NnSplit) nn_dataset_entry (self, i)->split, TRUE };
    g_array_append_val (edits, edit);
  }
  for (guint32 i = n_both; i < to->entries->len; i++) {
    NnSampleEdit edit = describe (to, i);
    g_array_append_val (edits, edit);
  }
  return edits;
}

char **
nn_dataset_dup_class_names (NnDataset *self)
{
  char **names = g_new0 (char *, self->class_names->len + 1);
  for (guint c = 0; c < self->class_names->len; c++)
    names[c] = g_strdup (g_ptr_array_index (self->class_names, c));
  return names;
}

int
nn_dataset_find_class (NnDataset *self, const char *name)
{
  for (guint c = 0; c < self->class_names->len; c++)
    if (strcmp (g_ptr_array_index (self->class_names, c), name) == 0)
      return (int) c;
  return -1;
}

/* @from's samples go to @into, and the classes behind @from move up. */
static NnDataset *
merge_classes (NnDataset *self, guint from, guint into)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (NnSampleEdit));
  for (guint c = 0; c < self->class_names->len; c++)
    if (c != from)
      g_ptr_array_add (names, g_ptr_array_index (self->class_names, c));
  g_ptr_array_add (names, NULL);
  for (guint32 i = 0; i < self->entries->len; i++) {
    NnSampleEdit edit = describe (self, i);
    guint class_index = edit.class_index == from ? into : edit.class_index;
    class_index -= class_index > from;
    if (class_index == edit.class_index)
      continue;
    edit.class_index = class_index;
    g_array_append_val (edits, edit);
  }
  return nn_dataset_edit (self, (const char *const *) names->pdata,
                          (const NnSampleEdit *) (void *) edits->data, edits->len);
}

NnDataset *
nn_dataset_rename_class (NnDataset *self, guint class_index, const char *name)
{
  g_return_val_if_fail (class_index < self->classes->len && name && name[0], NULL);
  int same = nn_dataset_find_class (self, name);
  if (same >= 0 && same != (int) class_index)
    return merge_classes (self, class_index, (guint) same);
  g_auto (GStrv) names = nn_dataset_dup_class_names (self);
  g_free (names[class_index]);
  names[class_index] = g_strdup (name);
  return nn_dataset_edit (self, (const char *const *) names, NULL, 0);
}

/* The names of @self's classes with @name among them, and which one it is. */
static char **
names_with (NnDataset *self, const char *name, guint *class_index)
{
  int found = nn_dataset_find_class (self, name);
  char **names = nn_dataset_dup_class_names (self);
  guint n = self->class_names->len;
  *class_index = found >= 0 ? (guint) found : n;
  if (found >= 0)
    return names;
  names = g_renew (char *, names, n + 2);
  names[n] = g_strdup (name);
  names[n + 1] = NULL;
  return names;
}

NnDataset *
nn_dataset_move_samples (NnDataset *self, const guint32 *samples, gsize n, const char *class_name)
{
  g_return_val_if_fail (self && class_name && class_name[0], NULL);
  guint class_index;
  g_auto (GStrv) names = names_with (self, class_name, &class_index);
  g_autofree NnSampleEdit *edits = g_new (NnSampleEdit, n);
  for (gsize i = 0; i < n; i++) {
    edits[i] = describe (self, samples[i]);
    edits[i].class_index = class_index;
  }
  return nn_dataset_edit (self, (const char *const *) names, edits, n);
}

NnDataset *
nn_dataset_exclude (NnDataset *self, const guint32 *samples, gsize n, gboolean excluded)
{
  g_return_val_if_fail (self && (samples || n == 0), NULL);
  g_autofree NnSampleEdit *edits = g_new (NnSampleEdit, n);
  for (gsize i = 0; i < n; i++) {
    edits[i] = describe (self, samples[i]);
    edits[i].excluded = excluded;
  }
  return nn_dataset_edit (self, NULL, edits, n);
}

NnDataset *
nn_dataset_with_split (NnDataset *self, const NnSplitPlan *plan)
{
  g_return_val_if_fail (self && plan, NULL);
  NnDataset *copy = nn_dataset_edit (self, NULL, NULL, 0);
  nn_dataset_split_by_plan (copy, plan);
  return copy;
}

/* The pictures as a new bank of @self, brought to @spec. FALSE: no memory. */
static gboolean
add_bank (NnDataset *self, gsize n, const NnPixelSpec *from, const guint8 *pixels, const NnPixelSpec *spec,
          GError **error)
{
  gsize in = nn_pixel_spec_bytes (from), out = nn_pixel_spec_bytes (spec), bytes;
  guint8 *copy = g_size_checked_mul (&bytes, n, out) ? g_try_malloc (MAX (bytes, 1)) : NULL;
  if (!copy) {
    g_set_error (error, NN_ERROR, NN_ERROR_OUT_OF_MEMORY,
                 _ ("There is no memory for %u pictures."), (guint) n);
    return FALSE;
  }
  for (gsize i = 0; i < n; i++)
    nn_resample (pixels + i * in, from->height, from->width, from->channels,
                 (gsize) from->width * from->channels, spec, copy + i * out);
  nn_dataset_add_bank (self, copy, n, spec->height, spec->width, spec->channels);
  return TRUE;
}

NnDataset *
nn_dataset_add_pictures (NnDataset *self, gsize n, guint height, guint width, guint channels,
                         const guint8 *pixels, const char *const *class_names, NnSplit split, GError **error)
{
  g_return_val_if_fail (self && split != NN_SPLIT_ALL && (n == 0 || (pixels && class_names)), NULL);
  const NnPixelSpec from = { height, width, channels, NN_FIT_CONTAIN };
  NnPixelSpec spec = from;
  if (nn_pixel_spec_bytes (&from) == 0 || n > G_MAXUINT32 - self->entries->len
      || self->banks->len >= G_MAXUINT16) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("Pictures of %u × %u with %u channels can't be added."),
                 width, height, channels);
    return NULL;
  }
  if (!nn_dataset_get_size (self, &spec.height, &spec.width, &spec.channels))
    spec = from;
  g_autoptr (NnDataset) copy = nn_dataset_copy (self);
  guint bank = copy->banks->len;
  if (!add_bank (copy, n, &from, pixels, &spec, error))
    return NULL;
  for (gsize i = 0; i < n; i++) {
    int known = nn_dataset_find_class (copy, class_names[i]);
    guint class_index = known >= 0 ? (guint) known : nn_dataset_add_class (copy, class_names[i]);
    nn_dataset_add_row (copy, bank, (guint32) i, class_index, split);
  }
  nn_dataset_check_health (copy);
  return g_steal_pointer (&copy);
}

void
nn_dataset_adopt_rejects (NnDataset *self, NnDataset *from)
{
  g_return_if_fail (self && from);
  if (self == from || self->strings != from->strings)
    return;
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (from);
  for (guint i = 0; i < rejects->len; i++) {
    const NnReject *reject = g_ptr_array_index (rejects, i);
    if (reject->sample >= 0 && (guint) reject->sample < self->entries->len)
      nn_dataset_reject (self, reject->path, reject->name, reject->sample, reject->reason);
  }
}

GArray *
nn_dataset_tally (NnDataset *self)
{
  GArray *tally = g_array_sized_new (FALSE, TRUE, sizeof (NnTally), self->classes->len);
  g_array_set_size (tally, self->classes->len);
  for (guint i = 0; i < self->entries->len; i++) {
    NnEntry *entry = nn_dataset_entry (self, i);
    NnTally *row = &g_array_index (tally, NnTally, entry->class_index);
    if (entry->excluded)
      row->excluded++;
    else if (!g_atomic_int_get (&entry->bad)) {
      row->n[entry->split]++;
      row->n[NN_SPLIT_ALL]++;
    }
  }
  return tally;
}
