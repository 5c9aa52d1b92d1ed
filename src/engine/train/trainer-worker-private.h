/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/predictor.h"
#include "train/trainer-calls.h"
#include "train/trainer-worker.h"
#include "train/tuning.h"

#include <pthread.h>

G_BEGIN_DECLS

/* Shared by trainer-worker.c (the thread and its runs), trainer-serve.c (predictions) and trainer-calls.c (calls). */

/** NnTrainerRequest: a picture that waits to be classified */
typedef struct {
  GBytes *pixels;
  guint64 serial;
} NnTrainerRequest;

void nn_trainer_request_free (NnTrainerRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnTrainerRequest, nn_trainer_request_free)

/** NnTrainerWishes: guarded by the lock. The thread takes all of them at once */
typedef struct {
  gboolean quit;
  gboolean stop;
  gboolean skip_tuning;
  gboolean paused; /* stays, like run */
  guint run;
  NnTrainerJob *job;
  NnTrainerRequest *request;
  NnDevice *device; /* NULL: no wish */
  NnModel *model;
  gboolean has_model; /* so that NULL can be wished for */
} NnTrainerWishes;

struct _NnTrainerWorker {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  NnTrainerWishes wishes;
  GQueue new_calls, ended_calls; /* of NnTrainerCall; guarded by the lock */
  NnMailbox *status_box, *prediction_box, *call_box;

  /* From here on the thread's own. */
  NnDevice *device, *open_device;
  NnContext *context;
  NnTuner *tuner;    /* while a run is tuned for, which is then the job's */
  NnTrainerJob *job;
  NnTrainer *trainer;
  NnPredictor *predictor;
  NnModel *predictor_model; /* whom the predictor runs */
  NnModel *model;           /* who answers while nothing trains; in a run: its newest */
  NnModel *guest;           /* in a run: another one that answers instead of the net in training */
  NnModel *good;            /* the last one that the trainer called good */
  NnTrainerRequest *request;
  GQueue calls; /* of NnTrainerCall: under way, the next in turn first */
  gint64 last_report;
  NnTrainerStatus status;
};

/* trainer-worker.c */
/** nn_trainer_worker_publish: tells the other side how things stand */
void nn_trainer_worker_publish (NnTrainerWorker *self);
/** nn_trainer_worker_open_device: opens the chosen device unless it is open */
gboolean nn_trainer_worker_open_device (NnTrainerWorker *self, GError **error);
/** nn_trainer_worker_drop_device: after a failure nothing of the context can be trusted; what comes next opens it anew */
void nn_trainer_worker_drop_device (NnTrainerWorker *self);

/* trainer-serve.c */
/** nn_trainer_worker_serve: answers the request that waits */
void nn_trainer_worker_serve (NnTrainerWorker *self);
/** nn_trainer_worker_serve_between: in the middle of a long step: nothing but the newest question. Returns: whether there was one */
gboolean nn_trainer_worker_serve_between (gpointer worker);
void nn_trainer_worker_drop_predictor (NnTrainerWorker *self);

/* trainer-calls.c */
/** nn_trainer_worker_serve_call: takes up the new calls, and gives a slice of time to the next one in turn */
void nn_trainer_worker_serve_call (NnTrainerWorker *self);
/** nn_trainer_worker_leave_calls: the context goes away */
void nn_trainer_worker_leave_calls (NnTrainerWorker *self);
/** nn_trainer_worker_cancel_calls: the thread ends */
void nn_trainer_worker_cancel_calls (NnTrainerWorker *self);

G_END_DECLS
