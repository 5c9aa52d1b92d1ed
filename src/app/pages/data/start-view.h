/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnStartView:
 *
 * The data page before there is data: where to drop pictures, cards of ready-made sets, and what was open lately.
 */
#define PCN_TYPE_START_VIEW (pcn_start_view_get_type ())
G_DECLARE_FINAL_TYPE (PcnStartView, pcn_start_view, PCN, START_VIEW, AdwBin)

G_END_DECLS
