/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tensors of the interpreter. All kinds of floating point numbers are held as double, all whole numbers as
 * gint64: the type says what they are to the outside. So an operator is written at most twice. */

/** NN_ONNX_MAX_RANK: extents that a tensor can have here */
#define NN_ONNX_MAX_RANK 8

/**
 * NnOnnxBudget: what a run may take; files are foreign
 * @bytes: that tensors may still take
 * @work: operations on numbers that may still be done
 */
typedef struct {
  gsize bytes;
  guint64 work;
} NnOnnxBudget;

/**
 * NnOnnxType: a type of elements
 * @number: in ONNX files, TensorProto.DataType
 * @name: as ONNX spells it
 * @npy: NumPy's code behind the byte order: "f4"
 * @size: bytes of an element in files
 * @real: held as double, else as gint64
 */
typedef struct {
  int number;
  const char *name;
  const char *npy;
  guint size;
  gboolean real;
} NnOnnxType;

/** nn_onnx_type: Returns: (nullable): the type of that number; NULL for those that aren't known here */
const NnOnnxType *nn_onnx_type (int number);
/** nn_onnx_type_from_npy: @code: without the byte order */
const NnOnnxType *nn_onnx_type_from_npy (const char *code);
/** nn_onnx_type_wrap: Returns: @value as a whole number of that type keeps it: its low bits */
gint64 nn_onnx_type_wrap (const NnOnnxType *type, gint64 value);

/**
 * NnOnnxValue: a tensor, dense and row-major, in host memory
 * @rank, @dims: its shape; extents of 0 are allowed
 * @size: elements
 * @real, @whole: the elements; the one that the type doesn't use is NULL
 *
 * Reference-counted, one thread. It gives its memory back to @budget, which has to outlive it.
 */
typedef struct {
  const NnOnnxType *type;
  guint rank;
  gsize dims[NN_ONNX_MAX_RANK];
  gsize size;
  double *real;
  gint64 *whole;
  NnOnnxBudget *budget;
  guint refs;
} NnOnnxValue;

/** nn_onnx_value_new: elements are zero. NULL with NN_ERROR_UNSUPPORTED where it has too many extents or
 * elements for the budget */
NnOnnxValue *nn_onnx_value_new (NnOnnxBudget *budget, const NnOnnxType *type, guint rank, const gsize *dims,
                                GError **error);
NnOnnxValue *nn_onnx_value_ref (NnOnnxValue *self);
void nn_onnx_value_unref (NnOnnxValue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnOnnxValue, nn_onnx_value_unref)

/** nn_onnx_value_decode: fills it from @bytes, which are @size elements of its type in files.
 * @big_endian: their byte order. FALSE with an error where a number is beyond gint64 */
gboolean nn_onnx_value_decode (NnOnnxValue *self, const guint8 *bytes, gboolean big_endian, GError **error);
/** nn_onnx_value_encode: the other way, little-endian; floating point numbers are rounded to the type */
void nn_onnx_value_encode (const NnOnnxValue *self, guint8 *bytes);

/** nn_onnx_shape_string: Returns: (transfer full): "2×3×4", "scalar" for rank 0 */
char *nn_onnx_shape_string (guint rank, const gsize *dims);

G_END_DECLS
