/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window-private.h"

#include "export/export-dialog.h"
#include "file-dialogs.h"
#include "pages/test/compare-window.h"
#include "pages/test/model-dialog.h"
#include "session/recent.h"
#include "settings.h"

#include <glib/gi18n.h>

static void
open_data (gpointer owner, GListModel *files)
{
  PcnWindow *self = PCN_WINDOW (owner);
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (array, g_list_model_get_item (files, i));
  pcn_window_show_step (self, "data");
  pcn_session_open (self->session, (GFile *const *) array->pdata, array->len);
}

static void
on_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_open_files (GTK_WINDOW (widget), _ ("Open Folders of Pictures"), PCN_FILE_KIND_FOLDERS, open_data, widget);
}

static void
on_open_file (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_open_files (GTK_WINDOW (widget), _ ("Open an Archive, IDX or CSV File"), PCN_FILE_KIND_DATA, open_data, widget);
}

static void
on_open_mnist (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnWindow *self = PCN_WINDOW (widget);
  g_autofree char *folder = pcn_settings_get_mnist ();

  if (!folder)
    return;
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  pcn_session_open (self->session, &file, 1);
}

static void
on_open_recent (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnWindow *self = PCN_WINDOW (widget);
  g_autofree const char **paths = g_variant_get_strv (parameter, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; paths[i]; i++)
    g_ptr_array_add (files, g_file_new_for_path (paths[i]));
  pcn_window_open_files (self, (GFile *const *) files->pdata, files->len);
}

static void
on_clear_recent (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_settings_reset (PCN_WINDOW (widget)->settings, PCN_RECENT_KEY);
}

static void
open_model (gpointer owner, GListModel *files)
{
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  pcn_session_open_model (PCN_WINDOW (owner)->session, file);
}

static void
on_export_model (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_export_dialog_show (GTK_WINDOW (widget), PCN_WINDOW (widget)->session);
}

static void
on_show_model (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_model_dialog_show (GTK_WINDOW (widget), PCN_WINDOW (widget)->session);
}

static void
on_open_model (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_open_files (GTK_WINDOW (widget), _ ("Open a Model"), PCN_FILE_KIND_MODEL, open_model, widget);
}

static void
on_use_digits (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_session_use_digits (PCN_WINDOW (widget)->session);
}

static void
on_use_trained (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_session_use_trained (PCN_WINDOW (widget)->session);
}

static void
on_try_trained (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnWindow *self = PCN_WINDOW (widget);

  pcn_session_use_trained (self->session);
  pcn_window_show_step (self, "test");
}

static void
on_start (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnWindow *self = PCN_WINDOW (widget);

  pcn_window_show_step (self, "train");
  pcn_session_start (self->session);
}

static gboolean
get_ability (PcnWindow *self, const char *name)
{
  gboolean can;

  g_object_get (self->session, name, &can, NULL);
  return can;
}

static void
on_start_stop (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnWindow *self = PCN_WINDOW (widget);

  if (get_ability (self, "can-stop"))
    pcn_session_stop (self->session);
  else if (get_ability (self, "can-start"))
    on_start (widget, name, parameter);
}

static void
on_train_more (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnWindow *self = PCN_WINDOW (widget);

  if (get_ability (self, "can-train-more"))
    pcn_session_train_more (self->session, (guint) g_settings_get_int (self->settings, "more-epochs"));
}

static void
on_pause_resume (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnWindow *self = PCN_WINDOW (widget);

  if (get_ability (self, "can-pause"))
    pcn_session_pause (self->session);
  else if (get_ability (self, "can-resume"))
    pcn_session_resume (self->session);
}

static void
on_show_step (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_window_show_step (PCN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

void
pcn_window_update_actions (PcnWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autofree char *mnist = pcn_settings_get_mnist ();

  gtk_widget_action_set_enabled (widget, "win.start", get_ability (self, "can-start"));
  gtk_widget_action_set_enabled (widget, "win.export-model", get_ability (self, "has-model"));
  gtk_widget_action_set_enabled (widget, "win.show-model", get_ability (self, "has-model"));
  gtk_widget_action_set_enabled (widget, "win.open-mnist", mnist != NULL);
}

void
pcn_window_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.open", NULL, on_open);
  gtk_widget_class_install_action (klass, "win.open-file", NULL, on_open_file);
  gtk_widget_class_install_action (klass, "win.open-recent", "as", on_open_recent);
  gtk_widget_class_install_action (klass, "win.clear-recent", NULL, on_clear_recent);
  gtk_widget_class_install_action (klass, "win.open-mnist", NULL, on_open_mnist);
  gtk_widget_class_install_action (klass, "win.open-model", NULL, on_open_model);
  pcn_compare_window_install_action (klass);
  gtk_widget_class_install_action (klass, "win.export-model", NULL, on_export_model);
  gtk_widget_class_install_action (klass, "win.show-model", NULL, on_show_model);
  gtk_widget_class_install_action (klass, "win.use-digits", NULL, on_use_digits);
  gtk_widget_class_install_action (klass, "win.use-trained", NULL, on_use_trained);
  gtk_widget_class_install_action (klass, "win.try-trained", NULL, on_try_trained);
  gtk_widget_class_install_action (klass, "win.start", NULL, on_start);
  gtk_widget_class_install_action (klass, "win.start-stop", NULL, on_start_stop);
  gtk_widget_class_install_action (klass, "win.pause-resume", NULL, on_pause_resume);
  gtk_widget_class_install_action (klass, "win.train-more", NULL, on_train_more);
  gtk_widget_class_install_action (klass, "win.show-step", "s", on_show_step);
}
