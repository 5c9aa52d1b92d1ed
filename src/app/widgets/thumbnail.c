/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One plain widget a cell, without children: a grid view makes hundreds of cells at once, on the main loop.
 */
#include "config.h"

#include "widgets/class-colour.h"
#include "widgets/thumbnail.h"

#include <glib/gi18n.h>

/* The bar in the colour of the class, in pixels. */
#define BAR 5

struct _PcnThumbnail {
  GtkWidget parent_instance;
  PcnSample *sample;
  GdkTexture *texture;
  gboolean missing;
  char *title;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PcnThumbnail, pcn_thumbnail, GTK_TYPE_WIDGET)

enum { PROP_SAMPLE = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
on_loaded (GdkTexture *texture, gpointer data)
{
  PcnThumbnail *self = data;

  g_set_object (&self->texture, texture);
  self->missing = texture == NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
update_title (PcnThumbnail *self)
{
  g_autofree char *title = self->sample ? pcn_sample_dup_title (self->sample) : NULL;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  /* Each word to a screen reader goes over the bus, and an edit reaches hundreds of cells. */
  if (g_strcmp0 (title, self->title) == 0)
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title ? title : "",
                                  -1);
  g_free (self->title);
  self->title = g_steal_pointer (&title);
}

static void
follow_edits (PcnThumbnail *self, PcnSample *old, PcnSample *new)
{
  PcnThumbnailLoader *before = old ? pcn_sample_get_loader (old) : NULL,
                     *now = new ? pcn_sample_get_loader (new) : NULL;

  if (before == now)
    return;
  if (before)
    g_signal_handlers_disconnect_by_func (before, update_title, self);
  if (now)
    g_signal_connect_object (now, "edited", G_CALLBACK (update_title), self, G_CONNECT_SWAPPED);
}

static void
set_sample (PcnThumbnail *self, PcnSample *sample)
{
  if (self->sample == sample)
    return;
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  follow_edits (self, self->sample, sample);
  g_set_object (&self->sample, sample);
  self->missing = FALSE;
  update_title (self);
  GdkTexture *texture = NULL;
  if (sample) {
    PcnThumbnailLoader *loader = pcn_sample_get_loader (sample);
    texture = pcn_thumbnail_loader_lookup (loader, pcn_sample_get_index (sample));
    if (!texture) {
      self->cancellable = g_cancellable_new ();
      pcn_thumbnail_loader_request (loader, pcn_sample_get_index (sample), self->cancellable, on_loaded,
                                    self);
    }
  }
  g_set_object (&self->texture, texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SAMPLE]);
}

static void
snapshot_missing (GtkWidget *widget, GtkSnapshot *snapshot, double width, double height)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
      theme, "image-missing-symbolic", NULL, 32, gtk_widget_get_scale_factor (widget),
      gtk_widget_get_direction (widget), GTK_ICON_LOOKUP_FORCE_SYMBOLIC);
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  colour.alpha *= 0.5f;
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) (width - 32) / 2, (float) (height - 32) / 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, 32, 32, &colour, 1);
}

static void
snapshot_class (PcnThumbnail *self, GtkSnapshot *snapshot, float width, float height)
{
  NnSample sample;
  GdkRGBA colour;

  if (!self->sample)
    return;
  pcn_sample_describe (self->sample, &sample);
  pcn_class_colour (sample.class_index, &colour);
  gtk_snapshot_append_color (snapshot, &colour, &GRAPHENE_RECT_INIT (0, height - BAR, width, BAR));
}

/* Fills the cell; what is longer than the cell is cut on both sides. */
static void
pcn_thumbnail_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnThumbnail *self = PCN_THUMBNAIL (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->missing) {
    snapshot_missing (widget, snapshot, width, height);
    return;
  }
  if (!self->texture)
    return;
  double scale
      = MAX (width / gdk_texture_get_width (self->texture), height / gdk_texture_get_height (self->texture));
  double w = gdk_texture_get_width (self->texture) * scale,
         h = gdk_texture_get_height (self->texture) * scale;
  gtk_snapshot_append_texture (
      snapshot, self->texture,
      &GRAPHENE_RECT_INIT ((float) (width - w) / 2, (float) (height - h) / 2, (float) w, (float) h));
  snapshot_class (self, snapshot, (float) width, (float) height);
}

static void
pcn_thumbnail_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 96;
}

static gboolean
pcn_thumbnail_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PcnThumbnail *self = PCN_THUMBNAIL (widget);
  g_autofree char *title = self->sample ? pcn_sample_dup_title (self->sample) : NULL;

  gtk_tooltip_set_text (tooltip, title);
  return title != NULL;
}

static void
pcn_thumbnail_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SAMPLE)
    g_value_set_object (value, PCN_THUMBNAIL (object)->sample);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_thumbnail_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SAMPLE)
    set_sample (PCN_THUMBNAIL (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_thumbnail_dispose (GObject *object)
{
  PcnThumbnail *self = PCN_THUMBNAIL (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  follow_edits (self, self->sample, NULL);
  g_clear_object (&self->sample);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->title, g_free);
  G_OBJECT_CLASS (pcn_thumbnail_parent_class)->dispose (object);
}

static void
pcn_thumbnail_class_init (PcnThumbnailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_thumbnail_get_property;
  object_class->set_property = pcn_thumbnail_set_property;
  object_class->dispose = pcn_thumbnail_dispose;
  props[PROP_SAMPLE]
      = g_param_spec_object ("sample", NULL, NULL, PCN_TYPE_SAMPLE,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  widget_class->snapshot = pcn_thumbnail_snapshot;
  widget_class->measure = pcn_thumbnail_measure;
  widget_class->query_tooltip = pcn_thumbnail_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "thumbnail");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_thumbnail_init (PcnThumbnail *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}
