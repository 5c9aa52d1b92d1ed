/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convolution of pictures, NHWC with weights HWIO: y = f (x * W + b). Groups of channels see only their own inputs
 * (Krizhevsky et al. 2012); as many groups as channels make it depthwise. */
#include "ops/conv.h"
#include "ops/gemm.h"
#include "ops/registry.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

enum {
  ATTR_FILTERS,
  ATTR_KERNEL,
  ATTR_STRIDE,
  ATTR_PADDING,
  ATTR_GROUPS,
  ATTR_ACTIVATION,
  ATTR_BIAS,
  ATTR_PADS_BEGIN,
  ATTR_PADS_END,
};

enum {
  PADDING_SAME,
  PADDING_VALID,
  PADDING_EXPLICIT,
};

static const char *const paddings[] = { "same", "valid", "explicit", NULL };

static const NnAttrSpec attrs[] = {
  { "filters", NN_ATTR_UNITS, 32, 1, 65536, NULL },
  { "kernel", NN_ATTR_PAIR, 3, 1, 255, NULL },
  { "stride", NN_ATTR_PAIR, 1, 1, 255, NULL },
  { "padding", NN_ATTR_CHOICE, PADDING_SAME, PADDING_SAME, PADDING_EXPLICIT, paddings },
  { "groups", NN_ATTR_INT, 1, 1, 65536, NULL },
  { "activation", NN_ATTR_CHOICE, NN_ACTIVATION_NONE, NN_ACTIVATION_NONE, NN_ACTIVATION_RELU6, nn_activation_names },
  { "bias", NN_ATTR_BOOL, 1, 0, 1, NULL },
  { "pads_begin", NN_ATTR_PAIR, 0, 0, 255, NULL },
  { "pads_end", NN_ATTR_PAIR, 0, 0, 255, NULL },
  { 0 },
};

/* One dimension: where the first window begins, and how many there are (0 where none fits). */
static void
infer_extent (const NnNode *node, guint d, NnConvGeometry *g)
{
  int before = 0, after = 0;
  switch (node->attrs[ATTR_PADDING].i[0]) {
  case PADDING_SAME:
    /* As TensorFlow has it: the odd pixel goes to the bottom and the right. */
    g->out[d] = (g->in[d] + g->stride[d] - 1) / g->stride[d];
    g->before[d] = MAX ((g->out[d] - 1) * g->stride[d] + g->kernel[d] - g->in[d], 0) / 2;
    return;
  case PADDING_EXPLICIT:
    before = node->attrs[ATTR_PADS_BEGIN].i[d];
    after = node->attrs[ATTR_PADS_END].i[d];
    break;
  default:
    break;
  }
  int room = g->in[d] + before + after - g->kernel[d];
  g->out[d] = room < 0 ? 0 : room / g->stride[d] + 1;
  g->before[d] = before;
}

static NnConvGeometry
geometry (const NnNode *node)
{
  const NnShape *x = &node->inputs[0]->shape;
  NnConvGeometry g = { .groups = node->attrs[ATTR_GROUPS].i[0],
                       .activation = (NnActivation) node->attrs[ATTR_ACTIVATION].i[0],
                       .bias = node->attrs[ATTR_BIAS].i[0] != 0 };
  g.group_in = (int) x->dims[2] / g.groups;
  g.group_out = node->attrs[ATTR_FILTERS].i[0] / g.groups;
  for (guint d = 0; d < 2; d++) {
    g.in[d] = (int) x->dims[d];
    g.kernel[d] = node->attrs[ATTR_KERNEL].i[d];
    g.stride[d] = node->attrs[ATTR_STRIDE].i[d];
    infer_extent (node, d, &g);
  }
  return g;
}

