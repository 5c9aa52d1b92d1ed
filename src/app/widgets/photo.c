/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One plain widget, without children: a table makes many of them at once, on the main loop. */
#include "config.h"

#include "widgets/photo.h"
#include "session/picture-loader.h"

struct _PcnPhoto {
  GtkWidget parent_instance;
  char *path;
  GdkTexture *texture;
  gboolean cover, missing;
  int minimum_size, decode_size;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PcnPhoto, pcn_photo, GTK_TYPE_WIDGET)

enum { PROP_PATH = 1, PROP_COVER, PROP_MINIMUM_SIZE, PROP_DECODE_SIZE, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GdkTexture *texture = pcn_picture_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  PcnPhoto *self = data;
  g_clear_object (&self->texture);
  g_clear_object (&self->cancellable);
  self->texture = texture;
  self->missing = texture == NULL;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* What was shown so far stays until the new one is there: nothing flashes where one follows the other. */
static GCancellable *
begin (PcnPhoto *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->missing = FALSE;
  return self->cancellable = g_cancellable_new ();
}

static void
clear (PcnPhoto *self)
{
  begin (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pcn_photo_set_path (PcnPhoto *self, const char *path)
{
  g_return_if_fail (PCN_IS_PHOTO (self));

  if (path && g_strcmp0 (self->path, path) == 0)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  /* In a table another row's picture would be wrong even for a moment. */
  if (!path || self->cover)
    clear (self);
  if (path)
    pcn_picture_load_file_async (path, (guint) self->decode_size, begin (self), on_loaded, self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PATH]);
}

void
pcn_photo_set_sample (PcnPhoto *self, NnDataset *dataset, guint sample)
{
  g_return_if_fail (PCN_IS_PHOTO (self) && dataset);

  g_clear_pointer (&self->path, g_free);
  pcn_picture_load_sample_async (dataset, sample, (guint) self->decode_size, begin (self), on_loaded, self);
}

static void
snapshot_missing (GtkWidget *widget, GtkSnapshot *snapshot, double width, double height)
{
  double size = MIN (32, MIN (width, height));
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
      theme, "image-missing-symbolic", NULL, (int) size, gtk_widget_get_scale_factor (widget),
      gtk_widget_get_direction (widget), GTK_ICON_LOOKUP_FORCE_SYMBOLIC);
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  colour.alpha *= 0.5f;
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) (width - size) / 2, (float) (height - size) / 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, &colour, 1);
}

static void
pcn_photo_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnPhoto *self = PCN_PHOTO (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->missing) {
    snapshot_missing (widget, snapshot, width, height);
    return;
  }
  if (!self->texture)
    return;
  double x = width / gdk_texture_get_width (self->texture),
         y = height / gdk_texture_get_height (self->texture);
  double scale = self->cover ? MAX (x, y) : MIN (x, y);
  double w = gdk_texture_get_width (self->texture) * scale,
         h = gdk_texture_get_height (self->texture) * scale;
  graphene_rect_t bounds
      = GRAPHENE_RECT_INIT ((float) (width - w) / 2, (float) (height - h) / 2, (float) w, (float) h);
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, &bounds, self->cover ? 0 : 6);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_texture (snapshot, self->texture, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
pcn_photo_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = PCN_PHOTO (widget)->minimum_size;
}

static void
pcn_photo_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnPhoto *self = PCN_PHOTO (object);

  switch (id) {
  case PROP_PATH:
    g_value_set_string (value, self->path);
    break;
  case PROP_COVER:
    g_value_set_boolean (value, self->cover);
    break;
  case PROP_MINIMUM_SIZE:
    g_value_set_int (value, self->minimum_size);
    break;
  case PROP_DECODE_SIZE:
    g_value_set_int (value, self->decode_size);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_photo_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnPhoto *self = PCN_PHOTO (object);

  switch (id) {
  case PROP_PATH:
    pcn_photo_set_path (self, g_value_get_string (value));
    break;
  case PROP_COVER:
    self->cover = g_value_get_boolean (value);
    break;
  case PROP_MINIMUM_SIZE:
    self->minimum_size = g_value_get_int (value);
    break;
  case PROP_DECODE_SIZE:
    self->decode_size = g_value_get_int (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_photo_dispose (GObject *object)
{
  PcnPhoto *self = PCN_PHOTO (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (pcn_photo_parent_class)->dispose (object);
}

static void
pcn_photo_class_init (PcnPhotoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_photo_get_property;
  object_class->set_property = pcn_photo_set_property;
  object_class->dispose = pcn_photo_dispose;
  props[PROP_PATH] = g_param_spec_string (
      "path", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_COVER] = g_param_spec_boolean ("cover", NULL, NULL, FALSE, once);
  props[PROP_MINIMUM_SIZE] = g_param_spec_int ("minimum-size", NULL, NULL, 1, 4096, 16, once);
  props[PROP_DECODE_SIZE] = g_param_spec_int ("decode-size", NULL, NULL, 16, 1024, 1024, once);
  g_object_class_install_properties (object_class, N_PROPS, props);
  widget_class->snapshot = pcn_photo_snapshot;
  widget_class->measure = pcn_photo_measure;
  gtk_widget_class_set_css_name (widget_class, "photo");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_photo_init (PcnPhoto *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
