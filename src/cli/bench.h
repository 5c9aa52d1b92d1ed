/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "command.h"
#include "output.h"

#include "train/benchmark-peak.h"

G_BEGIN_DECLS

/* The kinds of measurements of "bench": bench.c has the options and what is measured without any. */

/** CliBenchOptions: strings are NULL where they weren't given, numbers 0 */
typedef struct {
  char *net, *device, *input, *scale;
  gboolean latency, profile, peak, kernels, tune, no_tune;
  int n_classes;
  int batch;
  double seconds;
} CliBenchOptions;

/** cli_bench_find_case: a net of the table, or any other preset or file at its own input size, as the options change it.
 * @item: (out): its name and preset are @net */
gboolean cli_bench_find_case (const CliBenchOptions *options, const char *net, NnBenchmarkCase *item, GError **error);

/** cli_bench_profile: prints where the time of a step goes, or adds an object of it to @builder with --json */
gboolean cli_bench_profile (Cli *cli, const CliBenchOptions *options, NnContext *context, const NnBenchmarkCase *item,
                            JsonBuilder *builder, GError **error);

/** cli_bench_peak: prints what the device can do at best; with --kernels also how near to it operators come */
gboolean cli_bench_peak (Cli *cli, const CliBenchOptions *options, NnContext *context, GError **error);

/** cli_bench_add_peak: the members of an object that tell it */
void cli_bench_add_peak (JsonBuilder *builder, const NnPeak *peak);

/** cli_bench_scale: prints how the time of a step grows with what --scale names, or how the speed of an epoch does */
gboolean cli_bench_scale (Cli *cli, const CliBenchOptions *options, NnContext *context, GError **error);

/** cli_bench_check_scale: whether --scale names something that can grow */
gboolean cli_bench_check_scale (const CliBenchOptions *options, GError **error);

G_END_DECLS
