/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is in which split, and what a class is called: everything that changes a data set after its import. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/random.h"
#include "data/edit.h"
#include "data/importer.h"

/* The stream of the seed that splits are drawn from (base/random.h): one for each class, away from other
 * uses. */
#define SPLIT_STREAM 0x5311700000000

/* The shuffled indices of the class's samples in @split. */
static GArray *
shuffled (NnDataset *self, NnSplit split, guint class_index, guint64 seed)
{
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < self->entries->len; i++) {
    const NnEntry *entry = nn_dataset_entry (self, i);
    if (entry->class_index == class_index && !entry->excluded
        && (split == NN_SPLIT_ALL || entry->split == split))
      g_array_append_val (indices, i);
  }
  NnRandom random;
  nn_random_init (&random, seed, SPLIT_STREAM + class_index);
  nn_random_shuffle (&random, (guint32 *) (void *) indices->data, indices->len);
  return indices;
}

/* How many of @n to take: the rounded part, at least one, and, unless it is the whole, never more than leaves
 * one behind. */
static guint
part (guint n, double fraction, guint spare)
{
  if (fraction >= 1)
    return spare;
  if (fraction <= 0 || spare < 2)
    return 0;
  guint k = (guint) floor (n * fraction + 0.5);
  return CLAMP (k, 1, spare - 1);
}

void
nn_dataset_split_stratified (NnDataset *self, double val_fraction, double test_fraction, guint64 seed)
{
  g_return_if_fail (val_fraction >= 0 && test_fraction >= 0 && val_fraction + test_fraction < 1);
  for (guint c = 0; c < self->classes->len; c++) {
    g_autoptr (GArray) indices = shuffled (self, NN_SPLIT_ALL, c, seed);
    guint n_val = part (indices->len, val_fraction, indices->len);
    guint n_test = part (indices->len, test_fraction, indices->len - n_val);
    for (guint i = 0; i < indices->len; i++) {
      NnEntry *entry = nn_dataset_entry (self, g_array_index (indices, guint32, i));
      entry->split = i < n_val ? NN_SPLIT_VAL : i < n_val + n_test ? NN_SPLIT_TEST : NN_SPLIT_TRAIN;
    }
  }
}

void
nn_dataset_split_carve (NnDataset *self, NnSplit from, NnSplit to, double fraction, guint64 seed)
{
  g_return_if_fail (from != NN_SPLIT_ALL && to != NN_SPLIT_ALL && from != to);
  g_return_if_fail (fraction >= 0 && fraction <= 1);
  for (guint c = 0; c < self->classes->len; c++) {
    g_autoptr (GArray) indices = shuffled (self, from, c, seed);
    guint n = part (indices->len, fraction, indices->len);
    for (guint i = 0; i < n; i++)
      nn_dataset_entry (self, g_array_index (indices, guint32, i))->split = (guint8) to;
  }
}

void
nn_dataset_split_default (NnDataset *self, double val_fraction, guint64 seed)
{
  if (nn_dataset_count (self, NN_SPLIT_VAL, -1) == 0)
    nn_dataset_split_carve (self, NN_SPLIT_TRAIN, NN_SPLIT_VAL, val_fraction, seed);
}

void
nn_dataset_preview_split (NnDataset *self, const NnSplitPlan *plan, guint n[3])
{
  gboolean own = plan->own && self->own_split;
  g_autofree guint (*counts)[3] = g_malloc0 (self->classes->len * sizeof *counts);
  guint n_val = 0;
  for (guint i = 0; i < self->entries->len; i++) {
    const NnEntry *entry = nn_dataset_entry (self, i);
    if (!entry->excluded)
      counts[entry->class_index][own ? entry->source_split : NN_SPLIT_TRAIN]++;
    n_val += own && !entry->excluded && entry->source_split == NN_SPLIT_VAL;
  }
  n[NN_SPLIT_TRAIN] = n[NN_SPLIT_VAL] = n[NN_SPLIT_TEST] = 0;
  for (guint c = 0; c < self->classes->len; c++) {
    guint *k = counts[c], all = k[NN_SPLIT_TRAIN];
    if (!own || n_val == 0)
      k[NN_SPLIT_VAL] = part (all, plan->val_fraction, all);
    if (!own)
      k[NN_SPLIT_TEST] = part (all, plan->test_fraction, all - k[NN_SPLIT_VAL]);
    if (!own || n_val == 0)
      k[NN_SPLIT_TRAIN] -= k[NN_SPLIT_VAL] + (own ? 0 : k[NN_SPLIT_TEST]);
    for (guint split = 0; split < 3; split++)
      n[split] += k[split];
  }
}

