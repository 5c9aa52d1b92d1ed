/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The optimizers' kernels against their reference, over several steps of one small network. */
#include "test-context.h"

#include "cl/commands.h"
#include "net/optimizer.h"

#include <math.h>
#include <string.h>

#define N_STEPS 12
#define START_LATE 3000000u

static const float learning_rates[N_STEPS] = { 0.02f, 0.05f, 0.1f, 0.1f, 0.08f, 0.06f,
                                               0.05f, 0.03f, 0.02f, 0.01f, 0.005f, 0.0f };

static NnContext *context;

typedef struct {
  gsize size;
  float *weights, *gradients;
  double *expected, *slots;
} Host;

static void
host_clear (Host *host)
{
  g_free (host->weights);
  g_free (host->gradients);
  g_free (host->expected);
  g_free (host->slots);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Host, host_clear)

static NnWeights *
make_weights (Host *host)
{
  const char *json = "{\"format\":1,\"name\":\"test\",\"trainer\":\"gradient\","
                     "\"input\":{\"height\":5,\"width\":7,\"channels\":1},"
                     "\"layers\":[{\"op\":\"flatten\"},{\"op\":\"dense\",\"units\":13},"
                     "{\"op\":\"dense\",\"units\":\"classes\"}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_json (json, -1, NULL, 3, &error);
  g_assert_no_error (error);
  g_autoptr (NnModel) model = nn_model_new (graph, NULL);
  nn_model_init_weights (model, 7);
  NnWeights *weights = nn_weights_new (context, model, TRUE, &error);
  g_assert_no_error (error);
  host->size = nn_weights_get_arena (weights)->size;
  host->weights = g_new0 (float, host->size);
  host->gradients = g_new0 (float, host->size);
  host->expected = g_new0 (double, host->size);
  host->slots = g_new0 (double, 2 * host->size);
  g_assert_true (nn_tensor_download (nn_weights_get_arena (weights), host->weights, &error));
  for (gsize i = 0; i < host->size; i++)
    host->expected[i] = (double) host->weights[i];
  return weights;
}

/* Gradients of all magnitudes, zeros among them. */
static float
gradient_of (gsize i, guint step)
{
  guint word = (guint) i * 2654435761u + step * 40503u;
  float value = (float) (word >> 8) * 0x1p-23f - 1.0f;
  return i % 11 == 0 ? 0.0f : value * (i % 5 == 0 ? 1e-6f : i % 7 == 0 ? 30.0f : 0.3f);
}

static double
worst_error (const Host *host)
{
  double worst = 0, largest = 0;
  for (gsize i = 0; i < host->size; i++) {
    largest = MAX (largest, fabs (host->expected[i]));
    worst = MAX (worst, fabs (host->expected[i] - (double) host->weights[i]));
  }
  return worst / largest;
}

static void
check (const NnOptimizerKind *kind, double decay, guint first_step)
{
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (NnWeights) weights = make_weights (&host);
  g_autoptr (NnOptimizer) optimizer = nn_optimizer_new (kind, weights, &error);
  g_autoptr (NnTensor) rates = nn_tensor_new (context, NN_DTYPE_FLOAT32, first_step + N_STEPS, &error);
  g_autoptr (NnTensor) step = nn_tensor_new (context, NN_DTYPE_INT32, 4, &error);
  g_autoptr (NnCommands) commands = nn_commands_new (context);
  g_assert_no_error (error);
  g_assert_true (nn_buffer_write (rates->buffer, first_step * sizeof (float), learning_rates, sizeof learning_rates,
                                  &error));
  g_assert_true (nn_optimizer_record (optimizer, commands, rates, step, 0.9, decay, &error));
  for (guint s = 0; s < N_STEPS; s++) {
    guint32 words[4] = { first_step + s, 1, 0, 0 };
    for (gsize i = 0; i < host.size; i++) {
      host.gradients[i] = gradient_of (i, s);
      nn_optimizer_ref (kind, &host.expected[i], (double) host.gradients[i], &host.slots[2 * i],
                        (double) learning_rates[s], 0.9, i < nn_weights_get_n_decayed (weights) ? decay : 0,
                        words[0]);
    }
    g_assert_true (nn_tensor_upload (step, words, &error));
    g_assert_true (nn_tensor_upload (nn_weights_get_grad_arena (weights), host.gradients, &error));
    g_assert_true (nn_commands_run (commands, NULL, &error));
    g_assert_true (nn_tensor_download (nn_weights_get_arena (weights), host.weights, &error));
    g_test_message ("%s, step %u: error %g", kind->id, words[0], worst_error (&host));
    g_assert_cmpfloat (worst_error (&host), <, 2e-6);
  }
}

static void
test_kind (gconstpointer data)
{
  const NnOptimizerKind *kind = data;
  check (kind, 0, 0);
  check (kind, 0.1, 0);
}

/* After days of training the bias corrections of Adam are 1, not NAN. */
static void
test_late (gconstpointer data)
{
  check (data, 0.01, START_LATE);
}

/* Equal gradients give a first step of exactly the rate with Adam, however small they are: a sharp test of the
 * correction at step 0. */
static void
test_first_step (void)
{
  const NnOptimizerKind *kind = nn_optimizer_find ("adam");
  double weight = 1, slots[2] = { 0, 0 };
  nn_optimizer_ref (kind, &weight, 1e-3, slots, 0.01, 0.9, 0, 0);
  g_assert_cmpfloat_with_epsilon (weight, 0.99, 1e-6);
  g_assert_null (nn_optimizer_find ("adamax"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  context = test_context_new ();
  g_test_add_func ("/optimizer/first-step", test_first_step);
  for (const NnOptimizerKind *kind = nn_optimizer_kinds (); kind->id; kind++) {
    g_autofree char *name = g_strdup_printf ("/optimizer/%s", kind->id);
    g_autofree char *late = g_strdup_printf ("/optimizer/%s/late", kind->id);
    g_test_add_data_func (name, kind, test_kind);
    g_test_add_data_func (late, kind, test_late);
  }
  int status = g_test_run ();
  nn_context_unref (context);
  return status;
}
