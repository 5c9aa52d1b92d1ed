/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/series.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnRunState:
 * @PCN_RUN_IDLE: not started
 * @PCN_RUN_PREPARING: pictures are decoded, the network is built
 * @PCN_RUN_RUNNING: training
 * @PCN_RUN_PAUSED: waiting to be resumed
 * @PCN_RUN_STOPPING: asked to stop, the current step still runs
 * @PCN_RUN_DONE: all epochs are through
 * @PCN_RUN_STOPPED: ended by the user; what was learnt is kept
 * @PCN_RUN_FAILED: ended by an error
 */
typedef enum {
  PCN_RUN_IDLE,
  PCN_RUN_PREPARING,
  PCN_RUN_RUNNING,
  PCN_RUN_PAUSED,
  PCN_RUN_STOPPING,
  PCN_RUN_DONE,
  PCN_RUN_STOPPED,
  PCN_RUN_FAILED,
} PcnRunState;

#define PCN_TYPE_RUN_STATE (pcn_run_state_get_type ())
GType pcn_run_state_get_type (void);

/**
 * PcnProgress:
 * @epoch: passes over the data so far; a fraction within one
 * @epochs: passes in all
 * @samples_per_second: pictures trained on in a second; 0 when not known yet
 * @seconds_left: time to the end; negative when not known yet
 * @learning_rate: of the step at hand; 0 when not known yet
 * @device_bytes: device memory in use; 0 when not known yet
 */
typedef struct {
  double epoch;
  double epochs;
  double samples_per_second;
  double seconds_left;
  double learning_rate;
  guint64 device_bytes;
} PcnProgress;

/**
 * PcnRun:
 *
 * One training run: what became of it and its curves.
 *
 * Properties, all read-only: "state", "active" (neither ended nor idle), "fraction" (0 to 1), "epoch-fraction" (of the
 * epoch at hand), "epochs", "status" (a
 * line for people), "tuning" (whether pcn_run_set_tuning() told the latest of it), "failure" (why it failed, or NULL), "counts-mistakes" (of a perceptron: "loss" holds mistakes), "loss" and "accuracy" (GListModels of #PcnSeries, training first, then validation).
 *
 * Signal: #PcnRun::progressed: pcn_run_get_progress() and pcn_run_get_elapsed() tell something new
 */
#define PCN_TYPE_RUN (pcn_run_get_type ())
G_DECLARE_FINAL_TYPE (PcnRun, pcn_run, PCN, RUN, GObject)

PcnRun *pcn_run_new (void);

PcnRunState pcn_run_get_state (PcnRun *self);
void pcn_run_set_state (PcnRun *self, PcnRunState state);
gboolean pcn_run_get_active (PcnRun *self);

/** pcn_run_set_preparing: @fraction: how much is prepared, or negative when not known */
void pcn_run_set_preparing (PcnRun *self, double fraction);
/** pcn_run_set_looking: a frozen backbone looks at the pictures. @fraction: how many it has seen, 0 to 1 */
void pcn_run_set_looking (PcnRun *self, double fraction);
/** pcn_run_set_tuning: the fastest kernels for the device are looked for. @done, @total: of what is tried; 0 while unknown */
void pcn_run_set_tuning (PcnRun *self, guint done, guint total);
/** pcn_run_set_compiling: the pictures are there; the device gets ready. @done, @total: of programs for it; 0 while unknown */
void pcn_run_set_compiling (PcnRun *self, guint done, guint total);
void pcn_run_set_progress (PcnRun *self, const PcnProgress *progress);
/** pcn_run_get_progress: Returns: (transfer none): as it was told last */
const PcnProgress *pcn_run_get_progress (PcnRun *self);
/** pcn_run_get_elapsed: Returns: seconds of training, pauses left out */
double pcn_run_get_elapsed (PcnRun *self);

/** pcn_run_fail: ends it by an error. @code: an NnError; @message: a sentence for people */
void pcn_run_fail (PcnRun *self, int code, const char *message);
/** pcn_run_get_failure: Returns: the NnError that ended it, or -1 */
int pcn_run_get_failure (PcnRun *self);
/** pcn_run_go_on: it is prepared anew, to go on after @epoch; what the curves have beyond that is taken back */
void pcn_run_go_on (PcnRun *self, double epoch);
/** pcn_run_get_curve: @list: "loss" or "accuracy". Returns: (transfer none): one of its series */
PcnSeries *pcn_run_get_curve (PcnRun *self, const char *list, PcnSeriesKind kind);

/** pcn_run_add_train, pcn_run_add_validation: adds to the curves; @accuracy may be NAN */
void pcn_run_add_train (PcnRun *self, double epoch, double loss, double accuracy);
void pcn_run_add_validation (PcnRun *self, double epoch, double loss, double accuracy);
/** pcn_run_add_mistakes: of a perceptron, which has mistakes an epoch instead of a loss; see "counts-mistakes" */
void pcn_run_add_mistakes (PcnRun *self, double epoch, double mistakes, double accuracy);

/** pcn_run_format_status: Returns: (transfer full): the line for people */
char *pcn_run_format_status (PcnRunState state, const PcnProgress *progress);

G_END_DECLS
