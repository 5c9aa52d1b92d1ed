/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

G_BEGIN_DECLS

/**
 * NnColumnSum: out[j] = Σi x[i][j], the gradient of a bias
 * @rows, @columns: extents of @x, each at least 1
 * @offset: elements of @x before the first one
 * @stride: elements from one row to the next; 0 for @columns
 * @scratch: nn_column_sum_scratch() floats, from @scratch_offset; may be NULL where that is 0
 */
typedef struct {
  gsize rows;
  guint columns;
  NnTensor *x, *out;
  gsize offset;
  guint stride;
  NnTensor *scratch;
  gsize scratch_offset;
} NnColumnSum;

/** nn_column_sum_scratch: Returns: floats of scratch memory that such a sum needs on that device */
gsize nn_column_sum_scratch (NnContext *context, gsize rows, guint columns);

/** nn_column_sum_record: records the sum; parts are added in a fixed order, so the bytes are always the same */
gboolean nn_column_sum_record (const NnOpArgs *args, const NnColumnSum *sum, GError **error);

G_END_DECLS
