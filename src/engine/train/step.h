/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/loss.h"
#include "net/optimizer.h"
#include "net/perceptron-rule.h"
#include "train/features.h"
#include "train/feed.h"
#include "train/predictor.h"
#include "train/trainer.h"

G_BEGIN_DECLS

/**
 * NnStep:
 *
 * A training step as a recorded list of launches: gather and augment a batch, forward, loss, backward, update; or gather
 * and Rosenblatt's rule. Running it sets no argument and waits for nothing. For trainer.c and the benchmark.
 * @n_steps: of an epoch, the last one filled up
 * @feed: (nullable): of pictures
 * @features: (nullable): or what the frozen part of the network gives for them; then @network is the rest of it
 * @order: (nullable): with @features: which rows the steps take
 * @commands: of a step, for each slot of @feed
 * @rule: (nullable): of a perceptron
 * @last_rates: a copy of the rates that the steps use
 * @kernels: (nullable): which ones were chosen where there are several (see NnChoices), once the launches are recorded
 */
typedef struct {
  NnContext *context;
  NnModel *start;
  NnTrainConfig config;
  NnWeights *weights;
  NnFeed *feed;
  const NnFeatureSet *features;
  NnNetwork *network;
  NnOptimizer *optimizer;
  NnPerceptronRule *rule;
  NnMetrics *metrics;
  NnTensor *order, *labels, *sample_loss, *sample_hit, *rates;
  NnCommands *commands[NN_FEED_SLOTS];
  float *last_rates;
  char *kernels;
  guint batch, n_steps;
} NnStep;

NnStep *nn_step_new (NnWeights *weights, NnModel *start, NnPixels *train, const NnTrainConfig *config, GError **error);
/** nn_step_new_from_features: of the nodes behind @cut. @features: what node @cut gives; it must outlive the step, and may
 * be filled later */
NnStep *nn_step_new_from_features (NnWeights *weights, NnModel *start, const NnFeatureSet *features, guint cut,
                                   const NnTrainConfig *config, GError **error);
void nn_step_free (NnStep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnStep, nn_step_free)

/** nn_step_record: records the launches anew, for these learning rates, with the same kernels as the first time; the
 * optimizer keeps its state */
gboolean nn_step_record (NnStep *self, const float *rates, gsize n_rates, GError **error);
/** nn_step_prepare: compiles all that the context was asked for until now; the first step does so otherwise */
gboolean nn_step_prepare (NnStep *self, GError **error);

/** nn_step_start_epoch: uploads the order of samples, and where in the run the epoch begins */
gboolean nn_step_start_epoch (NnStep *self, const guint32 *order, guint epoch, guint32 seed, GError **error);

/** nn_step_next: Returns: (transfer none): the launches of the epoch's next step, whose pictures are on the device by now;
 * NULL with an error. To be called once for each step */
NnCommands *nn_step_next (NnStep *self, GError **error);

G_END_DECLS
