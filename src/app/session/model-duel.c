/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job goes through two stages: a task decodes the pictures as each model wants them, then the trainer thread evaluates
 * one model after the other in slices, and times both. */
#include "config.h"

#include "session/model-duel.h"
#include "session/session-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Of the two models. */
typedef struct {
  NnModel *model;
  NnPixels *pixels;
  NnEvaluator *evaluator;
  NnEvaluation *evaluation;
  double milliseconds;
} Side;

typedef struct {
  Side sides[2];
  NnDataset *dataset;
  NnSplit part;
  int done; /* atomic: parts of PCN_JOB_WHOLE */
} Job;

struct _PcnModelDuel {
  PcnJob parent_instance;
  PcnThumbnailLoader *thumbnails; /* of the data that was evaluated */
  /* The result. */
  NnDuel *duel;
  NnPixels *pixels;
  NnModel *model;
  double milliseconds[2];
  NnSplit part;
};

G_DEFINE_FINAL_TYPE (PcnModelDuel, pcn_model_duel, PCN_TYPE_JOB)

static void
job_free (Job *job)
{
  for (guint i = 0; i < 2; i++) {
    Side *side = &job->sides[i];
    g_clear_pointer (&side->evaluator, nn_evaluator_free);
    g_clear_pointer (&side->evaluation, nn_evaluation_free);
    g_clear_pointer (&side->pixels, nn_pixels_unref);
    g_clear_pointer (&side->model, nn_model_unref);
  }
  nn_dataset_unref (job->dataset);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

/* The trainer thread's part. */

static gboolean
step (const NnTrainerScene *scene, gpointer data, gboolean *done, GError **error)
{
  Job *job = data;
  guint at = job->sides[0].evaluation ? 1 : 0;
  Side *side = &job->sides[at];
  gboolean finished = FALSE;

  *done = FALSE;
  if (!side->evaluation) {
    if (!nn_evaluator_advance (side->evaluator, scene->context, NN_TRAINER_SLICE_MS, &finished, error))
      return FALSE;
    g_atomic_int_set (&job->done, (int) (PCN_JOB_WHOLE / 2
                                         * (at + (double) nn_evaluator_get_done (side->evaluator)
                                                     / (double) side->pixels->n)));
    if (!finished)
      return TRUE;
    nn_evaluator_leave (side->evaluator);
    side->evaluation = nn_evaluator_finish (side->evaluator);
    return nn_duel_measure (scene->context, side->model, &side->milliseconds, error);
  }
  *done = TRUE;
  return TRUE;
}

static void
leave (gpointer data)
{
  Job *job = data;

  for (guint i = 0; i < 2; i++)
    nn_evaluator_leave (job->sides[i].evaluator);
}

/* The decoding thread's part. */

static gboolean
read_side (Job *job, Side *side, NnDataset *ordered, GCancellable *cancellable, GError **error)
{
  NnPixelSpec spec;

  return nn_preparation_pixel_spec (side->model, &spec, error)
         && (side->pixels = nn_dataset_load_pixels (ordered, job->part, &spec, cancellable, NULL, NULL, error))
         && (side->evaluator = nn_evaluator_new (side->model, side->pixels, error));
}

static gboolean
check_same (const Job *job, GError **error)
{
  const NnPixels *a = job->sides[0].pixels, *b = job->sides[1].pixels;

  if (a->n == b->n && memcmp (a->sample, b->sample, a->n * sizeof *a->sample) == 0)
    return TRUE;
  g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                       _ ("The pictures changed while they were read; compare once more."));
  return FALSE;
}

