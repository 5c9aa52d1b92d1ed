/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnApplication:
 *
 * The program: its settings, its session and its one window. Folders given on the command line are opened.
 */
#define PCN_TYPE_APPLICATION (pcn_application_get_type ())
G_DECLARE_FINAL_TYPE (PcnApplication, pcn_application, PCN, APPLICATION, AdwApplication)

PcnApplication *pcn_application_new (void);

/** pcn_application_get_restarts: Returns: whether the program is to be started again when it has ended */
gboolean pcn_application_get_restarts (PcnApplication *self);

G_END_DECLS
