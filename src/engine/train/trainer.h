/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "net/weights.h"
#include "train/pace.h"
#include "train/report.h"

G_BEGIN_DECLS

/**
 * NnTrainConfig: how to train
 * @optimizer, @schedule, @augment: ids of their tables; static or interned strings
 * @learning_rate: 0 takes the optimizer's own
 * @warmup_epochs: the rate rises linearly over these first epochs (may be a fraction)
 * @patience: stop when the validation loss has not improved for so many epochs; 0 never
 * @first_epoch: epochs that the model that training starts from has had already, in this run or another: the order of the
 *   pictures, the schedule and the curves go on from there
 * @stream_bytes: 0, or the bytes of the chunks in which pictures are streamed to the device although it may hold them all
 *   (see NnFeed); for tests and measurements. The model is the same
 * @tune: of a trainer thread: whether a long run begins with looking for the fastest kernels (nn_tuning_new())
 * @extra_epochs: epochs beyond those that the schedule is made for, at its last constant part (see nn_trainer_extend())
 */
typedef struct {
  guint epochs;
  guint batch;
  const char *optimizer;
  double learning_rate;
  double momentum;
  double weight_decay;
  const char *schedule;
  double warmup_epochs;
  const char *augment;
  guint patience;
  guint first_epoch;
  guint extra_epochs;
  guint64 seed;
  gsize stream_bytes;
  gboolean tune;
} NnTrainConfig;

#define NN_TRAIN_CONFIG_DEFAULT \
  { .epochs = 5, .batch = 128, .optimizer = "sgd", .learning_rate = 0, .momentum = 0.9, .weight_decay = 0, \
    .schedule = "one-cycle", .warmup_epochs = 0, .augment = "none", .patience = 0, .seed = 1 }

/** NN_TRAIN_CONFIG_TRANSFER: of a classifier on a frozen backbone. A few steps from zero by plain gradient descent find about
 * the widest margin, which is what few pictures need; Adam's rates for each weight lose 1 to 2 % of accuracy there */
#define NN_TRAIN_CONFIG_TRANSFER \
  { .epochs = 20, .batch = 32, .optimizer = "sgd", .learning_rate = 0.02, .momentum = 0.9, .weight_decay = 0.02, \
    .schedule = "one-cycle", .warmup_epochs = 0, .augment = "photos", .patience = 0, .seed = 1 }

/** nn_transfer_weight_decay: Returns: what suits such a classifier of @n pictures: fewer need more of it. 0.02 to 0.1;
 * measured on 5 to 1,600 cats and dogs a class */
double nn_transfer_weight_decay (guint n);

/** NN_TRAIN_CONFIG_FINE_TUNE: of layers of a backbone that were set free (nn_graph_new_unfrozen()) */
#define NN_TRAIN_CONFIG_FINE_TUNE \
  { .epochs = 5, .batch = 32, .optimizer = "sgd", .learning_rate = 0.001, .momentum = 0.9, .weight_decay = 0.0001, \
    .schedule = "one-cycle", .warmup_epochs = 0, .augment = "photos", .patience = 0, .seed = 1 }

/** nn_train_config_check: that every name is known and every number makes sense; errors name the setting */
gboolean nn_train_config_check (const NnTrainConfig *config, GError **error);

/**
 * NnTrainer:
 *
 * One training run on one device: everything lies there, the data set too unless it is too large (see NnFeed); a step only enqueues. Gradient descent
 * or Rosenblatt's rule, as the graph says. Belongs to the context's thread. The owner calls nn_trainer_advance() again and
 * again; not calling it is a pause, dropping the trainer a stop. Same seed, same device: the same bytes.
 */
typedef struct _NnTrainer NnTrainer;

/**
 * nn_trainer_new:
 * @start: the weights to start from, and how to preprocess; not changed
 * @train, @val: (nullable for @val): stored as nn_augment_stored_shape() says, or as the network's input
 */
NnTrainer *nn_trainer_new (NnContext *context, NnModel *start, NnPixels *train, NnPixels *val,
                           const NnTrainConfig *config, GError **error);
void nn_trainer_free (NnTrainer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnTrainer, nn_trainer_free)

/**
 * nn_trainer_advance:
 * @milliseconds: about how long to work before coming back (it also comes back at the end of each epoch)
 *
 * Works on: enqueues steps, a few ahead of the device; at the end of an epoch evaluates on the validation set. Returns FALSE
 * with an error when the device failed or weights are no longer numbers; the last good model is then nn_trainer_get_good().
 */
gboolean nn_trainer_advance (NnTrainer *self, double milliseconds, GError **error);

/**
 * nn_trainer_set_others:
 * @others: (nullable): called between the parts of a long step: answers what can't wait for its end. It may call
 *   nn_trainer_predict(), and nothing else of the trainer
 */
void nn_trainer_set_others (NnTrainer *self, NnPaceFunc others, gpointer data);

/** nn_trainer_is_finished: Returns: whether all epochs are done, or early stopping has stopped */
gboolean nn_trainer_is_finished (NnTrainer *self);

/** nn_trainer_extend: adds epochs; the schedule goes on over them at its last constant part (rate x 0.1 of the peak) */
gboolean nn_trainer_extend (NnTrainer *self, guint epochs, GError **error);

/** nn_trainer_get_report: Returns: (transfer full): a snapshot of the run, immutable, for any thread */
NnTrainReport *nn_trainer_get_report (NnTrainer *self);

/** nn_trainer_create_model: Returns: (transfer full): the weights as they are now, with provenance in the metadata */
NnModel *nn_trainer_create_model (NnTrainer *self, GError **error);

/** nn_trainer_get_good: Returns: (transfer none) (nullable): the model after the last epoch that ended well */
NnModel *nn_trainer_get_good (NnTrainer *self);

/** nn_trainer_get_weights: Returns: (transfer none): those in training; only for reading, between two advances */
NnWeights *nn_trainer_get_weights (NnTrainer *self);

/**
 * nn_trainer_predict:
 * @pixels: one picture, uint8 of the network's input shape
 * @probabilities: (out): one a class
 *
 * Classifies with the weights of this moment, between two steps.
 */
gboolean nn_trainer_predict (NnTrainer *self, const guint8 *pixels, float *probabilities, GError **error);

G_END_DECLS
