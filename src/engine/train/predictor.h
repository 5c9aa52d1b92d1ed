/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "net/network.h"

G_BEGIN_DECLS

/**
 * NnPredictor: classifies pictures with a model on a device. Belongs to the context's thread.
 */
typedef struct _NnPredictor NnPredictor;

/** nn_predictor_new: @batch: pictures in a go; 1 gives the shortest time for one */
NnPredictor *nn_predictor_new (NnContext *context, NnModel *model, guint batch, GError **error);
/** nn_predictor_new_shared: with weights that are on the device already, and may be in training */
NnPredictor *nn_predictor_new_shared (NnWeights *weights, const NnPreprocess *preprocess, guint batch, GError **error);
void nn_predictor_free (NnPredictor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnPredictor, nn_predictor_free)

/**
 * nn_predictor_run:
 * @pixels: uint8 [@n][h][w][c] of the network's input shape
 * @n: pictures; any number, worked off in batches
 * @probabilities: (out): [@n][classes]
 */
gboolean nn_predictor_run (NnPredictor *self, const guint8 *pixels, gsize n, float *probabilities, GError **error);

/** nn_predictor_get_commands: (transfer none): what a batch launches, for measuring */
NnCommands *nn_predictor_get_commands (NnPredictor *self);

G_END_DECLS
