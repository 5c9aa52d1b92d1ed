/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command.h"
#include "output.h"

#include "onnx/onnx-file.h"

#include <stdio.h>

static void
print_model_json (NnModel *model, const char *input)
{
  NnGraph *graph = nn_model_get_graph (model);
  g_autofree const char **keys = nn_model_get_metadata_keys (model);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_string (builder, "net", nn_graph_get_name (graph));
  cli_json_string (builder, "input", input);
  cli_json_int (builder, "layers", nn_graph_get_n_nodes (graph));
  cli_json_int (builder, "parameters", (gint64) nn_graph_count_params (graph));
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (const char *const *c = nn_model_get_classes (model); *c != NULL; c++)
    json_builder_add_string_value (builder, *c);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "metadata");
  json_builder_begin_object (builder);
  for (const char **key = keys; *key != NULL; key++)
    cli_json_string (builder, *key, nn_model_get_metadata (model, *key));
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  cli_print_json (builder);
}

gboolean
cli_inspect_model (Cli *cli, const char *path, GError **error)
{
  g_autoptr (NnModel) model = nn_onnx_load (path, error);
  if (model == NULL)
    return FALSE;
  NnGraph *graph = nn_model_get_graph (model);
  g_autofree char *input = nn_shape_to_string (nn_graph_get_input_shape (graph));
  if (cli->json) {
    print_model_json (model, input);
    return TRUE;
  }
  g_autofree char *classes = g_strjoinv (", ", (char **) nn_model_get_classes (model));
  printf ("net         %s\ninput       %s\nlayers      %u\nparameters  %" G_GSIZE_FORMAT "\nclasses     %s\n",
          nn_graph_get_name (graph), input, nn_graph_get_n_nodes (graph), nn_graph_count_params (graph), classes);
  g_autofree const char **keys = nn_model_get_metadata_keys (model);
  for (const char **key = keys; *key != NULL; key++) {
    /* A line each, where it is a list. */
    g_auto (GStrv) parts = g_strsplit (nn_model_get_metadata (model, *key), ";", -1);
    for (char **part = parts; *part != NULL; part++)
      printf ("%-11s %s\n", part == parts ? *key : "", *part);
  }
  return TRUE;
}
