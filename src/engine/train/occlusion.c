/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/occlusion.h"

#include "base/error.h"
#include "data/heat-map.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Patches along the shorter side, unless somebody says otherwise. */
#define DEFAULT_PATCHES 7
/* Pictures in a go: short even on a slow device. */
#define BATCH 8
/* Between two looks at the cancellable. */
#define CANCEL_MS 100

struct _NnOcclusion {
  NnModel *model;
  guint8 *pixels;
  guint class_index;
  NnOcclusionSettings settings;
  GArray *tops, *lefts; /* guint: where the patch begins */
  guint8 mean[NN_MAX_CHANNELS];
  guint n; /* pictures: as it is, and with the patch in each place */
  float *probabilities; /* [n], of the class */
  int done; /* atomic */
  /* On the device, or for it. */
  NnPredictor *predictor;
  guint8 *block;
};

static const NnShape *
input_of (NnOcclusion *self)
{
  return nn_graph_get_input_shape (nn_model_get_graph (self->model));
}

/* Every stride, and once more at the far edge. */
static GArray *
make_places (guint side, guint patch, guint stride)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint at = 0; at + patch < side; at += stride)
    g_array_append_val (places, at);
  guint last = side - patch;
  g_array_append_val (places, last);
  return places;
}

static void
find_mean (NnOcclusion *self)
{
  const NnShape *input = input_of (self);
  gsize places = (gsize) input->dims[0] * input->dims[1], channels = input->dims[2];
  for (gsize c = 0; c < channels; c++) {
    double sum = 0;
    for (gsize p = 0; p < places; p++)
      sum += self->pixels[p * channels + c];
    self->mean[c] = (guint8) lround (sum / (double) places);
  }
}

static gboolean
complete (NnOcclusionSettings *settings, const NnShape *input, GError **error)
{
  guint side = MIN (input->dims[0], input->dims[1]);
  if (settings->patch == 0)
    settings->patch = MAX (1, (side + DEFAULT_PATCHES / 2) / DEFAULT_PATCHES);
  if (settings->stride == 0)
    settings->stride = MAX (1, settings->patch / 2);
  if (settings->patch <= side && settings->stride <= side)
    return TRUE;
  g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
               _ ("A patch of %u pixels that moves by %u doesn’t fit pictures of %u×%u pixels; both may be at most %u."),
               settings->patch, settings->stride, input->dims[1], input->dims[0], side);
  return FALSE;
}

NnOcclusion *
nn_occlusion_new (NnModel *model, const guint8 *pixels, guint class_index, const NnOcclusionSettings *settings,
                  GError **error)
{
  const NnShape *input = nn_graph_get_input_shape (nn_model_get_graph (model));
  NnOcclusionSettings all = settings ? *settings : (NnOcclusionSettings){ 0 };
  g_return_val_if_fail (class_index < nn_graph_get_n_classes (nn_model_get_graph (model)), NULL);
  if (!complete (&all, input, error))
    return NULL;
  NnOcclusion *self = g_new0 (NnOcclusion, 1);
  self->model = nn_model_ref (model);
  self->pixels = g_memdup2 (pixels, nn_shape_size (input));
  self->class_index = class_index;
  self->settings = all;
  self->tops = make_places (input->dims[0], all.patch, all.stride);
  self->lefts = make_places (input->dims[1], all.patch, all.stride);
  self->n = 1 + self->tops->len * self->lefts->len;
  self->probabilities = g_new0 (float, self->n);
  find_mean (self);
  return self;
}

void
nn_occlusion_leave (NnOcclusion *self)
{
  g_clear_pointer (&self->predictor, nn_predictor_free);
  g_clear_pointer (&self->block, g_free);
}

void
nn_occlusion_free (NnOcclusion *self)
{
  nn_occlusion_leave (self);
  nn_model_unref (self->model);
  g_array_unref (self->tops);
  g_array_unref (self->lefts);
  g_free (self->pixels);
  g_free (self->probabilities);
  g_free (self);
}

