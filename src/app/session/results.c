/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A task reads the pictures (mostly from the cache that training left) and brings the labels into the model's
 * order; the trainer thread evaluates. Samples keep their indices when the data are edited, so the pictures
 * of an older evaluation can still be shown. */
#include "config.h"

#include "session/outcome.h"
#include "session/results.h"
#include "session/session-private.h"
#include "session/session-table.h"

#include "train/preparation.h"

#include <string.h>

#define PROGRESS_INTERVAL_MS 100
/* Of the work, reading the pictures. */
#define READING 0.5

/* What the finished evaluation is of; threads that write it to a file hold it too. */
typedef struct {
  NnEvaluation *evaluation;
  NnPixels *pixels;
  NnModel *model;
  NnDataset *dataset;
  NnSplit part;
} Finished;

struct _PcnResults {
  GObject parent_instance;
  PcnSession *session;            /* our owner */
  Finished *finished;             /* atomically reference-counted; NULL: none */
  PcnThumbnailLoader *thumbnails; /* of the data that were evaluated; stays the same when they are edited */
  struct Job *job;                /* while busy */
  guint progress_source;
  char *message;
  gboolean mismatch;
};

G_DEFINE_FINAL_TYPE (PcnResults, pcn_results, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_BUSY, PROP_FRACTION, PROP_STALE, PROP_MESSAGE, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint changed_signal;

static void
finished_clear (gpointer data)
{
  Finished *finished = data;

  g_clear_pointer (&finished->evaluation, nn_evaluation_free);
  g_clear_pointer (&finished->pixels, nn_pixels_unref);
  g_clear_pointer (&finished->model, nn_model_unref);
  g_clear_pointer (&finished->dataset, nn_dataset_unref);
}

static void
finished_unref (Finished *finished)
{
  g_atomic_rc_box_release_full (finished, finished_clear);
}

typedef struct Job {
  PcnResults *owner;
  GCancellable *cancellable;
  Finished *finished;
  NnEvaluator *evaluator;
  int permille; /* atomic: of reading */
  gboolean mismatch;
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->owner);
  g_object_unref (job->cancellable);
  g_clear_pointer (&job->evaluator, nn_evaluator_free);
  g_clear_pointer (&job->finished, finished_unref);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
notify_all (PcnResults *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
is_stale (PcnResults *self)
{
  const Finished *finished = self->finished;
  return finished && (finished->model != self->session->model || finished->dataset != self->session->dataset);
}

static const char *
get_state (PcnResults *self)
{
  if (!self->session->dataset || !self->session->model)
    return "no-data";
  if (self->mismatch)
    return "mismatch";
  if (self->job && !self->finished)
    return "busy";
  if (self->message)
    return "failed";
  return self->finished ? "ready" : "waiting";
}

static double
get_fraction (PcnResults *self)
{
  const Job *job = self->job;

  if (!job)
    return 0;
  if (!job->evaluator)
    return READING * g_atomic_int_get (&job->permille) / 1000.0;
  return READING + (1 - READING) * nn_evaluator_get_done (job->evaluator) / (double) job->finished->pixels->n;
}

static void
end_job (PcnResults *self)
{
  self->job = NULL;
  g_clear_handle_id (&self->progress_source, g_source_remove);
}

static void
set_failure (PcnResults *self, const char *message, gboolean mismatch)
{
  g_free (self->message);
  self->message = g_strdup (message);
  self->mismatch = mismatch;
}

static void
drop_finished (PcnResults *self)
{
  if (!self->finished)
    return;
  g_clear_pointer (&self->finished, finished_unref);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_fraction (double fraction, gpointer data)
{
  g_atomic_int_set (&((Job *) data)->permille, fraction > 0 ? (int) (fraction * 1000) : 0);
}

static gboolean
on_progress (gpointer data)
{
  g_object_notify_by_pspec (G_OBJECT (data), props[PROP_FRACTION]);
  return G_SOURCE_CONTINUE;
}

/* The trainer thread's part. */
static gboolean
step (const NnTrainerScene *scene, gpointer data, gboolean *done, GError **error)
{
  return nn_evaluator_advance (((Job *) data)->evaluator, scene->context, NN_TRAINER_SLICE_MS, done, error);
}

static void
leave (gpointer data)
{
  nn_evaluator_leave (((Job *) data)->evaluator);
}

static void
on_evaluated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnResults) self = data;
  g_autoptr (GError) error = NULL;
  Job *job = nn_trainer_thread_call_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  end_job (self);
  if (job) {
    g_clear_pointer (&self->finished, finished_unref);
    self->finished = g_steal_pointer (&job->finished);
    self->finished->evaluation = nn_evaluator_finish (job->evaluator);
    set_failure (self, NULL, FALSE);
    g_signal_emit (self, changed_signal, 0);
  } else {
    set_failure (self, error->message, FALSE);
    drop_finished (self);
  }
  notify_all (self);
}

static NnSplit
choose_part (NnDataset *dataset)
{
  if (nn_dataset_count (dataset, NN_SPLIT_TEST, -1) > 0)
    return NN_SPLIT_TEST;
  return nn_dataset_count (dataset, NN_SPLIT_VAL, -1) > 0 ? NN_SPLIT_VAL : NN_SPLIT_ALL;
}

static void
run_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  Finished *finished = job->finished;
  GError *error = NULL;
  NnPixelSpec spec;
  /* The order of the classes belongs to whoever has the data set: here to a copy. */
  g_autoptr (NnDataset) ordered = nn_dataset_edit (finished->dataset, NULL, NULL, 0);

  if (!nn_dataset_match_classes (ordered, nn_model_get_classes (finished->model), &error)) {
    job->mismatch = TRUE;
  } else if (nn_preparation_pixel_spec (finished->model, &spec, &error)) {
    finished->part = choose_part (ordered);
    finished->pixels
        = nn_dataset_load_pixels (ordered, finished->part, &spec, cancellable, on_fraction, job, &error);
    if (finished->pixels)
      job->evaluator = nn_evaluator_new (finished->model, finished->pixels, &error);
  }
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  static const NnTrainerCallFuncs funcs = { .step = step, .leave = leave };
  g_autoptr (Job) job = data;
  PcnResults *self = job->owner;
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  if (job != self->job)
    return;
  if (ok && self->session->trainer) {
    GCancellable *cancellable = job->cancellable;
    nn_trainer_thread_call_async (self->session->trainer, &funcs, g_steal_pointer (&job),
                                  (GDestroyNotify) job_free, cancellable, on_evaluated, g_object_ref (self));
    return;
  }
  end_job (self);
  if (error)
    set_failure (self, error->message, job->mismatch);
  drop_finished (self);
  notify_all (self);
}

