/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/commands.h"
#include "tensor/tensor.h"

G_BEGIN_DECLS

/* The interface of an operator. An operator is a const table of functions; it keeps no state outside its node.
 * Adding one takes a .c here, its kernels, a row in registry.c and rows in op-cases.c. */

#define NN_MAX_INPUTS 4
#define NN_MAX_ATTRS 10
#define NN_MAX_PARAMS 4
#define NN_MAX_STATES 2
#define NN_MAX_AUX 6

typedef struct _NnOp NnOp;
typedef struct _NnNode NnNode;

typedef enum {
  NN_ATTR_INT,     /* a whole number */
  NN_ATTR_PAIR,    /* two whole numbers, height then width; JSON takes one number for both */
  NN_ATTR_FLOAT,   /* a number */
  NN_ATTR_BOOL,    /* true or false */
  NN_ATTR_CHOICE,  /* one of the choices, by name */
  NN_ATTR_UNITS,   /* a whole number, or "classes": the number of classes of the data */
} NnAttrType;

/**
 * NnAttrSpec: one attribute of an operator, as the JSON specification and the editor know it
 * @name: the key in JSON
 * @value: what holds where the key is absent (a choice by its index)
 * @choices: NULL-terminated names, for NN_ATTR_CHOICE
 */
typedef struct {
  const char *name;
  NnAttrType type;
  double value, min, max;
  const char *const *choices;
} NnAttrSpec;

/** NnAttr: a value; @i[0] for whole numbers, flags and choices, both of @i for pairs, @f for numbers */
typedef struct {
  int i[2];
  double f;
} NnAttr;

/** How a weight starts. Glorot and Bengio 2010; He et al. 2015; Saxe et al. 2014 (orthogonal, each gate on its own) */
typedef enum {
  NN_INIT_ZERO,
  NN_INIT_ONE,
  NN_INIT_HE,          /* normal, variance 2 / fan-in */
  NN_INIT_GLOROT,      /* uniform, ±sqrt(6 / (fan-in + fan-out)) */
  NN_INIT_ORTHOGONAL,  /* of each square block [n][n] of a matrix [n][k·n] */
  NN_INIT_FORGET,      /* zero, but one for the second quarter (the forget gate of an LSTM) */
} NnInit;

/** NnParam: a weight that training changes. @decay: whether weight decay applies (not to biases and scales) */
typedef struct {
  const char *name;
  NnShape shape;
  NnInit init;
  guint fan_in, fan_out;
  gboolean decay;
} NnParam;

/** NnState: a value that is kept with the weights but isn't trained by gradients (running mean and variance) */
typedef struct {
  const char *name;
  NnShape shape;
  float value;
} NnState;

/**
 * NnAux: memory that forward fills for backward (the winner of a pooling window, the gates of an LSTM)
 * @size: elements for each sample of the batch
 * @fixed: further elements, whatever the batch
 */
typedef struct {
  const char *name;
  NnDtype dtype;
  gsize size;
  gsize fixed;
} NnAux;

/** NnNode: an operator at its place in a graph, with everything that infer() found out */
struct _NnNode {
  char *name;
  const NnOp *op;
  guint index;
  guint n_inputs;
  NnNode *inputs[NN_MAX_INPUTS];
  NnAttr attrs[NN_MAX_ATTRS];
  gboolean frozen; /* training leaves its weights and states as they are */
  NnShape shape; /* of the output, one sample */
  guint n_params, n_states, n_aux;
  NnParam params[NN_MAX_PARAMS];
  NnState states[NN_MAX_STATES];
  NnAux aux[NN_MAX_AUX];
  guint64 flops; /* multiply-adds times two of one sample's forward pass; 0 where they don't matter */
};

/**
 * NnOpArgs: what forward and backward record launches with
 * @x, @y: inputs and output, [batch][shape]
 * @dx, @dy: their gradients (backward only). dx[i] is NULL where nobody wants it; otherwise it is written, not added
 *   to. dy belongs to the operator by then: it may be overwritten.
 * @param, @grad: weights and their gradients, which are written, not added to. Where nobody wants them, all of @grad are
 *   NULL
 * @state: kept with the weights
 * @aux: as declared; filled by forward when @training, read by backward
 * @settled: beside @training: forward gives what it gives without (running statistics, no dropout) and leaves @state as it
 *   is; backward gives the gradients of that
 * @step: uint32[4] on the device: [0] steps done so far, [1] the seed
 * @scratch, @preparation, @prepared: for nn_op_scratch() and nn_op_prepared()
 */
