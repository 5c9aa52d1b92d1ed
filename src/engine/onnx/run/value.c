/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages below this folder are not translated: they speak of files and operators to who makes them. */
#include "onnx/run/value.h"

#include "base/error.h"
#include "onnx/onnx.pb-c.h"

#include <math.h>
#include <string.h>

#define T(name) NN_ONNX__TENSOR_PROTO__DATA_TYPE__##name

static const NnOnnxType types[] = {
  { T (FLOAT), "float", "f4", 4, TRUE },     { T (UINT8), "uint8", "u1", 1, FALSE },
  { T (INT8), "int8", "i1", 1, FALSE },      { T (UINT16), "uint16", "u2", 2, FALSE },
  { T (INT16), "int16", "i2", 2, FALSE },    { T (INT32), "int32", "i4", 4, FALSE },
  { T (INT64), "int64", "i8", 8, FALSE },    { T (BOOL), "bool", "b1", 1, FALSE },
  { T (FLOAT16), "float16", "f2", 2, TRUE }, { T (DOUBLE), "double", "f8", 8, TRUE },
  { T (UINT32), "uint32", "u4", 4, FALSE },  { T (UINT64), "uint64", "u8", 8, FALSE },
};

const NnOnnxType *
nn_onnx_type (int number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].number == number)
      return &types[i];
  return NULL;
}

const NnOnnxType *
nn_onnx_type_from_npy (const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].npy, code))
      return &types[i];
  return NULL;
}

gint64
nn_onnx_type_wrap (const NnOnnxType *type, gint64 value)
{
  switch (type->number) {
  case T (UINT8):
    return (guint8) value;
  case T (INT8):
    return (gint8) value;
  case T (UINT16):
    return (guint16) value;
  case T (INT16):
    return (gint16) value;
  case T (UINT32):
    return (guint32) value;
  case T (INT32):
    return (gint32) value;
  case T (BOOL):
    return value != 0;
  default:
    return value;
  }
}

/* Empty extents count as one here, so that loops over the others stay short as well. */
static gboolean
count (guint rank, const gsize *dims, gsize *size, gsize *bytes)
{
  gsize steps = 1;
  *size = 1;
  for (guint i = 0; i < rank; i++) {
    if (!g_size_checked_mul (&steps, steps, MAX (dims[i], 1)))
      return FALSE;
    *size *= dims[i];
  }
  return g_size_checked_mul (bytes, MAX (steps, 1), sizeof (double))
         && g_size_checked_add (bytes, *bytes, sizeof (NnOnnxValue));
}

NnOnnxValue *
nn_onnx_value_new (NnOnnxBudget *budget, const NnOnnxType *type, guint rank, const gsize *dims,
                   GError **error)
{
  gsize size, bytes;
  if (rank > NN_ONNX_MAX_RANK) {
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "a tensor of %u extents; %d are supported", rank,
                 NN_ONNX_MAX_RANK);
    return NULL;
  }
  gboolean fits = count (rank, dims, &size, &bytes) && bytes <= budget->bytes;
  gpointer data = fits ? g_try_malloc0 (MAX (size, 1) * sizeof (double)) : NULL;
  if (data == NULL) {
    g_autofree char *shape = nn_onnx_shape_string (rank, dims);
    g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "a tensor of %s takes more memory than is allowed",
                 shape);
    return NULL;
  }
  NnOnnxValue *self = g_new0 (NnOnnxValue, 1);
  self->type = type;
  self->rank = rank;
  self->size = size;
  self->budget = budget;
  self->refs = 1;
  for (guint i = 0; i < rank; i++)
    self->dims[i] = dims[i];
  if (type->real)
    self->real = data;
  else
    self->whole = data;
  budget->bytes -= bytes;
  return self;
}

NnOnnxValue *
nn_onnx_value_ref (NnOnnxValue *self)
{
  self->refs++;
  return self;
}

