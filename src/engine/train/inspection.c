/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/inspection.h"

#include "net/batch.h"

#include <math.h>
#include <string.h>

struct _NnInspector {
  NnWeights *weights;
  NnNetwork *network;
  NnCommands *commands;
  NnTensor *pixels, *order;
};

static gboolean
record (NnInspector *self, const NnShape *input, const NnPreprocess *preprocess, GError **error)
{
  NnGather gather = {
    .pixels = self->pixels,
    .n_samples = 1,
    .stored = *input,
    .input = *input,
    .preprocess = preprocess,
    .order = self->order,
    .step = nn_network_get_step (self->network),
    .batch = 1,
    .x = nn_network_get_input (self->network),
  };
  self->commands = nn_commands_new (nn_weights_get_context (self->weights));
  return nn_gather_record (self->commands, &gather, error)
         && nn_network_record_forward (self->network, self->commands, error);
}

NnInspector *
nn_inspector_new_shared (NnWeights *weights, const NnPreprocess *preprocess, GError **error)
{
  static const gint32 first = 0;
  g_autoptr (NnInspector) self = g_new0 (NnInspector, 1);
  NnContext *context = nn_weights_get_context (weights);
  const NnShape *input = nn_graph_get_input_shape (nn_weights_get_graph (weights));
  self->weights = nn_weights_ref (weights);
  gboolean ok
      = (self->network = nn_network_new_kept (weights, 1, error)) != NULL
        && (self->pixels = nn_tensor_new (context, NN_DTYPE_UINT8, nn_shape_size (input), error)) != NULL
        && (self->order = nn_tensor_new (context, NN_DTYPE_INT32, 1, error)) != NULL
        && nn_tensor_upload (self->order, &first, error) && nn_buffer_zero (self->pixels->buffer, error)
        && record (self, input, preprocess, error);
  return ok ? g_steal_pointer (&self) : NULL;
}

NnInspector *
nn_inspector_new (NnContext *context, NnModel *model, GError **error)
{
  g_autoptr (NnWeights) weights = nn_weights_new (context, model, FALSE, error);
  return weights ? nn_inspector_new_shared (weights, nn_model_get_preprocess (model), error) : NULL;
}

void
nn_inspector_free (NnInspector *self)
{
  g_clear_pointer (&self->commands, nn_commands_free);
  g_clear_pointer (&self->network, nn_network_free);
  g_clear_pointer (&self->pixels, nn_tensor_unref);
  g_clear_pointer (&self->order, nn_tensor_unref);
  nn_weights_unref (self->weights);
  g_free (self);
}

gboolean
nn_inspector_run (NnInspector *self, const guint8 *pixels, GError **error)
{
  return nn_tensor_upload (self->pixels, pixels, error) && nn_commands_run (self->commands, NULL, error);
}

gboolean
nn_inspector_read (NnInspector *self, guint node, float *values, GError **error)
{
  NnGraph *graph = nn_weights_get_graph (self->weights);
  if (node != NN_INSPECTION_FILTERS)
    return nn_tensor_download (nn_network_get_output (self->network, node), values, error);
  guint filters = nn_inspection_find_filters (graph);
  return filters == 0 || nn_tensor_download (nn_weights_get_param (self->weights, filters, 0), values, error);
}

/* What looks at pixels as they are: nothing but a change of shape or of scale lies between. */
static gboolean
sees_picture (const NnNode *node)
{
  while (node->n_inputs == 1
         && (strcmp (node->op->id, "flatten") == 0 || strcmp (node->op->id, "dropout") == 0))
    node = node->inputs[0];
  return node->index == 0;
}

guint
nn_inspection_find_filters (const NnGraph *graph)
{
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    gboolean filters = strcmp (node->op->id, "conv2d") == 0 || strcmp (node->op->id, "dense") == 0;
    if (filters && sees_picture (node->inputs[0]))
      return i;
  }
  return 0;
}

gboolean
nn_inspection_is_worth_showing (const NnNode *node)
{
  return node->index > 0 && strcmp (node->op->id, "flatten") != 0 && strcmp (node->op->id, "dropout") != 0;
}

/* Units without a place: in rows, so that a strip of hundreds can be seen. */
static guint
row_length (guint n)
{
  guint length = n;
  if (n <= 16)
    return n;
  for (guint w = 1; w <= n; w++)
    if (n % w == 0 && w * w >= n) {
      length = w;
      break;
    }
  return length;
}

static gsize
get_filter_maps (const NnGraph *graph, NnMaps *maps)
{
  const NnShape *input = nn_graph_get_input_shape (graph);
  guint index = nn_inspection_find_filters (graph);
  if (index == 0) {
    *maps = (NnMaps){ 0 };
    return 0;
  }
  const NnNode *node = nn_graph_get_node (graph, index);
  const NnShape *weight = &node->params[0].shape;
  gboolean dense = weight->rank == 2;
  guint channels = dense ? input->dims[2] : weight->dims[2];
  *maps = (NnMaps){ .n = weight->dims[weight->rank - 1],
                    .height = dense ? input->dims[0] : weight->dims[0],
                    .width = dense ? input->dims[1] : weight->dims[1],
                    .channels = channels == 3 ? 3 : 1 };
  return nn_shape_size (weight);
}

gsize
nn_inspection_get_maps (const NnGraph *graph, guint node, NnMaps *maps)
{
  if (node == NN_INSPECTION_FILTERS)
    return get_filter_maps (graph, maps);
  const NnShape *shape = &nn_graph_get_node (graph, node)->shape;
  if (shape->rank == 3)
    *maps = (NnMaps){ .n = shape->dims[2], .height = shape->dims[0], .width = shape->dims[1], .channels = 1 };
  else if (shape->rank == 2)
    *maps = (NnMaps){ .n = 1, .height = shape->dims[0], .width = shape->dims[1], .channels = 1 };
  else {
    guint n = (guint) nn_shape_size (shape), width = row_length (n);
    *maps = (NnMaps){ .n = 1, .height = n / width, .width = width, .channels = 1 };
  }
  return nn_shape_size (shape);
}

/* [place][in][n] to [n][place][channels]; of channels that are no colours the mean. */
static void
arrange_filters (const NnMaps *maps, gsize size, const float *values, float *pictures)
{
  gsize places = (gsize) maps->height * maps->width, in = size / (places * maps->n);
  for (gsize f = 0; f < maps->n; f++)
    for (gsize p = 0; p < places; p++) {
      float sum = 0;
      for (gsize c = 0; c < in; c++) {
        float value = values[(p * in + c) * maps->n + f];
        sum += value;
        if (maps->channels == 3)
          pictures[(f * places + p) * 3 + c] = value;
      }
      if (maps->channels == 1)
        pictures[f * places + p] = sum / (float) in;
    }
}

void
nn_inspection_arrange (const NnGraph *graph, guint node, const float *values, float *pictures)
{
  NnMaps maps;
  gsize size = nn_inspection_get_maps (graph, node, &maps);
  if (node == NN_INSPECTION_FILTERS && size > 0) {
    arrange_filters (&maps, size, values, pictures);
    return;
  }
  gsize places = (gsize) maps.height * maps.width;
  for (gsize n = 0; n < maps.n; n++)
    for (gsize p = 0; p < places; p++)
      pictures[n * places + p] = values[p * maps.n + n];
}
