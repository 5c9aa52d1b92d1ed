/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/model-dialog.h"

#include "format.h"
#include "session/layer-info.h"
#include "settings.h"

#include "onnx/export/export.h"

#include <glib/gi18n.h>

struct _PcnModelDialog {
  AdwWindow parent_instance;
  AdwActionRow *classes_row, *input_row, *origin_row, *verified_row, *further_row;
  GtkLabel *n_classes, *input, *verified;
  GtkWidget *further;
  AdwPreferencesGroup *layers;
  PcnSession *session;
  NnModel *model;
  guint n_shown; /* of the nodes of its graph */
};

G_DEFINE_FINAL_TYPE (PcnModelDialog, pcn_model_dialog, ADW_TYPE_WINDOW)

#define WIDTH 480
#define HEIGHT 600
/* Rows that are made in one frame: a network of others may have a thousand layers. */
#define ROWS_A_FRAME 24
#define MAX_NAMES 12

static void
set_text (gpointer row, const char *title, const char *subtitle)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  g_autofree char *escaped_subtitle = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (row, escaped);
  adw_action_row_set_subtitle (row, escaped_subtitle);
}

static void
add_layer (PcnModelDialog *self, const NnNode *node)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *shape = nn_shape_to_string (&node->shape), *text = NULL;
  gsize n = 0;

  for (guint i = 0; i < node->n_params; i++)
    n += nn_shape_size (&node->params[i].shape);
  /* Translators: the kind of a layer, and what it gives: a shape such as 28×28×32 */
  text = g_strdup_printf (_ ("%s · gives %s"), pcn_layer_info_title (node->op), shape);
  set_text (row, node->name, text);
  if (n > 0) {
    g_autofree char *count = pcn_format_count (n);
    /* Translators: numbers that a layer of the network learns */
    g_autofree char *weights = g_strdup_printf (_ ("%s weights"), count);
    GtkWidget *label = gtk_label_new (weights);
    gtk_widget_add_css_class (label, "dim-label");
    gtk_widget_add_css_class (label, "numeric");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  }
  adw_preferences_group_add (self->layers, row);
}

static gboolean
add_layers (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PcnModelDialog *self = PCN_MODEL_DIALOG (widget);
  NnGraph *graph = nn_model_get_graph (self->model);
  guint n = nn_graph_get_n_nodes (graph);

  /* The first is the picture. */
  for (guint i = 0; i < ROWS_A_FRAME && self->n_shown + 1 < n; i++)
    add_layer (self, nn_graph_get_node (graph, ++self->n_shown));
  return self->n_shown + 1 < n ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
tell_classes (PcnModelDialog *self)
{
  const char *const *classes = nn_model_get_classes (self->model);
  guint n = g_strv_length ((char **) classes);
  g_autofree char *count = pcn_format_count (n);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, MAX_NAMES); i++) {
    g_autofree char *name = pcn_format_title (classes[i]);
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name);
  }
  if (n > MAX_NAMES)
    g_string_append (names, ", …");
  gtk_label_set_label (self->n_classes, count);
  set_text (self->classes_row, _ ("Classes"), names->str);
}

/* Where it comes from, as far as the file says. */
static void
tell_origin (PcnModelDialog *self)
{
  const char *program = nn_model_get_metadata (self->model, "imported_from");
  const char *verified = nn_model_get_metadata (self->model, NN_EXPORT_KEY);
  const char *epochs = nn_model_get_metadata (self->model, "epochs");
  const char *device = nn_model_get_metadata (self->model, "device");
  g_autofree char *text = NULL;

  if (program)
    /* Translators: the program that wrote the model's file */
    text = g_strdup_printf (_ ("Written by %s"), program);
  else if (epochs && device)
    /* Translators: %s is a number of passes over the pictures, then the name of a device */
    text = g_strdup_printf (_ ("Trained for %s epochs on %s"), epochs, device);
  else
    text = g_strdup (_ ("Made by this program"));
  set_text (self->origin_row, _ ("Origin"), text);
  gtk_widget_set_visible (GTK_WIDGET (self->verified_row), verified != NULL);
  gtk_label_set_label (self->verified, verified ? verified : "");
}

