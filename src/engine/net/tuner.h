/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/graph.h"
#include "cl/context.h"

G_BEGIN_DECLS

/**
 * NnTuner:
 *
 * A tuning run: finds out which of the ways to compute the layers of a network in training are the fastest on a device.
 * For each piece of work that an operator has several ways for (see ops/tuning.h), those are compared with the one of
 * its rule on that layer's shapes: compiled, run on random data, compared in their results, and timed in turns.
 * Another way is taken only where it is faster beyond doubt. One that doesn't compile, fails, or gives other results, is not.
 * The layers that take longest come first; when the time is over the rule stays for the rest.
 *
 * It works in a context of its own, so that what fails does no harm and what loses isn't kept. What it found is told to the
 * choices of the caller's context, and kept on disk, when it ends. Belongs to the thread of the context.
 */
typedef struct _NnTuner NnTuner;

/** NN_TUNER_SECONDS: what a tuning run takes at most, beside compiling what the network needs anyway */
#define NN_TUNER_SECONDS 5.0

/**
 * nn_tuner_new:
 * @graph: its nodes behind @first are in training with @batch samples a step
 * @seconds: how long it may take
 *
 * Returns: (transfer full) (nullable): NULL where there is nothing to do: all is known from an earlier run, or only the
 *   rules count (see nn_choices_set_rules_only())
 */
NnTuner *nn_tuner_new (NnContext *context, NnGraph *graph, guint first, guint batch, double seconds);

/** nn_tuner_free: what was found so far counts; the rest is tried the next time */
void nn_tuner_free (NnTuner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnTuner, nn_tuner_free)

/** nn_tuner_advance: tries one thing: that takes as long as compiling a kernel and a third of a second. Returns: FALSE when
 * there is nothing more to try. Failures are no errors: then the rules stay */
gboolean nn_tuner_advance (NnTuner *self);

/** nn_tuner_get_progress: @done, @total: (out): of the ways to try; @total is 0 while they are counted */
void nn_tuner_get_progress (NnTuner *self, guint *done, guint *total);

/** nn_tuner_get_gain: Returns: milliseconds that a step should take less than by the rules */
double nn_tuner_get_gain (NnTuner *self);

G_END_DECLS
