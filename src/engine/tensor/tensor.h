/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cl/context.h"

G_BEGIN_DECLS

#define NN_MAX_RANK 4

/**
 * NnShape:
 * @rank: 0 to 4
 * @dims: extents, outermost first. Pictures are height, width, channels (NHWC without its N); sequences steps, features
 *
 * The shape of one sample, or of a weight. The batch is never part of it.
 */
typedef struct {
  guint rank;
  guint dims[NN_MAX_RANK];
} NnShape;

#define NN_SHAPE(...) \
  ((NnShape){ .rank = sizeof ((const guint[]){ __VA_ARGS__ }) / sizeof (guint), .dims = { __VA_ARGS__ } })

/** nn_shape_size: Returns: the number of elements; 1 for rank 0; G_MAXSIZE on overflow */
gsize nn_shape_size (const NnShape *self);
gboolean nn_shape_equal (const NnShape *a, const NnShape *b);
/** nn_shape_to_string: Returns: (transfer full): for example "28×28×1" */
char *nn_shape_to_string (const NnShape *self);

typedef enum {
  NN_DTYPE_FLOAT32,
  NN_DTYPE_UINT8,
  NN_DTYPE_INT32,
} NnDtype;

gsize nn_dtype_size (NnDtype dtype);

/**
 * NnTensor:
 * @dtype: type of its elements
 * @size: number of elements, batch included
 * @buffer: its device memory
 *
 * A typed piece of device memory, dense and row-major. Plain reference-counted, one thread.
 */
typedef struct {
  NnDtype dtype;
  gsize size;
  NnBuffer *buffer;
  guint refs;
} NnTensor;

NnTensor *nn_tensor_new (NnContext *context, NnDtype dtype, gsize size, GError **error);
/** nn_tensor_new_view: @size elements of @dtype at the start of @buffer, sharing its memory */
NnTensor *nn_tensor_new_view (NnBuffer *buffer, NnDtype dtype, gsize size);
NnTensor *nn_tensor_ref (NnTensor *self);
void nn_tensor_unref (NnTensor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnTensor, nn_tensor_unref)
gsize nn_tensor_get_bytes (const NnTensor *self);
/** nn_tensor_upload, nn_tensor_download: all elements; block until done */
gboolean nn_tensor_upload (NnTensor *self, const void *data, GError **error);
gboolean nn_tensor_download (NnTensor *self, void *data, GError **error);

G_END_DECLS
