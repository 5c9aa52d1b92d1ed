/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "bench --profile": where the time of a training step goes. */
#include "config.h"

#include "bench.h"

#include "train/benchmark-profile.h"

#include <stdio.h>

static double
share (const NnProfile *profile, double ms)
{
  return profile->sum_ms > 0 ? ms / profile->sum_ms : 0;
}

static void
add_rows (JsonBuilder *builder, const NnProfile *profile, const char *name, const GArray *rows)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++) {
    const NnProfileRow *row = &g_array_index (rows, NnProfileRow, i);
    json_builder_begin_object (builder);
    cli_json_string (builder, "layer", row->layer);
    cli_json_string (builder, "pass", row->pass);
    if (row->kernel != NULL)
      cli_json_string (builder, "kernel", row->kernel);
    cli_json_int (builder, "launches", row->launches);
    cli_json_double (builder, "ms", row->ms);
    cli_json_double (builder, "share", share (profile, row->ms));
    if (row->kernel == NULL)
      cli_json_double (builder, "gflops", row->gflops);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_json (JsonBuilder *builder, const NnProfile *profile, const NnBenchmarkCase *item, gboolean latency,
          const char *device)
{
  json_builder_begin_object (builder);
  cli_json_string (builder, "net", item->name);
  cli_json_string (builder, "device", device);
  cli_json_int (builder, "batch", latency ? 1 : item->batch);
  cli_json_double (builder, "ms", profile->step_ms);
  cli_json_double (builder, "sum_ms", profile->sum_ms);
  cli_json_double (builder, "gap_ms", profile->step_ms - profile->sum_ms);
  add_rows (builder, profile, "passes", profile->passes);
  add_rows (builder, profile, "kernels", profile->kernels);
  json_builder_end_object (builder);
}

static void
print_rows (const NnProfile *profile, const GArray *rows, gboolean kernels)
{
  const char *const headings[] = { "layer", "pass", kernels ? "kernel" : "GFLOP/s", "launches", "ms", "share", NULL };
  g_autoptr (CliTable) table = cli_table_new (headings, kernels ? "lllrrr" : "llrrrr");
  for (guint i = 0; i < rows->len; i++) {
    const NnProfileRow *row = &g_array_index (rows, NnProfileRow, i);
    g_autofree char *gflops = row->gflops > 0 ? g_strdup_printf ("%.1f", row->gflops) : g_strdup ("");
    cli_table_add_format (table, "%s\t%s\t%s\t%u\t%.3f\t%.1f %%", row->layer, row->pass, kernels ? row->kernel : gflops,
                          row->launches, row->ms, 100 * share (profile, row->ms));
  }
  cli_table_print (table);
}

static void
print_tables (const NnProfile *profile, const NnBenchmarkCase *item, gboolean latency, const char *device)
{
  if (latency)
    printf ("%s, one picture through %s, from host to host\n\n", device, item->name);
  else
    printf ("%s, a training step of %s at batch %u\n\n", device, item->name, item->batch);
  print_rows (profile, profile->passes, FALSE);
  putchar ('\n');
  print_rows (profile, profile->kernels, TRUE);
  printf ("\nlaunches %.3f ms, the step waited for %.3f ms, between them %.3f ms\n\n", profile->sum_ms, profile->step_ms,
          profile->step_ms - profile->sum_ms);
}

gboolean
cli_bench_profile (Cli *cli, const CliBenchOptions *options, NnContext *context, const NnBenchmarkCase *item,
                   JsonBuilder *builder, GError **error)
{
  NnDevice *device = nn_context_get_device (context);
  g_autoptr (NnProfile) profile
      = options->latency ? nn_benchmark_profile_latency (context, item->preset, &item->input, item->n_classes,
                                                         options->seconds, cli->cancellable, error)
                         : nn_benchmark_profile (context, item->preset, &item->input, item->n_classes, item->batch,
                                                 options->seconds, cli->cancellable, NULL, NULL, error);
  if (profile == NULL)
    return FALSE;
  if (cli->json)
    add_json (builder, profile, item, options->latency, nn_device_get_id (device));
  else
    print_tables (profile, item, options->latency, nn_device_get_name (device));
  return TRUE;
}
