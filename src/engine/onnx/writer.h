/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"
#include "onnx/onnx.pb-c.h"

G_BEGIN_DECLS

/**
 * NnOnnxWriter: collects the nodes and constants of an ONNX graph
 *
 * Values go by their names, which belong to the writer, as all else that it makes. The first thing that goes
 * wrong is kept in @error; later calls then still return names, so that layers need no checks of their own.
 * @prefix: the layer that is being written; names of what it makes start with it
 */
typedef struct {
  GPtrArray *memory;
  GPtrArray *nodes;
  GPtrArray *constants;
  GHashTable *names;
  GError *error;
  const char *prefix;
} NnOnnxWriter;

NnOnnxWriter *nn_onnx_writer_new (void);
void nn_onnx_writer_free (NnOnnxWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnOnnxWriter, nn_onnx_writer_free)

/** nn_onnx_writer_alloc: Returns: zeroed memory that lives as long as the writer */
gpointer nn_onnx_writer_alloc (NnOnnxWriter *self, gsize count, gsize size);
/** nn_onnx_writer_print: Returns: a string that lives as long as the writer */
const char *nn_onnx_writer_print (NnOnnxWriter *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** NN_ONNX_INPUTS: the names of a node's inputs, for nn_onnx_writer_add() */
#define NN_ONNX_INPUTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/**
 * nn_onnx_writer_add:
 * @op: ONNX's name of the operator
 * @suffix: (nullable): the node and its output are called <prefix>/<suffix>; NULL: <prefix> alone
 *
 * Returns: the name of the output
 */
const char *nn_onnx_writer_add (NnOnnxWriter *self, const char *op, const char *suffix,
                                const char *const *inputs);

/** nn_onnx_writer_int, _float, _ints: give the node that was added last an attribute */
void nn_onnx_writer_int (NnOnnxWriter *self, const char *name, gint64 value);
void nn_onnx_writer_float (NnOnnxWriter *self, const char *name, float value);
void nn_onnx_writer_ints (NnOnnxWriter *self, const char *name, guint n, const gint64 *values);

/** nn_onnx_writer_floats: a constant; @data is copied. Returns: its name */
const char *nn_onnx_writer_floats (NnOnnxWriter *self, const char *name, guint rank, const guint *dims,
                                   const float *data);
/** nn_onnx_writer_indices: a vector of whole numbers; the same one is made only once. Returns: its name */
const char *nn_onnx_writer_indices (NnOnnxWriter *self, guint n, const gint64 *values);
/** nn_onnx_writer_weight: weight (or state) @name of @node in ONNX's order. Returns: its name, <node>.<name>
 */
const char *nn_onnx_writer_weight (NnOnnxWriter *self, const NnNode *node, const char *name,
                                   const NnShape *shape, const float *data);

/** nn_onnx_writer_downgrade: rewrites what was added for operator set 10: with set 11 the bounds of Clip became inputs,
 * and what Gemm adds could be left out */
void nn_onnx_writer_downgrade (NnOnnxWriter *self);

/**
 * nn_onnx_add_layer:
 * @inputs: names of the values of @node's inputs
 *
 * Writes a layer. A value of shape [h][w][c] is [N][c][h][w] in ONNX, one of [steps][features] is
 * [N][features][steps][1], one of [n] is [N][n].
 *
 * Returns: the name of its value; NULL where there is no such layer in ONNX (the writer's error is set)
 */
const char *nn_onnx_add_layer (NnOnnxWriter *self, NnModel *model, const NnNode *node,
                               const char *const *inputs);

/** nn_onnx_read_window: of a convolution or a pooling: @kernel [2], @strides [2], @pads [4]: top, left, bottom, right.
 * Padding “same” follows from the shapes: as TensorFlow pads, an odd pixel goes to the bottom and the right.
 * @size_name: the attribute with the size of the window */
void nn_onnx_read_window (const NnNode *node, const char *size_name, gint64 *kernel, gint64 *strides, gint64 *pads);

/** nn_onnx_has_choice: whether @node has an attribute @name whose value is @choice */
gboolean nn_onnx_has_choice (const NnNode *node, const char *name, const char *choice);

/** nn_onnx_add_recurrent: the same for "rnn", "lstm" and "gru" */
const char *nn_onnx_add_recurrent (NnOnnxWriter *self, NnModel *model, const NnNode *node, const char *input);

G_END_DECLS