void
nn_onnx_value_unref (NnOnnxValue *self)
{
  gsize size, bytes;
  if (self == NULL || --self->refs > 0)
    return;
  if (count (self->rank, self->dims, &size, &bytes))
    self->budget->bytes += bytes;
  g_free (self->real);
  g_free (self->whole);
  g_free (self);
}

/* IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction. */
static double
half_to_double (guint16 half)
{
  guint exponent = half >> 10 & 31, fraction = half & 1023;
  double value = exponent == 0    ? ldexp (fraction, -24)
                 : exponent == 31 ? (fraction != 0 ? NAN : INFINITY)
                                  : ldexp (fraction + 1024, (int) exponent - 25);
  return half & 0x8000 ? -value : value;
}

/* Rounds to nearest, ties to even, as nearbyint() does by default. */
static guint16
double_to_half (double value)
{
  guint16 sign = signbit (value) ? 0x8000 : 0;
  double x = fabs (value);
  if (isnan (value))
    return sign | 0x7e00;
  if (x >= 65520) /* half way between the largest number and the next one, which is infinite */
    return sign | 0x7c00;
  int exponent = 0;
  frexp (x, &exponent);
  exponent = MAX (exponent - 1, -14);
  double steps = nearbyint (ldexp (x, 10 - exponent));
  if (steps >= 2048) {
    steps /= 2;
    exponent++;
  }
  if (steps < 1024)
    return sign | (guint16) steps;
  return sign | (guint16) ((exponent + 15) << 10) | (guint16) ((guint) steps - 1024);
}

static guint64
load (const guint8 *p, guint size, gboolean big_endian)
{
  guint64 bits = 0;
  for (guint i = 0; i < size; i++)
    bits |= (guint64) p[big_endian ? size - 1 - i : i] << (8 * i);
  return bits;
}

static double
bits_to_double (guint64 bits, guint size)
{
  if (size == 2)
    return half_to_double ((guint16) bits);
  if (size == 8) {
    double value;
    memcpy (&value, &bits, sizeof value);
    return value;
  }
  guint32 word = (guint32) bits;
  float value;
  memcpy (&value, &word, sizeof value);
  return value;
}

gboolean
nn_onnx_value_decode (NnOnnxValue *self, const guint8 *bytes, gboolean big_endian, GError **error)
{
  guint size = self->type->size;
  for (gsize i = 0; i < self->size; i++) {
    guint64 bits = load (bytes + i * size, size, big_endian);
    if (self->type->real)
      self->real[i] = bits_to_double (bits, size);
    else if (self->type->number == T (UINT64) && bits > G_MAXINT64) {
      g_set_error (error, NN_ERROR, NN_ERROR_UNSUPPORTED, "the number %" G_GUINT64_FORMAT " is too large",
                   bits);
      return FALSE;
    } else
      self->whole[i] = nn_onnx_type_wrap (self->type, (gint64) bits);
  }
  return TRUE;
}

static guint64
double_to_bits (double value, guint size)
{
  if (size == 2)
    return double_to_half (value);
  guint64 bits = 0;
  if (size == 8) {
    memcpy (&bits, &value, sizeof value);
    return bits;
  }
  float single = (float) value;
  guint32 word;
  memcpy (&word, &single, sizeof word);
  return word;
}

void
nn_onnx_value_encode (const NnOnnxValue *self, guint8 *bytes)
{
  guint size = self->type->size;
  for (gsize i = 0; i < self->size; i++) {
    guint64 bits = self->type->real ? double_to_bits (self->real[i], size) : (guint64) self->whole[i];
    for (guint k = 0; k < size; k++)
      bytes[i * size + k] = (guint8) (bits >> (8 * k));
  }
}

char *
nn_onnx_shape_string (guint rank, const gsize *dims)
{
  g_autoptr (GString) text = g_string_new (rank == 0 ? "scalar" : NULL);
  for (guint i = 0; i < MIN (rank, NN_ONNX_MAX_RANK); i++)
    g_string_append_printf (text, "%s%" G_GSIZE_FORMAT, i > 0 ? "×" : "", dims[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
