/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/grad-cam.h"

#include "base/error.h"
#include "data/heat-map.h"
#include "net/batch.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NnGradCam {
  NnGraph *graph;
  guint layer;
  NnNetwork *network;
  NnCommands *forward, *backward;
  NnTensor *pixels, *order;
  float *activations, *gradients; /* [places][maps] */
};

/* Pictures are height × width × channels, sequences steps × features: there a step is a row of the picture. */
static void
get_places (const NnShape *shape, guint *height, guint *width)
{
  *height = shape->rank >= 2 ? shape->dims[0] : 1;
  *width = shape->rank >= 3 ? shape->dims[1] : 1;
}

gboolean
nn_grad_cam_suits (const NnGraph *graph, guint node)
{
  guint height, width;
  if (node == 0 || node + 1 >= nn_graph_get_n_nodes (graph))
    return FALSE;
  get_places (&nn_graph_get_node (graph, node)->shape, &height, &width);
  return height * width > 1;
}

static gboolean
same_places (const NnNode *a, const NnNode *b)
{
  guint height_a, width_a, height_b, width_b;
  get_places (&a->shape, &height_a, &width_a);
  get_places (&b->shape, &height_b, &width_b);
  return height_a == height_b && width_a == width_b;
}

guint
nn_grad_cam_find_layer (const NnGraph *graph)
{
  guint found = 0, last = 0;
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    if (!nn_grad_cam_suits (graph, i))
      continue;
    gboolean filters = node->n_params > 0 && node->params[0].shape.rank > 1;
    gboolean belongs = found > 0 && same_places (node, nn_graph_get_node (graph, found));
    if (filters || (belongs && strcmp (node->op->id, "dropout") != 0))
      found = i;
    last = i;
  }
  return found > 0 ? found : last;
}

guint
nn_grad_cam_find (const NnGraph *graph, const char *name, GError **error)
{
  guint node = name ? 0 : nn_grad_cam_find_layer (graph);
  for (guint i = 1; name && i < nn_graph_get_n_nodes (graph); i++)
    if (strcmp (nn_graph_get_node (graph, i)->name, name) == 0)
      node = i;
  if (node > 0 && nn_grad_cam_suits (graph, node))
    return node;
  if (nn_grad_cam_find_layer (graph) == 0) {
    g_set_error_literal (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                         _ ("No layer of this network keeps places of the picture apart, as convolutions do, so Grad-CAM "
                            "has nothing to show; use occlusion."));
    return 0;
  }
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++)
    if (nn_grad_cam_suits (graph, i))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", nn_graph_get_node (graph, i)->name);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               node > 0 ? _ ("The layer “%s” doesn’t keep places of the picture apart; take one of: %s.")
                        : _ ("There is no layer “%s”; take one of: %s."),
               name, names->str);
  return 0;
}

static gboolean
record (NnGradCam *self, NnContext *context, const NnPreprocess *preprocess, GError **error)
{
  const NnShape *input = nn_graph_get_input_shape (self->graph);
  NnGather gather = {
    .pixels = self->pixels, .n_samples = 1, .stored = *input, .input = *input, .preprocess = preprocess,
    .order = self->order, .step = nn_network_get_step (self->network), .batch = 1,
    .x = nn_network_get_input (self->network),
  };
  self->forward = nn_commands_new (context);
  self->backward = nn_commands_new (context);
  return nn_gather_record (self->forward, &gather, error)
         && nn_network_record_forward (self->network, self->forward, error)
         && nn_network_record_backward (self->network, self->backward, error);
}

