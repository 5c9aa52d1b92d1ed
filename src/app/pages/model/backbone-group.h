/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/network.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnBackboneGroup:
 *
 * Of a network that builds on a pretrained backbone: what that is, and where it isn't there, how to obtain it. Hidden for
 * other networks.
 */
#define PCN_TYPE_BACKBONE_GROUP (pcn_backbone_group_get_type ())
G_DECLARE_FINAL_TYPE (PcnBackboneGroup, pcn_backbone_group, PCN, BACKBONE_GROUP, AdwPreferencesGroup)

/** pcn_backbone_group_set_network: once */
void pcn_backbone_group_set_network (PcnBackboneGroup *self, PcnNetwork *network);

G_END_DECLS
