/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights as safetensors: eight bytes of length, a header in JSON, the numbers. The format is that of
 * github.com/huggingface/safetensors. */
#include "onnx/export/formats.h"

#include "base/error.h"
#include "onnx/layout.h"
#include "onnx/metadata.h"
#include "onnx/onnx-file.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define ALIGNMENT 8

/* One weight or state. @data: in our order */
typedef void (*Visit) (const char *name, const NnOnnxLayout *layout, const float *data, gsize n,
                       gpointer user);

static void
visit_all (NnModel *model, Visit visit, gpointer user)
{
  NnGraph *graph = nn_model_get_graph (model);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint k = 0; k < node->n_params + node->n_states; k++) {
      gboolean state = k >= node->n_params;
      guint at = state ? k - node->n_params : k;
      const char *name = state ? node->states[at].name : node->params[at].name;
      const NnShape *shape = state ? &node->states[at].shape : &node->params[at].shape;
      g_autofree char *key = g_strdup_printf ("%s.%s", node->name, name);
      NnOnnxLayout layout;
      nn_onnx_layout_init (&layout, node, name, shape);
      visit (key, &layout, state ? nn_model_get_state (model, i, at) : nn_model_get_param (model, i, at),
             nn_shape_size (shape), user);
    }
  }
}

typedef struct {
  JsonBuilder *builder;
  gsize offset; /* in floats */
  float *out;
} Writer;

static void
describe (const char *name, const NnOnnxLayout *layout, const float *data, gsize n, gpointer user)
{
  Writer *self = user;
  json_builder_set_member_name (self->builder, name);
  json_builder_begin_object (self->builder);
  json_builder_set_member_name (self->builder, "dtype");
  json_builder_add_string_value (self->builder, "F32");
  json_builder_set_member_name (self->builder, "shape");
  json_builder_begin_array (self->builder);
  for (guint d = 0; d < layout->rank; d++)
    json_builder_add_int_value (self->builder, layout->dims[d]);
  json_builder_end_array (self->builder);
  json_builder_set_member_name (self->builder, "data_offsets");
  json_builder_begin_array (self->builder);
  json_builder_add_int_value (self->builder, (gint64) (self->offset * sizeof (float)));
  self->offset += n;
  json_builder_add_int_value (self->builder, (gint64) (self->offset * sizeof (float)));
  json_builder_end_array (self->builder);
  json_builder_end_object (self->builder);
}

static void
append (const char *name, const NnOnnxLayout *layout, const float *data, gsize n, gpointer user)
{
  Writer *self = user;
  nn_onnx_layout_export (layout, data, self->out + self->offset);
  self->offset += n;
}

/* Texts for whoever wants to know what the numbers belong to. */
static void
add_metadata (JsonBuilder *builder, NnModel *model)
{
  g_autofree char *graph = nn_graph_to_json (nn_model_get_graph (model));
  g_autofree char *classes = nn_onnx_classes_to_json (model),
                  *preprocess = nn_onnx_preprocess_to_json (model);
  const struct {
    const char *key, *value;
  } texts[] = { { NN_ONNX_KEY_GRAPH, graph },
                { NN_ONNX_KEY_CLASSES, classes },
                { NN_ONNX_KEY_PREPROCESS, preprocess } };
  json_builder_set_member_name (builder, "__metadata__");
  json_builder_begin_object (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    json_builder_set_member_name (builder, texts[i].key);
    json_builder_add_string_value (builder, texts[i].value);
  }
  json_builder_end_object (builder);
}

GBytes *
nn_safetensors_to_bytes (NnModel *model, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Writer writer = { .builder = builder };
  json_builder_begin_object (builder);
  add_metadata (builder, model);
  visit_all (model, describe, &writer);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *json = json_to_string (root, FALSE);
  g_autoptr (GString) header = g_string_new (json);
  while (header->len % ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  gsize start = sizeof (guint64) + header->len, size = start + writer.offset * sizeof (float);
  guint8 *data = size <= NN_ONNX_MAX_BYTES ? g_try_malloc (size) : NULL;
  if (data == NULL) {
    g_set_error (
        error, NN_ERROR, NN_ERROR_UNSUPPORTED,
        _ ("The model can't be saved: its file would have %zu MiB, which is too large. Use smaller layers."),
        size >> 20);
    return NULL;
  }
  guint64 length = GUINT64_TO_LE ((guint64) header->len);
  memcpy (data, &length, sizeof length);
  memcpy (data + sizeof length, header->str, header->len);
  writer.out = (float *) (data + start); /* aligned: the header is */
  writer.offset = 0;
  visit_all (model, append, &writer);
  guint32 *words = (guint32 *) (data + start);
  for (gsize i = 0; G_BYTE_ORDER != G_LITTLE_ENDIAN && i < writer.offset; i++)
    words[i] = GUINT32_TO_LE (words[i]);
  return g_bytes_new_take (data, size);
}

typedef struct {
  JsonObject *header;
  const guint8 *data;
  gsize size;
  double difference;
} Reader;

static float
load_float (const guint8 *p)
{
  guint32 word = (guint32) p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
  float value;
  memcpy (&value, &word, sizeof value);
  return value;
}

static void
compare (const char *name, const NnOnnxLayout *layout, const float *data, gsize n, gpointer user)
{
  Reader *self = user;
  JsonObject *about = json_object_has_member (self->header, name)
                          ? json_object_get_object_member (self->header, name)
                          : NULL;
  JsonArray *offsets = about != NULL ? json_object_get_array_member (about, "data_offsets") : NULL;
  gint64 from = offsets != NULL && json_array_get_length (offsets) == 2
                    ? json_array_get_int_element (offsets, 0)
                    : -1;
  gint64 to = from >= 0 ? json_array_get_int_element (offsets, 1) : -1;
  if (from < 0 || to < from || (gsize) to > self->size || (gsize) (to - from) != n * sizeof (float)) {
    self->difference = INFINITY;
    return;
  }
  g_autofree float *theirs = g_new (float, MAX (n, 1)), *ours = g_new (float, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    theirs[i] = load_float (self->data + from + i * sizeof (float));
  nn_onnx_layout_import (layout, theirs, ours);
  for (gsize i = 0; i < n; i++) {
    double d = fabs ((double) ours[i] - (double) data[i]);
    self->difference = isnan (d) ? INFINITY : fmax (self->difference, d);
  }
}

double
nn_safetensors_compare (NnModel *model, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint64 length;
  if (size < sizeof length)
    return INFINITY;
  memcpy (&length, data, sizeof length);
  length = GUINT64_FROM_LE (length);
  if (length > size - sizeof length)
    return INFINITY;
  g_autofree char *text = g_strndup ((const char *) data + sizeof length, (gsize) length);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return INFINITY;
  gsize start = sizeof length + (gsize) length;
  Reader reader = { json_node_get_object (root), data + start, size - start, 0 };
  visit_all (model, compare, &reader);
  return reader.difference;
}
