/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnModelDialog:
 *
 * What the tested model is, whoever made it: its classes, its input, its layers with shapes and weights, where
 * it comes from; and training it further on the data at hand where it fits them.
 */
#define PCN_TYPE_MODEL_DIALOG (pcn_model_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PcnModelDialog, pcn_model_dialog, PCN, MODEL_DIALOG, AdwWindow)

/** pcn_model_dialog_show: there must be a model */
void pcn_model_dialog_show (GtkWindow *parent, PcnSession *session);

G_END_DECLS
