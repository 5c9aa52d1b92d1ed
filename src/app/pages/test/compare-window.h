/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PcnCompareWindow:
 *
 * Two models, side by side on the pictures that are open: how good each is, whether the difference is more than chance, and
 * the pictures on which they differ.
 */
#define PCN_TYPE_COMPARE_WINDOW (pcn_compare_window_get_type ())
G_DECLARE_FINAL_TYPE (PcnCompareWindow, pcn_compare_window, PCN, COMPARE_WINDOW, AdwWindow)

/** pcn_compare_window_install_action: gives a class of windows that have a property "session" the action
 * "win.compare-models" */
void pcn_compare_window_install_action (GtkWidgetClass *widget_class);

G_END_DECLS
