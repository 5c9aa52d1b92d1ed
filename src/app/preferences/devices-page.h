/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnDevicesPage:
 *
 * The page of the preferences that shows, tests and compares devices.
 */
#define PCN_TYPE_DEVICES_PAGE (pcn_devices_page_get_type ())
G_DECLARE_FINAL_TYPE (PcnDevicesPage, pcn_devices_page, PCN, DEVICES_PAGE, AdwPreferencesPage)

void pcn_devices_page_set_session (PcnDevicesPage *self, PcnSession *session);

G_END_DECLS
