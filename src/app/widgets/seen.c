/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/seen.h"

#include <glib/gi18n.h>

struct _PcnSeen {
  GtkWidget parent_instance;
  cairo_surface_t *surface;
  guint height, width, channels;
  gboolean blank;
};

G_DEFINE_FINAL_TYPE (PcnSeen, pcn_seen, GTK_TYPE_WIDGET)

static void
describe (PcnSeen *self)
{
  g_autofree char *text = NULL;

  if (!self->surface || self->blank)
    text = g_strdup (_ ("Nothing yet"));
  else
    /* Translators: size of a picture: columns by rows */
    text = g_strdup_printf (_ ("%u by %u pixels"), self->width, self->height);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static guint32
get_pixel (const guint8 *pixels, gsize index, guint channels)
{
  const guint8 *p = pixels + index * channels;
  guint8 r = p[0], g = channels == 3 ? p[1] : p[0], b = channels == 3 ? p[2] : p[0];
  return 0xff000000u | (guint32) r << 16 | (guint32) g << 8 | b;
}

void
pcn_seen_set_pixels (PcnSeen *self, const guint8 *pixels, guint height, guint width, guint channels)
{
  g_return_if_fail (PCN_IS_SEEN (self));
  g_return_if_fail (!pixels || channels == 1 || channels == 3);

  gboolean was_blank = self->blank, resized = self->width != width || self->height != height || !self->surface;
  self->blank = TRUE;
  if (!pixels || resized)
    g_clear_pointer (&self->surface, cairo_surface_destroy);
  if (pixels) {
    if (!self->surface)
      self->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
    cairo_surface_flush (self->surface);
    guint8 *data = cairo_image_surface_get_data (self->surface);
    gsize stride = (gsize) cairo_image_surface_get_stride (self->surface);
    for (guint y = 0; data && y < height; y++)
      for (guint x = 0; x < width; x++) {
        guint32 value = get_pixel (pixels, (gsize) y * width + x, channels);
        ((guint32 *) (gpointer) (data + y * stride))[x] = value;
        self->blank &= value == 0xff000000u;
      }
    cairo_surface_mark_dirty (self->surface);
  }
  self->height = height;
  self->width = width;
  self->channels = channels;
  if (resized || was_blank != self->blank)
    describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pcn_seen_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnSeen *self = PCN_SEEN (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_paint (cr);
  if (self->surface) {
    double scale = MIN (width / self->width, height / self->height);
    cairo_translate (cr, (width - self->width * scale) / 2, (height - self->height * scale) / 2);
    cairo_scale (cr, scale, scale);
    cairo_set_source_surface (cr, self->surface, 0, 0);
    cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
    cairo_paint (cr);
  }
  cairo_destroy (cr);
}

static void
pcn_seen_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                  int *minimum_baseline, int *natural_baseline)
{
  *minimum = 84;
  *natural = 112;
}

static void
pcn_seen_finalize (GObject *object)
{
  g_clear_pointer (&PCN_SEEN (object)->surface, cairo_surface_destroy);
  G_OBJECT_CLASS (pcn_seen_parent_class)->finalize (object);
}

static void
pcn_seen_class_init (PcnSeenClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pcn_seen_finalize;
  widget_class->snapshot = pcn_seen_snapshot;
  widget_class->measure = pcn_seen_measure;
  gtk_widget_class_set_css_name (widget_class, "seen");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_seen_init (PcnSeen *self)
{
  self->blank = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  describe (self);
}
