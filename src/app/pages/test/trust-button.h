/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnTrustButton:
 *
 * A button whose popover shows how far the tested model can be trusted, and asks from when on: the
 * reliability plot, the threshold below which an answer is unknown, what is left by it, and the calibration
 * error. It has the model evaluated when it opens.
 *
 * Property: "session".
 */
#define PCN_TYPE_TRUST_BUTTON (pcn_trust_button_get_type ())
G_DECLARE_FINAL_TYPE (PcnTrustButton, pcn_trust_button, PCN, TRUST_BUTTON, AdwBin)

G_END_DECLS
