/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/activation.h"
#include "ops/tuning.h"

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

/** NnConvPass: what is computed: y, or the gradient of the weights, or that of the input */
typedef enum {
  NN_CONV_FORWARD,
  NN_CONV_WEIGHTS,
  NN_CONV_INPUT,
} NnConvPass;

/** NnConvWay: with the kernels of winograd.cl, or those of conv.cl */
typedef struct {
  gboolean winograd;
  NnCpuTile tile;
} NnConvWay;

/** nn_conv_choose: @way: (out): of a CPU, to do a pass. Returns: FALSE where the general kernels have to do it */
gboolean nn_conv_choose (NnContext *ctx, const NnConvGeometry *self, guint batch, NnConvPass pass, NnConvWay *way);

/** nn_conv_key: Returns: (transfer full): the name of a pass for nn_ways_choose() */
char *nn_conv_key (const NnConvGeometry *self, guint batch, NnConvPass pass);

/**
 * nn_conv_cpu_suits: Returns: whether the kernels of conv.cl can do a pass with a tile, and pool where @self wants it
 * nn_conv_cpu_record: records the pass. Backward, the weights come before the input: that pass leaves dz in place of dy
 */
gboolean nn_conv_cpu_suits (NnContext *ctx, const NnConvGeometry *self, guint batch, NnConvPass pass, const NnCpuTile *tile);
gboolean nn_conv_cpu_record (NnOpArgs *args, const NnConvGeometry *self, NnConvPass pass, const NnCpuTile *tile, GError **error);

/**
 * nn_conv_winograd_pays: Returns: whether winograd.cl is the rule for this shape, forward and back
 * nn_conv_winograd_suits: Returns: whether it can do a pass with a tile
 * nn_conv_winograd_record: records the pass, as nn_conv_cpu_record()
 */
gboolean nn_conv_winograd_pays (NnContext *ctx, const NnConvGeometry *self, guint batch);
gboolean nn_conv_winograd_suits (NnContext *ctx, const NnConvGeometry *self, guint batch, NnConvPass pass, const NnCpuTile *tile);
gboolean nn_conv_winograd_record (NnOpArgs *args, const NnConvGeometry *self, NnConvPass pass, const NnCpuTile *tile, GError **error);
/** nn_conv_winograd_columns: Returns: channels that decide about the tile */
guint nn_conv_winograd_columns (const NnConvGeometry *self);

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
