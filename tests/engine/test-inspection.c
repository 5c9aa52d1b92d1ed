/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each layer's activations against the C reference, for networks of every kind, and how they are laid out as
 * pictures. */
#include "test-context.h"

#include "base/random.h"
#include "net/batch.h"
#include "train/inspection.h"

#include <math.h>
#include <string.h>

static NnContext *context;

/* Two branches, so that memory would be shared if the outputs weren't kept. */
static const char branched[]
    = "{\"format\":1,\"input\":{\"height\":12,\"width\":10,\"channels\":3},\"layers\":["
      "{\"op\":\"conv2d\",\"name\":\"a\",\"filters\":6,\"kernel\":[3,5],\"activation\":\"relu\"},"
      "{\"op\":\"batch_norm\",\"name\":\"b\"},"
      "{\"op\":\"conv2d\",\"name\":\"c\",\"filters\":6,\"kernel\":3,\"inputs\":[\"a\"]},"
      "{\"op\":\"add\",\"name\":\"d\",\"inputs\":[\"b\",\"c\"]},"
      "{\"op\":\"max_pool\",\"size\":2},{\"op\":\"global_avg_pool\"},"
      "{\"op\":\"dense\",\"units\":\"classes\"}]}";

static guint8 *
make_picture (const NnShape *shape, guint64 seed)
{
  NnRandom random;
  nn_random_init (&random, seed, 1);
  guint8 *pixels = g_new (guint8, nn_shape_size (shape));
  for (gsize i = 0; i < nn_shape_size (shape); i++)
    pixels[i] = (guint8) nn_random_below (&random, 256);
  return pixels;
}

static void
check_node (NnInspector *inspector, NnModel *model, guint node, const float *x)
{
  gsize size = nn_shape_size (&nn_graph_get_node (nn_model_get_graph (model), node)->shape);
  g_autofree float *values = g_new (float, size);
  g_autofree double *expected = nn_model_ref_run_node (model, node, 1, x);
  g_autoptr (GError) error = NULL;
  g_assert_true (nn_inspector_read (inspector, node, values, &error));
  double greatest = 1e-3;
  for (gsize i = 0; i < size; i++)
    greatest = MAX (greatest, fabs (expected[i]));
  for (gsize i = 0; i < size; i++)
    g_assert_cmpfloat_with_epsilon ((double) values[i], expected[i], 1e-4 * greatest);
}

static void
check (NnGraph *graph)
{
  static const char *const classes[] = { "a", "b", "c", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = nn_model_new (graph, classes);
  nn_model_init_weights (model, 3);
  NnPreprocess *preprocess = nn_model_get_preprocess (model);
  const NnShape *input = nn_graph_get_input_shape (graph);
  for (guint c = 0; c < input->dims[2]; c++) {
    preprocess->mean[c] = 0.4f;
    preprocess->deviation[c] = 0.3f;
  }
  g_autoptr (NnInspector) inspector = nn_inspector_new (context, model, &error);
  g_assert_no_error (error);
  for (guint64 seed = 1; seed <= 2; seed++) {
    g_autofree guint8 *pixels = make_picture (input, seed);
    g_autofree float *x = g_new (float, nn_shape_size (input));
    for (gsize i = 0; i < nn_shape_size (input); i++)
      x[i] = ((float) pixels[i] / 255 - 0.4f) / 0.3f;
    g_assert_true (nn_inspector_run (inspector, pixels, &error));
    g_assert_no_error (error);
    for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++)
      check_node (inspector, model, i, x);
  }
  guint filters = nn_inspection_find_filters (graph);
  if (filters > 0) {
    gsize size = nn_shape_size (&nn_graph_get_node (graph, filters)->params[0].shape);
    g_autofree float *values = g_new (float, size);
    g_assert_true (nn_inspector_read (inspector, NN_INSPECTION_FILTERS, values, &error));
    g_assert_cmpmem (values, size * sizeof (float), nn_model_get_param (model, filters, 0),
                     size * sizeof (float));
  }
}

static void
test_branched (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (branched, -1, NULL, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nn_inspection_find_filters (graph), ==, 1);
  check (graph);
}

static void
test_preset (gconstpointer name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset (name, &NN_SHAPE (28, 28, 1), 3, &error);
  g_assert_no_error (error);
  check (graph);
}

static void
test_maps (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (branched, -1, NULL, 3, &error);
  NnMaps maps;
  g_assert_cmpuint (nn_inspection_get_maps (graph, 1, &maps), ==, 12 * 10 * 6);
  g_assert_true (maps.n == 6 && maps.height == 12 && maps.width == 10 && maps.channels == 1);
  g_assert_cmpuint (nn_inspection_get_maps (graph, NN_INSPECTION_FILTERS, &maps), ==, 3 * 5 * 3 * 6);
  g_assert_true (maps.n == 6 && maps.height == 3 && maps.width == 5 && maps.channels == 3);
  g_autofree float *values = g_new (float, 720), *pictures = g_new (float, 720);
  for (guint i = 0; i < 720; i++)
    values[i] = (float) i;
  nn_inspection_arrange (graph, 1, values, pictures);
  /* Row 2, column 3 of channel 4. */
  g_assert_cmpfloat (pictures[4 * 120 + 2 * 10 + 3], ==, (2 * 10 + 3) * 6 + 4);
  nn_inspection_arrange (graph, NN_INSPECTION_FILTERS, values, pictures);
  /* Row 1, column 4, blue of filter 5. */
  g_assert_cmpfloat (pictures[(5 * 15 + 1 * 5 + 4) * 3 + 2], ==, ((1 * 5 + 4) * 3 + 2) * 6 + 5);

  g_autoptr (NnGraph) mlp = nn_graph_new_from_preset ("mlp", &NN_SHAPE (28, 28, 1), 10, &error);
  guint filters = nn_inspection_find_filters (mlp);
  g_assert_cmpuint (filters, >, 0);
  nn_inspection_get_maps (mlp, NN_INSPECTION_FILTERS, &maps);
  g_assert_true (maps.height == 28 && maps.width == 28 && maps.channels == 1);
  nn_inspection_get_maps (mlp, filters, &maps);
  g_assert_cmpuint (maps.height, >, 1);
  g_assert_cmpuint (maps.height * maps.width, ==, nn_graph_get_node (mlp, filters)->shape.dims[0]);
  nn_inspection_get_maps (mlp, nn_graph_get_n_nodes (mlp) - 1, &maps);
  g_assert_true (maps.n == 1 && maps.height == 1 && maps.width == 10);
}

int
main (int argc, char **argv)
{
  static const char *const presets[] = { "mlp", "convnet", "rnn", "lstm", "gru" };
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_test_add_func ("/inspection/maps", test_maps);
  g_test_add_func ("/inspection/branched", test_branched);
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++) {
    g_autofree char *path = g_strconcat ("/inspection/", presets[i], NULL);
    g_test_add_data_func (path, presets[i], test_preset);
  }
  int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
