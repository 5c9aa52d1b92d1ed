/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What an event tells of the pen that made it. */

/** pcn_pen_has_pressure: @event: (nullable): a mouse has the axis, too, always at zero: that doesn't count */
gboolean pcn_pen_has_pressure (GdkEvent *event);
/** pcn_pen_get_pressure: Returns: 0 to 1; @fallback for what isn't a pen */
double pcn_pen_get_pressure (GdkEvent *event, double fallback);
/** pcn_pen_is_eraser: Returns: whether it is the other end of a pen */
gboolean pcn_pen_is_eraser (GdkEvent *event);

G_END_DECLS
