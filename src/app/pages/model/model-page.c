/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/model/model-page.h"

#include "format.h"
#include "pages/model/backbone-group.h"
#include "pages/model/field-view.h"
#include "pages/model/layer-row.h"
#include "pages/model/memory-group.h"
#include "pages/model/preset-cards.h"
#include "session/layer-info.h"
#include "session/sample-list.h"
#include "settings.h"
#include "widgets/columns.h"

#include <glib/gi18n.h>

struct _PcnModelPage {
  AdwBin parent_instance;
  PcnPresetCards *cards;
  PcnBackboneGroup *backbone;
  AdwPreferencesGroup *layer_group;
  GtkListBox *layers;
  GtkMenuButton *add;
  PcnFieldView *field;
  GtkLabel *field_text;
  PcnMemoryGroup *memory;
  PcnSession *session;
  PcnNetwork *network;
  GtkFilterListModel *shown_layers; /* without those of a backbone, which has a row of its own */
  PcnLayer *shown; /* whose receptive field is drawn */
  char *preset;    /* that it was chosen in */
  GCancellable *loading;
  guint place, n_frames, focus_tick; /* @place: what gets the focus */
  GSimpleActionGroup *actions;
};

G_DEFINE_FINAL_TYPE (PcnModelPage, pcn_model_page, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
tell_field (PcnModelPage *self, const char *layer, const char *text)
{
  g_autofree char *words = layer ? g_strdup_printf ("%s: %s", layer, text) : g_strdup (text);

  gtk_label_set_text (self->field_text, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->field), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words,
                                  -1);
}

static void
update_field (PcnModelPage *self)
{
  const NnGraph *graph = pcn_network_get_graph (self->network);
  guint node = self->shown ? pcn_layer_get_facts (self->shown)->node : 0;

  if (!graph || node >= nn_graph_get_n_nodes (graph)) {
    tell_field (self, NULL, _ ("Not known while a layer is wrong"));
    return;
  }
  const NnShape *input = nn_graph_get_input_shape (graph);
  NnReceptiveField field = nn_receptive_field (graph, node);
  const char *title
      = node > 0 ? pcn_layer_info_title (nn_graph_get_node (graph, node)->op) : _ ("The picture");
  pcn_field_view_set_field (self->field, &field, input->dims[0], input->dims[1]);
  if (field.whole || (field.size[0] >= input->dims[0] && field.size[1] >= input->dims[1])) {
    tell_field (self, title, _ ("each unit sees the whole picture"));
  } else {
    /* Translators: the part of the picture that a unit of a network sees */
    g_autofree char *text = g_strdup_printf (_ ("each unit sees %u×%u pixels"), field.size[0], field.size[1]);
    tell_field (self, title, text);
  }
}

/* The last layer that still sees a part only says most; it is shown until another layer or preset is looked
 * at. */
static void
choose_shown (PcnModelPage *self)
{
  const NnGraph *graph = pcn_network_get_graph (self->network);
  GListModel *layers = pcn_network_get_layers (self->network);
  guint place = GTK_INVALID_LIST_POSITION;

  if (g_strcmp0 (self->preset, pcn_network_get_preset (self->network)) != 0)
    g_clear_object (&self->shown);
  g_free (self->preset);
  self->preset = g_strdup (pcn_network_get_preset (self->network));
  if (self->shown && g_list_store_find (G_LIST_STORE (layers), self->shown, NULL))
    return;
  for (guint i = 1; graph && i < nn_graph_get_n_nodes (graph); i++)
    if (!nn_receptive_field (graph, i).whole)
      place = i - 1;
  g_autoptr (PcnLayer) layer = g_list_model_get_item (layers, place == GTK_INVALID_LIST_POSITION ? 0 : place);
  g_set_object (&self->shown, layer);
}

static gboolean
is_shown (gpointer item, gpointer data)
{
  return !pcn_layer_get_of_backbone (item);
}

static void
on_checked (PcnModelPage *self)
{
  const NnGraph *graph = pcn_network_get_graph (self->network);
  g_autofree char *text = NULL;
  gboolean can;

  if (graph) {
    g_autofree char *count = pcn_format_count (nn_graph_count_params (graph));
    const NnShape *input = nn_graph_get_input_shape (graph);
    g_autofree char *shape = nn_shape_to_string (input);
    /* Translators: the numbers that a network learns, and the shape of its pictures, such as 28×28×1 */
    text = g_strdup_printf (_ ("%s weights in all, for pictures of %s"), count, shape);
  } else {
    text = g_strdup (_ ("A layer is wrong: the network can’t be trained yet"));
  }
  adw_preferences_group_set_description (self->layer_group, text);
  g_object_get (self->network, "can-undo", &can, NULL);
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "undo")), can);
  g_object_get (self->network, "can-redo", &can, NULL);
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "redo")), can);
  /* A row that stays may have become a layer of another network. */
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->shown_layers), GTK_FILTER_CHANGE_DIFFERENT);
  choose_shown (self);
  update_field (self);
}

static void
on_entered (PcnModelPage *self, PcnLayerRow *row)
{
  if (g_set_object (&self->shown, pcn_layer_row_get_layer (row)))
    update_field (self);
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  PcnModelPage *self = data;
  GtkWidget *row = pcn_layer_row_new (self->network, item);

  g_signal_connect_object (row, "entered", G_CALLBACK (on_entered), self, G_CONNECT_SWAPPED);
  return row;
}

