/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to data/. Plain pthreads, so that ThreadSanitizer sees what goes on (GLib's pools give it false
 * reports). */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

typedef void (*NnParallelFunc) (gsize index, gpointer data);

/* Calls @func for each of 0..@n-1 on as many threads as there are processors; returns when all are done. The
 * caller's thread tells progress. FALSE, NN_ERROR_CANCELLED: stopped; calls under way were finished. */
gboolean nn_parallel_for (gsize n, NnParallelFunc func, gpointer data, GCancellable *cancellable,
                          NnProgressFunc progress, gpointer progress_data, GError **error);

G_END_DECLS
