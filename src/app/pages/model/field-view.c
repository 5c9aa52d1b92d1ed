/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/model/field-view.h"

#include <math.h>

#define SIZE 196

struct _PcnFieldView {
  GtkWidget parent_instance;
  GdkTexture *texture;
  NnReceptiveField field;
  guint height, width;
};

G_DEFINE_FINAL_TYPE (PcnFieldView, pcn_field_view, GTK_TYPE_WIDGET)

/* The square of the widget that stands for the picture: a network sees it squeezed into its own shape. */
static graphene_rect_t
get_place (PcnFieldView *self)
{
  float w = (float) gtk_widget_get_width (GTK_WIDGET (self)),
        h = (float) gtk_widget_get_height (GTK_WIDGET (self));
  float scale = MIN (w / (float) self->width, h / (float) self->height);
  float pw = (float) self->width * scale, ph = (float) self->height * scale;

  return GRAPHENE_RECT_INIT (floorf ((w - pw) / 2), floorf ((h - ph) / 2), roundf (pw), roundf (ph));
}

/* Where the middle unit looks along one dimension; what lies in the padding isn't drawn. */
static void
get_span (PcnFieldView *self, guint d, guint n_pixels, float origin, float extent, float *start, float *size)
{
  int from, to;

  nn_receptive_field_get_middle (&self->field, d, &from, &to);
  from = CLAMP (from, 0, (int) n_pixels);
  to = CLAMP (to, from, (int) n_pixels);
  *start = origin + roundf (extent * (float) from / (float) n_pixels);
  *size = origin + roundf (extent * (float) to / (float) n_pixels) - *start;
}

static void
pcn_field_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnFieldView *self = PCN_FIELD_VIEW (widget);
  GdkRGBA accent = { 0.21f, 0.52f, 0.89f, 1 };

  if (self->width == 0 || self->height == 0)
    return;
  graphene_rect_t place = get_place (self);
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0.5f, 0.5f, 0.5f, 0.25f }, &place);
  if (self->texture)
    gtk_snapshot_append_texture (snapshot, self->texture, &place);
  float x, y, fw, fh;
  get_span (self, 0, self->height, place.origin.y, place.size.height, &y, &fh);
  get_span (self, 1, self->width, place.origin.x, place.size.width, &x, &fw);
  /* What lies outside isn't seen. */
  GdkRGBA shade = { 0, 0, 0, 0.55f };
  float right = place.origin.x + place.size.width, bottom = place.origin.y + place.size.height;
  gtk_snapshot_append_color (
      snapshot, &shade,
      &GRAPHENE_RECT_INIT (place.origin.x, place.origin.y, place.size.width, y - place.origin.y));
  gtk_snapshot_append_color (snapshot, &shade,
                             &GRAPHENE_RECT_INIT (place.origin.x, y + fh, place.size.width, bottom - y - fh));
  gtk_snapshot_append_color (snapshot, &shade,
                             &GRAPHENE_RECT_INIT (place.origin.x, y, x - place.origin.x, fh));
  gtk_snapshot_append_color (snapshot, &shade, &GRAPHENE_RECT_INIT (x + fw, y, right - x - fw, fh));
  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "accent_color", &accent);
  GskRoundedRect frame;
  gsk_rounded_rect_init_from_rect (&frame, &GRAPHENE_RECT_INIT (x, y, fw, fh), 1);
  gtk_snapshot_append_border (snapshot, &frame, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ accent, accent, accent, accent });
}

static void
pcn_field_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
pcn_field_view_finalize (GObject *object)
{
  g_clear_object (&PCN_FIELD_VIEW (object)->texture);
  G_OBJECT_CLASS (pcn_field_view_parent_class)->finalize (object);
}

static void
pcn_field_view_class_init (PcnFieldViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pcn_field_view_finalize;
  widget_class->snapshot = pcn_field_view_snapshot;
  widget_class->measure = pcn_field_view_measure;
  gtk_widget_class_set_css_name (widget_class, "fieldview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_field_view_init (PcnFieldView *self)
{
}

void
pcn_field_view_set_picture (PcnFieldView *self, GdkTexture *texture)
{
  g_return_if_fail (PCN_IS_FIELD_VIEW (self));

  if (g_set_object (&self->texture, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pcn_field_view_set_field (PcnFieldView *self, const NnReceptiveField *field, guint height, guint width)
{
  g_return_if_fail (PCN_IS_FIELD_VIEW (self));

  self->field = *field;
  self->height = height;
  self->width = width;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
