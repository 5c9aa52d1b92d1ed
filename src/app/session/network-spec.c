/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the JSON of a network and the layers that are edited. The engine reads a whole network or nothing;
 * an editor also has to show one that is wrong. */
#include "config.h"

#include "session/network-spec.h"

#include "base/error.h"
#include "ops/attrs.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

void
pcn_spec_free (PcnSpec *self)
{
  g_free (self->name);
  g_free (self->pretrained);
  g_ptr_array_unref (self->layers);
  g_free (self);
}

static const char *
get_string (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

/* The table's number of a layer that has as many units as there are classes isn't used. */
static PcnLayer *
parse_layer (JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *id = object ? get_string (object, "op") : NULL;
  const NnOp *op = id ? nn_op_find (id) : NULL;
  NnAttr attrs[NN_MAX_ATTRS] = { 0 };
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (!op || op->n_inputs == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("There is no operator “%s”."), id ? id : "");
    return NULL;
  }
  if (!nn_attrs_read (op, object, 2, attrs, error))
    return NULL;
  gboolean per_class = FALSE;
  for (guint i = 0; op->attrs && op->attrs[i].name; i++)
    if (op->attrs[i].type == NN_ATTR_UNITS)
      per_class |= g_strcmp0 (get_string (object, op->attrs[i].name), "classes") == 0;
  JsonNode *inputs = json_object_get_member (object, "inputs");
  if (!inputs || !JSON_NODE_HOLDS_ARRAY (inputs))
    return pcn_layer_new (op, attrs, per_class, get_string (object, "name"), NULL);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (inputs)); i++) {
    const char *name = json_array_get_string_element (json_node_get_array (inputs), i);
    if (name)
      g_strv_builder_add (names, name);
  }
  g_auto (GStrv) list = g_strv_builder_end (names);
  return pcn_layer_new (op, attrs, per_class, get_string (object, "name"), (const char *const *) list);
}

/* All up to the last frozen layer belongs to the backbone. */
static void
mark_backbone (GPtrArray *layers)
{
  gboolean of_backbone = FALSE;

  for (guint i = layers->len; i-- > 0;) {
    of_backbone |= pcn_layer_get_frozen (layers->pdata[i]);
    pcn_layer_set_of_backbone (layers->pdata[i], of_backbone);
  }
}

PcnSpec *
pcn_spec_parse (const char *json, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  NnShape input;

  if (!nn_graph_input_from_json (json, length, &input, error)
      || !json_parser_load_from_data (parser, json, length, error))
    return NULL;
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonNode *layers = json_object_get_member (root, "layers");
  if (!layers || !JSON_NODE_HOLDS_ARRAY (layers)) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("A network is a JSON object with an array of “layers”."));
    return NULL;
  }
  const char *name = get_string (root, "name");
  g_autoptr (PcnSpec) self = g_new0 (PcnSpec, 1);
  self->name = g_strdup (name ? name : "network");
  self->trainer = g_strcmp0 (get_string (root, "trainer"), "perceptron") == 0 ? NN_TRAINER_PERCEPTRON
                                                                              : NN_TRAINER_GRADIENT;
  self->pretrained = g_strdup (get_string (root, "pretrained"));
  self->input = input;
  self->layers = g_ptr_array_new_with_free_func (g_object_unref);
  JsonArray *array = json_node_get_array (layers);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    PcnLayer *layer = parse_layer (element, error);
    if (!layer)
      return NULL;
    pcn_layer_set_frozen (layer, json_object_get_boolean_member_with_default (json_node_get_object (element), "frozen", FALSE));
    g_ptr_array_add (self->layers, layer);
  }
  mark_backbone (self->layers);
  return g_steal_pointer (&self);
}

static JsonNode *
write_layer (PcnLayer *layer)
{
  const NnOp *op = pcn_layer_get_op (layer);
  const char *const *inputs = pcn_layer_get_inputs (layer);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "op");
  json_builder_add_string_value (builder, op->id);
  if (pcn_layer_get_name (layer)) {
    json_builder_set_member_name (builder, "name");
    json_builder_add_string_value (builder, pcn_layer_get_name (layer));
  }
  if (inputs) {
    json_builder_set_member_name (builder, "inputs");
    json_builder_begin_array (builder);
    for (; *inputs; inputs++)
      json_builder_add_string_value (builder, *inputs);
    json_builder_end_array (builder);
  }
  nn_attrs_write (op, pcn_layer_get_attrs (layer), builder);
  if (pcn_layer_get_frozen (layer)) {
    json_builder_set_member_name (builder, "frozen");
    json_builder_add_boolean_value (builder, TRUE);
  }
  json_builder_end_object (builder);
  JsonNode *node = json_builder_get_root (builder);
  for (guint i = 0; pcn_layer_get_per_class (layer) && op->attrs[i].name; i++)
    if (op->attrs[i].type == NN_ATTR_UNITS)
      json_object_set_string_member (json_node_get_object (node), op->attrs[i].name, "classes");
  return node;
}

