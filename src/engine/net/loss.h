/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/commands.h"
#include "tensor/tensor.h"

G_BEGIN_DECLS

/**
 * NnMetrics: what a step leaves on the device, to be read once an interval
 * @loss, @hits: float32, for each step of the epoch the sum over its samples
 * @rows: how many steps there is room for
 */
typedef struct {
  NnTensor *loss, *hits;
  guint rows;
} NnMetrics;

NnMetrics *nn_metrics_new (NnContext *context, guint rows, GError **error);
void nn_metrics_free (NnMetrics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnMetrics, nn_metrics_free)

/**
 * NnLoss: softmax with cross-entropy over a batch
 * @logits: float32 [batch][classes]
 * @labels: int32 [batch]; samples labelled -1 count for nothing
 * @grad: (nullable): float32 [batch][classes]: (softmax - one-hot) / batch
 * @sample_loss, @sample_hit: float32 [batch]: -log of the probability of the label; 1 where the largest logit is the
 *   label's (the first of equals)
 */
typedef struct {
  guint batch, classes;
  NnTensor *logits, *labels, *grad, *sample_loss, *sample_hit;
} NnLoss;

gboolean nn_loss_record (NnCommands *commands, const NnLoss *loss, GError **error);

/**
 * nn_softmax:
 * @values: (inout): [@rows][@classes]: logits, which become probabilities
 *
 * On the host: a few classes of a few pictures take less time than a launch.
 */
void nn_softmax (float *values, gsize rows, guint classes);

/** nn_step_end_record: the last launch of a step: adds up @loss over the batch into row step[2] of @metrics and advances
 * step[0] and step[2] */
gboolean nn_step_end_record (NnCommands *commands, const NnLoss *loss, NnMetrics *metrics, NnTensor *step, GError **error);

G_END_DECLS
