/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/explain-window.h"
#include "file-dialogs.h"
#include "format.h"
#include "messages.h"
#include "settings.h"
#include "widgets/chart-scale.h"
#include "widgets/columns.h"
#include "widgets/heat-picture.h"
#include "widgets/progress.h"
#include "widgets/stack-shown.h"

#include "data/heat-map.h"
#include "train/grad-cam.h"

#include <glib/gi18n.h>

struct _PcnExplainWindow {
  AdwWindow parent_instance;
  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  PcnHeatPicture *picture;
  GtkLabel *answer, *hint, *most, *failure;
  AdwComboRow *method, *layer, *class_row;
  GtkAdjustment *opacity;
  GtkStack *working;
  GtkProgressBar *progress;
  PcnSession *session;
  PcnExplanation *explanation;
  GArray *nodes;        /* guint: of the graph, in the order of the row */
  gboolean has_grad_cam; /* else occlusion is the only method */
  gboolean updating, stopped;
};

G_DEFINE_FINAL_TYPE (PcnExplainWindow, pcn_explain_window, ADW_TYPE_WINDOW)

static PcnExplainMethod
get_method (PcnExplainWindow *self)
{
  return self->has_grad_cam && adw_combo_row_get_selected (self->method) == 0 ? PCN_EXPLAIN_GRAD_CAM
                                                                              : PCN_EXPLAIN_OCCLUSION;
}

static void
ask (PcnExplainWindow *self)
{
  guint layer = adw_combo_row_get_selected (self->layer), chosen = adw_combo_row_get_selected (self->class_row);
  gboolean known = pcn_explanation_get_probabilities (self->explanation) != NULL;
  guint node = layer < self->nodes->len ? g_array_index (self->nodes, guint, layer) : 0;

  self->stopped = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->layer), get_method (self) == PCN_EXPLAIN_GRAD_CAM);
  pcn_explanation_ask (self->explanation, get_method (self), node, known ? (int) chosen : -1);
}

static void
on_choice (PcnExplainWindow *self)
{
  if (!self->updating && self->explanation)
    ask (self);
}

static void
fill_layers (PcnExplainWindow *self, NnGraph *graph)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint wanted = nn_grad_cam_find_layer (graph), selected = 0;

  for (guint i = 1; i < nn_graph_get_n_nodes (graph); i++) {
    const NnNode *node = nn_graph_get_node (graph, i);
    if (!nn_grad_cam_suits (graph, i))
      continue;
    g_autofree char *shape = nn_shape_to_string (&node->shape);
    gtk_string_list_take (names, g_strdup_printf ("%s · %s", node->name, shape));
    if (i == wanted)
      selected = self->nodes->len;
    g_array_append_val (self->nodes, i);
  }
  adw_combo_row_set_model (self->layer, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->layer, selected);
  self->has_grad_cam = wanted > 0;
  gtk_widget_set_visible (GTK_WIDGET (self->layer), self->has_grad_cam);
}

static void
fill_methods (PcnExplainWindow *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  if (self->has_grad_cam)
    gtk_string_list_append (names, _ ("Grad-CAM"));
  else
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->method),
                                 _ ("Grad-CAM needs a layer that keeps places apart, such as a convolution"));
  /* Translators: a method: covering parts of a picture */
  gtk_string_list_append (names, _ ("Occlusion"));
  adw_combo_row_set_model (self->method, G_LIST_MODEL (names));
}

/* The names alone until the answer is known. */
static void
fill_classes (PcnExplainWindow *self, int selected)
{
  NnModel *model = pcn_explanation_get_model (self->explanation);
  const char *const *classes = nn_model_get_classes (model);
  const float *probabilities = pcn_explanation_get_probabilities (self->explanation);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint c = 0; classes[c]; c++) {
    char *name = pcn_format_title (classes[c]);
    if (probabilities) {
      g_autofree char *plain = name, *share = pcn_value_format ((double) probabilities[c], TRUE);
      name = g_strdup_printf ("%s · %s", plain, share);
    }
    gtk_string_list_take (names, name);
  }
  self->updating = TRUE;
  adw_combo_row_set_model (self->class_row, G_LIST_MODEL (names));
  if (selected >= 0)
    adw_combo_row_set_selected (self->class_row, (guint) selected);
  gtk_widget_set_sensitive (GTK_WIDGET (self->class_row), probabilities != NULL);
  self->updating = FALSE;
}

static void
show_answer (PcnExplainWindow *self, PcnExplainMethod method, guint class_index, float peak)
{
  const float *probabilities = pcn_explanation_get_probabilities (self->explanation);
  g_autofree char *share = pcn_value_format ((double) probabilities[class_index], TRUE);
  g_autofree char *lower = pcn_value_format ((double) (probabilities[class_index] - peak), TRUE);
  g_autofree char *name
      = pcn_format_title (nn_model_get_classes (pcn_explanation_get_model (self->explanation))[class_index]);
  /* Translators: how likely a class is where nothing, and where the most important part of the picture is covered */
  g_autofree char *fall = g_strdup_printf (_ ("%s instead of %s"), lower, share);
  g_autofree char *text = g_strdup_printf ("%s · %s", name, share);

  gtk_label_set_label (self->answer, text);
  gtk_label_set_label (self->hint, method == PCN_EXPLAIN_GRAD_CAM
                                       ? _ ("Where the layer sees what speaks for the class")
                                       : _ ("Where covering the picture makes the class less likely"));
  if (peak <= 0)
    gtk_label_set_label (self->most, _ ("Nothing"));
  else if (method == PCN_EXPLAIN_OCCLUSION)
    gtk_label_set_label (self->most, g_str_equal (lower, share) ? _ ("Hardly Anything") : fall);
  else
    gtk_label_set_label (self->most, _ ("Much"));
}

