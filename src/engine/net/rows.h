/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tensor/tensor.h"
#include "cl/commands.h"

G_BEGIN_DECLS

/**
 * NnRowGather: how a batch is put together from rows that were computed before, as NnGather does from pictures
 * @rows, @labels: float32 [@n_rows][@width], int32 [@n_rows]
 * @order: int32: rows in the order of the epoch; slot i of a batch takes order[step[2] · batch + i], -1 is padding
 * @step: uint32[4] as NnOpArgs has it
 * @x, @labels_out: (out): float32 [@batch][@width], int32 [@batch]
 */
typedef struct {
  NnTensor *rows, *labels;
  guint n_rows;
  gsize width;
  NnTensor *order, *step;
  guint batch;
  NnTensor *x, *labels_out;
} NnRowGather;

/** nn_row_gather_record: records the launch; what the tensors hold is read when it runs */
gboolean nn_row_gather_record (NnCommands *commands, const NnRowGather *gather, GError **error);

G_END_DECLS
