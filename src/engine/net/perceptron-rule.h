/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/loss.h"
#include "net/network.h"

G_BEGIN_DECLS

/**
 * NnPerceptronRule:
 *
 * Rosenblatt's rule as a trainer ("The perceptron: a probabilistic model for information storage and organization in the
 * brain", Psychological Review 65, 1958), for a graph whose trainer is NN_TRAINER_PERCEPTRON: one dense layer. Samples of
 * a batch are taken one after the other, as the rule wants; the units work side by side.
 */
typedef struct _NnPerceptronRule NnPerceptronRule;

NnPerceptronRule *nn_perceptron_rule_new (NnNetwork *network, NnWeights *weights, NnModel *start, GError **error);
void nn_perceptron_rule_free (NnPerceptronRule *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnPerceptronRule, nn_perceptron_rule_free)

/**
 * nn_perceptron_rule_record:
 * @labels: int32 [batch]
 * @rates: as for nn_optimizer_record()
 * @metrics: (out): its loss is the number of mistakes of all units
 *
 * Records the whole of a step after the batch has been gathered: learning, metrics, advancing the step.
 */
gboolean nn_perceptron_rule_record (NnPerceptronRule *self, NnCommands *commands, NnTensor *labels, NnTensor *rates,
                                    NnMetrics *metrics, GError **error);

/** nn_perceptron_ref: the rule on the host in double: one pass over @batch samples; Returns: mistakes */
guint nn_perceptron_ref (guint batch, guint inputs, guint classes, const double *x, const gint32 *labels, double *weights,
                         double *bias, double rate);

G_END_DECLS
