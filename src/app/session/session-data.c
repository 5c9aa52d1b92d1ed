/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pictures of a session: import and check on threads, lists for widgets. */
#include "config.h"

#include "session/category.h"
#include "format.h"
#include "session/last-data.h"
#include "session/recent.h"
#include "session/reject.h"
#include "session/sample-list.h"
#include "session/session-private.h"

#include "base/background.h"
#include "base/error.h"

#include <glib/gi18n.h>

#define PROGRESS_INTERVAL_MS 100

/* What an import thread works with; @permille is its only way to talk meanwhile. */
typedef struct {
  /* NULL: those of the last time, which the thread finds. */
  char **paths;
  gboolean again;
  NnSplitPlan plan;
  NnDataset *dataset;
  int permille;
  guint progress_source;
} Import;

static void
import_free (Import *import)
{
  g_clear_handle_id (&import->progress_source, g_source_remove);
  g_clear_pointer (&import->dataset, nn_dataset_unref);
  g_strfreev (import->paths);
  g_free (import);
}

static void
on_fraction (double fraction, gpointer data)
{
  Import *import = data;

  g_atomic_int_set (&import->permille, fraction < 0 ? -1 : (int) (fraction * 1000));
}

static PcnLastData *
read_last (Import *import, GError **error)
{
  g_autofree char *path = pcn_last_data_path (), *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  PcnLastData *last = pcn_last_data_parse (text, error);
  if (last) {
    import->paths = g_strdupv ((char **) pcn_last_data_get_paths (last));
    import->plan = *pcn_last_data_get_plan (last);
  }
  return last;
}

static void
run_import (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  GError *error = NULL;
  g_autoptr (PcnLastData) last = NULL;

  nn_enter_background ();
  if (import->again && !(last = read_last (import, &error))) {
    g_task_return_error (task, error);
    return;
  }
  g_autoptr (NnDataset) dataset = nn_dataset_import ((const char *const *) import->paths, NULL, cancellable,
                                                     on_fraction, import, &error);

  if (!dataset) {
    g_task_return_error (task, error);
    return;
  }
  if (last) {
    g_task_return_pointer (task, pcn_last_data_apply (last, dataset), (GDestroyNotify) nn_dataset_unref);
    return;
  }
  nn_dataset_split_by_plan (dataset, &import->plan);
  g_task_return_pointer (task, g_steal_pointer (&dataset), (GDestroyNotify) nn_dataset_unref);
}

static void
run_verify (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  GError *error = NULL;

  nn_enter_background ();
  if (nn_dataset_verify (import->dataset, cancellable, on_fraction, import, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static char *
summarise (const NnTally *all)
{
  g_autofree char *pictures = pcn_format_count (all->n[NN_SPLIT_ALL]);
  g_autofree char *train = pcn_format_count (all->n[NN_SPLIT_TRAIN]);
  g_autofree char *validation = pcn_format_count (all->n[NN_SPLIT_VAL]);

  if (all->n[NN_SPLIT_TEST] > 0) {
    g_autofree char *test = pcn_format_count (all->n[NN_SPLIT_TEST]);
    /* Translators: numbers of pictures: all, to learn from, to measure during training, to measure at the end
     */
    return g_strdup_printf (_ ("%s pictures: %s to learn from, %s to check, %s to test"), pictures, train,
                            validation, test);
  }
  /* Translators: numbers of pictures: all, to learn from, to measure during training */
  return g_strdup_printf (_ ("%s pictures: %s to learn from, %s to check"), pictures, train, validation);
}

/* The rows stay the same objects as far as they can: a row that is replaced loses the selection. They come in the order
 * of their kinds. */
static void
put_category (PcnSession *self, guint *at, PcnCategoryKind kind, const char *name, guint class_index, guint count)
{
  GListModel *model = G_LIST_MODEL (self->categories);
  g_autoptr (PcnCategory) old = g_list_model_get_item (model, *at);

  while (old && pcn_category_get_kind (old) < kind) {
    g_list_store_remove (self->categories, *at);
    g_object_unref (old);
    old = g_list_model_get_item (model, *at);
  }
  if (old && pcn_category_get_kind (old) == kind) {
    pcn_category_update (old, name, count);
  } else {
    g_autoptr (PcnCategory) row = pcn_category_new (kind, name, class_index, count);
    g_list_store_insert (self->categories, *at, row);
  }
  ++*at;
}

static void
refresh_categories (PcnSession *self, guint n_rejects)
{
  guint at = 0, n_classes = self->dataset ? nn_dataset_get_n_classes (self->dataset) : 0;
  NnTally all = { 0 };

  if (self->dataset) {
    g_autoptr (GArray) tally = nn_dataset_tally (self->dataset);
    for (guint c = 0; c < n_classes; c++) {
      const NnTally *row = &g_array_index (tally, NnTally, c);
      for (guint split = 0; split < G_N_ELEMENTS (all.n); split++)
        all.n[split] += row->n[split];
      all.excluded += row->excluded;
    }
    put_category (self, &at, PCN_CATEGORY_ALL, _ ("All Pictures"), 0, all.n[NN_SPLIT_ALL]);
    for (guint c = 0; c < n_classes; c++)
      put_category (self, &at, PCN_CATEGORY_CLASS, nn_dataset_get_class_name (self->dataset, c), c,
                    g_array_index (tally, NnTally, c).n[NN_SPLIT_ALL]);
    if (all.excluded > 0)
      put_category (self, &at, PCN_CATEGORY_EXCLUDED, _ ("Excluded"), 0, all.excluded);
    if (n_rejects > 0)
      put_category (self, &at, PCN_CATEGORY_REJECTS, _ ("Not Used"), 0, n_rejects);
    g_free (self->data_summary);
    self->data_summary = summarise (&all);
  }
  g_list_store_splice (self->categories, at, g_list_model_get_n_items (G_LIST_MODEL (self->categories)) - at,
                       NULL, 0);
}

void
pcn_session_refresh_rejects (PcnSession *self)
{
  g_autoptr (GPtrArray) rejects = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->dataset) {
    g_autoptr (GPtrArray) found = nn_dataset_get_rejects (self->dataset);
    for (guint i = 0; i < found->len; i++) {
      const NnReject *reject = g_ptr_array_index (found, i);
      g_ptr_array_add (rejects, pcn_reject_new (reject->name, reject->reason));
    }
    g_auto (GStrv) warnings = nn_dataset_get_warnings (self->dataset);
    g_free (self->warnings);
    self->warnings = warnings && warnings[0] ? g_strjoinv ("\n", warnings) : NULL;
  }
  if (rejects->len != g_list_model_get_n_items (G_LIST_MODEL (self->rejects)))
    g_list_store_splice (self->rejects, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rejects)),
                         rejects->pdata, rejects->len);
  refresh_categories (self, rejects->len);
  pcn_session_notify (self, PCN_PROP_DATA_SUMMARY);
  pcn_session_notify (self, PCN_PROP_WARNINGS);
}

