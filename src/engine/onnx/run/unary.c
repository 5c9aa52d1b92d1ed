/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of one number, for each number of a tensor; and those that change nothing. */
#include "onnx/run/operator.h"

#include <math.h>

typedef struct {
  double (*f) (double x, const double *p);
  struct {
    const char *name;
    double value;
  } params[2];
} Unary;

static double
relu (double x, const double *p)
{
  return x > 0 || isnan (x) ? x : 0;
}

static double
leaky_relu (double x, const double *p)
{
  return x < 0 ? p[0] * x : x;
}

static double
thresholded_relu (double x, const double *p)
{
  return x > p[0] ? x : 0;
}

static double
elu (double x, const double *p)
{
  return x < 0 ? p[0] * expm1 (x) : x;
}

static double
selu (double x, const double *p)
{
  return p[1] * (x > 0 ? x : p[0] * expm1 (x));
}

static double
sigmoid (double x, const double *p)
{
  return 1 / (1 + exp (-x));
}

static double
hard_sigmoid (double x, const double *p)
{
  return fmax (0, fmin (1, p[0] * x + p[1]));
}

static double
hard_swish (double x, const double *p)
{
  return x * fmax (0, fmin (1, x / 6 + 0.5));
}

/* log (1 + e^x) without an overflow */
static double
softplus (double x, const double *p)
{
  return fmax (x, 0) + log1p (exp (-fabs (x)));
}

static double
softsign (double x, const double *p)
{
  return x / (1 + fabs (x));
}

static double
mish (double x, const double *p)
{
  return x * tanh (softplus (x, p));
}

static double
reciprocal (double x, const double *p)
{
  return 1 / x;
}

static double
negate (double x, const double *p)
{
  return -x;
}

#define OF_MATH(name)                                                                                        \
  static double math_##name (double x, const double *p)                                                      \
  {                                                                                                          \
    return name (x);                                                                                         \
  }                                                                                                          \
  static const Unary unary_##name = { math_##name };
OF_MATH (tanh)
OF_MATH (exp)
OF_MATH (log)
OF_MATH (sqrt)
OF_MATH (erf)
OF_MATH (fabs)
OF_MATH (floor)
OF_MATH (ceil)
#undef OF_MATH

static const Unary unary_relu = { relu }, unary_sigmoid = { sigmoid }, unary_hard_swish = { hard_swish },
                   unary_softplus = { softplus }, unary_softsign = { softsign }, unary_mish = { mish },
                   unary_reciprocal = { reciprocal }, unary_negate = { negate };
static const Unary unary_leaky_relu = { leaky_relu, { { "alpha", 0.01 } } };
static const Unary unary_thresholded_relu = { thresholded_relu, { { "alpha", 1 } } };
static const Unary unary_elu = { elu, { { "alpha", 1 } } };
static const Unary unary_selu
    = { selu, { { "alpha", 1.67326319217681884765625 }, { "gamma", 1.05070102214813232421875 } } };
static const Unary unary_hard_sigmoid = { hard_sigmoid, { { "alpha", 0.2 }, { "beta", 0.5 } } };

static void
run_unary (NnOnnxCall *call)
{
  const Unary *unary = call->op->detail;
  double params[G_N_ELEMENTS (unary->params)] = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (params) && unary->params[i].name != NULL; i++)
    params[i] = nn_onnx_attr_float (call, unary->params[i].name, unary->params[i].value);
  const NnOnnxValue *x = nn_onnx_real_input (call, 0);
  NnOnnxValue *y = x != NULL ? nn_onnx_output (call, 0, x->type, x->rank, x->dims) : NULL;
  for (gsize i = 0; y != NULL && i < y->size; i++)
    y->real[i] = unary->f (x->real[i], params);
}

/* The bounds were attributes before operator set 11. A lower bound above the upper one gives the upper one.
 */
