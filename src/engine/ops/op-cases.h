/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

G_BEGIN_DECLS

/**
 * NnOpCase: one configuration in which an operator is checked, by the tests and by the self-test of a device
 * @op: the operator's id
 * @attrs: (nullable): its attributes as a JSON object
 * @shapes: of its inputs
 * @batch: samples
 * @tiny: small enough for a simulator that is 3,000 times slower than a device
 * @tolerance: 0, or what takes the place of NN_OP_TOLERANCE: Winograd's transformations are off by some 2e-6 of the sums,
 *   which is more of what a function like tanh makes of large ones
 */
typedef struct {
  const char *op;
  const char *attrs;
  NnShape shapes[2];
  guint batch;
  gboolean tiny;
  double tolerance;
} NnOpCase;

/** nn_op_cases: Returns: the table, ended by a row without an operator */
const NnOpCase *nn_op_cases (void);

/** nn_op_case_name: Returns: (transfer full): for example "max_pool {"size":3} 7×5×3 batch 2" */
char *nn_op_case_name (const NnOpCase *self);

G_END_DECLS
