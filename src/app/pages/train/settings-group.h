/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnSettingsGroup:
 *
 * The settings of the next run, the rarer ones folded away.
 *
 * Properties: "session".
 */
#define PCN_TYPE_SETTINGS_GROUP (pcn_settings_group_get_type ())
G_DECLARE_FINAL_TYPE (PcnSettingsGroup, pcn_settings_group, PCN, SETTINGS_GROUP, AdwBin)

G_END_DECLS
