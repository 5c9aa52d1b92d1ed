/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole networks and whole runs on a device: forward and gradients against the reference, learning, the same bytes for
 * the same seed, runs that run away. */
#include "test-context.h"
#include "toy-model.h"

#include "base/error.h"
#include "base/random.h"
#include "net/loss.h"
#include "net/network.h"
#include "net/optimizer.h"
#include "train/predictor.h"
#include "train/preparation.h"
#include "train/trainer.h"

#include <math.h>
#include <string.h>

#define SIDE 16

static NnContext *context;

/* A residual block, a layer with two consumers, and a layer that adds something to itself. */
static const char residual[] =
    "{\"format\":1,\"input\":{\"height\":6,\"width\":5,\"channels\":2},\"layers\":["
    "{\"op\":\"flatten\"},{\"op\":\"dense\",\"name\":\"a\",\"units\":12,\"activation\":\"tanh\"},"
    "{\"op\":\"dense\",\"name\":\"b\",\"units\":12,\"activation\":\"sigmoid\"},"
    "{\"op\":\"add\",\"name\":\"c\",\"inputs\":[\"a\",\"b\"]},"
    "{\"op\":\"add\",\"name\":\"d\",\"inputs\":[\"c\",\"c\"]},"
    "{\"op\":\"add\",\"name\":\"e\",\"inputs\":[\"d\",\"a\"]},"
    "{\"op\":\"dense\",\"units\":\"classes\"}]}";

static float *
random_floats (gsize n, guint64 seed)
{
  NnRandom random;
  nn_random_init (&random, seed, 1);
  float *values = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    values[i] = 2 * nn_random_uniform (&random) - 1;
  return values;
}

/* Mean cross-entropy of the reference. */
static double
ref_loss (NnModel *model, guint batch, const float *x, const gint32 *labels)
{
  guint classes = nn_graph_get_n_classes (nn_model_get_graph (model));
  g_autofree double *logits = g_new (double, (gsize) batch * classes);
  nn_model_ref_run (model, batch, x, logits);
  double loss = 0;
  for (guint i = 0; i < batch; i++) {
    double sum = 0;
    for (guint c = 0; c < classes; c++)
      sum += exp (logits[i * classes + c]);
    loss += log (sum) - logits[i * classes + (guint) labels[i]];
  }
  return loss / batch;
}

static void
check_gradients (NnWeights *weights, NnModel *model, guint batch, const float *x, const gint32 *labels)
{
  NnGraph *graph = nn_model_get_graph (model);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++)
    for (guint p = 0; p < nn_graph_get_node (graph, i)->n_params; p++) {
      gsize n = nn_shape_size (&nn_graph_get_node (graph, i)->params[p].shape);
      g_autofree float *grad = g_new (float, n);
      g_assert_true (nn_tensor_download (nn_weights_get_grad (weights, i, p), grad, NULL));
      float *w = nn_model_get_param (model, i, p);
      for (gsize k = 0; k < n; k += 1 + n / 7) {
        float start = w[k], h = 1e-2f;
        w[k] = start + h;
        double right = ref_loss (model, batch, x, labels);
        w[k] = start - h;
        double left = ref_loss (model, batch, x, labels);
        w[k] = start;
        double numeric = (right - left) / ((double) (start + h) - (double) (start - h));
        g_assert_cmpfloat (fabs (numeric - (double) grad[k]), <, 2e-3 * (fabs (numeric) + fabs ((double) grad[k])) + 2e-5);
      }
    }
}

static void
test_residual (void)
{
  const guint batch = 5;
  static const gint32 labels[] = { 0, 1, 2, 1, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (residual, -1, NULL, 3, &error);
  g_assert_no_error (error);
  g_autoptr (NnModel) model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 3);
  g_autoptr (NnWeights) weights = nn_weights_new (context, model, TRUE, &error);
  g_assert_no_error (error);
  g_autoptr (NnNetwork) network = nn_network_new (weights, batch, TRUE, &error);
  g_assert_no_error (error);
  g_autofree float *x = random_floats (batch * 60, 9);
  g_autoptr (NnTensor) labels_tensor = nn_tensor_new (context, NN_DTYPE_INT32, batch, &error);
  g_autoptr (NnTensor) sample_loss = nn_tensor_new (context, NN_DTYPE_FLOAT32, batch, &error);
  g_autoptr (NnTensor) sample_hit = nn_tensor_new (context, NN_DTYPE_FLOAT32, batch, &error);
  g_assert_true (nn_tensor_upload (nn_network_get_input (network), x, &error));
  g_assert_true (nn_tensor_upload (labels_tensor, labels, &error));
  NnLoss loss = { .batch = batch, .classes = 3, .logits = nn_network_get_logits (network), .labels = labels_tensor,
                  .grad = nn_network_get_logits_grad (network), .sample_loss = sample_loss, .sample_hit = sample_hit };
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  g_assert_true (nn_network_record_forward (network, commands, &error) && nn_loss_record (commands, &loss, &error) &&
                 nn_network_record_backward (network, commands, &error));
  g_assert_no_error (error);
  g_assert_true (nn_commands_run (commands, NULL, &error));
  float losses[5];
  g_assert_true (nn_tensor_download (sample_loss, losses, &error));
  double mean = 0;
  for (guint i = 0; i < batch; i++)
    mean += (double) losses[i] / batch;
  g_assert_cmpfloat_with_epsilon (mean, ref_loss (model, batch, x, labels), 1e-5);
  check_gradients (weights, model, batch, x, labels);
}