static void
run_clip (NnOnnxCall *call)
{
  double bounds[2] = { -INFINITY, INFINITY };
  static const char *const names[] = { "min", "max" };
  const NnOnnxValue *x = nn_onnx_real_input (call, 0);
  for (guint i = 0; i < 2; i++) {
    const NnOnnxValue *bound = nn_onnx_input (call, i + 1);
    if (call->opset < 11)
      bounds[i] = nn_onnx_attr_float (call, names[i], bounds[i]);
    else if (bound != NULL && (!bound->type->real || bound->size != 1))
      nn_onnx_fail (call, NN_ERROR_BAD_INPUT, "its bound “%s” isn't one number", names[i]);
    else if (bound != NULL)
      bounds[i] = bound->real[0];
  }
  NnOnnxValue *y = x != NULL ? nn_onnx_output (call, 0, x->type, x->rank, x->dims) : NULL;
  for (gsize i = 0; y != NULL && i < y->size; i++)
    y->real[i] = isnan (x->real[i]) ? x->real[i] : fmin (bounds[1], fmax (bounds[0], x->real[i]));
}

static void
run_identity (NnOnnxCall *call)
{
  call->outputs[0] = nn_onnx_value_ref (nn_onnx_input (call, 0));
}

/* Outside of training it lets everything through. In training it was an attribute (is_test), and is an input.
 */
static void
run_dropout (NnOnnxCall *call)
{
  const NnOnnxValue *x = nn_onnx_input (call, 0), *training = nn_onnx_input (call, 2);
  if ((call->opset < 7 && nn_onnx_attr_int (call, "is_test", 0) == 0)
      || (training != NULL && training->size == 1 && training->whole != NULL && training->whole[0] != 0))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, "it is set to training, where its result is random");
  if (call->error != NULL)
    return;
  run_identity (call);
  if (!nn_onnx_has_output (call, 1))
    return;
  const NnOnnxType *type = call->opset < 10 ? x->type : nn_onnx_type (NN_ONNX__TENSOR_PROTO__DATA_TYPE__BOOL);
  NnOnnxValue *mask = nn_onnx_output (call, 1, type, x->rank, x->dims);
  for (gsize i = 0; mask != NULL && i < mask->size; i++) {
    if (mask->real != NULL)
      mask->real[i] = 1;
    else
      mask->whole[i] = 1;
  }
}

#define UNARY(name, since, unary)                                                                            \
  {                                                                                                          \
    name, since, 1, 1, 1, run_unary, &unary                                                                  \
  }

const NnOnnxOperator nn_onnx_unary_operators[] = {
  UNARY ("Abs", 1, unary_fabs),
  UNARY ("Ceil", 1, unary_ceil),
  { "Clip", 1, 1, 3, 1, run_clip },
  { "Dropout", 1, 1, 3, 2, run_dropout },
  UNARY ("Elu", 1, unary_elu),
  UNARY ("Erf", 9, unary_erf),
  UNARY ("Exp", 1, unary_exp),
  UNARY ("Floor", 1, unary_floor),
  UNARY ("HardSigmoid", 1, unary_hard_sigmoid),
  UNARY ("HardSwish", 14, unary_hard_swish),
  { "Identity", 1, 1, 1, 1, run_identity },
  UNARY ("LeakyRelu", 1, unary_leaky_relu),
  UNARY ("Log", 1, unary_log),
  UNARY ("Mish", 18, unary_mish),
  UNARY ("Neg", 1, unary_negate),
  UNARY ("Reciprocal", 1, unary_reciprocal),
  UNARY ("Relu", 1, unary_relu),
  UNARY ("Selu", 1, unary_selu),
  UNARY ("Sigmoid", 1, unary_sigmoid),
  UNARY ("Softplus", 1, unary_softplus),
  UNARY ("Softsign", 1, unary_softsign),
  UNARY ("Sqrt", 1, unary_sqrt),
  UNARY ("Tanh", 1, unary_tanh),
  UNARY ("ThresholdedRelu", 10, unary_thresholded_relu),
  { NULL },
};
