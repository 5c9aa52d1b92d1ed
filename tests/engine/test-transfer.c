/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training behind frozen layers: what they give is computed once and kept, and the rest learns as ever. */
#include "base/random.h"
#include "data/importer.h"
#include "test-context.h"
#include "train/evaluation.h"
#include "train/feature-cache.h"
#include "train/trainer.h"

#include <glib/gstdio.h>
#include <string.h>

#define SIDE 16
#define NET \
  "{\"format\":1,\"input\":{\"height\":12,\"width\":12,\"channels\":1},\"layers\":[" \
  "{\"op\":\"conv2d\",\"name\":\"a.1\",\"filters\":8,\"activation\":\"relu\",\"frozen\":true},{\"op\":\"max_pool\"}," \
  "{\"op\":\"conv2d\",\"name\":\"b.1\",\"filters\":16,\"activation\":\"relu6\",\"frozen\":true}," \
  "{\"op\":\"flatten\"},{\"op\":\"shift\",\"name\":\"centre\",\"frozen\":true},{\"op\":\"dense\",\"name\":\"head\"," \
  "\"units\":\"classes\"}]}"

static NnContext *context;
static char *cache;

/* Three classes: a bright top, a bright left, a bright middle, in noise; larger than the network's input. */
static NnPixels *
make_pixels (gsize n, guint64 seed)
{
  const NnPixelSpec spec = { .height = SIDE, .width = SIDE, .channels = 1 };
  g_autofree guint8 *data = g_malloc (n * SIDE * SIDE);
  g_autofree gint32 *labels = g_new (gint32, n);
  NnRandom random;
  nn_random_init (&random, seed, 2);
  for (gsize i = 0; i < n; i++) {
    labels[i] = (gint32) nn_random_below (&random, 3);
    for (guint y = 0; y < SIDE; y++)
      for (guint x = 0; x < SIDE; x++) {
        gboolean bright = labels[i] == 0 ? y < 6 : labels[i] == 1 ? x < 6 : y > 4 && y < 11 && x > 4 && x < 11;
        data[(i * SIDE + y) * SIDE + x] = (guint8) (nn_random_below (&random, 120) + (bright ? 120 : 0));
      }
  }
  return nn_pixels_new_from_data (&spec, n, data, labels);
}

static NnModel *
make_model (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (NET, -1, NULL, 3, &error);
  g_assert_no_error (error);
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 4);
  nn_model_get_preprocess (model)->mean[0] = 0.4f;
  nn_model_get_preprocess (model)->deviation[0] = 0.2f;
  return model;
}

static NnModel *
train (NnModel *start, NnPixels *pixels, NnPixels *val, const char *augment, double *accuracy)
{
  g_autoptr (GError) error = NULL;
  NnTrainConfig config = NN_TRAIN_CONFIG_TRANSFER;
  config.epochs = 6;
  config.augment = augment;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, val, &config, &error);
  g_assert_no_error (error);
  g_autoptr (NnTrainReport) first = nn_trainer_get_report (trainer);
  double prepared = first->prepared;
  while (!nn_trainer_is_finished (trainer)) {
    g_assert_true (nn_trainer_advance (trainer, 1, &error));
    g_assert_no_error (error);
    g_autoptr (NnTrainReport) report = nn_trainer_get_report (trainer);
    g_assert_cmpfloat (report->prepared, >=, prepared);
    g_assert_true (report->prepared >= 1 || report->n_step_metrics == 0);
    prepared = report->prepared;
  }
  g_autoptr (NnTrainReport) report = nn_trainer_get_report (trainer);
  *accuracy = report->epochs[report->n_epoch_metrics - 1].val_accuracy;
  return nn_trainer_create_model (trainer, &error);
}

static gboolean
same (NnModel *a, NnModel *b, guint node, guint index)
{
  gsize n = nn_shape_size (&nn_graph_get_node (nn_model_get_graph (a), node)->params[index].shape);
  return memcmp (nn_model_get_param (a, node, index), nn_model_get_param (b, node, index), n * sizeof (float)) == 0;
}

static gboolean
same_models (NnModel *a, NnModel *b)
{
  for (guint i = 0; i < nn_graph_get_n_nodes (nn_model_get_graph (a)); i++)
    for (guint p = 0; p < nn_graph_get_node (nn_model_get_graph (a), i)->n_params; p++)
      if (!same (a, b, i, p))
        return FALSE;
  return TRUE;
}

