/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/explanation.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnExplainWindow:
 *
 * What of a picture speaks for a class: a heat map over it, by the method, for the layer and the class that are chosen.
 * Ctrl+S saves it, Escape closes.
 */
#define PCN_TYPE_EXPLAIN_WINDOW (pcn_explain_window_get_type ())
G_DECLARE_FINAL_TYPE (PcnExplainWindow, pcn_explain_window, PCN, EXPLAIN_WINDOW, AdwWindow)

/** pcn_explain_window_present: over the window of @widget. @explanation: (transfer full); @name: of the picture */
void pcn_explain_window_present (GtkWidget *widget, PcnSession *session, PcnExplanation *explanation, const char *name);

G_END_DECLS
