/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnPreferences:
 *
 * The preferences: appearance, and the devices with their facts.
 */
#define PCN_TYPE_PREFERENCES (pcn_preferences_get_type ())
G_DECLARE_FINAL_TYPE (PcnPreferences, pcn_preferences, PCN, PREFERENCES, AdwPreferencesWindow)

PcnPreferences *pcn_preferences_new (PcnSession *session, GSettings *settings);

G_END_DECLS
