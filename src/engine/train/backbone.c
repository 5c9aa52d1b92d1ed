/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/backbone.h"

#include "base/error.h"
#include "onnx/onnx-file.h"

#include <glib/gi18n.h>
#include <string.h>

static const NnBackbone backbones[] = {
  /* The wheel of the PyPI package, and the file that data/fetch-backbone.py writes. */
  { "efficientnet-lite0", "EfficientNet-Lite0", "Apache-2.0", 17364911, 13438614 },
};

const NnBackbone *
nn_backbone_get (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (backbones); i++)
    if (g_strcmp0 (backbones[i].name, name) == 0)
      return &backbones[i];
  return NULL;
}

static char *
file_in (const char *folder, const NnBackbone *backbone)
{
  g_autofree char *file = g_strconcat (backbone->name, ".onnx", NULL);
  g_autofree char *path = g_build_filename (folder, "perceptron", "backbones", file, NULL);
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

char *
nn_backbone_find (const char *name)
{
  const NnBackbone *backbone = nn_backbone_get (name);
  if (backbone == NULL)
    return NULL;
  char *path = file_in (g_get_user_data_dir (), backbone);
  for (const char *const *folder = g_get_system_data_dirs (); path == NULL && *folder; folder++)
    path = file_in (*folder, backbone);
  return path;
}

static NnModel *
load (const char *name, GError **error)
{
  const NnBackbone *backbone = nn_backbone_get (name);
  if (backbone == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, _ ("There is no pretrained backbone “%s”."), name);
    return NULL;
  }
  g_autofree char *path = nn_backbone_find (name);
  if (path == NULL) {
    g_autofree char *size = g_format_size (backbone->download_bytes);
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 /* Translators: a name, a licence, a size */
                 _ ("The pretrained backbone %s (%s) is not here yet. “./dev data backbone” obtains it (%s); the help of "
                    "that command says how without a network."),
                 backbone->title, backbone->licence, size);
    return NULL;
  }
  return nn_onnx_load (path, error);
}

static const NnNode *
find_node (NnGraph *graph, const char *name)
{
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++)
    if (strcmp (nn_graph_get_node (graph, i)->name, name) == 0)
      return nn_graph_get_node (graph, i);
  return NULL;
}

static gboolean
same_params (const NnNode *a, const NnNode *b)
{
  gboolean same = a->op == b->op && a->n_params == b->n_params && a->n_states == b->n_states;
  for (guint p = 0; same && p < a->n_params; p++)
    same = nn_shape_equal (&a->params[p].shape, &b->params[p].shape);
  for (guint s = 0; same && s < a->n_states; s++)
    same = nn_shape_equal (&a->states[s].shape, &b->states[s].shape);
  return same;
}

static void
copy_node (NnModel *model, const NnNode *node, NnModel *from, const NnNode *source)
{
  for (guint p = 0; p < node->n_params; p++)
    memcpy (nn_model_get_param (model, node->index, p), nn_model_get_param (from, source->index, p),
            nn_shape_size (&node->params[p].shape) * sizeof (float));
  for (guint s = 0; s < node->n_states; s++)
    memcpy (nn_model_get_state (model, node->index, s), nn_model_get_state (from, source->index, s),
            nn_shape_size (&node->states[s].shape) * sizeof (float));
}

gboolean
nn_backbone_fill (NnModel *model, GError **error)
{
  NnGraph *graph = nn_model_get_graph (model);
  const char *name = nn_graph_get_pretrained (graph);
  if (name == NULL)
    return TRUE;
  g_autoptr (NnModel) backbone = load (name, error);
  if (backbone == NULL)
    return FALSE;
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    const NnNode *source = find_node (nn_model_get_graph (backbone), node->name);
    if (source && same_params (node, source))
      copy_node (model, node, backbone, source);
    else if (node->frozen && node->n_params > 0 && strcmp (node->op->id, "shift") != 0) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   _ ("The frozen layer “%s” has no counterpart in the backbone “%s”: set it free, or undo what was "
                      "changed of it."),
                   node->name, name);
      return FALSE;
    }
  }
  *nn_model_get_preprocess (model) = *nn_model_get_preprocess (backbone);
  nn_model_set_metadata (model, "backbone", name);
  return TRUE;
}
