/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "pages/model/model-page.h"
#include "session/preset-info.h"
#include "settings.h"
#include "widgets/columns.h"

#include "net/graph.h"

#include <glib/gi18n.h>

struct _PcnModelPage {
  AdwBin parent_instance;
  AdwPreferencesGroup *presets, *layers;
  GPtrArray *choices, *layer_rows;
  PcnSession *session;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (PcnModelPage, pcn_model_page, ADW_TYPE_BIN)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* The network as it would be for the data at hand; for the size that the preset is made for where there is none. */
static NnGraph *
make_graph (PcnModelPage *self, const char *preset, GError **error)
{
  NnDataset *dataset = pcn_session_get_dataset (self->session);
  guint height, width, channels;
  guint n_classes = dataset ? MAX (nn_dataset_get_n_classes (dataset), 2) : 10;

  if (dataset && nn_dataset_get_size (dataset, &height, &width, &channels))
    return nn_graph_new_from_preset (preset, &NN_SHAPE (height, width, channels), n_classes, error);
  return nn_graph_new_from_preset (preset, NULL, n_classes, error);
}

static void
add_layer_row (PcnModelPage *self, const NnNode *node)
{
  GtkWidget *row = adw_action_row_new (), *label;
  g_autofree char *shape = nn_shape_to_string (&node->shape);
  gsize n_params = 0;

  for (guint i = 0; i < node->n_params; i++)
    n_params += nn_shape_size (&node->params[i].shape);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), node->name);
  if (n_params > 0) {
    g_autofree char *count = pcn_format_count (n_params);
    /* Translators: numbers that a layer of the network learns */
    g_autofree char *text = g_strdup_printf (_ ("%s weights"), count);
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  }
  label = gtk_label_new (shape);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (self->layers, row);
  g_ptr_array_add (self->layer_rows, row);
}

static void
update_layers (PcnModelPage *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NnGraph) graph = make_graph (self, pcn_session_get_preset (self->session), &error);

  for (guint i = 0; i < self->layer_rows->len; i++)
    adw_preferences_group_remove (self->layers, g_ptr_array_index (self->layer_rows, i));
  g_ptr_array_set_size (self->layer_rows, 0);
  g_autofree char *markup = NULL;
  if (graph) {
    g_autofree char *count = pcn_format_count (nn_graph_count_params (graph));
    /* Translators: numbers that a network learns, in all */
    markup = g_strdup_printf (_ ("%s weights in all"), count);
    for (guint i = 0; i < nn_graph_get_n_nodes (graph); i++)
      add_layer_row (self, nn_graph_get_node (graph, i));
  } else {
    markup = g_markup_escape_text (error->message, -1);
  }
  adw_preferences_group_set_description (self->layers, markup);
}

static void
update_choice (PcnModelPage *self)
{
  const char *preset = pcn_session_get_preset (self->session);

  self->updating = TRUE;
  for (guint i = 0; i < self->choices->len; i++) {
    GtkCheckButton *check = g_ptr_array_index (self->choices, i);
    if (g_strcmp0 (g_object_get_data (G_OBJECT (check), "preset"), preset) == 0)
      gtk_check_button_set_active (check, TRUE);
  }
  self->updating = FALSE;
  update_layers (self);
}

static void
on_toggled (GtkCheckButton *check, PcnModelPage *self)
{
  if (!self->updating && gtk_check_button_get_active (check))
    pcn_session_set_preset (self->session, g_object_get_data (G_OBJECT (check), "preset"));
}

static void
add_preset (PcnModelPage *self, const char *name)
{
  const char *title = pcn_preset_get_title (name);
  GtkWidget *row = adw_action_row_new (), *check = gtk_check_button_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), pcn_preset_get_text (name));
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  /* Names of presets are constants of the engine. */
  g_object_set_data (G_OBJECT (check), "preset", (gpointer) name);
  if (self->choices->len > 0)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (check), g_ptr_array_index (self->choices, 0));
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_preferences_group_add (self->presets, row);
  g_ptr_array_add (self->choices, check);
}

static void
set_session (PcnModelPage *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    for (const char *const *name = nn_preset_names (); *name; name++)
      add_preset (self, *name);
    g_signal_connect_object (session, "notify::preset", G_CALLBACK (update_choice), self, G_CONNECT_SWAPPED);
    update_choice (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_model_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_MODEL_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_model_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_MODEL_PAGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_model_page_dispose (GObject *object)
{
  g_clear_object (&PCN_MODEL_PAGE (object)->session);
  G_OBJECT_CLASS (pcn_model_page_parent_class)->dispose (object);
}

static void
pcn_model_page_finalize (GObject *object)
{
  PcnModelPage *self = PCN_MODEL_PAGE (object);

  g_ptr_array_unref (self->choices);
  g_ptr_array_unref (self->layer_rows);
  G_OBJECT_CLASS (pcn_model_page_parent_class)->finalize (object);
}

static void
pcn_model_page_class_init (PcnModelPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_model_page_get_property;
  object_class->set_property = pcn_model_page_set_property;
  object_class->dispose = pcn_model_page_dispose;
  object_class->finalize = pcn_model_page_finalize;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/model/model-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, presets);
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, layers);
}

static void
pcn_model_page_init (PcnModelPage *self)
{
  self->choices = g_ptr_array_new ();
  self->layer_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
