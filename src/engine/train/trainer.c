/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One training run. What happens in a step was recorded once; here are the order of samples, the pace, the end of an
 * epoch, and what is read back: one row of metrics a step, fetched a few times a second. On the context's thread. */
#include "train/trainer.h"

#include "base/random.h"
#include "net/plan.h"
#include "net/schedule.h"
#include "onnx/export/export.h"
#include "train/calibration.h"
#include "train/curve.h"
#include "train/step.h"
#include "train/train-config.h"
#include "train/tuning.h"
#include "train/validation.h"

#include <glib/gi18n.h>
#include <math.h>

#define MAX_IN_FLIGHT 32
#define IN_FLIGHT_MS 12.0  /* work enqueued ahead: enough to keep a device busy, little enough to stop at once */
#define COLLECT_MS 100     /* between two looks at the metrics */
/* Of validation: as many pictures as in a step, so that what waits for the device waits no longer than in one. */
#define LEAST_VALIDATION_BATCH 50
#define MOST_VALIDATION_BATCH 250
#define EXTENDED_RATE 0.1  /* of epochs that were added, as a part of the learning rate */

typedef enum {
  PHASE_FEATURES, /* of a frozen backbone, before the first step */
  PHASE_STEPS,
  PHASE_VALIDATION,
  PHASE_FINISHED,
} Phase;

struct _NnTrainer {
  NnContext *context;
  NnTrainConfig config;
  NnModel *start, *good;
  NnWeights *weights;
  NnFeatures *features; /* nullable: what the frozen part of the network gives, up to node cut */
  guint cut;
  NnStep *step;
  NnValidation *validation;
  NnPredictor *predictor;
  NnPace pace;
  NnCurve *curve;
  guint32 *order;
  guint n_samples;
  Phase phase;
  guint n_epochs;    /* wanted */
  guint epoch;       /* done */
  guint in_epoch;    /* steps enqueued in this epoch */
  guint collected;   /* steps of this epoch whose metrics were read */
  guint bad_epochs;  /* without a better validation loss */
  double best_loss;
  double temperature; /* fitted to the validation set at the end of the run; 0 before, and where it can't be */
  double step_ms;    /* estimate */
  gint64 epoch_start, last_collect;
  gint64 left;       /* when nn_trainer_advance() was left last */
  gboolean stopped_early;
  cl_event in_flight[MAX_IN_FLIGHT];
  guint n_in_flight;
};

/* The rate of every step since the very first, so that none waits for the host. */
static gboolean
record_rates (NnTrainer *self, GError **error)
{
  const NnScheduleKind *schedule = nn_schedule_find (self->config.schedule);
  guint planned = self->config.epochs * self->step->n_steps, n = self->n_epochs * self->step->n_steps;
  guint warmup = (guint) (self->config.warmup_epochs * self->step->n_steps);
  g_autofree float *rates = g_new (float, n);
  for (guint s = 0; s < n; s++)
    rates[s] = (float) (s < planned ? nn_schedule_rate (schedule, nn_train_config_get_rate (&self->config), s, planned, warmup)
                                    : EXTENDED_RATE * nn_train_config_get_rate (&self->config));
  return nn_step_record (self->step, rates, n, error);
}

/* A fresh random order; the last batch is filled up with samples from the front of the same order. */
static gboolean
start_epoch (NnTrainer *self, GError **error)
{
  gsize slots = (gsize) self->step->n_steps * self->step->batch;
  NnRandom random;
  nn_random_init (&random, self->config.seed, 1000000 + self->epoch);
  for (guint i = 0; i < self->n_samples; i++)
    self->order[i] = i;
  nn_random_shuffle (&random, self->order, self->n_samples);
  for (gsize i = self->n_samples; i < slots; i++)
    self->order[i] = self->order[i % self->n_samples];
  guint n_views = self->features ? nn_features_get_train (self->features)->n_views : 1;
  for (gsize i = 0; n_views > 1 && i < slots; i++)
    self->order[i] = self->order[i] * n_views + nn_random_below (&random, n_views);
  self->in_epoch = self->collected = 0;
  self->temperature = 0;
  self->epoch_start = g_get_monotonic_time ();
  self->phase = PHASE_STEPS;
  return nn_step_start_epoch (self->step, self->order, self->epoch, (guint32) self->config.seed, error);
}