static gboolean
infer (NnNode *node, GError **error)
{
  const NnShape *x = &node->inputs[0]->shape;
  int filters = node->attrs[ATTR_FILTERS].i[0], groups = node->attrs[ATTR_GROUPS].i[0];
  if (x->rank != 3) {
    g_autofree char *text = nn_shape_to_string (x);
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("A convolution needs a picture (height × width × channels) and is given %s."), text);
    return FALSE;
  }
  if (x->dims[2] % (guint) groups != 0 || filters % groups != 0) {
    g_set_error (error, NN_ERROR, NN_ERROR_BAD_INPUT,
                 _ ("%d groups must divide both the %u channels of the input and the %d filters."), groups,
                 x->dims[2], filters);
    return FALSE;
  }
  NnConvGeometry g = geometry (node);
  if (g.out[0] < 1 || g.out[1] < 1) {
    g_set_error (
        error, NN_ERROR, NN_ERROR_BAD_INPUT,
        _ ("The kernel of %d×%d is larger than the picture of %d×%d; use a smaller one or padding “same”."),
        g.kernel[0], g.kernel[1], g.in[0], g.in[1]);
    return FALSE;
  }
  node->shape = NN_SHAPE ((guint) g.out[0], (guint) g.out[1], (guint) filters);
  gsize taps = (gsize) g.kernel[0] * (gsize) g.kernel[1], depth = taps * (gsize) g.group_in;
  if (depth * (gsize) filters > G_MAXINT32 || nn_shape_size (x) > G_MAXINT32 || nn_shape_size (&node->shape) > G_MAXINT32) {
    g_set_error (
        error, NN_ERROR, NN_ERROR_BAD_INPUT,
        _ ("A convolution with %d filters of %d×%d on this input is too large; use fewer or smaller ones."),
        filters, g.kernel[0], g.kernel[1]);
    return FALSE;
  }
  gboolean rectifier = nn_activation_is_rectifier (g.activation);
  guint fan_in = (guint) depth, fan_out = (guint) (taps * (gsize) g.group_out);
  node->flops = 2 * (guint64) depth * nn_shape_size (&node->shape);
  nn_node_add_param (node, "weight",
                     NN_SHAPE ((guint) g.kernel[0], (guint) g.kernel[1], (guint) g.group_in, (guint) filters),
                     rectifier ? NN_INIT_HE : NN_INIT_GLOROT, fan_in, fan_out, TRUE);
  if (g.bias)
    nn_node_add_param (node, "bias", NN_SHAPE ((guint) filters), NN_INIT_ZERO, fan_in, fan_out, FALSE);
  return TRUE;
}

NnConvGeometry
nn_conv_turned (const NnConvGeometry *g)
{
  NnConvGeometry turned = { .groups = g->groups, .group_in = g->group_out, .group_out = g->group_in,
                            .stride = { 1, 1 }, .activation = NN_ACTIVATION_NONE };
  for (guint d = 0; d < 2; d++) {
    turned.in[d] = g->out[d];
    turned.out[d] = g->in[d];
    turned.kernel[d] = g->kernel[d];
    turned.before[d] = g->kernel[d] - 1 - g->before[d];
  }
  return turned;
}

GString *
nn_conv_options (const NnConvGeometry *g)
{
  GString *options = g_string_new (NULL);
  g_string_printf (options,
                   "-D IN_H=%d -D IN_W=%d -D OUT_H=%d -D OUT_W=%d -D KH=%d -D KW=%d -D SH=%d -D SW=%d -D PH=%d -D PW=%d "
                   "-D GROUPS=%d -D GIN=%d -D GOUT=%d",
                   g->in[0], g->in[1], g->out[0], g->out[1], g->kernel[0], g->kernel[1], g->stride[0], g->stride[1],
                   g->before[0], g->before[1], g->groups, g->group_in, g->group_out);
  return options;
}

/* A window of one pixel makes it a product of all pixels with the weights. */
static gboolean
is_product (const NnConvGeometry *g)
{
  return g->groups == 1 && g->kernel[0] == 1 && g->kernel[1] == 1 && g->stride[0] == 1 && g->stride[1] == 1 &&
         g->in[0] == g->out[0] && g->in[1] == g->out[1];
}

static gboolean
forward_product (NnOpArgs *args, const NnConvGeometry *g, GError **error)
{
  return nn_gemm_record (args,
                         &(NnGemm){ .op = NN_GEMM_NN, .m = args->batch * (guint) (g->out[0] * g->out[1]),
                                    .n = (guint) g->group_out, .k = (guint) g->group_in, .a = args->x[0],
                                    .b = args->param[0], .c = args->y, .bias = args->param[1],
                                    .activation = g->activation },
                         error);
}

static gboolean
record_pass (NnOpArgs *args, const NnConvGeometry *g, NnConvPass pass, const NnConvWay *way, GError **error)
{
  return way->winograd ? nn_conv_winograd_record (args, g, pass, &way->tile, error)
                       : nn_conv_cpu_record (args, g, pass, &way->tile, error);
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  NnConvGeometry g = geometry (args->node);
  if (is_product (&g))
    return forward_product (args, &g, error);
  NnConvWay way;
  if (nn_conv_choose (args->ctx, &g, args->batch, NN_CONV_FORWARD, &way))
    return record_pass (args, &g, NN_CONV_FORWARD, &way, error);
  return nn_conv_general_forward (args, &g, error);
}

