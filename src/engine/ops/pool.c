/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/pool.h"

#include "base/error.h"

#include <glib/gi18n.h>

static const char *const paddings[] = { "valid", "same", "explicit", NULL };

const NnAttrSpec nn_pool_attrs[] = {
  { "size", NN_ATTR_PAIR, 2, 1, 15, NULL },
  { "stride", NN_ATTR_PAIR, 0, 0, 64, NULL }, /* 0: the size */
  { "padding", NN_ATTR_CHOICE, 0, 0, 2, paddings },
  { "pads_begin", NN_ATTR_PAIR, 0, 0, 14, NULL },
  { "pads_end", NN_ATTR_PAIR, 0, 0, 14, NULL },
  { 0 },
};

NnPoolGeometry
nn_pool_geometry (const NnNode *node)
{
  const NnShape *x = &node->inputs[0]->shape;
  NnPoolGeometry g = { .channels = (int) x->dims[2] };
  gboolean same = node->attrs[NN_POOL_PADDING].i[0] == 1, explicit = node->attrs[NN_POOL_PADDING].i[0] == 2;
  for (guint d = 0; d < 2; d++) {
    g.in[d] = (int) x->dims[d];
    g.size[d] = node->attrs[NN_POOL_SIZE].i[d];
    g.stride[d] = node->attrs[NN_POOL_STRIDE].i[d] ? node->attrs[NN_POOL_STRIDE].i[d] : g.size[d];
    if (same) {
      g.out[d] = (g.in[d] + g.stride[d] - 1) / g.stride[d];
      g.before[d] = MAX ((g.out[d] - 1) * g.stride[d] + g.size[d] - g.in[d], 0) / 2;
    } else {
      g.before[d] = explicit ? node->attrs[NN_POOL_PADS_BEGIN].i[d] : 0;
      int padded = g.in[d] + g.before[d] + (explicit ? node->attrs[NN_POOL_PADS_END].i[d] : 0);
      g.out[d] = padded >= g.size[d] ? (padded - g.size[d]) / g.stride[d] + 1 : 0;
    }
  }
  return g;
}

gboolean
nn_pool_is_halving (const NnNode *node)
{
  if (!g_str_equal (node->op->id, "max_pool"))
    return FALSE;
  NnPoolGeometry g = nn_pool_geometry (node);
  for (guint d = 0; d < 2; d++)
    if (g.size[d] != 2 || g.stride[d] != 2 || g.before[d] != 0 || g.out[d] != g.in[d] / 2)
      return FALSE;
  return TRUE;
}

gboolean
nn_pool_infer (NnNode *node, GError **error)
{
  const NnShape *x = &node->inputs[0]->shape;
  if (x->rank != 3) {
    g_autofree char *text = nn_shape_to_string (x);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("Pooling needs a picture (height × width × channels) and is given %s."), text);
    return FALSE;
  }
  NnPoolGeometry g = nn_pool_geometry (node);
  for (guint d = 0; d < 2; d++) /* a window without a pixel has no answer */
    if (g.before[d] >= g.size[d] || (g.out[d] - 1) * g.stride[d] - g.before[d] >= g.in[d]) {
      g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                   _ ("A window of %d×%d would lie in the padding alone; use less padding."), g.size[0], g.size[1]);
      return FALSE;
    }
  if (g.out[0] < 1 || g.out[1] < 1) {
    g_set_error (
        error, NN_ERROR, NN_ERROR_BAD_INPUT,
        _ ("The window of %d×%d is larger than the picture of %d×%d; use a smaller size or padding “same”."),
        g.size[0], g.size[1], g.in[0], g.in[1]);
    return FALSE;
  }
  node->shape = NN_SHAPE ((guint) g.out[0], (guint) g.out[1], x->dims[2]);
  return TRUE;
}

void
nn_pool_window (const NnPoolGeometry *g, int d, int o, int *from, int *to)
{
  int start = o * g->stride[d] - g->before[d];
  *from = MAX (start, 0);
  *to = MIN (start + g->size[d], g->in[d]);
}

/* The widest vector that divides the channels, at most the device's. */
static int
vector_width (NnContext *ctx, int channels)
{
  int width = nn_context_is_cpu (ctx) ? (int) CLAMP (nn_context_get_limits (ctx)->float_vector, 4, 16) : 1;
  while (width > 1 && (channels % width != 0 || (width & (width - 1)) != 0))
    width--;
  return width;
}

/* A CPU's kernels take the extents as arguments only: the layers of a network share a program. */
static char *
build_options (NnOpArgs *args, const NnPoolGeometry *g, const char *family)
{
  g_autoptr (GString) options = g_string_new (NULL);
  g_string_printf (options,
                   "-D %s%s -D VW=%d -D SIZE_H=%d -D SIZE_W=%d -D STRIDE_H=%d -D STRIDE_W=%d -D BEFORE_H=%d -D BEFORE_W=%d ",
                   family, args->training ? " -D TRAINING" : "", vector_width (args->ctx, g->channels), g->size[0],
                   g->size[1], g->stride[0], g->stride[1], g->before[0], g->before[1]);
  if (nn_context_is_cpu (args->ctx))
    g_string_append (options, "-D SERIAL");
  else
    g_string_append_printf (options, "-D IN_H=%d -D IN_W=%d -D OUT_H=%d -D OUT_W=%d -D CHANNELS=%d", g->in[0], g->in[1],
                            g->out[0], g->out[1], g->channels);
  return g_string_free (g_steal_pointer (&options), FALSE);
}

gboolean
nn_pool_record (NnOpArgs *args, const char *family, const char *kernel, const int extent[2], const NnArg *kernel_args,
                gsize n_args, GError **error)
{
  NnPoolGeometry g = nn_pool_geometry (args->node);
  g_autofree char *options = build_options (args, &g, family);
  NnLaunch launch = { .file = "pool.cl", .kernel = kernel, .options = options, .label = args->node->name };
  if (nn_context_is_cpu (args->ctx)) { /* one work-item a row of a sample */
    launch.dims = 2;
    launch.global[0] = (gsize) extent[0];
    launch.global[1] = args->batch;
    launch.local[0] = launch.local[1] = 1;
  } else { /* one a pixel and channel */
    launch.dims = 1;
    gsize n = (gsize) args->batch * (gsize) extent[0] * (gsize) extent[1] * (gsize) g.channels;
    nn_commands_linear (args->ctx, n, launch.global, launch.local);
  }
  return nn_commands_launch (args->commands, &launch, kernel_args, n_args, error);
}