/* Where the first layers are frozen, what they give is computed once; unless that doesn't fit into memory. */
static gboolean
make_step (NnTrainer *self, NnPixels *train, NnPixels *val, GError **error)
{
  NnGraph *graph = nn_model_get_graph (self->start);
  self->cut = nn_plan_find_cut (graph);
  gsize width = nn_shape_size (&nn_graph_get_node (graph, self->cut)->shape);
  if (self->cut == 0 || nn_features_count_views (self->config.augment, train->n, width, self->context) == 0) {
    self->step = nn_step_new (self->weights, self->start, train, &self->config, error);
    return self->step != NULL;
  }
  self->features = nn_features_new (self->weights, self->start, self->cut, train, val, self->config.augment, error);
  if (self->features == NULL)
    return FALSE;
  self->step = nn_step_new_from_features (self->weights, self->start, nn_features_get_train (self->features), self->cut,
                                          &self->config, error);
  return self->step != NULL;
}

static gboolean
make_validation (NnTrainer *self, NnPixels *val, GError **error)
{
  guint batch = CLAMP (self->config.batch, LEAST_VALIDATION_BATCH, MOST_VALIDATION_BATCH);
  if (self->features == NULL)
    batch = nn_network_limit_batch (nn_model_get_graph (self->start), batch);
  self->validation
      = self->features ? nn_validation_new_from_features (self->weights, nn_features_get_val (self->features), self->cut,
                                                          batch, error)
                       : nn_validation_new (self->weights, nn_model_get_preprocess (self->start), val, batch,
                                            self->config.stream_bytes, error);
  return self->validation != NULL;
}

NnTrainer *
nn_trainer_new (NnContext *context, NnModel *start, NnPixels *train, NnPixels *val, const NnTrainConfig *config,
                GError **error)
{
  if (!nn_train_config_check (config, error))
    return NULL;
  g_autoptr (NnTrainer) self = g_new0 (NnTrainer, 1);
  self->context = nn_context_ref (context);
  self->config = *config;
  self->start = nn_model_ref (start);
  self->n_epochs = config->epochs + config->extra_epochs;
  self->epoch = config->first_epoch;
  self->best_loss = INFINITY;
  self->step_ms = 10;
  self->weights = nn_weights_new (context, start, TRUE, error);
  if (self->weights == NULL)
    return NULL;
  self->n_samples = (guint) train->n;
  nn_tuning_hold (context, start);
  if (!make_step (self, train, val, error))
    return NULL;
  self->order = g_new (guint32, (gsize) self->step->n_steps * self->step->batch);
  self->curve = nn_curve_new (self->step->n_steps, config->first_epoch, self->n_epochs);
  if (!record_rates (self, error) || (val && val->n > 0 && !make_validation (self, val, error)) ||
      !nn_step_prepare (self->step, error))
    return NULL;
  if (self->features == NULL)
    return start_epoch (self, error) ? g_steal_pointer (&self) : NULL;
  self->phase = PHASE_FEATURES;
  return g_steal_pointer (&self);
}

static void
drop_events (NnTrainer *self)
{
  for (guint i = 0; i < self->n_in_flight; i++)
    clReleaseEvent (self->in_flight[i]);
  self->n_in_flight = 0;
}

void
nn_trainer_free (NnTrainer *self)
{
  drop_events (self);
  g_clear_pointer (&self->predictor, nn_predictor_free);
  g_clear_pointer (&self->validation, nn_validation_free);
  g_clear_pointer (&self->step, nn_step_free);
  g_clear_pointer (&self->features, nn_features_free);
  g_clear_pointer (&self->weights, nn_weights_unref);
  g_clear_pointer (&self->curve, nn_curve_free);
  g_clear_pointer (&self->good, nn_model_unref);
  nn_model_unref (self->start);
  g_free (self->order);
  nn_context_unref (self->context);
  g_free (self);
}

