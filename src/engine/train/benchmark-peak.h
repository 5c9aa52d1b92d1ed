/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/benchmark.h"

G_BEGIN_DECLS

/**
 * NnPeak: what a device was seen to do at best
 * @gflops: 10⁹ operations a second of multiply-adds (two operations each) in registers, float32
 * @gbytes_per_s: 10⁹ bytes a second read and written by a kernel that streams through memory larger than caches are
 */
typedef struct {
  double gflops, gbytes_per_s;
} NnPeak;

/** nn_benchmark_peak: measures both, in about a second; takes up to 256 MiB of device memory meanwhile */
gboolean nn_benchmark_peak (NnContext *context, NnPeak *peak, GError **error);

/**
 * NnKernelTime: how fast an operator is at one of the presets' shapes
 * @name: operator, its settings, its input and the batch
 * @forward_ms, @backward_ms: medians, each waited for
 * @forward_gflops, @backward_gflops: by its multiply-adds; the backward pass takes twice those of the forward pass, and the
 *   first layer of a net as many, for nobody wants the gradient of the pictures
 */
typedef struct {
  char *name;
  double forward_ms, backward_ms;
  double forward_gflops, backward_gflops;
} NnKernelTime;

/**
 * nn_benchmark_kernels:
 * @progress: (nullable): called between two shapes
 *
 * Matrix products (dense layers), convolutions and the LSTM at the shapes and batches that the presets have them, and a
 * large product.
 *
 * Returns: (transfer full) (element-type NnKernelTime) (nullable)
 */
GArray *nn_benchmark_kernels (NnContext *context, GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                              GError **error);

G_END_DECLS
