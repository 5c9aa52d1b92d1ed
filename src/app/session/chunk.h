/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "train/predictor.h"
#include "train/preparation.h"
#include "train/trainer-thread.h"

G_BEGIN_DECLS

/**
 * PcnChunk: some of the files that are classified, on their way
 * @owner: whose they are, kept
 * @cancellable: whether somebody waits for them still
 * @first, @n: which of @paths
 * @reasons: of each, why it can't be read; NULL where it can
 * @probabilities: of each, @n_classes numbers
 *
 * One thread at a time has it: a task that decodes, then the trainer thread, then the main thread.
 */
typedef struct {
  GObject *owner;
  GCancellable *cancellable;
  NnModel *model;
  GPtrArray *paths;
  guint first, n;
  NnPixelSpec spec;
  guint8 *pixels;
  char **reasons;
  float *probabilities;
  guint n_classes, done;
  /* Of the trainer thread. */
  NnPredictor *predictor;
} PcnChunk;

/** PCN_CHUNK_BATCH: pictures in a go: a step of a call must be short on a slow device too */
#define PCN_CHUNK_BATCH 8

/** pcn_chunk_new: @first: of @paths; takes references, none of what is given is NULL */
PcnChunk *pcn_chunk_new (GObject *owner, GCancellable *cancellable, NnModel *model, GPtrArray *paths, guint first);
void pcn_chunk_free (PcnChunk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PcnChunk, pcn_chunk_free)

/** pcn_chunk_decode: the pictures, on all processors; in any thread */
gboolean pcn_chunk_decode (PcnChunk *self, GCancellable *cancellable, GError **error);
/** pcn_chunk_funcs: classifies a #PcnChunk, decoded, in the trainer thread */
extern const NnTrainerCallFuncs pcn_chunk_funcs;

G_END_DECLS
