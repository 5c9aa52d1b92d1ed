/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"

G_BEGIN_DECLS

/* metadata_props of a model file: what ONNX itself has no place for. docs/formats.md lists the keys. */

#define NN_ONNX_KEY_FORMAT "perceptron.format"
#define NN_ONNX_KEY_GRAPH "perceptron.graph"
#define NN_ONNX_KEY_CLASSES "perceptron.classes"
#define NN_ONNX_KEY_PREPROCESS "perceptron.preprocess"
/** NN_ONNX_KEY_INFO: in front of the keys of nn_model_get_metadata() */
#define NN_ONNX_KEY_INFO "perceptron.info."

/** NN_ONNX_FORMAT: of the metadata. A file with a higher number isn't read */
#define NN_ONNX_FORMAT 1

char *nn_onnx_classes_to_json (NnModel *model);
/** nn_onnx_classes_from_json: Returns: (transfer full): NULL-terminated, at least 2 names */
char **nn_onnx_classes_from_json (const char *json, GError **error);

char *nn_onnx_preprocess_to_json (NnModel *model);
/** nn_onnx_preprocess_from_json: @channels: how many values the lists must have */
gboolean nn_onnx_preprocess_from_json (const char *json, guint channels, NnPreprocess *preprocess,
                                       GError **error);

/** NN_ONNX_MAX_TEXT: bytes of a specification or a list of classes. Parsed, they take fifty times the memory
 */
#define NN_ONNX_MAX_TEXT ((gsize) 4 << 20)

/** nn_onnx_json_is_tame: Returns: whether @json can be given to the parser: no longer than NN_ONNX_MAX_TEXT,
 * and nesting no deeper than a specification can; deeper ones would overflow the stack in the parser, which
 * calls itself */
gboolean nn_onnx_json_is_tame (const char *json);

G_END_DECLS
