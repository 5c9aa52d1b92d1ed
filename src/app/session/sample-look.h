/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/dataset.h"
#include "net/augment.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

#define PCN_LOOK_VARIANTS 6

/**
 * PcnSampleLook:
 * @texture: (nullable): the picture, at most some 1,000 pixels a side; small ones enlarged without smoothing
 * @width, @height: of the picture itself
 * @bytes: of its file; 0 where there is none
 * @input: height, width and channels of the rest
 * @plain: as the network sees it when it is checked
 * @varied: as it might see it in training; NULL where nothing is varied
 */
typedef struct {
  GdkTexture *texture;
  guint width, height;
  guint64 bytes;
  NnShape input;
  guint8 *plain;
  guint8 *varied[PCN_LOOK_VARIANTS];
} PcnSampleLook;

/**
 * pcn_sample_look_async:
 * @input: height, width and channels of the network
 * @pretrained: whether the network builds on a backbone: that sees the middle, and fixed variants
 * @augment: how training varies pictures
 * @seed: another one gives other variants
 *
 * Looks closely at one sample, on a thread, by the code that training uses.
 */
void pcn_sample_look_async (NnDataset *dataset, guint sample, const NnShape *input, gboolean pretrained,
                            const NnAugment *augment, guint32 seed, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
PcnSampleLook *pcn_sample_look_finish (GAsyncResult *result, GError **error);
void pcn_sample_look_free (PcnSampleLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PcnSampleLook, pcn_sample_look_free)

G_END_DECLS