/* Picture 0 is the whole one. */
static void
make_picture (NnOcclusion *self, guint index, guint8 *out)
{
  const NnShape *input = input_of (self);
  gsize channels = input->dims[2], row = input->dims[1] * channels;
  memcpy (out, self->pixels, nn_shape_size (input));
  if (index == 0)
    return;
  guint top = g_array_index (self->tops, guint, (index - 1) / self->lefts->len);
  guint left = g_array_index (self->lefts, guint, (index - 1) % self->lefts->len);
  for (guint y = top; y < top + self->settings.patch; y++)
    for (guint x = left; x < left + self->settings.patch; x++)
      memcpy (out + y * row + x * channels, self->mean, channels);
}

static gboolean
prepare (NnOcclusion *self, NnContext *context, GError **error)
{
  if (self->predictor != NULL)
    return TRUE;
  self->predictor = nn_predictor_new (context, self->model, BATCH, error);
  if (self->predictor == NULL)
    return FALSE;
  self->block = g_malloc_n (BATCH, nn_shape_size (input_of (self)));
  return TRUE;
}

static gboolean
answer_batch (NnOcclusion *self, GError **error)
{
  gsize picture = nn_shape_size (input_of (self)), n_classes = nn_graph_get_n_classes (nn_model_get_graph (self->model));
  guint first = (guint) g_atomic_int_get (&self->done), some = MIN (BATCH, self->n - first);
  g_autofree float *probabilities = g_new (float, some * n_classes);
  for (guint i = 0; i < some; i++)
    make_picture (self, first + i, self->block + i * picture);
  if (!nn_predictor_run (self->predictor, self->block, some, probabilities, error))
    return FALSE;
  for (guint i = 0; i < some; i++)
    self->probabilities[first + i] = probabilities[i * n_classes + self->class_index];
  g_atomic_int_add (&self->done, (int) some);
  return TRUE;
}

gboolean
nn_occlusion_advance (NnOcclusion *self, NnContext *context, double milliseconds, gboolean *done, GError **error)
{
  gint64 begun = g_get_monotonic_time ();
  if (!prepare (self, context, error))
    return FALSE;
  do {
    if ((guint) g_atomic_int_get (&self->done) < self->n && !answer_batch (self, error))
      return FALSE;
    *done = (guint) g_atomic_int_get (&self->done) == self->n;
  } while (!*done && (double) (g_get_monotonic_time () - begun) * 1e-3 < milliseconds);
  return TRUE;
}

double
nn_occlusion_get_fraction (NnOcclusion *self)
{
  return (double) g_atomic_int_get (&self->done) / self->n;
}

const NnOcclusionSettings *
nn_occlusion_get_settings (NnOcclusion *self)
{
  return &self->settings;
}

static double *
middles (const GArray *places, guint patch)
{
  double *at = g_new (double, places->len);
  for (guint i = 0; i < places->len; i++)
    at[i] = g_array_index (places, guint, i) + (patch - 1) / 2.0;
  return at;
}

void
nn_occlusion_get_map (NnOcclusion *self, float *map)
{
  g_return_if_fail ((guint) g_atomic_int_get (&self->done) == self->n);
  const NnShape *input = input_of (self);
  g_autofree float *grid = g_new (float, self->n - 1);
  g_autofree double *rows = middles (self->tops, self->settings.patch);
  g_autofree double *columns = middles (self->lefts, self->settings.patch);
  for (guint i = 0; i + 1 < self->n; i++)
    grid[i] = self->probabilities[0] - self->probabilities[i + 1];
  nn_heat_spread (grid, self->tops->len, rows, self->lefts->len, columns, input->dims[0], input->dims[1], map);
}

gboolean
nn_occlude (NnOcclusion *self, NnContext *context, GCancellable *cancellable, GError **error)
{
  for (gboolean done = FALSE; !done;) {
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, NN_ERROR, NN_ERROR_CANCELLED, "Stopped.");
      return FALSE;
    }
    if (!nn_occlusion_advance (self, context, CANCEL_MS, &done, error))
      return FALSE;
  }
  return TRUE;
}