static void
clear_cache (void)
{
  g_autofree char *folder = g_build_filename (cache, "perceptron", "features", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
}

/* The head and the shift change, what is frozen doesn't, and the whole network says what was measured of its end. */
static void
test_learns (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnPixels) pixels = make_pixels (150, 1), val = make_pixels (70, 2);
  g_autoptr (NnModel) start = make_model ();
  double accuracy;
  g_autoptr (NnModel) model = train (start, pixels, val, "photos", &accuracy);
  g_test_message ("accuracy %.3f", accuracy);
  g_assert_cmpfloat (accuracy, >, 0.9);
  g_assert_true (same (start, model, 1, 0) && same (start, model, 3, 0));
  g_assert_false (same (start, model, 5, 0) || same (start, model, 6, 0));
  g_assert_true (nn_model_shares (model, 1) && !nn_model_shares (model, 6));
  g_autoptr (NnEvaluation) evaluation = nn_evaluate (context, model, val, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (evaluation->accuracy, accuracy, 1e-9);
}

/* From the cache come the same numbers, also where it was damaged, and further pictures only add to it. */
static void
test_cache (void)
{
  g_autoptr (NnPixels) pixels = make_pixels (50, 1), more = make_pixels (60, 1), val = make_pixels (20, 2);
  g_autoptr (NnModel) start = make_model ();
  double accuracy;
  clear_cache ();
  g_autoptr (NnModel) first = train (start, pixels, val, "photos", &accuracy);
  g_autofree char *folder = g_build_filename (cache, "perceptron", "features", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *path = g_build_filename (folder, g_dir_read_name (dir), NULL);
  g_autofree char *bytes = NULL;
  gsize length, longer;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_autoptr (NnModel) again = train (start, pixels, val, "photos", &accuracy);
  g_assert_true (same_models (first, again));

  for (gsize i = 0; i < length; i += length / 7)
    bytes[i + 5] ^= 0x55;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length - 3, NULL));
  g_autoptr (NnModel) damaged = train (start, pixels, val, "photos", &accuracy);
  g_assert_true (same_models (first, damaged));

  clear_cache ();
  g_autoptr (NnModel) few = train (start, pixels, val, "photos", &accuracy);
  g_autoptr (NnModel) many = train (start, more, val, "photos", &accuracy);
  g_free (g_steal_pointer (&bytes));
  g_assert_true (g_file_get_contents (path, &bytes, &longer, NULL));
  /* 50 pictures in two views, and 20 in one; then 10 in two. */
  g_assert_cmpuint (longer * 120, ==, length * 140);
  clear_cache ();
  g_autoptr (NnModel) anew = train (start, more, val, "photos", &accuracy);
  g_assert_true (same_models (many, anew));
}

/* Set free, the last block learns, the first doesn't, and the shift is kept as a start. */
static void
test_fine_tuning (void)
{
  g_autoptr (NnPixels) pixels = make_pixels (100, 1), val = make_pixels (40, 2);
  g_autoptr (NnModel) start = make_model ();
  double accuracy, tuned_accuracy;
  g_autoptr (NnModel) head = train (start, pixels, val, "none", &accuracy);
  g_autoptr (NnGraph) graph = nn_graph_new_unfrozen (nn_model_get_graph (head), 1);
  g_autoptr (NnModel) freed = nn_model_new_copy (head, graph);
  g_assert_true (same_models (head, freed));
  g_autoptr (NnModel) tuned = train (freed, pixels, val, "none", &tuned_accuracy);
  g_assert_true (same (freed, tuned, 1, 0));
  g_assert_false (same (freed, tuned, 3, 0) || same (freed, tuned, 5, 0) || same (freed, tuned, 6, 0));
  g_assert_cmpfloat (tuned_accuracy, >=, 0.9);
  /* All of it: an ordinary run. */
  g_autoptr (NnGraph) all = nn_graph_new_unfrozen (nn_model_get_graph (head), 9);
  g_autoptr (NnModel) whole = nn_model_new_copy (head, all);
  g_autoptr (NnModel) learnt = train (whole, pixels, val, "none", &tuned_accuracy);
  g_assert_false (same (whole, learnt, 1, 0));
  g_assert_cmpfloat (tuned_accuracy, >=, 0.9);
}

static void
test_digest (void)
{
  NnDigest a, b, c;
  nn_digest_init (&a, 0);
  nn_digest_init (&b, 0);
  nn_digest_init (&c, 1);
  g_assert_true (memcmp (&a, &c, sizeof a) != 0);
  nn_digest_add (&a, "abcdefghij", 10);
  nn_digest_add (&b, "abcdefghik", 10);
  g_assert_true (memcmp (&a, &b, sizeof a) != 0);
  nn_digest_init (&b, 0);
  nn_digest_add (&b, "abcdefghij\0\0", 12);
  g_assert_true (memcmp (&a, &b, sizeof a) != 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* GLib looks once where the cache is. */
  cache = g_dir_make_tmp ("perceptron-test-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  context = test_context_new ();
  g_test_add_func ("/transfer/learns", test_learns);
  g_test_add_func ("/transfer/cache", test_cache);
  g_test_add_func ("/transfer/fine-tuning", test_fine_tuning);
  g_test_add_func ("/transfer/digest", test_digest);
  int status = g_test_run ();
  nn_context_unref (context);
  nn_remove_tree (cache);
  g_free (cache);
  return status;
}
