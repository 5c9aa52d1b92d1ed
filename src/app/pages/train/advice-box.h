/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnAdviceBox:
 *
 * Says in plain words what goes wrong with a run, with a button for each thing that can be done about it. Out of sight
 * while all is well, or once it was closed.
 *
 * Properties: "session".
 */
#define PCN_TYPE_ADVICE_BOX (pcn_advice_box_get_type ())
G_DECLARE_FINAL_TYPE (PcnAdviceBox, pcn_advice_box, PCN, ADVICE_BOX, AdwBin)

G_END_DECLS
