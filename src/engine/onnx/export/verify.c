/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/export/export.h"

#include "base/error.h"
#include "base/random.h"
#include "onnx/run/program.h"

#include <glib/gi18n.h>
#include <math.h>

#define MOST_SAMPLES 8
#define FLOPS G_GUINT64_CONSTANT (1000000000)

static void
softmax (guint n, const double *logits, float *probabilities)
{
  double max = -INFINITY, sum = 0;
  for (guint i = 0; i < n; i++)
    max = fmax (max, logits[i]);
  for (guint i = 0; i < n; i++)
    sum += exp (logits[i] - max);
  for (guint i = 0; i < n; i++)
    probabilities[i] = (float) (exp (logits[i] - max) / sum);
}

guint
nn_export_samples_count (NnModel *model)
{
  guint64 flops = nn_graph_count_flops (nn_model_get_graph (model));
  return (guint) CLAMP (FLOPS / MAX (flops, 1), 1, MOST_SAMPLES);
}

NnExportSamples *
nn_export_samples_new_noise (NnModel *model)
{
  NnGraph *graph = nn_model_get_graph (model);
  gsize size = nn_shape_size (nn_graph_get_input_shape (graph));
  NnExportSamples *self = g_new0 (NnExportSamples, 1);
  self->n = nn_export_samples_count (model);
  self->pixels = g_new (guint8, self->n * size);
  self->probabilities = g_new0 (float, self->n *nn_graph_get_n_classes (graph));
  NnRandom random;
  nn_random_init (&random, 1, 1);
  for (gsize i = 0; i < self->n * size; i++)
    self->pixels[i] = (guint8) nn_random_below (&random, 256);
  return self;
}

NnExportSamples *
nn_export_samples_new_random (NnModel *model)
{
  NnGraph *graph = nn_model_get_graph (model);
  const NnPreprocess *preprocess = nn_model_get_preprocess (model);
  const NnShape *input = nn_graph_get_input_shape (graph);
  guint classes = nn_graph_get_n_classes (graph), channels = input->dims[2];
  NnExportSamples *self = nn_export_samples_new_noise (model);
  gsize n = self->n * nn_shape_size (input);
  g_autofree float *x = g_new (float, n);
  g_autofree double *logits = g_new (double, self->n *classes);
  for (gsize i = 0; i < n; i++)
    x[i] = ((float) self->pixels[i] / 255 - preprocess->mean[i % channels])
           / preprocess->deviation[i % channels];
  nn_model_ref_run (model, self->n, x, logits);
  for (guint i = 0; i < self->n; i++)
    softmax (classes, logits + i * classes, self->probabilities + i * classes);
  return self;
}

void
nn_export_samples_free (NnExportSamples *self)
{
  if (self == NULL)
    return;
  g_free (self->pixels);
  g_free (self->probabilities);
  g_free (self);
}

/* The pictures as the file takes them: [n][channels][height][width]. */
static NnOnnxValue *
to_value (const NnShape *input, const NnExportSamples *samples, NnOnnxBudget *budget, GError **error)
{
  gsize channels = input->dims[2], pixels = (gsize) input->dims[0] * input->dims[1];
  const gsize dims[] = { samples->n, channels, input->dims[0], input->dims[1] };
  NnOnnxValue *value = nn_onnx_value_new (budget, nn_onnx_type (1), 4, dims, error);
  for (gsize i = 0; value != NULL && i < value->size; i++) {
    gsize n = i / pixels / channels, c = i / pixels % channels, p = i % pixels;
    value->real[i] = samples->pixels[(n * pixels + p) * channels + c];
  }
  return value;
}

gboolean
nn_export_verify (NnModel *model, GBytes *bytes, const NnExportSamples *samples, GCancellable *cancellable,
                  double *difference, GError **error)
{
  NnGraph *graph = nn_model_get_graph (model);
  guint classes = nn_graph_get_n_classes (graph);
  NnOnnxBudget budget = { NN_ONNX_RUN_BYTES, NN_ONNX_RUN_WORK };
  g_autoptr (NnOnnxProgram) program = nn_onnx_program_new (bytes, _ ("the exported model"), NULL, error);
  g_autoptr (NnOnnxValue) input
      = program != NULL ? to_value (nn_graph_get_input_shape (graph), samples, &budget, error) : NULL;
  g_autoptr (NnOnnxValue) output = NULL;
  if (input == NULL || !nn_onnx_program_run (program, &budget, &input, cancellable, &output, error))
    return FALSE;
  *difference = output->size == (gsize) samples->n * classes ? 0 : INFINITY;
  for (gsize i = 0; i < output->size && isfinite (*difference); i++) {
    double d = fabs (output->real[i] - (double) samples->probabilities[i]);
    *difference = isnan (d) ? INFINITY : fmax (*difference, d);
  }
  return TRUE;
}

char *
nn_export_verify_text (double difference, const NnExportSamples *samples)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (number, sizeof number, "%.1e", difference);
  return g_strdup_printf ("%s on %u pictures", number, samples->n);
}