/* The lists are left alone where nothing changed: a rebuilt list loses its scroll position. */
void
pcn_session_refresh_rejects_if_changed (PcnSession *self)
{
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (self->dataset);

  if (rejects->len != g_list_model_get_n_items (G_LIST_MODEL (self->rejects)))
    pcn_session_refresh_rejects (self);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnSession *self = PCN_SESSION (source);
  Import *import = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&import->progress_source, g_source_remove);
  gboolean finished = g_task_propagate_boolean (G_TASK (result), &error);
  if (g_task_get_cancellable (G_TASK (result)) != self->verify)
    return;
  g_clear_object (&self->verify);
  if (finished) {
    /* The data may have been edited meanwhile. */
    nn_dataset_adopt_rejects (self->dataset, import->dataset);
    pcn_session_refresh_rejects_if_changed (self);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rejects));
    if (n > 0) {
      g_autofree char *text
          = g_strdup_printf (ngettext ("%u file can’t be used", "%u files can’t be used", n), n);
      pcn_session_notice (self, text);
    }
  }
}

void
pcn_session_cancel_verify (PcnSession *self)
{
  if (self->verify)
    g_cancellable_cancel (self->verify);
  g_clear_object (&self->verify);
}

static void
start_verify (PcnSession *self)
{
  Import *check = g_new0 (Import, 1);

  pcn_session_cancel_verify (self);
  self->verify = g_cancellable_new ();
  check->dataset = nn_dataset_ref (self->dataset);
  g_autoptr (GTask) task = g_task_new (self, self->verify, on_verified, NULL);
  g_task_set_source_tag (task, start_verify);
  g_task_set_task_data (task, check, (GDestroyNotify) import_free);
  g_task_run_in_thread (task, run_verify);
}

void
pcn_session_data_edited (PcnSession *self)
{
  NnDataset *dataset = pcn_edits_get_dataset (self->edits);
  /* Otherwise it is other data, and set_dataset() does the rest. */
  gboolean edited = self->dataset && self->thumbnails;

  if (!dataset || dataset == self->dataset)
    return;
  g_clear_pointer (&self->dataset, nn_dataset_unref);
  self->dataset = nn_dataset_ref (dataset);
  if (!edited)
    return;
  pcn_thumbnail_loader_set_dataset (self->thumbnails, dataset);
  pcn_session_refresh_rejects (self);
  pcn_session_notify_abilities (self);
  pcn_session_emit_data_changed (self);
  pcn_session_remember (self);
}

