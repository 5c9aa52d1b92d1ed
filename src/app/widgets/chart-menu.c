/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menu in the corner of a chart: how it is shown, and its values to take away. */
#include "config.h"

#include "widgets/chart-private.h"

#include <glib/gi18n.h>

static void
on_toggle_log (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnChart *self = PCN_CHART (widget);

  self->view.logarithmic = !self->view.logarithmic;
  pcn_chart_update (self, TRUE);
}

static void
on_toggle_smooth (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnChart *self = PCN_CHART (widget);

  self->view.smooth = !self->view.smooth;
  pcn_chart_update (self, TRUE);
}

static void
on_toggle_train (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_chart_toggle_series (PCN_CHART (widget), PCN_SERIES_TRAIN);
}

static void
on_toggle_validation (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_chart_toggle_series (PCN_CHART (widget), PCN_SERIES_VALIDATION);
}

static void
on_show_all (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_chart_show_range (PCN_CHART (widget), 0, 0);
}

/* A row a value, as a spreadsheet takes it. */
static void
on_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnChart *self = PCN_CHART (widget);
  g_autoptr (GString) text = g_string_new ("series,epoch,value\n");

  for (guint i = 0; self->series && i < g_list_model_get_n_items (self->series); i++) {
    g_autoptr (PcnSeries) series = g_list_model_get_item (self->series, i);
    guint n;
    const PcnPoint *points = pcn_series_get_points (series, &n);
    for (guint p = 0; p < n; p++) {
      char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append_printf (text, "%s,%s,%s\n",
                              pcn_series_get_kind (series) == PCN_SERIES_TRAIN ? "training" : "validation",
                              g_ascii_formatd (x, sizeof x, "%.4f", points[p].x),
                              g_ascii_formatd (y, sizeof y, "%.6g", points[p].y));
    }
  }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
}

void
pcn_chart_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "chart.log", NULL, on_toggle_log);
  gtk_widget_class_install_action (klass, "chart.smooth", NULL, on_toggle_smooth);
  gtk_widget_class_install_action (klass, "chart.train", NULL, on_toggle_train);
  gtk_widget_class_install_action (klass, "chart.validation", NULL, on_toggle_validation);
  gtk_widget_class_install_action (klass, "chart.show-all", NULL, on_show_all);
  gtk_widget_class_install_action (klass, "chart.copy", NULL, on_copy);
}

GtkWidget *
pcn_chart_create_menu (PcnChart *self)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new (), look = g_menu_new (), curves = g_menu_new (), rest = g_menu_new ();

  g_menu_append (look, _ ("_Logarithmic Scale"), "chart.log");
  g_menu_append (look, _ ("_Smooth Curve"), "chart.smooth");
  /* Translators: of a chart: the curve of training, and that of validation, are shown or hidden */
  g_menu_append (curves, _ ("Show or Hide _Training"), "chart.train");
  g_menu_append (curves, _ ("Show or Hide _Validation"), "chart.validation");
  g_menu_append (rest, _ ("Show _Everything"), "chart.show-all");
  g_menu_append (rest, _ ("_Copy Values"), "chart.copy");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (look));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (curves));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (rest));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "chart-menu");
  gtk_widget_set_tooltip_text (button, _ ("How the Chart Is Shown"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("How the Chart Is Shown"), -1);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return button;
}
