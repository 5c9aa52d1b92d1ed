/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * pcn_class_colour:
 * @class_index: index of a class in its data set or model
 * @rgba: (out): its colour, opaque
 *
 * The colour by which a class is known on every page, for the light or the dark style as it is now: draw anew when
 * AdwStyleManager's "dark" changes. Never the only mark: always beside the class's name or number. Main thread.
 */
void pcn_class_colour (guint class_index, GdkRGBA *rgba);

G_END_DECLS
