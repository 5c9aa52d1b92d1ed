/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"
#include "widgets/canvas.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnTeach:
 *
 * Where the user says what a drawing is that the network got wrong (by a click or the key of the class), and
 * sees how it is learnt.
 *
 * Properties: "session" (the #PcnSession), "canvas" (the #PcnCanvas with the drawing).
 */
#define PCN_TYPE_TEACH (pcn_teach_get_type ())
G_DECLARE_FINAL_TYPE (PcnTeach, pcn_teach, PCN, TEACH, AdwBin)

G_END_DECLS
