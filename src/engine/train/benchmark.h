/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/context.h"
#include "data/dataset.h"
#include "net/graph.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NnBenchmarkCase: a net as it is measured
 * @name: what --net takes
 * @preset: its specification; convnet-rgb is measured without its batch normalisation, which the others have not
 * @input: height, width, channels
 */
typedef struct {
  const char *name;
  const char *preset;
  NnShape input;
  guint n_classes;
  guint batch;
} NnBenchmarkCase;

/** nn_benchmark_cases: Returns: the nets that other programs are measured with too; ends with a row without name */
const NnBenchmarkCase *nn_benchmark_cases (void);

/**
 * NnBenchmark: times of the same work done again and again, each waited for
 * @ms, @p10, @p90, @p99: median and percentiles, in milliseconds
 * @steps: how many were timed, after a warm-up
 * @images_per_s: by the median
 * @gflops: of training, three times the forward pass; by the median
 * @device_bytes: device memory in use meanwhile
 * @first_step: when the first step was done: a value of g_get_monotonic_time()
 */
typedef struct {
  double ms, p10, p90, p99;
  guint steps;
  double images_per_s;
  double gflops;
  guint64 device_bytes;
  gint64 first_step;
} NnBenchmark;

/** nn_benchmark_create_graph: @preset, or what is measured in its place. Returns: (transfer full) (nullable) */
NnGraph *nn_benchmark_create_graph (const char *preset, const NnShape *input, guint n_classes, GError **error);

/**
 * nn_benchmark_training:
 * @preset, @input, @n_classes, @batch: what is trained
 * @seconds: how long to measure; at least 30 steps are done, unless that takes four times as long
 * @progress: (nullable): called between steps, on this thread; negative while kernels are compiled and warmed up
 *
 * Whole steps on random data: gather, forward, backward, SGD with momentum 0.9, each waited for.
 */
gboolean nn_benchmark_training (NnContext *context, const char *preset, const NnShape *input, guint n_classes,
                                guint batch, double seconds, GCancellable *cancellable, NnProgressFunc progress,
                                gpointer data, NnBenchmark *result, GError **error);

/**
 * nn_benchmark_epochs:
 * @n_samples: pictures in the set
 * @stream_bytes: 0, or the size of the chunks in which they are streamed (see NnFeed)
 *
 * A run as people start it, shuffled anew each epoch, without validation: the speed over the whole epochs that fit into
 * @seconds, or over what is done of the first. Fills in @images_per_s, @ms (a step), @steps and @device_bytes.
 */
gboolean nn_benchmark_epochs (NnContext *context, const char *preset, const NnShape *input, guint n_classes, guint batch,
                              gsize n_samples, gsize stream_bytes, double seconds, GCancellable *cancellable,
                              NnBenchmark *result, GError **error);

/** nn_benchmark_latency: one picture at a time, from bytes on the host to probabilities on the host. @gflops and
 * @images_per_s are those of the forward pass */
gboolean nn_benchmark_latency (NnContext *context, const char *preset, const NnShape *input, guint n_classes,
                               double seconds, GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                               NnBenchmark *result, GError **error);

G_END_DECLS