static void
abandon_job (PcnResults *self)
{
  if (self->job)
    g_cancellable_cancel (self->job->cancellable);
  end_job (self);
}

void
pcn_results_cancel (PcnResults *self)
{
  g_return_if_fail (PCN_IS_RESULTS (self));

  abandon_job (self);
  notify_all (self);
}

void
pcn_results_evaluate (PcnResults *self)
{
  g_return_if_fail (PCN_IS_RESULTS (self));

  abandon_job (self);
  set_failure (self, NULL, FALSE);
  g_set_object (&self->thumbnails, self->session->thumbnails);
  if (self->session->dataset && self->session->model && self->session->trainer) {
    Job *job = self->job = g_new0 (Job, 1);
    job->owner = g_object_ref (self);
    job->cancellable = g_cancellable_new ();
    job->finished = g_atomic_rc_box_new0 (Finished);
    job->finished->model = nn_model_ref (self->session->model);
    job->finished->dataset = nn_dataset_ref (self->session->dataset);
    self->progress_source = g_timeout_add (PROGRESS_INTERVAL_MS, on_progress, self);
    g_autoptr (GTask) task = g_task_new (NULL, job->cancellable, on_read, job);
    g_task_set_source_tag (task, pcn_results_evaluate);
    g_task_set_task_data (task, job, NULL);
    g_task_run_in_thread (task, run_read);
  }
  notify_all (self);
}

void
pcn_results_refresh (PcnResults *self, gboolean data)
{
  g_return_if_fail (PCN_IS_RESULTS (self));

  gboolean first = !self->finished && !self->message;
  gboolean idle = !pcn_run_get_active (self->session->run);
  const Finished *coming = self->job ? self->job->finished : NULL;
  if (coming && coming->dataset == self->session->dataset && (coming->model == self->session->model || !idle))
    return;
  gboolean learnt = self->finished && self->finished->model != self->session->model;
  if (first || (idle && (learnt || (data && is_stale (self)))))
    pcn_results_evaluate (self);
}

const NnEvaluation *
pcn_results_get_evaluation (PcnResults *self)
{
  g_return_val_if_fail (PCN_IS_RESULTS (self), NULL);
  return self->finished ? self->finished->evaluation : NULL;
}

const gint32 *
pcn_results_get_labels (PcnResults *self)
{
  g_return_val_if_fail (PCN_IS_RESULTS (self), NULL);
  return self->finished ? self->finished->pixels->labels : NULL;
}

NnModel *
pcn_results_get_model (PcnResults *self)
{
  g_return_val_if_fail (PCN_IS_RESULTS (self), NULL);
  return self->finished ? self->finished->model : NULL;
}