static void
set_dataset (PcnSession *self, NnDataset *dataset, const NnSplitPlan *plan)
{
  pcn_session_cancel_verify (self);
  g_clear_object (&self->thumbnails);
  pcn_edits_reset (self->edits, dataset, plan);
  self->thumbnails = pcn_thumbnail_loader_new (dataset);
  /* Rows of other data: none of them stays. */
  g_list_store_remove_all (self->rejects);
  g_list_store_remove_all (self->categories);
  pcn_session_notify (self, PCN_PROP_DATA_NAME);
  pcn_session_refresh_rejects (self);
  pcn_session_notify (self, PCN_PROP_HAS_DATA);
  pcn_session_notify (self, PCN_PROP_PRESET);
  pcn_session_notify_abilities (self);
  pcn_session_emit_data_changed (self);
  start_verify (self);
  pcn_session_remember (self);
}

static void
tell_failure (PcnSession *self, const Import *import, const GError *error)
{
  if (g_error_matches (error, NN_ERROR, NN_ERROR_CANCELLED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!import->again) {
    pcn_session_problem (self, _ ("No Pictures Added"), error->message);
  } else if (import->paths) {
    /* Nobody asked for it just now: a word is enough. */
    g_autofree char *name = pcn_recent_label ((const char *const *) import->paths);
    g_autofree char *text = g_strdup_printf (_ ("“%s” can’t be opened again"), name);
    pcn_session_notice (self, text);
  } else {
    g_message ("What was open last isn't known: %s", error->message);
  }
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnSession *self = PCN_SESSION (source);
  Import *import = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (NnDataset) dataset = g_task_propagate_pointer (G_TASK (result), &error);

  g_clear_handle_id (&import->progress_source, g_source_remove);
  if (g_task_get_cancellable (G_TASK (result)) != self->import)
    return;
  g_clear_object (&self->import);
  pcn_session_notify (self, PCN_PROP_IMPORTING);
  if (dataset) {
    g_strfreev (self->data_paths);
    self->data_paths = g_strdupv (import->paths);
    set_dataset (self, dataset, &import->plan);
    if (!import->again)
      pcn_recent_add (self->settings, (const char *const *) import->paths);
  } else {
    tell_failure (self, import, error);
  }
}

static gboolean
on_progress (gpointer data)
{
  GTask *task = data;
  PcnSession *self = g_task_get_source_object (task);
  Import *import = g_task_get_task_data (task);
  int permille = g_atomic_int_get (&import->permille);

  self->import_fraction = permille < 0 ? 0 : permille / 1000.0;
  pcn_session_notify (self, PCN_PROP_IMPORT_FRACTION);
  return G_SOURCE_CONTINUE;
}

void
pcn_session_import (PcnSession *self, char **paths)
{
  Import *import = g_new0 (Import, 1);

  pcn_session_cancel_import (self);
  self->import = g_cancellable_new ();
  self->import_fraction = 0;
  import->paths = paths;
  import->again = paths == NULL;
  pcn_session_get_default_plan (self, &import->plan);
  g_autoptr (GTask) task = g_task_new (self, self->import, on_imported, NULL);
  g_task_set_source_tag (task, pcn_session_import);
  g_task_set_task_data (task, import, (GDestroyNotify) import_free);
  import->progress_source = g_timeout_add (PROGRESS_INTERVAL_MS, on_progress, task);
  g_task_run_in_thread (task, run_import);
  pcn_session_notify (self, PCN_PROP_IMPORT_FRACTION);
  pcn_session_notify (self, PCN_PROP_IMPORTING);
}

void
pcn_session_open (PcnSession *self, GFile *const *files, guint n_files)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_files; i++) {
    char *path = g_file_get_path (files[i]);
    if (path)
      g_ptr_array_add (paths, path);
  }
  if (paths->len == 0) {
    pcn_session_problem (
        self, _ ("No Pictures Added"),
        _ ("What was dropped does not lie on this computer. Copy it to a folder of yours first."));
    return;
  }
  g_ptr_array_add (paths, NULL);
  pcn_session_import (self, (char **) g_ptr_array_free (g_steal_pointer (&paths), FALSE));
}

void
pcn_session_cancel_import (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (!self->import)
    return;
  g_cancellable_cancel (self->import);
  g_clear_object (&self->import);
  pcn_session_notify (self, PCN_PROP_IMPORTING);
}

NnDataset *
pcn_session_get_dataset (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->dataset;
}

PcnEdits *
pcn_session_get_edits (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->edits;
}

GListModel *
pcn_session_get_samples (PcnSession *self, int class_index)
{
  g_return_val_if_fail (PCN_IS_SESSION (self) && self->dataset, NULL);
  return G_LIST_MODEL (pcn_sample_list_new (self->dataset, self->thumbnails, class_index));
}

void
pcn_session_clear_data (PcnSession *self)
{
  pcn_session_cancel_import (self);
  pcn_session_cancel_verify (self);
  pcn_session_remember_now (self);
  g_clear_object (&self->thumbnails);
  g_clear_pointer (&self->dataset, nn_dataset_unref);
  g_clear_pointer (&self->data_paths, g_strfreev);
  g_clear_pointer (&self->data_summary, g_free);
  g_clear_pointer (&self->warnings, g_free);
}
