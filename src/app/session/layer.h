/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PcnLayer:
 *
 * A layer of the network that is edited, and what is known about it: its place, its output, what is wrong
 * with it. Only #PcnNetwork changes it.
 *
 * Signal: #PcnLayer::changed: a setting, the output, the place or the error is another.
 */
#define PCN_TYPE_LAYER (pcn_layer_get_type ())
G_DECLARE_FINAL_TYPE (PcnLayer, pcn_layer, PCN, LAYER, GObject)

/**
 * PcnLayerFacts: what the layers before it and its settings make of a layer
 * @index: its place
 * @known: whether @shape and what follows hold; not where this layer or one before it is wrong
 * @shape: of its output
 * @node: of the graph: 0 is the picture
 * @error: (nullable): what is wrong with this layer
 */
typedef struct {
  guint index, node;
  gboolean known;
  NnShape shape;
  gsize n_weights;
  char *error;
} PcnLayerFacts;

/**
 * pcn_layer_new:
 * @attrs: in the order of the operator's table
 * @per_class: it has as many units as there are classes
 * @name, @inputs: (nullable): as in the specification
 */
PcnLayer *pcn_layer_new (const NnOp *op, const NnAttr *attrs, gboolean per_class, const char *name,
                         const char *const *inputs);

const NnOp *pcn_layer_get_op (PcnLayer *self);
/** pcn_layer_get_attr: @index: in the operator's table */
const NnAttr *pcn_layer_get_attr (PcnLayer *self, guint index);
const NnAttr *pcn_layer_get_attrs (PcnLayer *self);
gboolean pcn_layer_get_per_class (PcnLayer *self);
const char *pcn_layer_get_name (PcnLayer *self);
const char *const *pcn_layer_get_inputs (PcnLayer *self);
/** pcn_layer_get_frozen: Returns: whether training leaves its weights alone */
gboolean pcn_layer_get_frozen (PcnLayer *self);
void pcn_layer_set_frozen (PcnLayer *self, gboolean frozen);
/** pcn_layer_get_of_backbone: Returns: whether it comes before, or is, the last frozen layer: there is nothing to edit about
 * it */
gboolean pcn_layer_get_of_backbone (PcnLayer *self);
void pcn_layer_set_of_backbone (PcnLayer *self, gboolean of_backbone);
const PcnLayerFacts *pcn_layer_get_facts (PcnLayer *self);

/** pcn_layer_set_attr: Returns: whether that changed anything */
gboolean pcn_layer_set_attr (PcnLayer *self, guint index, const NnAttr *value);
/** pcn_layer_take_from: the settings of @other, which has the same operator */
void pcn_layer_take_from (PcnLayer *self, PcnLayer *other);
/** pcn_layer_set_facts: copies @facts; tells that something changed */
void pcn_layer_set_facts (PcnLayer *self, const PcnLayerFacts *facts);

G_END_DECLS
