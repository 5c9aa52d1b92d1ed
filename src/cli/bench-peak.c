/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "bench --peak" and "bench --kernels": what the device can do at best, and how near to it operators come. */
#include "config.h"

#include "bench.h"

#include <stdio.h>

void
cli_bench_add_peak (JsonBuilder *builder, const NnPeak *peak)
{
  cli_json_double (builder, "peak_gflops", peak->gflops);
  cli_json_double (builder, "peak_gbytes_per_s", peak->gbytes_per_s);
}

static void
add_pass (JsonBuilder *builder, const char *pass, double ms, double gflops, const NnPeak *peak)
{
  json_builder_set_member_name (builder, pass);
  json_builder_begin_object (builder);
  cli_json_double (builder, "ms", ms);
  cli_json_double (builder, "gflops", gflops);
  cli_json_double (builder, "share", gflops / peak->gflops);
  json_builder_end_object (builder);
}

static void
print_json (const char *device, const NnPeak *peak, const GArray *times)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_string (builder, "device", device);
  cli_bench_add_peak (builder, peak);
  if (times != NULL) {
    json_builder_set_member_name (builder, "kernels");
    json_builder_begin_array (builder);
  }
  for (guint i = 0; times != NULL && i < times->len; i++) {
    const NnKernelTime *time = &g_array_index (times, NnKernelTime, i);
    json_builder_begin_object (builder);
    cli_json_string (builder, "name", time->name);
    add_pass (builder, "forward", time->forward_ms, time->forward_gflops, peak);
    add_pass (builder, "backward", time->backward_ms, time->backward_gflops, peak);
    json_builder_end_object (builder);
  }
  if (times != NULL)
    json_builder_end_array (builder);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

static void
print_times (const NnPeak *peak, const GArray *times)
{
  const char *const headings[] = { "forward ms", "GFLOP/s", "of peak", "backward ms", "GFLOP/s", "of peak", "operator",
                                   NULL };
  g_autoptr (CliTable) table = cli_table_new (headings, "rrrrrrl");
  for (guint i = 0; i < times->len; i++) {
    const NnKernelTime *time = &g_array_index (times, NnKernelTime, i);
    cli_table_add_format (table, "%.3f\t%.1f\t%.0f %%\t%.3f\t%.1f\t%.0f %%\t%s", time->forward_ms, time->forward_gflops,
                          100 * time->forward_gflops / peak->gflops, time->backward_ms, time->backward_gflops,
                          100 * time->backward_gflops / peak->gflops, time->name);
  }
  putchar ('\n');
  cli_table_print (table);
}

gboolean
cli_bench_peak (Cli *cli, const CliBenchOptions *options, NnContext *context, GError **error)
{
  NnDevice *device = nn_context_get_device (context);
  NnPeak peak;
  g_autoptr (GArray) times = NULL;
  if (!nn_benchmark_peak (context, &peak, error)
      || (options->kernels && (times = nn_benchmark_kernels (context, cli->cancellable, NULL, NULL, error)) == NULL))
    return FALSE;
  if (cli->json) {
    print_json (nn_device_get_id (device), &peak, times);
    return TRUE;
  }
  printf ("%s\n\n%.1f GFLOP/s of multiply-adds, %.1f GB/s read and written\n", nn_device_get_name (device), peak.gflops,
          peak.gbytes_per_s);
  if (times != NULL)
    print_times (&peak, times);
  return TRUE;
}
