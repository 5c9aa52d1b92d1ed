/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/activation.h"

G_BEGIN_DECLS

/* What conv2d.c shares with the files that record its launches, one for each style of kernel. */

/**
 * NnConvGeometry: of pictures height × width × channels; pairs are height, width
 * @before: padding above and to the left; the padding on the other side follows from @out
 * @group_in, @group_out: channels of one of @groups
 * @pool: of the output, only the largest of each 2×2 pixels is written (forward of conv.cl and winograd.cl only)
 */
typedef struct {
  int in[2], out[2], kernel[2], stride[2], before[2];
  int groups, group_in, group_out;
  NnActivation activation;
  gboolean bias;
  gboolean pool;
} NnConvGeometry;

/** nn_conv_turned: Returns: the gradient of the input as a convolution of dz, with every role exchanged; where @self has a
 * stride, dz is spread out by it */
NnConvGeometry nn_conv_turned (const NnConvGeometry *self);

/** nn_conv_options: Returns: the build options that conv.cl and conv-general.cl share */
GString *nn_conv_options (const NnConvGeometry *self);

/** nn_conv_cpu_suits: Returns: whether the kernels of conv.cl suit the device and the shape */
gboolean nn_conv_cpu_suits (NnContext *ctx, const NnConvGeometry *self, guint batch);
gboolean nn_conv_cpu_forward (NnOpArgs *args, const NnConvGeometry *self, GError **error);
/** nn_conv_cpu_pools: Returns: whether conv.cl can pool as well, as NnOp.forward_pooled wants; @self has @pool then */
gboolean nn_conv_cpu_pools (NnContext *ctx, const NnConvGeometry *self, guint batch);
gboolean nn_conv_cpu_backward (NnOpArgs *args, const NnConvGeometry *self, GError **error);

/** nn_conv_winograd_suits: Returns: whether winograd.cl can do it, and pays */
gboolean nn_conv_winograd_suits (NnContext *ctx, const NnConvGeometry *self, guint batch);
gboolean nn_conv_winograd_forward (NnOpArgs *args, const NnConvGeometry *self, GError **error);
gboolean nn_conv_winograd_backward (NnOpArgs *args, const NnConvGeometry *self, GError **error);

/** nn_conv_general_forward, nn_conv_general_backward: for every device and shape */
gboolean nn_conv_general_forward (NnOpArgs *args, const NnConvGeometry *self, GError **error);
gboolean nn_conv_general_backward (NnOpArgs *args, const NnConvGeometry *self, GError **error);
/** nn_conv_sum_columns: of @rows × @columns floats, with scratch of its own */
gboolean nn_conv_sum_columns (NnOpArgs *args, gsize rows, guint columns, NnTensor *x, NnTensor *out, GError **error);

/** nn_conv_depthwise_suits: Returns: whether conv-depthwise.cl suits the device and the shape, for the general path */
gboolean nn_conv_depthwise_suits (NnContext *ctx, const NnConvGeometry *self);
gboolean nn_conv_depthwise_forward (NnOpArgs *args, const NnConvGeometry *self, GError **error);
/** nn_conv_depthwise_weights, nn_conv_depthwise_input: from dz, which lies in dy */
gboolean nn_conv_depthwise_weights (NnOpArgs *args, const NnConvGeometry *self, GError **error);
gboolean nn_conv_depthwise_input (NnOpArgs *args, const NnConvGeometry *self, GError **error);

G_END_DECLS
