/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A graph's specification in JSON, read and written. */
#include "base/error.h"
#include "net/graph.h"
#include "ops/attrs.h"

#include <glib/gi18n.h>
#include <string.h>

#define FORMAT 1

static gboolean
bad (GError **error, const char *what)
{
  g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT, what);
  return FALSE;
}

static JsonNode *
member (JsonObject *object, const char *key, JsonNodeType type)
{
  JsonNode *node = json_object_get_member (object, key);
  return node && json_node_get_node_type (node) == type ? node : NULL;
}

static const char *
string_member (JsonObject *object, const char *key)
{
  JsonNode *node = member (object, key, JSON_NODE_VALUE);
  return node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static gboolean
read_input (JsonObject *object, NnShape *input, GError **error)
{
  static const char *const keys[] = { "height", "width", "channels" };
  JsonNode *node = member (object, "input", JSON_NODE_OBJECT);
  if (node == NULL)
    return bad (error, _ ("The network has no “input” with “height”, “width” and “channels”."));
  input->rank = 3;
  for (guint i = 0; i < 3; i++) {
    gint64 value = json_object_get_int_member_with_default (json_node_get_object (node), keys[i], 0);
    if (value < 1 || value > (i == 2 ? 4 : 4096)) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   _ ("“%s” of the network’s “input” must lie between 1 and %d."), keys[i],
                   i == 2 ? 4 : 4096);
      return FALSE;
    }
    input->dims[i] = (guint) value;
  }
  return TRUE;
}

static gboolean
read_inputs (JsonObject *layer, GStrv *inputs, GError **error)
{
  *inputs = NULL;
  if (!json_object_has_member (layer, "inputs"))
    return TRUE;
  JsonNode *node = member (layer, "inputs", JSON_NODE_ARRAY);
  if (node == NULL)
    return bad (error, _ ("“inputs” must be an array of names of layers."));
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *name = json_array_get_element (array, i);
    if (!JSON_NODE_HOLDS_VALUE (name) || json_node_get_value_type (name) != G_TYPE_STRING)
      return bad (error, _ ("“inputs” must be an array of names of layers."));
    g_strv_builder_add (names, json_node_get_string (name));
  }
  *inputs = g_strv_builder_end (names);
  return TRUE;
}

static gboolean
read_layer (NnBuilder *builder, JsonNode *node, guint n_classes, GError **error)
{
  JsonObject *layer = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *op_id = layer ? string_member (layer, "op") : NULL;
  if (op_id == NULL)
    return bad (error,
                _ ("It must be an object with an “op”, such as { \"op\": \"dense\", \"units\": 10 }."));
  const NnOp *op = nn_op_find (op_id);
  if (op == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("There is no operator “%s”."), op_id);
    return FALSE;
  }
  NnAttr attrs[NN_MAX_ATTRS] = { 0 };
  g_auto (GStrv) inputs = NULL;
  if (!nn_attrs_read (op, layer, n_classes, attrs, error) || !read_inputs (layer, &inputs, error) ||
      !nn_builder_add (builder, op_id, string_member (layer, "name"), attrs, (const char *const *) inputs, error))
    return FALSE;
  if (json_object_get_boolean_member_with_default (layer, "frozen", FALSE))
    nn_builder_freeze (builder);
  return TRUE;
}

static gboolean
read_pretrained (JsonObject *root, NnBuilder *builder, GError **error)
{
  if (!json_object_has_member (root, "pretrained"))
    return TRUE;
  const char *pretrained = string_member (root, "pretrained");
  if (pretrained == NULL)
    return bad (error, _ ("“pretrained” must be the name of a backbone."));
  nn_builder_set_pretrained (builder, pretrained);
  return TRUE;
}

static gboolean
read_trainer (JsonObject *root, NnBuilder *builder, GError **error)
{
  const char *trainer = string_member (root, "trainer");
  if (trainer == NULL || g_str_equal (trainer, "gradient"))
    return TRUE;
  if (!g_str_equal (trainer, "perceptron"))
    return bad (error, _ ("“trainer” must be “gradient” or “perceptron”."));
  nn_builder_set_trainer (builder, NN_TRAINER_PERCEPTRON);
  return TRUE;
}

