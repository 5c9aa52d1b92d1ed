/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference of the recurrent operators: a sample at a time, a step at a time, in double precision. */
#include "ops/recurrent.h"

#include <string.h>

/* One sample on its way through all the steps; each array has a row for each step. */
typedef struct {
  NnSequence sequence;
  const NnRefArgs *args;
  guint columns;
  double *a, *r, *h, *c; /* h and c have a row more: before the first step */
} Walk;

static Walk *
walk_new (const NnRefArgs *args, NnCell kind)
{
  Walk *self = g_new0 (Walk, 1);

  self->sequence = nn_recurrent_sequence (args->node, kind);
  self->args = args;
  self->columns = self->sequence.gates * self->sequence.units;
  self->a = g_new0 (double, self->sequence.steps * self->columns);
  self->r = g_new0 (double, self->sequence.steps * self->columns);
  self->h = g_new0 (double, (self->sequence.steps + 1) * self->sequence.units);
  self->c = g_new0 (double, (self->sequence.steps + 1) * self->sequence.units);
  return self;
}

static void
walk_free (Walk *self)
{
  g_free (self->a);
  g_free (self->r);
  g_free (self->h);
  g_free (self->c);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Walk, walk_free)

static NnRefCell
walk_cell (Walk *self, guint t)
{
  const guint units = self->sequence.units;

  return (NnRefCell){
    .sequence = &self->sequence,
    .node = self->args->node,
    .a = self->a + (gsize) t * self->columns,
    .r = self->r + (gsize) t * self->columns,
    .h = self->h + (gsize) t * units,
    .c = self->c + (gsize) t * units,
    .h_out = self->h + (gsize) (t + 1) * units,
    .c_out = self->c + (gsize) (t + 1) * units,
  };
}

static const double *
walk_x (Walk *self, guint sample, guint t)
{
  return self->args->x[0] + ((gsize) sample * self->sequence.steps + t) * self->sequence.features;
}

/* out[j] = bias[j] + Σi v[i] m[i][j] */
static void
product (const double *v, gsize n, const double *m, gsize columns, const double *bias, double *out)
{
  for (gsize j = 0; j < columns; j++)
    out[j] = bias != NULL ? bias[j] : 0;
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < columns; j++)
      out[j] += v[i] * m[i * columns + j];
}

static void
walk_forward (Walk *self, guint sample, NnRefCellForward forward)
{
  const NnRefArgs *args = self->args;

  for (guint t = 0; t < self->sequence.steps; t++) {
    NnRefCell cell = walk_cell (self, t);
    product (walk_x (self, sample, t), self->sequence.features, args->param[NN_RECURRENT_W], self->columns,
             args->param[NN_RECURRENT_BIAS], (double *) cell.a);
    product (cell.h, self->sequence.units, args->param[NN_RECURRENT_U], self->columns,
             args->node->n_params > NN_RECURRENT_BIAS_U ? args->param[NN_RECURRENT_BIAS_U] : NULL, (double *) cell.r);
    forward (&cell);
  }
}

void
nn_recurrent_ref_forward (const NnRefArgs *args, NnCell kind, NnRefCellForward forward)
{
  g_autoptr (Walk) walk = walk_new (args, kind);
  const guint steps = walk->sequence.steps, units = walk->sequence.units;

  for (guint s = 0; s < args->batch; s++) {
    walk_forward (walk, s, forward);
    if (walk->sequence.sequences)
      memcpy (args->y + (gsize) s * steps * units, walk->h + units, (gsize) steps * units * sizeof (double));
    else
      memcpy (args->y + (gsize) s * units, walk->h + (gsize) steps * units, units * sizeof (double));
  }
}

/* dm[i][j] += v[i] d[j], dv[i] += Σj m[i][j] d[j] (dv may be NULL) */
static void
product_back (const double *v, gsize n, const double *m, gsize columns, const double *d, double *dm, double *dv)
{
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < columns; j++) {
      dm[i * columns + j] += v[i] * d[j];
      if (dv != NULL)
        dv[i] += m[i * columns + j] * d[j];
    }
}

static void
walk_backward (Walk *self, guint sample, NnRefCellBackward backward)
{
  const NnRefArgs *args = self->args;
  const guint steps = self->sequence.steps, units = self->sequence.units, columns = self->columns;
  g_autofree double *dh = g_new0 (double, units), *dc = g_new0 (double, units), *before = g_new0 (double, units);
  g_autofree double *da = g_new0 (double, columns), *dr = g_new0 (double, columns);

  for (guint t = steps; t-- > 0;) {
    NnRefCell cell = walk_cell (self, t);
    NnRefCellGrad grad = { .dh = dh, .dc = dc, .da = da, .dr = dr, .dh_before = before };
    const double *dy = NULL;

    if (self->sequence.sequences)
      dy = args->dy + ((gsize) sample * steps + t) * units;
    else if (t == steps - 1)
      dy = args->dy + (gsize) sample * units;
    for (guint u = 0; dy != NULL && u < units; u++)
      dh[u] += dy[u];
    backward (&cell, &grad);
    product_back (walk_x (self, sample, t), self->sequence.features, args->param[NN_RECURRENT_W], columns, da,
                  args->grad[NN_RECURRENT_W],
                  args->dx[0] ? args->dx[0] + ((gsize) sample * steps + t) * self->sequence.features : NULL);
    product_back (cell.h, units, args->param[NN_RECURRENT_U], columns, dr, args->grad[NN_RECURRENT_U], before);
    for (guint j = 0; j < columns; j++) {
      args->grad[NN_RECURRENT_BIAS][j] += da[j];
      if (args->node->n_params > NN_RECURRENT_BIAS_U)
        args->grad[NN_RECURRENT_BIAS_U][j] += dr[j];
    }
    memcpy (dh, before, units * sizeof (double));
  }
}

void
nn_recurrent_ref_backward (const NnRefArgs *args, NnCell kind, NnRefCellForward forward, NnRefCellBackward backward)
{
  g_autoptr (Walk) walk = walk_new (args, kind);

  for (guint i = 0; i < args->node->n_params; i++)
    memset (args->grad[i], 0, nn_shape_size (&args->node->params[i].shape) * sizeof (double));
  if (args->dx[0] != NULL)
    memset (args->dx[0], 0,
            (gsize) args->batch * walk->sequence.steps * walk->sequence.features * sizeof (double));
  for (guint s = 0; s < args->batch; s++) {
    walk_forward (walk, s, forward);
    walk_backward (walk, s, backward);
  }
}
