/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/loss.h"

#include <math.h>

NnMetrics *
nn_metrics_new (NnContext *context, guint rows, GError **error)
{
  g_autoptr (NnMetrics) self = g_new0 (NnMetrics, 1);
  self->rows = rows;
  self->loss = nn_tensor_new (context, NN_DTYPE_FLOAT32, rows, error);
  self->hits = self->loss ? nn_tensor_new (context, NN_DTYPE_FLOAT32, rows, error) : NULL;
  return self->hits ? g_steal_pointer (&self) : NULL;
}

void
nn_metrics_free (NnMetrics *self)
{
  g_clear_pointer (&self->loss, nn_tensor_unref);
  g_clear_pointer (&self->hits, nn_tensor_unref);
  g_free (self);
}

/* One program has what a step launches of loss.cl. */
static const char *
build_options (const NnLoss *loss)
{
  return loss->grad != NULL ? "-D TRAINING" : NULL;
}

gboolean
nn_loss_record (NnCommands *commands, const NnLoss *loss, GError **error)
{
  NnLaunch launch = { .file = "loss.cl", .kernel = loss->grad ? "softmax_cross_entropy_backward" : "softmax_cross_entropy",
                      .options = build_options (loss), .dims = 1, .label = "loss" };
  nn_commands_linear (nn_commands_get_context (commands), loss->batch, launch.global, launch.local);
  const NnArg args[] = {
    NN_UINT (loss->batch),           NN_UINT (loss->classes),        NN_TENSOR (loss->logits), NN_TENSOR (loss->labels),
    NN_TENSOR (loss->sample_loss),   NN_TENSOR (loss->sample_hit),   NN_TENSOR (loss->grad),
  };
  return nn_commands_launch (commands, &launch, args, G_N_ELEMENTS (args) - (loss->grad == NULL), error);
}

void
nn_softmax (float *values, gsize rows, guint classes)
{
  for (float *z = values, *end = values + rows * classes; z < end; z += classes) {
    float largest = z[0], sum = 0;
    for (guint c = 1; c < classes; c++)
      largest = MAX (largest, z[c]);
    for (guint c = 0; c < classes; c++)
      sum += z[c] = expf (z[c] - largest);
    for (guint c = 0; c < classes; c++)
      z[c] /= sum;
  }
}

gboolean
nn_step_end_record (NnCommands *commands, const NnLoss *loss, NnMetrics *metrics, NnTensor *step, GError **error)
{
  NnLaunch launch = { .file = "loss.cl", .kernel = "step_end", .options = build_options (loss), .dims = 1, .global = { 1 },
                      .local = { 1 }, .label = "loss" };
  return nn_commands_launch (commands, &launch,
                             NN_ARGS (NN_UINT (loss->batch), NN_UINT (metrics->rows), NN_TENSOR (loss->sample_loss),
                                      NN_TENSOR (loss->sample_hit), NN_TENSOR (metrics->loss), NN_TENSOR (metrics->hits),
                                      NN_TENSOR (step)), error);
}
