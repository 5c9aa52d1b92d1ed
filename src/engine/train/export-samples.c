/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/export-samples.h"

#include "base/error.h"
#include "train/preparation.h"

#include <glib/gi18n.h>
#include <string.h>

/* Of pictures with a margin the middle, as in evaluation. */
static void
crop (const NnPixels *pixels, gsize index, const NnShape *input, guint8 *out)
{
  const NnPixelSpec *spec = &pixels->spec;
  guint top = (spec->height - input->dims[0]) / 2, left = (spec->width - input->dims[1]) / 2;
  gsize row = (gsize) input->dims[1] * spec->channels;
  const guint8 *picture = pixels->data + index * nn_pixel_spec_bytes (spec);
  for (guint y = 0; y < input->dims[0]; y++)
    memcpy (out + y * row, picture + ((gsize) (top + y) * spec->width + left) * spec->channels, row);
}

static gboolean
fits (const NnPixels *pixels, const NnShape *input)
{
  return pixels->n > 0 && pixels->spec.height >= input->dims[0] && pixels->spec.width >= input->dims[1]
         && pixels->spec.channels == input->dims[2];
}

NnExportSamples *
nn_export_samples_new (NnContext *context, NnModel *model, const NnPixels *pixels, GError **error)
{
  NnGraph *graph = nn_model_get_graph (model);
  const NnShape *input = nn_graph_get_input_shape (graph);
  g_autoptr (NnExportSamples) self = nn_export_samples_new_noise (model);
  gsize size = nn_shape_size (input);
  if (pixels != NULL && fits (pixels, input)) {
    self->n = (guint) MIN (self->n, pixels->n);
    for (guint i = 0; i < self->n; i++) /* from all over the set: classes often lie one behind the other */
      crop (pixels, i * pixels->n / self->n, input, self->pixels + i * size);
  }
  g_autoptr (NnPredictor) predictor = nn_predictor_new (context, model, self->n, error);
  if (predictor == NULL || !nn_predictor_run (predictor, self->pixels, self->n, self->probabilities, error))
    return NULL;
  return g_steal_pointer (&self);
}

NnPixels *
nn_export_load_pixels (NnDataset *dataset, NnModel *model, GCancellable *cancellable, GError **error)
{
  NnPixelSpec spec;
  guint n = nn_export_samples_count (model), total = nn_dataset_count (dataset, NN_SPLIT_ALL, -1), loaded = 0;
  if (!nn_preparation_pixel_spec (model, &spec, error))
    return NULL;
  gsize bytes = nn_pixel_spec_bytes (&spec);
  g_autofree guint8 *data = g_malloc (n * bytes);
  for (guint i = 0; i < MIN (n, total) && !g_cancellable_is_cancelled (cancellable); i++)
    if (nn_dataset_load_sample (dataset, (guint) ((guint64) i * total / MIN (n, total)), &spec,
                                data + loaded * bytes, NULL))
      loaded++;
  if (loaded > 0)
    return nn_pixels_new_from_data (&spec, loaded, data, NULL);
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("None of the pictures of “%s” can be read."),
               nn_dataset_get_name (dataset));
  return NULL;
}