static void
on_changed (PcnExplainWindow *self)
{
  PcnExplainMethod method;
  guint class_index;
  const float *map = pcn_explanation_get_map (self->explanation, &method, &class_index);
  const NnShape *input
      = nn_graph_get_input_shape (nn_model_get_graph (pcn_explanation_get_model (self->explanation)));

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->class_row)))
    fill_classes (self, (int) class_index);
  pcn_heat_picture_set (self->picture, pcn_explanation_get_pixels (self->explanation), input->dims[0],
                        input->dims[1], input->dims[2], map);
  show_answer (self, method, class_index,
               nn_heat_peak (map, (gsize) input->dims[0] * input->dims[1], NULL));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "explain.save", TRUE);
}

static void
update_progress (PcnExplainWindow *self)
{
  gboolean busy;
  double fraction;
  g_autofree char *failure = NULL;

  g_object_get (self->explanation, "busy", &busy, "fraction", &fraction, "failure", &failure, NULL);
  gtk_stack_set_visible_child_name (self->working, busy            ? "busy"
                                                   : failure       ? "failed"
                                                   : self->stopped ? "stopped"
                                                                   : "idle");
  gtk_label_set_label (self->failure, failure ? failure : "");
  pcn_progress_show (self->progress, busy, fraction);
}

static void
on_stop (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnExplainWindow *self = PCN_EXPLAIN_WINDOW (widget);

  self->stopped = TRUE;
  pcn_explanation_cancel (self->explanation);
  gtk_widget_grab_focus (GTK_WIDGET (self->method));
}

static void
on_again (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask (PCN_EXPLAIN_WINDOW (widget));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnExplainWindow) self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = pcn_explanation_save_finish (result, &error);

  if (!self->session) /* it was closed meanwhile */
    return;
  if (ok)
    pcn_show_notice (self->toasts, _ ("Picture saved"));
  else
    pcn_show_problem (GTK_WINDOW (self), _ ("The Picture Wasn’t Saved"), error->message);
}

static void
save (gpointer owner, GListModel *files)
{
  PcnExplainWindow *self = owner;
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  pcn_explanation_save_async (self->explanation, file, gtk_adjustment_get_value (self->opacity), on_saved,
                              g_object_ref (self));
}

static void
on_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  /* Translators: the proposed name of a file; a picture that shows what a network looked at */
  pcn_save_file (GTK_WINDOW (widget), _ ("Save the Picture"), PCN_FILE_KIND_PICTURES, _ ("explanation.png"), save,
                 widget);
}

static void
pcn_explain_window_dispose (GObject *object)
{
  PcnExplainWindow *self = PCN_EXPLAIN_WINDOW (object);

  if (self->explanation)
    pcn_explanation_cancel (self->explanation);
  g_clear_object (&self->explanation);
  g_clear_object (&self->session);
  g_clear_pointer (&self->nodes, g_array_unref);
  G_OBJECT_CLASS (pcn_explain_window_parent_class)->dispose (object);
}

static void
pcn_explain_window_class_init (PcnExplainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_explain_window_dispose;
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_HEAT_PICTURE);
  g_type_ensure (PCN_TYPE_HEAT_LEGEND);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/explain-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, title);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, picture);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, answer);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, hint);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, most);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, failure);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, method);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, layer);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, class_row);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, opacity);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, working);
  gtk_widget_class_bind_template_child (widget_class, PcnExplainWindow, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
  gtk_widget_class_install_action (widget_class, "explain.stop", NULL, on_stop);
  gtk_widget_class_install_action (widget_class, "explain.again", NULL, on_again);
  gtk_widget_class_install_action (widget_class, "explain.save", NULL, on_save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "explain.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pcn_explain_window_init (PcnExplainWindow *self)
{
  self->nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->working));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "explain.save", FALSE);
}

void
pcn_explain_window_present (GtkWidget *widget, PcnSession *session, PcnExplanation *explanation, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (widget) && PCN_IS_SESSION (session) && PCN_IS_EXPLANATION (explanation));

  PcnExplainWindow *self = g_object_new (PCN_TYPE_EXPLAIN_WINDOW, NULL);
  self->session = g_object_ref (session);
  self->updating = TRUE;
  fill_layers (self, nn_model_get_graph (pcn_explanation_get_model (explanation)));
  fill_methods (self);
  self->explanation = explanation;
  fill_classes (self, -1);
  adw_window_title_set_subtitle (self->title, name);
  g_signal_connect_object (explanation, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (explanation, "notify::fraction", G_CALLBACK (update_progress), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (explanation, "notify::failure", G_CALLBACK (update_progress), self, G_CONNECT_SWAPPED);
  ask (self);
  update_progress (self);
  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (widget)));
  gtk_window_present (GTK_WINDOW (self));
}
