/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

G_BEGIN_DECLS

/* What the simple recurrent network, the LSTM and the GRU have in common: they read the rows of a picture one after the
 * other, differ in their cell only, and share kernels: recurrent.cl, recurrent-sequence.cl for CPUs. */

/** NnCell: as CELL in recurrent.cl */
typedef enum {
  NN_CELL_SIMPLE = 1,
  NN_CELL_LSTM = 2,
  NN_CELL_GRU = 3,
} NnCell;

/* The first two attributes of all three operators; the simple one has a third. */
enum { NN_RECURRENT_UNITS, NN_RECURRENT_SEQUENCES, NN_RECURRENT_ACTIVATION };
#define NN_RECURRENT_ATTRS \
  { "units", NN_ATTR_UNITS, 128, 1, 8192, NULL }, { "return_sequences", NN_ATTR_BOOL, 0, 0, 1, NULL }

/* Weights, in their order. */
enum { NN_RECURRENT_W, NN_RECURRENT_U, NN_RECURRENT_BIAS, NN_RECURRENT_BIAS_U };

/* What forward leaves for backward: what a step keeps, h before each step, c (LSTM) or room for sums (GRU). */
enum { NN_RECURRENT_GATES, NN_RECURRENT_PREVIOUS, NN_RECURRENT_LAST };
#define NN_RECURRENT_CELLS NN_RECURRENT_LAST
#define NN_RECURRENT_SUMS NN_RECURRENT_LAST

/** NnSequence: extents of a recurrent layer. @gates: blocks of columns in its weights; @slots: in what it keeps */
typedef struct {
  guint steps, features, units, gates, slots;
  gboolean sequences;
} NnSequence;

/** nn_recurrent_sequence: what @node, whose shapes are known, works on */
NnSequence nn_recurrent_sequence (const NnNode *node, NnCell cell);

/** nn_recurrent_infer, nn_recurrent_forward, nn_recurrent_backward: the functions of NnOp, for one kind of cell */
gboolean nn_recurrent_infer (NnNode *node, NnCell cell, GError **error);
gboolean nn_recurrent_forward (NnOpArgs *args, NnCell cell, GError **error);
gboolean nn_recurrent_backward (NnOpArgs *args, NnCell cell, GError **error);

/** nn_recurrent_cpu_suits: Returns: whether recurrent-sequence.cl suits the device and the shape */
gboolean nn_recurrent_cpu_suits (NnContext *context, const NnNode *node, NnCell cell, guint batch);
/** nn_recurrent_cpu_forward, nn_recurrent_cpu_backward: the latter leaves the gradients of the pre-activations in the gates
 * where the input's gradient is wanted, and doesn't write that */
gboolean nn_recurrent_cpu_forward (NnOpArgs *args, NnCell cell, GError **error);
gboolean nn_recurrent_cpu_backward (NnOpArgs *args, NnCell cell, GError **error);

/**
 * NnRefCell: the reference of one step of one sample, in the words of the definition
 * @sequence: extents
 * @node: for its attributes
 * @a: [gates][units]: x W + b of this step
 * @r: [gates][units]: h U of this step, with the recurrent bias of the GRU
 * @h, @c: [units]: before the step
 * @h_out, @c_out: (out): after it; @c_out of the LSTM only
 */
typedef struct {
  const NnSequence *sequence;
  const NnNode *node;
  const double *a, *r, *h, *c;
  double *h_out, *c_out;
} NnRefCell;

/**
 * NnRefCellGrad: its gradient
 * @dh: [units], of h after the step
 * @dc: (inout): [units], of c after the step; becomes that of c before it
 * @da, @dr: (out): [gates][units], of a and r
 * @dh_before: (out): [units], of h before the step, apart from what goes through r
 */
typedef struct {
  const double *dh;
  double *dc, *da, *dr, *dh_before;
} NnRefCellGrad;

typedef void (*NnRefCellForward) (const NnRefCell *cell);
typedef void (*NnRefCellBackward) (const NnRefCell *cell, NnRefCellGrad *grad);

/** nn_recurrent_ref_forward, nn_recurrent_ref_backward: the reference of the whole sequence, one step after the other */
void nn_recurrent_ref_forward (const NnRefArgs *args, NnCell kind, NnRefCellForward forward);
void nn_recurrent_ref_backward (const NnRefArgs *args, NnCell kind, NnRefCellForward forward,
                                NnRefCellBackward backward);

G_END_DECLS
