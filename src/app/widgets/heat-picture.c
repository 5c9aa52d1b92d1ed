/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two surfaces, so that the slider of the opacity paints nothing anew; the pixels of a small picture stay squares, while
 * the map over them is smooth. */
#include "config.h"

#include "widgets/heat-picture.h"

#include "data/heat-map.h"

#include <glib/gi18n.h>

/* Of smaller pictures the pixels themselves are worth seeing. */
#define PHOTO_SIDE 64

struct _PcnHeatPicture {
  GtkWidget parent_instance;
  cairo_surface_t *picture, *heat;
  guint height, width;
  double opacity;
};

G_DEFINE_FINAL_TYPE (PcnHeatPicture, pcn_heat_picture, GTK_TYPE_WIDGET)

enum { PROP_OPACITY = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
describe (PcnHeatPicture *self, const float *map)
{
  gsize at, n = (gsize) self->height * self->width;
  g_autofree char *text = NULL;

  if (!map)
    text = g_strdup (_ ("Nothing yet"));
  else if (nn_heat_peak (map, n, &at) <= 0)
    text = g_strdup (_ ("Nothing in the picture speaks for this class"));
  else
    /* Translators: where a heat map is strongest: “Strongest at 40 % of the width and 75 % of the height” */
    text = g_strdup_printf (_ ("Strongest at %.0f %% of the width and %.0f %% of the height"),
                            100 * ((double) (at % self->width) + 0.5) / self->width,
                            100 * ((double) (at / self->width) + 0.5) / self->height);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* @at: gives the colour of a pixel. */
typedef void (*Colour) (gconstpointer data, gsize index, guint8 rgb[3]);

static cairo_surface_t *
make_surface (PcnHeatPicture *self, Colour colour, gconstpointer data)
{
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) self->width, (int) self->height);
  guint8 *bytes = cairo_image_surface_get_data (surface), rgb[3];
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);

  for (guint y = 0; bytes && y < self->height; y++)
    for (guint x = 0; x < self->width; x++) {
      colour (data, (gsize) y * self->width + x, rgb);
      ((guint32 *) (gpointer) (bytes + y * stride))[x]
          = 0xff000000u | (guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2];
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

typedef struct {
  const guint8 *pixels;
  guint channels;
} Pixels;

static void
get_pixel (gconstpointer data, gsize index, guint8 rgb[3])
{
  const Pixels *pixels = data;

  for (guint c = 0; c < 3; c++)
    rgb[c] = pixels->pixels[index * pixels->channels + (pixels->channels == 3 ? c : 0)];
}

typedef struct {
  const float *map;
  double peak;
} Heat;

static void
get_heat (gconstpointer data, gsize index, guint8 rgb[3])
{
  const Heat *heat = data;
  nn_heat_colour (heat->peak > 0 ? heat->map[index] / heat->peak : 0, rgb);
}

void
pcn_heat_picture_set (PcnHeatPicture *self, const guint8 *pixels, guint height, guint width, guint channels,
                      const float *map)
{
  g_return_if_fail (PCN_IS_HEAT_PICTURE (self));
  g_return_if_fail (!pixels || channels == 1 || channels == 3);

  g_clear_pointer (&self->picture, cairo_surface_destroy);
  g_clear_pointer (&self->heat, cairo_surface_destroy);
  self->height = height;
  self->width = width;
  if (pixels) {
    const Pixels data = { pixels, channels };
    self->picture = make_surface (self, get_pixel, &data);
  }
  if (pixels && map) {
    const Heat data = { map, nn_heat_peak (map, (gsize) height * width, NULL) };
    self->heat = make_surface (self, get_heat, &data);
  }
  describe (self, pixels ? map : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pcn_heat_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnHeatPicture *self = PCN_HEAT_PICTURE (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (!self->picture)
    return;
  double scale = MIN (width / self->width, height / self->height);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_translate (cr, (width - self->width * scale) / 2, (height - self->height * scale) / 2);
  cairo_scale (cr, scale, scale);
  cairo_rectangle (cr, 0, 0, self->width, self->height);
  cairo_clip (cr);
  cairo_set_source_surface (cr, self->picture, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  if (MAX (self->width, self->height) < PHOTO_SIDE)
    cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  if (self->heat) {
    cairo_set_source_surface (cr, self->heat, 0, 0);
    cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
    cairo_paint_with_alpha (cr, self->opacity);
  }
  cairo_destroy (cr);
}

static GtkSizeRequestMode
pcn_heat_picture_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pcn_heat_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  PcnHeatPicture *self = PCN_HEAT_PICTURE (widget);
  double shape = self->width > 0 ? (double) self->height / self->width : 1;

  *minimum = 160;
  *natural = 400;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    *minimum = *natural = (int) (for_size * shape + 0.5);
}

static void
pcn_heat_picture_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_OPACITY)
    g_value_set_double (value, PCN_HEAT_PICTURE (object)->opacity);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_heat_picture_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnHeatPicture *self = PCN_HEAT_PICTURE (object);

  if (id != PROP_OPACITY) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  if (self->opacity == g_value_get_double (value))
    return;
  self->opacity = g_value_get_double (value);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (object, pspec);
}

static void
pcn_heat_picture_finalize (GObject *object)
{
  g_clear_pointer (&PCN_HEAT_PICTURE (object)->picture, cairo_surface_destroy);
  g_clear_pointer (&PCN_HEAT_PICTURE (object)->heat, cairo_surface_destroy);
  G_OBJECT_CLASS (pcn_heat_picture_parent_class)->finalize (object);
}

static void
pcn_heat_picture_class_init (PcnHeatPictureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_heat_picture_get_property;
  object_class->set_property = pcn_heat_picture_set_property;
  object_class->finalize = pcn_heat_picture_finalize;
  widget_class->snapshot = pcn_heat_picture_snapshot;
  widget_class->measure = pcn_heat_picture_measure;
  widget_class->get_request_mode = pcn_heat_picture_get_request_mode;
  props[PROP_OPACITY]
      = g_param_spec_double ("opacity-of-heat", NULL, NULL, 0, 1, 0.6,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "heat");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_heat_picture_init (PcnHeatPicture *self)
{
  self->opacity = 0.6;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  describe (self, NULL);
}

struct _PcnHeatLegend {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (PcnHeatLegend, pcn_heat_legend, GTK_TYPE_WIDGET)

#define N_STOPS 17

static void
pcn_heat_legend_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GskColorStop stops[N_STOPS];

  for (guint i = 0; i < N_STOPS; i++) {
    guint8 rgb[3];
    nn_heat_colour (i / (N_STOPS - 1.0), rgb);
    stops[i].offset = (float) i / (N_STOPS - 1);
    stops[i].color = (GdkRGBA){ rgb[0] / 255.0f, rgb[1] / 255.0f, rgb[2] / 255.0f, 1 };
  }
  gtk_snapshot_append_linear_gradient (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height),
                                       &GRAPHENE_POINT_INIT (mirrored ? width : 0, 0),
                                       &GRAPHENE_POINT_INIT (mirrored ? 0 : width, 0), stops, N_STOPS);
}

static void
pcn_heat_legend_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 12 : 48;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? 12 : 160;
}

static void
pcn_heat_legend_class_init (PcnHeatLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = pcn_heat_legend_snapshot;
  widget_class->measure = pcn_heat_legend_measure;
  gtk_widget_class_set_css_name (widget_class, "heatlegend");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
pcn_heat_legend_init (PcnHeatLegend *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
