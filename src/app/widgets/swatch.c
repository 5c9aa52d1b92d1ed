/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/class-colour.h"
#include "widgets/swatch.h"

#include <adwaita.h>

#define DIAMETER 12
/* As wide as an icon, so that dots and icons stand in one column. */
#define SIZE 16

struct _PcnSwatch {
  GtkWidget parent_instance;
  int class_index;
};

G_DEFINE_FINAL_TYPE (PcnSwatch, pcn_swatch, GTK_TYPE_WIDGET)

enum { PROP_CLASS_INDEX = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
pcn_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PcnSwatch *self = PCN_SWATCH (widget);
  float x = (float) (gtk_widget_get_width (widget) - DIAMETER) / 2;
  float y = (float) (gtk_widget_get_height (widget) - DIAMETER) / 2;
  GskRoundedRect circle;
  GdkRGBA colour;

  if (self->class_index < 0)
    return;
  pcn_class_colour ((guint) self->class_index, &colour);
  gsk_rounded_rect_init_from_rect (&circle, &GRAPHENE_RECT_INIT (x, y, DIAMETER, DIAMETER), DIAMETER / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &circle);
  gtk_snapshot_append_color (snapshot, &colour, &circle.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
pcn_swatch_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                    int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
pcn_swatch_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CLASS_INDEX)
    g_value_set_int (value, PCN_SWATCH (object)->class_index);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_swatch_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnSwatch *self = PCN_SWATCH (object);

  if (id != PROP_CLASS_INDEX) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  if (self->class_index == g_value_get_int (value))
    return;
  self->class_index = g_value_get_int (value);
  gtk_widget_set_visible (GTK_WIDGET (self), self->class_index >= 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (object, pspec);
}

static void
pcn_swatch_class_init (PcnSwatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_swatch_get_property;
  object_class->set_property = pcn_swatch_set_property;
  widget_class->snapshot = pcn_swatch_snapshot;
  widget_class->measure = pcn_swatch_measure;
  props[PROP_CLASS_INDEX]
      = g_param_spec_int ("class-index", NULL, NULL, -1, G_MAXINT, -1,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
pcn_swatch_init (PcnSwatch *self)
{
  self->class_index = -1;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}
