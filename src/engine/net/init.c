/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/init.h"

#include <math.h>

/* Gram and Schmidt on random rows: each block of n columns of the matrix [n][columns] becomes orthogonal. */
static void
fill_orthogonal (NnRandom *random, guint n, guint columns, float *values)
{
  g_autofree double *block = g_new (double, (gsize) n * n);
  for (guint first = 0; first < columns; first += n) {
    guint width = MIN (n, columns - first);
    for (guint i = 0; i < n; i++) {
      double *row = block + (gsize) i * n;
      double norm = 0;
      for (guint k = 0; k < n; k++)
        row[k] = nn_random_normal (random);
      for (guint j = 0; j < i; j++) {
        const double *other = block + (gsize) j * n;
        double dot = 0;
        for (guint k = 0; k < n; k++)
          dot += row[k] * other[k];
        for (guint k = 0; k < n; k++)
          row[k] -= dot * other[k];
      }
      for (guint k = 0; k < n; k++)
        norm += row[k] * row[k];
      norm = sqrt (MAX (norm, 1e-12));
      for (guint k = 0; k < n; k++)
        row[k] /= norm;
      for (guint k = 0; k < width; k++)
        values[(gsize) i * columns + first + k] = (float) row[k];
    }
  }
}

void
nn_init_fill (const NnParam *param, NnRandom *random, float *values)
{
  gsize n = nn_shape_size (&param->shape);
  float he = sqrtf (2.0f / (float) MAX (param->fan_in, 1));
  float glorot = sqrtf (6.0f / (float) MAX (param->fan_in + param->fan_out, 1));
  switch (param->init) {
  case NN_INIT_ORTHOGONAL:
    fill_orthogonal (random, param->shape.dims[0], (guint) (n / MAX (param->shape.dims[0], 1)), values);
    return;
  case NN_INIT_HE:
    for (gsize i = 0; i < n; i++)
      values[i] = he * nn_random_normal (random);
    return;
  case NN_INIT_GLOROT:
    for (gsize i = 0; i < n; i++)
      values[i] = glorot * (2.0f * nn_random_uniform (random) - 1.0f);
    return;
  case NN_INIT_FORGET:
    for (gsize i = 0; i < n; i++)
      values[i] = i >= n / 4 && i < n / 2 ? 1.0f : 0.0f;
    return;
  case NN_INIT_ONE:
    for (gsize i = 0; i < n; i++)
      values[i] = 1.0f;
    return;
  case NN_INIT_ZERO:
  default:
    for (gsize i = 0; i < n; i++)
      values[i] = 0.0f;
  }
}
