/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnDeviceExpander:
 *
 * A device of the preferences: whether it is preferred and offered, its self-test, its facts, or why it can't
 * be used.
 */
#define PCN_TYPE_DEVICE_EXPANDER (pcn_device_expander_get_type ())
G_DECLARE_FINAL_TYPE (PcnDeviceExpander, pcn_device_expander, PCN, DEVICE_EXPANDER, AdwExpanderRow)

/** pcn_device_expander_new: @first: (nullable): the first row of the list, of which only one can be preferred
 */
PcnDeviceExpander *pcn_device_expander_new (PcnSession *session, NnDevice *device, PcnDeviceExpander *first);

G_END_DECLS
