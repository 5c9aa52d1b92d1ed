/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heat maps of what a classifier looks at: known answers, gradients against finite differences of the reference, and that
 * looking changes nothing. */
#include "test-context.h"
#include "toy-model.h"

#include "base/error.h"
#include "base/random.h"
#include "data/heat-map.h"
#include "train/grad-cam.h"
#include "train/occlusion.h"
#include "train/trainer.h"

#include <math.h>
#include <string.h>

#define SIDE 16

static NnContext *context;

/* Behind the layer @a: layers with and without a state, frozen and not, with two readers, that lead nowhere. Smooth, so that
 * differences tell gradients. */
#define BODY(a) \
  "{\"op\":\"batch_norm\",\"name\":\"b\",\"frozen\":true,\"inputs\":[\"" a "\"],\"activation\":\"tanh\"}," \
  "{\"op\":\"conv2d\",\"name\":\"c\",\"frozen\":true,\"filters\":4,\"inputs\":[\"" a "\"]}," \
  "{\"op\":\"conv2d\",\"name\":\"nowhere\",\"filters\":3,\"inputs\":[\"b\"]}," \
  "{\"op\":\"add\",\"name\":\"d\",\"inputs\":[\"b\",\"c\"]}," \
  "{\"op\":\"dropout\",\"rate\":0.5}," \
  "{\"op\":\"conv2d\",\"name\":\"e\",\"filters\":4,\"groups\":4,\"activation\":\"sigmoid\"}," \
  "{\"op\":\"max_pool\",\"size\":2}," \
  "{\"op\":\"conv2d\",\"name\":\"f\",\"filters\":16,\"activation\":\"tanh\"}," \
  "{\"op\":\"avg_pool\",\"size\":[1,2]},{\"op\":\"leaky_relu\"}," \
  "{\"op\":\"gru\",\"name\":\"g\",\"units\":5,\"return_sequences\":true}," \
  "{\"op\":\"lstm\",\"name\":\"h\",\"units\":6},{\"op\":\"shift\",\"name\":\"i\"}," \
  "{\"op\":\"dense\",\"name\":\"j\",\"units\":8,\"activation\":\"tanh\"}," \
  "{\"op\":\"dense\",\"name\":\"k\",\"units\":\"classes\"}]}"

static const char whole[] = "{\"format\":1,\"input\":{\"height\":12,\"width\":10,\"channels\":3},\"layers\":["
                            "{\"op\":\"conv2d\",\"name\":\"a\",\"frozen\":true,\"filters\":4,\"activation\":\"tanh\"}," BODY ("a");
static const char behind[]
    = "{\"format\":1,\"input\":{\"height\":12,\"width\":10,\"channels\":4},\"layers\":[" BODY ("input");

static const char tiny[] = "{\"format\":1,\"input\":{\"height\":4,\"width\":4,\"channels\":1},\"layers\":["
                           "{\"op\":\"conv2d\",\"name\":\"c\",\"filters\":2,\"kernel\":1,\"bias\":false,\"activation\":\"relu\"},"
                           "{\"op\":\"global_avg_pool\",\"name\":\"p\"},{\"op\":\"dense\",\"units\":\"classes\"}]}";

static const char corner[] = "{\"format\":1,\"input\":{\"height\":8,\"width\":8,\"channels\":1},\"layers\":["
                             "{\"op\":\"flatten\"},{\"op\":\"dense\",\"name\":\"d\",\"units\":\"classes\"}]}";

/* Normalised twice, before and after the pooling. */
static const char normalised[]
    = "{\"format\":1,\"input\":{\"height\":8,\"width\":8,\"channels\":1},\"layers\":["
      "{\"op\":\"conv2d\",\"filters\":2},{\"op\":\"batch_norm\"},{\"op\":\"relu\",\"name\":\"relu\"},{\"op\":\"dropout\"},"
      "{\"op\":\"max_pool\"},{\"op\":\"batch_norm\"},{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":\"classes\"}]}";

static NnModel *
make_model (const char *json, guint n_classes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (json, -1, NULL, n_classes, &error);
  g_assert_no_error (error);
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 5);
  NnPreprocess *preprocess = nn_model_get_preprocess (model);
  for (guint c = 0; c < NN_MAX_CHANNELS; c++) {
    preprocess->mean[c] = 0;
    preprocess->deviation[c] = 1;
  }
  return model;
}

static guint
find (NnModel *model, const char *name)
{
  NnGraph *graph = nn_model_get_graph (model);
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++)
    if (strcmp (nn_graph_get_node (graph, i)->name, name) == 0)
      return i;
  return 0;
}

