/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job goes through two stages: a task decodes the pictures as each model wants them, then the trainer thread evaluates
 * one model after the other in slices, and times both. */
#include "config.h"

#include "session/model-duel.h"
#include "session/session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROGRESS_MS 100
#define WHOLE 1000

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
  int done; /* atomic: thousandths */
} Job;

struct _PcnModelDuel {
  GObject parent_instance;
  PcnSession *session;
  PcnThumbnailLoader *thumbnails; /* of the data that was evaluated */
  GCancellable *cancellable;      /* while busy */
  Job *job;                       /* whose progress is told */
  guint progress;
  char *failure;
  /* The result. */
  NnDuel *duel;
  NnPixels *pixels;
  NnModel *model;
  double milliseconds[2];
  NnSplit part;
};

G_DEFINE_FINAL_TYPE (PcnModelDuel, pcn_model_duel, G_TYPE_OBJECT)

enum { PROP_BUSY = 1, PROP_FRACTION, PROP_FAILURE, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint changed_signal;

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
    g_atomic_int_set (&job->done, (int) (WHOLE / 2 * (at + (double) nn_evaluator_get_done (side->evaluator)
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
notify_busy (PcnModelDuel *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

static void
set_failure (PcnModelDuel *self, const char *failure)
{
  if (g_strcmp0 (self->failure, failure) == 0)
    return;
  g_free (self->failure);
  self->failure = g_strdup (failure);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAILURE]);
}

static void
drop_result (PcnModelDuel *self)
{
  g_clear_pointer (&self->duel, nn_duel_free);
  g_clear_pointer (&self->pixels, nn_pixels_unref);
  g_clear_pointer (&self->model, nn_model_unref);
}

static void
stop (PcnModelDuel *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->progress, g_source_remove);
  self->job = NULL;
}

static void
fail (PcnModelDuel *self, const GError *error)
{
  stop (self);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_failure (self, error->message);
  notify_busy (self);
}

static void
on_evaluated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnModelDuel) self = data;
  g_autoptr (GError) error = NULL;
  Job *job = nn_trainer_thread_call_finish (result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  if (!job) {
    fail (self, error);
    return;
  }
  stop (self);
  self->duel = nn_duel_new (job->sides[0].evaluation, job->sides[1].evaluation, job->sides[0].pixels->labels);
  self->pixels = nn_pixels_ref (job->sides[0].pixels);
  self->model = nn_model_ref (job->sides[0].model);
  self->part = job->part;
  for (guint i = 0; i < 2; i++)
    self->milliseconds[i] = job->sides[i].milliseconds;
  notify_busy (self);
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
on_progress (gpointer data)
{
  g_object_notify_by_pspec (G_OBJECT (data), props[PROP_FRACTION]);
  return G_SOURCE_CONTINUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  static const NnTrainerCallFuncs funcs = { .step = step, .leave = leave };
  g_autoptr (Job) job = data;
  PcnModelDuel *self = PCN_MODEL_DUEL (source);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  if (!ok) {
    fail (self, error);
  } else if (!self->session->trainer || !self->session->device) {
    stop (self);
    set_failure (self, _ ("There is no device to compute on; choose one in the header of the window."));
    notify_busy (self);
  } else {
    self->job = job;
    self->progress = g_timeout_add (PROGRESS_MS, on_progress, self);
    nn_trainer_thread_call_async (self->session->trainer, &funcs, g_steal_pointer (&job), (GDestroyNotify) job_free,
                                  self->cancellable, on_evaluated, g_object_ref (self));
  }
}

void
pcn_model_duel_start (PcnModelDuel *self, PcnContender *a, PcnContender *b)
{
  g_return_if_fail (PCN_IS_MODEL_DUEL (self) && PCN_IS_CONTENDER (a) && PCN_IS_CONTENDER (b));

  stop (self);
  drop_result (self);
  set_failure (self, NULL);
  g_signal_emit (self, changed_signal, 0);
  if (!self->session->dataset)
    return;
  Job *job = g_new0 (Job, 1);
  job->sides[0].model = nn_model_ref (pcn_contender_get_model (a));
  job->sides[1].model = nn_model_ref (pcn_contender_get_model (b));
  job->dataset = nn_dataset_ref (self->session->dataset);
  g_set_object (&self->thumbnails, self->session->thumbnails);
  self->cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_read, job);
  g_task_set_source_tag (task, pcn_model_duel_start);
  g_task_set_task_data (task, job, NULL);
  g_task_run_in_thread (task, run_read);
  notify_busy (self);
}

void
pcn_model_duel_cancel (PcnModelDuel *self)
{
  g_return_if_fail (PCN_IS_MODEL_DUEL (self));

  stop (self);
  notify_busy (self);
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
pcn_model_duel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnModelDuel *self = PCN_MODEL_DUEL (object);

  switch (id) {
  case PROP_BUSY:
    g_value_set_boolean (value, self->cancellable != NULL);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->job ? (double) g_atomic_int_get (&self->job->done) / WHOLE : -1);
    break;
  case PROP_FAILURE:
    g_value_set_string (value, self->failure);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_model_duel_dispose (GObject *object)
{
  PcnModelDuel *self = PCN_MODEL_DUEL (object);

  stop (self);
  drop_result (self);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->session);
  g_clear_pointer (&self->failure, g_free);
  G_OBJECT_CLASS (pcn_model_duel_parent_class)->dispose (object);
}

static void
pcn_model_duel_class_init (PcnModelDuelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_model_duel_get_property;
  object_class->dispose = pcn_model_duel_dispose;
  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, ro);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, ro);
  props[PROP_FAILURE] = g_param_spec_string ("failure", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
pcn_model_duel_init (PcnModelDuel *self)
{
}

PcnModelDuel *
pcn_model_duel_new (PcnSession *session)
{
  PcnModelDuel *self = g_object_new (PCN_TYPE_MODEL_DUEL, NULL);

  self->session = g_object_ref (session);
  return self;
}