static void
tell_graph (PcnModelDialog *self)
{
  NnGraph *graph = nn_model_get_graph (self->model);
  g_autofree char *shape = nn_shape_to_string (nn_graph_get_input_shape (graph));
  g_autofree char *weights = pcn_format_count (nn_graph_count_params (graph));
  guint n = nn_graph_get_n_nodes (graph) - 1;
  const char *pixels = nn_model_get_metadata (self->model, "pixels");
  /* Translators: of the numbers that a network takes for a pixel: %s is a range such as 0 to 255 */
  g_autofree char *range = pixels ? g_strdup_printf (_ ("Pixels from %s, as far as the file tells"), pixels) : NULL;
  g_autofree char *text = g_strdup_printf (ngettext ("%u layer, %s weights", "%u layers, %s weights", n), n, weights);

  gtk_label_set_label (self->input, shape);
  /* Numbers in this order, whatever way the text around them is read. */
  gtk_widget_set_direction (GTK_WIDGET (self->input), GTK_TEXT_DIR_LTR);
  adw_action_row_set_subtitle (self->input_row, range ? range : _ ("Height, width and channels of a picture"));
  adw_preferences_group_set_description (self->layers, text);
}

static void
update_further (PcnModelDialog *self)
{
  g_autofree char *reason = pcn_session_explain_train_further (self->session);

  set_text (self->further_row, _ ("Train Further"), reason ? reason : _ ("On the data at hand, with gentle steps"));
  gtk_widget_set_sensitive (self->further, reason == NULL);
}

static void
on_further (PcnModelDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  pcn_session_train_further (self->session);
  gtk_widget_activate_action (GTK_WIDGET (parent), "win.show-step", "s", "train");
  gtk_window_close (GTK_WINDOW (self));
}

static void
pcn_model_dialog_dispose (GObject *object)
{
  PcnModelDialog *self = PCN_MODEL_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->model, nn_model_unref);
  G_OBJECT_CLASS (pcn_model_dialog_parent_class)->dispose (object);
}

static void
pcn_model_dialog_class_init (PcnModelDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_model_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/model-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, classes_row);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, n_classes);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, input_row);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, input);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, origin_row);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, verified_row);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, verified);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, further_row);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, further);
  gtk_widget_class_bind_template_child (widget_class, PcnModelDialog, layers);
  gtk_widget_class_bind_template_callback (widget_class, on_further);
}

static void
pcn_model_dialog_init (PcnModelDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
pcn_model_dialog_show (GtkWindow *parent, PcnSession *session)
{
  g_return_if_fail (PCN_IS_SESSION (session) && pcn_session_get_model (session));

  PcnModelDialog *self = g_object_new (PCN_TYPE_MODEL_DIALOG, "transient-for", parent, NULL);
  g_autofree char *name = NULL;

  self->session = g_object_ref (session);
  self->model = nn_model_ref (pcn_session_get_model (session));
  g_object_get (session, "model-name", &name, NULL);
  gtk_window_set_title (GTK_WINDOW (self), name);
  tell_classes (self);
  tell_graph (self);
  tell_origin (self);
  update_further (self);
  /* A run may begin or end meanwhile. */
  g_signal_connect_object (session, "notify::can-start", G_CALLBACK (update_further), self, G_CONNECT_SWAPPED);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), add_layers, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (self), MIN (WIDTH, gtk_widget_get_width (GTK_WIDGET (parent))),
                               MIN (HEIGHT, gtk_widget_get_height (GTK_WIDGET (parent))));
  gtk_window_set_application (GTK_WINDOW (self), gtk_window_get_application (parent));
  gtk_window_present (GTK_WINDOW (self));
}