static NnGraph *
read_graph (JsonNode *node, const NnShape *input, guint n_classes, GError **error)
{
  JsonObject *root = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *layers = root ? member (root, "layers", JSON_NODE_ARRAY) : NULL;
  if (layers == NULL) {
    bad (error, _ ("A network is a JSON object with an array of “layers”."));
    return NULL;
  }
  if (json_object_get_int_member_with_default (root, "format", FORMAT) != FORMAT) {
    bad (error, _ ("The network was written by a newer version of this program: its “format” is not 1."));
    return NULL;
  }
  NnShape own;
  if (input == NULL && !read_input (root, &own, error))
    return NULL;
  const char *name = string_member (root, "name");
  g_autoptr (NnBuilder) builder = nn_builder_new (name ? name : "network", input ? input : &own);
  if (!read_trainer (root, builder, error) || !read_pretrained (root, builder, error))
    return NULL;
  JsonArray *array = json_node_get_array (layers);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!read_layer (builder, json_array_get_element (array, i), n_classes, error)) {
      g_prefix_error (error, "Layer number %u: ", i + 1);
      return NULL;
    }
  NnGraph *graph = nn_builder_finish (g_steal_pointer (&builder), error);
  if (graph && nn_graph_get_n_classes (graph) != n_classes) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("The network ends with %u numbers, and the data has %u classes; write “units”: “classes” "
                    "in its last layer."),
                 nn_graph_get_n_classes (graph), n_classes);
    g_clear_pointer (&graph, nn_graph_unref);
  }
  return graph;
}

static gboolean
parse (JsonParser *parser, const char *json, gssize length, GError **error)
{
  g_autoptr (GError) syntax = NULL;
  if (json_parser_load_from_data (parser, json, length, &syntax))
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("The network is not valid JSON: %s"), syntax->message);
  return FALSE;
}

NnGraph *
nn_graph_new_from_json (const char *json, gssize length, const NnShape *input, guint n_classes, GError **error)
{
  g_return_val_if_fail (n_classes >= 1, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  return parse (parser, json, length, error) ? read_graph (json_parser_get_root (parser), input, n_classes, error) : NULL;
}

gboolean
nn_graph_input_from_json (const char *json, gssize length, NnShape *input, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!parse (parser, json, length, error))
    return FALSE;
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return bad (error, _ ("A network is a JSON object with an array of “layers”."));
  return read_input (json_node_get_object (root), input, error);
}

static void
write_layer (const NnNode *node, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "op");
  json_builder_add_string_value (builder, node->op->id);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, node->name);
  json_builder_set_member_name (builder, "inputs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < node->n_inputs; i++)
    json_builder_add_string_value (builder, node->inputs[i]->name);
  json_builder_end_array (builder);
  nn_attrs_write (node->op, node->attrs, builder);
  if (node->frozen) {
    json_builder_set_member_name (builder, "frozen");
    json_builder_add_boolean_value (builder, TRUE);
  }
  json_builder_end_object (builder);
}

char *
nn_graph_to_json (const NnGraph *self)
{
  static const char *const keys[] = { "height", "width", "channels" };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_int_value (builder, FORMAT);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, nn_graph_get_name (self));
  json_builder_set_member_name (builder, "trainer");
  json_builder_add_string_value (builder, nn_graph_get_trainer (self) == NN_TRAINER_PERCEPTRON ? "perceptron" : "gradient");
  if (nn_graph_get_pretrained (self)) {
    json_builder_set_member_name (builder, "pretrained");
    json_builder_add_string_value (builder, nn_graph_get_pretrained (self));
  }
  json_builder_set_member_name (builder, "input");
  json_builder_begin_object (builder);
  for (guint i = 0; i < 3; i++) {
    json_builder_set_member_name (builder, keys[i]);
    json_builder_add_int_value (builder, nn_graph_get_input_shape (self)->dims[i]);
  }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint i = 1; i < nn_graph_get_n_nodes (self); i++)
    write_layer (nn_graph_get_node (self, i), builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
