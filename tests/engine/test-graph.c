/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specifications: presets for any picture and number of classes, round trips, and errors that name the place. */
#include "base/error.h"
#include "net/model.h"
#include "net/plan.h"

#include <math.h>
#include <string.h>

static void
test_presets (void)
{
  const NnShape shapes[] = { NN_SHAPE (28, 28, 1), NN_SHAPE (64, 64, 3), NN_SHAPE (33, 47, 3) };
  for (const char *const *name = nn_preset_names (); *name; name++)
    for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (NnGraph) graph = nn_graph_new_from_preset (*name, &shapes[i], 2 + i, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (nn_graph_get_n_classes (graph), ==, 2 + i);
      g_assert_true (nn_shape_equal (nn_graph_get_input_shape (graph), &shapes[i]));
      g_autofree char *json = nn_graph_to_json (graph);
      g_autoptr (NnGraph) again = nn_graph_new_from_json (json, -1, NULL, 2 + i, &error);
      g_assert_no_error (error);
      g_autofree char *same = nn_graph_to_json (again);
      g_assert_cmpstr (json, ==, same);
    }
}

static void
test_known_sizes (void)
{
  static const struct {
    const char *preset;
    gsize params;
  } rows[] = {
    { "perceptron", 784 * 10 + 10 },
    { "mlp", 784 * 512 + 512 + 512 * 10 + 10 },
    { "convnet", 9 * 32 + 32 + 9 * 32 * 64 + 64 + 3136 * 128 + 128 + 1280 + 10 },
    { "lstm", 28 * 512 + 128 * 512 + 512 + 1280 + 10 },
  };
  const NnShape input = NN_SHAPE (28, 28, 1);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (NnGraph) graph = nn_graph_new_from_preset (rows[i].preset, &input, 10, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (nn_graph_count_params (graph), ==, rows[i].params);
  }
}

#define HEAD "{\"format\":1,\"input\":{\"height\":8,\"width\":8,\"channels\":1},\"layers\":["
#define TAIL "]}"

