/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnPreview:
 *
 * A window with one sample at full size, what is known of it, and what the network sees of it, plain and varied as in
 * training. The arrow keys go to the next one, Delete leaves it out, Escape closes.
 */
#define PCN_TYPE_PREVIEW (pcn_preview_get_type ())
G_DECLARE_FINAL_TYPE (PcnPreview, pcn_preview, PCN, PREVIEW, AdwWindow)

/** pcn_preview_new: @samples: of #PcnSample; the one at @position is shown first */
PcnPreview *pcn_preview_new (PcnSession *session, GListModel *samples, guint position);

G_END_DECLS
