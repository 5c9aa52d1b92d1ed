/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first node of every network: whoever builds the graph sets its shape, and it records nothing. */
#include "ops/registry.h"

static gboolean
infer (NnNode *node, GError **error)
{
  return TRUE;
}

static gboolean
record_nothing (NnOpArgs *args, GError **error)
{
  return TRUE;
}

static void
ref_nothing (const NnRefArgs *args)
{
}

const NnOp nn_op_input = {
  .id = "input", .title = "Input", .infer = infer, .forward = record_nothing, .backward = record_nothing,
  .ref_forward = ref_nothing, .ref_backward = ref_nothing,
};
