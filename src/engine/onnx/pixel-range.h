/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

G_BEGIN_DECLS

/* Which numbers a model of another program wants for black and white. Its file seldom says so: the import guesses
 * (docs/formats.md), writes the guess into the metadata "pixels", and here it is put right. Any thread. */

/**
 * nn_onnx_pixel_ranges: Returns: (transfer none): NULL-terminated names: "0-1", "0-255", "-1-1"
 */
const char *const *nn_onnx_pixel_ranges (void);

/** nn_onnx_get_pixel_range: Returns: the name of what @model takes; NULL for models of this program, which know */
const char *nn_onnx_get_pixel_range (NnModel *model);

/**
 * nn_onnx_set_pixel_range:
 * @model: just made: nobody else has seen it
 * @error: NN_ERROR_BAD_INPUT where @range isn't one of them, or @model is of this program
 *
 * Changes the preprocessing so that the network gets numbers from that range.
 */
gboolean nn_onnx_set_pixel_range (NnModel *model, const char *range, GError **error);

G_END_DECLS
