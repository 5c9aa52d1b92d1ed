/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench.h"
#include "run-data.h"

#include "net/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Seconds from the start of the process, as the kernel knows it, to @moment of the monotonic clock. */
static double
seconds_since_start (gint64 moment)
{
  g_autofree char *stat = NULL;
  struct timespec boot;
  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL) || clock_gettime (CLOCK_BOOTTIME, &boot) != 0)
    return 0;
  const char *p = strrchr (stat, ')'); /* the name before it may hold blanks */
  for (guint field = 2; p != NULL && field < 22; field++)
    p = strchr (p + 1, ' ');
  if (p == NULL)
    return 0;
  double started = (double) g_ascii_strtoull (p + 1, NULL, 10) / (double) sysconf (_SC_CLK_TCK);
  double now = (double) boot.tv_sec + (double) boot.tv_nsec / 1e9;
  return now - started - (double) (g_get_monotonic_time () - moment) / 1e6;
}

/* --input: the same net as other data would have it. */
static gboolean
parse_input (const char *text, NnShape *input, GError **error)
{
  guint height, width, channels;
  char rest;
  if (sscanf (text, "%4ux%4ux%1u%c", &height, &width, &channels, &rest) != 3 || height < 1 || width < 1
      || (channels != 1 && channels != 3)) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 "--input is “%s”; it must be height, width and 1 or 3 channels: “28x28x1”.", text);
    return FALSE;
  }
  *input = NN_SHAPE (height, width, channels);
  return TRUE;
}

gboolean
cli_bench_find_case (const CliBenchOptions *o, const char *net, NnBenchmarkCase *item, GError **error)
{
  const NnBenchmarkCase *c = nn_benchmark_cases ();
  while (c->name != NULL && strcmp (c->name, net) != 0)
    c++;
  *item = c->name != NULL ? *c : (NnBenchmarkCase){ .name = net, .preset = net, .n_classes = 10, .batch = 128 };
  if (c->name == NULL && !nn_preset_input (net, &item->input, error))
    return FALSE;
  if (o->batch > 0)
    item->batch = (guint) o->batch;
  if (o->n_classes > 0)
    item->n_classes = (guint) o->n_classes;
  return o->input == NULL || parse_input (o->input, &item->input, error);
}

/* What is told of a net besides its times. */
typedef struct {
  const NnBenchmarkCase *item;
  NnBenchmark times;
  double first;          /* seconds to the first step */
  guint64 process_bytes; /* at the most in memory, of the whole process; 0: unknown */
  NnPeak peak;           /* of the device; only where asked for */
} Measured;

/* The most that the process had in memory since the last call, or its start. */
static guint64
take_process_bytes (void)
{
  g_autofree char *status = NULL;
  const char *line = NULL;
  if (g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    line = strstr (status, "VmHWM:");
  FILE *reset = fopen ("/proc/self/clear_refs", "w");
  if (reset != NULL) {
    fputs ("5", reset);
    fclose (reset);
  }
  return line != NULL ? g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) * 1024 : 0;
}

static void
add_json (JsonBuilder *builder, const CliBenchOptions *o, const char *device, const Measured *m)
{
  const NnBenchmark *b = &m->times;
  json_builder_begin_object (builder);
  cli_json_string (builder, "net", m->item->name);
  cli_json_string (builder, "device", device);
  cli_json_int (builder, "batch", o->latency ? 1 : m->item->batch);
  cli_json_double (builder, "ms", b->ms);
  cli_json_double (builder, "p10", b->p10);
  cli_json_double (builder, "p90", b->p90);
  cli_json_int (builder, "steps", b->steps);
  cli_json_double (builder, "images_per_s", b->images_per_s);
  cli_json_double (builder, "gflops", b->gflops);
  cli_json_int (builder, "device_bytes", (gint64) b->device_bytes);
  cli_json_int (builder, "process_bytes", (gint64) m->process_bytes);
  cli_json_double (builder, "first_step_s", m->first);
  if (m->peak.gflops > 0)
    cli_bench_add_peak (builder, &m->peak);
  if (o->latency) {
    cli_json_double (builder, "p50_ms", b->ms);
    cli_json_double (builder, "p99_ms", b->p99);
  }
  json_builder_end_object (builder);
}

