/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnModelPage:
 *
 * The second step: which network is trained, and its layers.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_MODEL_PAGE (pcn_model_page_get_type ())
G_DECLARE_FINAL_TYPE (PcnModelPage, pcn_model_page, PCN, MODEL_PAGE, AdwBin)

G_END_DECLS
