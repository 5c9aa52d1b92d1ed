/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/ink.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** pcn_ink_paint: into the square of side 1 at the origin of @cr; @pen: the width of the pen in the same unit
 */
void pcn_ink_paint (const PcnInk *self, cairo_t *cr, const GdkRGBA *colour, double pen);

G_END_DECLS