void
nn_dataset_split_by_plan (NnDataset *self, const NnSplitPlan *plan)
{
  if (!plan->own || !self->own_split) {
    nn_dataset_split_stratified (self, plan->val_fraction, plan->test_fraction, plan->seed);
    return;
  }
  for (guint i = 0; i < self->entries->len; i++) {
    NnEntry *entry = nn_dataset_entry (self, i);
    entry->split = entry->source_split;
  }
  nn_dataset_split_default (self, plan->val_fraction, plan->seed);
}

/* Appends @from's entries of the splits that @keep says, with banks and rejects. */
static void
append (NnDataset *self, NnDataset *from, const int *class_map, int leave_out, int put_in)
{
  guint first_bank = self->banks->len;
  for (guint i = 0; i < from->banks->len; i++) {
    NnBank *bank = g_ptr_array_index (from->banks, i);
    g_atomic_int_inc (&bank->ref_count);
    g_ptr_array_add (self->banks, bank);
  }
  for (guint i = 0; i < from->entries->len; i++) {
    NnEntry entry = *nn_dataset_entry (from, i);
    if (entry.split == leave_out)
      continue;
    if (put_in >= 0)
      entry.split = (guint8) put_in;
    entry.path = entry.path ? nn_dataset_keep_string (self, entry.path) : NULL;
    entry.name = nn_dataset_keep_string (self, entry.name);
    entry.class_index = (guint32) class_map[entry.class_index];
    entry.bank = (guint16) (entry.bank + first_bank);
    entry.bad = 0;
    g_array_append_val (self->entries, entry);
  }
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (from);
  for (guint i = 0; i < rejects->len; i++) {
    const NnReject *reject = g_ptr_array_index (rejects, i);
    if (reject->sample < 0)
      nn_dataset_reject (self, reject->path, reject->name, -1, reject->reason);
  }
}

NnDataset *
nn_dataset_combine (NnDataset *train, NnDataset *val, NnSplit split, GError **error)
{
  g_return_val_if_fail (train && val && split != NN_SPLIT_ALL, NULL);
  g_autofree int *same = g_new (int, train->classes->len);
  g_autofree int *map = g_new (int, val->classes->len);
  for (guint c = 0; c < train->classes->len; c++)
    same[c] = (int) c;
  for (guint c = 0; c < val->classes->len; c++) {
    map[c] = nn_dataset_find_class (train, nn_dataset_get_class_name (val, c));
    if (map[c] < 0 && nn_dataset_count (val, NN_SPLIT_ALL, (int) c) > 0) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   _ ("“%s” has a class “%s”, which “%s” lacks. Give both the same class folders."),
                   val->name, nn_dataset_get_class_name (val, c), train->name);
      return NULL;
    }
  }
  NnDataset *self = nn_dataset_new (train->name, train->format);
  for (guint c = 0; c < train->classes->len; c++)
    nn_dataset_add_class (self, g_ptr_array_index (train->classes, c));
  append (self, train, same, split, -1);
  append (self, val, map, -1, (int) split);
  self->own_split = TRUE;
  nn_dataset_check_health (self);
  return self;
}

gboolean
nn_dataset_match_classes (NnDataset *self, const char *const *names, GError **error)
{
  guint n = g_strv_length ((char **) names);
  g_autofree int *map = g_new (int, self->classes->len);
  for (guint c = 0; c < self->classes->len; c++) {
    map[c] = -1;
    for (guint k = 0; k < n; k++)
      if (strcmp (nn_dataset_get_class_name (self, c), names[k]) == 0)
        map[c] = (int) k;
    if (map[c] < 0 && nn_dataset_count (self, NN_SPLIT_ALL, (int) c) > 0) {
      g_autofree char *known = g_strjoinv (", ", (char **) names);
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   _ ("“%s” has a class “%s” that the model doesn't know. It knows: %s."), self->name,
                   nn_dataset_get_class_name (self, c), known);
      return FALSE;
    }
  }
  for (guint i = 0; i < self->entries->len; i++) {
    NnEntry *entry = nn_dataset_entry (self, i);
    entry->class_index = (guint32) MAX (map[entry->class_index], 0);
  }
  g_hash_table_remove_all (self->class_index);
  g_ptr_array_set_size (self->classes, 0);
  g_ptr_array_set_size (self->class_names, 0);
  for (guint k = 0; k < n; k++)
    nn_dataset_add_class (self, names[k]);
  return TRUE;
}
