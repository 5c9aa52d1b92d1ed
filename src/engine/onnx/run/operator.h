/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/error.h"
#include "onnx/onnx.pb-c.h"
#include "onnx/run/value.h"

G_BEGIN_DECLS

/* The interface of the interpreter's operators. An operator is a row in the table of its family; it is
 * written as close to ONNX's definition as possible, computes in double, and keeps nothing between calls. To
 * add one, write its function and its row. */

typedef struct _NnOnnxCall NnOnnxCall;

/**
 * NnOnnxOperator:
 * @name: op_type in files
 * @since: the first operator set that has it
 * @min_inputs, @max_inputs: how many a node may name
 * @max_outputs: how many of its outputs are computed here
 * @run: computes @call's outputs. What goes wrong is kept in @call
 * @detail: (nullable): what tells the members of a family apart, for @run
 */
typedef struct {
  const char *name;
  guint since;
  guint min_inputs, max_inputs, max_outputs;
  void (*run) (NnOnnxCall *call);
  gconstpointer detail;
} NnOnnxOperator;

/**
 * NnOnnxCall: one node at its turn
 * @opset: version of the operator set; meanings change with it
 * @folder: (nullable): where the model lies
 * @n_inputs, @inputs: NULL for those left out in between; as many as the operator takes are there to be read
 * @n_outputs, @outputs: to be filled, as many as the node names
 * @error: the first thing that went wrong; a reason that starts with a small letter and has no full stop,
 * which the runner puts behind the node's name. Functions below do nothing then, and return something
 * harmless
 */
struct _NnOnnxCall {
  const NnOnnxOperator *op;
  const NnOnnx__NodeProto *node;
  gint64 opset;
  const char *folder;
  NnOnnxBudget *budget;
  guint n_inputs;
  NnOnnxValue **inputs;
  guint n_outputs;
  NnOnnxValue **outputs;
  GError *error;
};

/** nn_onnx_operator_find: Returns: (nullable): the row of that name */
const NnOnnxOperator *nn_onnx_operator_find (const char *name);

/** The tables of the families; each ends with an empty row */
extern const NnOnnxOperator nn_onnx_conv_operators[];
extern const NnOnnxOperator nn_onnx_data_operators[];
extern const NnOnnxOperator nn_onnx_elementwise_operators[];
extern const NnOnnxOperator nn_onnx_layout_operators[];
extern const NnOnnxOperator nn_onnx_matrix_operators[];
extern const NnOnnxOperator nn_onnx_pool_operators[];
extern const NnOnnxOperator nn_onnx_recurrent_operators[];
extern const NnOnnxOperator nn_onnx_reduce_operators[];
extern const NnOnnxOperator nn_onnx_unary_operators[];

/** nn_onnx_fail: keeps an error. @code: NN_ERROR_BAD_INPUT where the model is wrong, NN_ERROR_UNSUPPORTED
 * where this program falls short */
void nn_onnx_fail (NnOnnxCall *call, NnError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/** nn_onnx_input: Returns: (transfer none) (nullable): NULL where it is left out */
NnOnnxValue *nn_onnx_input (const NnOnnxCall *call, guint index);
/** nn_onnx_real_input: the same for floating point numbers only. NULL with an error when it is left out or of
 * another type */
NnOnnxValue *nn_onnx_real_input (NnOnnxCall *call, guint index);
/** nn_onnx_has_output: whether the node wants that output */
gboolean nn_onnx_has_output (const NnOnnxCall *call, guint index);
/** nn_onnx_output: Returns: (transfer none): a new output of zeros; NULL with an error. Charges its size as
 * work */
NnOnnxValue *nn_onnx_output (NnOnnxCall *call, guint index, const NnOnnxType *type, guint rank,
                             const gsize *dims);
/** nn_onnx_work: takes @a · @b operations from the budget. FALSE with an error when there aren't as many left
 */
gboolean nn_onnx_work (NnOnnxCall *call, gsize a, gsize b);

/** NN_ONNX_MAX_NUMBER: whole numbers of attributes, and of inputs that stand for them, are held within ±
 * this: sums and products of two don't overflow */
#define NN_ONNX_MAX_NUMBER ((gint64) 1 << 31)

/** nn_onnx_has_attr: whether the node has an attribute of that name */
gboolean nn_onnx_has_attr (const NnOnnxCall *call, const char *name);
/** nn_onnx_attr_*: Returns: its value, @fallback where it is missing. With an error where it has another type
 */
gint64 nn_onnx_attr_int (NnOnnxCall *call, const char *name, gint64 fallback);
double nn_onnx_attr_float (NnOnnxCall *call, const char *name, double fallback);
/** nn_onnx_attr_is: whether its text is @text; one that is missing counts as @fallback */
gboolean nn_onnx_attr_is (NnOnnxCall *call, const char *name, const char *text, const char *fallback);
/** nn_onnx_attr_find: Returns: (nullable): the attribute, of ONNX's AttributeType @type */
const NnOnnx__AttributeProto *nn_onnx_attr_find (NnOnnxCall *call, const char *name, int type);

/**
 * NnOnnxInts: a short list of whole numbers
 * @given: whether it was there at all
 */
typedef struct {
  gboolean given;
  guint n;
  gint64 v[2 * NN_ONNX_MAX_RANK];
} NnOnnxInts;

/** nn_onnx_attr_ints: the list of that name */
NnOnnxInts nn_onnx_attr_ints (NnOnnxCall *call, const char *name);
/** nn_onnx_input_ints: the vector of whole numbers at that input */
NnOnnxInts nn_onnx_input_ints (NnOnnxCall *call, guint index);
/** nn_onnx_ints: what was the attribute @name became the input @index with operator set @since */
NnOnnxInts nn_onnx_ints (NnOnnxCall *call, const char *name, guint index, gint64 since);

/** nn_onnx_axis: Returns: @axis with a negative one counted from the end; must be below @rank (plus one, when
 * @end may be meant) */
guint nn_onnx_axis (NnOnnxCall *call, gint64 axis, guint rank, gboolean end);

/** nn_onnx_strides: Returns: elements from the start of @dims [rank] to the next one of each extent */
void nn_onnx_strides (guint rank, const gsize *dims, gsize *strides);
/** nn_onnx_next: counts @index up to @dims. Returns: FALSE after the last one */
gboolean nn_onnx_next (guint rank, const gsize *dims, gsize *index);
/** nn_onnx_product: Returns: of @n extents, which are those of a value that exists */
gsize nn_onnx_product (guint n, const gsize *dims);
/** nn_onnx_broadcast: NumPy's rule, for two shapes. FALSE with an error when they don't fit */
gboolean nn_onnx_broadcast (NnOnnxCall *call, const NnOnnxValue *a, const NnOnnxValue *b, guint *rank,
                            gsize *dims);
/** nn_onnx_spread: strides of @value broadcast to @rank extents: 0 where it is repeated */
void nn_onnx_spread (const NnOnnxValue *value, guint rank, gsize *strides);

G_END_DECLS
