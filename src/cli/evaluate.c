/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "run-data.h"

#include "onnx/onnx-file.h"
#include "train/calibration.h"
#include "train/evaluation.h"
#include "train/preparation.h"

#include <stdio.h>

/* Beyond so many classes a confusion matrix is unreadable as text; JSON has it whole. */
#define MAX_SHOWN_CLASSES 20

typedef struct {
  char *model, *data, *device, *part, *pixels, *calibrate;
  double threshold; /* -1: not given */
} Options;

static void
options_clear (Options *self)
{
  char **strings[] = { &self->model, &self->data, &self->device, &self->part, &self->pixels, &self->calibrate };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_clear_pointer (strings[i], g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* How far the model can be trusted: @scaled is by its temperature, NULL where it has none. */
typedef struct {
  NnReliability *raw, *scaled;
  double temperature, threshold;
} Trust;

static void
trust_clear (Trust *self)
{
  g_clear_pointer (&self->raw, nn_reliability_free);
  g_clear_pointer (&self->scaled, nn_reliability_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trust, trust_clear)

static void
json_doubles (JsonBuilder *builder, const char *name, const double *values, guint n)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_double_value (builder, values[i]);
  json_builder_end_array (builder);
}

static void
json_reliability (JsonBuilder *builder, const char *name, const NnReliability *self, double temperature)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  cli_json_double (builder, "temperature", temperature);
  cli_json_double (builder, "ece", self->error);
  cli_json_double (builder, "nll", self->loss);
  json_builder_set_member_name (builder, "bins");
  json_builder_begin_array (builder);
  for (guint b = 0; b < NN_RELIABILITY_BINS; b++) {
    json_builder_begin_object (builder);
    cli_json_int (builder, "n", (gint64) self->bins[b].n);
    cli_json_double (builder, "confidence", self->bins[b].confidence);
    cli_json_double (builder, "accuracy", self->bins[b].accuracy);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
json_trust (JsonBuilder *builder, const Trust *trust)
{
  json_reliability (builder, "reliability", trust->raw, 1);
  if (trust->scaled != NULL)
    json_reliability (builder, "calibrated", trust->scaled, trust->temperature);
  if (trust->threshold > 0) {
    double accuracy, kept = nn_reliability_keep (trust->scaled ? trust->scaled : trust->raw, trust->threshold, &accuracy);
    cli_json_double (builder, "threshold", trust->threshold);
    cli_json_double (builder, "kept", kept);
    cli_json_double (builder, "kept_accuracy", accuracy);
  }
}

static void
print_trust (const Trust *trust)
{
  printf ("calibration error %.2f %%, negative log-likelihood %.4f\n", trust->raw->error * 100, trust->raw->loss);
  if (trust->scaled != NULL)
    printf ("at the temperature %.4g: calibration error %.2f %%, negative log-likelihood %.4f\n", trust->temperature,
            trust->scaled->error * 100, trust->scaled->loss);
  if (trust->threshold > 0) {
    double accuracy, kept = nn_reliability_keep (trust->scaled ? trust->scaled : trust->raw, trust->threshold, &accuracy);
    printf ("at the threshold %.4g: %.2f %% of the pictures kept, accuracy of these %.2f %%\n", trust->threshold, kept * 100,
            accuracy * 100);
  }
}

static void
print_json (const NnEvaluation *e, const char *const *classes, NnSplit part, const Trust *trust)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_int (builder, "n", (gint64) e->n);
  cli_json_string (builder, "part", cli_part_name (part));
  cli_json_double (builder, "accuracy", e->accuracy);
  cli_json_double (builder, "loss", e->loss);
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (guint c = 0; c < e->n_classes; c++)
    json_builder_add_string_value (builder, classes[c]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "confusion");
  json_builder_begin_array (builder);
  for (guint t = 0; t < e->n_classes; t++) {
    json_builder_begin_array (builder);
    for (guint c = 0; c < e->n_classes; c++)
      json_builder_add_int_value (builder, (gint64) e->confusion[t * e->n_classes + c]);
    json_builder_end_array (builder);
  }
  json_builder_end_array (builder);
  json_doubles (builder, "precision", e->precision, e->n_classes);
  json_doubles (builder, "recall", e->recall, e->n_classes);
  json_trust (builder, trust);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

static void
print_confusion (const NnEvaluation *e, const char *const *classes)
{
  g_autoptr (GPtrArray) headings = g_ptr_array_new ();
  g_autofree char *alignment = g_strnfill (e->n_classes + 1, 'r');
  alignment[0] = 'l';
  g_ptr_array_add (headings, (gpointer) "true \\ answer");
  for (guint c = 0; c < e->n_classes; c++)
    g_ptr_array_add (headings, (gpointer) classes[c]);
  g_ptr_array_add (headings, NULL);
  g_autoptr (CliTable) table = cli_table_new ((const char *const *) headings->pdata, alignment);
  for (guint t = 0; t < e->n_classes; t++) {
    g_auto (GStrv) cells = g_new0 (char *, e->n_classes + 2);
    cells[0] = g_strdup (classes[t]);
    for (guint c = 0; c < e->n_classes; c++)
      cells[c + 1] = g_strdup_printf ("%" G_GUINT64_FORMAT, e->confusion[t * e->n_classes + c]);
    cli_table_add (table, (const char *const *) cells);
  }
  putchar ('\n');
  cli_table_print (table);
}

static void
print_text (const NnEvaluation *e, const char *const *classes, NnSplit part, const Trust *trust)
{
  printf ("pictures  %" G_GSIZE_FORMAT " (%s)\naccuracy  %.2f %%\nloss      %.4f\n\n", e->n, cli_part_name (part),
          e->accuracy * 100, e->loss);
  print_trust (trust);
  putchar ('\n');
  const char *const headings[] = { "class", "pictures", "precision", "recall", NULL };
  g_autoptr (CliTable) table = cli_table_new (headings, "lrrr");
  for (guint t = 0; t < e->n_classes; t++) {
    guint64 n = 0;
    for (guint c = 0; c < e->n_classes; c++)
      n += e->confusion[t * e->n_classes + c];
    cli_table_add_format (table, "%s\t%" G_GUINT64_FORMAT "\t%.4f\t%.4f", classes[t], n, e->precision[t], e->recall[t]);
  }
  cli_table_print (table);
  if (e->n_classes <= MAX_SHOWN_CLASSES)
    print_confusion (e, classes);
}

/* Fits a temperature to these pictures, and writes the model with it and with the threshold. */
static gboolean
calibrate (const Options *o, NnModel *model, const NnEvaluation *e, const NnPixels *pixels, GError **error)
{
  double temperature = nn_temperature_fit (e->probabilities, pixels->labels, e->n, e->n_classes, error);
  if (temperature == 0)
    return FALSE;
  nn_model_set_temperature (model, temperature);
  if (o->threshold >= 0)
    nn_model_set_threshold (model, o->threshold);
  if (!nn_onnx_save (model, o->calibrate, error))
    return FALSE;
  g_printerr ("The model with the temperature %.4g is in %s\n", temperature, o->calibrate);
  return TRUE;
}

static void
judge (Trust *trust, const Options *o, NnModel *model, const NnEvaluation *e, const NnPixels *pixels)
{
  trust->temperature = nn_model_get_temperature (model);
  trust->threshold = o->threshold >= 0 ? o->threshold : nn_model_get_threshold (model);
  trust->raw = nn_reliability_new (e->probabilities, pixels->labels, e->n, e->n_classes, 1);
  if (nn_model_has_temperature (model))
    trust->scaled = nn_reliability_new (e->probabilities, pixels->labels, e->n, e->n_classes, trust->temperature);
}

static NnPixels *
load_pixels (Cli *cli, NnDataset *dataset, NnModel *model, NnSplit part, GError **error)
{
  NnPixelSpec spec;
  if (!nn_preparation_pixel_spec (model, &spec, error))
    return NULL;
  g_autoptr (CliProgress) bar = cli_progress_new ();
  CliReading reading = { bar, "reading the pictures" };
  g_autoptr (NnPixels) pixels
      = nn_dataset_load_pixels (dataset, part, &spec, cli->cancellable, cli_reading_update, &reading, error);
  g_clear_pointer (&bar, cli_progress_free);
  if (pixels == NULL)
    return NULL;
  cli_print_rejects (dataset);
  if (pixels->n > 0)
    return g_steal_pointer (&pixels);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "“%s” has no picture in its part “%s”.",
               nn_dataset_get_name (dataset), cli_part_name (part));
  return NULL;
}

static gboolean
evaluate (Cli *cli, const Options *o, GError **error)
{
  g_autoptr (NnModel) model = cli_load_model_as (o->model, o->pixels, error);
  g_autoptr (NnContext) context = model != NULL ? cli_open_device (o->device, error) : NULL;
  g_autoptr (NnDataset) dataset = context != NULL ? cli_import (cli, o->data, error) : NULL;
  NnSplit part;
  if (dataset == NULL || !nn_dataset_match_classes (dataset, nn_model_get_classes (model), error)
      || !cli_choose_part (dataset, o->part, &part, error))
    return FALSE;
  g_autoptr (NnPixels) pixels = load_pixels (cli, dataset, model, part, error);
  g_autoptr (NnEvaluation) evaluation
      = pixels != NULL ? nn_evaluate (context, model, pixels, cli->cancellable, error) : NULL;
  if (evaluation == NULL || (o->calibrate != NULL && !calibrate (o, model, evaluation, pixels, error)))
    return FALSE;
  g_auto (Trust) trust = { NULL };
  judge (&trust, o, model, evaluation, pixels);
  if (cli->json)
    print_json (evaluation, nn_model_get_classes (model), part, &trust);
  else
    print_text (evaluation, nn_model_get_classes (model), part, &trust);
  return TRUE;
}

gboolean
cli_run_evaluate (Cli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) o = { .threshold = -1 };
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &o.model, "The model: an ONNX file", "MODEL" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o.data, "Labelled pictures: folder, archive, IDX, CSV", "DATA" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o.device, "Id, number or part of the name (default: the best)", "D" },
    { "part", 0, 0, G_OPTION_ARG_STRING, &o.part, "train, val, test or all (default: test, where DATA has one)", "P" },
    { "calibrate", 0, 0, G_OPTION_ARG_FILENAME, &o.calibrate, "Fit a temperature to these pictures; write the model with it", "FILE" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &o.threshold, "How many are left, and how many of them right, where answers below are “unknown”; with --calibrate it is kept with the model", "P" },
    CLI_PIXELS_OPTION (&o.pixels),
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, &argc, &argv, error))
    return FALSE;
  const char *missing = o.model == NULL ? "--model" : o.data == NULL ? "--data" : NULL;
  if (missing != NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is missing", missing);
    return FALSE;
  }
  return (o.threshold == -1 || cli_check_float ("--threshold", o.threshold, 0, 1, error))
         && (o.calibrate == NULL || cli_check_output (o.calibrate, error)) && evaluate (cli, &o, error);
}
