/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/metadata.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"

#define MAX_NESTING 32

static char *
to_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* Comments and single quotes, which the parser knows beside JSON, would lead this count astray: not tame
 * either. */
gboolean
nn_onnx_json_is_tame (const char *json)
{
  guint depth = 0;
  gboolean text = FALSE;
  if (strlen (json) > NN_ONNX_MAX_TEXT)
    return FALSE;
  for (const char *p = json; *p != '\0'; p++) {
    if (text) {
      if (*p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '"')
        text = FALSE;
    } else if (*p == '"')
      text = TRUE;
    else if (strchr ("/'#", *p) != NULL)
      return FALSE;
    else if (*p == '[' || *p == '{') {
      if (++depth > MAX_NESTING)
        return FALSE;
    } else if ((*p == ']' || *p == '}') && depth > 0)
      depth--;
  }
  return TRUE;
}

/* Returns: the root, or NULL with an error that says which part is wrong. */
static JsonNode *
parse (const char *json, const char *what, JsonNodeType type, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) local = NULL;
  if (nn_onnx_json_is_tame (json))
    root = json_from_string (json, &local);
  if (root == NULL || json_node_get_node_type (root) != type) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("its %s can't be read%s%s"), what,
                 local != NULL ? ": " : "", local != NULL ? local->message : "");
    return NULL;
  }
  return g_steal_pointer (&root);
}

char *
nn_onnx_classes_to_json (NnModel *model)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *const *classes = nn_model_get_classes (model);
  json_builder_begin_array (builder);
  for (guint i = 0; classes[i] != NULL; i++)
    json_builder_add_string_value (builder, classes[i]);
  json_builder_end_array (builder);
  return to_text (builder);
}

char **
nn_onnx_classes_from_json (const char *json, GError **error)
{
  g_autoptr (JsonNode) root = parse (json, "list of classes", JSON_NODE_ARRAY, error);
  if (root == NULL)
    return NULL;
  JsonArray *array = json_node_get_array (root);
  guint n = json_array_get_length (array);
  g_auto (GStrv) classes = g_new0 (char *, (gsize) n + 1);
  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    if (json_node_get_value_type (node) != G_TYPE_STRING) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("the name of its class %u isn't a text"), i);
      return NULL;
    }
    classes[i] = json_node_dup_string (node);
  }
  if (n < 2) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("it has %u classes, which is fewer than 2"), n);
    return NULL;
  }
  return g_steal_pointer (&classes);
}

static void
add_floats (JsonBuilder *builder, const char *name, guint n, const float *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_double_value (builder, values[i]);
  json_builder_end_array (builder);
}

char *
nn_onnx_preprocess_to_json (NnModel *model)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const NnShape *shape = nn_graph_get_input_shape (nn_model_get_graph (model));
  const NnPreprocess *preprocess = nn_model_get_preprocess (model);
  json_builder_begin_object (builder);
  add_floats (builder, "mean", shape->dims[2], preprocess->mean);
  add_floats (builder, "deviation", shape->dims[2], preprocess->deviation);
  json_builder_set_member_name (builder, "fit");
  json_builder_add_string_value (builder, preprocess->fit);
  json_builder_end_object (builder);
  return to_text (builder);
}

static gboolean
get_floats (JsonObject *object, const char *name, guint n, gboolean positive, float *values)
{
  JsonNode *node = json_object_get_member (object, name);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) != n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    JsonNode *element = json_array_get_element (json_node_get_array (node), i);
    GType type = json_node_get_value_type (element);
    if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
      return FALSE;
    values[i] = (float) json_node_get_double (element);
    if (!isfinite (values[i]) || (positive && values[i] <= 0))
      return FALSE;
  }
  return TRUE;
}

gboolean
nn_onnx_preprocess_from_json (const char *json, guint channels, NnPreprocess *preprocess, GError **error)
{
  g_autoptr (JsonNode) root = parse (json, "preprocessing", JSON_NODE_OBJECT, error);
  if (root == NULL)
    return FALSE;
  JsonObject *object = json_node_get_object (root);
  JsonNode *fit = json_object_get_member (object, "fit");
  if (channels > NN_MAX_CHANNELS || !get_floats (object, "mean", channels, FALSE, preprocess->mean) ||
      !get_floats (object, "deviation", channels, TRUE, preprocess->deviation)) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("its preprocessing doesn't give a mean and a deviation above 0 for each of %u channels"),
                 channels);
    return FALSE;
  }
  if (fit == NULL || json_node_get_value_type (fit) != G_TYPE_STRING ||
      strlen (json_node_get_string (fit)) >= sizeof preprocess->fit) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("its preprocessing doesn't say how pictures are fitted"));
    return FALSE;
  }
  g_strlcpy (preprocess->fit, json_node_get_string (fit), sizeof preprocess->fit);
  return TRUE;
}
