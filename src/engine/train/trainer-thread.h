/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/device.h"
#include "train/trainer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** NnTrainerState: of the trainer thread, as the window shows it */
typedef enum {
  NN_TRAINER_IDLE,      /* nothing was started, or it was stopped */
  NN_TRAINER_PREPARING, /* opening the device, compiling kernels */
  NN_TRAINER_RUNNING,
  NN_TRAINER_PAUSED,
  NN_TRAINER_FINISHED,  /* all epochs done */
  NN_TRAINER_FAILED,    /* see "failed"; the last good model was given out */
} NnTrainerState;

#define NN_TYPE_TRAINER_STATE (nn_trainer_state_get_type ())
GType nn_trainer_state_get_type (void);

/**
 * NnPrediction: the answer to nn_trainer_thread_predict(); boxed, immutable, reference-counted
 * @serial: the request's
 * @probabilities: one a class
 * @model: whose answer it is: in a run, the newest model of that run that was given out, or the one it started from (the
 *   weights are newer still, but the graph and the classes are the same)
 */
typedef struct {
  guint64 serial;
  guint n_classes;
  const float *probabilities;
  NnModel *model;
} NnPrediction;

#define NN_TYPE_PREDICTION (nn_prediction_get_type ())
GType nn_prediction_get_type (void);
NnPrediction *nn_prediction_ref (NnPrediction *self);
void nn_prediction_unref (NnPrediction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnPrediction, nn_prediction_unref)

/**
 * NnTrainerThread:
 *
 * The one thread that makes all OpenCL calls of a device, for the app. Methods may be called from the thread that made
 * it only; they return at once. Signals come in the GMainContext that was the thread's default when it was made, at most
 * 60 a second each, the newest state, and always the final one:
 *
 * - "report" (NnTrainReport): how far training is
 * - "state" is a property, with notify; it becomes PREPARING within nn_trainer_thread_start()
 * - "compiling" (guint done, guint total): programs for the device that are waited for
 * - "tuning" (guint done, guint total): while it is PREPARING, a run that asks for it is tuned for (see NnTuner); 0 of 0
 *   at first
 * - "model" (gpointer NnModel): a new model: after each epoch, at a pause, at a stop and at the end; then it comes before
 *   the report, and the report before the change of state
 * - "prediction" (NnPrediction): the answer to the newest request
 * - "failed" (const char *message, gboolean training): a sentence for the user; training says whether the run was lost
 *   (then "model" came before with the last good one, if there was any) or only a prediction; the same sentence about
 *   predictions comes once
 *
 * During "failed" and until the next start nn_trainer_thread_get_failure() tells what kind of failure ended the run.
 *
 * Nothing comes from a run after the next one was started.
 *
 * Dropping the last reference stops the thread and joins it, at most one step later.
 */
#define NN_TYPE_TRAINER_THREAD (nn_trainer_thread_get_type ())
G_DECLARE_FINAL_TYPE (NnTrainerThread, nn_trainer_thread, NN, TRAINER_THREAD, GObject)

NnTrainerThread *nn_trainer_thread_new (void);

/** nn_trainer_thread_set_device: what the next start and the next prediction use; opened in the thread. A run goes on */
void nn_trainer_thread_set_device (NnTrainerThread *self, NnDevice *device);
/** nn_trainer_thread_set_model: (nullable): who answers predictions. A start makes that the net in training, whose last
 * model goes on answering after the run. During a run a model of another network answers beside it, between two steps,
 * until the run's own (any of its models) or NULL is set, and after the run */
void nn_trainer_thread_set_model (NnTrainerThread *self, NnModel *model);
/** nn_trainer_thread_start: takes references; a run in progress is stopped first */
void nn_trainer_thread_start (NnTrainerThread *self, NnModel *start, NnPixels *train, NnPixels *val,
                              const NnTrainConfig *config);
void nn_trainer_thread_pause (NnTrainerThread *self);
void nn_trainer_thread_resume (NnTrainerThread *self);
void nn_trainer_thread_stop (NnTrainerThread *self);
/** nn_trainer_thread_skip_tuning: the run that is tuned for begins now */
void nn_trainer_thread_skip_tuning (NnTrainerThread *self);
/** nn_trainer_thread_predict: @pixels: uint8 of the model's input shape, copied. A newer request replaces a waiting one.
 * There is no answer while no model is set, nor to pixels of another shape than the model's */
void nn_trainer_thread_predict (NnTrainerThread *self, const guint8 *pixels, gsize size, guint64 serial);
/** nn_trainer_thread_await_prediction: emits #NnTrainerThread::prediction now if an answer is there or comes within
 * @timeout microseconds: for the moment before a frame is painted. Returns: whether one came */
gboolean nn_trainer_thread_await_prediction (NnTrainerThread *self, gint64 timeout);

/** NN_TRAINER_SLICE_MS: about how long a step of a call may take, so that predictions, training and a stop needn't wait */
#define NN_TRAINER_SLICE_MS 12.0

/**
 * NnTrainerScene: what a call finds in the thread; valid during one step
 * @context: the open device, of which the step may make and keep what it likes
 * @model: (nullable): who answers predictions; in a run, the newest model of the run that was given out, or a guest
 * @weights: (nullable): the weights of @model as they are now, while it is in training
 */
typedef struct {
  NnContext *context;
  NnModel *model;
  NnWeights *weights;
} NnTrainerScene;

/**
 * NnTrainerCallFuncs:
 * @step: works for at most about NN_TRAINER_SLICE_MS, and tells whether all is done. It is called again and again until
 *   it is, or FALSE is returned with an error
 * @leave: (nullable): drops all that was kept of the scene: when the call has ended, or the device changed or was lost;
 *   then the next step finds another context and makes it anew
 *
 * Both are called in the trainer thread. @data belongs to them until the call has ended.
 */
typedef struct {
  gboolean (*step) (const NnTrainerScene *scene, gpointer data, gboolean *done, GError **error);
  void (*leave) (gpointer data);
} NnTrainerCallFuncs;

/**
 * nn_trainer_thread_call_async:
 * @funcs: copied
 * @data: for @funcs, and the result
 * @destroy: (nullable): frees @data, in the caller's thread, after the callback
 * @cancellable: (nullable): looked at before each step; then the call ends with G_IO_ERROR_CANCELLED, unless it had ended
 * @callback: called in the caller's main context with NULL for the source: a call doesn't keep the thread alive
 *
 * Does work on the device between two slices of training, in a run on its device, else on the chosen one, which is opened
 * first. Calls are taken up in order; those under way take turns. Errors are those of opening the device and of @step;
 * NN_ERROR_DEVICE and NN_ERROR_OUT_OF_MEMORY make what comes next open the device anew. When the trainer thread goes away,
 * its calls end with G_IO_ERROR_CANCELLED.
 */
void nn_trainer_thread_call_async (NnTrainerThread *self, const NnTrainerCallFuncs *funcs, gpointer data,
                                   GDestroyNotify destroy, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
/** nn_trainer_thread_call_finish: Returns: (transfer none) (nullable): the data of the call, which has done its work */
gpointer nn_trainer_thread_call_finish (GAsyncResult *result, GError **error);

/** nn_trainer_thread_get_failure: Returns: an NnError: why the last run that failed did */
int nn_trainer_thread_get_failure (NnTrainerThread *self);
NnTrainerState nn_trainer_thread_get_state (NnTrainerThread *self);

G_END_DECLS
