/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

G_BEGIN_DECLS

/**
 * PcnCheckpoint:
 *
 * Keeps the newest model of a run on disk, so that a crash costs one epoch at most. Writes on a thread of its own, one
 * file at a time, whole or not at all; of models that pile up only the newest is written. Main thread.
 */
typedef struct _PcnCheckpoint PcnCheckpoint;

/** pcn_checkpoint_get_path: Returns: (transfer full) (type filename): where the app keeps it, whether it is there or not */
char *pcn_checkpoint_get_path (void);

/** pcn_checkpoint_new: @path: (type filename): its folder is made when it is needed */
PcnCheckpoint *pcn_checkpoint_new (const char *path);
/** pcn_checkpoint_free: waits for what is being written */
void pcn_checkpoint_free (PcnCheckpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PcnCheckpoint, pcn_checkpoint_free)

/** pcn_checkpoint_save: at once, but without waiting. A disk that is full costs the checkpoint, nothing else */
void pcn_checkpoint_save (PcnCheckpoint *self, NnModel *model);

G_END_DECLS
