/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/scratch.h"

G_BEGIN_DECLS

/* For tuner.c alone: one layer with memory of its own, so that its launches can be recorded and timed again and again. */

/** NnTunerPass: the passes that a time is wanted of */
typedef enum {
  NN_TUNER_FORWARD = 1 << 0,
  NN_TUNER_BACKWARD = 1 << 1,
} NnTunerPass;

/**
 * NnTunerLayer: a node in training on random data
 * @results: (element-type NnTensor): what it writes that others read
 * @forward, @backward: the launches as they were recorded last
 */
typedef struct {
  NnContext *context;
  const NnNode *node;
  NnOpArgs args;
  NnScratch *scratch;
  NnTensor *dy_kept;
  GPtrArray *results;
} NnTunerLayer;

/** NnTunerLaunches: a layer's launches, with the kernels that were chosen when they were recorded */
typedef struct {
  NnCommands *forward, *backward;
} NnTunerLaunches;

void nn_tuner_launches_free (NnTunerLaunches *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnTunerLaunches, nn_tuner_launches_free)

/** nn_tuner_layer_new: @wants_dx: whether the gradient of its inputs is wanted */
NnTunerLayer *nn_tuner_layer_new (NnContext *context, const NnNode *node, guint batch, gboolean wants_dx, GError **error);
void nn_tuner_layer_free (NnTunerLayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnTunerLayer, nn_tuner_layer_free)

/** nn_tuner_layer_record: @now: (out): the pass that is being recorded, for whoever listens to choices */
NnTunerLaunches *nn_tuner_layer_record (NnTunerLayer *self, NnTunerPass *now, GError **error);

/** nn_tuner_layer_time: @milliseconds: (out): of the passes, waited for */
gboolean nn_tuner_layer_time (NnTunerLayer *self, NnTunerLaunches *launches, NnTunerPass passes, double *milliseconds, GError **error);

/** nn_tuner_layer_get_results: @base: whose forward pass comes before a backward pass: where an output is next to zero, the
 * last bit of it may decide about a gradient. Returns: (transfer full): all that @launches write, tensor after tensor; only
 * what the @passes write has been computed */
float *nn_tuner_layer_get_results (NnTunerLayer *self, NnTunerLaunches *base, NnTunerLaunches *launches, NnTunerPass passes,
                                   GError **error);

/** nn_tuner_layer_compare: Returns: the largest difference in what the @passes write, as a part of the largest number of
 * that tensor; infinite where one isn't a number */
double nn_tuner_layer_compare (NnTunerLayer *self, NnTunerPass passes, const float *results, const float *wanted);

G_END_DECLS
