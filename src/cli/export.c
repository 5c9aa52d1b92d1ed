/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export: a model in the form of others, verified: what the file says is compared with what the engine says,
 * on the device where there is one, else by the reference in C.
 */
#include "config.h"

#include "run-data.h"

#include "train/export-samples.h"

#include <math.h>
#include <stdio.h>

typedef struct {
  char *format;
  char *out;
  char *data;
  char *device;
  char *pixels;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->format);
  g_free (self->out);
  g_free (self->data);
  g_free (self->device);
  g_free (self->pixels);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Cli *cli, Options *o, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &o->format, "onnx, onnx-opset10 (for OpenCV 4), safetensors or c",
      "FORMAT" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out,
      "Where it goes; of the format c the source, with a header beside it", "FILE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o->data, "Compare on pictures of this data set (default: noise)",
      "DATA" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device,
      "Device to compare with: number, id or part of its name", "DEVICE" },
    CLI_PIXELS_OPTION (&o->pixels),
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, argc, argv, error))
    return FALSE;
  const char *missing = o->format == NULL ? "--format" : o->out == NULL ? "--out" : NULL;
  if (missing != NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is missing", missing);
    return FALSE;
  }
  return cli_check_output (o->out, error);
}

/* Without a device, the reference in C is the engine; but not in place of one that was asked for. */
static NnExportSamples *
make_samples (Cli *cli, const Options *o, NnModel *model, char **by, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (NnContext) context = cli_open_device (o->device, &local);
  if (context == NULL && (o->device != NULL || o->data != NULL)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  *by = g_strdup (context != NULL ? nn_device_get_name (nn_context_get_device (context))
                                  : "the reference in C");
  if (context == NULL)
    return nn_export_samples_new_random (model);
  if (o->data == NULL)
    return nn_export_samples_new (context, model, NULL, error);
  g_autoptr (NnDataset) dataset = cli_import (cli, o->data, error);
  g_autoptr (NnPixels) pixels
      = dataset != NULL ? nn_export_load_pixels (dataset, model, cli->cancellable, error) : NULL;
  return pixels != NULL ? nn_export_samples_new (context, model, pixels, error) : NULL;
}

static void
print_result (Cli *cli, const Options *o, const NnExportSamples *samples, const char *by, double difference)
{
  if (cli->json) {
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    cli_json_string (builder, "file", o->out);
    cli_json_string (builder, "format", o->format);
    cli_json_int (builder, "pictures", samples->n);
    cli_json_string (builder, "compared_with", by);
    cli_json_double (builder, "difference", difference);
    json_builder_end_object (builder);
    cli_print_json (builder);
  } else if (isnan (difference))
    printf ("%s is written. It has its own test: compile it as its header says.\n", o->out);
  else if (g_str_equal (o->format, "safetensors"))
    printf ("%s is written and read again: the largest difference of a weight is %.1e\n", o->out, difference);
  else
    printf (
        "%s is written and verified on %u pictures: the largest difference of a probability to %s is %.1e\n",
        o->out, samples->n, by, difference);
}

gboolean
cli_run_export (Cli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { NULL };
  g_autofree char *by = NULL;
  double difference;
  if (!parse (cli, &options, &argc, &argv, error))
    return FALSE;
  const NnExportFormat *format = nn_export_find (options.format, error);
  g_autoptr (NnModel) model = format != NULL ? cli_load_model_as (argv[1], options.pixels, error) : NULL;
  g_autoptr (NnExportSamples) samples
      = model != NULL ? make_samples (cli, &options, model, &by, error) : NULL;
  if (samples == NULL
      || !nn_export_write (model, format, options.out, samples, cli->cancellable, &difference, error))
    return FALSE;
  print_result (cli, &options, samples, by, difference);
  return TRUE;
}
