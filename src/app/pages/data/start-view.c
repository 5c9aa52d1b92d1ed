/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/data/start-view.h"
#include "session/recent.h"
#include "settings.h"

#include <glib/gi18n.h>

#define MAX_RECENT 4

struct _PcnStartView {
  AdwBin parent_instance;
  GtkWidget *digits, *fashion;
  GtkLabel *digits_text, *fashion_text;
  AdwPreferencesGroup *recent;
  GtkFlowBox *cards;
  GSettings *settings;
  GPtrArray *rows;
};

G_DEFINE_FINAL_TYPE (PcnStartView, pcn_start_view, ADW_TYPE_BIN)

static GVariant *
paths_variant (const char *path)
{
  const char *const paths[] = { path, NULL };

  return g_variant_new_strv (paths, -1);
}

/* @path: (nullable): where the set is, if it is here. */
static void
set_card (GtkWidget *card, GtkLabel *text, const char *path, const char *present, const char *missing)
{
  if (path)
    gtk_actionable_set_action_target_value (GTK_ACTIONABLE (card), paths_variant (path));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (card), path ? "win.open-recent" : NULL);
  gtk_widget_set_sensitive (card, path != NULL);
  gtk_label_set_label (text, path ? present : missing);
}

static void
update_cards (PcnStartView *self)
{
  g_autofree char *digits = pcn_settings_get_mnist (), *fashion = pcn_settings_get_fashion ();

  set_card (self->digits, self->digits_text, digits, _ ("70,000 small pictures to train on (MNIST)"),
            /* Translators: “./dev data” is a command and stays as it is */
            _ ("Not on this computer yet: “./dev data” in the program’s source folder gets them (11 MB)"));
  set_card (self->fashion, self->fashion_text, fashion, _ ("70,000 small pictures of ten kinds of clothes"),
            /* Translators: “dataset-fashion-mnist” and “./dev data” stay as they are */
            _ ("Not on this computer yet: install “dataset-fashion-mnist” (Debian, Ubuntu), then run “./dev "
               "data”"));
}

static GtkWidget *
recent_row (GVariant *item)
{
  g_autofree const char **paths = g_variant_get_strv (item, NULL);
  g_autofree char *label = pcn_recent_label (paths), *markup = g_markup_escape_text (label, -1);
  g_autofree char *folder = g_path_get_dirname (paths[0]), *shown = g_filename_display_name (folder);
  g_autofree char *subtitle = g_markup_escape_text (shown, -1);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (row), item);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-recent");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("folder-symbolic"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  return row;
}

static void
update_recent (PcnStartView *self)
{
  g_autoptr (GVariant) list = g_settings_get_value (self->settings, PCN_RECENT_KEY);
  gsize n = MIN (g_variant_n_children (list), MAX_RECENT);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->recent, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (list, i);
    if (g_variant_n_children (item) == 0)
      continue;
    GtkWidget *row = recent_row (item);
    adw_preferences_group_add (self->recent, row);
    g_ptr_array_add (self->rows, row);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->recent), self->rows->len > 0);
}

static void
pcn_start_view_map (GtkWidget *widget)
{
  /* The sets may have been fetched meanwhile. */
  update_cards (PCN_START_VIEW (widget));
  GTK_WIDGET_CLASS (pcn_start_view_parent_class)->map (widget);
}

static void
pcn_start_view_dispose (GObject *object)
{
  PcnStartView *self = PCN_START_VIEW (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (pcn_start_view_parent_class)->dispose (object);
}

static void
pcn_start_view_class_init (PcnStartViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_start_view_dispose;
  widget_class->map = pcn_start_view_map;
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/data/start-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnStartView, digits);
  gtk_widget_class_bind_template_child (widget_class, PcnStartView, fashion);
  gtk_widget_class_bind_template_child (widget_class, PcnStartView, digits_text);
  gtk_widget_class_bind_template_child (widget_class, PcnStartView, fashion_text);
  gtk_widget_class_bind_template_child (widget_class, PcnStartView, recent);
  gtk_widget_class_bind_template_child (widget_class, PcnStartView, cards);
}

static void
pcn_start_view_init (PcnStartView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  self->settings = pcn_settings_new ();
  g_signal_connect_object (self->settings, "changed::" PCN_RECENT_KEY, G_CALLBACK (update_recent), self,
                           G_CONNECT_SWAPPED);
  update_recent (self);
  /* The buttons take the focus, not the places that they stand in. */
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); child;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_focusable (child, FALSE);
}