NnGradCam *
nn_grad_cam_new (NnContext *context, NnModel *model, guint layer, GError **error)
{
  static const gint32 first = 0;
  NnGraph *graph = nn_model_get_graph (model);
  g_return_val_if_fail (nn_grad_cam_suits (graph, layer), NULL);
  g_autoptr (NnWeights) weights = nn_weights_new (context, model, FALSE, error);
  if (weights == NULL)
    return NULL;
  g_autoptr (NnGradCam) self = g_new0 (NnGradCam, 1);
  gsize size = nn_shape_size (&nn_graph_get_node (graph, layer)->shape);
  self->graph = nn_graph_ref (graph);
  self->layer = layer;
  self->activations = g_new (float, size);
  self->gradients = g_new (float, size);
  gboolean ok = (self->network = nn_network_new_back_to (weights, 1, layer, error)) != NULL
                && (self->pixels = nn_tensor_new (context, NN_DTYPE_UINT8,
                                                  nn_shape_size (nn_graph_get_input_shape (graph)), error)) != NULL
                && (self->order = nn_tensor_new (context, NN_DTYPE_INT32, 1, error)) != NULL
                && nn_tensor_upload (self->order, &first, error)
                && record (self, context, nn_model_get_preprocess (model), error);
  return ok ? g_steal_pointer (&self) : NULL;
}

void
nn_grad_cam_free (NnGradCam *self)
{
  g_clear_pointer (&self->forward, nn_commands_free);
  g_clear_pointer (&self->backward, nn_commands_free);
  g_clear_pointer (&self->network, nn_network_free);
  g_clear_pointer (&self->pixels, nn_tensor_unref);
  g_clear_pointer (&self->order, nn_tensor_unref);
  nn_graph_unref (self->graph);
  g_free (self->activations);
  g_free (self->gradients);
  g_free (self);
}

/* max (0, Σ weight[k] A[k]) at each place. */
static void
weigh (const NnGradCam *self, guint places, float *grid)
{
  gsize maps = nn_shape_size (&nn_graph_get_node (self->graph, self->layer)->shape) / places;
  g_autofree double *weights = g_new0 (double, maps);
  for (gsize p = 0; p < places; p++)
    for (gsize k = 0; k < maps; k++)
      weights[k] += (double) self->gradients[p * maps + k] / places;
  for (gsize p = 0; p < places; p++) {
    double sum = 0;
    for (gsize k = 0; k < maps; k++)
      sum += weights[k] * (double) self->activations[p * maps + k];
    grid[p] = (float) MAX (sum, 0);
  }
}

/* Place i of n lies in the middle of its part of the side. */
static double *
spread_places (guint n, guint side)
{
  double *places = g_new (double, n);
  for (guint i = 0; i < n; i++)
    places[i] = (i + 0.5) * side / n - 0.5;
  return places;
}

gboolean
nn_grad_cam_run (NnGradCam *self, const guint8 *pixels, guint class_index, float *map, GError **error)
{
  guint n_classes = nn_graph_get_n_classes (self->graph), height, width;
  g_return_val_if_fail (class_index < n_classes, FALSE);
  g_autofree float *one_hot = g_new0 (float, n_classes);
  one_hot[class_index] = 1;
  /* The gradient of the logits may share memory with what forward works on. */
  if (!nn_tensor_upload (self->pixels, pixels, error) || !nn_commands_run (self->forward, NULL, error)
      || !nn_tensor_upload (nn_network_get_logits_grad (self->network), one_hot, error)
      || !nn_commands_run (self->backward, NULL, error)
      || !nn_tensor_download (nn_network_get_output (self->network, self->layer), self->activations, error)
      || !nn_tensor_download (nn_network_get_output_grad (self->network, self->layer), self->gradients, error))
    return FALSE;
  const NnShape *input = nn_graph_get_input_shape (self->graph);
  get_places (&nn_graph_get_node (self->graph, self->layer)->shape, &height, &width);
  g_autofree float *grid = g_new (float, (gsize) height * width);
  g_autofree double *rows = spread_places (height, input->dims[0]), *columns = spread_places (width, input->dims[1]);
  weigh (self, height * width, grid);
  nn_heat_spread (grid, height, rows, width, columns, input->dims[0], input->dims[1], map);
  return TRUE;
}
