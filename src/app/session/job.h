/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include "train/trainer-thread.h"

G_BEGIN_DECLS

/**
 * PcnJob:
 *
 * What is computed in the trainer thread, between two slices of training, and of which only the newest request matters:
 * what explanations and comparisons have in common. Main thread only; no call blocks.
 *
 * Properties, read-only: "busy", "fraction" (0 to 1 while busy; −1 where it isn't known), "failure" (a sentence; NULL where
 * all is well). Property of the construction: "session".
 *
 * Signal: #PcnJob::changed: there is another result, or none any more.
 */
#define PCN_TYPE_JOB (pcn_job_get_type ())
G_DECLARE_DERIVABLE_TYPE (PcnJob, pcn_job, PCN, JOB, GObject)

struct _PcnJobClass {
  GObjectClass parent_class;
};

/** pcn_job_stop: it isn't busy any more; what is on its way is cancelled, and isn't current */
void pcn_job_stop (PcnJob *self);

/* For the classes below it. */

/** PCN_JOB_WHOLE: a number of parts done is of so many */
#define PCN_JOB_WHOLE 1000

/** pcn_job_get_session: Returns: (transfer none): NULL once it is disposed of */
PcnSession *pcn_job_get_session (PcnJob *self);
/** pcn_job_begin: stops, forgets the failure and is busy from now on. Returns: (transfer none): for what is done */
GCancellable *pcn_job_begin (PcnJob *self);
/** pcn_job_is_current: Returns: whether @result is of what was begun last, and that wasn't stopped */
gboolean pcn_job_is_current (PcnJob *self, GAsyncResult *result);
/**
 * pcn_job_call:
 * @destroy: frees @data, in any case
 * @done: (nullable): atomic, in @data: parts done of #PCN_JOB_WHOLE; NULL: not known
 * @callback: gets a reference to @self as its data; not called where there is no device, which is a failure
 *
 * Has the trainer thread call @funcs. The job must have begun.
 */
void pcn_job_call (PcnJob *self, const NnTrainerCallFuncs *funcs, gpointer data, GDestroyNotify destroy, const int *done,
                   GAsyncReadyCallback callback);
/** pcn_job_fail: stops; to have been cancelled is no failure */
void pcn_job_fail (PcnJob *self, const GError *error);
/** pcn_job_set_failure: @failure: (nullable) */
void pcn_job_set_failure (PcnJob *self, const char *failure);
/** pcn_job_changed: emits the signal */
void pcn_job_changed (PcnJob *self);

G_END_DECLS
