/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "tensor/tensor.h"

G_BEGIN_DECLS

/** NnDeviceSet: a whole set of pictures on a device: uint8 [n][stored] and int32 [n] */
typedef struct {
  guint n;
  NnShape stored;
  NnTensor *pixels, *labels;
} NnDeviceSet;

/** nn_device_set_new: uploads. @n_classes: labels must be below it. Errors: NN_ERROR_BAD_INPUT for an empty set */
NnDeviceSet *nn_device_set_new (NnContext *context, NnPixels *pixels, guint n_classes, GError **error);
void nn_device_set_free (NnDeviceSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnDeviceSet, nn_device_set_free)

G_END_DECLS
