/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ready-made networks: JSON files of data/presets, which travel inside the program. */
#include "base/error.h"
#include "net/graph.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

static const char *const names[] = { "perceptron", "mlp", "convnet", "convnet-rgb", "rnn", "lstm", "gru", "transfer", NULL };

const char *const *
nn_preset_names (void)
{
  return names;
}

GBytes *
nn_preset_json (const char *name, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/perceptron/presets/%s.json", name);
  GBytes *bytes = g_resources_lookup_data (path, 0, NULL);
  if (bytes)
    return bytes;
  g_autofree char *list = g_strjoinv (", ", (char **) names);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               _ ("There is no network “%s”. Use one of %s, or the path of a JSON file."), name, list);
  return NULL;
}

static GBytes *
read_spec (const char *name, GError **error)
{
  if (name[0] == '{')
    return g_bytes_new (name, strlen (name));
  if (g_strv_contains (names, name) || !(g_str_has_suffix (name, ".json") || g_file_test (name, G_FILE_TEST_EXISTS)))
    return nn_preset_json (name, error);
  g_autoptr (GError) file_error = NULL;
  char *text;
  gsize length;
  if (g_file_get_contents (name, &text, &length, &file_error))
    return g_bytes_new_take (text, length);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("The network can’t be read: %s"), file_error->message);
  return NULL;
}

NnGraph *
nn_graph_new_from_preset (const char *name, const NnShape *input, guint n_classes, GError **error)
{
  g_autoptr (GBytes) json = read_spec (name, error);
  if (json == NULL)
    return NULL;
  gsize length;
  const char *text = g_bytes_get_data (json, &length);
  NnGraph *graph = nn_graph_new_from_json (text, (gssize) length, input, n_classes, error);
  if (graph == NULL && name[0] != '{')
    g_prefix_error (error, "%s: ", name);
  return graph;
}

gboolean
nn_preset_is_pretrained (const char *name)
{
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset (name, NULL, 2, NULL);
  return graph && nn_graph_get_pretrained (graph) != NULL;
}

gboolean
nn_preset_input (const char *name, NnShape *input, GError **error)
{
  g_autoptr (GBytes) json = read_spec (name, error);
  if (json == NULL)
    return FALSE;
  gsize length;
  const char *text = g_bytes_get_data (json, &length);
  if (nn_graph_input_from_json (text, (gssize) length, input, error))
    return TRUE;
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

static JsonNode *
make_hidden (guint units)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "op");
  json_builder_add_string_value (builder, "dense");
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, "hidden");
  json_builder_set_member_name (builder, "units");
  json_builder_add_int_value (builder, units);
  json_builder_set_member_name (builder, "activation");
  json_builder_add_string_value (builder, "relu");
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

char *
nn_preset_with_hidden (const char *name, guint units, GError **error)
{
  /* Read as a network first, so that the text is known to be one. */
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset (name, NULL, 2, error);
  if (graph == NULL)
    return NULL;
  if (nn_graph_get_pretrained (graph) == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("The network “%s” doesn’t build on a backbone; write the hidden layer into its file, or use the network "
                    "“transfer”."),
                 name);
    return NULL;
  }
  g_autoptr (GBytes) bytes = read_spec (name, error);
  if (bytes == NULL)
    return NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, text, (gssize) length, error))
    return NULL;
  JsonNode *root = json_parser_get_root (parser);
  JsonObject *object = json_node_get_object (root);
  JsonArray *layers = json_object_get_array_member (object, "layers"), *longer = json_array_new ();
  guint n = json_array_get_length (layers);
  for (guint i = 0; i < n; i++) {
    if (i + 1 == n)
      json_array_add_element (longer, make_hidden (units));
    json_array_add_element (longer, json_array_dup_element (layers, i));
  }
  json_object_set_array_member (object, "layers", longer);
  return json_to_string (root, FALSE);
}
