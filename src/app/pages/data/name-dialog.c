/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/data/name-dialog.h"

#include <glib/gi18n.h>

typedef struct {
  PcnSession *session;
  int class_index;
  PcnNameFunc func;
  gpointer data;
  GDestroyNotify destroy;
  AdwMessageDialog *dialog;
  GtkEditable *entry;
  GtkLabel *hint;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->destroy)
    question->destroy (question->data);
  g_object_unref (question->session);
  g_free (question);
}

static char *
get_name (Question *question)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (question->entry)));
}

static void
update (Question *question)
{
  g_autofree char *name = get_name (question), *text = NULL;
  NnDataset *dataset = pcn_session_get_dataset (question->session);
  int same = dataset ? nn_dataset_find_class (dataset, name) : -1;
  gboolean merges = question->class_index >= 0 && same >= 0 && same != question->class_index;

  if (merges)
    text = g_strdup_printf (_ ("There is a class “%s” already: the two become one."), name);
  gtk_label_set_label (question->hint, text ? text : "");
  adw_message_dialog_set_response_label (question->dialog, "accept",
                                         question->class_index < 0 ? _ ("_Move")
                                         : merges                  ? _ ("_Merge")
                                                                   : _ ("_Rename"));
  adw_message_dialog_set_response_enabled (
      question->dialog, "accept",
      dataset && name[0] && (question->class_index < 0 || same != question->class_index));
}

static void
on_response (Question *question, const char *response)
{
  g_autofree char *name = get_name (question);

  if (g_str_equal (response, "accept") && name[0])
    question->func (question->session, name, question->data);
}

static void
on_activate (Question *question)
{
  if (!adw_message_dialog_get_response_enabled (question->dialog, "accept"))
    return;
  /* Only the buttons close it themselves. */
  adw_message_dialog_response (question->dialog, "accept");
  gtk_window_close (GTK_WINDOW (question->dialog));
}

void
pcn_ask_class_name (GtkWidget *widget, PcnSession *session, int class_index, PcnNameFunc func, gpointer data,
                    GDestroyNotify destroy)
{
  NnDataset *dataset = pcn_session_get_dataset (session);
  Question *question = g_new0 (Question, 1);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                                              class_index < 0 ? _ ("New Class") : _ ("Rename Class"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *entry = gtk_entry_new (),
            *hint = gtk_label_new (NULL);

  *question
      = (Question){ g_object_ref (session), class_index,     func, data, destroy, ADW_MESSAGE_DIALOG (dialog),
                    GTK_EDITABLE (entry),   GTK_LABEL (hint) };
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the Class"), -1);
  if (class_index >= 0 && dataset)
    gtk_editable_set_text (GTK_EDITABLE (entry), nn_dataset_get_class_name (dataset, (guint) class_index));
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  /* Room for the hint from the start: a dialog that grows under the pointer is a nuisance. */
  gtk_label_set_max_width_chars (GTK_LABEL (hint), 30);
  gtk_widget_set_size_request (hint, 260, 40);
  gtk_widget_add_css_class (hint, "caption");
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), hint);
  adw_message_dialog_set_extra_child (question->dialog, box);
  adw_message_dialog_add_responses (question->dialog, "cancel", _ ("_Cancel"), "accept", _ ("_Rename"), NULL);
  adw_message_dialog_set_response_appearance (question->dialog, "accept", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_close_response (question->dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "pcn-question", question, question_free);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (update), question);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_activate), question);
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (on_response), question);
  update (question);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}
