/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the plan to a model: the graph, the weights in our order, the preprocessing, names of classes. */
#include "onnx/import/importer.h"

#include "onnx/layout.h"
#include "onnx/metadata.h"
#include "onnx/proto.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MAX_CLASSES 65536

static gboolean
add_layer (NnOnnxImporter *self, NnBuilder *builder, guint index, GPtrArray *nodes, GHashTable *names,
           GError **error)
{
  const NnOnnxPlanned *layer = g_ptr_array_index (self->plan, index);
  const char *inputs[NN_MAX_INPUTS + 1] = { NULL };
  const char *name = layer->name != NULL && g_hash_table_add (names, layer->name) ? layer->name : NULL;
  for (guint i = 0; i < layer->n_inputs; i++)
    inputs[i] = ((const NnNode *) g_ptr_array_index (nodes, layer->inputs[i]))->name;
  const NnNode *node = nn_builder_add (builder, layer->op->id, name, layer->attrs, inputs, error);
  if (node == NULL)
    return FALSE;
  g_ptr_array_add (nodes, (gpointer) node);
  return TRUE;
}

static NnGraph *
build_graph (NnOnnxImporter *self, GError **error)
{
  const char *given = self->proto->graph->name;
  g_autofree char *name = nn_onnx_display (given != NULL && given[0] != '\0' ? given : "imported");
  g_autoptr (NnBuilder) builder = nn_builder_new (name, &self->input);
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  const NnNode input = { .name = (char *) "input" };
  g_ptr_array_add (nodes, (gpointer) &input);
  g_hash_table_add (names, (char *) "input");
  for (guint i = 1; i < self->plan->len; i++)
    if (!add_layer (self, builder, i, nodes, names, error))
      return NULL;
  return nn_builder_finish (g_steal_pointer (&builder), error);
}

/* Returns: the numbers of that name, when there are as many as the layer wants. */
static const float *
find_weight (const NnOnnxPlanned *layer, const char *name, const NnShape *shape)
{
  for (guint i = 0; i < layer->n_weights; i++)
    if (g_str_equal (layer->weights[i].name, name) && layer->weights[i].size == nn_shape_size (shape))
      return layer->weights[i].data;
  return NULL;
}

static gboolean
fill (NnOnnxImporter *self, NnModel *model, const NnGraph *graph, GError **error)
{
  for (guint i = 1; i < self->plan->len; i++) {
    const NnOnnxPlanned *layer = g_ptr_array_index (self->plan, i);
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint k = 0; k < node->n_params + node->n_states; k++) {
      gboolean state = k >= node->n_params;
      guint at = state ? k - node->n_params : k;
      const char *name = state ? node->states[at].name : node->params[at].name;
      const NnShape *shape = state ? &node->states[at].shape : &node->params[at].shape;
      const float *data = find_weight (layer, name, shape);
      NnOnnxLayout layout;
      if (data == NULL) {
        g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                     _ ("the weights of the layer “%s” don't fit to its input"), node->name);
        return FALSE;
      }
      nn_onnx_layout_init (&layout, node, name, shape);
      nn_onnx_layout_import (&layout, data,
                             state ? nn_model_get_state (model, i, at) : nn_model_get_param (model, i, at));
    }
  }
  return TRUE;
}

/* Returns: (nullable): the value of a property of the file, when it is text. */
static const char *
find_property (const NnOnnxImporter *self, const char *key)
{
  for (gsize i = 0; i < self->proto->n_metadata_props; i++) {
    const NnOnnx__StringStringEntryProto *entry = self->proto->metadata_props[i];
    if (g_strcmp0 (entry->key, key) == 0 && entry->value != NULL && g_utf8_validate (entry->value, -1, NULL))
      return entry->value;
  }
  return NULL;
}

/* What the file expects of a pixel. ONNX has a property for it, which few files have. Otherwise the
 * arithmetic in front tells: factors below a half are for bytes; without any, numbers from 0 to 1 are what
 * most training uses. */
