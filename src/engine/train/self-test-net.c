/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/self-test-net.h"

#include "base/random.h"
#include "net/batch.h"
#include "net/loss.h"
#include "net/optimizer.h"
#include "train/trainer.h"

#include <math.h>
#include <string.h>

#define N_STEPS 5
#define BATCH 37
#define CLASSES 11
#define N_PICTURES 23

static const char tiny_net[] =
    "{\"format\":1,\"name\":\"tiny\",\"trainer\":\"gradient\",\"input\":{\"height\":9,\"width\":7,\"channels\":1},"
    "\"layers\":[{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":13,\"activation\":\"relu\"},"
    "{\"op\":\"dense\",\"units\":\"classes\"}]}";

/* Errors are relative to the largest element, as nn_op_check_reference() has them. */
static void
compare (const float *got, const double *wanted, gsize n, const char *where, NnOpCheck *check)
{
  double scale = 1e-6;
  for (gsize i = 0; i < n; i++)
    scale = MAX (scale, fabs (wanted[i]));
  for (gsize i = 0; i < n; i++) {
    double difference = fabs ((double) got[i] - wanted[i]) / scale;
    if (difference <= check->worst)
      continue;
    check->worst = isnan (difference) ? INFINITY : difference;
    g_strlcpy (check->where, where, sizeof check->where);
    check->index = i;
    check->got = (double) got[i];
    check->wanted = wanted[i];
  }
}

static gboolean
compare_tensor (NnTensor *tensor, const double *wanted, const char *where, NnOpCheck *check, GError **error)
{
  g_autofree float *got = g_new (float, tensor->size);
  if (!nn_tensor_download (tensor, got, error))
    return FALSE;
  compare (got, wanted, tensor->size, where, check);
  return TRUE;
}

static NnModel *
tiny_model (GError **error)
{
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (tiny_net, -1, NULL, 3, error);
  if (graph == NULL)
    return NULL;
  NnModel *model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 1);
  return model;
}

static gboolean
check_optimizer (NnContext *context, const char *id, NnOpCheck *check, GError **error)
{
  const NnOptimizerKind *kind = nn_optimizer_find (id);
  const double momentum = 0.9, decay = 0.01;
  const float rates[N_STEPS] = { 0.1f, 0.05f, 0.02f, 0.01f, 0.005f };
  g_autoptr (NnModel) model = tiny_model (error);
  g_autoptr (NnWeights) weights = model ? nn_weights_new (context, model, TRUE, error) : NULL;
  g_autoptr (NnOptimizer) optimizer = weights ? nn_optimizer_new (kind, weights, error) : NULL;
  g_autoptr (NnTensor) rate_tensor = nn_tensor_new (context, NN_DTYPE_FLOAT32, N_STEPS, error);
  g_autoptr (NnTensor) step = rate_tensor ? nn_tensor_new (context, NN_DTYPE_INT32, 4, error) : NULL;
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  if (optimizer == NULL || step == NULL || !nn_tensor_upload (rate_tensor, rates, error) ||
      !nn_optimizer_record (optimizer, commands, rate_tensor, step, momentum, decay, error))
    return FALSE;
  NnTensor *arena = nn_weights_get_arena (weights);
  g_autofree float *values = g_new (float, arena->size);
  g_autofree double *wanted = g_new (double, arena->size), *slots = g_new0 (double, 2 * arena->size);
  if (!nn_tensor_download (arena, values, error))
    return FALSE;
  for (gsize i = 0; i < arena->size; i++)
    wanted[i] = (double) values[i];
  NnRandom random;
  nn_random_init (&random, 1, 0);
  for (guint s = 0; s < N_STEPS; s++) {
    const guint32 words[4] = { s, 1, s, 0 };
    for (gsize i = 0; i < arena->size; i++) {
      values[i] = nn_random_normal (&random);
      nn_optimizer_ref (kind, &wanted[i], (double) values[i], &slots[2 * i], (double) rates[s], momentum,
                        i < nn_weights_get_n_decayed (weights) ? decay : 0, s);
    }
    if (!nn_tensor_upload (step, words, error) ||
        !nn_tensor_upload (nn_weights_get_grad_arena (weights), values, error) ||
        !nn_commands_run (commands, NULL, error))
      return FALSE;
  }
  return compare_tensor (arena, wanted, "weights", check, error);
}

