/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "toy-model.h"

#include "train/preparation.h"

NnModel *
toy_model_new (const char *preset, guint side, NnPixels *pixels)
{
  g_autoptr (GError) error = NULL;
  const NnShape input = NN_SHAPE (side, side, 1);
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset (preset, &input, 3, &error);
  g_assert_no_error (error);
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 1);
  nn_preparation_measure (pixels, nn_model_get_preprocess (model));
  return model;
}