static gboolean
forward_pooled (NnOpArgs *args, gboolean *done, GError **error)
{
  NnConvGeometry g = geometry (args->node);
  NnConvWay way;
  *done = FALSE;
  if (is_product (&g) || !nn_conv_choose (args->ctx, &g, args->batch, NN_CONV_FORWARD, &way))
    return TRUE;
  g.pool = TRUE;
  *done = way.winograd || nn_conv_cpu_suits (args->ctx, &g, args->batch, NN_CONV_FORWARD, &way.tile);
  return !*done || record_pass (args, &g, NN_CONV_FORWARD, &way, error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  NnConvGeometry g = geometry (args->node);
  NnConvWay way;
  if (!nn_conv_choose (args->ctx, &g, args->batch, NN_CONV_WEIGHTS, &way))
    return nn_conv_general_backward (args, &g, error);
  /* First the weights: that pass leaves dz in place of dy, for the input's gradient. */
  if (args->grad[0] == NULL ? !nn_activation_backward (args, g.activation, error)
                            : !record_pass (args, &g, NN_CONV_WEIGHTS, &way, error))
    return FALSE;
  return args->dx[0] == NULL || (nn_conv_choose (args->ctx, &g, args->batch, NN_CONV_INPUT, &way) &&
                                 record_pass (args, &g, NN_CONV_INPUT, &way, error));
}

/* Calls visit for every pair of an input and an output element that a weight joins. */
typedef void (*Visit) (const NnRefArgs *args, gsize x, gsize y, gsize w, double dz);

/* Put into its callers together with what it visits: finite differences take it many thousand times. */
static inline __attribute__ ((always_inline)) void
ref_each (const NnRefArgs *args, const NnConvGeometry *g, gsize y, Visit visit, double dz)
{
  gsize out_c = (gsize) (g->groups * g->group_out), in_c = (gsize) (g->groups * g->group_in);
  gsize co = y % out_c, ox = y / out_c % (gsize) g->out[1], oy = y / out_c / (gsize) g->out[1] % (gsize) g->out[0];
  gsize n = y / out_c / (gsize) g->out[1] / (gsize) g->out[0], group = co / (gsize) g->group_out;
  for (int ky = 0; ky < g->kernel[0]; ky++)
    for (int kx = 0; kx < g->kernel[1]; kx++) {
      int iy = (int) oy * g->stride[0] - g->before[0] + ky, ix = (int) ox * g->stride[1] - g->before[1] + kx;
      if (iy < 0 || iy >= g->in[0] || ix < 0 || ix >= g->in[1])
        continue;
      gsize x = ((n * (gsize) g->in[0] + (gsize) iy) * (gsize) g->in[1] + (gsize) ix) * in_c + group * (gsize) g->group_in;
      gsize w = (gsize) ((ky * g->kernel[1] + kx) * g->group_in) * out_c + co;
      for (gsize ci = 0; ci < (gsize) g->group_in; ci++)
        visit (args, x + ci, y, w + ci * out_c, dz);
    }
}

static inline void
visit_forward (const NnRefArgs *args, gsize x, gsize y, gsize w, double dz)
{
  args->y[y] += args->x[0][x] * args->param[0][w];
}

static inline void
visit_backward (const NnRefArgs *args, gsize x, gsize y, gsize w, double dz)
{
  args->grad[0][w] += args->x[0][x] * dz;
  if (args->dx[0] != NULL)
    args->dx[0][x] += args->param[0][w] * dz;
}

static void
ref_forward (const NnRefArgs *args)
{
  NnConvGeometry g = geometry (args->node);
  gsize filters = args->node->shape.dims[2], n_y = args->batch * nn_shape_size (&args->node->shape);
  for (gsize y = 0; y < n_y; y++) {
    args->y[y] = g.bias ? args->param[1][y % filters] : 0;
    ref_each (args, &g, y, visit_forward, 0);
    args->y[y] = nn_activation_ref (g.activation, args->y[y]);
  }
}

static void
ref_backward (const NnRefArgs *args)
{
  NnConvGeometry g = geometry (args->node);
  gsize filters = args->node->shape.dims[2], n_y = args->batch * nn_shape_size (&args->node->shape);
  memset (args->grad[0], 0, nn_shape_size (&args->node->params[0].shape) * sizeof (double));
  if (g.bias)
    memset (args->grad[1], 0, filters * sizeof (double));
  if (args->dx[0] != NULL)
    memset (args->dx[0], 0, args->batch * nn_shape_size (&args->node->inputs[0]->shape) * sizeof (double));
  for (gsize y = 0; y < n_y; y++) {
    double dz = args->dy[y] * nn_activation_ref_grad (g.activation, args->y[y]);
    if (g.bias)
      args->grad[1][y % filters] += dz;
    ref_each (args, &g, y, visit_backward, dz);
  }
}

const NnOp nn_op_conv2d = {
  .id = "conv2d", .title = "Convolution", .n_inputs = 1, .attrs = attrs, .infer = infer, .forward = forward,
  .forward_pooled = forward_pooled,
  .backward = backward, .ref_forward = ref_forward, .ref_backward = ref_backward,
};
