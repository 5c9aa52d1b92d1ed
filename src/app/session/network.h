/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/layer.h"

#include "net/graph.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PcnNetwork:
 *
 * The network that is trained next: a preset, or what the user made of one. Each edit can be undone. Main
 * thread only.
 *
 * Properties, all read-only: "edited" (differs from its preset), "can-undo", "can-redo", "valid" (can be
 * trained).
 *
 * Signals: #PcnNetwork::changed: the user, or an undo, made it another one; #PcnNetwork::checked: what is
 * known of its layers is new, also because the data is another.
 */
#define PCN_TYPE_NETWORK (pcn_network_get_type ())
G_DECLARE_FINAL_TYPE (PcnNetwork, pcn_network, PCN, NETWORK, GObject)

PcnNetwork *pcn_network_new (void);

/**
 * pcn_network_load:
 * @preset: a name that nn_preset_names() lists
 * @spec: (nullable): the edited specification; one that can't be read counts as none
 *
 * From the settings or the data: can't be undone.
 */
void pcn_network_load (PcnNetwork *self, const char *preset, const char *spec);
/** pcn_network_set_data: @input: (nullable): size of the pictures; NULL for the network's own */
void pcn_network_set_data (PcnNetwork *self, const NnShape *input, guint n_classes);

/** pcn_network_get_layers: Returns: (transfer none): a GListModel of #PcnLayer, without the picture */
GListModel *pcn_network_get_layers (PcnNetwork *self);
const char *pcn_network_get_preset (PcnNetwork *self);
/** pcn_network_get_spec: Returns: (transfer none) (nullable): the specification, NULL while it is as in the
 * preset */
const char *pcn_network_get_spec (PcnNetwork *self);
/** pcn_network_get_pretrained: Returns: (nullable): the backbone that its first layers are */
const char *pcn_network_get_pretrained (PcnNetwork *self);
/** pcn_network_get_graph: Returns: (transfer none) (nullable): for the data at hand; NULL where a layer is
 * wrong */
const NnGraph *pcn_network_get_graph (PcnNetwork *self);

/** pcn_network_choose: begins anew with a preset */
void pcn_network_choose (PcnNetwork *self, const char *preset);
/** pcn_network_add: @op: an operator with one input; its settings are the table's. @index: before which layer
 */
void pcn_network_add (PcnNetwork *self, const NnOp *op, guint index);
void pcn_network_remove (PcnNetwork *self, guint index);
/** pcn_network_move: not into a backbone, nor out of it. To the place @to of the list without the layer */
void pcn_network_move (PcnNetwork *self, guint from, guint to);
/** pcn_network_set_attr: changes of the same setting that follow each other quickly are one step for undo */
void pcn_network_set_attr (PcnNetwork *self, guint index, guint attr, const NnAttr *value);
void pcn_network_undo (PcnNetwork *self);
void pcn_network_redo (PcnNetwork *self);

G_END_DECLS
