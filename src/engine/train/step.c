/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/step.h"

#include "net/rows.h"

static NnStep *
step_alloc (NnWeights *weights, NnModel *start, const NnTrainConfig *config)
{
  NnStep *self = g_new0 (NnStep, 1);
  self->context = nn_context_ref (nn_weights_get_context (weights));
  self->start = nn_model_ref (start);
  self->weights = nn_weights_ref (weights);
  self->config = *config;
  return self;
}

/* What a step needs besides its @n pictures. */
static gboolean
make_parts (NnStep *self, gsize n, guint cut, GError **error)
{
  NnContext *context = self->context;
  NnGraph *graph = nn_weights_get_graph (self->weights);
  guint last = nn_graph_get_n_nodes (graph) - 1;
  self->batch = (guint) CLAMP (n, 1, self->config.batch);
  self->n_steps = (guint) ((MAX (n, 1) + self->batch - 1) / self->batch);
  gboolean perceptron = nn_graph_get_trainer (graph) == NN_TRAINER_PERCEPTRON;
  gboolean ok = (self->network = nn_network_new_part (self->weights, self->batch, TRUE, cut, last, error)) != NULL &&
                (self->labels = nn_tensor_new (context, NN_DTYPE_INT32, self->batch, error)) != NULL &&
                (self->sample_loss = nn_tensor_new (context, NN_DTYPE_FLOAT32, self->batch, error)) != NULL &&
                (self->sample_hit = nn_tensor_new (context, NN_DTYPE_FLOAT32, self->batch, error)) != NULL &&
                (self->metrics = nn_metrics_new (context, self->n_steps, error)) != NULL;
  if (ok && perceptron)
    ok = (self->rule = nn_perceptron_rule_new (self->network, self->weights, self->start, error)) != NULL;
  else if (ok)
    ok = (self->optimizer = nn_optimizer_new (nn_optimizer_find (self->config.optimizer), self->weights, error)) != NULL;
  return ok;
}

NnStep *
nn_step_new (NnWeights *weights, NnModel *start, NnPixels *train, const NnTrainConfig *config, GError **error)
{
  g_autoptr (NnStep) self = step_alloc (weights, start, config);
  if (!make_parts (self, train->n, 0, error))
    return NULL;
  self->feed = nn_feed_new (self->context, train, nn_graph_get_n_classes (nn_weights_get_graph (weights)), self->batch,
                            config->stream_bytes, error);
  return self->feed != NULL ? g_steal_pointer (&self) : NULL;
}

NnStep *
nn_step_new_from_features (NnWeights *weights, NnModel *start, const NnFeatureSet *features, guint cut,
                           const NnTrainConfig *config, GError **error)
{
  g_autoptr (NnStep) self = step_alloc (weights, start, config);
  self->features = features;
  if (!make_parts (self, features->n, cut, error))
    return NULL;
  self->order = nn_tensor_new (self->context, NN_DTYPE_INT32, (gsize) self->n_steps * self->batch, error);
  return self->order != NULL ? g_steal_pointer (&self) : NULL;
}

void
nn_step_free (NnStep *self)
{
  for (guint slot = 0; slot < NN_FEED_SLOTS; slot++)
    g_clear_pointer (&self->commands[slot], nn_commands_free);
  g_clear_pointer (&self->rule, nn_perceptron_rule_free);
  g_clear_pointer (&self->optimizer, nn_optimizer_free);
  g_clear_pointer (&self->network, nn_network_free);
  g_clear_pointer (&self->feed, nn_feed_free);
  g_clear_pointer (&self->metrics, nn_metrics_free);
  g_clear_pointer (&self->order, nn_tensor_unref);
  g_clear_pointer (&self->labels, nn_tensor_unref);
  g_clear_pointer (&self->sample_loss, nn_tensor_unref);
  g_clear_pointer (&self->sample_hit, nn_tensor_unref);
  g_clear_pointer (&self->rates, nn_tensor_unref);
  g_free (self->last_rates);
  g_free (self->kernels);
  nn_weights_unref (self->weights);
  nn_model_unref (self->start);
  nn_context_unref (self->context);
  g_free (self);
}

