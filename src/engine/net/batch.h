/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/augment.h"
#include "net/model.h"

G_BEGIN_DECLS

/**
 * NnGather:
 * @pixels: uint8 [@n_samples][@stored], the whole data set
 * @labels: (nullable): int32 [@n_samples]
 * @n_samples: how many there are
 * @stored, @input: height, width, channels as stored and as the network takes them; @stored is no smaller, with the
 *   same channels
 * @preprocess: mean and deviation of each channel are used: x = (p / 255 − mean) / deviation
 * @augment: (nullable): NULL takes the crop in the middle, unchanged
 * @order: int32: indices of samples in the order of the epoch; slot i of a batch takes order[step[2] · batch + i]
 * @step: uint32[4] as NnOpArgs has it, [0] steps done so far, [1] the seed, and [2] the step within the epoch
 * @indices: (nullable): int32 [@batch]: the samples of every batch, where they are always the same; @order isn't read then
 * @batch: samples in a batch
 * @x: (out): float32 [@batch][@input]
 * @labels_out: (nullable): (out): int32 [@batch]
 *
 * How a batch is put together on the device. A slot whose index is −1 (or lies beyond the data set or beyond the end
 * of @order) is padding: its x is 0 and its label −1.
 */
typedef struct {
  NnTensor *pixels;
  NnTensor *labels;
  guint n_samples;
  NnShape stored, input;
  const NnPreprocess *preprocess;
  const NnAugment *augment;
  NnTensor *order;
  NnTensor *step;
  NnTensor *indices;
  guint batch;
  NnTensor *x;
  NnTensor *labels_out;
} NnGather;

/**
 * nn_gather_record:
 *
 * Records the launches that fill @gather->x and @gather->labels_out; everything else in @gather is read when they run,
 * apart from shapes, preprocessing and augmentation, which are taken now. What is random depends on the seed, the step
 * and the slot only, never on the device.
 *
 * Errors: NN_ERROR_BAD_INPUT when the shapes don't fit; those of building kernels and of memory.
 */
gboolean nn_gather_record (NnCommands *commands, const NnGather *gather, GError **error);

/**
 * nn_gather_ref:
 * @pixels: [h][w][c] of one stored picture
 * @x: (out): one sample of the network's input
 *
 * What nn_gather_record() gives without augmentation, on the host, bit for bit.
 */
void nn_gather_ref (const NnShape *stored, const NnShape *input, const NnPreprocess *preprocess, const guint8 *pixels,
                    float *x);

G_END_DECLS
