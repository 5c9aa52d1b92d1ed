/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/columns.h"

struct _PcnColumns {
  GtkWidget parent_instance;
  GtkWidget *start, *end;
  int breakpoint, start_width, spacing;
  gboolean start_fills;
};

G_DEFINE_FINAL_TYPE (PcnColumns, pcn_columns, GTK_TYPE_WIDGET)

enum {
  PROP_START = 1,
  PROP_END,
  PROP_BREAKPOINT,
  PROP_START_WIDTH,
  PROP_START_FILLS,
  PROP_SPACING,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
measure_child (GtkWidget *child, GtkOrientation orientation, int for_size, int *minimum, int *natural)
{
  *minimum = *natural = 0;
  if (child && gtk_widget_should_layout (child))
    gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

static int
get_start_width (PcnColumns *self, int width)
{
  int minimum, natural;

  if (self->start_fills) {
    measure_child (self->end, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural);
    return MAX (self->start_width, width - self->spacing - natural);
  }
  measure_child (self->start, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural);
  return MAX (minimum, self->start_width > 0 ? self->start_width : (width - self->spacing) / 2);
}

/* Large text may need more room than the breakpoint foresees. */
static gboolean
is_side_by_side (PcnColumns *self, int width)
{
  int minimum, natural;

  measure_child (self->end, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural);
  return width >= self->breakpoint && get_start_width (self, width) + self->spacing + minimum <= width;
}

static void
pcn_columns_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  PcnColumns *self = PCN_COLUMNS (widget);
  int start_min, start_nat, end_min, end_nat;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    measure_child (self->start, orientation, -1, &start_min, &start_nat);
    measure_child (self->end, orientation, -1, &end_min, &end_nat);
    *minimum = MAX (start_min, end_min);
    *natural = MAX (*minimum, MAX (start_nat, self->start_width) + self->spacing + end_nat);
  } else if (for_size >= 0 && is_side_by_side (self, for_size)) {
    int start_width = get_start_width (self, for_size);
    measure_child (self->start, orientation, start_width, &start_min, &start_nat);
    measure_child (self->end, orientation, for_size - start_width - self->spacing, &end_min, &end_nat);
    *minimum = MAX (start_min, end_min);
    *natural = MAX (start_nat, end_nat);
  } else {
    measure_child (self->start, orientation, for_size, &start_min, &start_nat);
    measure_child (self->end, orientation, for_size, &end_min, &end_nat);
    *minimum = start_min + self->spacing + end_min;
    *natural = start_nat + self->spacing + end_nat;
  }
}

static void
allocate_child (GtkWidget *child, int x, int y, int width, int height)
{
  if (child && gtk_widget_should_layout (child))
    gtk_widget_size_allocate (child, &(GtkAllocation){ x, y, width, height }, -1);
}

static void
pcn_columns_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PcnColumns *self = PCN_COLUMNS (widget);

  if (is_side_by_side (self, width)) {
    int start_width = get_start_width (self, width), end_width = width - start_width - self->spacing;
    gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
    allocate_child (self->start, rtl ? width - start_width : 0, 0, start_width, height);
    allocate_child (self->end, rtl ? 0 : start_width + self->spacing, 0, end_width, height);
  } else {
    int start_min, start_nat, end_min, end_nat;
    measure_child (self->start, GTK_ORIENTATION_VERTICAL, width, &start_min, &start_nat);
    measure_child (self->end, GTK_ORIENTATION_VERTICAL, width, &end_min, &end_nat);
    int start_height = MAX (start_min, MIN (start_nat, height - self->spacing - end_min));
    allocate_child (self->start, 0, 0, width, start_height);
    allocate_child (self->end, 0, start_height + self->spacing, width, MAX (end_min, height - start_height - self->spacing));
  }
}

static GtkSizeRequestMode
pcn_columns_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
set_child (PcnColumns *self, GtkWidget **place, GtkWidget *child)
{
  g_clear_pointer (place, gtk_widget_unparent);
  *place = child;
  /* The order of siblings is the order of the Tab key. */
  if (child && place == &self->start)
    gtk_widget_insert_after (child, GTK_WIDGET (self), NULL);
  else if (child)
    gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}

static void
pcn_columns_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnColumns *self = PCN_COLUMNS (object);

  switch (id) {
  case PROP_START:
    g_value_set_object (value, self->start);
    break;
  case PROP_END:
    g_value_set_object (value, self->end);
    break;
  case PROP_BREAKPOINT:
    g_value_set_int (value, self->breakpoint);
    break;
  case PROP_START_WIDTH:
    g_value_set_int (value, self->start_width);
    break;
  case PROP_START_FILLS:
    g_value_set_boolean (value, self->start_fills);
    break;
  case PROP_SPACING:
    g_value_set_int (value, self->spacing);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_columns_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnColumns *self = PCN_COLUMNS (object);

  switch (id) {
  case PROP_START:
    set_child (self, &self->start, g_value_get_object (value));
    break;
  case PROP_END:
    set_child (self, &self->end, g_value_get_object (value));
    break;
  case PROP_BREAKPOINT:
    self->breakpoint = g_value_get_int (value);
    break;
  case PROP_START_WIDTH:
    self->start_width = g_value_get_int (value);
    break;
  case PROP_START_FILLS:
    self->start_fills = g_value_get_boolean (value);
    break;
  case PROP_SPACING:
    self->spacing = g_value_get_int (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
pcn_columns_dispose (GObject *object)
{
  PcnColumns *self = PCN_COLUMNS (object);

  g_clear_pointer (&self->start, gtk_widget_unparent);
  g_clear_pointer (&self->end, gtk_widget_unparent);
  G_OBJECT_CLASS (pcn_columns_parent_class)->dispose (object);
}

static void
pcn_columns_class_init (PcnColumnsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = pcn_columns_dispose;
  object_class->get_property = pcn_columns_get_property;
  object_class->set_property = pcn_columns_set_property;
  widget_class->measure = pcn_columns_measure;
  widget_class->size_allocate = pcn_columns_size_allocate;
  widget_class->get_request_mode = pcn_columns_get_request_mode;
  props[PROP_START] = g_param_spec_object ("start", NULL, NULL, GTK_TYPE_WIDGET, rw);
  props[PROP_END] = g_param_spec_object ("end", NULL, NULL, GTK_TYPE_WIDGET, rw);
  props[PROP_BREAKPOINT] = g_param_spec_int ("breakpoint", NULL, NULL, 0, G_MAXINT, 720, rw);
  props[PROP_START_WIDTH] = g_param_spec_int ("start-width", NULL, NULL, 0, G_MAXINT, 0, rw);
  props[PROP_START_FILLS] = g_param_spec_boolean ("start-fills", NULL, NULL, FALSE, rw);
  props[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 24, rw);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_columns_init (PcnColumns *self)
{
  self->breakpoint = 720;
  self->spacing = 24;
}
