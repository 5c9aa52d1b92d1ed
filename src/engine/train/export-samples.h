/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/pixels.h"
#include "onnx/export/export.h"
#include "train/predictor.h"

G_BEGIN_DECLS

/**
 * nn_export_samples_new:
 * @pixels: (nullable): pictures in the network's input shape or larger (then the middle is taken), of which
 * some are used; NULL: noise
 *
 * What an export is compared with: pictures, and what the model says to them on the device of @context, in
 * its thread.
 *
 * Returns: (transfer full) (nullable): as many as the interpreter gets through in a second or so
 */
NnExportSamples *nn_export_samples_new (NnContext *context, NnModel *model, const NnPixels *pixels,
                                        GError **error);

/** nn_export_load_pixels: Returns: (transfer full): some pictures of a data set, in the shape and fit of
 * @model */
NnPixels *nn_export_load_pixels (NnDataset *dataset, NnModel *model, GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
