/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "networks.h"

#include "base/random.h"

#include <math.h>
#include <string.h>

#define INPUT(h, w, c)                                                                                      \
  "{\"format\":1,\"name\":\"odd\",\"input\":{\"height\":" #h ",\"width\":" #w ",\"channels\":" #c            \
  "},\"layers\":["
#define OUTPUT "{\"op\":\"dense\",\"units\":\"classes\"}]}"

static const struct {
  const char *name;
  const char *json;
} odd[] = {
  { "groups", INPUT (9, 7, 4) "{\"op\":\"conv2d\",\"filters\":6,\"kernel\":3,\"groups\":2,"
              "\"activation\":\"tanh\"},"
              "{\"op\":\"flatten\"}," OUTPUT },
  { "depthwise", INPUT (8, 9, 3) "{\"op\":\"conv2d\",\"filters\":3,\"kernel\":[3,5],\"groups\":3,"
                 "\"bias\":false},"
                 "{\"op\":\"flatten\"}," OUTPUT },
  { "stride-same", INPUT (9, 8, 3) "{\"op\":\"conv2d\",\"filters\":5,\"kernel\":[4,3],"
                   "\"stride\":[2,3],\"padding\":\"same\","
                   "\"activation\":\"leaky_relu\"},{\"op\":\"flatten\"}," OUTPUT },
  { "stride-valid", INPUT (9, 8, 3) "{\"op\":\"conv2d\",\"filters\":5,\"kernel\":2,\"stride\":2,"
                    "\"padding\":\"valid\","
                    "\"activation\":\"sigmoid\"},{\"op\":\"flatten\"}," OUTPUT },
  { "explicit", INPUT (7, 6, 2) "{\"op\":\"conv2d\",\"filters\":4,\"kernel\":3,\"stride\":[1,2],"
                "\"padding\":\"explicit\","
                "\"pads_begin\":[0,2],\"pads_end\":[1,4],\"activation\":\"relu\"}," OUTPUT },
  { "even-kernel", INPUT (7, 6, 2) "{\"op\":\"conv2d\",\"filters\":4,\"kernel\":[2,4],\"padding\":\"same\"},"
                   "{\"op\":\"batch_norm\",\"activation\":\"relu\"},{\"op\":\"leaky_relu\"}," OUTPUT },
  { "pools", INPUT (13, 11, 3) "{\"op\":\"max_pool\",\"size\":3,\"stride\":2,\"padding\":\"same\"},"
             "{\"op\":\"avg_pool\",\"size\":[3,2],\"stride\":[1,2],\"padding\":\"same\"},"
             "{\"op\":\"max_pool\",\"size\":2,\"stride\":1},{\"op\":\"avg_pool\",\"size\":2},"
             "{\"op\":\"flatten\"}," OUTPUT },
  { "residual", INPUT (6, 5, 3) "{\"op\":\"conv2d\",\"name\":\"a\",\"filters\":4,\"kernel\":3,"
                "\"activation\":\"relu\"},"
                "{\"op\":\"conv2d\",\"name\":\"b\",\"filters\":4,\"kernel\":3},{\"op\":\"add\","
                "\"inputs\":[\"a\",\"b\"]},"
                "{\"op\":\"relu\"},{\"op\":\"global_avg_pool\"},{\"op\":\"dropout\"}," OUTPUT },
  { "norm-first", INPUT (4, 5, 3) "{\"op\":\"batch_norm\"},{\"op\":\"tanh\"},{\"op\":\"flatten\"},"
                  "{\"op\":\"dense\",\"units\":7},{\"op\":\"batch_norm\"},{\"op\":\"sigmoid\"},"
                  "{\"op\":\"dropout\",\"rate\":0.25}," OUTPUT },
  { "flat-branches", INPUT (4, 3, 2) "{\"op\":\"flatten\",\"name\":\"f\"},{\"op\":\"dense\","
                     "\"name\":\"d\",\"units\":24},"
                     "{\"op\":\"add\",\"inputs\":[\"f\",\"d\"]}," OUTPUT },
  { "colour-rnn", INPUT (6, 5, 3) "{\"op\":\"rnn\",\"units\":9}," OUTPUT },
  { "colour-lstm", INPUT (6, 5, 3) "{\"op\":\"lstm\",\"units\":9}," OUTPUT },
  { "colour-gru", INPUT (6, 5, 3) "{\"op\":\"gru\",\"units\":9}," OUTPUT },
  { "stacked", INPUT (6, 5, 2) "{\"op\":\"rnn\",\"units\":7,\"return_sequences\":true,"
               "\"activation\":\"relu\"},"
               "{\"op\":\"gru\",\"units\":6,\"return_sequences\":true},{\"op\":\"lstm\",\"units\":5,"
               "\"return_sequences\":true},{\"op\":\"lstm\",\"units\":4}," OUTPUT },
  { "sequence", INPUT (5, 4, 1) "{\"op\":\"lstm\",\"units\":6,"
                "\"return_sequences\":true},{\"op\":\"relu\"}," OUTPUT },
  { "one-row", INPUT (1, 5, 1) "{\"op\":\"gru\",\"units\":4}," OUTPUT },
  { "conv-lstm", INPUT (8, 6, 1) "{\"op\":\"conv2d\",\"filters\":3,\"kernel\":3},{\"op\":\"max_pool\"},"
                 "{\"op\":\"lstm\",\"units\":5}," OUTPUT },
  { "relu6", INPUT (6, 5, 3) "{\"op\":\"conv2d\",\"filters\":4,\"kernel\":3,\"activation\":\"relu6\",\"frozen\":true},"
             "{\"op\":\"relu6\"},{\"op\":\"global_avg_pool\"},{\"op\":\"shift\"}," OUTPUT },
  { "one-pixel", INPUT (1, 1, 3) "{\"op\":\"flatten\"}," OUTPUT },
  { "names", INPUT (2, 2, 1) "{\"op\":\"flatten\",\"name\":\"größe\"},{\"op\":\"dense\","
             "\"name\":\"N\",\"units\":3}," OUTPUT },
};