static void
run_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  /* The order of the classes belongs to whoever has the data set: here to a copy. */
  g_autoptr (NnDataset) ordered = nn_dataset_edit (job->dataset, NULL, NULL, 0);

  job->part = nn_dataset_count (ordered, NN_SPLIT_TEST, -1) > 0  ? NN_SPLIT_TEST
              : nn_dataset_count (ordered, NN_SPLIT_VAL, -1) > 0 ? NN_SPLIT_VAL
                                                                 : NN_SPLIT_ALL;
  if (nn_duel_check_classes (job->sides[0].model, job->sides[1].model, &error)
      && nn_dataset_match_classes (ordered, nn_model_get_classes (job->sides[0].model), &error)
      && read_side (job, &job->sides[0], ordered, cancellable, &error)
      && read_side (job, &job->sides[1], ordered, cancellable, &error) && check_same (job, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The main thread's part. */

static void
drop_result (PcnModelDuel *self)
{
  g_clear_pointer (&self->duel, nn_duel_free);
  g_clear_pointer (&self->pixels, nn_pixels_unref);
  g_clear_pointer (&self->model, nn_model_unref);
}

static void
on_evaluated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnModelDuel) self = data;
  g_autoptr (GError) error = NULL;
  Job *job = nn_trainer_thread_call_finish (result, &error);

  if (!pcn_job_is_current (PCN_JOB (self), result))
    return;
  if (!job) {
    pcn_job_fail (PCN_JOB (self), error);
    return;
  }
  self->duel = nn_duel_new (job->sides[0].evaluation, job->sides[1].evaluation, job->sides[0].pixels->labels);
  self->pixels = nn_pixels_ref (job->sides[0].pixels);
  self->model = nn_model_ref (job->sides[0].model);
  self->part = job->part;
  for (guint i = 0; i < 2; i++)
    self->milliseconds[i] = job->sides[i].milliseconds;
  pcn_job_stop (PCN_JOB (self));
  pcn_job_changed (PCN_JOB (self));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  static const NnTrainerCallFuncs funcs = { .step = step, .leave = leave };
  g_autoptr (Job) job = data;
  PcnModelDuel *self = PCN_MODEL_DUEL (source);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  if (!pcn_job_is_current (PCN_JOB (self), result))
    return;
  if (!ok) {
    pcn_job_fail (PCN_JOB (self), error);
    return;
  }
  const int *done = &job->done;
  pcn_job_call (PCN_JOB (self), &funcs, g_steal_pointer (&job), (GDestroyNotify) job_free, done, on_evaluated);
}

void
pcn_model_duel_start (PcnModelDuel *self, PcnContender *a, PcnContender *b)
{
  g_return_if_fail (PCN_IS_MODEL_DUEL (self) && PCN_IS_CONTENDER (a) && PCN_IS_CONTENDER (b));

  PcnSession *session = pcn_job_get_session (PCN_JOB (self));
  pcn_job_stop (PCN_JOB (self));
  pcn_job_set_failure (PCN_JOB (self), NULL);
  drop_result (self);
  pcn_job_changed (PCN_JOB (self));
  if (!session->dataset)
    return;
  Job *job = g_new0 (Job, 1);
  job->sides[0].model = nn_model_ref (pcn_contender_get_model (a));
  job->sides[1].model = nn_model_ref (pcn_contender_get_model (b));
  job->dataset = nn_dataset_ref (session->dataset);
  g_set_object (&self->thumbnails, session->thumbnails);
  g_autoptr (GTask) task = g_task_new (self, pcn_job_begin (PCN_JOB (self)), on_read, job);
  g_task_set_source_tag (task, pcn_model_duel_start);
  g_task_set_task_data (task, job, NULL);
  g_task_run_in_thread (task, run_read);
}

const NnDuel *
pcn_model_duel_get (PcnModelDuel *self, double milliseconds[2], NnSplit *part)
{
  g_return_val_if_fail (PCN_IS_MODEL_DUEL (self), NULL);

  memcpy (milliseconds, self->milliseconds, sizeof self->milliseconds);
  *part = self->part;
  return self->duel;
}

GListModel *
pcn_model_duel_list (PcnModelDuel *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GListStore *store = g_list_store_new (PCN_TYPE_DIFFERING);

  g_return_val_if_fail (PCN_IS_MODEL_DUEL (self), G_LIST_MODEL (store));

  for (guint i = 0; self->duel && self->thumbnails && i < self->duel->differing->len; i++) {
    guint at = g_array_index (self->duel->differing, guint, i);
    g_autoptr (PcnSample) sample = pcn_sample_new (self->thumbnails, self->pixels->sample[at]);
    g_ptr_array_add (items, pcn_differing_new (sample, nn_model_get_classes (self->model),
                                               (guint) self->pixels->labels[at], self->duel->answers_a[at],
                                               self->duel->answers_b[at]));
  }
  g_list_store_splice (store, 0, 0, items->pdata, items->len);
  return G_LIST_MODEL (store);
}

static void
pcn_model_duel_dispose (GObject *object)
{
  PcnModelDuel *self = PCN_MODEL_DUEL (object);

  drop_result (self);
  g_clear_object (&self->thumbnails);
  G_OBJECT_CLASS (pcn_model_duel_parent_class)->dispose (object);
}

static void
pcn_model_duel_class_init (PcnModelDuelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pcn_model_duel_dispose;
}

static void
pcn_model_duel_init (PcnModelDuel *self)
{
}

PcnModelDuel *
pcn_model_duel_new (PcnSession *session)
{
  return g_object_new (PCN_TYPE_MODEL_DUEL, "session", session, NULL);
}
