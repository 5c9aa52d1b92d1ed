/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PcnPaintColours:
 * @text: the widget's own colour
 * @background: what the widget stands on, opaque
 * @surface: of what floats above a drawing
 * @contrast: whether lines are to be thicker and faint things stronger
 *
 * The colours of the scheme that widgets draw with.
 */
typedef struct {
  GdkRGBA text, background, surface, accent, validation, success, warning, error;
  gboolean contrast, dark;
} PcnPaintColours;

/** pcn_paint_lookup_colours: the colours of @widget now */
void pcn_paint_lookup_colours (GtkWidget *widget, PcnPaintColours *colours);

/** pcn_paint_follow_style: repaints @widget when light, dark or high contrast is switched */
void pcn_paint_follow_style (GtkWidget *widget);

/** pcn_paint_set_colour: the source of @cr; @alpha is multiplied with the colour's own */
void pcn_paint_set_colour (cairo_t *cr, const GdkRGBA *colour, double alpha);

/** pcn_paint_rounded: adds a rectangle with round corners to the path; the radius is fitted to the rectangle
 */
void pcn_paint_rounded (cairo_t *cr, double x, double y, double width, double height, double radius);

/** pcn_paint_layout: Returns: (transfer full): @text in the small font of drawings, digits equally wide */
PangoLayout *pcn_paint_layout (GtkWidget *widget, const char *text);

/** pcn_paint_text: draws @layout with its left top corner at @x, @y */
void pcn_paint_text (cairo_t *cr, PangoLayout *layout, double x, double y);

G_END_DECLS
