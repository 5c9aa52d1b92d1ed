/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialogs that ask for files. Each belongs to the window that it is shown for, which has one at most. */
#include "config.h"

#include "file-dialogs.h"

#include <glib/gi18n.h>

#define DIALOG_KEY "pcn-file-dialog"
#define CHOSEN_KEY "pcn-files-chosen"

static void
on_response (GtkNativeDialog *dialog, int response, gpointer owner)
{
  PcnFilesChosen chosen = (PcnFilesChosen) g_object_get_data (G_OBJECT (dialog), CHOSEN_KEY);
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && g_list_model_get_n_items (files))
    chosen (owner, files);
}

static void
on_done (GtkNativeDialog *dialog)
{
  GtkWindow *parent = gtk_native_dialog_get_transient_for (dialog);

  /* The answer may have led to the next dialog. */
  if (parent && g_object_get_data (G_OBJECT (parent), DIALOG_KEY) == dialog)
    g_object_set_data (G_OBJECT (parent), DIALOG_KEY, NULL);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *suffix, const char *mime_type)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  if (suffix)
    gtk_file_filter_add_suffix (filter, suffix);
  if (mime_type)
    gtk_file_filter_add_mime_type (filter, mime_type);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
add_filters (GtkFileChooser *chooser, PcnFileKind kind)
{
  switch (kind) {
  case PCN_FILE_KIND_PICTURES:
    add_filter (chooser, _ ("Pictures"), NULL, "image/*");
    break;
  case PCN_FILE_KIND_MODEL:
    add_filter (chooser, _ ("Models (ONNX)"), "onnx", NULL);
    break;
  case PCN_FILE_KIND_WEIGHTS:
    add_filter (chooser, _ ("Weights (safetensors)"), "safetensors", NULL);
    break;
  case PCN_FILE_KIND_C_SOURCE:
    add_filter (chooser, _ ("C source files"), "c", NULL);
    break;
  case PCN_FILE_KIND_TABLE:
    add_filter (chooser, _ ("Tables (CSV)"), "csv", "text/csv");
    break;
  case PCN_FILE_KIND_ZIP:
    add_filter (chooser, _ ("Zip Archives"), "zip", "application/zip");
    break;
  case PCN_FILE_KIND_FOLDERS:
  case PCN_FILE_KIND_DATA:
  default:
    break;
  }
}

static GtkFileChooser *
new_dialog (GtkWindow *parent, const char *title, GtkFileChooserAction action, PcnFileKind kind,
            PcnFilesChosen chosen, gpointer owner)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, parent, action, NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  add_filters (GTK_FILE_CHOOSER (dialog), kind);
  g_object_set_data (G_OBJECT (dialog), CHOSEN_KEY, (gpointer) chosen);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), owner, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (on_done), NULL);
  g_object_set_data_full (G_OBJECT (parent), DIALOG_KEY, dialog, g_object_unref);
  return GTK_FILE_CHOOSER (dialog);
}

void
pcn_open_files (GtkWindow *parent, const char *title, PcnFileKind kind, PcnFilesChosen chosen, gpointer owner)
{
  GtkFileChooserAction action
      = kind == PCN_FILE_KIND_FOLDERS ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN;

  g_return_if_fail (GTK_IS_WINDOW (parent) && G_IS_OBJECT (owner) && chosen);

  GtkFileChooser *dialog = new_dialog (parent, title, action, kind, chosen, owner);
  gtk_file_chooser_set_select_multiple (dialog, kind != PCN_FILE_KIND_MODEL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
pcn_save_file (GtkWindow *parent, const char *title, PcnFileKind kind, const char *proposed,
               PcnFilesChosen chosen, gpointer owner)
{
  g_return_if_fail (GTK_IS_WINDOW (parent) && G_IS_OBJECT (owner) && chosen);

  GtkFileChooser *dialog = new_dialog (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, kind, chosen, owner);
  gtk_file_chooser_set_current_name (dialog, proposed);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
