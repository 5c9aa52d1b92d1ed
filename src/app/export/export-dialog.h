/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnExportDialog:
 *
 * The one place where a model leaves the program: the form is chosen, then the file, and what was written is
 * verified. Then it tells the largest difference, on how many pictures, the file and its size, or why there
 * is no file.
 */
#define PCN_TYPE_EXPORT_DIALOG (pcn_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PcnExportDialog, pcn_export_dialog, PCN, EXPORT_DIALOG, AdwWindow)

/** pcn_export_dialog_show: for the tested model; there must be one */
void pcn_export_dialog_show (GtkWindow *parent, PcnSession *session);

G_END_DECLS
