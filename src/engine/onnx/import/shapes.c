/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that give the same numbers in another shape. */
#include "onnx/import/importer.h"

#include <glib/gi18n.h>
#include <string.h>

/* What the interpreter makes of the shape: it is run on zeros. */
static gboolean
find_shape (NnOnnxImporter *self, NnOnnxCall *call, const NnOnnxFlow *x, guint *rank, gsize *dims)
{
  const NnOnnxType *type = nn_onnx_type (NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT);
  g_autoptr (NnOnnxValue) zeros = nn_onnx_value_new (call->budget, type, x->rank, x->dims, &call->error);
  if (zeros == NULL)
    return FALSE;
  call->inputs[0] = zeros;
  call->op->run (call);
  call->inputs[0] = NULL;
  if (call->error != NULL)
    return FALSE;
  *rank = call->outputs[0]->rank;
  memcpy (dims, call->outputs[0]->dims, sizeof call->outputs[0]->dims);
  return TRUE;
}

/* A picture becomes a row of numbers. */
static void
flatten (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  gboolean same = y->hwc || y->dims[1] == 1 || y->dims[2] * y->dims[3] == 1;
  for (guint i = 0; i < 3; i++)
    y->picture[i] = same ? 0 : y->dims[1 + i];
  if (!y->vector)
    nn_onnx_plan_layer (self, call, "flatten", y);
  y->vector = TRUE;
  y->hwc = FALSE;
}

static void
plan_reshape (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  guint rank;
  gsize dims[NN_ONNX_MAX_RANK];
  if (self->in[0]->constant != NULL) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its shape isn't a constant of the file"));
    return;
  }
  for (guint i = 1; i < call->n_inputs; i++)
    if (self->in[i] != NULL && self->in[i]->constant == NULL) {
      nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("its shape isn't a constant of the file"));
      return;
    }
  if (!find_shape (self, call, y, &rank, dims))
    return;
  gboolean same = rank == y->rank && memcmp (dims, y->dims, rank * sizeof *dims) == 0;
  gboolean column = rank == 4 && dims[0] == 1 && dims[2] == 1 && dims[3] == 1;
  if (same)
    return;
  if (rank == 2 && dims[0] == 1 && y->rank == 4)
    flatten (self, call, y);
  else if (y->layer == 0 && y->rank == 2 && rank == 4 && dims[0] == 1 && dims[1] == 1
           && nn_onnx_plan_is_free (self, y)) {
    self->input
        = NN_SHAPE ((guint) dims[2], (guint) dims[3], 1); /* what the pixels in a row were meant to be */
    y->vector = FALSE;
  } else if (!(column && y->vector && y->rank == 2 && y->picture[0] == 0)) {
    g_autofree char *from = nn_onnx_shape_string (y->rank, y->dims), *to = nn_onnx_shape_string (rank, dims);
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("%s to %s isn't supported"), from, to);
  }
  y->rank = rank;
  memcpy (y->dims, dims, sizeof dims);
}

static void
plan_transpose (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  static const gint64 to_last[] = { 0, 2, 3, 1 }, to_first[] = { 0, 3, 1, 2 };
  NnOnnxInts perm = nn_onnx_attr_ints (call, "perm");
  gsize dims[4];
  if (!perm.given || perm.n != 4 || y->rank != 4
      || memcmp (perm.v, y->hwc ? to_first : to_last, sizeof to_last) != 0) {
    nn_onnx_fail (call, NN_ERROR_UNSUPPORTED, _ ("only channels may be moved, to the end and back"));
    return;
  }
  for (guint i = 0; i < 4; i++)
    dims[i] = y->dims[perm.v[i]];
  memcpy (y->dims, dims, sizeof dims);
  y->hwc = !y->hwc;
}

/* For what exporters compute with it: the batch is 1 here, and stays whatever it is. */
static void
plan_shape (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y)
{
  const NnOnnxType *type = nn_onnx_type (NN_ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT);
  g_autoptr (NnOnnxValue) zeros = nn_onnx_value_new (call->budget, type, y->rank, y->dims, &call->error);
  call->inputs[0] = zeros;
  if (zeros != NULL)
    call->op->run (call);
  call->inputs[0] = NULL;
  if (call->error != NULL)
    return;
  *y = (NnOnnxFlow){ .constant = nn_onnx_value_ref (call->outputs[0]) };
}

const NnOnnxRule nn_onnx_shape_rules[] = {
  { "Flatten", plan_reshape },
  { "Reshape", plan_reshape },
  { "Shape", plan_shape },
  { "Squeeze", plan_reshape },
  { "Transpose", plan_transpose },
  { "Unsqueeze", plan_reshape },
  { NULL },
};