static void
test_spread (void)
{
  static const float grid[] = { 0, 4, 8, 4 };
  const double at[] = { 0.5, 2.5 };
  float map[16];
  nn_heat_spread (grid, 2, at, 2, at, 4, 4, map);
  static const float expected[] = { 0, 1, 3, 4, 2, 2.5f, 3.5f, 4, 6, 5.5f, 4.5f, 4, 8, 7, 5, 4 };
  for (guint i = 0; i < 16; i++)
    g_assert_cmpfloat_with_epsilon (map[i], expected[i], 1e-6f);
  const double middle[] = { 1.5 };
  nn_heat_spread (grid + 1, 1, middle, 1, middle, 4, 4, map);
  for (guint i = 0; i < 16; i++)
    g_assert_cmpfloat (map[i], ==, 4);
}

static double
lightness (const guint8 rgb[3])
{
  return 0.2126 * pow (rgb[0] / 255.0, 2.2) + 0.7152 * pow (rgb[1] / 255.0, 2.2) + 0.0722 * pow (rgb[2] / 255.0, 2.2);
}

static void
test_colours (void)
{
  guint8 rgb[3], before[3];
  nn_heat_colour (NAN, before);
  g_assert_true (before[0] == 0x44 && before[1] == 0x01 && before[2] == 0x54);
  for (guint i = 1; i <= 100; i++) {
    nn_heat_colour (i / 100.0, rgb);
    g_assert_cmpfloat (lightness (rgb), >, lightness (before));
    memcpy (before, rgb, 3);
  }
  nn_heat_colour (7, rgb);
  g_assert_true (rgb[0] == 0xfd && rgb[1] == 0xe7 && rgb[2] == 0x25);
  static const guint8 grey[] = { 100, 200 };
  static const float map[] = { -3, 2 };
  guint8 painted[6];
  nn_heat_paint (grey, 1, 2, 1, map, 0.5, painted);
  g_assert_true (painted[0] == 84 && painted[1] == 51 && painted[2] == 92);
  g_assert_true (painted[3] == 227 && painted[4] == 216 && painted[5] == 119);
  nn_heat_paint (grey, 1, 2, 1, map, 0, painted);
  g_assert_true (painted[0] == 100 && painted[4] == 200);
}

/* One layer of two maps, 2 x and x, and a class that weighs their means by 3 and −1: the map is (3·2 − 1) x / 16. */
static void
test_by_hand (void)
{
  static const float filters[] = { 2, 1 }, dense[] = { 3, -1, -4, -1, 2, 8 }; /* [2][3] */
  static const double factors[] = { 5, 0, 0 };                               /* −2 + 2 = 0, −8 + 8 = 0 */
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = make_model (tiny, 3);
  memcpy (nn_model_get_param (model, 1, 0), filters, sizeof filters);
  memcpy (nn_model_get_param (model, 3, 0), dense, sizeof dense);
  guint8 pixels[16];
  for (guint i = 0; i < 16; i++)
    pixels[i] = (guint8) (i * 17);
  g_autoptr (NnGradCam) cam = nn_grad_cam_new (context, model, 1, &error);
  g_assert_no_error (error);
  for (guint c = 0; c < 3; c++) {
    float map[16];
    g_assert_true (nn_grad_cam_run (cam, pixels, c, map, &error));
    for (guint i = 0; i < 16; i++)
      g_assert_cmpfloat_with_epsilon ((double) map[i], factors[c] * pixels[i] / 255 / 16, 1e-6);
  }
}

