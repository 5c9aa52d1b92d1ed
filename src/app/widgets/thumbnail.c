/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/thumbnail.h"

#include <glib/gi18n.h>

struct _PcnThumbnail {
  GtkWidget parent_instance;
  GtkPicture *picture;
  GtkWidget *missing;
  PcnSample *sample;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PcnThumbnail, pcn_thumbnail, GTK_TYPE_WIDGET)

enum {
  PROP_SAMPLE = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
on_loaded (GdkTexture *texture, gpointer data)
{
  PcnThumbnail *self = data;

  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_widget_set_visible (self->missing, texture == NULL);
}

static void
set_sample (PcnThumbnail *self, PcnSample *sample)
{
  if (self->sample == sample)
    return;
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_set_object (&self->sample, sample);
  gtk_widget_set_visible (self->missing, FALSE);
  g_autofree char *title = sample ? pcn_sample_dup_title (sample) : NULL;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title ? title : "", -1);
  GdkTexture *texture = NULL;
  if (sample) {
    PcnThumbnailLoader *loader = pcn_sample_get_loader (sample);
    texture = pcn_thumbnail_loader_lookup (loader, pcn_sample_get_index (sample));
    if (!texture) {
      self->cancellable = g_cancellable_new ();
      pcn_thumbnail_loader_request (loader, pcn_sample_get_index (sample), self->cancellable, on_loaded, self);
    }
  }
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SAMPLE]);
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
  GtkWidget *child;

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sample);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
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
  props[PROP_SAMPLE] = g_param_spec_object ("sample", NULL, NULL, PCN_TYPE_SAMPLE,
                                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/perceptron/Perceptron/ui/thumbnail.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnThumbnail, picture);
  gtk_widget_class_bind_template_child (widget_class, PcnThumbnail, missing);
  gtk_widget_class_set_css_name (widget_class, "thumbnail");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pcn_thumbnail_init (PcnThumbnail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
