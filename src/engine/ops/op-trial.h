/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op-cases.h"
#include "ops/scratch.h"

G_BEGIN_DECLS

/**
 * NnTrial: one operator with random data, on the host in double precision and on a device; for op-check.c
 *
 * Host arrays hold what the reference makes of the same numbers as the device gets (rounded to float32 first).
 */
typedef struct {
  NnNode inputs[2];
  NnNode node;
  guint batch;
  gboolean training;
  gboolean is_first; /* nobody wants the gradient of its input; FALSE unless set before nn_trial_record() */
  guint32 step[4];
  double *x[NN_MAX_INPUTS], *dx[NN_MAX_INPUTS], *y, *dy;
  double *param[NN_MAX_PARAMS], *grad[NN_MAX_PARAMS], *state[NN_MAX_STATES], *aux[NN_MAX_AUX];
  NnContext *context;
  NnOpArgs args;
  NnScratch *scratch;
  NnCommands *forward, *backward;
} NnTrial;

/** nn_trial_new: infers shapes, fills x, dy, weights and states at random; nothing is on the device yet */
NnTrial *nn_trial_new (const NnOpCase *op_case, gboolean training, GError **error);
void nn_trial_free (NnTrial *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnTrial, nn_trial_free)

gsize nn_trial_input_size (const NnTrial *self, guint input);
gsize nn_trial_output_size (const NnTrial *self);
gsize nn_trial_param_size (const NnTrial *self, guint param);
gsize nn_trial_state_size (const NnTrial *self, guint state);

/** nn_trial_ref: runs the reference on the host arrays. States start from @states' first values each time */
void nn_trial_ref_forward (NnTrial *self);
void nn_trial_ref_backward (NnTrial *self);

/** nn_trial_record: uploads the host's data and records the operator's launches (backward only when training) */
gboolean nn_trial_record (NnTrial *self, NnContext *context, GError **error);
/** nn_trial_download: Returns: (transfer full): the elements of a device tensor */
float *nn_trial_download (NnTensor *tensor, GError **error);

G_END_DECLS
