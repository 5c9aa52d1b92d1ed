/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Constants, shapes and types: what exporters compute shapes with. */
#include "onnx/run/operator.h"
#include "onnx/run/tensor.h"

#include <math.h>
#include <string.h>

#define INT64 nn_onnx_type (NN_ONNX__TENSOR_PROTO__DATA_TYPE__INT64)
#define FLOAT nn_onnx_type (NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT)

/* A tensor, a number, or a list of numbers, by the name of the attribute. */
static void
run_constant (NnOnnxCall *call)
{
  const NnOnnx__AttributeProto *attr;
  NnOnnxValue *y = NULL;
  if ((attr = nn_onnx_attr_find (call, "value", NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR)) != NULL
      && attr->t != NULL)
    call->outputs[0] = nn_onnx_value_from_tensor (attr->t, call->folder, call->budget, &call->error);
  else if ((attr = nn_onnx_attr_find (call, "value_int", NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT))
               != NULL
           && (y = nn_onnx_output (call, 0, INT64, 0, NULL)) != NULL)
    y->whole[0] = attr->i;
  else if ((attr = nn_onnx_attr_find (call, "value_float", NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT))
               != NULL
           && (y = nn_onnx_output (call, 0, FLOAT, 0, NULL)) != NULL)
    y->real[0] = attr->f;
  else if ((attr = nn_onnx_attr_find (call, "value_ints", NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS))
               != NULL
           && (y = nn_onnx_output (call, 0, INT64, 1, &attr->n_ints)) != NULL)
    for (gsize i = 0; i < attr->n_ints; i++)
      y->whole[i] = attr->ints[i];
  else if ((attr = nn_onnx_attr_find (call, "value_floats", NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS))
               != NULL
           && (y = nn_onnx_output (call, 0, FLOAT, 1, &attr->n_floats)) != NULL)
    for (gsize i = 0; i < attr->n_floats; i++)
      y->real[i] = attr->floats[i];
  else
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "it has no tensor or number as its value");
}

static void
run_constant_of_shape (NnOnnxCall *call)
{
  NnOnnxInts shape = nn_onnx_input_ints (call, 0);
  gsize dims[2 * NN_ONNX_MAX_RANK];
  const NnOnnx__AttributeProto *attr
      = nn_onnx_attr_find (call, "value", NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR);
  g_autoptr (NnOnnxValue) value = NULL;
  for (guint i = 0; i < shape.n; i++) {
    dims[i] = (gsize) MAX (shape.v[i], 0);
    if (shape.v[i] < 0)
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its shape has a negative extent");
  }
  if (attr != NULL && attr->t != NULL && call->error == NULL)
    value = nn_onnx_value_from_tensor (attr->t, call->folder, call->budget, &call->error);
  if (value != NULL && value->size != 1)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its value isn't one number");
  NnOnnxValue *y = nn_onnx_output (call, 0, value != NULL ? value->type : FLOAT, shape.n, dims);
  for (gsize i = 0; y != NULL && value != NULL && i < y->size; i++) {
    if (y->real != NULL)
      y->real[i] = value->real[0];
    else
      y->whole[i] = value->whole[0];
  }
}

static void
run_shape (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  gint64 rank = x->rank, start = nn_onnx_attr_int (call, "start", 0),
         end = nn_onnx_attr_int (call, "end", rank);
  start = CLAMP (start < 0 ? start + rank : start, 0, rank);
  end = CLAMP (end < 0 ? end + rank : end, start, rank);
  const gsize n = (gsize) (end - start);
  NnOnnxValue *y = nn_onnx_output (call, 0, INT64, 1, &n);
  for (gsize i = 0; y != NULL && i < n; i++)
    y->whole[i] = (gint64) x->dims[(gsize) start + i];
}

/* Floating point to whole numbers: towards zero; beyond the range of 64 bits, which ONNX leaves open, to its
 * end. */
static gint64
truncate_number (double x)
{
  if (isnan (x))
    return 0;
  return x >= 0x1p63 ? G_MAXINT64 : x < -0x1p63 ? G_MININT64 : (gint64) x;
}

static void
run_cast (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0);
  const NnOnnxType *type = nn_onnx_type ((int) nn_onnx_attr_int (call, "to", 0));
  if (type == NULL)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "the type that it casts to isn't supported");
  NnOnnxValue *y = nn_onnx_output (call, 0, type, x->rank, x->dims);
  gboolean flag = type != NULL && type->number == NN_ONNX__TENSOR_PROTO__DATA_TYPE__BOOL;
  for (gsize i = 0; y != NULL && i < y->size; i++) {
    double real = x->real != NULL ? x->real[i] : (double) x->whole[i];
    if (y->real != NULL)
      y->real[i] = real;
    else if (flag)
      y->whole[i] = real != 0;
    else
      y->whole[i] = nn_onnx_type_wrap (type, x->real != NULL ? truncate_number (real) : x->whole[i]);
  }
}

/* y[a][index][b] = x[a][indices[index]][b] */
static void
run_gather (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0), *indices = nn_onnx_input (call, 1);
  guint axis = nn_onnx_axis (call, nn_onnx_attr_int (call, "axis", 0), x->rank, FALSE);
  gsize dims[2 * NN_ONNX_MAX_RANK];
  if (indices->whole == NULL)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its indices aren't whole numbers");
  if (call->error != NULL)
    return;
  gint64 extent = (gint64) x->dims[axis];
  gsize inner = nn_onnx_product (x->rank - axis - 1, x->dims + axis + 1);
  memcpy (dims, x->dims, axis * sizeof *dims);
  memcpy (dims + axis, indices->dims, indices->rank * sizeof *dims);
  memcpy (dims + axis + indices->rank, x->dims + axis + 1, (x->rank - axis - 1) * sizeof *dims);
  NnOnnxValue *y = nn_onnx_output (call, 0, x->type, x->rank - 1 + indices->rank, dims);
  for (gsize i = 0; y != NULL && i < y->size; i++) {
    gint64 at = indices->whole[i / inner % indices->size];
    if (at < -extent || at >= extent) {
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its index %" G_GINT64_FORMAT " is beyond %" G_GINT64_FORMAT,
                    at, extent);
      return;
    }
    gsize place = (i / inner / indices->size * (gsize) extent + (gsize) (at < 0 ? at + extent : at)) * inner
                  + i % inner;
    if (y->real != NULL)
      y->real[i] = x->real[place];
    else
      y->whole[i] = x->whole[place];
  }
}

const NnOnnxOperator nn_onnx_data_operators[] = {
  { "Cast", 6, 1, 1, 1, run_cast },
  { "Constant", 1, 0, 0, 1, run_constant },
  { "ConstantOfShape", 9, 1, 1, 1, run_constant_of_shape },
  { "Gather", 1, 2, 2, 1, run_gather },
  { "Shape", 1, 1, 1, 1, run_shape },
  { NULL },
};
