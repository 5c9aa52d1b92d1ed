/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/mailbox.h"
#include "train/trainer-calls.h"
#include "train/trainer-messages.h"

G_BEGIN_DECLS

/* The other side of NnTrainerThread: the thread itself. For trainer-thread.c alone. */

/**
 * NnTrainerWorker: the thread with its wishes. What is wished for is kept, not queued: a later wish replaces an earlier
 * one, so a hurried user costs nothing.
 */
typedef struct _NnTrainerWorker NnTrainerWorker;

/** nn_trainer_worker_new: @status, @predictions: mailboxes of NnTrainerStatus and NnPrediction; @calls: rings when there
 * are ended calls. Starts the thread */
NnTrainerWorker *nn_trainer_worker_new (NnMailbox *status, NnMailbox *predictions, NnMailbox *calls);
/** nn_trainer_worker_free: ends the thread and waits for it. @ended: (out): all calls that weren't taken yet */
void nn_trainer_worker_free (NnTrainerWorker *self, GQueue *ended);
void nn_trainer_worker_set_device (NnTrainerWorker *self, NnDevice *device);
void nn_trainer_worker_set_model (NnTrainerWorker *self, NnModel *model);
/** nn_trainer_worker_start: takes @job, whose number is @run */
void nn_trainer_worker_start (NnTrainerWorker *self, NnTrainerJob *job, guint run);
void nn_trainer_worker_pause (NnTrainerWorker *self, gboolean paused);
void nn_trainer_worker_stop (NnTrainerWorker *self);
void nn_trainer_worker_skip_tuning (NnTrainerWorker *self);
void nn_trainer_worker_predict (NnTrainerWorker *self, const guint8 *pixels, gsize size, guint64 serial);
/** nn_trainer_worker_call: takes @call */
void nn_trainer_worker_call (NnTrainerWorker *self, NnTrainerCall *call);
/** nn_trainer_worker_take_ended_calls: Returns: (transfer full): NnTrainerCall, in the order of their ends */
GQueue nn_trainer_worker_take_ended_calls (NnTrainerWorker *self);

G_END_DECLS