static gboolean
wait_oldest (NnTrainer *self, GError **error)
{
  cl_event oldest = self->in_flight[0];
  cl_int status = clWaitForEvents (1, &oldest);
  clReleaseEvent (oldest);
  self->n_in_flight--;
  for (guint i = 0; i < self->n_in_flight; i++)
    self->in_flight[i] = self->in_flight[i + 1];
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, _ ("The device “%s” failed in a training step"),
                            nn_device_get_name (nn_context_get_device (self->context)));
  return TRUE;
}

/* A step that takes long is waited for, so that others get their turn in the middle of it. */
static gboolean
run_long_step (NnTrainer *self, GError **error)
{
  while (self->n_in_flight > 0)
    if (!wait_oldest (self, error))
      return FALSE;
  NnCommands *commands = nn_step_next (self->step, error);
  self->in_epoch++;
  return commands && nn_pace_run (&self->pace, self->context, commands, self->step_ms, error);
}

/* One step more in the queue, and no more steps ahead than IN_FLIGHT_MS are worth. */
static gboolean
enqueue_step (NnTrainer *self, GError **error)
{
  guint ahead = (guint) CLAMP (IN_FLIGHT_MS / self->step_ms, 2, MAX_IN_FLIGHT);
  while (self->n_in_flight >= ahead)
    if (!wait_oldest (self, error))
      return FALSE;
  NnCommands *commands = nn_step_next (self->step, error);
  cl_event event = NULL;
  if (commands == NULL || !nn_commands_run (commands, &event, error))
    return FALSE;
  if (event)
    self->in_flight[self->n_in_flight++] = event;
  clFlush (nn_context_get_queue (self->context));
  self->in_epoch++;
  return TRUE;
}

/* Reads the metrics of the steps since the last look: this waits for all that was enqueued. */
static gboolean
collect (NnTrainer *self, GError **error)
{
  guint n = self->in_epoch - self->collected;
  if (n == 0)
    return TRUE;
  g_autofree float *loss = g_new (float, n), *hits = g_new (float, n);
  gsize offset = self->collected * sizeof (float), bytes = n * sizeof (float);
  if (!nn_buffer_read (self->step->metrics->loss->buffer, offset, loss, bytes, error) ||
      !nn_buffer_read (self->step->metrics->hits->buffer, offset, hits, bytes, error))
    return FALSE;
  drop_events (self);
  for (guint i = 0; i < n; i++) {
    if (!isfinite (loss[i])) {
      g_set_error (error, NN_ERROR, NN_ERROR_DIVERGED,
                   _ ("The loss is no longer a number (epoch %u, step %u): training ran away. Use a smaller "
                      "learning rate, or "
                      "warm-up."),
                   self->epoch + 1, self->collected + i + 1);
      return FALSE;
    }
    nn_curve_add_step (self->curve, (double) loss[i], (double) hits[i], self->step->batch,
                       self->step->rule != NULL);
  }
  self->collected = self->in_epoch;
  self->last_collect = g_get_monotonic_time ();
  double elapsed = (double) (self->last_collect - self->epoch_start) * 1e-3;
  self->step_ms = MAX (elapsed / self->in_epoch, 1e-3);
  return TRUE;
}

static gboolean
run_steps (NnTrainer *self, gint64 end, GError **error)
{
  while (self->in_epoch < self->step->n_steps) {
    gboolean is_long = nn_pace_is_long (&self->pace, self->step_ms);
    if (!(is_long ? run_long_step (self, error) : enqueue_step (self, error)))
      return FALSE;
    gint64 now = g_get_monotonic_time ();
    if (now - self->last_collect > COLLECT_MS * 1000 && !collect (self, error))
      return FALSE;
    if (now >= end && self->in_epoch < self->step->n_steps)
      return TRUE;
  }
  if (!collect (self, error))
    return FALSE;
  self->phase = PHASE_VALIDATION;
  if (self->validation == NULL)
    return TRUE;
  /* Only the end of the run asks for the answers; with early stopping any epoch may be the last one. A model that says
   * yes or no by Rosenblatt's rule isn't sure of anything. */
  nn_validation_keep_answers (self->validation, self->step->rule == NULL
                                                    && (self->epoch + 1 == self->n_epochs || self->config.patience > 0));
  return nn_validation_start (self->validation, error);
}