static gboolean
record_gather_features (NnStep *self, NnCommands *commands, GError **error)
{
  const NnFeatureSet *features = self->features;
  NnRowGather gather = {
    .rows = features->rows, .labels = features->labels, .n_rows = features->n * features->n_views,
    .width = features->width, .order = self->order, .step = nn_network_get_step (self->network), .batch = self->batch,
    .x = nn_network_get_input (self->network), .labels_out = self->labels,
  };
  return nn_row_gather_record (commands, &gather, error);
}

static gboolean
record_gather (NnStep *self, guint slot, NnCommands *commands, GError **error)
{
  if (self->features)
    return record_gather_features (self, commands, error);
  const NnAugment *augment = nn_augment_find (self->config.augment);
  NnGather gather = {
    .input = *nn_graph_get_input_shape (nn_weights_get_graph (self->weights)),
    .preprocess = nn_model_get_preprocess (self->start), .augment = nn_augment_is_identity (augment) ? NULL : augment,
    .step = nn_network_get_step (self->network), .x = nn_network_get_input (self->network), .labels_out = self->labels,
  };
  nn_feed_fill_gather (self->feed, slot, &gather);
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

/* The launches of a step that takes its pictures out of @slot. */
static NnCommands *
record (NnStep *self, guint slot, GError **error)
{
  g_autoptr (NnCommands) commands = nn_commands_new (self->context);
  gboolean ok = record_gather (self, slot, commands, error) &&
                (self->rule ? nn_perceptron_rule_record (self->rule, commands, self->labels, self->rates, self->metrics, error)
                            : record_gradient (self, commands, error));
  return ok ? g_steal_pointer (&commands) : NULL;
}

/* The launches for each slot. The first time it is put on record which kernels they are; later it is those again. */
static gboolean
record_slots (NnStep *self, GError **error)
{
  NnChoices *choices = nn_context_get_choices (self->context);
  guint n_slots = self->feed ? nn_feed_get_n_slots (self->feed) : 1;
  if (self->kernels != NULL)
    nn_choices_hold (choices, self->kernels);
  nn_choices_start_record (choices);
  guint done = 0;
  for (NnCommands *commands; done < n_slots && (commands = record (self, done, error)) != NULL; done++) {
    g_clear_pointer (&self->commands[done], nn_commands_free);
    self->commands[done] = commands;
  }
  g_autofree char *kernels = nn_choices_take_record (choices);
  if (done == n_slots && self->kernels == NULL && kernels[0] != '\0')
    self->kernels = g_steal_pointer (&kernels);
  return done == n_slots;
}

gboolean
nn_step_record (NnStep *self, const float *rates, gsize n_rates, GError **error)
{
  g_clear_pointer (&self->rates, nn_tensor_unref);
  g_free (self->last_rates);
  self->last_rates = g_memdup2 (rates, n_rates * sizeof (float));
  self->rates = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, n_rates, error);
  return self->rates != NULL && nn_tensor_upload (self->rates, rates, error) && record_slots (self, error);
}

gboolean
nn_step_prepare (NnStep *self, GError **error)
{
  for (guint slot = 0; slot < NN_FEED_SLOTS && self->commands[slot] != NULL; slot++)
    if (!nn_commands_prepare (self->commands[slot], error))
      return FALSE;
  return TRUE;
}

gboolean
nn_step_start_epoch (NnStep *self, const guint32 *order, guint epoch, guint32 seed, GError **error)
{
  const cl_uint state[4] = { epoch * self->n_steps, seed, 0, 0 };
  return (self->feed ? nn_feed_start (self->feed, order, error) : nn_tensor_upload (self->order, order, error)) &&
         nn_tensor_upload (nn_network_get_step (self->network), state, error);
}

NnCommands *
nn_step_next (NnStep *self, GError **error)
{
  guint slot = 0;
  return self->feed == NULL || nn_feed_next (self->feed, &slot, error) ? self->commands[slot] : NULL;
}