static void
add_row (CliTable *table, const CliBenchOptions *o, const Measured *m)
{
  const NnBenchmark *b = &m->times;
  g_autofree char *memory = cli_format_bytes (b->device_bytes), *process = cli_format_bytes (m->process_bytes);
  cli_table_add_format (table, "%s\t%u\t%.3f\t%.3f\t%.3f\t%u\t%.0f\t%.1f\t%s\t%s\t%.2f", m->item->name,
                        o->latency ? 1 : m->item->batch, b->ms, o->latency ? b->p99 : b->p10, b->p90, b->steps,
                        b->images_per_s, b->gflops, memory, process, m->first);
}

/* With --lines, ten times a second at most. A reader that has gone away ends the measuring. */
typedef struct {
  Cli *cli;
  const char *net;
  double fraction;
  gint64 last;
} Teller;

static void
on_progress (double fraction, gpointer data)
{
  Teller *self = data;
  gint64 now = g_get_monotonic_time ();
  if (!self->cli->lines || (now - self->last < G_USEC_PER_SEC / 10 && (fraction < 0) == (self->fraction < 0)))
    return;
  self->last = now;
  self->fraction = fraction;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_string (builder, "event", "progress");
  cli_json_string (builder, "net", self->net);
  cli_json_double (builder, "fraction", fraction < 0 ? NAN : fraction);
  json_builder_end_object (builder);
  if (!cli_print_json_line (builder, NULL))
    g_cancellable_cancel (self->cli->cancellable);
}

/* --tune: first, for what is measured. */
static gboolean
tune (Cli *cli, NnContext *context, const NnBenchmarkCase *item, GError **error)
{
  g_autoptr (NnGraph) graph = nn_benchmark_create_graph (item->preset, &item->input, item->n_classes, error);
  if (graph == NULL)
    return FALSE;
  g_autoptr (NnTuner) tuner = nn_tuner_new (context, graph, nn_plan_find_cut (graph), item->batch, NN_TUNER_SECONDS);
  cli_tune (tuner, cli->cancellable);
  return TRUE;
}

static gboolean
measure (Cli *cli, const CliBenchOptions *o, NnContext *context, const NnBenchmarkCase *item, CliTable *table,
         JsonBuilder *builder, gint64 begin, GError **error)
{
  if (o->tune && !tune (cli, context, item, error))
    return FALSE;
  if (o->profile)
    return cli_bench_profile (cli, o, context, item, builder, error);
  Measured m = { .item = item };
  Teller teller = { cli, item->name, 0, 0 };
  if (!(o->latency ? nn_benchmark_latency (context, item->preset, &item->input, item->n_classes, o->seconds,
                                           cli->cancellable, on_progress, &teller, &m.times, error)
                   : nn_benchmark_training (context, item->preset, &item->input, item->n_classes, item->batch,
                                            o->seconds, cli->cancellable, on_progress, &teller, &m.times, error)))
    return FALSE;
  m.process_bytes = take_process_bytes ();
  m.first = begin < 0 ? seconds_since_start (m.times.first_step) : (double) (m.times.first_step - begin) / 1e6;
  if (cli->json && !cli->lines && !nn_benchmark_peak (context, &m.peak, error))
    return FALSE;
  add_row (table, o, &m);
  add_json (builder, o, nn_device_get_id (nn_context_get_device (context)), &m);
  return TRUE;
}

static void
print_result (Cli *cli, const CliBenchOptions *o, NnContext *context, CliTable *table, JsonBuilder *builder)
{
  if (o->net == NULL) {
    json_builder_end_array (builder);
    json_builder_end_object (builder);
  }
  if (cli->lines)
    cli_print_json_line (builder, NULL);
  else if (cli->json)
    cli_print_json (builder);
  if (cli->lines || cli->json || o->profile)
    return;
  printf ("%s, %s\n\n", nn_device_get_name (nn_context_get_device (context)),
          o->latency ? "one picture, from host to host" : "whole training steps, SGD with momentum");
  cli_table_print (table);
}

