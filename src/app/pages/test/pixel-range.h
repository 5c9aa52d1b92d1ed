/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnPixelRange:
 *
 * Lets the user put right what was guessed of a model of another program: which numbers it takes for black to
 * white. Invisible for other models.
 *
 * Property: "session".
 */
#define PCN_TYPE_PIXEL_RANGE (pcn_pixel_range_get_type ())
G_DECLARE_FINAL_TYPE (PcnPixelRange, pcn_pixel_range, PCN, PIXEL_RANGE, AdwBin)

G_END_DECLS