char *
pcn_spec_write (const PcnSpec *spec, GListModel *layers)
{
  static const char *const keys[] = { "height", "width", "channels" };
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonObject) object = json_object_new ();
  JsonObject *input = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < 3; i++)
    json_object_set_int_member (input, keys[i], spec->input.dims[i]);
  for (guint i = 0; i < g_list_model_get_n_items (layers); i++) {
    g_autoptr (PcnLayer) layer = g_list_model_get_item (layers, i);
    json_array_add_element (array, write_layer (layer));
  }
  json_object_set_int_member (object, "format", 1);
  json_object_set_string_member (object, "name", spec->name);
  json_object_set_string_member (object, "trainer",
                                 spec->trainer == NN_TRAINER_PERCEPTRON ? "perceptron" : "gradient");
  if (spec->pretrained)
    json_object_set_string_member (object, "pretrained", spec->pretrained);
  json_object_set_object_member (object, "input", input);
  json_object_set_array_member (object, "layers", array);
  json_node_set_object (root, object);
  return json_to_string (root, FALSE);
}

/* The row says which layer it is already. */
static char *
shorten (const GError *error)
{
  const char *colon = strstr (error->message, "”: ");
  return g_strdup (colon ? colon + strlen ("”: ") : error->message);
}

static const NnNode *
add_to_graph (NnBuilder *builder, PcnLayer *layer, guint n_classes, GError **error)
{
  const NnOp *op = pcn_layer_get_op (layer);
  NnAttr attrs[NN_MAX_ATTRS];

  memcpy (attrs, pcn_layer_get_attrs (layer), sizeof attrs);
  for (guint i = 0; pcn_layer_get_per_class (layer) && op->attrs[i].name; i++)
    if (op->attrs[i].type == NN_ATTR_UNITS)
      attrs[i] = (NnAttr){ .i = { (int) n_classes, (int) n_classes }, .f = n_classes };
  const NnNode *node = nn_builder_add (builder, op->id, pcn_layer_get_name (layer), attrs, pcn_layer_get_inputs (layer),
                                       error);
  if (node && pcn_layer_get_frozen (layer))
    nn_builder_freeze (builder);
  return node;
}

/* What only the whole can tell is told at the last layer. */
static NnGraph *
finish (NnBuilder *builder, PcnLayer *last, guint n_classes)
{
  g_autoptr (GError) error = NULL;
  NnGraph *graph = nn_builder_finish (builder, &error);
  PcnLayerFacts facts = last ? *pcn_layer_get_facts (last) : (PcnLayerFacts){ 0 };

  if (graph && nn_graph_get_n_classes (graph) == n_classes)
    return graph;
  if (graph)
    facts.error
        = g_strdup_printf (_ ("The last layer must give one number for each of the %u classes"), n_classes);
  else
    facts.error = shorten (error);
  g_clear_pointer (&graph, nn_graph_unref);
  if (last)
    pcn_layer_set_facts (last, &facts);
  g_free (facts.error);
  return NULL;
}

NnGraph *
pcn_spec_check (const PcnSpec *spec, GListModel *layers, const NnShape *input, guint n_classes)
{
  /* A backbone has learnt of pictures of its own size, whatever the data has. */
  g_autoptr (NnBuilder) builder
      = nn_builder_new (spec->name, input && !spec->pretrained ? input : &spec->input);
  g_autoptr (PcnLayer) last = NULL;
  gboolean good = TRUE;

  nn_builder_set_trainer (builder, spec->trainer);
  nn_builder_set_pretrained (builder, spec->pretrained);
  for (guint i = 0; i < g_list_model_get_n_items (layers); i++) {
    g_autoptr (PcnLayer) layer = g_list_model_get_item (layers, i);
    g_autoptr (GError) error = NULL;
    const NnNode *node = good ? add_to_graph (builder, layer, n_classes, &error) : NULL;
    PcnLayerFacts facts = { .index = i, .node = i + 1, .known = node != NULL };
    g_autofree char *message = error ? shorten (error) : NULL;
    facts.error = message;
    if (node) {
      facts.shape = node->shape;
      for (guint p = 0; p < node->n_params; p++)
        facts.n_weights += nn_shape_size (&node->params[p].shape);
    }
    good = node != NULL;
    pcn_layer_set_facts (layer, &facts);
    g_set_object (&last, layer);
  }
  return good ? finish (g_steal_pointer (&builder), last, n_classes) : NULL;
}
