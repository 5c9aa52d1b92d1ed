/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/classify-view-private.h"

#include "file-dialogs.h"
#include "pages/test/explain-window.h"

#include <glib/gi18n.h>

#define ZIP_INTERVAL_MS 100

static void
open_files (gpointer owner, GListModel *files)
{
  PcnClassifyView *self = owner;
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (array, g_list_model_get_item (files, i));
  pcn_classification_open (self->classification, (GFile *const *) array->pdata, array->len);
}

static void
on_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gboolean folder = g_str_equal (name, "classify.open-folder");
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));

  pcn_open_files (window, folder ? _ ("Open a Folder of Pictures") : _ ("Open Pictures"),
                  folder ? PCN_FILE_KIND_FOLDERS : PCN_FILE_KIND_PICTURES, open_files, widget);
}

static void
on_cancel (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnClassifyView *self = PCN_CLASSIFY_VIEW (widget);

  if (self->zip)
    pcn_zip_job_cancel (self->zip);
  else
    pcn_classification_cancel (self->classification);
}

static void
on_forget (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_classification_forget (PCN_CLASSIFY_VIEW (widget)->classification);
}

static void
on_sort (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnClassifyView *self = PCN_CLASSIFY_VIEW (widget);
  const char *by = g_variant_get_string (parameter, NULL);
  GtkColumnViewColumn *column = g_str_equal (by, "name")    ? self->name_column
                                : g_str_equal (by, "class") ? self->class_column
                                                            : self->probability_column;

  gtk_column_view_sort_by_column (self->table, column,
                                  g_str_equal (by, "most-sure") ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

/* Returns: (transfer full): what is shown, in the order in which it is shown; NULL where there is no model */
static GPtrArray *
get_shown (PcnClassifyView *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));

  if (!pcn_classification_get_model (self->classification))
    return NULL;
  GPtrArray *rows = g_ptr_array_new_full (n, g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, g_list_model_get_item (G_LIST_MODEL (self->sorted), i));
  return rows;
}

static void
save_csv (gpointer owner, GListModel *files)
{
  PcnClassifyView *self = owner;
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);
  g_autoptr (GPtrArray) rows = get_shown (self);

  if (rows)
    pcn_classify_save_table (self->session, pcn_classification_get_model (self->classification), rows, file);
}

static void
on_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  /* Translators: the proposed name of a file; a table of classified pictures */
  pcn_save_file (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Save the Table"), PCN_FILE_KIND_TABLE,
                 _ ("classes.csv"), save_csv, widget);
}

static void
on_zip_done (gpointer job, gpointer owner)
{
  PcnClassifyView *self = owner;

  self->zip = NULL;
  g_clear_handle_id (&self->zip_source, g_source_remove);
  pcn_classify_view_update_progress (self);
}

static gboolean
on_zip_progress (gpointer data)
{
  pcn_classify_view_update_progress (data);
  return G_SOURCE_CONTINUE;
}

static void
save_zip (gpointer owner, GListModel *files)
{
  PcnClassifyView *self = owner;
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);
  g_autoptr (GPtrArray) rows = get_shown (self);

  if (!rows || self->zip)
    return;
  self->zip = pcn_zip_job_start (self->session, pcn_classification_get_model (self->classification), rows, file,
                                 on_zip_done, self);
  if (self->zip)
    self->zip_source = g_timeout_add (ZIP_INTERVAL_MS, on_zip_progress, self);
}

static void
on_save_zip (GtkWidget *widget, const char *name, GVariant *parameter)
{
  /* Translators: the proposed name of a file; pictures in folders by their class */
  pcn_save_file (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Save the Pictures by Class"), PCN_FILE_KIND_ZIP,
                 _ ("pictures.zip"), save_zip, widget);
}

static void
on_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnClassifyView *self = PCN_CLASSIFY_VIEW (widget);
  g_autoptr (GPtrArray) rows = get_shown (self);

  if (rows)
    pcn_classify_copy_table (self->session, pcn_classification_get_model (self->classification), rows, widget);
}

static void
on_explain (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnClassifyView *self = PCN_CLASSIFY_VIEW (widget);
  PcnClassified *row = gtk_single_selection_get_selected_item (self->selection);

  if (row)
    pcn_explain_window_present (widget, self->session,
                                pcn_explanation_new_file (self->session, pcn_classified_get_path (row)),
                                gtk_label_get_label (self->photo_name));
}

void
pcn_classify_view_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "classify.open", NULL, on_open);
  gtk_widget_class_install_action (klass, "classify.open-folder", NULL, on_open);
  gtk_widget_class_install_action (klass, "classify.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (klass, "classify.forget", NULL, on_forget);
  gtk_widget_class_install_action (klass, "classify.sort", "s", on_sort);
  gtk_widget_class_install_action (klass, "classify.save", NULL, on_save);
  gtk_widget_class_install_action (klass, "classify.save-zip", NULL, on_save_zip);
  gtk_widget_class_install_action (klass, "classify.copy", NULL, on_copy);
  gtk_widget_class_install_action (klass, "classify.explain", NULL, on_explain);
}