/* Softmax with cross-entropy straight from the definition. */
static void
loss_ref (const float *logits, const gint32 *labels, double *grad, double *sample_loss, double *sample_hit)
{
  for (guint b = 0; b < BATCH; b++) {
    const float *row = logits + b * CLASSES;
    guint best = 0;
    double sum = 0;
    for (guint c = 1; c < CLASSES; c++)
      best = row[c] > row[best] ? c : best;
    for (guint c = 0; c < CLASSES; c++)
      sum += exp ((double) row[c] - (double) row[best]);
    gboolean counts = labels[b] >= 0;
    guint label = counts ? (guint) labels[b] : 0;
    sample_loss[b] = counts ? log (sum) + (double) row[best] - (double) row[label] : 0;
    sample_hit[b] = counts && best == label;
    for (guint c = 0; c < CLASSES; c++) {
      double probability = exp ((double) row[c] - (double) row[best]) / sum;
      grad[b * CLASSES + c] = counts ? (probability - (c == label)) / BATCH : 0;
    }
  }
}

static gboolean
check_loss (NnContext *context, const char *argument, NnOpCheck *check, GError **error)
{
  float logits[BATCH * CLASSES];
  gint32 labels[BATCH];
  double grad[BATCH * CLASSES], sample_loss[BATCH], sample_hit[BATCH];
  NnRandom random;
  nn_random_init (&random, 2, 0);
  for (guint i = 0; i < BATCH * CLASSES; i++)
    logits[i] = 20 * nn_random_normal (&random);
  for (guint b = 0; b < BATCH; b++)
    labels[b] = b == 3 ? -1 : (gint32) nn_random_below (&random, CLASSES);
  loss_ref (logits, labels, grad, sample_loss, sample_hit);
  g_autoptr (NnTensor) logits_tensor = nn_tensor_new (context, NN_DTYPE_FLOAT32, BATCH * CLASSES, error);
  g_autoptr (NnTensor) label_tensor = logits_tensor ? nn_tensor_new (context, NN_DTYPE_INT32, BATCH, error) : NULL;
  g_autoptr (NnTensor) grad_tensor =
      label_tensor ? nn_tensor_new (context, NN_DTYPE_FLOAT32, BATCH * CLASSES, error) : NULL;
  g_autoptr (NnTensor) losses = grad_tensor ? nn_tensor_new (context, NN_DTYPE_FLOAT32, BATCH, error) : NULL;
  g_autoptr (NnTensor) hits = losses ? nn_tensor_new (context, NN_DTYPE_FLOAT32, BATCH, error) : NULL;
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  NnLoss loss = { BATCH, CLASSES, logits_tensor, label_tensor, grad_tensor, losses, hits };
  return hits && nn_tensor_upload (logits_tensor, logits, error) && nn_tensor_upload (label_tensor, labels, error) &&
         nn_loss_record (commands, &loss, error) && nn_commands_run (commands, NULL, error) &&
         compare_tensor (grad_tensor, grad, "gradient", check, error) &&
         compare_tensor (losses, sample_loss, "loss", check, error) &&
         compare_tensor (hits, sample_hit, "hits", check, error);
}

/* The middle crop of stored pictures, normalised; with an order that has padding at its end. */
static gboolean
check_gather (NnContext *context, const char *argument, NnOpCheck *check, GError **error)
{
  const NnShape stored = NN_SHAPE (11, 9, 3), input = NN_SHAPE (8, 7, 3);
  const NnPreprocess preprocess = { .mean = { 0.5f, 0.4f, 0.3f }, .deviation = { 0.2f, 0.25f, 0.3f } };
  const guint batch = 5;
  gint32 labels[N_PICTURES], order[5] = { 22, 0, 7, 7, -1 };
  gsize picture = nn_shape_size (&stored), size = nn_shape_size (&input);
  g_autofree guint8 *pixels = g_malloc (N_PICTURES * picture);
  g_autofree float *x = g_new (float, size);
  g_autofree double *wanted = g_new0 (double, batch * size);
  NnRandom random;
  nn_random_init (&random, 3, 0);
  for (gsize i = 0; i < N_PICTURES * picture; i++)
    pixels[i] = (guint8) nn_random_below (&random, 256);
  for (guint i = 0; i < N_PICTURES; i++)
    labels[i] = (gint32) i;
  for (guint b = 0; b < batch && order[b] >= 0; b++) {
    nn_gather_ref (&stored, &input, &preprocess, pixels + (gsize) order[b] * picture, x);
    for (gsize i = 0; i < size; i++)
      wanted[b * size + i] = (double) x[i];
  }
  const guint32 words[4] = { 0, 1, 0, 0 };
  g_autoptr (NnTensor) pixel_tensor = nn_tensor_new (context, NN_DTYPE_UINT8, N_PICTURES * picture, error);
  g_autoptr (NnTensor) label_tensor = pixel_tensor ? nn_tensor_new (context, NN_DTYPE_INT32, N_PICTURES, error) : NULL;
  g_autoptr (NnTensor) order_tensor = label_tensor ? nn_tensor_new (context, NN_DTYPE_INT32, batch, error) : NULL;
  g_autoptr (NnTensor) step = order_tensor ? nn_tensor_new (context, NN_DTYPE_INT32, 4, error) : NULL;
  g_autoptr (NnTensor) out = step ? nn_tensor_new (context, NN_DTYPE_FLOAT32, batch * size, error) : NULL;
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  NnGather gather = { .pixels = pixel_tensor, .labels = label_tensor, .n_samples = N_PICTURES, .stored = stored,
                      .input = input, .preprocess = &preprocess, .order = order_tensor, .step = step, .batch = batch,
                      .x = out };
  return out && nn_tensor_upload (pixel_tensor, pixels, error) && nn_tensor_upload (label_tensor, labels, error) &&
         nn_tensor_upload (order_tensor, order, error) && nn_tensor_upload (step, words, error) &&
         nn_gather_record (commands, &gather, error) && nn_commands_run (commands, NULL, error) &&
         compare_tensor (out, wanted, "x", check, error);
}

