/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/commands.h"

G_BEGIN_DECLS

/** NnPaceFunc: may use the device, and must leave alone what the commands work on; on the context's thread.
 * Returns: whether somebody wanted it */
typedef gboolean (*NnPaceFunc) (gpointer data);

/**
 * NnPace:
 * @others: (nullable): who else wants the device
 * @wanted: when somebody did last, microseconds of the monotonic clock
 *
 * A training step of photos takes a processor 60 ms and more; who draws meanwhile must not wait that long. Long runs of
 * commands are cut into parts of a few milliseconds, and others have their turn between them. The order of commands, and
 * so the result, is the same.
 */
typedef struct {
  NnPaceFunc others;
  gpointer data;
  gint64 wanted;
} NnPace;

/** nn_pace_is_long: whether commands that take so long are to be cut */
gboolean nn_pace_is_long (const NnPace *self, double milliseconds);

/**
 * nn_pace_run:
 * @milliseconds: about what @commands take
 *
 * Runs them all, and waits for them. One part is queued behind the one that runs, so that the device has no break; but
 * not while others keep coming: they would wait for both.
 */
gboolean nn_pace_run (NnPace *self, NnContext *context, NnCommands *commands, double milliseconds, GError **error);

G_END_DECLS
