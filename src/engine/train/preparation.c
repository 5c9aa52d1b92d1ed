/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/preparation.h"

#include "base/error.h"
#include "net/augment.h"
#include "net/plan.h"
#include "train/backbone.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* A channel that hardly varies (a blank scan) must not be blown up to noise. */
#define SMALLEST_DEVIATION 0.01

/* Sums over at most so many bytes: more change the third digit at most, and cost time at each start. */
#define MEASURED_BYTES ((gsize) 64 << 20)

void
nn_preparation_measure (const NnPixels *pixels, NnPreprocess *preprocess)
{
  guint channels = pixels->spec.channels;
  gsize picture = nn_pixel_spec_bytes (&pixels->spec);
  gsize stride = MAX (pixels->n * picture / MEASURED_BYTES, 1);
  guint64 histogram[NN_MAX_CHANNELS][256] = { 0 };
  for (gsize i = 0; i < pixels->n; i += stride)
    for (gsize p = 0; p < picture; p += channels)
      for (guint c = 0; c < channels; c++)
        histogram[c][pixels->data[i * picture + p + c]]++;
  for (guint c = 0; c < channels; c++) {
    double n = 0, sum = 0, squares = 0;
    for (guint v = 0; v < 256; v++) {
      double x = v / 255.0;
      n += (double) histogram[c][v];
      sum += x * (double) histogram[c][v];
      squares += x * x * (double) histogram[c][v];
    }
    double mean = n > 0 ? sum / n : 0;
    double variance = n > 0 ? squares / n - mean * mean : 1;
    preprocess->mean[c] = (float) mean;
    preprocess->deviation[c] = (float) MAX (sqrt (MAX (variance, 0)), SMALLEST_DEVIATION);
  }
}

static NnFit
fit_from_name (const char *name)
{
  if (strcmp (name, "contain") == 0)
    return NN_FIT_CONTAIN;
  if (strcmp (name, "centre") == 0)
    return NN_FIT_CENTRE;
  /* Pictures of digits are square as a rule; where they aren't, padding with white would look like ink. */
  if (strcmp (name, "stretch") == 0 || strcmp (name, NN_FIT_DIGIT) == 0)
    return NN_FIT_STRETCH;
  return NN_FIT_COVER;
}

static gboolean
spec_from_shape (const NnShape *shape, const char *fit, NnPixelSpec *spec, GError **error)
{
  if (shape->rank != 3 || (shape->dims[2] != 1 && shape->dims[2] != 3)) {
    g_autofree char *text = nn_shape_to_string (shape);
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED,
                 _ ("The network takes an input of %s; pictures have 1 or 3 channels."), text);
    return FALSE;
  }
  *spec = (NnPixelSpec){ .height = shape->dims[0], .width = shape->dims[1], .channels = shape->dims[2],
                         .fit = fit_from_name (fit) };
  return TRUE;
}

gboolean
nn_preparation_pixel_spec (NnModel *model, NnPixelSpec *spec, GError **error)
{
  return spec_from_shape (nn_graph_get_input_shape (nn_model_get_graph (model)),
                          nn_model_get_preprocess (model)->fit, spec, error);
}

/* Digits are told by their classes: a model of these ten names on small grey pictures answers to the canvas. */
static gboolean
is_digits (NnDataset *dataset, const NnShape *input)
{
  if (nn_dataset_get_n_classes (dataset) != 10 || !nn_shape_equal (input, &NN_SHAPE (28, 28, 1)))
    return FALSE;
  for (guint c = 0; c < 10; c++) {
    const char name[] = { (char) ('0' + c), '\0' };
    if (strcmp (nn_dataset_get_class_name (dataset, c), name) != 0)
      return FALSE;
  }
  return TRUE;
}

static NnModel *
create_model (NnDataset *dataset, const char *net, GError **error)
{
  guint n_classes = nn_dataset_get_n_classes (dataset);
  if (n_classes < 2) {
    g_set_error (
        error, NN_ERROR, NN_ERROR_BAD_INPUT,
        _ ("“%s” has one class only, “%s”. A classifier needs two or more: give one folder a class."),
        nn_dataset_get_name (dataset), nn_dataset_get_class_name (dataset, 0));
    return NULL;
  }
  guint height, width, channels;
  NnShape input;
  gboolean has_size = nn_dataset_get_size (dataset, &height, &width, &channels);
  if (has_size)
    input = NN_SHAPE (height, width, channels);
  else if (!nn_preset_input (net, &input, error))
    return NULL;
  g_autoptr (NnGraph) graph = nn_graph_new_from_preset (net, &input, n_classes, error);
  /* What a backbone has learnt, it has learnt of pictures of its size. */
  if (graph && nn_graph_get_pretrained (graph) && has_size) {
    g_clear_pointer (&graph, nn_graph_unref);
    if (nn_preset_input (net, &input, error))
      graph = nn_graph_new_from_preset (net, &input, n_classes, error);
  }
  if (graph == NULL)
    return NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint c = 0; c < n_classes; c++)
    g_ptr_array_add (names, (gpointer) nn_dataset_get_class_name (dataset, c));
  g_ptr_array_add (names, NULL);
  NnModel *model = nn_model_new (graph, (const char *const *) names->pdata);
  g_strlcpy (nn_model_get_preprocess (model)->fit, is_digits (dataset, &input) ? NN_FIT_DIGIT : "cover",
             sizeof nn_model_get_preprocess (model)->fit);
  return model;
}

