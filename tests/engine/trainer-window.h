/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/trainer-thread.h"

G_BEGIN_DECLS

/* What a window hears of a trainer thread, kept for tests to look at. */

typedef struct {
  NnTrainerThread *thread;
  NnTrainReport *report;
  NnModel *model;
  NnPrediction *prediction;
  guint n_reports, n_models, n_predictions, n_states, n_failures;
  gboolean training_failed;
  char *message;
  NnTrainerState states[32];
} Window;

/** window_init: with a thread that has @device. Fails the test where a prediction comes out of turn */
void window_init (Window *self, NnDevice *device);
/** window_listen: to @self->thread */
void window_listen (Window *self);
void window_clear (Window *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Window, window_clear)

/** WAIT_UNTIL: runs the main loop until @condition holds; fails the test where that takes two minutes */
#define WINDOW_TIMEOUT_S 120
gboolean window_on_timeout (gpointer data);
#define WAIT_UNTIL(condition) \
  G_STMT_START { \
    guint id = g_timeout_add_seconds (WINDOW_TIMEOUT_S, window_on_timeout, NULL); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (id); \
  } G_STMT_END

/** window_rest: runs the main loop for a while */
void window_rest (guint milliseconds);

G_END_DECLS
