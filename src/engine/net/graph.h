/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

G_BEGIN_DECLS

/**
 * NnTrainerKind: how a network learns, named in its specification by "trainer"
 */
typedef enum {
  NN_TRAINER_GRADIENT,   /* "gradient": back-propagation and an optimizer */
  NN_TRAINER_PERCEPTRON, /* "perceptron": Rosenblatt's rule on the last dense layer */
} NnTrainerKind;

/**
 * NnGraph:
 *
 * A network: a directed acyclic graph of named nodes, in an order in which every node comes after its inputs. The first
 * node is the input (operator "input"); the last one gives the logits, [classes]. Immutable and reference-counted
 * (atomically); any thread may read it.
 *
 * Its specification is JSON:
 *   { "format": 1, "name": "convnet", "trainer": "gradient",
 *     "input": { "height": 28, "width": 28, "channels": 1 },
 *     "layers": [ { "op": "conv2d", "name": "conv1", "filters": 32, "kernel": 3, "activation": "relu" },
 *                 { "op": "max_pool", "size": 2 }, …,
 *                 { "op": "add", "inputs": [ "conv1", "conv3" ] }, …,
 *                 { "op": "dense", "units": "classes" } ] }
 * A layer without "inputs" takes the one before it; a layer without "name" is called after its operator and number.
 * "frozen": true in a layer keeps its weights out of training; no such layer may come behind one that learns.
 * "pretrained": "efficientnet-lite0" beside "name" says where the first weights of the frozen layers come from: the
 * backbone of that name (train/backbone.h), by the names of its layers.
 */
typedef struct _NnGraph NnGraph;

/**
 * nn_graph_new_from_json:
 * @input: (nullable): height, width, channels of the data; NULL takes the specification's own
 * @n_classes: what "classes" stands for; at least 2
 *
 * Errors (NN_ERROR_BAD_INPUT) name the node or the place in the text.
 */
NnGraph *nn_graph_new_from_json (const char *json, gssize length, const NnShape *input, guint n_classes,
                                 GError **error);

/** nn_graph_input_from_json: @input: (out): the picture size that the specification itself names */
gboolean nn_graph_input_from_json (const char *json, gssize length, NnShape *input, GError **error);

/** nn_graph_new_from_preset: @name: a preset's name, the path of a JSON file, or the JSON itself, which begins
 * with a brace */
NnGraph *nn_graph_new_from_preset (const char *name, const NnShape *input, guint n_classes, GError **error);

NnGraph *nn_graph_ref (NnGraph *self);
void nn_graph_unref (NnGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnGraph, nn_graph_unref)

/** nn_graph_to_json: Returns: (transfer full): the specification with every attribute and name spelled out */
char *nn_graph_to_json (const NnGraph *self);

const char *nn_graph_get_name (const NnGraph *self);
NnTrainerKind nn_graph_get_trainer (const NnGraph *self);
/** nn_graph_get_pretrained: Returns: (nullable): the backbone that the network's first weights come from */
const char *nn_graph_get_pretrained (const NnGraph *self);
guint nn_graph_get_n_classes (const NnGraph *self);
/** nn_graph_get_input_shape: Returns: (transfer none): height, width, channels */
const NnShape *nn_graph_get_input_shape (const NnGraph *self);
guint nn_graph_get_n_nodes (const NnGraph *self);
const NnNode *nn_graph_get_node (const NnGraph *self, guint index);
/** nn_graph_count_params: Returns: the number of trained weights */
gsize nn_graph_count_params (const NnGraph *self);
/** nn_graph_count_flops: Returns: of one sample's forward pass */
guint64 nn_graph_count_flops (const NnGraph *self);

/** nn_graph_count_blocks: Returns: how many blocks are frozen: layers with weights that follow each other, and have a name
 * with the same beginning up to the first point (b3.expand, b3.dw, b3.project) */
guint nn_graph_count_blocks (const NnGraph *self);
/** nn_graph_new_unfrozen: Returns: (transfer full): the same network with the last @n_blocks frozen blocks set free, or all
 * where there are fewer. Its nodes have the same order and names */
NnGraph *nn_graph_new_unfrozen (const NnGraph *self, guint n_blocks);

/**
 * NnBuilder: makes a graph node by node, for importers. nn_builder_finish() consumes it.
 */
typedef struct _NnBuilder NnBuilder;
NnBuilder *nn_builder_new (const char *name, const NnShape *input);
void nn_builder_free (NnBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NnBuilder, nn_builder_free)
void nn_builder_set_trainer (NnBuilder *self, NnTrainerKind trainer);
void nn_builder_set_pretrained (NnBuilder *self, const char *pretrained);
/** nn_builder_freeze: keeps the weights of the node that was added last out of training */
void nn_builder_freeze (NnBuilder *self);
/**
 * nn_builder_add:
 * @attrs: (nullable): NN_MAX_ATTRS values in the order of the operator's table; NULL for its defaults
 *   (NN_ATTR_UNITS must be a number here)
 * @inputs: (nullable): names of nodes; NULL for the last one added
 *
 * Returns: (transfer none): the new node, its shape inferred; NULL with an error that names it
 */
const NnNode *nn_builder_add (NnBuilder *self, const char *op, const char *name, const NnAttr *attrs,
                              const char *const *inputs, GError **error);
NnGraph *nn_builder_finish (NnBuilder *self, GError **error);

/** nn_preset_names: Returns: (transfer none): NULL-terminated: "perceptron", "mlp", "convnet", … */
const char *const *nn_preset_names (void);
/** nn_preset_json: Returns: (transfer full): the text of a preset, or NULL with an error that lists them */
GBytes *nn_preset_json (const char *name, GError **error);
/** nn_preset_is_pretrained: @name: as of nn_graph_new_from_preset(). Returns: whether its first layers start from a backbone;
 * FALSE also where it can't be read */
gboolean nn_preset_is_pretrained (const char *name);
/** nn_preset_with_hidden: Returns: (transfer full): the text of a pretrained network with a hidden layer of @units numbers
 * and ReLU in front of its last one; NULL where @name isn't one (NN_ERROR_BAD_INPUT) */
char *nn_preset_with_hidden (const char *name, guint units, GError **error);
/** nn_preset_input: the picture size that a preset is made for, when the data has none of its own (photos) */
gboolean nn_preset_input (const char *name, NnShape *input, GError **error);

G_END_DECLS
