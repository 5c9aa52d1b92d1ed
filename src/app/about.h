/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** pcn_about_debug_info: Returns: (transfer full): what a report of a fault should tell: versions, desktop, devices */
char *pcn_about_debug_info (PcnSession *session);

/** pcn_about_show: shows who made the program, its licences, what is new, and what to put into a report of a fault */
void pcn_about_show (GtkWindow *parent, PcnSession *session);

G_END_DECLS
