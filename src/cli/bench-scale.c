/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "bench --scale": how the time of a step grows with the batch or the size of pictures, and what the number of pictures
 * does to the speed of an epoch, on the device and streamed to it. */
#include "config.h"

#include "bench.h"

#include "train/feed.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  Cli *cli;
  const CliBenchOptions *options;
  NnContext *context;
  NnBenchmarkCase item;
  CliTable *table;
  JsonBuilder *builder;
} Scaling;

/* One kind of growth: @net is measured unless --net names another; @sizes end with 0. */
typedef struct {
  const char *name, *net;
  guint sizes[12];
  gboolean (*measure) (Scaling *self, guint size, GError **error);
  const char *headings[8];
} Kind;

static gboolean
measure_step (Scaling *self, const char *name, guint size, GError **error)
{
  NnBenchmark b = { 0 };
  const NnBenchmarkCase *item = &self->item;
  if (!nn_benchmark_training (self->context, item->preset, &item->input, item->n_classes, item->batch,
                              self->options->seconds, self->cli->cancellable, NULL, NULL, &b, error))
    return FALSE;
  g_autofree char *memory = cli_format_bytes (b.device_bytes);
  cli_table_add_format (self->table, "%u\t%.3f\t%.3f\t%.0f\t%.1f\t%s", size, b.ms, 1e3 / b.images_per_s, b.images_per_s,
                        b.gflops, memory);
  json_builder_begin_object (self->builder);
  cli_json_int (self->builder, name, size);
  cli_json_double (self->builder, "ms", b.ms);
  cli_json_double (self->builder, "images_per_s", b.images_per_s);
  cli_json_double (self->builder, "gflops", b.gflops);
  cli_json_int (self->builder, "device_bytes", (gint64) b.device_bytes);
  json_builder_end_object (self->builder);
  return TRUE;
}

static gboolean
measure_batch (Scaling *self, guint size, GError **error)
{
  self->item.batch = size;
  return measure_step (self, "batch", size, error);
}

static gboolean
measure_picture (Scaling *self, guint size, GError **error)
{
  self->item.input.dims[0] = self->item.input.dims[1] = size;
  return measure_step (self, "picture", size, error);
}

static gboolean
measure_samples (Scaling *self, guint size, GError **error)
{
  NnBenchmark held = { 0 }, streamed = { 0 };
  const NnBenchmarkCase *item = &self->item;
  double seconds = self->options->seconds;
  GCancellable *cancellable = self->cli->cancellable;
  if (!nn_benchmark_epochs (self->context, item->preset, &item->input, item->n_classes, item->batch, size, 0, seconds,
                            cancellable, &held, error)
      || !nn_benchmark_epochs (self->context, item->preset, &item->input, item->n_classes, item->batch, size,
                               NN_FEED_CHUNK, seconds, cancellable, &streamed, error))
    return FALSE;
  g_autofree char *memory = cli_format_bytes (held.device_bytes), *bounded = cli_format_bytes (streamed.device_bytes);
  cli_table_add_format (self->table, "%u\t%.0f\t%.0f\t%.0f %%\t%s\t%s", size, held.images_per_s, streamed.images_per_s,
                        100 * streamed.images_per_s / held.images_per_s, memory, bounded);
  json_builder_begin_object (self->builder);
  cli_json_int (self->builder, "samples", size);
  cli_json_double (self->builder, "images_per_s", held.images_per_s);
  cli_json_double (self->builder, "streamed_images_per_s", streamed.images_per_s);
  cli_json_double (self->builder, "streamed_ratio", streamed.images_per_s / held.images_per_s);
  cli_json_int (self->builder, "device_bytes", (gint64) held.device_bytes);
  cli_json_int (self->builder, "streamed_device_bytes", (gint64) streamed.device_bytes);
  json_builder_end_object (self->builder);
  return TRUE;
}

static const Kind kinds[] = {
  { "batch", "convnet", { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024 }, measure_batch,
    { "batch", "ms", "ms a picture", "images/s", "GFLOP/s", "memory" } },
  { "picture", "convnet-rgb", { 28, 40, 56, 80, 112, 160, 224 }, measure_picture,
    { "side", "ms", "ms a picture", "images/s", "GFLOP/s", "memory" } },
  { "samples", "mlp", { 1000, 10000, 100000, 1000000 }, measure_samples,
    { "samples", "images/s", "streamed", "of that", "memory", "streamed" } },
};

static const Kind *
find_kind (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      return &kinds[i];
  return NULL;
}

gboolean
cli_bench_check_scale (const CliBenchOptions *options, GError **error)
{
  if (find_kind (options->scale) != NULL)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "--scale is “%s”; it must be batch, picture or samples.",
               options->scale);
  return FALSE;
}

/* Sizes that the device has no memory for end the table; they aren't a failure. */
static gboolean
measure_all (Scaling *self, const Kind *kind, GError **error)
{
  for (guint i = 0; kind->sizes[i] > 0; i++) {
    g_autoptr (GError) own = NULL;
    g_printerr ("measuring %s, %s %u …\n", self->item.name, kind->name, kind->sizes[i]);
    if (kind->measure (self, kind->sizes[i], &own))
      continue;
    if (i == 0 || !g_error_matches (own, NN_ERROR, NN_ERROR_OUT_OF_MEMORY)) {
      g_propagate_error (error, g_steal_pointer (&own));
      return FALSE;
    }
    g_printerr ("%s\n", own->message);
    break;
  }
  return TRUE;
}

gboolean
cli_bench_scale (Cli *cli, const CliBenchOptions *options, NnContext *context, GError **error)
{
  const Kind *kind = find_kind (options->scale);
  NnDevice *device = nn_context_get_device (context);
  g_autoptr (CliTable) table = cli_table_new (kind->headings, "rrrrrr");
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Scaling self = { .cli = cli, .options = options, .context = context, .table = table, .builder = builder };
  if (!cli_bench_find_case (options, options->net != NULL ? options->net : kind->net, &self.item, error))
    return FALSE;
  json_builder_begin_object (builder);
  cli_json_string (builder, "scale", kind->name);
  cli_json_string (builder, "net", self.item.name);
  cli_json_string (builder, "device", nn_device_get_id (device));
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  if (!measure_all (&self, kind, error))
    return FALSE;
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (cli->json) {
    cli_print_json (builder);
    return TRUE;
  }
  printf ("%s, %s\n\n", nn_device_get_name (device), self.item.name);
  cli_table_print (table);
  return TRUE;
}
