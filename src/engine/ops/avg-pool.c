/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Average pooling: the mean of the part of each window that lies inside the picture (padding does not count), and
 * global average pooling: the mean of each channel. */
#include "ops/pool.h"
#include "ops/registry.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
forward (NnOpArgs *args, GError **error)
{
  NnPoolGeometry g = nn_pool_geometry (args->node);
  return nn_pool_record (args, "AVG_POOL", "avg_pool", g.out,
                         NN_ARGS (NN_UINT (args->batch), NN_POOL_EXTENTS (g), NN_TENSOR (args->x[0]),
                                  NN_TENSOR (args->y)), error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  NnPoolGeometry g = nn_pool_geometry (args->node);
  return args->dx[0] == NULL ||
         nn_pool_record (args, "AVG_POOL", "avg_pool_backward", g.in,
                         NN_ARGS (NN_UINT (args->batch), NN_POOL_EXTENTS (g), NN_TENSOR (args->dy),
                                  NN_TENSOR (args->dx[0])), error);
}

/* Adds sign-less contributions both ways: y += x / n when @backward is FALSE, dx += dy / n otherwise. */
static void
ref_each (const NnRefArgs *args, gboolean back)
{
  NnPoolGeometry g = nn_pool_geometry (args->node);
  gsize o = 0;
  int y0, y1, x0, x1;
  for (gsize n = 0; n < args->batch; n++)
    for (int oy = 0; oy < g.out[0]; oy++)
      for (int ox = 0; ox < g.out[1]; ox++) {
        nn_pool_window (&g, 0, oy, &y0, &y1);
        nn_pool_window (&g, 1, ox, &x0, &x1);
        double count = (double) (y1 - y0) * (x1 - x0);
        for (int c = 0; c < g.channels; c++, o++) {
          if (!back)
            args->y[o] = 0;
          for (int iy = y0; iy < y1; iy++)
            for (int ix = x0; ix < x1; ix++) {
              gsize at = ((n * (gsize) g.in[0] + (gsize) iy) * (gsize) g.in[1] + (gsize) ix) * (gsize) g.channels + (gsize) c;
              if (back)
                args->dx[0][at] += args->dy[o] / count;
              else
                args->y[o] += args->x[0][at] / count;
            }
        }
      }
}

static void
ref_forward (const NnRefArgs *args)
{
  ref_each (args, FALSE);
}

static void
ref_backward (const NnRefArgs *args)
{
  memset (args->dx[0], 0, args->batch * nn_shape_size (&args->node->inputs[0]->shape) * sizeof (double));
  ref_each (args, TRUE);
}

const NnOp nn_op_avg_pool = {
  .id = "avg_pool", .title = "Average pooling", .n_inputs = 1, .attrs = nn_pool_attrs, .infer = nn_pool_infer,
  .forward = forward, .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};

static gboolean
global_infer (NnNode *node, GError **error)
{
  const NnShape *x = &node->inputs[0]->shape;
  if (x->rank != 3) {
    g_autofree char *text = nn_shape_to_string (x);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("Global pooling needs a picture (height × width × channels) and is given %s."), text);
    return FALSE;
  }
  node->shape = NN_SHAPE (x->dims[2]);
  return TRUE;
}

static gboolean
global_record (NnOpArgs *args, const char *kernel, gsize items, NnTensor *source, NnTensor *target, GError **error)
{
  const NnShape *x = &args->node->inputs[0]->shape;
  NnLaunch launch = { .file = "global-pool.cl", .kernel = kernel, .options = args->training ? "-D TRAINING" : NULL,
                      .dims = 1, .label = args->node->name };
  nn_commands_linear (args->ctx, items, launch.global, launch.local);
  return nn_commands_launch (args->commands, &launch,
                             NN_ARGS (NN_UINT (args->batch), NN_UINT (x->dims[0] * x->dims[1]), NN_UINT (x->dims[2]),
                                      NN_TENSOR (source), NN_TENSOR (target)), error);
}

static gboolean
global_forward (NnOpArgs *args, GError **error)
{
  return global_record (args, "global_avg_pool", args->y->size, args->x[0], args->y, error);
}

static gboolean
global_backward (NnOpArgs *args, GError **error)
{
  return args->dx[0] == NULL || global_record (args, "global_avg_pool_backward", args->dx[0]->size, args->dy, args->dx[0],
                                               error);
}

static void
global_ref_forward (const NnRefArgs *args)
{
  const NnShape *x = &args->node->inputs[0]->shape;
  gsize pixels = (gsize) x->dims[0] * x->dims[1], channels = x->dims[2];
  for (gsize n = 0; n < args->batch; n++)
    for (gsize c = 0; c < channels; c++) {
      double sum = 0;
      for (gsize p = 0; p < pixels; p++)
        sum += args->x[0][(n * pixels + p) * channels + c];
      args->y[n * channels + c] = sum / (double) pixels;
    }
}

static void
global_ref_backward (const NnRefArgs *args)
{
  const NnShape *x = &args->node->inputs[0]->shape;
  gsize pixels = (gsize) x->dims[0] * x->dims[1], channels = x->dims[2];
  for (gsize n = 0; n < args->batch; n++)
    for (gsize p = 0; p < pixels; p++)
      for (gsize c = 0; c < channels; c++)
        args->dx[0][(n * pixels + p) * channels + c] = args->dy[n * channels + c] / (double) pixels;
}

const NnOp nn_op_global_avg_pool = {
  .id = "global_avg_pool", .title = "Global average pooling", .n_inputs = 1, .infer = global_infer,
  .forward = global_forward, .backward = global_backward, .ref_forward = global_ref_forward,
  .ref_backward = global_ref_backward,
};
