/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums and products: of two layers, or of a layer and constants, which are the preprocessing, a bias, or a
 * normalisation with fixed numbers. */
#include "onnx/import/importer.h"

#include "ops/attrs.h"

#include <glib/gi18n.h>
#include <string.h>

/* y = scale · x + offset, by channel; @n is 1 where all have the same. */
typedef struct {
  gsize n;
  double *scale, *offset;
} Affine;

static void
affine_clear (Affine *self)
{
  g_free (self->scale);
  g_free (self->offset);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Affine, affine_clear)

static gsize
channels_of (const NnOnnxFlow *flow)
{
  return flow->dims[flow->rank == 4 && flow->hwc ? 3 : 1];
}

/* The constant may differ from channel to channel only. */
static gboolean
fits (const NnOnnxFlow *x, const NnOnnxValue *k)
{
  guint axis = x->rank == 4 && x->hwc ? 3 : 1;
  if (k->size == 1)
    return k->rank <= x->rank;
  for (guint i = 0; i < k->rank; i++)
    if (k->rank > x->rank || k->dims[i] != (i + x->rank - k->rank == axis ? channels_of (x) : 1))
      return FALSE;
  return TRUE;
}

/* What the node does to the tensor among its inputs. */
static gboolean
read_affine (NnOnnxImporter *self, NnOnnxCall *call, const NnOnnxFlow *x, Affine *affine)
{
  gboolean first = self->in[0]->constant == NULL;
  const NnOnnxValue *k = nn_onnx_plan_constant (self, call, first ? 1 : 0);
  const char *op = call->node->op_type;
  if (k != NULL && !fits (x, k))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its constant isn't one number, or one for each channel"));
  if (!first && g_str_equal (op, "Div"))
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("it divides by what isn't a constant"));
  if (call->error != NULL)
    return FALSE;
  affine->n = k->size;
  affine->scale = g_new (double, k->size);
  affine->offset = g_new (double, k->size);
  for (gsize i = 0; i < k->size; i++) {
    gboolean sum = g_str_equal (op, "Add"), difference = g_str_equal (op, "Sub");
    double factor = g_str_equal (op, "Div") ? 1 / k->real[i] : k->real[i];
    affine->scale[i] = sum ? 1 : difference ? (first ? 1 : -1) : factor;
    affine->offset[i] = sum ? k->real[i] : difference ? (first ? -k->real[i] : k->real[i]) : 0;
  }
  return TRUE;
}

/* In front of all layers it is the preprocessing. */
static gboolean
take_preprocessing (NnOnnxImporter *self, const NnOnnxFlow *x, const Affine *affine)
{
  if (x->layer != 0 || !nn_onnx_plan_is_free (self, x) || (affine->n > 1 && x->rank != 4))
    return FALSE;
  for (guint c = 0; c < self->input.dims[2]; c++) {
    guint i = affine->n == 1 ? 0 : c;
    self->scale[c] *= affine->scale[i];
    self->offset[c] = self->offset[c] * affine->scale[i] + affine->offset[i];
  }
  return TRUE;
}

/* What is added to the product of a matrix is its bias. */
static gboolean
take_bias (NnOnnxImporter *self, const NnOnnxFlow *x, const Affine *affine)
{
  NnOnnxPlanned *layer = nn_onnx_plan_get (self, x);
  int index = nn_attrs_index (layer->op, "bias");
  for (gsize i = 0; i < affine->n; i++)
    if (affine->scale[i] != 1)
      return FALSE;
  if (index < 0 || layer->attrs[index].i[0] != 0 || !nn_onnx_plan_is_free (self, x)
      || !nn_onnx_plan_is (layer, "activation", "none"))
    return FALSE;
  layer->attrs[index].i[0] = 1;
  gsize n = channels_of (x);
  float *bias = nn_onnx_plan_weight (layer, "bias", n);
  for (gsize i = 0; i < n; i++)
    bias[i] = (float) affine->offset[affine->n == 1 ? 0 : i];
  return TRUE;
}

/* Elsewhere it is a normalisation that knows its numbers: mean 0, variance 1. */
static void
plan_scaling (NnOnnxImporter *self, NnOnnxCall *call, const Affine *affine, NnOnnxFlow *y)
{
  static const char *const names[] = { "scale", "offset", "running_mean", "running_variance" };
  gsize n = channels_of (y);
  NnOnnxPlanned *layer = nn_onnx_plan_layer (self, call, "batch_norm", y);
  nn_onnx_plan_attr_float (layer, "epsilon", 1e-12);
  for (guint w = 0; w < G_N_ELEMENTS (names); w++) {
    float *data = nn_onnx_plan_weight (layer, names[w], n);
    for (gsize i = 0; i < n; i++) {
      gsize k = affine->n == 1 ? 0 : i;
      const double values[] = { affine->scale[k], affine->offset[k], 0, 1 };
      data[nn_onnx_plan_reorder (y, i)] = (float) values[w];
    }
  }
}

static void
plan_sum (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  const NnOnnxFlow *a = self->in[0], *b = self->in[1];
  gboolean same = a->rank == b->rank && a->hwc == b->hwc && a->vector == b->vector
                  && memcmp (a->dims, b->dims, a->rank * sizeof *a->dims) == 0
                  && memcmp (a->picture, b->picture, sizeof a->picture) == 0;
  if (!g_str_equal (call->node->op_type, "Add") || !same) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("of two layers only the sum of equal shapes is supported"));
    return;
  }
  NnOnnxPlanned *layer = nn_onnx_plan_layer (self, call, "add", y);
  layer->n_inputs = 2;
  layer->inputs[1] = b->layer;
  nn_onnx_plan_get (self, b)->readers++;
}

static void
plan_arithmetic (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  g_auto (Affine) affine = { 0 };
  if (self->in[0]->constant == NULL && self->in[1]->constant == NULL)
    plan_sum (self, call, y);
  else if (read_affine (self, call, y, &affine) && !take_preprocessing (self, y, &affine)
           && !take_bias (self, y, &affine))
    plan_scaling (self, call, &affine, y);
}

const NnOnnxRule nn_onnx_arithmetic_rules[] = {
  { "Add", plan_arithmetic },
  { "Div", plan_arithmetic },
  { "Mul", plan_arithmetic },
  { "Sub", plan_arithmetic },
  { NULL },
};
