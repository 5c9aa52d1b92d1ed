/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnDataPage:
 *
 * The first step: pictures come in; their classes, a grid of them, and what can't be used.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_DATA_PAGE (pcn_data_page_get_type ())
G_DECLARE_FINAL_TYPE (PcnDataPage, pcn_data_page, PCN, DATA_PAGE, AdwBin)

G_END_DECLS