static gboolean
focus_place (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PcnModelPage *self = PCN_MODEL_PAGE (widget);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->shown_layers));

  /* In its layout the window looks for a widget to take the focus of a row that went: this has to come after. */
  if (++self->n_frames < 2)
    return G_SOURCE_CONTINUE;
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->layers, (int) MIN (self->place, n > 0 ? n - 1 : 0));
  self->n_frames = self->focus_tick = 0;
  if (row)
    gtk_widget_grab_focus (GTK_WIDGET (row));
  return G_SOURCE_REMOVE;
}

/* Whoever adds or removes a layer goes on at its place; a layer that moves by one keeps its row. */
static void
on_items_changed (PcnModelPage *self, guint position, guint removed, guint added)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->layers)))
    return;
  self->place = position;
  self->n_frames = 0;
  if (removed + added == 1 && self->focus_tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->focus_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), focus_place, NULL, NULL);
}

static void
on_add (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  PcnModelPage *self = data;
  const NnOp *op = nn_op_find (g_variant_get_string (parameter, NULL));
  guint n = g_list_model_get_n_items (pcn_network_get_layers (self->network));

  /* The last layer gives the classes: another one goes before it, or after the one that was looked at. */
  guint index = n > 0 ? n - 1 : 0;
  GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->layers));
  if (focus)
    index = MIN (pcn_layer_get_facts (pcn_layer_row_get_layer (PCN_LAYER_ROW (focus)))->index + 1, index);
  pcn_network_add (self->network, op, index);
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  pcn_network_undo (PCN_MODEL_PAGE (data)->network);
}

static void
on_redo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  pcn_network_redo (PCN_MODEL_PAGE (data)->network);
}

static GMenuModel *
make_add_menu (void)
{
  GMenu *menu = g_menu_new ();

  for (const NnOp *const *op = nn_op_list (); *op; op++)
    if ((*op)->n_inputs == 1) {
      g_autoptr (GMenuItem) item = g_menu_item_new (pcn_layer_info_title (*op), NULL);
      g_menu_item_set_action_and_target (item, "model.add", "s", (*op)->id);
      g_menu_append_item (menu, item);
    }
  return G_MENU_MODEL (menu);
}

static void
on_picture (GdkTexture *texture, gpointer data)
{
  pcn_field_view_set_picture (PCN_MODEL_PAGE (data)->field, texture);
}

static void
on_data_changed (PcnModelPage *self)
{
  g_autoptr (GListModel) samples = NULL;
  g_autoptr (PcnSample) sample = NULL;

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  if (pcn_session_get_dataset (self->session)) {
    samples = pcn_session_get_samples (self->session, PCN_SAMPLES_ALL);
    sample = g_list_model_get_item (samples, 0);
  }
  if (!sample)
    return;
  self->loading = g_cancellable_new ();
  pcn_thumbnail_loader_request (pcn_sample_get_loader (sample), pcn_sample_get_index (sample), self->loading,
                                on_picture, self);
}

static void
set_session (PcnModelPage *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_autoptr (GMenuModel) menu = make_add_menu ();
    self->network = g_object_ref (pcn_session_get_network (session));
    gtk_menu_button_set_menu_model (self->add, menu);
    pcn_preset_cards_set_network (self->cards, self->network);
    pcn_memory_group_set_session (self->memory, session);
    pcn_backbone_group_set_network (self->backbone, self->network);
    self->shown_layers = gtk_filter_list_model_new (g_object_ref (pcn_network_get_layers (self->network)),
                                                    GTK_FILTER (gtk_custom_filter_new (is_shown, NULL, NULL)));
    gtk_list_box_bind_model (self->layers, G_LIST_MODEL (self->shown_layers), make_row, self, NULL);
    g_signal_connect_object (self->shown_layers, "items-changed", G_CALLBACK (on_items_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->network, "checked", G_CALLBACK (on_checked), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "data-changed", G_CALLBACK (on_data_changed), self, G_CONNECT_SWAPPED);
    on_data_changed (self);
    on_checked (self);
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
  PcnModelPage *self = PCN_MODEL_PAGE (object);

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->shown);
  g_clear_object (&self->shown_layers);
  g_clear_object (&self->network);
  g_clear_object (&self->session);
  g_clear_object (&self->actions);
  g_clear_pointer (&self->preset, g_free);
  G_OBJECT_CLASS (pcn_model_page_parent_class)->dispose (object);
}

static void
pcn_model_page_class_init (PcnModelPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_model_page_get_property;
  object_class->set_property = pcn_model_page_set_property;
  object_class->dispose = pcn_model_page_dispose;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_PRESET_CARDS);
  g_type_ensure (PCN_TYPE_BACKBONE_GROUP);
  g_type_ensure (PCN_TYPE_FIELD_VIEW);
  g_type_ensure (PCN_TYPE_MEMORY_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/model/model-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, cards);
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, backbone);
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, layer_group);
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, layers);
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, add);
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, field);
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, field_text);
  gtk_widget_class_bind_template_child (widget_class, PcnModelPage, memory);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "model.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "model.redo", NULL);
}

static void
pcn_model_page_init (PcnModelPage *self)
{
  static const GActionEntry entries[] = { { .name = "add", .activate = on_add, .parameter_type = "s" },
                                          { "undo", on_undo },
                                          { "redo", on_redo } };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "model", G_ACTION_GROUP (self->actions));
}
