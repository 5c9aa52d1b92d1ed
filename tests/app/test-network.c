/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network that is edited: its steps, errors at their layer, what it sees and takes. */
#include "session/memory.h"
#include "session/network.h"

#include "ops/attrs.h"

#define KERNEL 1 /* of conv2d, in its table */

static PcnNetwork *
make (const char *preset)
{
  PcnNetwork *network = pcn_network_new ();

  pcn_network_load (network, preset, NULL);
  g_assert_nonnull (pcn_network_get_graph (network));
  g_assert_null (pcn_network_get_spec (network));
  return network;
}

static const PcnLayerFacts *
facts (PcnNetwork *network, guint index)
{
  g_autoptr (PcnLayer) layer = g_list_model_get_item (pcn_network_get_layers (network), index);
  return pcn_layer_get_facts (layer);
}

static guint
count (PcnNetwork *network)
{
  return g_list_model_get_n_items (pcn_network_get_layers (network));
}

static void
test_edit_and_undo (void)
{
  g_autoptr (PcnNetwork) network = make ("convnet");
  gsize before = nn_graph_count_params (pcn_network_get_graph (network));

  pcn_network_set_attr (network, 0, KERNEL, &(NnAttr){ .i = { 11, 11 }, .f = 11 });
  g_assert_cmpuint (facts (network, 0)->n_weights, ==, 11 * 11 * 32 + 32);
  pcn_network_add (network, nn_op_find ("dropout"), count (network) - 1);
  g_assert_cmpuint (count (network), ==, 8);
  pcn_network_move (network, 6, 4);
  g_assert_nonnull (pcn_network_get_graph (network));
  g_autofree char *spec = g_strdup (pcn_network_get_spec (network));
  for (guint i = 0; i < 3; i++)
    pcn_network_undo (network);
  g_assert_null (pcn_network_get_spec (network));
  g_assert_cmpuint (nn_graph_count_params (pcn_network_get_graph (network)), ==, before);
  for (guint i = 0; i < 3; i++)
    pcn_network_redo (network);
  g_assert_cmpstr (pcn_network_get_spec (network), ==, spec);
  pcn_network_choose (network, "mlp");
  g_assert_cmpuint (count (network), ==, 3);
  pcn_network_undo (network);
  g_assert_cmpstr (pcn_network_get_spec (network), ==, spec);
}

static void
test_quick_changes_are_one_step (void)
{
  g_autoptr (PcnNetwork) network = make ("convnet");

  for (int k = 4; k <= 9; k++)
    pcn_network_set_attr (network, 0, KERNEL, &(NnAttr){ .i = { k, k }, .f = k });
  pcn_network_undo (network);
  g_assert_null (pcn_network_get_spec (network));
}

static void
test_spec_is_what_the_engine_trains (void)
{
  g_autoptr (PcnNetwork) network = make ("convnet");
  g_autoptr (GError) error = NULL;

  pcn_network_set_data (network, &NN_SHAPE (32, 24, 3), 4);
  pcn_network_remove (network, 2);
  g_autoptr (NnGraph) graph
      = nn_graph_new_from_preset (pcn_network_get_spec (network), &NN_SHAPE (32, 24, 3), 4, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nn_graph_count_params (graph), ==,
                    nn_graph_count_params (pcn_network_get_graph (network)));
  /* The classes of other data fit without another edit. */
  g_clear_pointer (&graph, nn_graph_unref);
  graph = nn_graph_new_from_preset (pcn_network_get_spec (network), &NN_SHAPE (28, 28, 1), 7, &error);
  g_assert_no_error (error);

  g_autoptr (PcnNetwork) again = pcn_network_new ();
  pcn_network_load (again, "convnet", pcn_network_get_spec (network));
  g_assert_cmpuint (count (again), ==, count (network));
  pcn_network_load (again, "mlp", "{ nonsense");
  g_assert_cmpuint (count (again), ==, 3);
}