static const NnAugment *
find_augmentation (const char *name, GError **error)
{
  const NnAugment *augmentation = nn_augment_find (name);
  if (augmentation == NULL) {
    g_autofree char *known = g_strjoinv (", ", (char **) nn_augment_names ());
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("There is no augmentation “%s”; there are: %s."), name, known);
  }
  return augmentation;
}

/* How the pictures of training and validation are stored for @model. */
static gboolean
choose_specs (NnDataset *dataset, NnModel *model, const NnAugment *augmentation, NnPixelSpec *train, NnPixelSpec *val,
              GError **error)
{
  const char *fit = nn_model_get_preprocess (model)->fit;
  NnGraph *graph = nn_model_get_graph (model);
  const NnShape *input = nn_graph_get_input_shape (graph);
  NnShape stored = nn_augment_stored_shape (augmentation, input);
  guint height, width, channels;
  if (fit_from_name (fit) == NN_FIT_CENTRE) {
    /* All that is around the middle, for other views of it. */
    fit = "cover";
    for (guint d = 0; d < 2; d++)
      stored.dims[d] = input->dims[d] * 8 / 7;
  } else if (nn_dataset_get_size (dataset, &height, &width, &channels))
    stored = *input; /* there is nothing beyond the edge of a picture that has the network's size already */
  /* What is frozen sees both kinds in one go. */
  gboolean alike = nn_plan_find_cut (graph) > 0;
  return spec_from_shape (&stored, fit, train, error) && spec_from_shape (alike ? &stored : input, fit, val, error);
}

/* The pictures as self->model takes them. */
static gboolean
load_pictures (NnPreparation *self, NnDataset *dataset, const NnAugment *augmentation, GCancellable *cancellable,
               NnProgressFunc progress, gpointer data, GError **error)
{
  NnPixelSpec spec, val_spec;
  if (!choose_specs (dataset, self->model, augmentation, &spec, &val_spec, error))
    return FALSE;
  self->train = nn_dataset_load_pixels (dataset, NN_SPLIT_TRAIN, &spec, cancellable, progress, data, error);
  if (self->train == NULL)
    return FALSE;
  if (self->train->n == 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT, _ ("“%s” has no picture to train with."),
                 nn_dataset_get_name (dataset));
    return FALSE;
  }
  self->val = nn_dataset_load_pixels (dataset, NN_SPLIT_VAL, &val_spec, cancellable, progress, data, error);
  if (self->val == NULL)
    return FALSE;
  if (self->val->n == 0)
    g_clear_pointer (&self->val, nn_pixels_unref);
  return TRUE;
}

/* On features that mean something already, a classifier that begins with no opinion needs fewer pictures. */
static void
clear_last_layer (NnModel *model)
{
  NnGraph *graph = nn_model_get_graph (model);
  const NnNode *node = nn_graph_get_node (graph, nn_graph_get_n_nodes (graph) - 1);
  for (guint p = 0; p < node->n_params; p++)
    memset (nn_model_get_param (model, node->index, p), 0, nn_shape_size (&node->params[p].shape) * sizeof (float));
}

NnPreparation *
nn_preparation_new (NnDataset *dataset, const char *net, const char *augment, guint64 seed,
                    GCancellable *cancellable, NnProgressFunc progress, gpointer data, GError **error)
{
  const NnAugment *augmentation = find_augmentation (augment, error);
  if (augmentation == NULL)
    return NULL;
  g_autoptr (NnPreparation) self = g_new0 (NnPreparation, 1);
  self->model = create_model (dataset, net, error);
  if (self->model == NULL)
    return NULL;
  nn_model_init_weights (self->model, seed);
  if (!nn_backbone_fill (self->model, error)
      || !load_pictures (self, dataset, augmentation, cancellable, progress, data, error))
    return NULL;
  if (nn_graph_get_pretrained (nn_model_get_graph (self->model)))
    clear_last_layer (self->model);
  else
    nn_preparation_measure (self->train, nn_model_get_preprocess (self->model));
  return g_steal_pointer (&self);
}

gboolean
nn_preparation_fits (NnDataset *dataset, NnModel *model)
{
  const char *const *classes = nn_model_get_classes (model);
  const NnShape *input = nn_graph_get_input_shape (nn_model_get_graph (model));
  guint n = nn_dataset_get_n_classes (dataset), height, width, channels;
  if (g_strv_length ((char **) classes) != n)
    return FALSE;
  for (guint c = 0; c < n; c++)
    if (strcmp (classes[c], nn_dataset_get_class_name (dataset, c)) != 0)
      return FALSE;
  return !nn_dataset_get_size (dataset, &height, &width, &channels)
         || nn_graph_get_pretrained (nn_model_get_graph (model))
         || nn_shape_equal (input, &NN_SHAPE (height, width, channels));
}

NnPreparation *
nn_preparation_new_for_model (NnDataset *dataset, NnModel *model, const char *augment, GCancellable *cancellable,
                              NnProgressFunc progress, gpointer data, GError **error)
{
  const NnAugment *augmentation = find_augmentation (augment, error);
  if (augmentation == NULL)
    return NULL;
  if (!nn_preparation_fits (dataset, model)) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("The model tells other classes apart than “%s” has, or takes other pictures; train a new one."),
                 nn_dataset_get_name (dataset));
    return NULL;
  }
  g_autoptr (NnPreparation) self = g_new0 (NnPreparation, 1);
  self->model = nn_model_ref (model);
  return load_pictures (self, dataset, augmentation, cancellable, progress, data, error) ? g_steal_pointer (&self) : NULL;
}

void
nn_preparation_free (NnPreparation *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_pointer (&self->train, nn_pixels_unref);
  g_clear_pointer (&self->val, nn_pixels_unref);
  g_free (self);
}
