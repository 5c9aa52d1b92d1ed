/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * pcn_window_state_follow:
 *
 * Gives @window the size and @steps the page that they had last, and keeps what becomes of them in @settings:
 * shortly after each change, so that a crash loses nothing either, and at once on pcn_window_state_save().
 */
void pcn_window_state_follow (GtkWindow *window, AdwViewStack *steps, GSettings *settings);
void pcn_window_state_save (GtkWindow *window);

G_END_DECLS