/* Every preset on the device gives what the reference gives. */
static void
test_presets_forward (void)
{
  for (const char *const *name = nn_preset_names (); *name; name++) {
    g_autoptr (GError) error = NULL;
    const NnShape input = NN_SHAPE (17, 19, 3);
    g_autoptr (NnGraph) graph = nn_graph_new_from_preset (*name, &input, 4, &error);
    g_assert_no_error (error);
    g_autoptr (NnModel) model = nn_model_new (graph, NULL);
    nn_model_init_weights (model, 5);
    g_autoptr (NnWeights) weights = nn_weights_new (context, model, FALSE, &error);
    g_assert_no_error (error);
    g_autoptr (NnNetwork) network = nn_network_new (weights, 3, FALSE, &error);
    g_assert_no_error (error);
    g_autoptr (NnCommands) commands = nn_commands_new (context);
    g_assert_true (nn_network_record_forward (network, commands, &error));
    g_autofree float *x = random_floats (3 * nn_shape_size (&input), 4);
    g_assert_true (nn_tensor_upload (nn_network_get_input (network), x, &error));
    g_assert_true (nn_commands_run (commands, NULL, &error));
    float logits[12];
    double wanted[12];
    g_assert_true (nn_tensor_download (nn_network_get_logits (network), logits, &error));
    nn_model_ref_run (model, 3, x, wanted);
    for (guint i = 0; i < 12; i++)
      g_assert_cmpfloat_with_epsilon ((double) logits[i], wanted[i], 1e-4 * MAX (1, fabs (wanted[i])));
  }
}

/* Three classes: a bright top, a bright left, a bright middle, in noise. */
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
        gboolean bright = labels[i] == 0 ? y < 5 : labels[i] == 1 ? x < 5 : y > 3 && y < 8 && x > 3 && x < 8;
        data[(i * SIDE + y) * SIDE + x] = (guint8) (nn_random_below (&random, 150) + (bright ? 90 : 0));
      }
  }
  return nn_pixels_new_from_data (&spec, n, data, labels);
}

/* Trains, a little at a time; returns the model. */
static NnModel *
train (NnModel *start, NnPixels *pixels, NnPixels *val, const NnTrainConfig *config, double slice, double *accuracy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, val, config, &error);
  g_assert_no_error (error);
  while (!nn_trainer_is_finished (trainer)) {
    g_assert_true (nn_trainer_advance (trainer, slice, &error));
    g_assert_no_error (error);
  }
  g_autoptr (NnTrainReport) report = nn_trainer_get_report (trainer);
  g_assert_cmpuint (report->n_epoch_metrics, ==, report->epoch - config->first_epoch);
  g_assert_cmpuint (report->n_step_metrics, >, 0);
  if (accuracy)
    *accuracy = report->epochs[report->n_epoch_metrics - 1].val_accuracy;
  return nn_model_ref (nn_trainer_get_good (trainer));
}

static void
test_learns (gconstpointer preset)
{
  g_autoptr (NnPixels) pixels = make_pixels (1000, 1), val = make_pixels (333, 2);
  g_autoptr (NnModel) start = toy_model_new (preset, SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 64;
  config.epochs = 6;
  double accuracy;
  g_autoptr (NnModel) model = train (start, pixels, val, &config, 20, &accuracy);
  g_test_message ("%s: %.3f", (const char *) preset, accuracy);
  g_assert_cmpfloat (accuracy, >, 0.9);
}

static gsize
model_bytes_differ (NnModel *a, NnModel *b)
{
  NnGraph *graph = nn_model_get_graph (a);
  gsize differ = 0;
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++)
    for (guint p = 0; p < nn_graph_get_node (graph, i)->n_params; p++)
      differ += memcmp (nn_model_get_param (a, i, p), nn_model_get_param (b, i, p),
                        nn_shape_size (&nn_graph_get_node (graph, i)->params[p].shape) * sizeof (float)) != 0;
  return differ;
}

