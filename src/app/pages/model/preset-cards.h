/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/network.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnPresetCards:
 *
 * The ready-made networks as cards, of which one is chosen: a new beginning for the network that is edited.
 */
#define PCN_TYPE_PRESET_CARDS (pcn_preset_cards_get_type ())
G_DECLARE_FINAL_TYPE (PcnPresetCards, pcn_preset_cards, PCN, PRESET_CARDS, AdwBin)

void pcn_preset_cards_set_network (PcnPresetCards *self, PcnNetwork *network);

G_END_DECLS