const char *const *
pcn_results_get_classes (PcnResults *self)
{
  g_return_val_if_fail (PCN_IS_RESULTS (self), NULL);
  return self->finished ? nn_model_get_classes (self->finished->model) : NULL;
}

NnSplit
pcn_results_get_part (PcnResults *self)
{
  g_return_val_if_fail (PCN_IS_RESULTS (self), NN_SPLIT_ALL);
  return self->finished ? self->finished->part : NN_SPLIT_ALL;
}

/* At most so many are listed: nobody looks at more, and a list of all of them would take a while to make. */
#define MAX_LISTED 2000

GListModel *
pcn_results_list (PcnResults *self, int truth, int answer)
{
  GListStore *list = g_list_store_new (PCN_TYPE_OUTCOME);
  const Finished *finished = self->finished;

  if (!finished || !self->thumbnails)
    return G_LIST_MODEL (list);
  guint n_classes = finished->evaluation->n_classes;
  g_autofree float *shares = g_new (float, n_classes);
  g_autoptr (GPtrArray) outcomes = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray) places = pcn_scores_find (finished->evaluation, finished->pixels->labels, truth, answer);
  for (guint i = 0; i < MIN (places->len, MAX_LISTED); i++) {
    guint32 place = g_array_index (places, guint32, i);
    g_autoptr (PcnSample) sample = pcn_sample_new (self->thumbnails, finished->pixels->sample[place]);
    memcpy (shares, finished->evaluation->probabilities + (gsize) place * n_classes, n_classes * sizeof *shares);
    nn_temperature_apply (shares, 1, n_classes, pcn_trust_get_temperature (self->session->trust));
    g_ptr_array_add (outcomes, pcn_outcome_new (sample, nn_model_get_classes (finished->model), shares, (guint) finished->pixels->labels[place],
                                                pcn_scores_get_answer (finished->evaluation, place)));
  }
  g_list_store_splice (list, 0, 0, outcomes->pdata, outcomes->len);
  return G_LIST_MODEL (list);
}

static GString *
make_csv (gpointer data)
{
  Finished *finished = data;
  return pcn_scores_make_csv (finished->evaluation, nn_model_get_classes (finished->model));
}

void
pcn_results_save (PcnResults *self, GFile *file)
{
  g_return_if_fail (PCN_IS_RESULTS (self));

  if (self->finished)
    pcn_session_save_table (self->session, file, make_csv, g_atomic_rc_box_acquire (self->finished),
                            (GDestroyNotify) finished_unref);
}

/* Of another model or other data the pictures and the classes mean nothing any more. */
static void
on_model_changed (PcnResults *self)
{
  abandon_job (self);
  set_failure (self, NULL, FALSE);
  drop_finished (self);
  notify_all (self);
}

static void
on_data_changed (PcnResults *self)
{
  /* Edits keep the loader, and with it the pictures. */
  if (self->finished && self->thumbnails == self->session->thumbnails)
    notify_all (self);
  else
    on_model_changed (self);
}

static void
pcn_results_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnResults *self = PCN_RESULTS (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_string (value, get_state (self));
    break;
  case PROP_BUSY:
    g_value_set_boolean (value, self->job != NULL);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, get_fraction (self));
    break;
  case PROP_STALE:
    g_value_set_boolean (value, is_stale (self));
    break;
  case PROP_MESSAGE:
    g_value_set_string (value, self->message);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_results_dispose (GObject *object)
{
  PcnResults *self = PCN_RESULTS (object);

  abandon_job (self);
  g_clear_pointer (&self->finished, finished_unref);
  g_clear_pointer (&self->message, g_free);
  g_clear_object (&self->thumbnails);
  G_OBJECT_CLASS (pcn_results_parent_class)->dispose (object);
}

static void
pcn_results_class_init (PcnResultsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_results_get_property;
  object_class->dispose = pcn_results_dispose;
  props[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, ro);
  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, ro);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, ro);
  props[PROP_STALE] = g_param_spec_boolean ("stale", NULL, NULL, FALSE, ro);
  props[PROP_MESSAGE] = g_param_spec_string ("message", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
pcn_results_init (PcnResults *self)
{
}

PcnResults *
pcn_results_new (PcnSession *session)
{
  PcnResults *self = g_object_new (PCN_TYPE_RESULTS, NULL);

  self->session = session;
  g_signal_connect_object (session, "model-changed", G_CALLBACK (on_model_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "data-changed", G_CALLBACK (on_data_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::has-model", G_CALLBACK (notify_all), self, G_CONNECT_SWAPPED);
  return self;
}
