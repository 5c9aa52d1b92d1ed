/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "net/model.h"

G_BEGIN_DECLS

/* From a data set and the name of a network to what a run starts from. The window and the command line program both
 * come here, so that the same choices give the same model. Any thread; decodes pictures, so not the main one. */

/** NN_FIT_DIGIT: value of NnPreprocess.fit for networks that answer to drawn strokes */
#define NN_FIT_DIGIT "digit"

/**
 * NnPreparation: what nn_trainer_new() takes
 * @model: the network for the data's size and classes, its first weights, and its preprocessing: the mean and the
 *   deviation of each channel of the training pictures
 * @train: the training pictures, with the margin that the augmentation asks for
 * @val: (nullable): those of validation
 */
typedef struct {
  NnModel *model;
  NnPixels *train;
  NnPixels *val;
} NnPreparation;

/**
 * nn_preparation_new:
 * @dataset: split into training and validation already
 * @net: a preset's name, or the path of a JSON file
 * @augment: a name that nn_augment_find() knows
 * @seed: of the first weights
 * @cancellable: (nullable): stops it
 * @progress: (nullable): of decoding
 * @error: NN_ERROR_BAD_INPUT (one class only, no training picture, a network that doesn't fit the data), those of
 *   nn_dataset_load_pixels() and nn_graph_new_from_preset()
 *
 * Data of one size (IDX) gives the network its input size; otherwise the specification's own holds.
 *
 * Returns: (transfer full) (nullable)
 */
NnPreparation *nn_preparation_new (NnDataset *dataset, const char *net, const char *augment, guint64 seed,
                                   GCancellable *cancellable, NnProgressFunc progress, gpointer data, GError **error);

/** nn_preparation_fits: Returns: whether @model has the classes of @dataset, in its order, and takes its pictures */
gboolean nn_preparation_fits (NnDataset *dataset, NnModel *model);

/**
 * nn_preparation_new_for_model:
 * @model: has learnt already, and goes on; it must fit (see nn_preparation_fits()). Its preprocessing stays
 *
 * As nn_preparation_new(), but no new model is made.
 */
NnPreparation *nn_preparation_new_for_model (NnDataset *dataset, NnModel *model, const char *augment,
                                             GCancellable *cancellable, NnProgressFunc progress, gpointer data,
                                             GError **error);
void nn_preparation_free (NnPreparation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnPreparation, nn_preparation_free)

/** nn_preparation_pixel_spec: @spec: (out): how a picture file has to be decoded for @model. Returns: FALSE with
 * NN_ERROR_UNSUPPORTED where it takes no pictures of 1 or 3 channels */
gboolean nn_preparation_pixel_spec (NnModel *model, NnPixelSpec *spec, GError **error);

/** nn_preparation_measure: sets mean and deviation of @preprocess from @pixels; the same pixels give the same numbers */
void nn_preparation_measure (const NnPixels *pixels, NnPreprocess *preprocess);

G_END_DECLS
