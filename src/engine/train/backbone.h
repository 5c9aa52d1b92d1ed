/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

G_BEGIN_DECLS

/* Pretrained backbones: model files whose weights the first layers of a network start from. They are obtained once, by
 * "./dev data backbone", and lie in the folder "perceptron/backbones" of the user's or the system's data. */

/**
 * NnBackbone: what people should know of one
 * @name: as the specification of a network names it by "pretrained"
 * @title, @licence: for people; not translated
 * @download_bytes, @bytes: what is loaded from the network to obtain it, and the size of its file
 */
typedef struct {
  const char *name, *title, *licence;
  guint64 download_bytes, bytes;
} NnBackbone;

/** nn_backbone_get: Returns: (nullable): the backbone of that name */
const NnBackbone *nn_backbone_get (const char *name);

/** nn_backbone_find: Returns: (transfer full) (nullable) (type filename): its file; NULL where it isn't there */
char *nn_backbone_find (const char *name);

/**
 * nn_backbone_fill:
 * @model: its graph says by "pretrained" which backbone it wants; otherwise nothing is done
 *
 * Gives the layers of @model that have the name and the shape of one of the backbone its weights, and @model the
 * backbone's preprocessing. Reads the file, so not on the main thread.
 *
 * Errors: NN_ERROR_UNSUPPORTED where the backbone isn't there (the message says how to obtain it) or not known,
 * NN_ERROR_BAD_INPUT where a frozen layer has no counterpart, those of nn_onnx_load()
 */
gboolean nn_backbone_fill (NnModel *model, GError **error);

G_END_DECLS