static void
look_for_early_stop (NnTrainer *self, double val_loss)
{
  if (self->validation == NULL || self->config.patience == 0)
    return;
  self->bad_epochs = val_loss < self->best_loss ? 0 : self->bad_epochs + 1;
  self->best_loss = MIN (self->best_loss, val_loss);
  self->stopped_early = self->bad_epochs >= self->config.patience;
}

static gboolean
end_epoch (NnTrainer *self, GError **error)
{
  NnEpochMetrics metrics = { .val_loss = NAN, .val_accuracy = NAN };
  if (self->validation && !nn_validation_finish (self->validation, &metrics.val_loss, &metrics.val_accuracy, error))
    return FALSE;
  metrics.seconds = (double) (g_get_monotonic_time () - self->epoch_start) * 1e-6;
  metrics.learning_rate = (double) self->step->last_rates[(gsize) (self->epoch + 1) * self->step->n_steps - 1];
  nn_curve_end_epoch (self->curve, &metrics, self->n_samples);
  self->epoch++;
  self->temperature = self->validation ? nn_validation_get_temperature (self->validation) : 0;
  g_autoptr (NnModel) model = nn_trainer_create_model (self, error);
  if (model == NULL)
    return FALSE;
  if (!nn_model_is_finite (model)) {
    g_set_error (error, NN_ERROR, NN_ERROR_DIVERGED,
                 _ ("Weights are no longer numbers after epoch %u: training ran away. Use a smaller learning "
                    "rate, or warm-up."),
                 self->epoch);
    return FALSE;
  }
  g_clear_pointer (&self->good, nn_model_unref);
  self->good = g_steal_pointer (&model);
  look_for_early_stop (self, metrics.val_loss);
  if (self->epoch == self->n_epochs || self->stopped_early) {
    self->phase = PHASE_FINISHED;
    return TRUE;
  }
  return start_epoch (self, error);
}

static gboolean
work_on_features (NnTrainer *self, double milliseconds, GError **error)
{
  gboolean done = FALSE;
  if (!nn_features_advance (self->features, &self->pace, milliseconds, &done, error))
    return FALSE;
  if (!done)
    return TRUE;
  NnModel *centred = nn_features_centre (self->features, error);
  if (centred == NULL)
    return FALSE;
  nn_model_unref (self->start);
  self->start = centred;
  return start_epoch (self, error);
}

static gboolean
work_on (NnTrainer *self, double milliseconds, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64) (milliseconds * 1000);
  gboolean done = TRUE;
  switch (self->phase) {
  case PHASE_FEATURES:
    return work_on_features (self, milliseconds, error);
  case PHASE_STEPS:
    return run_steps (self, end, error);
  case PHASE_VALIDATION:
    if (self->validation && !nn_validation_advance (self->validation, &self->pace, milliseconds, &done, error))
      return FALSE;
    return !done || end_epoch (self, error);
  case PHASE_FINISHED:
  default:
    return TRUE;
  }
}

void
nn_trainer_set_others (NnTrainer *self, NnPaceFunc others, gpointer data)
{
  self->pace = (NnPace){ .others = others, .data = data };
}

gboolean
nn_trainer_advance (NnTrainer *self, double milliseconds, GError **error)
{
  /* What lies between two calls, a pause or a prediction, is no time of training: without this the speed, and the time
   * left, would be wrong for the rest of the epoch. */
  if (self->left > 0)
    self->epoch_start += g_get_monotonic_time () - self->left;
  gboolean ok = work_on (self, milliseconds, error);
  self->left = g_get_monotonic_time ();
  return ok;
}

gboolean
nn_trainer_is_finished (NnTrainer *self)
{
  return self->phase == PHASE_FINISHED;
}

