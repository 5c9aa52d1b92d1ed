/* SPDX-License-Identifier: GPL-3.0-or-later */
/* perceptron-cli compare: two models on the same pictures, side by side. */
#include "config.h"

#include "run-data.h"

#include "train/duel.h"
#include "train/preparation.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* Of the pictures that only one has right, so many in a table; JSON has them all. */
#define MAX_SHOWN 20

/* One of the two. */
typedef struct {
  const char *path;
  NnModel *model;
  NnPixels *pixels;
  NnEvaluation *evaluation;
  guint64 bytes;
  double milliseconds;
} Side;

static void
side_clear (Side *self)
{
  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_pointer (&self->pixels, nn_pixels_unref);
  g_clear_pointer (&self->evaluation, nn_evaluation_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

static gboolean
load (Side *side, const char *path, GError **error)
{
  GStatBuf facts = { 0 };
  side->path = path;
  side->model = cli_load_model (path, error);
  if (side->model == NULL)
    return FALSE;
  g_stat (path, &facts);
  side->bytes = (guint64) facts.st_size;
  return TRUE;
}

static gboolean
evaluate (Cli *cli, Side *side, NnContext *context, NnDataset *dataset, NnSplit part, GError **error)
{
  NnPixelSpec spec;
  if (!nn_preparation_pixel_spec (side->model, &spec, error))
    return FALSE;
  g_autoptr (CliProgress) bar = cli_progress_new ();
  CliReading reading = { bar, "reading the pictures" };
  side->pixels = nn_dataset_load_pixels (dataset, part, &spec, cli->cancellable, cli_reading_update, &reading, error);
  g_clear_pointer (&bar, cli_progress_free);
  if (side->pixels == NULL)
    return FALSE;
  if (side->pixels->n == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "“%s” has no picture in its part “%s”.", nn_dataset_get_name (dataset),
                 cli_part_name (part));
    return FALSE;
  }
  side->evaluation = nn_evaluate (context, side->model, side->pixels, cli->cancellable, error);
  return side->evaluation != NULL && nn_duel_measure (context, side->model, &side->milliseconds, error);
}

/* A file that went away in between, or that only one size of it could be read. */
static gboolean
check_same (const Side *a, const Side *b, GError **error)
{
  if (a->pixels->n == b->pixels->n && memcmp (a->pixels->sample, b->pixels->sample, a->pixels->n * sizeof (guint32)) == 0)
    return TRUE;
  g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                       "The pictures changed while they were read; compare once more.");
  return FALSE;
}

