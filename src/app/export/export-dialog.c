/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/export-dialog.h"

#include "export/show-in-folder.h"
#include "file-dialogs.h"
#include "session/export.h"
#include "settings.h"
#include "widgets/stack-shown.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _PcnExportDialog {
  AdwWindow parent_instance;
  GtkStack *steps;
  GtkButton *cancel;
  GtkWidget *export, *show_folder, *back;
  AdwPreferencesGroup *formats;
  GtkSpinner *spinner;
  GtkLabel *done_title, *done_text, *size, *difference, *pictures;
  AdwActionRow *file_row, *difference_row, *pictures_row;
  AdwStatusPage *failed;
  PcnSession *session;
  const NnExportFormat *format; /* that is chosen */
  GCancellable *cancellable;    /* while it is written */
  char *path;                   /* nullable: what was written */
};

G_DEFINE_FINAL_TYPE (PcnExportDialog, pcn_export_dialog, ADW_TYPE_WINDOW)

#define WIDTH 500
#define HEIGHT 460
#define FORMAT_KEY "pcn-format"

/* What each is for. @ending: of the proposed name, before the suffix, so that two forms don't take the same */
static const struct Purpose {
  const char *id, *title, *text, *ending;
  PcnFileKind kind;
} purposes[] = {
  { "onnx", N_ ("ONNX"), N_ ("For onnxruntime, for other programs, and to open here again"), "", PCN_FILE_KIND_MODEL },
  { "onnx-opset10", N_ ("ONNX for OpenCV 4.6"), N_ ("For OpenCV and others that know operator set 10 at most"), "-opset10",
    PCN_FILE_KIND_MODEL },
  { "safetensors", N_ ("Safetensors"), N_ ("The weights alone, by name: for Python, to build the network there"), "",
    PCN_FILE_KIND_WEIGHTS },
  { "c", N_ ("C Source"), N_ ("A .c and a .h file that need nothing else: for your own program, or a small device"), "",
    PCN_FILE_KIND_C_SOURCE },
};

static const struct Purpose *
find_purpose (const NnExportFormat *format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (purposes); i++)
    if (g_str_equal (purposes[i].id, format->id))
      return &purposes[i];
  return NULL;
}

static void
show_step (PcnExportDialog *self, const char *name)
{
  gboolean choosing = g_str_equal (name, "choose"), done = g_str_equal (name, "done");

  gtk_stack_set_visible_child_name (self->steps, name);
  gtk_widget_set_visible (self->export, choosing);
  gtk_spinner_set_spinning (self->spinner, g_str_equal (name, "busy"));
  gtk_button_set_label (self->cancel, done ? _ ("_Close") : _ ("_Cancel"));
  /* Nothing while it is busy: a second Return, meant for the file, mustn't cancel. */
  gtk_window_set_focus (GTK_WINDOW (self), choosing                         ? self->export
                                           : done                           ? self->show_folder
                                           : g_str_equal (name, "failed") ? self->back
                                                                            : NULL);
}

/* The number that was compared, and with what. */
static void
tell_comparison (PcnExportDialog *self, const PcnExported *exported)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean weights = exported->format->suffix && g_str_equal (exported->format->id, "safetensors");
  g_autofree char *subtitle = NULL;
  g_autofree char *count
      = g_strdup_printf (ngettext ("%u picture", "%u pictures", exported->n_pictures), exported->n_pictures);

  if (weights)
    subtitle = g_strdup (_ ("Of a weight, read again from the file"));
  else if (exported->compared_with)
    /* Translators: %s is the name of a device */
    subtitle = g_strdup_printf (_ ("Of a probability, to what %s says"), exported->compared_with);
  else
    subtitle = g_strdup (_ ("Of a probability, to the reference of the program"));
  gtk_label_set_label (self->difference, exported->difference == 0
                                             ? "0"
                                             : g_ascii_formatd (number, sizeof number, "%.1e", exported->difference));
  adw_action_row_set_subtitle (self->difference_row, subtitle);
  gtk_label_set_label (self->pictures, count);
  adw_action_row_set_subtitle (self->pictures_row, exported->own_pictures ? _ ("Of your data") : _ ("Of noise"));
  gtk_widget_set_visible (GTK_WIDGET (self->difference_row), !isnan (exported->difference));
  gtk_widget_set_visible (GTK_WIDGET (self->pictures_row), !isnan (exported->difference) && !weights);
}

static void
set_row_text (AdwActionRow *row, const char *title, const char *subtitle)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  g_autofree char *escaped_subtitle = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped);
  adw_action_row_set_subtitle (row, escaped_subtitle);
}

static void
tell (PcnExportDialog *self, const PcnExported *exported)
{
  g_autofree char *base = g_filename_display_basename (exported->path);
  g_autofree char *folder = g_path_get_dirname (exported->path), *shown = g_filename_display_name (folder);
  g_autofree char *size = g_format_size (exported->bytes);
  gboolean compared = !isnan (exported->difference);

  if (exported->second_path) {
    g_autofree char *second = g_filename_display_basename (exported->second_path);
    /* Translators: the names of two files */
    g_autofree char *both = g_strdup_printf (_ ("%s and %s"), base, second);
    set_row_text (self->file_row, both, shown);
  } else {
    set_row_text (self->file_row, base, shown);
  }
  gtk_label_set_label (self->size, size);
  gtk_label_set_label (self->done_title, compared ? _ ("Exported and Verified") : _ ("Exported"));
  gtk_label_set_label (self->done_text,
                       compared ? g_str_equal (exported->format->id, "safetensors")
                                      ? _ ("The file holds the weights as the network has them.")
                                      : _ ("The file gives the network’s answers.")
                                : _ ("The source brings a test along: compile it as its header says, and it compares itself "
                                     "with the network’s answers."));
  tell_comparison (self, exported);
  show_step (self, "done");
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnExportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PcnExported) exported = pcn_session_export_finish (PCN_SESSION (source), result, &error);
  /* Closed meanwhile. */
  gboolean gone = g_cancellable_is_cancelled (self->cancellable);

  g_clear_object (&self->cancellable);
  if (gone)
    return;
  if (exported) {
    self->path = g_strdup (exported->path);
    tell (self, exported);
  } else {
    g_autofree char *text = g_markup_escape_text (error->message, -1);
    adw_status_page_set_description (self->failed, text);
    show_step (self, "failed");
  }
}

