/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks of pictures go through two stages: a task decodes one on all processors, while the trainer thread
 * classifies the one before it. A row is made when all about it is known, so that a table needn't sort it
 * twice. */
#include "config.h"

#include "session/chunk.h"
#include "session/classification.h"
#include "session/session-private.h"

#include "data/picture-files.h"

#include <glib/gi18n.h>

struct _PcnClassification {
  GObject parent_instance;
  PcnSession *session; /* our owner */
  GPtrArray *inputs;   /* what the user gave, and the files in it; NULL while they are looked for */
  GPtrArray *paths;
  GListStore *rows;
  NnModel *model;
  GCancellable *cancellable; /* while busy */
  guint next;                /* the first file that wasn't given to be decoded */
  PcnChunk *decoded;         /* waits for the trainer thread */
  gboolean decoding, predicting;
  guint judge_source;
};

G_DEFINE_FINAL_TYPE (PcnClassification, pcn_classification, G_TYPE_OBJECT)

enum { PROP_ROWS = 1, PROP_N_FILES, PROP_BUSY, PROP_FRACTION, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint opened_signal, judged_signal;

static void advance (PcnClassification *self);

static void
notify_progress (PcnClassification *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_FILES]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

static void
stop (PcnClassification *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->decoded, pcn_chunk_free);
  self->decoding = self->predicting = FALSE;
}

static void
fail (PcnClassification *self, const GError *error)
{
  stop (self);
  notify_progress (self);
  pcn_session_problem (self->session, _ ("The Pictures Can’t Be Classified"), error->message);
}

static void
add_rows (PcnClassification *self, const PcnChunk *chunk)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  const char *const *classes = nn_model_get_classes (chunk->model);

  for (guint i = 0; i < chunk->n; i++) {
    const char *path = g_ptr_array_index (chunk->paths, chunk->first + i);
    PcnClassified *row = chunk->reasons[i]
                             ? pcn_classified_new_unreadable (path, chunk->reasons[i])
                             : pcn_classified_new (path, classes, chunk->probabilities + i * chunk->n_classes);
    pcn_trust_judge (self->session->trust, row, TRUE);
    g_ptr_array_add (rows, row);
  }
  /* Done again: in the place of what was there, so that nothing jumps. */
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  guint n_replaced = chunk->first < n_old ? MIN (chunk->n, n_old - chunk->first) : 0;
  g_list_store_splice (self->rows, MIN (chunk->first, n_old), n_replaced, rows->pdata, rows->len);
}

static void
on_predicted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnClassification) self = data;
  g_autoptr (GError) error = NULL;
  PcnChunk *chunk = nn_trainer_thread_call_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!chunk) {
    fail (self, error);
    return;
  }
  self->predicting = FALSE;
  add_rows (self, chunk);
  advance (self);
}

static void
predict (PcnClassification *self, PcnChunk *chunk)
{
  self->predicting = TRUE;
  nn_trainer_thread_call_async (self->session->trainer, &pcn_chunk_funcs, chunk, (GDestroyNotify) pcn_chunk_free,
                                self->cancellable, on_predicted, g_object_ref (self));
}

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnChunk) chunk = data;
  PcnClassification *self = PCN_CLASSIFICATION (chunk->owner);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  if (chunk->cancellable != self->cancellable)
    return;
  self->decoding = FALSE;
  if (!ok) {
    fail (self, error);
    return;
  }
  self->decoded = g_steal_pointer (&chunk);
  advance (self);
}

static void
run_decode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (pcn_chunk_decode (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
decode (PcnClassification *self)
{
  PcnChunk *chunk = pcn_chunk_new (G_OBJECT (self), self->cancellable, self->model, self->paths, self->next);

  self->next += chunk->n;
  self->decoding = TRUE;
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_decoded, chunk);
  g_task_set_source_tag (task, decode);
  g_task_set_task_data (task, chunk, NULL);
  g_task_run_in_thread (task, run_decode);
}

/* Whatever can begin now. */
static void
advance (PcnClassification *self)
{
  if (!self->session->trainer)
    stop (self);
  if (self->cancellable && self->decoded && !self->predicting)
    predict (self, g_steal_pointer (&self->decoded));
  if (self->cancellable && !self->decoding && !self->decoded && self->next < self->paths->len)
    decode (self);
  if (!self->decoding && !self->predicting && !self->decoded)
    stop (self);
  notify_progress (self);
}

static void
run_list (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *inputs = data, *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < inputs->len; i++)
    nn_list_files (g_ptr_array_index (inputs, i), paths, cancellable);
  g_task_return_pointer (task, paths, (GDestroyNotify) g_ptr_array_unref);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnClassification) self = data;
  g_autoptr (GPtrArray) paths = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!paths || g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  self->paths = g_steal_pointer (&paths);
  self->decoding = FALSE;
  if (self->paths->len == 0)
    pcn_session_notice (self->session, _ ("There is no file in this folder"));
  advance (self);
}

