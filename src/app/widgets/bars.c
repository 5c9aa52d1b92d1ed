/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "widgets/bars.h"
#include "widgets/chart-scale.h"

#include <math.h>

/* Levels that a bar can show. */
#define STEPS 1000

typedef struct {
  GtkWidget *name, *bar, *share;
  guint shown;
} Row;

struct _PcnBars {
  GtkWidget parent_instance;
  char **names;
  guint n_classes;
  Row rows[PCN_BARS_MAX];
  guint n_rows;
};

G_DEFINE_FINAL_TYPE (PcnBars, pcn_bars, GTK_TYPE_WIDGET)

void
pcn_bars_rank (const float *values, guint n, guint *order, guint n_order)
{
  guint filled = 0;

  for (guint i = 0; i < n; i++) {
    guint at = filled;
    while (at > 0 && values[order[at - 1]] < values[i])
      at--;
    if (at >= n_order)
      continue;
    for (guint j = MIN (filled, n_order - 1); j > at; j--)
      order[j] = order[j - 1];
    order[at] = i;
    filled = MIN (filled + 1, n_order);
  }
}

static void
set_row_class (PcnBars *self, Row *row, guint class_index)
{
  const char *name = self->names[class_index];

  if (row->shown == class_index)
    return;
  row->shown = class_index;
  gtk_label_set_label (GTK_LABEL (row->name), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
set_row_value (Row *row, double value, gboolean best)
{
  g_autofree char *text = pcn_value_format (value, TRUE);
  /* What nobody sees needn't be painted, nor told to a screen reader, with each motion of a pen. */
  double level = round (CLAMP (value, 0, 1) * STEPS) / STEPS;

  if (level != gtk_level_bar_get_value (GTK_LEVEL_BAR (row->bar)))
    gtk_level_bar_set_value (GTK_LEVEL_BAR (row->bar), level);
  if (g_strcmp0 (text, gtk_label_get_label (GTK_LABEL (row->share))) != 0)
    gtk_label_set_label (GTK_LABEL (row->share), text);
  GtkWidget *widgets[] = { row->name, row->bar, row->share };
  for (guint i = 0; i < G_N_ELEMENTS (widgets); i++) {
    if (best)
      gtk_widget_add_css_class (widgets[i], "best");
    else
      gtk_widget_remove_css_class (widgets[i], "best");
  }
}

static void
add_row (PcnBars *self, guint index)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  Row *row = &self->rows[index];

  row->shown = G_MAXUINT;
  row->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (row->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (row->name), 16);
  gtk_label_set_xalign (GTK_LABEL (row->name), 1);
  gtk_widget_add_css_class (row->name, "bar-name");
  row->bar = gtk_level_bar_new_for_interval (0, 1);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (row->bar), GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (row->bar), GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (row->bar), GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_widget_set_hexpand (row->bar, TRUE);
  gtk_widget_set_valign (row->bar, GTK_ALIGN_CENTER);
  row->share = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (row->share), 1);
  gtk_label_set_width_chars (GTK_LABEL (row->share), 7);
  gtk_widget_add_css_class (row->share, "numeric");
  gtk_widget_add_css_class (row->share, "bar-share");

  GtkWidget *widgets[] = { row->name, row->bar, row->share };
  for (int column = 0; column < 3; column++) {
    gtk_widget_set_parent (widgets[column], GTK_WIDGET (self));
    GtkLayoutChild *child = gtk_layout_manager_get_layout_child (layout, widgets[column]);
    gtk_grid_layout_child_set_column (GTK_GRID_LAYOUT_CHILD (child), column);
    gtk_grid_layout_child_set_row (GTK_GRID_LAYOUT_CHILD (child), (int) index);
  }
}

static void
remove_rows (PcnBars *self)
{
  for (guint i = 0; i < self->n_rows; i++) {
    gtk_widget_unparent (self->rows[i].name);
    gtk_widget_unparent (self->rows[i].bar);
    gtk_widget_unparent (self->rows[i].share);
  }
  self->n_rows = 0;
}

void
pcn_bars_set_classes (PcnBars *self, const char *const *names)
{
  g_return_if_fail (PCN_IS_BARS (self));

  if (names && self->names && g_strv_equal (names, (const char *const *) self->names))
    return;
  remove_rows (self);
  g_strfreev (self->names);
  self->names = g_strdupv ((char **) names);
  self->n_classes = names ? g_strv_length (self->names) : 0;
  self->n_rows = MIN (self->n_classes, PCN_BARS_MAX);
  for (guint i = 0; i < self->n_rows; i++)
    add_row (self, i);
  pcn_bars_set_values (self, NULL, 0);
}

void
pcn_bars_set_values (PcnBars *self, const float *values, guint n)
{
  guint order[PCN_BARS_MAX] = { 0 };

  g_return_if_fail (PCN_IS_BARS (self));
  g_return_if_fail (!values || n == self->n_classes);

  if (values && n > 0)
    pcn_bars_rank (values, n, order, MIN (n, PCN_BARS_MAX));
  for (guint i = 0; i < self->n_rows; i++) {
    guint class_index = values && self->n_classes > PCN_BARS_MAX ? order[i] : i;
    set_row_class (self, &self->rows[i], class_index);
    set_row_value (&self->rows[i], values ? values[class_index] : 0, values && class_index == order[0]);
  }
}

static void
pcn_bars_dispose (GObject *object)
{
  PcnBars *self = PCN_BARS (object);

  remove_rows (self);
  g_clear_pointer (&self->names, g_strfreev);
  G_OBJECT_CLASS (pcn_bars_parent_class)->dispose (object);
}

static void
pcn_bars_class_init (PcnBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_bars_dispose;
  gtk_widget_class_set_css_name (widget_class, "bars");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_GRID_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
pcn_bars_init (PcnBars *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_grid_layout_set_row_spacing (GTK_GRID_LAYOUT (layout), 8);
  gtk_grid_layout_set_column_spacing (GTK_GRID_LAYOUT (layout), 12);
}
