/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

G_BEGIN_DECLS

/* What max_pool and avg_pool share: the geometry of the windows. */

enum {
  NN_POOL_SIZE,
  NN_POOL_STRIDE,
  NN_POOL_PADDING,
  NN_POOL_PADS_BEGIN,
  NN_POOL_PADS_END,
};

extern const NnAttrSpec nn_pool_attrs[];

/**
 * NnPoolGeometry: of pictures height × width × channels. Padding "valid" has windows inside the picture only; "same"
 * gives ceil(input / stride) outputs, the odd padded pixel at the bottom and the right, as TensorFlow does;
 * "explicit" pads as it is told, as PyTorch does. What is padded counts for neither the largest nor the mean.
 */
typedef struct {
  int channels;
  int in[2], out[2], size[2], stride[2], before[2];
} NnPoolGeometry;

NnPoolGeometry nn_pool_geometry (const NnNode *node);
/** nn_pool_is_halving: Returns: whether @node is a max pooling of 2×2 pixels at stride 2 without padding */
gboolean nn_pool_is_halving (const NnNode *node);
gboolean nn_pool_infer (NnNode *node, GError **error);

/** NN_POOL_EXTENTS: the arguments that a kernel of pool.cl takes after the batch */
#define NN_POOL_EXTENTS(g) \
  NN_INT ((g).in[0]), NN_INT ((g).in[1]), NN_INT ((g).out[0]), NN_INT ((g).out[1]), NN_INT ((g).channels)

/** nn_pool_record: launches @kernel of pool.cl, one of the @family MAX_POOL or AVG_POOL, over the pixels of @extent
 * (height, width) of each sample */
gboolean nn_pool_record (NnOpArgs *args, const char *family, const char *kernel, const int extent[2],
                         const NnArg *kernel_args, gsize n_args, GError **error);

/** nn_pool_window: the part [from, to) of window @o that lies inside the picture, in dimension @d */
void nn_pool_window (const NnPoolGeometry *g, int d, int o, int *from, int *to);

G_END_DECLS
