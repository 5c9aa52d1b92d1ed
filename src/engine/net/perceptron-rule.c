/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/perceptron-rule.h"

struct _NnPerceptronRule {
  NnNetwork *network; /* not owned */
  NnWeights *weights;
  guint node, inputs, classes;
  NnTensor *units;    /* float32 [classes][inputs] */
  NnTensor *mistakes; /* float32 [classes] */
};

NnPerceptronRule *
nn_perceptron_rule_new (NnNetwork *network, NnWeights *weights, NnModel *start, GError **error)
{
  g_autoptr (NnPerceptronRule) self = g_new0 (NnPerceptronRule, 1);
  NnGraph *graph = nn_weights_get_graph (weights);
  NnContext *context = nn_weights_get_context (weights);
  self->network = network;
  self->weights = nn_weights_ref (weights);
  self->node = nn_graph_get_n_nodes (graph) - 1;
  self->classes = nn_graph_get_n_classes (graph);
  self->inputs = (guint) nn_shape_size (nn_graph_get_input_shape (graph));
  gsize n = (gsize) self->inputs * self->classes;
  self->units = nn_tensor_new (context, NN_DTYPE_FLOAT32, n, error);
  self->mistakes = self->units ? nn_tensor_new (context, NN_DTYPE_FLOAT32, self->classes, error) : NULL;
  if (self->mistakes == NULL)
    return NULL;
  const float *dense = nn_model_get_param (start, self->node, 0);
  g_autofree float *units = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    units[i % self->classes * self->inputs + i / self->classes] = dense[i];
  return nn_tensor_upload (self->units, units, error) ? g_steal_pointer (&self) : NULL;
}

void
nn_perceptron_rule_free (NnPerceptronRule *self)
{
  g_clear_pointer (&self->units, nn_tensor_unref);
  g_clear_pointer (&self->mistakes, nn_tensor_unref);
  nn_weights_unref (self->weights);
  g_free (self);
}

/* The largest power of two that is allowed, at most 64. */
static gsize
group_size (NnContext *context)
{
  gsize group = 1;
  while (!nn_context_is_cpu (context) && group < 64 && 2 * group <= nn_context_get_limits (context)->max_work_group)
    group *= 2;
  return group;
}

/* All three kernels are used together, so they share a program. */
static char *
build_options (NnPerceptronRule *self)
{
  return g_strdup_printf ("-D GROUP=%u", (guint) group_size (nn_weights_get_context (self->weights)));
}

static gboolean
record_learn (NnPerceptronRule *self, NnCommands *commands, NnTensor *labels, NnTensor *rates, GError **error)
{
  gsize group = group_size (nn_weights_get_context (self->weights));
  g_autofree char *options = build_options (self);
  NnLaunch launch = { .file = "perceptron.cl", .kernel = "perceptron_learn", .options = options, .dims = 1,
                      .global = { group * self->classes }, .local = { group }, .label = "perceptron" };
  return nn_commands_launch (commands, &launch,
                             NN_ARGS (NN_UINT (nn_network_get_batch (self->network)), NN_UINT (self->inputs),
                                      NN_UINT (self->classes), NN_TENSOR (nn_network_get_input (self->network)),
                                      NN_TENSOR (labels), NN_TENSOR (self->units),
                                      NN_TENSOR (nn_weights_get_param (self->weights, self->node, 1)),
                                      NN_TENSOR (nn_network_get_logits (self->network)), NN_TENSOR (self->mistakes),
                                      NN_TENSOR (rates), NN_TENSOR (nn_network_get_step (self->network))), error);
}

static gboolean
record_store (NnPerceptronRule *self, NnCommands *commands, GError **error)
{
  g_autofree char *options = build_options (self);
  NnLaunch launch = { .file = "perceptron.cl", .kernel = "perceptron_store", .options = options, .dims = 1,
                      .label = "perceptron" };
  nn_commands_linear (nn_weights_get_context (self->weights), self->units->size, launch.global, launch.local);
  return nn_commands_launch (commands, &launch,
                             NN_ARGS (NN_UINT (self->inputs), NN_UINT (self->classes), NN_TENSOR (self->units),
                                      NN_TENSOR (nn_weights_get_param (self->weights, self->node, 0))), error);
}

gboolean
nn_perceptron_rule_record (NnPerceptronRule *self, NnCommands *commands, NnTensor *labels, NnTensor *rates,
                           NnMetrics *metrics, GError **error)
{
  g_autofree char *options = build_options (self);
  NnLaunch end = { .file = "perceptron.cl", .kernel = "perceptron_step_end", .options = options, .dims = 1,
                   .global = { 1 }, .local = { 1 }, .label = "perceptron" };
  return record_learn (self, commands, labels, rates, error) && record_store (self, commands, error) &&
         nn_commands_launch (commands, &end,
                             NN_ARGS (NN_UINT (nn_network_get_batch (self->network)), NN_UINT (self->classes),
                                      NN_UINT (metrics->rows), NN_TENSOR (nn_network_get_logits (self->network)),
                                      NN_TENSOR (labels), NN_TENSOR (self->mistakes), NN_TENSOR (metrics->loss),
                                      NN_TENSOR (metrics->hits), NN_TENSOR (nn_network_get_step (self->network))), error);
}

guint
nn_perceptron_ref (guint batch, guint inputs, guint classes, const double *x, const gint32 *labels, double *weights,
                   double *bias, double rate)
{
  guint mistakes = 0;
  for (guint i = 0; i < batch; i++)
    for (guint c = 0; c < classes && labels[i] >= 0; c++) {
      double sum = bias[c];
      for (guint k = 0; k < inputs; k++)
        sum += weights[k * classes + c] * x[(gsize) i * inputs + k];
      int target = labels[i] == (gint32) c, output = sum > 0;
      if (target == output)
        continue;
      for (guint k = 0; k < inputs; k++)
        weights[k * classes + c] += rate * (target - output) * x[(gsize) i * inputs + k];
      bias[c] += rate * (target - output);
      mistakes++;
    }
  return mistakes;
}
