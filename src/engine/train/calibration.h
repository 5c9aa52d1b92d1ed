/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

G_BEGIN_DECLS

/* Whether a model is as often right as it is sure, after Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern
 * Neural Networks" (ICML 2017): reliability diagram, expected calibration error, and temperature scaling. Any thread.
 *
 * The temperature T divides the logits. As softmax forgets only what all logits have in common, it works on the
 * probabilities as well: p^(1/T), brought to a sum of 1. The class doesn't change, only how sure of it the model is. */

/** NN_RELIABILITY_BINS: of equal width; as many as in the paper's experiments */
#define NN_RELIABILITY_BINS 15

/** NN_TEMPERATURE_MIN, NN_TEMPERATURE_MAX: what is fitted, and what is taken from a file, lies between */
#define NN_TEMPERATURE_MIN 0.05
#define NN_TEMPERATURE_MAX 20.0

/** NN_CALIBRATION_PICTURES: fewer say too little for a temperature */
#define NN_CALIBRATION_PICTURES 20

/** NN_MODEL_TEMPERATURE, NN_MODEL_THRESHOLD: keys of nn_model_get_metadata() */
#define NN_MODEL_TEMPERATURE "temperature"
#define NN_MODEL_THRESHOLD "threshold"

/** nn_model_get_temperature: Returns: the model's own; 1 where it has none, or one that makes no sense */
double nn_model_get_temperature (NnModel *model);
/** nn_model_has_temperature: Returns: whether one was fitted for it */
gboolean nn_model_has_temperature (NnModel *model);
/** nn_model_set_temperature: @temperature: 0 takes it away */
void nn_model_set_temperature (NnModel *model, double temperature);
/** nn_model_get_threshold: Returns: 0 to 1: answers that are less sure count as unknown; 0 where none is kept */
double nn_model_get_threshold (NnModel *model);
/** nn_model_set_threshold: @threshold: 0 takes it away */
void nn_model_set_threshold (NnModel *model, double threshold);

/** nn_temperature_apply: @probabilities: (inout): [@n][@n_classes], as the network gave them */
void nn_temperature_apply (float *probabilities, gsize n, guint n_classes, double temperature);

/**
 * nn_temperature_fit:
 * @probabilities: [@n][@n_classes], as the network gave them
 * @labels: [@n], each below @n_classes
 * @error: NN_ERROR_BAD_INPUT where the pictures are too few, or the model makes no mistake on them: then the surer the
 *   better, without an end
 *
 * The temperature that makes the mean negative log-likelihood of the labels least. In 1/T that is a convex function:
 * Newton's steps to the zero of its derivative, halving the interval where they leave it.
 *
 * Returns: NN_TEMPERATURE_MIN to NN_TEMPERATURE_MAX; 0 with @error
 */
double nn_temperature_fit (const float *probabilities, const gint32 *labels, gsize n, guint n_classes, GError **error);

/** NnReliabilityBin: the answers whose probability p lies in (i / bins, (i + 1) / bins]; means are 0 where there are none */
typedef struct {
  guint64 n;
  double confidence; /* mean of p */
  double accuracy;   /* share that is right */
} NnReliabilityBin;

/**
 * NnReliability: how sure and how right a model is, over labelled pictures
 * @error: expected calibration error (the paper's equation 3): the mean of |accuracy - confidence| over the bins,
 *   weighted by their counts; 0 to 1
 * @loss: mean negative log-likelihood of the labels
 * @sure: [n]: probabilities of the answers, falling
 * @right: [n]: how many of the answers up to this one are right
 */
typedef struct {
  gsize n;
  NnReliabilityBin bins[NN_RELIABILITY_BINS];
  double error, loss, accuracy;
  float *sure;
  guint32 *right;
} NnReliability;

/** nn_reliability_new: @probabilities, @labels: as of nn_temperature_fit(); @temperature: applied first, 1 for none.
 * @n: at least 1. Of equal probabilities the first class is the answer */
NnReliability *nn_reliability_new (const float *probabilities, const gint32 *labels, gsize n, guint n_classes,
                                   double temperature);
void nn_reliability_free (NnReliability *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnReliability, nn_reliability_free)

/** nn_reliability_bin_of: Returns: the index of the bin of a probability */
guint nn_reliability_bin_of (double probability);

/**
 * nn_reliability_keep: what is left where answers below @threshold count as unknown
 * @accuracy: (out): share of right ones among those that are kept; 0 where none is
 *
 * Returns: the share that is kept
 */
double nn_reliability_keep (const NnReliability *self, double threshold, double *accuracy);

G_END_DECLS