/* One net gives one object; all of them give {"results": […]}. */
static gboolean
run (Cli *cli, const CliBenchOptions *o, GError **error)
{
  NnBenchmarkCase item; /* whatever is wrong with it is told before a device is looked for */
  if (!cli_bench_find_case (o, o->net != NULL ? o->net : nn_benchmark_cases ()->name, &item, error))
    return FALSE;
  g_autoptr (NnContext) context = cli_open_device (o->device, error);
  if (context == NULL)
    return FALSE;
  nn_choices_set_rules_only (nn_context_get_choices (context), o->no_tune);
  if (o->scale != NULL)
    return cli_bench_scale (cli, o, context, error);
  if (o->peak || o->kernels)
    return cli_bench_peak (cli, o, context, error);
  const char *const headings[] = { "net", "batch", "ms", o->latency ? "p99" : "p10", "p90", "steps", "images/s",
                                   "GFLOP/s", "memory", "process", "first step s", NULL };
  g_autoptr (CliTable) table = cli_table_new (headings, "lrrrrrrrrrr");
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (o->net == NULL) {
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "results");
    json_builder_begin_array (builder);
  }
  gint64 begin = -1; /* the first net's first step counts from the start of the program */
  for (const NnBenchmarkCase *c = nn_benchmark_cases (); c->name != NULL; c++) {
    if (!cli_bench_find_case (o, o->net != NULL ? o->net : c->name, &item, error))
      return FALSE;
    if (!cli->lines)
      g_printerr ("measuring %s …\n", item.name);
    if (!measure (cli, o, context, &item, table, builder, begin, error))
      return FALSE;
    begin = g_get_monotonic_time ();
    if (o->net != NULL)
      break;
  }
  print_result (cli, o, context, table, builder);
  return TRUE;
}

/* What is measured is one thing at a time. */
static gboolean
check_kind (Cli *cli, const CliBenchOptions *o, GError **error)
{
  const int tables = o->profile + (o->peak || o->kernels) + (o->scale != NULL);
  const gboolean alone = o->latency + tables <= 1 || (o->latency && o->profile && tables == 1);
  if (alone && !(cli->lines && tables))
    return o->scale == NULL || cli_bench_check_scale (o, error);
  g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                       "--latency, --profile, --scale and --peak or --kernels measure different things, and --lines "
                       "tells none but the first; leave out all but one (--latency --profile go together).");
  return FALSE;
}

gboolean
cli_run_bench (Cli *cli, int argc, char **argv, GError **error)
{
  CliBenchOptions o = { .seconds = 5 };
  const GOptionEntry entries[] = {
    { "net", 0, 0, G_OPTION_ARG_FILENAME, &o.net, "One net only: a preset or a JSON file (default: four of them)", "NET" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o.device, "Id, number or part of the name (default: the best)", "D" },
    { "latency", 0, 0, G_OPTION_ARG_NONE, &o.latency, "The time to classify one picture instead", NULL },
    { "batch", 0, 0, G_OPTION_ARG_INT, &o.batch, "Pictures a step (default: 128; convnet-rgb: 32)", "N" },
    { "input", 0, 0, G_OPTION_ARG_STRING, &o.input, "Size of the pictures (default: the net's own)", "HxWxC" },
    { "classes", 0, 0, G_OPTION_ARG_INT, &o.n_classes, "Classes to tell apart (default: the net's own)", "N" },
    { "profile", 0, 0, G_OPTION_ARG_NONE, &o.profile, "Where the time of a step goes: each layer, each kernel", NULL },
    { "peak", 0, 0, G_OPTION_ARG_NONE, &o.peak, "What the device can do at best: multiply-adds and memory", NULL },
    { "kernels", 0, 0, G_OPTION_ARG_NONE, &o.kernels, "The same, and how near to it operators come", NULL },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &o.scale, "How it grows with the batch, the size of pictures, or their number",
      "batch|picture|samples" },
    { "tune", 0, 0, G_OPTION_ARG_NONE, &o.tune, "First find the fastest kernels for each net, once: at most 5 s a net", NULL },
    { "no-tune", 0, 0, G_OPTION_ARG_NONE, &o.no_tune, "Take the kernels of the built-in rules, whatever was tuned", NULL },
    { "lines", 0, 0, G_OPTION_ARG_NONE, &cli->lines, "Print JSON objects, one a line: progress, then the result", NULL },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &o.seconds, "How long to measure each (default: 5)", "F" },
    G_OPTION_ENTRY_NULL,
  };
  gboolean ok = cli_parse (cli, entries, &argc, &argv, error)
                && cli_check_int ("--batch", o.batch, 0, 65536, error)
                && (o.n_classes == 0 || cli_check_int ("--classes", o.n_classes, 2, 65536, error))
                && cli_check_float ("--seconds", o.seconds, 0.01, 3600, error) && check_kind (cli, &o, error)
                && run (cli, &o, error);
  g_free (o.net);
  g_free (o.device);
  g_free (o.input);
  g_free (o.scale);
  return ok;
}
