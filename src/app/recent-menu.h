/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * pcn_recent_menu_attach:
 *
 * Keeps an entry "Open Recent" at the end of @section, with what @settings say was opened lately; none where
 * there is nothing. Its entries call win.open-recent with the paths (as), the last one win.clear-recent.
 * Lasts as long as @section.
 */
void pcn_recent_menu_attach (GMenu *section, GSettings *settings);

G_END_DECLS
