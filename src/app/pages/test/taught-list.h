/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnTaughtList:
 *
 * The drawings that the network was taught, to look at and to delete; hidden while there are none.
 *
 * Property "session": the #PcnSession.
 */
#define PCN_TYPE_TAUGHT_LIST (pcn_taught_list_get_type ())
G_DECLARE_FINAL_TYPE (PcnTaughtList, pcn_taught_list, PCN, TAUGHT_LIST, AdwBin)

G_END_DECLS
