/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of two numbers, with shapes that are stretched to each other by NumPy's rule. */
#include "onnx/run/operator.h"

#include <math.h>

/* @whole: NULL where ONNX has it for floating point only */
typedef struct {
  double (*real) (double a, double b);
  gint64 (*whole) (gint64 a, gint64 b);
} Binary;

static double
add (double a, double b)
{
  return a + b;
}

static double
subtract (double a, double b)
{
  return a - b;
}

static double
multiply (double a, double b)
{
  return a * b;
}

static double
divide (double a, double b)
{
  return a / b;
}

static double
maximum (double a, double b)
{
  return isnan (a) || a > b ? a : b;
}

static double
minimum (double a, double b)
{
  return isnan (a) || a < b ? a : b;
}

static double
leak (double x, double slope)
{
  return x < 0 ? slope * x : x;
}

/* Whole numbers wrap around: the sums are those of unsigned numbers, which C defines. */
static gint64
add_whole (gint64 a, gint64 b)
{
  return (gint64) ((guint64) a + (guint64) b);
}

static gint64
subtract_whole (gint64 a, gint64 b)
{
  return (gint64) ((guint64) a - (guint64) b);
}

static gint64
multiply_whole (gint64 a, gint64 b)
{
  return (gint64) ((guint64) a * (guint64) b);
}

/* run_binary() refuses 0; the one quotient that overflows is the negative, wrapped. */
static gint64
divide_whole (gint64 a, gint64 b)
{
  return b == -1 ? subtract_whole (0, a) : a / b;
}

static gint64
maximum_whole (gint64 a, gint64 b)
{
  return MAX (a, b);
}

static gint64
minimum_whole (gint64 a, gint64 b)
{
  return MIN (a, b);
}

static const Binary binary_add = { add, add_whole }, binary_subtract = { subtract, subtract_whole },
                    binary_multiply = { multiply, multiply_whole }, binary_divide = { divide, divide_whole },
                    binary_maximum = { maximum, maximum_whole }, binary_minimum = { minimum, minimum_whole },
                    binary_power = { pow, NULL }, binary_leak = { leak, NULL };

static gboolean
has_zero (const NnOnnxValue *value)
{
  for (gsize i = 0; i < value->size; i++)
    if (value->whole[i] == 0)
      return TRUE;
  return FALSE;
}

static gboolean
check_types (NnOnnxCall *call, const NnOnnxValue *a, const NnOnnxValue *b)
{
  const Binary *binary = call->op->detail;
  if (a->type != b->type)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "its inputs are of different types, %s and %s", a->type->name,
                  b->type->name);
  else if (!a->type->real && binary->whole == NULL)
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "the type %s isn't supported here", a->type->name);
  else if (!a->type->real && binary->whole == divide_whole && has_zero (b))
    nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "whole numbers are divided by 0");
  return call->error == NULL;
}

/* Returns: (transfer full) (nullable): f (a, b) */
static NnOnnxValue *
combine (NnOnnxCall *call, const NnOnnxValue *a, const NnOnnxValue *b)
{
  const Binary *binary = call->op->detail;
  guint rank;
  gsize dims[NN_ONNX_MAX_RANK], index[NN_ONNX_MAX_RANK] = { 0 }, step_a[NN_ONNX_MAX_RANK],
                                step_b[NN_ONNX_MAX_RANK];
  if (!check_types (call, a, b) || !nn_onnx_broadcast (call, a, b, &rank, dims))
    return NULL;
  NnOnnxValue *y = nn_onnx_value_new (call->budget, a->type, rank, dims, &call->error);
  if (y == NULL || !nn_onnx_work (call, y->size, 1) || y->size == 0)
    return y;
  nn_onnx_spread (a, rank, step_a);
  nn_onnx_spread (b, rank, step_b);
  gsize i = 0;
  do {
    gsize at_a = 0, at_b = 0;
    for (guint d = 0; d < rank; d++) {
      at_a += index[d] * step_a[d];
      at_b += index[d] * step_b[d];
    }
    if (y->real != NULL)
      y->real[i] = binary->real (a->real[at_a], b->real[at_b]);
    else
      y->whole[i] = nn_onnx_type_wrap (y->type, binary->whole (a->whole[at_a], b->whole[at_b]));
    i++;
  } while (nn_onnx_next (rank, dims, index));
  return y;
}

