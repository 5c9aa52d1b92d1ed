/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/weights.h"

G_BEGIN_DECLS

/**
 * NnOptimizerKind: a row of the table of optimizers
 * @id: "sgd" (momentum: Polyak 1964), "nesterov" (Sutskever et al. 2013, as PyTorch writes it), "adam" (Kingma and Ba
 *   2015), "adamw" (Loshchilov and Hutter 2019)
 * @learning_rate: a good start
 * @n_slots: floats of state for each weight
 */
typedef struct {
  const char *id;
  const char *title;
  double learning_rate;
  guint n_slots;
} NnOptimizerKind;

const NnOptimizerKind *nn_optimizer_kinds (void); /* ends with a row without id */
const NnOptimizerKind *nn_optimizer_find (const char *id);

/**
 * NnOptimizer: the state of an optimizer on the device (momentum, moments), zero at first
 */
typedef struct _NnOptimizer NnOptimizer;

NnOptimizer *nn_optimizer_new (const NnOptimizerKind *kind, NnWeights *weights, GError **error);
void nn_optimizer_free (NnOptimizer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnOptimizer, nn_optimizer_free)

/**
 * nn_optimizer_record:
 * @rates: float32, the learning rate of each step since the start; the launch reads rates[step[0]]
 * @step: uint32[4] as in NnOpArgs
 * @momentum: of sgd and nesterov (ignored by Adam, whose betas are 0.9 and 0.999)
 * @weight_decay: L2 for sgd, nesterov, adam; decoupled for adamw; only on weights that decay
 *
 * Records one launch that updates all weights.
 */
gboolean nn_optimizer_record (NnOptimizer *self, NnCommands *commands, NnTensor *rates, NnTensor *step, double momentum,
                              double weight_decay, GError **error);

/** nn_optimizer_ref: the same for one weight on the host in double: updates @weight and @slots. @step from 0 */
void nn_optimizer_ref (const NnOptimizerKind *kind, double *weight, double gradient, double *slots, double rate,
                       double momentum, double weight_decay, guint step);

G_END_DECLS
