/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnColumns:
 *
 * A container of two children: side by side where there is room for it, below each other where there isn't.
 *
 * Properties: "start", "end" (the children), "breakpoint" (the width in pixels from which they stand side by side),
 * "start-width" (the width of the first one then; 0 for an equal share), "start-fills" (the second one takes what it needs
 * and the first one the rest, if that is "start-width" at least), "spacing".
 */
#define PCN_TYPE_COLUMNS (pcn_columns_get_type ())
G_DECLARE_FINAL_TYPE (PcnColumns, pcn_columns, PCN, COLUMNS, GtkWidget)

G_END_DECLS
