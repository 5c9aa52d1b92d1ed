/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "onnx/export/export.h"

G_BEGIN_DECLS

/* The forms of export, for export.c. */

/** nn_safetensors_to_bytes: all weights by the names and in the order of the ONNX file */
GBytes *nn_safetensors_to_bytes (NnModel *model, GError **error);
/** nn_safetensors_compare: reads @bytes anew. Returns: the largest difference to a weight of @model; INFINITY
 * where one is missing or the file is damaged */
double nn_safetensors_compare (NnModel *model, GBytes *bytes);

/** NN_C_HEADER_BEGIN: how every header begins that nn_c_source() makes */
#define NN_C_HEADER_BEGIN "/* A network that tells "

/** nn_c_source_check: Returns: FALSE with the reason where the network can't be written as C, or is too large
 * for that */
gboolean nn_c_source_check (NnModel *model, GError **error);
/**
 * nn_c_source:
 * @name: what its functions begin with: letters, digits and underlines
 * @header, @source: (out) (transfer full): C99 without allocation
 */
gboolean nn_c_source (NnModel *model, const char *name, const NnExportSamples *samples, char **header,
                      char **source, GError **error);

G_END_DECLS
