/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "run-data.h"

#include "train/evaluation.h"
#include "train/preparation.h"

#include <stdio.h>

/* Beyond so many classes a confusion matrix is unreadable as text; JSON has it whole. */
#define MAX_SHOWN_CLASSES 20

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
print_json (const NnEvaluation *e, const char *const *classes, NnSplit part)
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
print_text (const NnEvaluation *e, const char *const *classes, NnSplit part)
{
  printf ("pictures  %" G_GSIZE_FORMAT " (%s)\naccuracy  %.2f %%\nloss      %.4f\n\n", e->n, cli_part_name (part),
          e->accuracy * 100, e->loss);
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

static gboolean
evaluate (Cli *cli, const char *model_path, const char *data, const char *device, const char *wanted, GError **error)
{
  g_autoptr (NnModel) model = cli_load_model (model_path, error);
  g_autoptr (NnContext) context = model != NULL ? cli_open_device (device, error) : NULL;
  g_autoptr (NnDataset) dataset = context != NULL ? cli_import (cli, data, error) : NULL;
  NnPixelSpec spec;
  NnSplit part;
  if (dataset == NULL || !nn_dataset_match_classes (dataset, nn_model_get_classes (model), error)
      || !cli_choose_part (dataset, wanted, &part, error) || !nn_preparation_pixel_spec (model, &spec, error))
    return FALSE;
  g_autoptr (CliProgress) bar = cli_progress_new ();
  CliReading reading = { bar, "reading the pictures" };
  g_autoptr (NnPixels) pixels = nn_dataset_load_pixels (dataset, part, &spec, cli->cancellable, cli_reading_update,
                                                        &reading, error);
  g_clear_pointer (&bar, cli_progress_free);
  if (pixels == NULL)
    return FALSE;
  cli_print_rejects (dataset);
  if (pixels->n == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "“%s” has no picture in its part “%s”.",
                 nn_dataset_get_name (dataset), cli_part_name (part));
    return FALSE;
  }
  g_autoptr (NnEvaluation) evaluation = nn_evaluate (context, model, pixels, cli->cancellable, error);
  if (evaluation == NULL)
    return FALSE;
  if (cli->json)
    print_json (evaluation, nn_model_get_classes (model), part);
  else
    print_text (evaluation, nn_model_get_classes (model), part);
  return TRUE;
}

gboolean
cli_run_evaluate (Cli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *model = NULL, *data = NULL, *device = NULL, *part = NULL;
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model, "The model: an ONNX file of this program", "MODEL" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, "Labelled pictures: folder, archive, IDX, CSV", "DATA" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &device, "Id, number or part of the name (default: the best)", "D" },
    { "part", 0, 0, G_OPTION_ARG_STRING, &part, "train, val, test or all (default: test, where DATA has one)", "P" },
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, &argc, &argv, error))
    return FALSE;
  const char *missing = model == NULL ? "--model" : data == NULL ? "--data" : NULL;
  if (missing != NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is missing", missing);
    return FALSE;
  }
  return evaluate (cli, model, data, device, part, error);
}
