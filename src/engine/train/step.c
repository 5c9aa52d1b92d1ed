/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/step.h"

#include "net/batch.h"

NnStep *
nn_step_new (NnWeights *weights, NnModel *start, NnPixels *train, const NnTrainConfig *config, GError **error)
{
  g_autoptr (NnStep) self = g_new0 (NnStep, 1);
  NnGraph *graph = nn_weights_get_graph (weights);
  NnContext *context = nn_weights_get_context (weights);
  self->context = nn_context_ref (context);
  self->start = nn_model_ref (start);
  self->weights = nn_weights_ref (weights);
  self->config = *config;
  self->set = nn_device_set_new (context, train, nn_graph_get_n_classes (graph), error);
  if (self->set == NULL)
    return NULL;
  self->batch = MIN (config->batch, self->set->n);
  self->n_steps = (self->set->n + self->batch - 1) / self->batch;
  gboolean perceptron = nn_graph_get_trainer (graph) == NN_TRAINER_PERCEPTRON;
  gboolean ok = (self->network = nn_network_new (weights, self->batch, TRUE, error)) != NULL &&
                (self->order = nn_tensor_new (context, NN_DTYPE_INT32, (gsize) self->n_steps * self->batch, error)) != NULL &&
                (self->labels = nn_tensor_new (context, NN_DTYPE_INT32, self->batch, error)) != NULL &&
                (self->sample_loss = nn_tensor_new (context, NN_DTYPE_FLOAT32, self->batch, error)) != NULL &&
                (self->sample_hit = nn_tensor_new (context, NN_DTYPE_FLOAT32, self->batch, error)) != NULL &&
                (self->metrics = nn_metrics_new (context, self->n_steps, error)) != NULL;
  if (ok && perceptron)
    ok = (self->rule = nn_perceptron_rule_new (self->network, weights, start, error)) != NULL;
  else if (ok)
    ok = (self->optimizer = nn_optimizer_new (nn_optimizer_find (config->optimizer), weights, error)) != NULL;
  return ok ? g_steal_pointer (&self) : NULL;
}

void
nn_step_free (NnStep *self)
{
  g_clear_pointer (&self->commands, nn_commands_free);
  g_clear_pointer (&self->rule, nn_perceptron_rule_free);
  g_clear_pointer (&self->optimizer, nn_optimizer_free);
  g_clear_pointer (&self->network, nn_network_free);
  g_clear_pointer (&self->set, nn_device_set_free);
  g_clear_pointer (&self->metrics, nn_metrics_free);
  g_clear_pointer (&self->order, nn_tensor_unref);
  g_clear_pointer (&self->labels, nn_tensor_unref);
  g_clear_pointer (&self->sample_loss, nn_tensor_unref);
  g_clear_pointer (&self->sample_hit, nn_tensor_unref);
  g_clear_pointer (&self->rates, nn_tensor_unref);
  g_free (self->last_rates);
  nn_weights_unref (self->weights);
  nn_model_unref (self->start);
  nn_context_unref (self->context);
  g_free (self);
}

static gboolean
record_gather (NnStep *self, NnCommands *commands, GError **error)
{
  const NnAugment *augment = nn_augment_find (self->config.augment);
  NnGather gather = {
    .pixels = self->set->pixels, .labels = self->set->labels, .n_samples = self->set->n, .stored = self->set->stored,
    .input = *nn_graph_get_input_shape (nn_weights_get_graph (self->weights)),
    .preprocess = nn_model_get_preprocess (self->start), .augment = nn_augment_is_identity (augment) ? NULL : augment,
    .order = self->order, .step = nn_network_get_step (self->network), .batch = self->batch,
    .x = nn_network_get_input (self->network), .labels_out = self->labels,
  };
  return nn_gather_record (commands, &gather, error);
}

static gboolean
record_gradient (NnStep *self, NnCommands *commands, GError **error)
{
  NnTensor *step = nn_network_get_step (self->network);
  NnLoss loss = {
    .batch = self->batch, .classes = nn_graph_get_n_classes (nn_weights_get_graph (self->weights)),
    .logits = nn_network_get_logits (self->network), .labels = self->labels,
    .grad = nn_network_get_logits_grad (self->network), .sample_loss = self->sample_loss, .sample_hit = self->sample_hit,
  };
  return nn_network_record_forward (self->network, commands, error) && nn_loss_record (commands, &loss, error) &&
         nn_network_record_backward (self->network, commands, error) &&
         nn_optimizer_record (self->optimizer, commands, self->rates, step, self->config.momentum,
                              self->config.weight_decay, error) &&
         nn_step_end_record (commands, &loss, self->metrics, step, error);
}

gboolean
nn_step_record (NnStep *self, const float *rates, gsize n_rates, GError **error)
{
  g_clear_pointer (&self->rates, nn_tensor_unref);
  g_free (self->last_rates);
  self->last_rates = g_memdup2 (rates, n_rates * sizeof (float));
  self->rates = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, n_rates, error);
  if (self->rates == NULL || !nn_tensor_upload (self->rates, rates, error))
    return FALSE;
  g_autoptr (NnCommands) commands = nn_commands_new (self->context);
  gboolean ok = record_gather (self, commands, error) &&
                (self->rule ? nn_perceptron_rule_record (self->rule, commands, self->labels, self->rates, self->metrics, error)
                            : record_gradient (self, commands, error));
  if (!ok)
    return FALSE;
  g_clear_pointer (&self->commands, nn_commands_free);
  self->commands = g_steal_pointer (&commands);
  return TRUE;
}

gboolean
nn_step_start_epoch (NnStep *self, const guint32 *order, guint epoch, guint32 seed, GError **error)
{
  const cl_uint state[4] = { epoch * self->n_steps, seed, 0, 0 };
  return nn_tensor_upload (self->order, order, error) &&
         nn_tensor_upload (nn_network_get_step (self->network), state, error);
}
