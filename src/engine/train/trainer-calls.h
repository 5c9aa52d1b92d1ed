/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/trainer-thread.h"

G_BEGIN_DECLS

/* What nn_trainer_thread_call_async() asked for. For trainer-thread.c and the worker alone. */

/**
 * NnTrainerCall: on its way to the worker, in its hands, and back
 * @task: who waits; only the main thread's side touches it. It owns @data
 * @entered: whether a step was made, and leave must follow
 * @error: (nullable): how it ended
 */
typedef struct {
  NnTrainerCallFuncs funcs;
  gpointer data;
  GCancellable *cancellable;
  GTask *task;
  gboolean entered;
  GError *error;
} NnTrainerCall;

/** nn_trainer_call_new: @task: (transfer full) */
NnTrainerCall *nn_trainer_call_new (const NnTrainerCallFuncs *funcs, gpointer data, GTask *task);
/** nn_trainer_call_return: tells who waits, and frees @self */
void nn_trainer_call_return (NnTrainerCall *self);

G_END_DECLS
