/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"
#include "widgets/canvas.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnDrawView:
 *
 * A canvas to draw digits on, and what the model says to them at every motion of the pen.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_DRAW_VIEW (pcn_draw_view_get_type ())
G_DECLARE_FINAL_TYPE (PcnDrawView, pcn_draw_view, PCN, DRAW_VIEW, AdwBin)

/** pcn_draw_view_get_canvas: Returns: (transfer none) */
PcnCanvas *pcn_draw_view_get_canvas (PcnDrawView *self);

G_END_DECLS
