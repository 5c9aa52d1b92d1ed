/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnNoDevice:
 *
 * What to do where there is no device to compute on.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_NO_DEVICE (pcn_no_device_get_type ())
G_DECLARE_FINAL_TYPE (PcnNoDevice, pcn_no_device, PCN, NO_DEVICE, AdwBin)

G_END_DECLS
