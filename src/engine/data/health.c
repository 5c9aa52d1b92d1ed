/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to tell the user about a set as a whole; and the end of an import, which asks for it. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "data/importer.h"

/* Beyond this a network tends to answer with the larger class; the user should know. */
#define IMBALANCE 3.0
/* Below this a class can't be learnt and measured with any confidence. */
#define TINY 10

void
nn_dataset_check_health (NnDataset *self)
{
  guint n_classes = self->classes->len;
  int least = -1, most = -1;
  g_autofree guint *counts = g_new0 (guint, n_classes);
  self->n_import_warnings = self->warnings->len;
  for (guint i = 0; i < self->entries->len; i++)
    counts[nn_dataset_entry (self, i)->class_index] += !nn_dataset_entry (self, i)->excluded;
  for (guint c = 0; c < n_classes; c++) {
    const char *name = nn_dataset_get_class_name (self, c);
    if (counts[c] == 0) {
      nn_dataset_warn (self, _ ("The class “%s” is empty: no picture was found for it."), name);
      continue;
    }
    if (counts[c] < TINY)
      nn_dataset_warn (self,
                       _ ("The class “%s” has only %u of the %u pictures or more that a class should have."),
                       name, counts[c], TINY);
    if (least < 0 || counts[c] < counts[least])
      least = (int) c;
    if (most < 0 || counts[c] > counts[most])
      most = (int) c;
  }
  if (least >= 0 && counts[most] > IMBALANCE * counts[least])
    nn_dataset_warn (
        self,
        _ ("The classes are out of balance: “%s” has %u pictures, “%s” only %u. A network tends to answer "
           "with the larger class; add pictures to the smaller one."),
        nn_dataset_get_class_name (self, (guint) most), counts[most],
        nn_dataset_get_class_name (self, (guint) least), counts[least]);
  if (n_classes == 1)
    nn_dataset_warn (self, _ ("There is only one class, “%s”. To tell things apart at least two are needed."),
                     nn_dataset_get_class_name (self, 0));
}

typedef struct {
  char *bytes;
  char *name;
  guint old_index;
} Class;

static gboolean
is_number (const char *text)
{
  gsize n = strspn (text, "0123456789");
  return n > 0 && n < 10 && text[n] == 0;
}

static int
compare_classes (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Class *) a)->bytes, ((const Class *) b)->bytes);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  int x = atoi (((const Class *) a)->bytes), y = atoi (((const Class *) b)->bytes);
  return x != y ? (x > y) - (x < y) : compare_classes (a, b);
}

/* By name, so that labels don't depend on the order in which things were dropped; numbers as numbers: 9
 * before 10. */
static void
sort_classes (NnDataset *self)
{
  guint n = self->classes->len;
  g_autofree Class *classes = g_new (Class, n);
  g_autofree guint *map = g_new (guint, n);
  gboolean numbers = TRUE;
  for (guint c = 0; c < n; c++) {
    classes[c] = (Class){ self->classes->pdata[c], self->class_names->pdata[c], c };
    numbers = numbers && is_number (classes[c].bytes);
  }
  qsort (classes, n, sizeof *classes, numbers ? compare_numbers : compare_classes);
  for (guint c = 0; c < n; c++) {
    self->classes->pdata[c] = classes[c].bytes;
    self->class_names->pdata[c] = classes[c].name;
    map[classes[c].old_index] = c;
    g_hash_table_insert (self->class_index, classes[c].bytes, GUINT_TO_POINTER (c));
  }
  for (guint i = 0; i < self->entries->len; i++) {
    NnEntry *entry = nn_dataset_entry (self, i);
    entry->class_index = entry->source_class = map[entry->class_index];
  }
  for (guint c = 0; c < n; c++)
    g_ptr_array_add (self->strings->source_classes, g_strdup (self->class_names->pdata[c]));
}

NnDataset *
nn_dataset_finish (NnDataset *self, GError **error)
{
  if (self->entries->len > 0) {
    sort_classes (self);
    nn_dataset_check_health (self);
    return self;
  }
  const NnReject *first = self->rejects->len > 0 ? self->rejects->pdata[0] : NULL;
  if (first)
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("No picture in “%s” can be used. %u files were looked at; the first, “%s”: %s"),
                 self->name, self->rejects->len, first->name, first->reason);
  else
    g_set_error (
        error, NN_ERROR, NN_ERROR_BAD_INPUT,
        _ ("There is no picture in “%s”. Open a folder with a subfolder of pictures for each class."),
        self->name);
  nn_dataset_unref (self);
  return NULL;
}
