/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/graph.h"

G_BEGIN_DECLS

/** PCN_MEMORY_MAX_BATCH: no batch that is offered is larger */
#define PCN_MEMORY_MAX_BATCH 4096

/**
 * pcn_memory_estimate:
 * @n_samples: pictures that lie on the device
 *
 * Returns: about how many bytes of device memory training takes: activations and their gradients, weights
 * with gradients and the optimizer's state (that of Adam, which has most), and the pictures. Work space of
 * single kernels isn't counted
 */
guint64 pcn_memory_estimate (const NnGraph *graph, guint batch, gsize n_samples);

/**
 * pcn_memory_largest_batch:
 * @memory, @max_alloc: of the device, in bytes; the latter for one buffer
 *
 * Returns: the largest batch that leaves a tenth of the memory free; 0 where none fits
 */
guint pcn_memory_largest_batch (const NnGraph *graph, gsize n_samples, guint64 memory, guint64 max_alloc);

G_END_DECLS