/* A whole run on random pictures, with everything that is random switched on. */
static NnModel *
train_tiny (NnContext *context, GError **error)
{
  const NnPixelSpec spec = { .height = 9, .width = 7, .channels = 1 };
  guint8 data[N_PICTURES * 9 * 7];
  gint32 labels[N_PICTURES];
  NnRandom random;
  nn_random_init (&random, 4, 0);
  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) nn_random_below (&random, 256);
  for (guint i = 0; i < N_PICTURES; i++)
    labels[i] = (gint32) (i % 3);
  NnTrainConfig config = NN_TRAIN_CONFIG_DEFAULT;
  config.epochs = 3;
  config.batch = 8;
  config.augment = "digits";
  g_autoptr (NnPixels) pixels = nn_pixels_new_from_data (&spec, N_PICTURES, data, labels);
  g_autoptr (NnModel) start = tiny_model (error);
  if (start == NULL)
    return NULL;
  nn_model_get_preprocess (start)->mean[0] = 0.5f;
  nn_model_get_preprocess (start)->deviation[0] = 0.3f;
  g_autoptr (NnTrainer) trainer = nn_trainer_new (context, start, pixels, NULL, &config, error);
  if (trainer == NULL)
    return NULL;
  while (!nn_trainer_is_finished (trainer))
    if (!nn_trainer_advance (trainer, 1000, error))
      return NULL;
  return nn_trainer_create_model (trainer, error);
}

static gboolean
check_same_bytes (NnContext *context, const char *argument, NnOpCheck *check, GError **error)
{
  g_autoptr (NnModel) first = train_tiny (context, error);
  g_autoptr (NnModel) second = first ? train_tiny (context, error) : NULL;
  if (second == NULL)
    return FALSE;
  NnGraph *graph = nn_model_get_graph (first);
  for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    for (guint p = 0; p < node->n_params; p++) {
      gsize n = nn_shape_size (&node->params[p].shape);
      const float *values = nn_model_get_param (first, i, p);
      g_autofree double *wanted = g_new (double, n);
      for (gsize k = 0; k < n; k++)
        wanted[k] = (double) values[k];
      compare (nn_model_get_param (second, i, p), wanted, n, node->params[p].name, check);
    }
  }
  return TRUE;
}

const NnNetCheck *
nn_net_checks (void)
{
  static const NnNetCheck checks[] = {
    { "optimizer sgd", "optimizer", NN_OP_TOLERANCE, check_optimizer, "sgd" },
    { "optimizer nesterov", "optimizer", NN_OP_TOLERANCE, check_optimizer, "nesterov" },
    { "optimizer adam", "optimizer", NN_OP_TOLERANCE, check_optimizer, "adam" },
    { "optimizer adamw", "optimizer", NN_OP_TOLERANCE, check_optimizer, "adamw" },
    { "softmax with cross-entropy", "loss", NN_OP_TOLERANCE, check_loss, NULL },
    { "gathering of a batch", "batch", NN_OP_TOLERANCE, check_gather, NULL },
    { "the same bytes twice", "run", 0, check_same_bytes, NULL },
    { NULL, NULL, 0, NULL, NULL },
  };
  return checks;
}
