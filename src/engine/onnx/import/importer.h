/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/model.h"
#include "onnx/run/operator.h"

G_BEGIN_DECLS

/* The inside of the importer. It goes through the nodes once, with a batch of one in mind, and plans layers;
 * build.c makes the network of the plan. */

#define NN_ONNX_MAX_WEIGHTS 4

/**
 * NnOnnxPlanned: a layer to be
 * @name: (nullable): the node's
 * @inputs: places in the plan
 * @weights: numbers in ONNX's order, by the name that the operator has for them
 * @pending: nodes and outputs of the file that still want what it gives
 * @readers: layers of the plan that take it already
 */
typedef struct {
  const NnOp *op;
  char *name;
  NnAttr attrs[NN_MAX_ATTRS];
  guint n_inputs;
  guint inputs[NN_MAX_INPUTS];
  guint n_weights;
  struct {
    const char *name;
    float *data;
    gsize size;
  } weights[NN_ONNX_MAX_WEIGHTS];
  guint pending, readers;
} NnOnnxPlanned;

/**
 * NnOnnxFlow: a value of the file
 * @constant: its numbers, when they are known; else:
 * @layer: what gives it, in the plan; 0 is the picture
 * @rank, @dims: its shape in the file, the batch taken for 1
 * @hwc: of four extents the channels are the last, as in the program
 * @vector: one number a channel, whatever @rank is: the layer gives a vector
 * @picture: channels, height, width of the picture that was flattened in ONNX's order, which isn't ours; else
 * 0
 * @softmax: only the end may follow
 */
typedef struct {
  NnOnnxValue *constant;
  guint layer;
  guint rank;
  gsize dims[NN_ONNX_MAX_RANK];
  gboolean hwc;
  gboolean vector;
  gsize picture[3];
  gboolean softmax;
} NnOnnxFlow;

/**
 * NnOnnxImporter:
 * @flows: NnOnnxFlow by name; @uses: how often each name is wanted; @constants: TensorProto by name
 * @plan: NnOnnxPlanned; the first one is the input
 * @input: height, width, channels
 * @scale, @offset: what the arithmetic in front makes of a pixel, by channel
 * @in: of the node at its turn, one a input; NULL for those left out
 */
typedef struct {
  const NnOnnx__ModelProto *proto;
  const char *folder;
  gint64 opset;
  NnOnnxBudget budget;
  GHashTable *flows, *uses, *constants;
  GPtrArray *plan;
  NnShape input;
  double scale[NN_MAX_CHANNELS], offset[NN_MAX_CHANNELS];
  const NnOnnxFlow **in;
} NnOnnxImporter;

/** NnOnnxRule: how nodes become layers: reads the node's inputs from @self->in, and fills @y, which starts as
 * a copy of the first one. What goes wrong is kept in @call */
typedef struct {
  const char *name;
  void (*plan) (NnOnnxImporter *self, NnOnnxCall *call, NnOnnxFlow *y);
} NnOnnxRule;

/** The tables of rules; each ends with an empty row */
extern const NnOnnxRule nn_onnx_layer_rules[];
extern const NnOnnxRule nn_onnx_shape_rules[];
extern const NnOnnxRule nn_onnx_arithmetic_rules[];

/** nn_onnx_plan_layer: Returns: (transfer none): a new layer at the end of the plan, called after @call's
 * node, with one input. @y becomes what it gives; its shape is left. */
NnOnnxPlanned *nn_onnx_plan_layer (NnOnnxImporter *self, NnOnnxCall *call, const char *op, NnOnnxFlow *y);
/** nn_onnx_plan_attr: sets both numbers of an attribute */
void nn_onnx_plan_attr (NnOnnxPlanned *layer, const char *name, gint64 a, gint64 b);
/** nn_onnx_plan_attr_float: sets an attribute that is a number */
void nn_onnx_plan_attr_float (NnOnnxPlanned *layer, const char *name, double value);
/** nn_onnx_plan_choice: sets an attribute to one of its choices. FALSE when there is no such choice */
gboolean nn_onnx_plan_choice (NnOnnxPlanned *layer, const char *name, const char *choice);
/** nn_onnx_plan_is: whether a choice is set */
gboolean nn_onnx_plan_is (const NnOnnxPlanned *layer, const char *name, const char *choice);
/** nn_onnx_plan_weight: Returns: (transfer none): @n zeros to be filled, in ONNX's order */
float *nn_onnx_plan_weight (NnOnnxPlanned *layer, const char *name, gsize n);

/** nn_onnx_plan_get: Returns: (transfer none): the layer that gives @flow */
NnOnnxPlanned *nn_onnx_plan_get (NnOnnxImporter *self, const NnOnnxFlow *flow);
/** nn_onnx_plan_is_free: whether nobody but the node at its turn sees what gives @flow, so that it may be
 * changed */
gboolean nn_onnx_plan_is_free (NnOnnxImporter *self, const NnOnnxFlow *flow);
/** nn_onnx_plan_picture: whether the input @index is a picture in ONNX's order; else with an error */
gboolean nn_onnx_plan_picture (NnOnnxImporter *self, NnOnnxCall *call, guint index);
/** nn_onnx_plan_constant: Returns: (transfer none): the input @index, which must be known numbers. NULL with
 * an error */
const NnOnnxValue *nn_onnx_plan_constant (NnOnnxImporter *self, NnOnnxCall *call, guint index);
/** nn_onnx_plan_reorder: Returns: where the number @i of a flattened picture is in ours */
gsize nn_onnx_plan_reorder (const NnOnnxFlow *flow, gsize i);

/** nn_onnx_plan_build: Returns: (transfer full): the model; @end is what the file gives */
NnModel *nn_onnx_plan_build (NnOnnxImporter *self, const NnOnnxFlow *end, GError **error);

G_END_DECLS
