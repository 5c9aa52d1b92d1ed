/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/attrs.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static const char *const common_keys[] = { "op", "name", "inputs", "frozen", NULL };

static void
set_value (const NnAttrSpec *spec, double value, NnAttr *attr)
{
  attr->i[0] = attr->i[1] = spec->type == NN_ATTR_FLOAT ? 0 : (int) value;
  attr->f = value;
}

void
nn_attrs_default (const NnOp *op, NnAttr *attrs)
{
  for (guint i = 0; op->attrs && op->attrs[i].name; i++)
    set_value (&op->attrs[i], op->attrs[i].value, &attrs[i]);
}

int
nn_attrs_index (const NnOp *op, const char *name)
{
  for (int i = 0; op->attrs && op->attrs[i].name; i++)
    if (strcmp (op->attrs[i].name, name) == 0)
      return i;
  return -1;
}

static gboolean
bad_value (const NnAttrSpec *spec, const char *wanted, GError **error)
{
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, "“%s” must be %s.", spec->name, wanted);
  return FALSE;
}

static gboolean
read_number (const NnAttrSpec *spec, JsonNode *node, double *value, GError **error)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return bad_value (spec, spec->type == NN_ATTR_PAIR ? "a whole number, or an array of two" : "a number", error);
  *value = json_node_get_double (node);
  if (!isfinite (*value) || (spec->type != NN_ATTR_FLOAT && (*value != floor (*value) || fabs (*value) > G_MAXINT)))
    return bad_value (spec, "a whole number", error);
  return TRUE;
}

static gboolean
read_pair (const NnAttrSpec *spec, JsonNode *node, NnAttr *attr, GError **error)
{
  double value;
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (array && json_array_get_length (array) != 2)
    return bad_value (spec, "a whole number, or an array of two", error);
  for (guint i = 0; i < 2; i++) {
    if (!read_number (spec, array ? json_array_get_element (array, i) : node, &value, error))
      return FALSE;
    attr->i[i] = (int) value;
  }
  attr->f = attr->i[0];
  return TRUE;
}

static gboolean
read_choice (const NnAttrSpec *spec, JsonNode *node, NnAttr *attr, GError **error)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node) : NULL;
  for (int i = 0; text && spec->choices[i]; i++)
    if (strcmp (spec->choices[i], text) == 0) {
      set_value (spec, i, attr);
      return TRUE;
    }
  g_autofree char *list = g_strjoinv (", ", (char **) spec->choices);
  g_autofree char *wanted = g_strdup_printf ("one of: %s", list);
  return bad_value (spec, wanted, error);
}

static gboolean
read_attr (const NnAttrSpec *spec, JsonNode *node, guint n_classes, NnAttr *attr, GError **error)
{
  double value;
  switch (spec->type) {
  case NN_ATTR_PAIR:
    return read_pair (spec, node, attr, error);
  case NN_ATTR_CHOICE:
    return read_choice (spec, node, attr, error);
  case NN_ATTR_BOOL:
    if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
      return bad_value (spec, "true or false", error);
    set_value (spec, json_node_get_boolean (node), attr);
    return TRUE;
  case NN_ATTR_UNITS:
    if (JSON_NODE_HOLDS_VALUE (node) && g_strcmp0 (json_node_get_string (node), "classes") == 0) {
      set_value (spec, n_classes, attr);
      return TRUE;
    }
    G_GNUC_FALLTHROUGH;
  case NN_ATTR_INT:
  case NN_ATTR_FLOAT:
  default:
    if (!read_number (spec, node, &value, error))
      return FALSE;
    set_value (spec, value, attr);
    return TRUE;
  }
}

gboolean
nn_attrs_read (const NnOp *op, JsonObject *object, guint n_classes, NnAttr *attrs, GError **error)
{
  nn_attrs_default (op, attrs);
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node)) {
    int index = nn_attrs_index (op, key);
    if (index < 0 && !g_strv_contains (common_keys, key)) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("“%s” has no setting “%s”."), op->id, key);
      return FALSE;
    }
    if (index >= 0 && !read_attr (&op->attrs[index], node, n_classes, &attrs[index], error))
      return FALSE;
  }
  return nn_attrs_check (op, attrs, error);
}

gboolean
nn_attrs_check (const NnOp *op, const NnAttr *attrs, GError **error)
{
  for (guint i = 0; op->attrs && op->attrs[i].name; i++) {
    const NnAttrSpec *spec = &op->attrs[i];
    double low = attrs[i].f, high = attrs[i].f;
    if (spec->type == NN_ATTR_PAIR) {
      low = MIN (attrs[i].i[0], attrs[i].i[1]);
      high = MAX (attrs[i].i[0], attrs[i].i[1]);
    }
    if (spec->type == NN_ATTR_CHOICE || spec->type == NN_ATTR_BOOL || (low >= spec->min && high <= spec->max))
      continue;
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("“%s” must lie between %g and %g."), spec->name,
                 spec->min, spec->max);
    return FALSE;
  }
  return TRUE;
}

void
nn_attrs_write (const NnOp *op, const NnAttr *attrs, JsonBuilder *builder)
{
  for (guint i = 0; op->attrs && op->attrs[i].name; i++) {
    const NnAttrSpec *spec = &op->attrs[i];
    json_builder_set_member_name (builder, spec->name);
    switch (spec->type) {
    case NN_ATTR_PAIR:
      json_builder_begin_array (builder);
      json_builder_add_int_value (builder, attrs[i].i[0]);
      json_builder_add_int_value (builder, attrs[i].i[1]);
      json_builder_end_array (builder);
      break;
    case NN_ATTR_CHOICE:
      json_builder_add_string_value (builder, spec->choices[attrs[i].i[0]]);
      break;
    case NN_ATTR_BOOL:
      json_builder_add_boolean_value (builder, attrs[i].i[0] != 0);
      break;
    case NN_ATTR_FLOAT:
      json_builder_add_double_value (builder, attrs[i].f);
      break;
    case NN_ATTR_INT:
    case NN_ATTR_UNITS:
    default:
      json_builder_add_int_value (builder, attrs[i].i[0]);
    }
  }
}
