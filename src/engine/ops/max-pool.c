/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Max pooling: the largest value of each window; of equals the first in reading order. */
#include "ops/pool.h"
#include "ops/registry.h"

#include <math.h>
#include <string.h>

enum { AUX_WINNER };

static gboolean
infer (NnNode *node, GError **error)
{
  if (!nn_pool_infer (node, error))
    return FALSE;
  nn_node_add_aux (node, "winner", NN_DTYPE_UINT8, nn_shape_size (&node->shape), 0);
  return TRUE;
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  NnPoolGeometry g = nn_pool_geometry (args->node);
  return nn_pool_record (args, "MAX_POOL", args->training ? "max_pool_training" : "max_pool", g.out,
                         NN_ARGS (NN_UINT (args->batch), NN_POOL_EXTENTS (g), NN_TENSOR (args->x[0]), NN_TENSOR (args->y),
                                  NN_TENSOR (args->aux[AUX_WINNER])), error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  NnPoolGeometry g = nn_pool_geometry (args->node);
  return args->dx[0] == NULL ||
         nn_pool_record (args, "MAX_POOL", "max_pool_backward", g.in,
                         NN_ARGS (NN_UINT (args->batch), NN_POOL_EXTENTS (g), NN_TENSOR (args->dy),
                                  NN_TENSOR (args->aux[AUX_WINNER]), NN_TENSOR (args->dx[0])), error);
}

/* Calls for each output the place of its winner. */
static gsize
ref_winner (const NnPoolGeometry *g, const double *x, gsize sample, int oy, int ox, int c)
{
  int y0, y1, x0, x1;
  gsize best = G_MAXSIZE;
  nn_pool_window (g, 0, oy, &y0, &y1);
  nn_pool_window (g, 1, ox, &x0, &x1);
  for (int iy = y0; iy < y1; iy++)
    for (int ix = x0; ix < x1; ix++) {
      gsize at = ((sample * (gsize) g->in[0] + (gsize) iy) * (gsize) g->in[1] + (gsize) ix) * (gsize) g->channels + (gsize) c;
      if (best == G_MAXSIZE || x[at] > x[best])
        best = at;
    }
  return best;
}

static void
ref_forward (const NnRefArgs *args)
{
  NnPoolGeometry g = nn_pool_geometry (args->node);
  double *y = args->y;
  for (gsize n = 0; n < args->batch; n++)
    for (int oy = 0; oy < g.out[0]; oy++)
      for (int ox = 0; ox < g.out[1]; ox++)
        for (int c = 0; c < g.channels; c++)
          *y++ = args->x[0][ref_winner (&g, args->x[0], n, oy, ox, c)];
}

static void
ref_backward (const NnRefArgs *args)
{
  NnPoolGeometry g = nn_pool_geometry (args->node);
  const double *dy = args->dy;
  memset (args->dx[0], 0, args->batch * nn_shape_size (&args->node->inputs[0]->shape) * sizeof (double));
  for (gsize n = 0; n < args->batch; n++)
    for (int oy = 0; oy < g.out[0]; oy++)
      for (int ox = 0; ox < g.out[1]; ox++)
        for (int c = 0; c < g.channels; c++)
          args->dx[0][ref_winner (&g, args->x[0], n, oy, ox, c)] += *dy++;
}

const NnOp nn_op_max_pool = {
  .id = "max_pool", .title = "Max pooling", .n_inputs = 1, .attrs = nn_pool_attrs, .infer = infer, .forward = forward,
  .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};
