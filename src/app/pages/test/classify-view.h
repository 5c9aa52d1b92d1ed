/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnClassifyView:
 *
 * A picture from a file, and what the model says to it.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_CLASSIFY_VIEW (pcn_classify_view_get_type ())
G_DECLARE_FINAL_TYPE (PcnClassifyView, pcn_classify_view, PCN, CLASSIFY_VIEW, AdwBin)

G_END_DECLS
