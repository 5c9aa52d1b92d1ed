/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

G_BEGIN_DECLS

/**
 * NnScratch:
 *
 * The pool behind nn_op_scratch(): pieces of memory that one operator after the other uses. Commands run in order, so
 * a piece is free again as soon as the operator that asked for it has recorded all its launches.
 */
typedef struct _NnScratch NnScratch;

NnScratch *nn_scratch_new (NnContext *context);
void nn_scratch_free (NnScratch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnScratch, nn_scratch_free)
/** nn_scratch_take: Returns: (transfer none): at least @size floats that nobody else has since the last release */
NnTensor *nn_scratch_take (NnScratch *self, gsize size, GError **error);
void nn_scratch_release (NnScratch *self);

G_END_DECLS
