/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

/* All operators, one row each. The order is that of lists for people; what counts on disk is the id. */
#define NN_OPS(X) \
  X (input) \
  X (flatten) \
  X (dense) \
  X (conv2d) \
  X (max_pool) \
  X (avg_pool) \
  X (global_avg_pool) \
  X (relu) \
  X (leaky_relu) \
  X (sigmoid) \
  X (tanh) \
  X (relu6) \
  X (batch_norm) \
  X (shift) \
  X (dropout) \
  X (add) \
  X (rnn) \
  X (lstm) \
  X (gru)

#define DECLARE(op) extern const NnOp nn_op_##op;
NN_OPS (DECLARE)
#undef DECLARE
