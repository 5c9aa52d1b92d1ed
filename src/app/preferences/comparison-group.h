/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnComparisonGroup:
 *
 * Measures the devices by training steps of the network at hand and shows them side by side.
 */
#define PCN_TYPE_COMPARISON_GROUP (pcn_comparison_group_get_type ())
G_DECLARE_FINAL_TYPE (PcnComparisonGroup, pcn_comparison_group, PCN, COMPARISON_GROUP, AdwPreferencesGroup)

void pcn_comparison_group_set_session (PcnComparisonGroup *self, PcnSession *session);

G_END_DECLS