static void
on_file_chosen (gpointer owner, GListModel *files)
{
  PcnExportDialog *self = PCN_EXPORT_DIALOG (owner);
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  if (self->cancellable)
    return;
  self->cancellable = g_cancellable_new ();
  show_step (self, "busy");
  pcn_session_export_async (self->session, self->format, file, self->cancellable, on_exported, g_object_ref (self));
}

/* After the model, in words that every disk takes. */
static char *
propose_name (PcnExportDialog *self)
{
  g_autofree char *name = NULL;

  g_object_get (self->session, "model-name", &name, NULL);
  if (name && g_str_has_suffix (name, ".onnx"))
    name[strlen (name) - strlen (".onnx")] = '\0';
  /* Translators: the proposed name of a file, without its ending */
  g_autofree char *stem = g_strdelimit (g_strdup (name && *name ? name : _ ("model")), "/\\:*?\"<>|", '-');
  return g_strconcat (stem, find_purpose (self->format)->ending, self->format->suffix, NULL);
}

static void
on_export (PcnExportDialog *self)
{
  g_autofree char *name = propose_name (self);

  pcn_save_file (GTK_WINDOW (self), _ ("Export the Model"), find_purpose (self->format)->kind, name, on_file_chosen, self);
}

static void
on_show_folder (PcnExportDialog *self)
{
  pcn_show_in_folder (GTK_WINDOW (self), self->path);
}

static void
on_back (PcnExportDialog *self)
{
  show_step (self, "choose");
}

static void
on_toggled (PcnExportDialog *self, GtkCheckButton *check)
{
  if (gtk_check_button_get_active (check))
    self->format = g_object_get_data (G_OBJECT (check), FORMAT_KEY);
}

static void
add_format (PcnExportDialog *self, const NnExportFormat *format, GtkCheckButton **first)
{
  const struct Purpose *purpose = find_purpose (format);
  GtkWidget *row = adw_action_row_new (), *check = gtk_check_button_new ();
  g_autoptr (GError) error = NULL;
  gboolean can = pcn_session_check_export (self->session, format, &error);

  set_row_text (ADW_ACTION_ROW (row), _ (purpose->title), can ? _ (purpose->text) : error->message);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  can ? _ (purpose->text) : error->message, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  /* The row itself stays as it is, so that the reason can be read. */
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), can);
  gtk_widget_set_sensitive (check, can);
  g_object_set_data (G_OBJECT (check), FORMAT_KEY, (gpointer) format);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (on_toggled), self);
  if (*first)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (check), *first);
  else
    *first = GTK_CHECK_BUTTON (check);
  adw_preferences_group_add (self->formats, row);
}

static void
pcn_export_dialog_dispose (GObject *object)
{
  PcnExportDialog *self = PCN_EXPORT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (pcn_export_dialog_parent_class)->dispose (object);
}

static void
pcn_export_dialog_finalize (GObject *object)
{
  g_clear_object (&PCN_EXPORT_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (pcn_export_dialog_parent_class)->finalize (object);
}

static gboolean
pcn_export_dialog_close_request (GtkWindow *window)
{
  g_cancellable_cancel (PCN_EXPORT_DIALOG (window)->cancellable);
  return GTK_WINDOW_CLASS (pcn_export_dialog_parent_class)->close_request (window);
}

static void
pcn_export_dialog_class_init (PcnExportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_export_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = pcn_export_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = pcn_export_dialog_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/export/export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, steps);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, export);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, formats);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, done_title);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, done_text);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, file_row);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, size);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, difference_row);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, difference);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, pictures_row);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, pictures);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, show_folder);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, failed);
  gtk_widget_class_bind_template_child (widget_class, PcnExportDialog, back);
  gtk_widget_class_bind_template_callback (widget_class, on_export);
  gtk_widget_class_bind_template_callback (widget_class, on_show_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
}

static void
pcn_export_dialog_init (PcnExportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->steps));
}

void
pcn_export_dialog_show (GtkWindow *parent, PcnSession *session)
{
  g_return_if_fail (PCN_IS_SESSION (session) && pcn_session_get_classes (session));

  PcnExportDialog *self = g_object_new (PCN_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  GtkCheckButton *first = NULL;

  self->session = g_object_ref (session);
  for (const NnExportFormat *format = nn_export_formats (); format->id; format++)
    add_format (self, format, &first);
  gtk_check_button_set_active (first, TRUE);
  gtk_window_set_application (GTK_WINDOW (self), gtk_window_get_application (parent));
  gtk_window_set_default_size (GTK_WINDOW (self), MIN (WIDTH, gtk_widget_get_width (GTK_WIDGET (parent))), HEIGHT);
  /* So that Return goes on with the usual form. */
  gtk_widget_grab_focus (self->export);
  gtk_window_present (GTK_WINDOW (self));
}