gboolean
nn_trainer_extend (NnTrainer *self, guint epochs, GError **error)
{
  if (epochs < 1 || epochs > 100000 - MIN (self->n_epochs, 100000))
    return nn_train_config_refuse (error, N_ ("number of epochs"), N_ ("between 1 and 100000"));
  self->n_epochs += epochs;
  self->stopped_early = FALSE;
  self->bad_epochs = 0;
  if (!nn_context_finish (self->context, error) || !record_rates (self, error))
    return FALSE;
  nn_curve_expect (self->curve, self->n_epochs);
  return self->phase != PHASE_FINISHED || start_epoch (self, error);
}

static double
seconds_left (NnTrainer *self)
{
  if (self->phase == PHASE_FINISHED)
    return 0;
  double epoch_seconds = nn_curve_last_epoch_seconds (self->curve);
  if (isnan (epoch_seconds))
    epoch_seconds = self->collected ? self->step_ms * 1e-3 * self->step->n_steps : NAN;
  double done = self->epoch + (double) self->collected / self->step->n_steps;
  return (self->n_epochs - MIN (done, self->n_epochs)) * epoch_seconds;
}

static double
present_rate (NnTrainer *self)
{
  gsize n_steps = (gsize) self->epoch * self->step->n_steps;
  if (self->phase != PHASE_FINISHED)
    n_steps += MAX (self->in_epoch, 1);
  return (double) self->step->last_rates[MAX (n_steps, 1) - 1];
}

NnTrainReport *
nn_trainer_get_report (NnTrainer *self)
{
  NnTrainReport report = {
    .first_epoch = self->config.first_epoch, .epoch = self->epoch, .n_epochs = self->n_epochs, .step = self->phase == PHASE_FINISHED ? 0 : self->collected,
    .n_steps = self->step->n_steps,
    .prepared = self->phase == PHASE_FEATURES ? nn_features_get_fraction (self->features) : 1,
    .samples_per_second = self->epoch + self->collected ? self->step->batch * 1e3 / self->step_ms : 0,
    .seconds_left = seconds_left (self), .device_bytes = nn_context_get_memory_used (self->context),
    .learning_rate = present_rate (self),
    .perceptron = self->step->rule != NULL, .stopped_early = self->stopped_early,
    .finished = self->phase == PHASE_FINISHED,
  };
  nn_curve_fill (self->curve, &report);
  return nn_train_report_new (&report);
}

NnModel *
nn_trainer_create_model (NnTrainer *self, GError **error)
{
  g_autoptr (NnModel) model = nn_model_new_sharing (self->start);
  if (!nn_weights_download (self->weights, model, error))
    return NULL;
  nn_model_set_metadata (model, NN_EXPORT_KEY, NULL); /* true of the weights before */
  nn_model_set_metadata (model, "device", nn_device_get_name (nn_context_get_device (self->context)));
  nn_train_config_describe (&self->config, model);
  if (self->step->rule)
    nn_model_set_metadata (model, "optimizer", "perceptron");
  nn_model_set_metadata (model, NN_TUNING_KEY, self->step->kernels);
  nn_train_describe (model, "epochs", self->epoch);
  nn_train_describe (model, "batch", self->step->batch);
  nn_train_describe (model, "samples", self->n_samples);
  nn_model_set_temperature (model, self->temperature);
  nn_model_set_threshold (model, 0);
  const NnEpochMetrics *last = nn_curve_last_epoch (self->curve);
  if (last) {
    nn_train_describe (model, "accuracy", last->accuracy);
    nn_train_describe (model, "val_loss", last->val_loss);
    nn_train_describe (model, "val_accuracy", last->val_accuracy);
  }
  return g_steal_pointer (&model);
}

NnModel *
nn_trainer_get_good (NnTrainer *self)
{
  return self->good;
}

NnWeights *
nn_trainer_get_weights (NnTrainer *self)
{
  return self->weights;
}

gboolean
nn_trainer_predict (NnTrainer *self, const guint8 *pixels, float *probabilities, GError **error)
{
  if (self->predictor == NULL)
    self->predictor = nn_predictor_new_shared (self->weights, nn_model_get_preprocess (self->start), 1, error);
  return self->predictor && nn_predictor_run (self->predictor, pixels, 1, probabilities, error);
}