/* Until operator set 6, the second shape was set against the first one at "axis", and only when "broadcast"
 * was; the slopes of PRelu against the channels. */
static NnOnnxValue *
align (NnOnnxCall *call, const NnOnnxValue *a, NnOnnxValue *b)
{
  gboolean slopes = call->op->detail == &binary_leak;
  gint64 axis = slopes ? 1 : nn_onnx_attr_int (call, "axis", (gint64) a->rank - b->rank);
  gsize dims[NN_ONNX_MAX_RANK];
  if (call->opset >= 7 || (slopes ? b->size == 1 : nn_onnx_attr_int (call, "broadcast", 0) == 0) || axis < 0
      || axis + b->rank > a->rank)
    return nn_onnx_value_ref (b);
  guint rank = a->rank - (guint) axis;
  for (guint i = 0; i < rank; i++)
    dims[i] = i < b->rank ? b->dims[i] : 1;
  NnOnnxValue *view = nn_onnx_value_new (call->budget, b->type, rank, dims, &call->error);
  for (gsize i = 0; view != NULL && i < b->size; i++) {
    if (b->real != NULL)
      view->real[i] = b->real[i];
    else
      view->whole[i] = b->whole[i];
  }
  return view;
}

static void
run_binary (NnOnnxCall *call)
{
  const NnOnnxValue *a = nn_onnx_input (call, 0);
  g_autoptr (NnOnnxValue) b = align (call, a, nn_onnx_input (call, 1));
  if (b != NULL && call->error == NULL)
    call->outputs[0] = combine (call, a, b);
}

/* Sum, Max, Min and Mean of any number of tensors. */
static void
run_variadic (NnOnnxCall *call)
{
  g_autoptr (NnOnnxValue) y = nn_onnx_value_ref (nn_onnx_input (call, 0));
  for (guint i = 1; i < call->n_inputs && call->error == NULL; i++) {
    const NnOnnxValue *x = nn_onnx_input (call, i);
    if (x == NULL) {
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its input %u is missing", i + 1);
      return;
    }
    NnOnnxValue *next = combine (call, y, x);
    nn_onnx_value_unref (y);
    y = next;
  }
  if (call->error == NULL)
    call->outputs[0] = g_steal_pointer (&y);
}

static void
run_mean (NnOnnxCall *call)
{
  if (nn_onnx_real_input (call, 0) == NULL)
    return;
  run_variadic (call);
  const NnOnnxValue *sum = call->outputs[0];
  if (call->error != NULL || call->n_inputs < 2) /* of one, it is that one, which isn't ours to change */
    return;
  for (gsize i = 0; i < sum->size; i++)
    sum->real[i] /= call->n_inputs;
}

#define BINARY(name, since, binary)                                                                          \
  {                                                                                                          \
    name, since, 2, 2, 1, run_binary, &binary                                                                \
  }
#define VARIADIC(name, run, binary)                                                                          \
  {                                                                                                          \
    name, 6, 1, G_MAXUINT, 1, run, &binary                                                                   \
  }

const NnOnnxOperator nn_onnx_elementwise_operators[] = {
  BINARY ("Add", 1, binary_add),
  BINARY ("Div", 1, binary_divide),
  BINARY ("Mul", 1, binary_multiply),
  BINARY ("PRelu", 1, binary_leak),
  BINARY ("Pow", 1, binary_power),
  BINARY ("Sub", 1, binary_subtract),
  VARIADIC ("Max", run_variadic, binary_maximum),
  VARIADIC ("Mean", run_mean, binary_add),
  VARIADIC ("Min", run_variadic, binary_minimum),
  VARIADIC ("Sum", run_variadic, binary_add),
  { NULL },
};
