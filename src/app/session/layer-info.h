/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/layer.h"

G_BEGIN_DECLS

/** pcn_layer_info_title: Returns: what to call an operator */
const char *pcn_layer_info_title (const NnOp *op);
/** pcn_layer_info_attr: Returns: what to call a setting; NULL for one that only files need */
const char *pcn_layer_info_attr (const char *name);
/** pcn_layer_info_choice: Returns: what to call a choice of a setting; NULL for one that only files need */
const char *pcn_layer_info_choice (const char *name);

/** pcn_layer_info_describe: Returns: (transfer full): its settings, output and weights in a line, or what is
 * wrong */
char *pcn_layer_info_describe (PcnLayer *layer);

G_END_DECLS
