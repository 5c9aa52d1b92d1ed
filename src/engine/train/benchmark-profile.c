/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/benchmark-profile.h"

#include "net/plan.h"
#include "train/benchmark-private.h"

#include <string.h>

static NnProfile *
profile_new (void)
{
  NnProfile *self = g_new0 (NnProfile, 1);
  self->passes = g_array_new (FALSE, TRUE, sizeof (NnProfileRow));
  self->kernels = g_array_new (FALSE, TRUE, sizeof (NnProfileRow));
  self->strings = g_string_chunk_new (1024);
  return self;
}

void
nn_profile_free (NnProfile *self)
{
  g_array_unref (self->passes);
  g_array_unref (self->kernels);
  g_string_chunk_free (self->strings);
  g_free (self);
}

static void
add (NnProfile *self, GArray *rows, const NnCommandProfile *command, const char *kernel)
{
  NnProfileRow *row = NULL;
  for (guint i = 0; i < rows->len && row == NULL; i++) {
    NnProfileRow *other = &g_array_index (rows, NnProfileRow, i);
    if (strcmp (other->layer, command->owner) == 0 && strcmp (other->pass, command->pass) == 0
        && g_strcmp0 (other->kernel, kernel) == 0)
      row = other;
  }
  if (row == NULL) {
    g_array_set_size (rows, rows->len + 1);
    row = &g_array_index (rows, NnProfileRow, rows->len - 1);
    row->layer = g_string_chunk_insert_const (self->strings, command->owner);
    row->pass = g_string_chunk_insert_const (self->strings, command->pass);
    row->kernel = kernel ? g_string_chunk_insert_const (self->strings, kernel) : NULL;
  }
  row->launches++;
  row->ms += command->ms;
}

/* The gradient of the weights and that of the input take as many multiply-adds as the forward pass, each. */
static double
count_passes (NnPlan *plan, const NnNode *node, const char *pass)
{
  if (strcmp (pass, "backward") != 0)
    return 1;
  gboolean input_wants = FALSE;
  for (guint i = 0; i < node->n_inputs; i++)
    input_wants = input_wants || plan->nodes[node->inputs[i]->index].needs_gradient;
  return (node->n_params > 0) + input_wants;
}

static void
fill_gflops (NnProfile *self, NnGraph *graph, guint batch)
{
  g_autoptr (NnPlan) plan = nn_plan_new (graph, batch, TRUE);
  for (guint i = 0; i < self->passes->len; i++) {
    NnProfileRow *row = &g_array_index (self->passes, NnProfileRow, i);
    for (guint k = 1; k < plan->n_nodes; k++) {
      const NnNode *node = nn_graph_get_node (graph, k);
      if (strcmp (node->name, row->layer) == 0 && row->ms > 0)
        row->gflops = (double) node->flops * batch * count_passes (plan, node, row->pass) / row->ms * 1e-6;
    }
  }
}

/* Measures @run twice, the second time each of its launches. */
static NnProfile *
measure (NnContext *context, const NnMeasuring *how, NnMeasured run, gpointer data, GError **error)
{
  NnBenchmark wall = { 0 }, profiled = { 0 };
  if (!nn_measuring_run (how, run, data, &wall, error) || !nn_context_set_profiling (context, TRUE, error)
      || !nn_measuring_run (how, run, data, &profiled, error) || !nn_context_set_profiling (context, FALSE, error))
    return NULL;
  NnProfile *self = profile_new ();
  self->step_ms = wall.ms;
  return self;
}

static void
add_commands (NnProfile *self, NnCommands *commands)
{
  for (guint i = 0; i < nn_commands_get_length (commands); i++) {
    NnCommandProfile command = nn_commands_get_profile (commands, i);
    add (self, self->passes, &command, NULL);
    add (self, self->kernels, &command, command.kernel);
    self->sum_ms += command.ms;
  }
}

NnProfile *
nn_benchmark_profile (NnContext *context, const char *preset, const NnShape *input, guint n_classes, guint batch,
                      double seconds, GCancellable *cancellable, NnProgressFunc progress, gpointer data, GError **error)
{
  const NnMeasuring how = { seconds, cancellable, progress, data };
  g_autoptr (NnBenchmarkTraining) training = nn_benchmark_training_new (context, preset, input, n_classes, batch, error);
  if (training == NULL)
    return NULL;
  NnProfile *self = measure (context, &how, nn_benchmark_training_step, training, error);
  if (self == NULL)
    return NULL;
  add_commands (self, training->step->commands[0]);
  fill_gflops (self, nn_model_get_graph (training->model), batch);
  return self;
}

NnProfile *
nn_benchmark_profile_latency (NnContext *context, const char *preset, const NnShape *input, guint n_classes,
                              double seconds, GCancellable *cancellable, GError **error)
{
  const NnMeasuring how = { seconds, cancellable, NULL, NULL };
  g_autoptr (NnBenchmarkAnswer) answer = nn_benchmark_answer_new (context, preset, input, n_classes, error);
  if (answer == NULL)
    return NULL;
  NnProfile *self = measure (context, &how, nn_benchmark_answer_run, answer, error);
  if (self == NULL)
    return NULL;
  add_commands (self, nn_predictor_get_commands (answer->predictor));
  fill_gflops (self, nn_model_get_graph (answer->model), 1);
  return self;
}