/* The layers of a backbone stay as they are, also in what is written, and whatever the data is. */
static void
test_backbone (void)
{
  g_autoptr (PcnNetwork) network = make ("transfer");
  g_autoptr (GError) error = NULL;
  guint n = count (network), n_shown = 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (PcnLayer) layer = g_list_model_get_item (pcn_network_get_layers (network), i);
    n_shown += !pcn_layer_get_of_backbone (layer);
  }
  g_assert_cmpuint (n_shown, ==, 1);
  g_assert_cmpstr (pcn_network_get_pretrained (network), ==, "efficientnet-lite0");
  pcn_network_move (network, n - 1, n - 2);
  g_assert_null (pcn_network_get_spec (network));
  pcn_network_set_data (network, &NN_SHAPE (28, 28, 1), 4);
  pcn_network_add (network, nn_op_find ("dropout"), n - 1);
  g_assert_true (nn_shape_equal (nn_graph_get_input_shape (pcn_network_get_graph (network)), &NN_SHAPE (224, 224, 3)));
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset (pcn_network_get_spec (network), NULL, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (nn_graph_get_pretrained (graph), ==, "efficientnet-lite0");
  g_assert_cmpuint (nn_graph_count_blocks (graph), ==, 18);
  pcn_network_choose (network, "convnet");
  g_assert_null (pcn_network_get_pretrained (network));
  for (guint i = 0; i < count (network); i++) {
    g_autoptr (PcnLayer) layer = g_list_model_get_item (pcn_network_get_layers (network), i);
    g_assert_false (pcn_layer_get_of_backbone (layer) || pcn_layer_get_frozen (layer));
  }
}

static void
test_errors_at_their_layer (void)
{
  g_autoptr (PcnNetwork) network = make ("convnet");
  guint n = count (network);

  /* Flatten before a pooling: that one is wrong, what follows isn't known. */
  pcn_network_move (network, 4, 0);
  g_assert_null (pcn_network_get_graph (network));
  g_assert_null (facts (network, 0)->error);
  g_assert_nonnull (facts (network, 1)->error);
  g_assert_null (facts (network, 2)->error);
  g_assert_false (facts (network, 2)->known);
  pcn_network_undo (network);
  /* Without the layer of the classes. */
  pcn_network_remove (network, n - 1);
  g_assert_null (pcn_network_get_graph (network));
  g_assert_nonnull (facts (network, n - 2)->error);
  pcn_network_undo (network);
  g_assert_nonnull (pcn_network_get_graph (network));
}

static void
test_memory (void)
{
  g_autoptr (PcnNetwork) network = make ("convnet");
  const NnGraph *graph = pcn_network_get_graph (network);
  guint64 one = pcn_memory_estimate (graph, 1, 1000), many = pcn_memory_estimate (graph, 256, 1000);

  g_assert_cmpuint (one, <, many);
  g_assert_cmpuint (one, >, nn_graph_count_params (graph) * 16 + 1000 * 28 * 28);
  guint largest = pcn_memory_largest_batch (graph, 1000, many, G_MAXUINT64);
  g_assert_cmpuint (largest, <, 256);
  g_assert_cmpuint (largest, >, 128);
  g_assert_cmpuint (pcn_memory_estimate (graph, largest, 1000), <=, many - many / 10);
  g_assert_cmpuint (pcn_memory_estimate (graph, largest + 1, 1000), >, many - many / 10);
  g_assert_cmpuint (pcn_memory_largest_batch (graph, 1000, 1000, G_MAXUINT64), ==, 0);
  g_assert_cmpuint (pcn_memory_largest_batch (graph, 1000, G_MAXUINT64, 1000), ==, 0);
  g_assert_cmpuint (pcn_memory_largest_batch (graph, 1000, G_MAXUINT64, G_MAXUINT64), ==,
                    PCN_MEMORY_MAX_BATCH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/edit-and-undo", test_edit_and_undo);
  g_test_add_func ("/network/quick-changes-are-one-step", test_quick_changes_are_one_step);
  g_test_add_func ("/network/spec-is-what-the-engine-trains", test_spec_is_what_the_engine_trains);
  g_test_add_func ("/network/backbone", test_backbone);
  g_test_add_func ("/network/errors-at-their-layer", test_errors_at_their_layer);
  g_test_add_func ("/network/memory", test_memory);
  return g_test_run ();
}
