/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/run/operator.h"

#include "onnx/proto.h"

#include <string.h>

const NnOnnxOperator *
nn_onnx_operator_find (const char *name)
{
  static const NnOnnxOperator *const families[] = {
    nn_onnx_conv_operators,      nn_onnx_data_operators,   nn_onnx_elementwise_operators,
    nn_onnx_layout_operators,    nn_onnx_matrix_operators, nn_onnx_pool_operators,
    nn_onnx_recurrent_operators, nn_onnx_reduce_operators, nn_onnx_unary_operators,
  };
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    for (const NnOnnxOperator *op = families[i]; op->name != NULL; op++)
      if (g_strcmp0 (op->name, name) == 0)
        return op;
  return NULL;
}

void
nn_onnx_fail (NnOnnxCall *call, NnError code, const char *format, ...)
{
  if (call->error != NULL)
    return;
  va_list args;
  va_start (args, format);
  call->error = g_error_new_valist (NN_ERROR, (int) code, format, args);
  va_end (args);
}

NnOnnxValue *
nn_onnx_input (const NnOnnxCall *call, guint index)
{
  return index < call->n_inputs ? call->inputs[index] : NULL;
}

NnOnnxValue *
nn_onnx_real_input (NnOnnxCall *call, guint index)
{
  NnOnnxValue *value = nn_onnx_input (call, index);
  if (value == NULL)
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its input %u is missing", index + 1);
  else if (!value->type->real)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its input %u is of type %s; floating point is supported",
                  index + 1, value->type->name);
  return call->error == NULL ? value : NULL;
}

gboolean
nn_onnx_has_output (const NnOnnxCall *call, guint index)
{
  return index < call->n_outputs && call->node->output[index] != NULL && call->node->output[index][0] != '\0';
}

NnOnnxValue *
nn_onnx_output (NnOnnxCall *call, guint index, const NnOnnxType *type, guint rank, const gsize *dims)
{
  if (call->error != NULL)
    return NULL;
  g_assert (index < call->n_outputs && call->outputs[index] == NULL);
  NnOnnxValue *value = nn_onnx_value_new (call->budget, type, rank, dims, &call->error);
  if (value == NULL || !nn_onnx_work (call, value->size, 1)) {
    nn_onnx_value_unref (value);
    return NULL;
  }
  call->outputs[index] = value;
  return value;
}

gboolean
nn_onnx_work (NnOnnxCall *call, gsize a, gsize b)
{
  guint64 work;
  if (call->error != NULL)
    return FALSE;
  if (!g_uint64_checked_mul (&work, a, b) || work > call->budget->work) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "it would take more computation than is allowed");
    return FALSE;
  }
  call->budget->work -= work;
  return TRUE;
}

gboolean
nn_onnx_has_attr (const NnOnnxCall *call, const char *name)
{
  for (gsize i = 0; i < call->node->n_attribute; i++)
    if (g_strcmp0 (call->node->attribute[i]->name, name) == 0)
      return TRUE;
  return FALSE;
}

const NnOnnx__AttributeProto *
nn_onnx_attr_find (NnOnnxCall *call, const char *name, int type)
{
  for (gsize i = 0; i < call->node->n_attribute; i++) {
    const NnOnnx__AttributeProto *attr = call->node->attribute[i];
    if (g_strcmp0 (attr->name, name) != 0)
      continue;
    if (attr->ref_attr_name != NULL && attr->ref_attr_name[0] != '\0') {
      nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its attribute “%s” refers to that of a function", name);
      return NULL;
    }
    /* The first version of the format had no types. */
    if (!attr->has_type || attr->type == NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED
        || attr->type == type)
      return attr;
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its attribute “%s” is of another type than it should be", name);
    return NULL;
  }
  return NULL;
}

static gint64
bounded (gint64 value)
{
  /* Ends of slices are often the largest number there is: what matters is that they are large. */
  return CLAMP (value, -NN_ONNX_MAX_NUMBER, NN_ONNX_MAX_NUMBER);
}

