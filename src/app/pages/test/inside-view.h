/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"
#include "widgets/canvas.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnInsideView:
 *
 * What the tested network makes of a drawing or a picture, layer by layer, live, and its first filters.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_INSIDE_VIEW (pcn_inside_view_get_type ())
G_DECLARE_FINAL_TYPE (PcnInsideView, pcn_inside_view, PCN, INSIDE_VIEW, AdwBin)

/** pcn_inside_view_share: @canvas: what is drawn there is seen here, and the other way round */
void pcn_inside_view_share (PcnInsideView *self, PcnCanvas *canvas);

G_END_DECLS