static void
json_side (JsonBuilder *builder, const char *name, const Side *side, guint64 right, NnInterval interval, const NnDuel *duel,
           const guint64 *class_right)
{
  NnGraph *graph = nn_model_get_graph (side->model);
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  cli_json_string (builder, "file", side->path);
  cli_json_string (builder, "net", nn_graph_get_name (graph));
  cli_json_int (builder, "right", (gint64) right);
  cli_json_double (builder, "accuracy", (double) right / (double) duel->n);
  cli_json_double (builder, "accuracy_low", interval.low);
  cli_json_double (builder, "accuracy_high", interval.high);
  cli_json_double (builder, "loss", side->evaluation->loss);
  cli_json_int (builder, "bytes", (gint64) side->bytes);
  cli_json_int (builder, "parameters", (gint64) nn_graph_count_params (graph));
  cli_json_double (builder, "milliseconds", side->milliseconds);
  json_builder_set_member_name (builder, "class_right");
  json_builder_begin_array (builder);
  for (guint c = 0; c < duel->n_classes; c++)
    json_builder_add_int_value (builder, (gint64) class_right[c]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
json_differing (JsonBuilder *builder, const Side *a, const NnDuel *duel, NnDataset *dataset)
{
  const char *const *classes = nn_model_get_classes (a->model);
  json_builder_set_member_name (builder, "differing");
  json_builder_begin_array (builder);
  for (guint i = 0; i < duel->differing->len; i++) {
    guint at = g_array_index (duel->differing, guint, i);
    NnSample sample;
    nn_dataset_get_sample (dataset, a->pixels->sample[at], &sample);
    json_builder_begin_object (builder);
    cli_json_string (builder, "file", sample.name);
    cli_json_string (builder, "class", classes[a->pixels->labels[at]]);
    cli_json_string (builder, "a", classes[duel->answers_a[at]]);
    cli_json_string (builder, "b", classes[duel->answers_b[at]]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
print_json (const Side *a, const Side *b, const NnDuel *duel, NnDataset *dataset, NnSplit part)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_int (builder, "n", (gint64) duel->n);
  cli_json_string (builder, "part", cli_part_name (part));
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (guint c = 0; c < duel->n_classes; c++)
    json_builder_add_string_value (builder, nn_model_get_classes (a->model)[c]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "class_n");
  json_builder_begin_array (builder);
  for (guint c = 0; c < duel->n_classes; c++)
    json_builder_add_int_value (builder, (gint64) duel->class_n[c]);
  json_builder_end_array (builder);
  json_side (builder, "a", a, duel->right_a, duel->interval_a, duel, duel->class_right_a);
  json_side (builder, "b", b, duel->right_b, duel->interval_b, duel, duel->class_right_b);
  cli_json_int (builder, "agree", (gint64) duel->agree);
  cli_json_int (builder, "both_right", (gint64) duel->both);
  cli_json_int (builder, "neither_right", (gint64) duel->neither);
  cli_json_int (builder, "only_a_right", (gint64) duel->test.only_a);
  cli_json_int (builder, "only_b_right", (gint64) duel->test.only_b);
  cli_json_double (builder, "mcnemar", duel->test.statistic);
  cli_json_double (builder, "p", duel->test.p);
  json_differing (builder, a, duel, dataset);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

static void
print_sides (const Side *a, const Side *b, const NnDuel *duel)
{
  NnGraph *of_a = nn_model_get_graph (a->model), *of_b = nn_model_get_graph (b->model);
  const char *const headings[] = { "", "A", "B", NULL };
  double n = (double) duel->n;
  g_autofree char *bytes_a = cli_format_bytes (a->bytes), *bytes_b = cli_format_bytes (b->bytes);
  g_autoptr (CliTable) table = cli_table_new (headings, "lrr");
  cli_table_add_format (table, "model\t%s\t%s", a->path, b->path);
  cli_table_add_format (table, "network\t%s\t%s", nn_graph_get_name (of_a), nn_graph_get_name (of_b));
  cli_table_add_format (table, "accuracy\t%.2f %%\t%.2f %%", 100.0 * (double) duel->right_a / n,
                        100.0 * (double) duel->right_b / n);
  cli_table_add_format (table, "95 %% confidence\t%.2f to %.2f %%\t%.2f to %.2f %%", 100 * duel->interval_a.low,
                        100 * duel->interval_a.high, 100 * duel->interval_b.low, 100 * duel->interval_b.high);
  cli_table_add_format (table, "loss\t%.4f\t%.4f", a->evaluation->loss, b->evaluation->loss);
  cli_table_add_format (table, "only this one right\t%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT, duel->test.only_a,
                        duel->test.only_b);
  cli_table_add_format (table, "parameters\t%" G_GSIZE_FORMAT "\t%" G_GSIZE_FORMAT, nn_graph_count_params (of_a),
                        nn_graph_count_params (of_b));
  cli_table_add_format (table, "file\t%s\t%s", bytes_a, bytes_b);
  cli_table_add_format (table, "a picture\t%.2f ms\t%.2f ms", a->milliseconds, b->milliseconds);
  cli_table_print (table);
}

static void
print_classes (const Side *a, const NnDuel *duel)
{
  const char *const headings[] = { "class", "pictures", "A", "B", NULL };
  g_autoptr (CliTable) table = cli_table_new (headings, "lrrr");
  for (guint c = 0; c < duel->n_classes; c++) {
    double n = (double) MAX (duel->class_n[c], 1);
    cli_table_add_format (table, "%s\t%" G_GUINT64_FORMAT "\t%.2f %%\t%.2f %%", nn_model_get_classes (a->model)[c],
                          duel->class_n[c], 100.0 * (double) duel->class_right_a[c] / n,
                          100.0 * (double) duel->class_right_b[c] / n);
  }
  putchar ('\n');
  cli_table_print (table);
}

static void
print_differing (const Side *a, const NnDuel *duel, NnDataset *dataset)
{
  const char *const *classes = nn_model_get_classes (a->model);
  const char *const headings[] = { "picture", "class", "A", "B", NULL };
  g_autoptr (CliTable) table = cli_table_new (headings, "llll");
  for (guint i = 0; i < MIN (duel->differing->len, MAX_SHOWN); i++) {
    guint at = g_array_index (duel->differing, guint, i);
    NnSample sample;
    nn_dataset_get_sample (dataset, a->pixels->sample[at], &sample);
    cli_table_add_format (table, "%s\t%s\t%s\t%s", sample.name, classes[a->pixels->labels[at]],
                          classes[duel->answers_a[at]], classes[duel->answers_b[at]]);
  }
  if (duel->differing->len == 0)
    return;
  printf ("\nDifferent answers to %u pictures%s\n", duel->differing->len,
          duel->differing->len > MAX_SHOWN ? "; the first are" : ":");
  cli_table_print (table);
}

static void
print_text (const Side *a, const Side *b, const NnDuel *duel, NnDataset *dataset, NnSplit part)
{
  printf ("pictures  %" G_GSIZE_FORMAT " (%s)\nsame answer  %.2f %%\n\n", duel->n, cli_part_name (part),
          100.0 * (double) duel->agree / (double) duel->n);
  print_sides (a, b, duel);
  printf ("\nMcNemar's test: χ² = %.3f, p = %.4g: ", duel->test.statistic, duel->test.p);
  if (duel->test.p >= NN_DUEL_SIGNIFICANT)
    printf ("that may well be chance.\n");
  else
    printf ("%s is better.\n", duel->right_a > duel->right_b ? "A" : "B");
  print_classes (a, duel);
  print_differing (a, duel, dataset);
}

static gboolean
compare (Cli *cli, char **paths, const char *data, const char *device, const char *wanted, GError **error)
{
  g_auto (Side) a = { NULL }, b = { NULL };
  NnSplit part;
  if (!load (&a, paths[0], error) || !load (&b, paths[1], error) || !nn_duel_check_classes (a.model, b.model, error))
    return FALSE;
  g_autoptr (NnContext) context = cli_open_device (device, error);
  g_autoptr (NnDataset) dataset = context != NULL ? cli_import (cli, data, error) : NULL;
  if (dataset == NULL || !nn_dataset_match_classes (dataset, nn_model_get_classes (a.model), error)
      || !cli_choose_part (dataset, wanted, &part, error) || !evaluate (cli, &a, context, dataset, part, error)
      || !evaluate (cli, &b, context, dataset, part, error) || !check_same (&a, &b, error))
    return FALSE;
  cli_print_rejects (dataset);
  g_autoptr (NnDuel) duel = nn_duel_new (a.evaluation, b.evaluation, a.pixels->labels);
  if (cli->json)
    print_json (&a, &b, duel, dataset, part);
  else
    print_text (&a, &b, duel, dataset, part);
  return TRUE;
}

gboolean
cli_run_compare (Cli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *data = NULL, *device = NULL, *part = NULL;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, "Labelled pictures: folder, archive, IDX, CSV", "DATA" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &device, "Id, number or part of the name (default: the best)", "D" },
    { "part", 0, 0, G_OPTION_ARG_STRING, &part, "train, val, test or all (default: test, where DATA has one)", "P" },
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, &argc, &argv, error))
    return FALSE;
  if (data == NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--data is missing");
    return FALSE;
  }
  return compare (cli, argv + 1, data, device, part, error);
}
