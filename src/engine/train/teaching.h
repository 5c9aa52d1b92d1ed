/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/strokes.h"
#include "train/preparation.h"
#include "train/trainer.h"

G_BEGIN_DECLS

/* Teaching a network of digits a few drawings that it got wrong. Trained on these alone it would forget the
 * rest, so most of what it sees again are other digits (rehearsal; Robins, "Catastrophic forgetting,
 * rehearsal and pseudorehearsal", 1995). */

/** NN_TEACHING_CONFIG: a short run with small steps, which varies the pictures as training on digits does */
#define NN_TEACHING_CONFIG                                                                                   \
  {                                                                                                          \
    .epochs = 4, .batch = 64, .optimizer = "adam", .learning_rate = 5e-4, .momentum = 0.9,                   \
    .schedule = "cosine", .augment = "digits", .seed = 1                                                     \
  }

/** nn_teaching_accepts: Returns: whether @model takes drawings, and its classes are the ten digits */
gboolean nn_teaching_accepts (NnModel *model);

/**
 * nn_teaching_prepare:
 * @model: where the run starts: nn_teaching_accepts() it
 * @drawings: (element-type NnDrawing): with labels; those whose label is no class of @model are left out
 * @rehearsal: (nullable): other digits to see again: some of its pictures, if it has the ten digits in 28x28;
 * else digits of all styles are drawn for it
 * @error: NN_ERROR_BAD_INPUT (no drawing that can be used), and those of nn_dataset_load_pixels()
 *
 * What the run is made of: each drawing many times, with several pens, among others that it mustn't forget;
 * validation is on others yet. The same arguments give the same bytes. Any thread; takes some tenths of a
 * second.
 *
 * Returns: (transfer full) (nullable): with @model as the start
 */
NnPreparation *nn_teaching_prepare (NnModel *model, GPtrArray *drawings, NnDataset *rehearsal, guint64 seed,
                                    GCancellable *cancellable, GError **error);

/**
 * nn_teaching_add_to:
 * @dataset: any
 * @drawings: (element-type NnDrawing)
 *
 * For training on all of it from the beginning: @dataset with the drawings among its pictures to learn from, where it is
 * one of the ten digits in 28x28; else @dataset itself. Any thread.
 *
 * Returns: (transfer full)
 */
NnDataset *nn_teaching_add_to (NnDataset *dataset, GPtrArray *drawings);

G_END_DECLS
