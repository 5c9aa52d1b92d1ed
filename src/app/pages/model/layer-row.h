/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/network.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnLayerRow:
 *
 * A layer in the list: what it gives, and its settings when the row is open. Moves by its handle or Alt+Up
 * and Alt+Down, goes with Delete.
 *
 * Signal: #PcnLayerRow::entered: it got the focus or was opened.
 */
#define PCN_TYPE_LAYER_ROW (pcn_layer_row_get_type ())
G_DECLARE_FINAL_TYPE (PcnLayerRow, pcn_layer_row, PCN, LAYER_ROW, AdwExpanderRow)

GtkWidget *pcn_layer_row_new (PcnNetwork *network, PcnLayer *layer);
PcnLayer *pcn_layer_row_get_layer (PcnLayerRow *self);

G_END_DECLS