/* Without the last one, transfer: its reference in double takes seconds a picture. test-backbone.py has it. */
static guint
count_presets (void)
{
  return g_strv_length ((char **) nn_preset_names ()) - 1;
}

guint
test_network_count (void)
{
  return count_presets () + G_N_ELEMENTS (odd);
}

const char *
test_network_name (guint index)
{
  guint presets = count_presets ();
  return index < presets ? nn_preset_names ()[index] : odd[index - presets].name;
}

/* Biases and statistics start at zero or one: move everything, so that a lost or swapped one is noticed. */
static void
disturb (NnModel *model)
{
  NnRandom random;
  nn_random_init (&random, 7, 1);
  NnGraph *graph = nn_model_get_graph (model);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint p = 0; p < node->n_params; p++)
      for (gsize k = 0; k < nn_shape_size (&node->params[p].shape); k++)
        nn_model_get_param (model, i, p)[k] += 0.02f * nn_random_normal (&random);
    for (guint s = 0; s < node->n_states; s++)
      for (gsize k = 0; k < nn_shape_size (&node->states[s].shape); k++)
        nn_model_get_state (model, i, s)[k] += 0.5f * nn_random_uniform (&random);
  }
  NnPreprocess *preprocess = nn_model_get_preprocess (model);
  for (guint c = 0; c < nn_graph_get_input_shape (graph)->dims[2]; c++) {
    preprocess->mean[c] = 0.3f + 0.1f * nn_random_uniform (&random);
    preprocess->deviation[c] = 0.2f + 0.1f * nn_random_uniform (&random);
  }
  strcpy (preprocess->fit, "contain");
  nn_model_set_metadata (model, "epochs", "5");
  nn_model_set_metadata (model, "device", "a device “α” <&>");
}

/* Shifts and scales the last layer until two pictures get clearly different answers: in a network that says
 * much the same to everything, no mistake would be seen. */
static void
sharpen (NnModel *model)
{
  NnRandom random;
  nn_random_init (&random, 13, 1);
  NnGraph *graph = nn_model_get_graph (model);
  guint last = nn_graph_get_n_nodes (graph) - 1, classes = nn_graph_get_n_classes (graph);
  const NnNode *node = nn_graph_get_node (graph, last);
  gsize size = nn_shape_size (nn_graph_get_input_shape (graph));
  g_autofree float *x = g_new (float, 2 * size);
  g_autofree double *logits = g_new (double, 2 * classes);
  double spread = 1e-9;
  for (gsize i = 0; i < 2 * size; i++)
    x[i] = 4 * nn_random_uniform (&random) - 1.4f; /* as pixels, after the preprocessing */
  nn_model_ref_run (model, 2, x, logits);
  for (guint i = 0; i < classes; i++)
    spread = fmax (spread, fabs (logits[i] - logits[classes + i]));
  for (guint i = 0; i < classes && node->n_params > 1; i++)
    nn_model_get_param (model, last, 1)[i] -= (float) ((logits[i] + logits[classes + i]) / 2);
  for (guint p = 0; p < node->n_params; p++)
    for (gsize k = 0; k < nn_shape_size (&node->params[p].shape); k++)
      nn_model_get_param (model, last, p)[k] *= (float) (2 / spread);
}

NnModel *
test_network_from_json (const char *json)
{
  const char *const classes[] = { "cat", "dog \"Rex\"", "Löwe / 獅子", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (json, -1, NULL, 3, &error);
  g_assert_no_error (error);
  NnModel *model = nn_model_new (graph, classes);
  nn_model_init_weights (model, 3);
  disturb (model);
  sharpen (model);
  return model;
}

NnModel *
test_network_new (guint index)
{
  guint presets = count_presets ();
  if (index >= presets)
    return test_network_from_json (odd[index - presets].json);
  const char *name = nn_preset_names ()[index];
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset (name, NULL, 10, &error);
  g_assert_no_error (error);
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 3);
  disturb (model);
  sharpen (model);
  return model;
}
