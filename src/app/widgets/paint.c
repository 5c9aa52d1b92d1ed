/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the widgets that draw by Cairo share. */
#include "config.h"

#include "widgets/paint.h"

#include <adwaita.h>

static void
lookup (GtkStyleContext *style, const char *name, const char *otherwise, GdkRGBA *colour)
{
  if (!gtk_style_context_lookup_color (style, name, colour))
    gdk_rgba_parse (colour, otherwise);
}

/* A card's colour lets the window shine through: what is seen is both. */
static void
put_over (GdkRGBA *colour, const GdkRGBA *below)
{
  colour->red = colour->red * colour->alpha + below->red * (1 - colour->alpha);
  colour->green = colour->green * colour->alpha + below->green * (1 - colour->alpha);
  colour->blue = colour->blue * colour->alpha + below->blue * (1 - colour->alpha);
  colour->alpha = 1;
}

void
pcn_paint_lookup_colours (GtkWidget *widget, PcnPaintColours *colours)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  AdwStyleManager *manager = adw_style_manager_get_default ();
  GdkRGBA window;

  colours->dark = adw_style_manager_get_dark (manager);
  colours->contrast = adw_style_manager_get_high_contrast (manager);
  gtk_style_context_get_color (style, &colours->text);
  lookup (style, "window_bg_color", colours->dark ? "#242424" : "#fafafa", &window);
  window.alpha = 1;
  lookup (style, "card_bg_color", colours->dark ? "#363636" : "#ffffff", &colours->background);
  put_over (&colours->background, &window);
  lookup (style, "popover_bg_color", colours->dark ? "#383838" : "#ffffff", &colours->surface);
  lookup (style, "accent_color", "#3584e4", &colours->accent);
  lookup (style, "validation_color", "#e66100", &colours->validation);
  lookup (style, "success_color", "#2ec27e", &colours->success);
  lookup (style, "warning_color", "#e5a50a", &colours->warning);
  lookup (style, "error_color", "#e01b24", &colours->error);
}

void
pcn_paint_follow_style (GtkWidget *widget)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), widget,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw), widget,
                           G_CONNECT_SWAPPED);
}

void
pcn_paint_set_colour (cairo_t *cr, const GdkRGBA *colour, double alpha)
{
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, colour->alpha * alpha);
}

void
pcn_paint_rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  double r = MIN (radius, MIN (width, height) / 2);

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - r, y + r, r, -G_PI / 2, 0);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, G_PI / 2);
  cairo_arc (cr, x + r, y + height - r, r, G_PI / 2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

PangoLayout *
pcn_paint_layout (GtkWidget *widget, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attrs = pango_attr_list_new ();

  pango_attr_list_insert (attrs, pango_attr_scale_new (0.85));
  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
  return layout;
}

void
pcn_paint_text (cairo_t *cr, PangoLayout *layout, double x, double y)
{
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}
