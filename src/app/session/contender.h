/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

G_BEGIN_DECLS

/**
 * PcnContender: a model that can be compared with another. Immutable; a GObject so that lists can hold it.
 *
 * Property, read-only: "name" (for people).
 */
#define PCN_TYPE_CONTENDER (pcn_contender_get_type ())
G_DECLARE_FINAL_TYPE (PcnContender, pcn_contender, PCN, CONTENDER, GObject)

NnModel *pcn_contender_get_model (PcnContender *self);
/** pcn_contender_get_bytes: Returns: of its file; 0 where it has none */
guint64 pcn_contender_get_bytes (PcnContender *self);

/** pcn_contender_list: Returns: (transfer full): those at hand: the tested one first, then of the same classes the one that was
 * trained last, and the one of digits that comes with the program */
GListStore *pcn_contender_list (PcnSession *session);
/** pcn_contender_load_async: from a model file, in a thread */
void pcn_contender_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
PcnContender *pcn_contender_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
