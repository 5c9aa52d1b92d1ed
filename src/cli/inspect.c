/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"
#include "output.h"

#include "data/dataset.h"

#include <stdio.h>

static void
json_counts (JsonBuilder *builder, NnDataset *dataset, const char *name, NnSplit split)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint c = 0; c < nn_dataset_get_n_classes (dataset); c++)
    json_builder_add_int_value (builder, nn_dataset_count (dataset, split, (int) c));
  json_builder_end_array (builder);
}

static void
json_rejects (JsonBuilder *builder, GPtrArray *rejects)
{
  json_builder_set_member_name (builder, "rejects");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rejects->len; i++) {
    const NnReject *reject = g_ptr_array_index (rejects, i);
    json_builder_begin_object (builder);
    cli_json_string (builder, "name", reject->name);
    cli_json_string (builder, "path", reject->path);
    cli_json_string (builder, "reason", reject->reason);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
json_size (JsonBuilder *builder, NnDataset *dataset)
{
  guint height, width, channels;
  json_builder_set_member_name (builder, "size");
  if (!nn_dataset_get_size (dataset, &height, &width, &channels)) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, height);
  json_builder_add_int_value (builder, width);
  json_builder_add_int_value (builder, channels);
  json_builder_end_array (builder);
}

static void
print_dataset_json (NnDataset *dataset, GPtrArray *rejects)
{
  g_auto (GStrv) warnings = nn_dataset_get_warnings (dataset);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_string (builder, "name", nn_dataset_get_name (dataset));
  cli_json_string (builder, "format", nn_dataset_get_format (dataset));
  cli_json_int (builder, "samples", nn_dataset_count (dataset, NN_SPLIT_ALL, -1));
  json_size (builder, dataset);
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (guint c = 0; c < nn_dataset_get_n_classes (dataset); c++)
    json_builder_add_string_value (builder, nn_dataset_get_class_name (dataset, c));
  json_builder_end_array (builder);
  json_counts (builder, dataset, "counts", NN_SPLIT_ALL);
  json_counts (builder, dataset, "train", NN_SPLIT_TRAIN);
  json_counts (builder, dataset, "val", NN_SPLIT_VAL);
  json_counts (builder, dataset, "test", NN_SPLIT_TEST);
  cli_json_bool (builder, "own_split", nn_dataset_has_own_split (dataset));
  json_rejects (builder, rejects);
  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  for (char **w = warnings; *w != NULL; w++)
    json_builder_add_string_value (builder, *w);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

static void
print_dataset (NnDataset *dataset, GPtrArray *rejects)
{
  g_auto (GStrv) warnings = nn_dataset_get_warnings (dataset);
  guint n_classes = nn_dataset_get_n_classes (dataset);
  printf ("%s (%s): %u pictures, %u classes\n\n", nn_dataset_get_name (dataset), nn_dataset_get_format (dataset),
          nn_dataset_count (dataset, NN_SPLIT_ALL, -1), n_classes);
  const char *const headings[] = { "class", "train", "val", "test", "all", NULL };
  g_autoptr (CliTable) table = cli_table_new (headings, "lrrrr");
  for (guint c = 0; c < n_classes; c++)
    cli_table_add_format (table, "%s\t%u\t%u\t%u\t%u", nn_dataset_get_class_name (dataset, c),
                          nn_dataset_count (dataset, NN_SPLIT_TRAIN, (int) c),
                          nn_dataset_count (dataset, NN_SPLIT_VAL, (int) c),
                          nn_dataset_count (dataset, NN_SPLIT_TEST, (int) c),
                          nn_dataset_count (dataset, NN_SPLIT_ALL, (int) c));
  cli_table_print (table);
  for (char **w = warnings; *w != NULL; w++)
    printf ("%s%s\n", w == warnings ? "\n" : "", *w);
  if (rejects->len > 0)
    printf ("\nNot used: %u\n", rejects->len);
  for (guint i = 0; i < rejects->len; i++) {
    const NnReject *reject = g_ptr_array_index (rejects, i);
    printf ("  %s: %s\n", reject->name, reject->reason);
  }
}

typedef struct {
  CliProgress *bar;
  const char *text;
} Progress;

static void
on_progress (double fraction, gpointer data)
{
  Progress *self = data;
  cli_progress_update (self->bar, fraction, self->text);
}

static gboolean
inspect_data (Cli *cli, const char *const *paths, gboolean quick, GError **error)
{
  g_autoptr (CliProgress) bar = cli_progress_new ();
  Progress progress = { bar, "looking for pictures" };
  g_autoptr (NnDataset) dataset = nn_dataset_import (paths, NULL, cli->cancellable, on_progress, &progress, error);
  if (dataset == NULL)
    return FALSE;
  progress.text = "reading the pictures";
  if (!quick && !nn_dataset_verify (dataset, cli->cancellable, on_progress, &progress, error))
    return FALSE;
  g_clear_pointer (&bar, cli_progress_free);
  g_autoptr (GPtrArray) rejects = nn_dataset_get_rejects (dataset);
  if (cli->json)
    print_dataset_json (dataset, rejects);
  else
    print_dataset (dataset, rejects);
  return TRUE;
}

gboolean
cli_run_inspect (Cli *cli, int argc, char **argv, GError **error)
{
  gboolean quick = FALSE;
  const GOptionEntry entries[] = {
    { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "List the pictures, but don't try to read each of them", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!cli_parse (cli, entries, &argc, &argv, error))
    return FALSE;
  if (argc == 2 && g_str_has_suffix (argv[1], ".onnx") && g_file_test (argv[1], G_FILE_TEST_IS_REGULAR))
    return cli_inspect_model (cli, argv[1], error);
  return inspect_data (cli, (const char *const *) argv + 1, quick, error);
}
