/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op-check.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NnSelfTestResult: the verdict on one row of the self-test
 * @index, @n: which row, of how many
 * @name: for people and for JSON, for example "max_pool {"size":3} 7×5×3 batch 2" or "optimizer adam"
 * @family: the kind of kernels that it is about, see nn_self_test_family()
 * @passed: whether the device did it, and right
 * @tolerance: what check.worst may be
 * @check: how far off it was, and where
 * @message: (nullable): why the device did not do it at all; then @check says nothing
 * @seconds: how long it took, the compilation of kernels included
 *
 * Belongs to the self-test; valid during the call.
 */
typedef struct {
  guint index, n;
  const char *name;
  const char *family;
  gboolean passed;
  double tolerance;
  NnOpCheck check;
  const char *message;
  double seconds;
} NnSelfTestResult;

typedef void (*NnSelfTestFunc) (const NnSelfTestResult *result, gpointer data);

/** nn_self_test_count: Returns: how many rows there are */
guint nn_self_test_count (void);
/** nn_self_test_name: Returns: (transfer full): the name of row @index */
char *nn_self_test_name (guint index);
/** nn_self_test_family: Returns: the kind of kernels of row @index: "convolution", "matrix", "pooling", "recurrent",
 * "normalisation", "elementwise", "optimizer", "loss", "batch", or "run" for a whole run */
const char *nn_self_test_family (guint index);

/**
 * nn_self_test_run:
 * @only: (nullable): a part of the names of the rows to run
 * @on_result: (nullable): called after each row, on this thread
 * @cancellable: (nullable): looked at between rows
 * @n_failed: (out): rows that did not pass
 *
 * Checks a device: every operator in every configuration of op-cases.c against its C reference, then the optimizers, the
 * loss and the gathering of batches against theirs, and that the same run gives the same bytes twice. A row that fails
 * doesn't keep the others from running.
 *
 * Returns: FALSE with NN_ERROR_CANCELLED; a device that computes wrongly is no error here, but counted
 */
gboolean nn_self_test_run (NnContext *context, const char *only, NnSelfTestFunc on_result, gpointer data,
                           GCancellable *cancellable, guint *n_failed, GError **error);

G_END_DECLS