gint64
nn_onnx_attr_int (NnOnnxCall *call, const char *name, gint64 fallback)
{
  const NnOnnx__AttributeProto *attr
      = nn_onnx_attr_find (call, name, NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
  return attr != NULL ? bounded (attr->has_i ? attr->i : 0) : fallback;
}

double
nn_onnx_attr_float (NnOnnxCall *call, const char *name, double fallback)
{
  const NnOnnx__AttributeProto *attr
      = nn_onnx_attr_find (call, name, NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
  return attr == NULL ? fallback : attr->has_f ? (double) attr->f : 0;
}

gboolean
nn_onnx_attr_is (NnOnnxCall *call, const char *name, const char *text, const char *fallback)
{
  const NnOnnx__AttributeProto *attr
      = nn_onnx_attr_find (call, name, NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING);
  if (attr == NULL)
    return g_str_equal (text, fallback);
  return attr->s.len == strlen (text) && memcmp (attr->s.data, text, attr->s.len) == 0;
}

NnOnnxInts
nn_onnx_attr_ints (NnOnnxCall *call, const char *name)
{
  NnOnnxInts list = { 0 };
  const NnOnnx__AttributeProto *attr
      = nn_onnx_attr_find (call, name, NN_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
  if (attr == NULL)
    return list;
  if (attr->n_ints > G_N_ELEMENTS (list.v)) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its attribute “%s” has %zu numbers", name, attr->n_ints);
    return list;
  }
  list.given = TRUE;
  list.n = (guint) attr->n_ints;
  for (guint i = 0; i < list.n; i++)
    list.v[i] = bounded (attr->ints[i]);
  return list;
}

NnOnnxInts
nn_onnx_input_ints (NnOnnxCall *call, guint index)
{
  NnOnnxInts list = { 0 };
  const NnOnnxValue *value = nn_onnx_input (call, index);
  if (value == NULL || call->error != NULL)
    return list;
  if (value->type->real || value->rank > 1 || value->size > G_N_ELEMENTS (list.v)) {
    nn_onnx_fail (call, value->type->real || value->rank > 1 ? NN_ERROR_BAD_INPUT : NN_ERROR_UNSUPPORTED,
                  "its input %u isn't a list of at most %zu whole numbers", index + 1, G_N_ELEMENTS (list.v));
    return list;
  }
  list.given = TRUE;
  list.n = (guint) value->size;
  for (guint i = 0; i < list.n; i++)
    list.v[i] = bounded (value->whole[i]);
  return list;
}

NnOnnxInts
nn_onnx_ints (NnOnnxCall *call, const char *name, guint index, gint64 since)
{
  return call->opset >= since ? nn_onnx_input_ints (call, index) : nn_onnx_attr_ints (call, name);
}

guint
nn_onnx_axis (NnOnnxCall *call, gint64 axis, guint rank, gboolean end)
{
  gint64 limit = (gint64) rank + (end ? 1 : 0);
  if (axis >= -(gint64) rank && axis < limit)
    return (guint) (axis < 0 ? axis + rank : axis);
  nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its axis is %" G_GINT64_FORMAT " for a tensor of %u extents", axis,
                rank);
  return 0;
}

void
nn_onnx_strides (guint rank, const gsize *dims, gsize *strides)
{
  gsize n = 1;
  for (guint i = rank; i-- > 0; n *= dims[i])
    strides[i] = n;
}

gboolean
nn_onnx_next (guint rank, const gsize *dims, gsize *index)
{
  for (guint i = rank; i-- > 0;) {
    if (++index[i] < dims[i])
      return TRUE;
    index[i] = 0;
  }
  return FALSE;
}

gsize
nn_onnx_product (guint n, const gsize *dims)
{
  gsize product = 1;
  for (guint i = 0; i < n; i++)
    product *= dims[i];
  return product;
}

gboolean
nn_onnx_broadcast (NnOnnxCall *call, const NnOnnxValue *a, const NnOnnxValue *b, guint *rank, gsize *dims)
{
  *rank = MAX (a->rank, b->rank);
  for (guint i = 0; i < *rank; i++) {
    gsize x = i + a->rank >= *rank ? a->dims[i + a->rank - *rank] : 1;
    gsize y = i + b->rank >= *rank ? b->dims[i + b->rank - *rank] : 1;
    if (x != y && x != 1 && y != 1) {
      g_autofree char *shape_a = nn_onnx_shape_string (a->rank, a->dims);
      g_autofree char *shape_b = nn_onnx_shape_string (b->rank, b->dims);
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "the shapes %s and %s don't fit together", shape_a, shape_b);
      return FALSE;
    }
    dims[i] = x == 1 ? y : x;
  }
  return call->error == NULL;
}

void
nn_onnx_spread (const NnOnnxValue *value, guint rank, gsize *strides)
{
  gsize own[NN_ONNX_MAX_RANK];
  guint missing = rank - value->rank;
  nn_onnx_strides (value->rank, value->dims, own);
  for (guint i = 0; i < rank; i++)
    strides[i] = i < missing || value->dims[i - missing] == 1 ? 0 : own[i - missing];
}