static void
test_errors (void)
{
  static const struct {
    const char *json, *message;
  } rows[] = {
    { "{", "*not valid JSON*" },
    { "[]", "*array of “layers”*" },
    { "{\"format\":2,\"layers\":[]}", "*newer version*" },
    { "{\"layers\":[]}", "*no “input”*" },
    { HEAD TAIL, "*last layer*" },
    { HEAD "5" TAIL, "*number 1*object*" },
    { HEAD "{\"op\":\"warp\"}" TAIL, "*no operator “warp”*" },
    { HEAD "{\"op\":\"dense\",\"unit\":3}" TAIL, "*no setting “unit”*" },
    { HEAD "{\"op\":\"dense\",\"units\":\"many\"}" TAIL, "*“units” must be*" },
    { HEAD "{\"op\":\"dense\",\"units\":0}" TAIL, "*“units” must lie between*" },
    { HEAD "{\"op\":\"dense\",\"units\":1.5}" TAIL, "*whole number*" },
    { HEAD "{\"op\":\"max_pool\",\"size\":9}" TAIL, "*max_pool1*larger than the picture*" },
    { HEAD "{\"op\":\"max_pool\",\"size\":[2,2,2]}" TAIL, "*array of two*" },
    { HEAD "{\"op\":\"max_pool\",\"padding\":\"odd\"}" TAIL, "*one of: valid, same*" },
    { HEAD "{\"op\":\"relu\",\"name\":\"a\"},{\"op\":\"relu\",\"name\":\"a\"}" TAIL, "*same name*" },
    { HEAD "{\"op\":\"relu\",\"inputs\":[\"nobody\"]}" TAIL, "*no layer “nobody”*" },
    { HEAD "{\"op\":\"add\"}" TAIL, "*takes 2 inputs*" },
    { HEAD "{\"op\":\"dense\",\"units\":5}" TAIL, "*5 numbers*3 classes*" },
    { HEAD "{\"op\":\"relu\"}" TAIL, "*one number a class*" },
    { HEAD "{\"op\":\"dense\",\"units\":5},{\"op\":\"dense\",\"units\":3,\"frozen\":true}" TAIL, "*dense2*behind one that learns*" },
    { HEAD "{\"op\":\"shift\"}" TAIL, "*list of numbers*8×8×1*" },
    { "{\"pretrained\":5," "\"input\":{\"height\":8,\"width\":8,\"channels\":1},\"layers\":[" TAIL, "*name of a backbone*" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (NnGraph) graph = nn_graph_new_from_json (rows[i].json, -1, NULL, 3, &error);
    g_assert_null (graph);
    g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
    if (!g_pattern_match_simple (rows[i].message, error->message))
      g_error ("“%s” is not like “%s”", error->message, rows[i].message);
  }
}

static void
test_perceptron_is_checked (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (
      "{\"trainer\":\"perceptron\",\"input\":{\"height\":8,\"width\":8,\"channels\":1},\"layers\":["
      "{\"op\":\"dense\",\"units\":4},{\"op\":\"dense\",\"units\":3}]}", -1, NULL, 3, &error);
  g_assert_null (graph);
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

/* No two tensors that live at the same moment share a slot, and sharing saves memory. */
static void
test_plan (void)
{
  const NnShape input = NN_SHAPE (64, 64, 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset ("convnet-rgb", &input, 2, &error);
  g_assert_no_error (error);
  for (int training = 0; training < 2; training++) {
    g_autoptr (NnPlan) plan = nn_plan_new (graph, 16, training);
    g_autoptr (GPtrArray) items = g_ptr_array_new ();
    guint64 sum = 0;
    for (guint i = 0; i < plan->n_nodes; i++) {
      NnNodePlan *node = &plan->nodes[i];
      NnPlanItem *all[] = { node->shares_input ? NULL : &node->y, node->shares_gradient ? NULL : &node->dy,
                            &node->aux[0], &node->aux[1], &node->aux[2] };
      for (guint k = 0; k < G_N_ELEMENTS (all); k++)
        if (all[k] && all[k]->bytes) {
          g_ptr_array_add (items, all[k]);
          sum += all[k]->bytes;
          g_assert_cmpuint (all[k]->bytes, <=, g_array_index (plan->slots, gsize, all[k]->slot));
        }
    }
    for (guint a = 0; a < items->len; a++)
      for (guint b = 0; b < a; b++) {
        const NnPlanItem *x = items->pdata[a], *y = items->pdata[b];
        if (x->slot == y->slot)
          g_assert_true (x->last < y->first || y->last < x->first);
      }
    g_assert_cmpuint (nn_plan_get_bytes (plan), <, sum);
  }
}

static void
test_first_weights (void)
{
  const NnShape input = NN_SHAPE (28, 28, 1);
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset ("lstm", &input, 10, NULL);
  g_autoptr (NnModel) a = nn_model_new (graph, NULL), b = nn_model_new (graph, NULL), c = nn_model_new (graph, NULL);
  nn_model_init_weights (a, 1);
  nn_model_init_weights (b, 1);
  nn_model_init_weights (c, 2);
  gsize n = nn_shape_size (&nn_graph_get_node (graph, 1)->params[1].shape);
  g_assert_cmpmem (nn_model_get_param (a, 1, 1), n * 4, nn_model_get_param (b, 1, 1), n * 4);
  g_assert_true (memcmp (nn_model_get_param (a, 1, 1), nn_model_get_param (c, 1, 1), n * 4) != 0);
  g_assert_true (nn_model_is_finite (a));
  nn_model_get_param (a, 1, 1)[3] = (float) NAN;
  g_assert_false (nn_model_is_finite (a));
}

#define FROZEN HEAD \
  "{\"op\":\"conv2d\",\"name\":\"a.1\",\"filters\":4,\"frozen\":true},{\"op\":\"conv2d\",\"name\":\"a.2\",\"filters\":4,\"frozen\":true}," \
  "{\"op\":\"add\",\"name\":\"a.sum\",\"inputs\":[\"a.1\",\"a.2\"]},{\"op\":\"batch_norm\",\"name\":\"b\",\"frozen\":true}," \
  "{\"op\":\"global_avg_pool\",\"name\":\"features\"},{\"op\":\"shift\",\"name\":\"centre\",\"frozen\":true}," \
  "{\"op\":\"dense\",\"units\":\"classes\"}" TAIL

static void
test_frozen (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (FROZEN, -1, NULL, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nn_graph_count_blocks (graph), ==, 2);
  /* What can be kept ends with the features: the shift is measured on them. */
  g_assert_cmpuint (nn_plan_find_cut (graph), ==, 5);
  g_autoptr (NnGraph) one = nn_graph_new_unfrozen (graph, 1), both = nn_graph_new_unfrozen (graph, 7);
  g_assert_cmpuint (nn_plan_find_cut (one), ==, 3);
  g_assert_cmpuint (nn_graph_count_blocks (one), ==, 1);
  g_assert_false (nn_graph_get_node (one, 6)->frozen);
  g_assert_cmpuint (nn_plan_find_cut (both), ==, 0);
  g_assert_cmpuint (nn_graph_count_blocks (both), ==, 0);
  g_autofree char *json = nn_graph_to_json (one);
  g_autoptr (NnGraph) again = nn_graph_new_from_json (json, -1, NULL, 3, &error);
  g_assert_no_error (error);
  g_autofree char *same = nn_graph_to_json (again);
  g_assert_cmpstr (json, ==, same);

  g_autoptr (NnPlan) part = nn_plan_new_part (graph, 2, TRUE, 5, 7);
  g_assert_cmpuint (part->nodes[4].y.bytes, ==, 0);
  g_assert_cmpuint (part->nodes[5].y.bytes, ==, 2 * 4 * sizeof (float));
  g_assert_cmpuint (part->nodes[5].dy.bytes, ==, 0);
  g_assert_cmpuint (part->nodes[7].dy.bytes, ==, 2 * 3 * sizeof (float));
}

static void
test_pretrained (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset ("transfer", NULL, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (nn_graph_get_pretrained (graph), ==, "efficientnet-lite0");
  g_assert_cmpuint (nn_graph_count_blocks (graph), ==, 18);
  const NnNode *cut = nn_graph_get_node (graph, nn_plan_find_cut (graph));
  g_assert_cmpstr (cut->name, ==, "features");
  g_assert_true (nn_shape_equal (&cut->shape, &NN_SHAPE (1280)));
  g_autoptr (NnGraph) tuned = nn_graph_new_unfrozen (graph, 2);
  g_assert_cmpstr (nn_graph_get_node (tuned, nn_plan_find_cut (tuned))->name, ==, "b14.add");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/presets", test_presets);
  g_test_add_func ("/graph/known-sizes", test_known_sizes);
  g_test_add_func ("/graph/errors", test_errors);
  g_test_add_func ("/graph/perceptron-is-checked", test_perceptron_is_checked);
  g_test_add_func ("/graph/plan", test_plan);
  g_test_add_func ("/graph/frozen", test_frozen);
  g_test_add_func ("/graph/pretrained", test_pretrained);
  g_test_add_func ("/graph/first-weights", test_first_weights);
  return g_test_run ();
}