/* Same seed, same bytes, ten times out of ten, however often somebody looks; another seed, other bytes. */
static void
test_deterministic (gconstpointer preset)
{
  g_autoptr (NnPixels) pixels = make_pixels (200, 1), val = make_pixels (50, 2);
  g_autoptr (NnModel) start = toy_model_new (preset, SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 32;
  config.epochs = 2;
  config.augment = "digits";
  g_autoptr (NnModel) first = train (start, pixels, val, &config, 1, NULL);
  for (guint i = 1; i < 10; i++) {
    g_autoptr (NnModel) again = train (start, pixels, val, &config, i * 3, NULL);
    g_assert_cmpuint (model_bytes_differ (first, again), ==, 0);
  }
  config.seed = 2;
  g_autoptr (NnModel) other = train (start, pixels, val, &config, 5, NULL);
  g_assert_cmpuint (model_bytes_differ (first, other), >, 0);
}

typedef struct {
  NnTrainer *trainer;
  gsize picture_size;
  guint n;
} Others;

static gboolean
ask (gpointer data)
{
  Others *others = data;
  g_autofree guint8 *picture = g_new0 (guint8, others->picture_size);
  float probabilities[64];
  g_assert_true (nn_trainer_predict (others->trainer, picture, probabilities, NULL));
  /* Some go on asking, some leave it for a while. */
  return others->n++ % 200 < 20;
}

/* Questions in the middle of long commands are answered, and change nothing. */
static void
test_others (void)
{
  g_autoptr (NnPixels) pixels = make_pixels (200, 1), val = make_pixels (100, 2);
  g_autoptr (NnModel) start = toy_model_new ("convnet", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 100;
  config.epochs = 2;
  g_autoptr (NnModel) alone = train (start, pixels, val, &config, 20, NULL);
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, val, &config, NULL);
  Others others = { .trainer = trainer, .picture_size = nn_shape_size (nn_graph_get_input_shape (nn_model_get_graph (start))) };
  nn_trainer_set_others (trainer, ask, &others);
  while (!nn_trainer_is_finished (trainer))
    g_assert_true (nn_trainer_advance (trainer, 20, NULL));
  g_assert_cmpuint (others.n, >, 0);
  g_assert_cmpuint (model_bytes_differ (alone, nn_trainer_get_good (trainer)), ==, 0);
}

/* A run cut in two is the same run: nothing but the optimizer's momentum is lost, and this one has none. */
static void
test_goes_on (void)
{
  g_autoptr (NnPixels) pixels = make_pixels (200, 1), val = make_pixels (50, 2);
  g_autoptr (NnModel) start = toy_model_new ("mlp", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 32;
  config.epochs = 4;
  config.momentum = 0;
  config.schedule = "cosine";
  config.augment = "digits";
  g_autoptr (NnModel) whole = train (start, pixels, val, &config, 20, NULL);

  g_autoptr (GError) error = NULL;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, val, &config, &error);
  g_assert_no_error (error);
  g_autoptr (NnModel) half = NULL;
  while (!half) {
    g_assert_true (nn_trainer_advance (trainer, 1, &error));
    g_autoptr (NnTrainReport) report = nn_trainer_get_report (trainer);
    if (report->epoch == 2)
      half = nn_model_ref (nn_trainer_get_good (trainer));
  }
  config.first_epoch = 2;
  g_autoptr (NnModel) rest = train (half, pixels, val, &config, 20, NULL);
  g_assert_cmpuint (model_bytes_differ (whole, rest), ==, 0);

  /* Epochs beyond the plan have a tenth of the rate, and the curve goes on where the plan ended. */
  config.first_epoch = 4;
  config.extra_epochs = 2;
  g_autoptr (NnTrainer) more = nn_trainer_new (context, rest, pixels, val, &config, &error);
  g_assert_no_error (error);
  while (!nn_trainer_is_finished (more))
    g_assert_true (nn_trainer_advance (more, 20, &error));
  g_autoptr (NnTrainReport) report = nn_trainer_get_report (more);
  g_assert_cmpuint (report->first_epoch, ==, 4);
  g_assert_cmpuint (report->epoch, ==, 6);
  g_assert_cmpuint (report->n_epoch_metrics, ==, 2);
  g_assert_cmpfloat (report->steps[0].epoch, >, 4);
  g_assert_cmpfloat_with_epsilon (report->epochs[1].learning_rate, 0.1 * nn_optimizer_find ("sgd")->learning_rate, 1e-6);
  config.first_epoch = 6;
  g_assert_null (nn_trainer_new (context, rest, pixels, val, &config, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

static void
test_runs_away (void)
{
  g_autoptr (NnPixels) pixels = make_pixels (200, 1);
  g_autoptr (NnModel) start = toy_model_new ("mlp", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 32;
  config.epochs = 30;
  config.learning_rate = 1000;
  config.schedule = "constant";
  g_autoptr (GError) error = NULL;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, NULL, &config, &error);
  g_assert_no_error (error);
  while (!nn_trainer_is_finished (trainer) && nn_trainer_advance (trainer, 20, &error))
    ;
  g_assert_error (error, NN_ERROR, NN_ERROR_DIVERGED);
  g_assert_nonnull (strstr (error->message, "learning rate"));
  g_assert_true (nn_trainer_get_good (trainer) == NULL || nn_model_is_finite (nn_trainer_get_good (trainer)));
}

static void
test_early_stopping_and_extension (void)
{
  g_autoptr (NnPixels) pixels = make_pixels (100, 1), val = make_pixels (100, 5);
  g_autoptr (NnModel) start = toy_model_new ("mlp", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 128; /* more than there are */
  config.epochs = 400;
  config.patience = 3;
  config.learning_rate = 0.3;
  config.schedule = "constant";
  g_autoptr (GError) error = NULL;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, val, &config, &error);
  g_assert_no_error (error);
  while (!nn_trainer_is_finished (trainer))
    g_assert_true (nn_trainer_advance (trainer, 20, &error));
  g_autoptr (NnTrainReport) report = nn_trainer_get_report (trainer);
  g_assert_true (report->stopped_early);
  g_assert_cmpuint (report->epoch, <, 400);
  g_assert_true (nn_trainer_extend (trainer, 2, &error));
  g_assert_false (nn_trainer_is_finished (trainer));
  g_assert_true (nn_trainer_advance (trainer, 20, &error));
}

static void
test_settings_are_checked (void)
{
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  g_assert_true (nn_train_config_check (&config, NULL));
  config.optimizer = "magic";
  g_assert_false (nn_train_config_check (&config, NULL));
  config = (NnTrainConfig) NN_TRAIN_CONFIG_DEFAULT;
  config.learning_rate = NAN;
  g_assert_false (nn_train_config_check (&config, NULL));
  config = (NnTrainConfig) NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 0;
  g_autoptr (GError) error = NULL;
  g_assert_false (nn_train_config_check (&config, &error));
  g_assert_error (error, NN_ERROR, NN_ERROR_BAD_INPUT);
}

/* A drawing is classified between two steps as by a predictor of its own, with the weights of that moment. */
static void
test_predicts_while_training (void)
{
  g_autoptr (NnPixels) pixels = make_pixels (300, 1);
  g_autoptr (NnModel) start = toy_model_new ("mlp", SIDE, pixels);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.batch = 16;
  g_autoptr (GError) error = NULL;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, NULL, &config, &error);
  g_assert_no_error (error);
  g_assert_true (nn_trainer_advance (trainer, 5, &error));
  float during[3], after[3];
  g_assert_true (nn_trainer_predict (trainer, pixels->data, during, &error));
  g_autoptr (NnModel) model = nn_trainer_create_model (trainer, &error);
  g_autoptr (NnPredictor) predictor = nn_predictor_new (context, model, 4, &error);
  g_assert_no_error (error);
  g_assert_true (nn_predictor_run (predictor, pixels->data, 1, after, &error));
  for (guint c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon ((double) during[c], (double) after[c], 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_test_add_func ("/trainer/residual", test_residual);
  g_test_add_func ("/trainer/presets-forward", test_presets_forward);
  /* Kernels for GPUs are slow on a processor: there a few networks are enough. */
  gboolean few = g_getenv ("PERCEPTRON_TEST_FEW") != NULL;
  static const char *const few_presets[] = { "perceptron", "mlp", "convnet", NULL };
  static const char *const few_deterministic[] = { "perceptron", "mlp", NULL };
  static const char *const deterministic[] = { "perceptron", "mlp", "convnet", "lstm", NULL };
  for (const char *const *name = few ? few_presets : nn_preset_names (); *name; name++) {
    if (g_str_equal (*name, "transfer"))
      continue; /* learns from what a backbone has learnt: test-transfer.c */
    g_autofree char *path = g_strdup_printf ("/trainer/learns/%s", *name);
    g_test_add_data_func (path, *name, test_learns);
  }
  for (const char *const *name = few ? few_deterministic : deterministic; *name; name++) {
    g_autofree char *path = g_strdup_printf ("/trainer/deterministic/%s", *name);
    g_test_add_data_func (path, *name, test_deterministic);
  }
  g_test_add_func ("/trainer/others", test_others);
  g_test_add_func ("/trainer/goes-on", test_goes_on);
  g_test_add_func ("/trainer/runs-away", test_runs_away);
  g_test_add_func ("/trainer/early-stopping-and-extension", test_early_stopping_and_extension);
  g_test_add_func ("/trainer/settings-are-checked", test_settings_are_checked);
  g_test_add_func ("/trainer/predicts-while-training", test_predicts_while_training);
  int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
