/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/predictor.h"

#include "net/batch.h"
#include "net/loss.h"

struct _NnPredictor {
  NnNetwork *network;
  NnContext *context; /* belongs to the network */
  NnCommands *commands;
  NnTensor *pixels, *order;
  guint batch, n_classes;
  gsize picture;
};

static gboolean
record (NnPredictor *self, NnContext *context, const NnShape *input, const NnPreprocess *preprocess, GError **error)
{
  NnGather gather = {
    .pixels = self->pixels, .n_samples = self->batch, .stored = *input, .input = *input, .preprocess = preprocess,
    .order = self->order, .indices = self->order, .step = nn_network_get_step (self->network), .batch = self->batch,
    .x = nn_network_get_input (self->network),
  };
  self->commands = nn_commands_new (context);
  return nn_gather_record (self->commands, &gather, error) &&
         nn_network_record_forward (self->network, self->commands, error);
}

static NnPredictor *
create (NnWeights *weights, gboolean constant, const NnPreprocess *preprocess, guint batch, GError **error)
{
  g_autoptr (NnPredictor) self = g_new0 (NnPredictor, 1);
  NnContext *context = nn_weights_get_context (weights);
  NnGraph *graph = nn_weights_get_graph (weights);
  const NnShape *input = nn_graph_get_input_shape (graph);
  self->context = context;
  self->batch = batch;
  self->n_classes = nn_graph_get_n_classes (graph);
  self->picture = nn_shape_size (input);
  g_autofree gint32 *order = g_new (gint32, batch);
  for (guint i = 0; i < batch; i++)
    order[i] = (gint32) i;
  gboolean ok = (self->network = constant ? nn_network_new_constant (weights, batch, error)
                                          : nn_network_new (weights, batch, FALSE, error)) != NULL &&
                (self->pixels = nn_tensor_new (context, NN_DTYPE_UINT8, batch * self->picture, error)) != NULL &&
                (self->order = nn_tensor_new (context, NN_DTYPE_INT32, batch, error)) != NULL &&
                nn_tensor_upload (self->order, order, error) && nn_buffer_zero (self->pixels->buffer, error) &&
                record (self, context, input, preprocess, error);
  return ok ? g_steal_pointer (&self) : NULL;
}

NnPredictor *
nn_predictor_new_shared (NnWeights *weights, const NnPreprocess *preprocess, guint batch, GError **error)
{
  g_return_val_if_fail (batch > 0, NULL);
  return create (weights, FALSE, preprocess, batch, error);
}

NnPredictor *
nn_predictor_new (NnContext *context, NnModel *model, guint batch, GError **error)
{
  g_return_val_if_fail (batch > 0, NULL);
  g_autoptr (NnWeights) weights = nn_weights_new (context, model, FALSE, error);
  return weights ? create (weights, TRUE, nn_model_get_preprocess (model), batch, error) : NULL;
}

void
nn_predictor_free (NnPredictor *self)
{
  g_clear_pointer (&self->commands, nn_commands_free);
  g_clear_pointer (&self->network, nn_network_free);
  g_clear_pointer (&self->pixels, nn_tensor_unref);
  g_clear_pointer (&self->order, nn_tensor_unref);
  g_free (self);
}

gboolean
nn_predictor_run (NnPredictor *self, const guint8 *pixels, gsize n, float *probabilities, GError **error)
{
  for (gsize first = 0; first < n; first += self->batch) {
    gsize some = MIN (self->batch, n - first);
    if (!nn_buffer_start_write (self->pixels->buffer, 0, pixels + first * self->picture, some * self->picture, error) ||
        !nn_commands_run (self->commands, NULL, error) ||
        !nn_buffer_read (nn_network_get_logits (self->network)->buffer, 0, probabilities + first * self->n_classes,
                         some * self->n_classes * sizeof (float), error)) {
      nn_context_finish (self->context, NULL); /* the pixels may still be on their way */
      return FALSE;
    }
    nn_softmax (probabilities + first * self->n_classes, some, self->n_classes);
  }
  return TRUE;
}

NnCommands *
nn_predictor_get_commands (NnPredictor *self)
{
  return self->commands;
}