static void
begin (PcnClassification *self)
{
  NnModel *model = self->session->model;

  stop (self);
  if (!model || !self->inputs || !self->session->trainer)
    return;
  nn_model_ref (model);
  g_clear_pointer (&self->model, nn_model_unref);
  self->model = model;
  self->cancellable = g_cancellable_new ();
  self->next = 0;
  if (self->paths) {
    advance (self);
    return;
  }
  self->decoding = TRUE;
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_listed, g_object_ref (self));
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, g_ptr_array_ref (self->inputs), (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, run_list);
  notify_progress (self);
}

void
pcn_classification_open (PcnClassification *self, GFile *const *files, guint n_files)
{
  g_return_if_fail (PCN_IS_CLASSIFICATION (self));

  pcn_classification_forget (self);
  self->inputs = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_files; i++) {
    char *path = g_file_get_path (files[i]);
    if (path)
      g_ptr_array_add (self->inputs, path);
  }
  g_signal_emit (self, opened_signal, 0);
  begin (self);
}

void
pcn_classification_cancel (PcnClassification *self)
{
  g_return_if_fail (PCN_IS_CLASSIFICATION (self));

  stop (self);
  notify_progress (self);
}

void
pcn_classification_forget (PcnClassification *self)
{
  g_return_if_fail (PCN_IS_CLASSIFICATION (self));

  stop (self);
  g_clear_pointer (&self->inputs, g_ptr_array_unref);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->model, nn_model_unref);
  g_list_store_remove_all (self->rows);
  notify_progress (self);
}

GListModel *
pcn_classification_get_rows (PcnClassification *self)
{
  g_return_val_if_fail (PCN_IS_CLASSIFICATION (self), NULL);
  return G_LIST_MODEL (self->rows);
}

NnModel *
pcn_classification_get_model (PcnClassification *self)
{
  g_return_val_if_fail (PCN_IS_CLASSIFICATION (self), NULL);
  return self->model;
}

/* The classes may be others now. */
static void
on_model_changed (PcnClassification *self)
{
  stop (self);
  g_list_store_remove_all (self->rows);
  begin (self);
}

/* A net in training gives a new model after each epoch: a few pictures follow that, a folder waits for the
 * end. */
static void
on_weights_changed (PcnClassification *self)
{
  gboolean few = self->paths && self->paths->len <= PCN_CHUNK_BATCH;

  if (self->inputs && self->model != self->session->model && !self->cancellable
      && (few || !pcn_run_get_active (self->session->run)))
    begin (self);
}

static void
judge (PcnClassification *self, gboolean scale)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  gboolean changed = FALSE;

  for (guint i = 0; i < n; i++) {
    g_autoptr (PcnClassified) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
    changed |= pcn_trust_judge (self->session->trust, row, scale);
  }
  if (changed)
    g_signal_emit (self, judged_signal, 0);
}

static gboolean
judge_soon (gpointer data)
{
  PcnClassification *self = data;

  self->judge_source = 0;
  judge (self, FALSE);
  return G_SOURCE_REMOVE;
}

/* A pointer moves the threshold faster than thousands of rows can be sorted: they follow when it has a moment. */
static void
on_threshold (PcnClassification *self)
{
  if (self->judge_source == 0)
    self->judge_source = g_idle_add (judge_soon, self);
}

static void
on_temperature (PcnClassification *self)
{
  judge (self, TRUE);
}

static void
pcn_classification_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnClassification *self = PCN_CLASSIFICATION (object);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows)),
        n_paths = self->paths ? self->paths->len : 0;
  guint n_done = MIN (self->next, n_rows);

  switch (id) {
  case PROP_ROWS:
    g_value_set_object (value, self->rows);
    break;
  case PROP_N_FILES:
    g_value_set_uint (value, n_paths);
    break;
  case PROP_BUSY:
    g_value_set_boolean (value, self->cancellable != NULL);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, n_paths > 0 ? (double) n_done / n_paths : -1);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_classification_dispose (GObject *object)
{
  PcnClassification *self = PCN_CLASSIFICATION (object);

  stop (self);
  g_clear_handle_id (&self->judge_source, g_source_remove);
  g_clear_pointer (&self->inputs, g_ptr_array_unref);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (pcn_classification_parent_class)->dispose (object);
}

static void
pcn_classification_class_init (PcnClassificationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_classification_get_property;
  object_class->dispose = pcn_classification_dispose;
  props[PROP_ROWS] = g_param_spec_object ("rows", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  props[PROP_N_FILES] = g_param_spec_uint ("n-files", NULL, NULL, 0, G_MAXUINT, 0, ro);
  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, ro);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
  opened_signal = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  judged_signal = g_signal_new ("judged", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
pcn_classification_init (PcnClassification *self)
{
  self->rows = g_list_store_new (PCN_TYPE_CLASSIFIED);
}

PcnClassification *
pcn_classification_new (PcnSession *session)
{
  PcnClassification *self = g_object_new (PCN_TYPE_CLASSIFICATION, NULL);

  self->session = session;
  g_signal_connect_object (session, "model-changed", G_CALLBACK (on_model_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::has-model", G_CALLBACK (on_weights_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session->trust, "notify::threshold", G_CALLBACK (on_threshold), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session->trust, "notify::temperature", G_CALLBACK (on_temperature), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::can-start", G_CALLBACK (on_weights_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}