static void
test_layers (void)
{
  g_autoptr (GError) error = NULL;
  for (const NnOp *const *op = nn_op_list (); *op; op++) /* so that every network can be looked into */
    g_assert_nonnull ((*op)->backward);
  g_autoptr (NnModel) model = make_model (whole, 3);
  NnGraph *graph = nn_model_get_graph (model);
  g_assert_cmpuint (nn_grad_cam_find_layer (graph), ==, find (model, "g"));
  g_assert_cmpuint (nn_grad_cam_find (graph, "e", &error), ==, find (model, "e"));
  g_assert_false (nn_grad_cam_suits (graph, 0) || nn_grad_cam_suits (graph, find (model, "j")));
  g_assert_cmpuint (nn_grad_cam_find (graph, "j", &error), ==, 0);
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_cmpuint (nn_grad_cam_find (graph, "x", &error), ==, 0);
  g_assert_nonnull (strstr (error->message, "“x”"));
  g_clear_error (&error);
  g_assert_null (nn_grad_cam_new (context, model, find (model, "nowhere"), &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
  g_clear_error (&error);

  g_autoptr (NnGraph) convnet = nn_graph_new_from_preset ("convnet", NULL, 10, &error);
  g_assert_cmpstr (nn_graph_get_node (convnet, nn_grad_cam_find_layer (convnet))->op->id, ==, "conv2d");
  g_autoptr (NnModel) late = make_model (normalised, 2);
  g_assert_cmpuint (nn_grad_cam_find_layer (nn_model_get_graph (late)), ==, find (late, "relu"));
  g_autoptr (NnGraph) mlp = nn_graph_new_from_preset ("mlp", NULL, 10, &error);
  g_assert_cmpuint (nn_grad_cam_find (mlp, NULL, &error), ==, 0);
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

/* Random weights, and statistics that aren't those of a fresh layer. */
static void
stir (NnModel *model)
{
  NnRandom random;
  nn_random_init (&random, 11, 1);
  float *mean = nn_model_get_state (model, find (model, "b"), 0), *variance = nn_model_get_state (model, find (model, "b"), 1);
  for (guint c = 0; c < 4; c++) {
    mean[c] = nn_random_uniform (&random) - 0.5f;
    variance[c] = 0.3f + nn_random_uniform (&random);
  }
}

static void
copy_weights (NnModel *from, NnModel *to)
{
  NnGraph *graph = nn_model_get_graph (to);
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint p = 0; p < node->n_params; p++)
      memcpy (nn_model_get_param (to, i, p), nn_model_get_param (from, find (from, node->name), p),
              nn_shape_size (&node->params[p].shape) * sizeof (float));
    for (guint s = 0; s < node->n_states; s++)
      memcpy (nn_model_get_state (to, i, s), nn_model_get_state (from, find (from, node->name), s),
              nn_shape_size (&node->states[s].shape) * sizeof (float));
  }
}

static double
ref_logit (NnModel *model, const float *x, guint class_index)
{
  double logits[3];
  nn_model_ref_run (model, 1, x, logits);
  return logits[class_index];
}

/* The gradient of a layer, and the map that follows from it. */
static void
test_gradients (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = make_model (whole, 3), rest = make_model (behind, 3);
  guint layer = find (model, "a"), class_index = 1;
  stir (model);
  copy_weights (model, rest);
  NnRandom random;
  nn_random_init (&random, 2, 1);
  guint8 pixels[360];
  float x[360], map[120];
  for (guint i = 0; i < 360; i++)
    x[i] = (float) (pixels[i] = (guint8) nn_random_below (&random, 256)) / 255;
  g_autofree double *a = nn_model_ref_run_node (model, layer, 1, x);
  float y[480];
  for (guint i = 0; i < 480; i++)
    y[i] = (float) a[i];
  double weights[4] = { 0 }, peak = 0;
  for (guint i = 0; i < 480; i++) {
    float start = y[i], h = 1e-4f; /* so little that hardly any pool changes its winner */
    y[i] = start + h;
    double right = ref_logit (rest, y, class_index), up = (double) y[i];
    y[i] = start - h;
    weights[i % 4] += (right - ref_logit (rest, y, class_index)) / (up - (double) y[i]) / 120;
    y[i] = start;
  }
  g_autoptr (NnGradCam) cam = nn_grad_cam_new (context, model, layer, &error);
  g_assert_no_error (error);
  g_assert_true (nn_grad_cam_run (cam, pixels, 0, map, &error));
  g_assert_true (nn_grad_cam_run (cam, pixels, class_index, map, &error));
  g_assert_no_error (error);
  double expected[120];
  for (guint p = 0; p < 120; p++) {
    expected[p] = 0;
    for (guint k = 0; k < 4; k++)
      expected[p] += weights[k] * a[p * 4 + k];
    expected[p] = MAX (expected[p], 0);
    peak = MAX (peak, expected[p]);
  }
  g_assert_cmpfloat (peak, >, 0);
  for (guint p = 0; p < 120; p++)
    g_assert_cmpfloat_with_epsilon ((double) map[p], expected[p], 2e-3 * peak);
}

/* Only four pixels count, and only for class 1. */
static void
test_corner (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = make_model (corner, 2);
  float *weight = nn_model_get_param (model, 2, 0);
  memset (weight, 0, 64 * 2 * sizeof (float));
  weight[0 * 2 + 1] = weight[1 * 2 + 1] = weight[8 * 2 + 1] = weight[9 * 2 + 1] = 0.5f;
  guint8 pixels[64] = { 255, 255 };
  pixels[8] = pixels[9] = 255;
  const NnOcclusionSettings settings = { 2, 2 };
  g_autoptr (NnOcclusion) occlusion = nn_occlusion_new (model, pixels, 1, &settings, &error);
  float map[64];
  g_assert_true (nn_occlude (occlusion, context, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (nn_occlusion_get_fraction (occlusion), ==, 1);
  nn_occlusion_get_map (occlusion, map);
  /* The mean is 16 of 255. */
  double drop = 1 / (1 + exp (-2.0)) - 1 / (1 + exp (-2.0 * 16 / 255));
  for (guint y = 0; y < 8; y++)
    for (guint x = 0; x < 8; x++) {
      double down = CLAMP (1 - (y - 0.5) / 2, 0, 1), across = CLAMP (1 - (x - 0.5) / 2, 0, 1);
      g_assert_cmpfloat_with_epsilon ((double) map[y * 8 + x], drop * down * across, 1e-5);
    }
  nn_occlusion_leave (occlusion);
  g_autoptr (NnOcclusion) other = nn_occlusion_new (model, pixels, 0, NULL, &error);
  g_assert_cmpuint (nn_occlusion_get_settings (other)->patch, ==, 1);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_cancellable_cancel (cancelled);
  g_assert_false (nn_occlude (other, context, cancelled, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (nn_occlude (other, context, NULL, &error));
  nn_occlusion_get_map (other, map);
  g_assert_cmpfloat (map[0], <, 0); /* what is covered speaks against class 0 */
  const NnOcclusionSettings large = { 9, 1 };
  g_assert_null (nn_occlusion_new (model, pixels, 1, &large, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

static NnPixels *
toy_pixels (guint n)
{
  NnPixelSpec spec = { SIDE, SIDE, 1, NN_FIT_STRETCH };
  g_autofree guint8 *data = g_new (guint8, n * SIDE * SIDE);
  g_autofree gint32 *labels = g_new (gint32, n);
  NnRandom random;
  nn_random_init (&random, 9, 1);
  for (guint i = 0; i < n; i++) {
    labels[i] = (gint32) (i % 3);
    for (guint k = 0; k < SIDE * SIDE; k++)
      data[i * SIDE * SIDE + k] = (guint8) (nn_random_below (&random, 100) + (k / SIDE / 6 == i % 3 ? 150 : 0));
  }
  return nn_pixels_new_from_data (&spec, n, data, labels);
}

static void
look (NnModel *model, const guint8 *pixels)
{
  g_autoptr (GError) error = NULL;
  g_autofree float *map = g_new (float, SIDE * SIDE);
  g_autoptr (NnGradCam) cam
      = nn_grad_cam_new (context, model, nn_grad_cam_find_layer (nn_model_get_graph (model)), &error);
  g_assert_no_error (error);
  g_assert_true (nn_grad_cam_run (cam, pixels, 2, map, &error));
  g_autoptr (NnOcclusion) occlusion = nn_occlusion_new (model, pixels, 2, NULL, &error);
  gboolean done;
  g_assert_true (nn_occlusion_advance (occlusion, context, 1, &done, &error));
}

/* Trains to the end; between slices it looks, or not. */
static NnModel *
train (NnModel *start, NnPixels *pixels, gboolean looking)
{
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  g_autoptr (GError) error = NULL;
  config.epochs = 3;
  config.batch = 16;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, NULL, &config, &error);
  g_assert_no_error (error);
  while (!nn_trainer_is_finished (trainer)) {
    g_assert_true (nn_trainer_advance (trainer, 1, &error));
    g_autoptr (NnModel) now = looking ? nn_trainer_create_model (trainer, &error) : NULL;
    if (looking)
      look (now, pixels->data);
  }
  NnModel *end = nn_trainer_create_model (trainer, &error);
  g_assert_no_error (error);
  return end;
}

static void
test_changes_nothing (void)
{
  g_autoptr (NnPixels) pixels = toy_pixels (96);
  g_autoptr (NnModel) start = toy_model_new ("convnet", SIDE, pixels);
  g_autoptr (NnModel) plain = train (start, pixels, FALSE), looked = train (start, pixels, TRUE);
  NnGraph *graph = nn_model_get_graph (plain);
  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++)
    for (guint p = 0; p < nn_graph_get_node (graph, i)->n_params; p++) {
      gsize bytes = nn_shape_size (&nn_graph_get_node (graph, i)->params[p].shape) * sizeof (float);
      g_assert_cmpmem (nn_model_get_param (looked, i, p), bytes, nn_model_get_param (plain, i, p), bytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_test_add_func ("/explain/spread", test_spread);
  g_test_add_func ("/explain/colours", test_colours);
  g_test_add_func ("/explain/by-hand", test_by_hand);
  g_test_add_func ("/explain/layers", test_layers);
  g_test_add_func ("/explain/gradients", test_gradients);
  g_test_add_func ("/explain/corner", test_corner);
  g_test_add_func ("/explain/changes-nothing", test_changes_nothing);
  int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
