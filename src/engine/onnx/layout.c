/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/layout.h"

#include <string.h>

static void
set_view (NnOnnxLayout *self, guint rank, const guint *view, const guint *perm)
{
  self->rank = rank;
  for (guint i = 0; i < rank; i++) {
    self->view[i] = view[i];
    self->perm[i] = perm[i];
    self->dims[i] = view[perm[i]];
  }
}

void
nn_onnx_layout_init (NnOnnxLayout *self, const NnNode *node, const char *name, const NnShape *shape)
{
  static const guint kernel[NN_MAX_RANK] = { 3, 2, 0, 1 }, matrix[NN_MAX_RANK] = { 1, 0 },
                     identity[NN_MAX_RANK] = { 0, 1, 2, 3 };
  memset (self, 0, sizeof *self);
  if (shape->rank == 2 && node->n_inputs > 0 && g_str_equal (name, "input_weight")) {
    const NnShape *x = &node->inputs[0]->shape;
    guint width = x->rank == 3 ? x->dims[1] : 1;
    set_view (self, 4, (const guint[]){ 1, width, shape->dims[0] / MAX (width, 1), shape->dims[1] }, kernel);
  } else if (shape->rank == 4)
    set_view (self, 4, shape->dims, kernel);
  else if (shape->rank == 2)
    set_view (self, 2, shape->dims, matrix);
  else
    set_view (self, shape->rank, shape->dims, identity);
}

/* Copies along, with the index of ONNX counting up. One of the two orders is always read or written with a
 * stride; weights are small beside the file's other costs, so no blocking. */
static void
permute (const NnOnnxLayout *self, const float *from, float *to, gboolean export)
{
  gsize stride[NN_MAX_RANK], step[NN_MAX_RANK] = { 0 };
  guint dims[NN_MAX_RANK] = { 1, 1, 1, 1 };
  gsize n = 1, index = 0;
  for (guint i = self->rank; i-- > 0; n *= self->view[i])
    stride[i] = n;
  for (guint i = 0; i < self->rank; i++) {
    guint place = NN_MAX_RANK - self->rank + i;
    dims[place] = self->dims[i];
    step[place] = stride[self->perm[i]];
  }
  for (guint a = 0; a < dims[0]; a++)
    for (guint b = 0; b < dims[1]; b++)
      for (guint c = 0; c < dims[2]; c++) {
        gsize ours = a * step[0] + b * step[1] + c * step[2];
        for (guint d = 0; d < dims[3]; d++, index++, ours += step[3]) {
          if (export)
            to[index] = from[ours];
          else
            to[ours] = from[index];
        }
      }
}

void
nn_onnx_layout_export (const NnOnnxLayout *self, const float *ours, float *theirs)
{
  permute (self, ours, theirs, TRUE);
}

void
nn_onnx_layout_import (const NnOnnxLayout *self, const float *theirs, float *ours)
{
  permute (self, theirs, ours, FALSE);
}
