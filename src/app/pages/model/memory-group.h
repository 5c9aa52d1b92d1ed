/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnMemoryGroup:
 *
 * How much memory of the device the network takes at its batch size, and the largest batch that fits.
 */
#define PCN_TYPE_MEMORY_GROUP (pcn_memory_group_get_type ())
G_DECLARE_FINAL_TYPE (PcnMemoryGroup, pcn_memory_group, PCN, MEMORY_GROUP, AdwPreferencesGroup)

void pcn_memory_group_set_session (PcnMemoryGroup *self, PcnSession *session);

G_END_DECLS
