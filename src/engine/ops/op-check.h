/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op-cases.h"

G_BEGIN_DECLS

/**
 * NnOpCheck: what nn_op_check() found
 * @worst: the largest error of all that was compared
 * @where: the tensor that had it, for example "dx[0]"
 * @index, @got, @wanted: the element, what the device gave, what the reference gave
 * @pooled: whether the operator could do the pooling behind it too (NnOp.forward_pooled), so that this was compared as well
 */
typedef struct {
  double worst;
  char where[64];
  gsize index;
  double got, wanted;
  gboolean pooled;
} NnOpCheck;

/** NN_OP_TOLERANCE: of errors relative to the largest element of a tensor; float32 against double, long sums included */
#define NN_OP_TOLERANCE 2e-5
/** nn_op_case_tolerance: Returns: that, or what the row allows instead */
double nn_op_case_tolerance (const NnOpCase *self);

/**
 * nn_op_check_reference:
 *
 * Runs an operator's forward (training and not) and backward on the device with random input, and compares outputs,
 * states, gradients of inputs and of weights with its reference in double precision. The error of an element is
 * |got - wanted| / max |wanted| of its tensor.
 *
 * Returns: FALSE with an error if a launch failed; a difference is reported in @check alone
 */
gboolean nn_op_check_reference (NnContext *context, const NnOpCase *op_case, NnOpCheck *check, GError **error);

/**
 * nn_op_check_gradient:
 *
 * Compares the device's gradients with central differences of the reference's forward, for a random cotangent, at up to
 * 64 places of each input and weight. The error is |a - n| / (|a| + |n| + 1e-3 max |n|). Places where the function has
 * a kink between the two points are left out (one-sided differences disagree there).
 */
gboolean nn_op_check_gradient (NnContext *context, const NnOpCase *op_case, NnOpCheck *check, GError **error);

/** NN_OP_GRADIENT_TOLERANCE: of nn_op_check_gradient() */
#define NN_OP_GRADIENT_TOLERANCE 2e-3

/**
 * NnOpTime:
 * @forward_ms, @backward_ms: medians of some runs on the device, each waited for
 * @flops: of a forward pass of the batch; 0 where the operator doesn't tell
 */
typedef struct {
  double forward_ms, backward_ms;
  double flops;
} NnOpTime;

/** nn_op_time: measures an operator in training. @is_first: as the first layer, without the gradient of its input */
gboolean nn_op_time (NnContext *context, const NnOpCase *op_case, gboolean is_first, NnOpTime *time, GError **error);

G_END_DECLS