static gboolean
set_preprocess (NnOnnxImporter *self, NnModel *model, GError **error)
{
  NnPreprocess *preprocess = nn_model_get_preprocess (model);
  const char *range = find_property (self, "Image.NominalPixelRange");
  double low = 0, high = 1, largest = 0;
  for (guint c = 0; c < self->input.dims[2]; c++)
    largest = fmax (largest, self->scale[c]);
  if (g_strcmp0 (range, "NominalRange_0_255") == 0 || (range == NULL && largest < 0.5))
    high = 255;
  else if (g_strcmp0 (range, "Normalized_1_1") == 0)
    low = -1;
  for (guint c = 0; c < self->input.dims[2]; c++) {
    /* scale · (low + p / 255 · (high - low)) + offset, as (p / 255 - mean) / deviation */
    double factor = self->scale[c] * (high - low), shift = self->scale[c] * low + self->offset[c];
    preprocess->deviation[c] = (float) (1 / factor);
    preprocess->mean[c] = (float) (-shift / factor);
    if (!(factor > 0) || !isfinite (preprocess->deviation[c]) || preprocess->deviation[c] <= 0
        || !isfinite (preprocess->mean[c])) {
      g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                   _ ("what it does to the pixels isn't a normalisation"));
      return FALSE;
    }
  }
  nn_model_set_metadata (model, "pixels", high == 255 ? "0 to 255" : low < 0 ? "-1 to 1" : "0 to 1");
  return TRUE;
}

/* Names as other programs leave them: a JSON list, or a text with commas or lines. */
static char **
find_classes (const NnOnnxImporter *self, guint n)
{
  static const char *const keys[] = { NN_ONNX_KEY_CLASSES, "classes", "class_names", "labels", "names" };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *text = find_property (self, keys[i]);
    if (text == NULL || strlen (text) > NN_ONNX_MAX_TEXT)
      continue;
    g_auto (GStrv) names = nn_onnx_classes_from_json (text, NULL);
    if (names == NULL)
      names = g_strsplit (text, strchr (text, '\n') != NULL ? "\n" : ",", (int) n + 2);
    guint length = g_strv_length (names);
    if (length == n + 1 && names[n][0] == '\0') /* the last line has its end */
      g_clear_pointer (&names[length-- - 1], g_free);
    for (guint k = 0; k < length; k++)
      g_strstrip (names[k]);
    if (length == n)
      return g_steal_pointer (&names);
  }
  g_auto (GStrv) names = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    names[i] = g_strdup_printf ("class %u", i);
  return g_steal_pointer (&names);
}

static gboolean
check_end (const NnOnnxFlow *end, GError **error)
{
  gboolean column = end->rank == 4 && end->dims[2] == 1 && end->dims[3] == 1;
  if (end->constant != NULL || end->layer == 0 || !(end->rank == 2 || column) || end->hwc
      || end->picture[0] != 0 || end->dims[1] < 2 || end->dims[1] > MAX_CLASSES) {
    g_autofree char *shape = nn_onnx_shape_string (end->rank, end->dims);
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("what it gives (%s) isn't one number for each of at least 2 classes"), shape);
    return FALSE;
  }
  return TRUE;
}

NnModel *
nn_onnx_plan_build (NnOnnxImporter *self, const NnOnnxFlow *end, GError **error)
{
  if (!check_end (end, error))
    return NULL;
  if (!end->vector) { /* a picture of one pixel */
    NnOnnxPlanned *flat = g_new0 (NnOnnxPlanned, 1);
    flat->op = nn_op_find ("flatten");
    flat->n_inputs = 1;
    flat->inputs[0] = end->layer;
    g_ptr_array_add (self->plan, flat);
  }
  g_autoptr (NnGraph) graph = build_graph (self, error);
  if (graph == NULL)
    return NULL;
  g_auto (GStrv) classes = find_classes (self, nn_graph_get_n_classes (graph));
  g_autoptr (NnModel) model = nn_model_new (graph, (const char *const *) classes);
  if (!fill (self, model, graph, error) || !set_preprocess (self, model, error))
    return NULL;
  g_autofree char *producer = nn_onnx_display (self->proto->producer_name);
  nn_model_set_metadata (model, "imported_from", producer[0] != '\0' ? producer : "ONNX");
  return g_steal_pointer (&model);
}
