/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/benchmark.h"

G_BEGIN_DECLS

/**
 * NnProfileRow: time within a training step
 * @layer: a node's name, or what else works for a step: "gather", "loss", "optimizer"
 * @pass: "forward", "backward", or empty
 * @kernel: the function; NULL in a row for all kernels of the layer's pass
 * @launches: in a step
 * @ms: the sum over the launches of the median time on the device
 * @gflops: by the operator's multiply-adds; 0 where it has none that matter, and in rows of one kernel
 */
typedef struct {
  const char *layer, *pass, *kernel;
  guint launches;
  double ms, gflops;
} NnProfileRow;

/**
 * NnProfile:
 * @passes: (element-type NnProfileRow): a row a layer and pass, in the order of the step
 * @kernels: (element-type NnProfileRow): a row a layer, pass and kernel, in the order of the step
 * @sum_ms: of all launches on the device
 * @step_ms: median of whole steps, waited for and not profiled; what it has beyond @sum_ms is the price of launching
 */
typedef struct {
  GArray *passes, *kernels;
  double sum_ms, step_ms;
  GStringChunk *strings;
} NnProfile;

/**
 * nn_benchmark_profile:
 *
 * Where the time of a training step goes. As nn_benchmark_training(); @seconds are spent on steps for the wall time, and
 * as many again on profiled ones.
 *
 * Returns: (transfer full) (nullable)
 */
NnProfile *nn_benchmark_profile (NnContext *context, const char *preset, const NnShape *input, guint n_classes,
                                 guint batch, double seconds, GCancellable *cancellable, NnProgressFunc progress,
                                 gpointer data, GError **error);

/**
 * nn_benchmark_profile_latency:
 *
 * The same of one picture's way from the host to the host; nn_benchmark_latency() tells its time alone.
 *
 * Returns: (transfer full) (nullable)
 */
NnProfile *nn_benchmark_profile_latency (NnContext *context, const char *preset, const NnShape *input, guint n_classes,
                                         double seconds, GCancellable *cancellable, GError **error);
void nn_profile_free (NnProfile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnProfile, nn_profile_free)

G_END_DECLS
