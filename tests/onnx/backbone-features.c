/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For test-backbone.py: what each layer of a model file gives for a picture, computed on the device, as JSON: the mean, the
 * standard deviation and the largest magnitude; and all numbers of the last one. */
#include "data/pixels.h"
#include "net/batch.h"
#include "net/network.h"
#include "onnx/onnx-file.h"
#include "test-context.h"

#include <math.h>
#include <stdio.h>

static void
print_layer (NnNetwork *network, const NnNode *node, gboolean all)
{
  g_autoptr (GError) error = NULL;
  gsize n = nn_shape_size (&node->shape);
  g_autofree float *y = g_new (float, n);
  g_assert_true (nn_tensor_download (nn_network_get_output (network, node->index), y, &error));
  double sum = 0, squares = 0, largest = 0;
  for (gsize i = 0; i < n; i++) {
    sum += (double) y[i];
    squares += (double) y[i] * (double) y[i];
    largest = fmax (largest, fabs ((double) y[i]));
  }
  double mean = sum / (double) n;
  printf ("%s\"%s\":{\"mean\":%.9g,\"std\":%.9g,\"absmax\":%.9g,\"all\":[", node->index > 1 ? "," : "", node->name, mean,
          sqrt (fmax (squares / (double) n - mean * mean, 0)), largest);
  for (gsize i = 0; all && i < n; i++)
    printf ("%s%.9g", i ? "," : "", (double) y[i]);
  printf ("]}\n");
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = nn_onnx_load (argv[1], &error);
  g_assert_no_error (error);
  NnGraph *graph = nn_model_get_graph (model);
  const NnShape *input = nn_graph_get_input_shape (graph);
  const NnPixelSpec spec = { input->dims[0], input->dims[1], input->dims[2], NN_FIT_STRETCH };
  g_autofree guint8 *pixels = g_malloc (nn_shape_size (input));
  g_autofree float *x = g_new (float, nn_shape_size (input));
  g_assert_true (nn_decode_file (argv[2], &spec, pixels, &error));
  nn_gather_ref (input, input, nn_model_get_preprocess (model), pixels, x);

  g_autoptr (NnContext) context = test_context_new ();
  g_autoptr (NnWeights) weights = nn_weights_new (context, model, FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (NnNetwork) network = nn_network_new_kept (weights, 1, &error);
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  g_assert_true (nn_network_record_forward (network, commands, &error));
  g_assert_true (nn_tensor_upload (nn_network_get_input (network), x, &error));
  g_assert_true (nn_commands_run (commands, NULL, &error));
  printf ("{");
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++)
    print_layer (network, nn_graph_get_node (graph, i), i + 1 == nn_graph_get_n_nodes (graph));
  printf ("}\n");
  return 0;
}