typedef struct {
  NnContext *ctx;
  NnCommands *commands;
  const NnNode *node;
  guint batch;
  gboolean training;
  gboolean settled;
  NnTensor *x[NN_MAX_INPUTS], *dx[NN_MAX_INPUTS];
  NnTensor *y, *dy;
  NnTensor *param[NN_MAX_PARAMS], *grad[NN_MAX_PARAMS];
  NnTensor *state[NN_MAX_STATES];
  NnTensor *aux[NN_MAX_AUX];
  NnTensor *step;
  struct _NnScratch *scratch;
  NnCommands *preparation;
  GPtrArray *prepared;
} NnOpArgs;

/** nn_op_args_clear: lets go of the tensors, where they were made for these arguments alone */
void nn_op_args_clear (NnOpArgs *args);

/**
 * nn_op_scratch:
 *
 * Returns: (transfer none): device memory of at least @size floats for the launches that this operator records in this
 *   call; after it returns, another operator may be given the same memory. Contents are undefined. NULL with an error
 */
NnTensor *nn_op_scratch (NnOpArgs *args, gsize size, GError **error);

/**
 * nn_op_prepared: for what follows from the weights alone, such as their copy in another order
 * @commands: (out): record the launches that fill it there. Where weights are constant they run once, before the first pass
 *
 * Returns: (transfer none): device memory of at least @size floats, as nn_op_scratch(). NULL with an error
 */
NnTensor *nn_op_prepared (NnOpArgs *args, gsize size, NnCommands **commands, GError **error);

/** NnRefArgs: the same in double precision on the host, for the reference; gradients are written as above */
typedef struct {
  const NnNode *node;
  guint batch;
  gboolean training;
  const double *x[NN_MAX_INPUTS];
  double *dx[NN_MAX_INPUTS];
  double *y;
  const double *dy;
  const double *param[NN_MAX_PARAMS];
  double *grad[NN_MAX_PARAMS];
  double *state[NN_MAX_STATES];
  double *aux[NN_MAX_AUX];
  guint32 step[4];
} NnRefArgs;

/**
 * NnOp:
 * @id: its name on disk; never used again for another meaning
 * @title: for people
 * @attrs: ends with an empty row
 * @infer: reads node->inputs[]->shape and node->attrs; sets node->shape and declares weights, states, aux and flops.
 *   Errors say what is wrong and what would be right; the caller puts the node's name in front
 * @forward, @backward: record launches
 * @forward_pooled: (nullable): records forward and the max pooling of 2×2 pixels at stride 2 behind it in one: args->y is
 *   the pooling's output, and what lies between is written nowhere. Sets @done to FALSE, and records nothing, where it can't
 * @ref_forward, @ref_backward: plain C with double accumulation, as close to the definition as possible
 */
struct _NnOp {
  const char *id;
  const char *title;
  guint n_inputs;
  const NnAttrSpec *attrs;
  gboolean (*infer) (NnNode *node, GError **error);
  gboolean (*forward) (NnOpArgs *args, GError **error);
  gboolean (*forward_pooled) (NnOpArgs *args, gboolean *done, GError **error);
  gboolean (*backward) (NnOpArgs *args, GError **error);
  void (*ref_forward) (const NnRefArgs *args);
  void (*ref_backward) (const NnRefArgs *args);
};

/* For infer(). */
void nn_node_add_param (NnNode *node, const char *name, NnShape shape, NnInit init, guint fan_in, guint fan_out,
                        gboolean decay);
void nn_node_add_state (NnNode *node, const char *name, NnShape shape, float value);
void nn_node_add_aux (NnNode *node, const char *name, NnDtype dtype, gsize size, gsize fixed);

/** nn_op_find: Returns: (nullable): the operator with that id */
const NnOp *nn_op_find (const char *id);
/** nn_op_list: Returns: NULL-terminated, in the order of the registry */
const NnOp *const *nn_op_list (void);

G_END_DECLS
