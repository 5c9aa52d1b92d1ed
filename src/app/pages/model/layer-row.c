/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/model/layer-row.h"

#include "session/layer-info.h"
#include "settings.h"

#include <glib/gi18n.h>

#define RATE_STEP 0.05

struct _PcnLayerRow {
  AdwExpanderRow parent_instance;
  GtkWidget *handle, *mark, *remove;
  GtkWidget *controls[NN_MAX_ATTRS];
  PcnNetwork *network;
  PcnLayer *layer;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (PcnLayerRow, pcn_layer_row, ADW_TYPE_EXPANDER_ROW)

static guint entered_signal;

static guint
get_index (PcnLayerRow *self)
{
  return pcn_layer_get_facts (self->layer)->index;
}

static void
set_attr (PcnLayerRow *self, GtkWidget *control, const NnAttr *value)
{
  for (guint i = 0; !self->updating && i < NN_MAX_ATTRS; i++)
    if (self->controls[i] == control)
      pcn_network_set_attr (self->network, get_index (self), i, value);
}

static void
on_number (GtkSpinButton *spin, GParamSpec *pspec, PcnLayerRow *self)
{
  double number = gtk_spin_button_get_value (spin);
  gboolean whole = gtk_spin_button_get_digits (spin) == 0;
  int n = whole ? (int) number : 0;

  set_attr (self, GTK_WIDGET (spin), &(NnAttr){ .i = { n, n }, .f = number });
}

static void
on_choice (AdwComboRow *row, GParamSpec *pspec, PcnLayerRow *self)
{
  int n = (int) adw_combo_row_get_selected (row);
  set_attr (self, GTK_WIDGET (row), &(NnAttr){ .i = { n, n }, .f = n });
}

static void
on_switch (GtkSwitch *toggle, GParamSpec *pspec, PcnLayerRow *self)
{
  int n = gtk_switch_get_active (toggle);
  set_attr (self, GTK_WIDGET (toggle), &(NnAttr){ .i = { n, n }, .f = n });
}

static GtkWidget *
make_spin (PcnLayerRow *self, const NnAttrSpec *spec)
{
  gboolean whole = spec->type != NN_ATTR_FLOAT;
  GtkWidget *spin = gtk_spin_button_new_with_range (spec->min, spec->max, whole ? 1 : RATE_STEP);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), whole ? 0 : 2);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 4);
  g_signal_connect (spin, "notify::value", G_CALLBACK (on_number), self);
  return spin;
}

static GtkWidget *
make_row (const char *title, GtkWidget *suffix)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_valign (suffix, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (suffix), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), suffix);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), suffix);
  return row;
}

static GtkWidget *
make_choice (PcnLayerRow *self, const NnAttrSpec *spec, const char *title)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  GtkWidget *row = adw_combo_row_new ();

  /* The table's order is kept, and what only files need is at its end. */
  for (guint i = 0; spec->choices[i] && pcn_layer_info_choice (spec->choices[i]) && i <= (guint) spec->max;
       i++)
    gtk_string_list_append (list, pcn_layer_info_choice (spec->choices[i]));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  g_signal_connect (row, "notify::selected", G_CALLBACK (on_choice), self);
  return row;
}

static void
add_setting (PcnLayerRow *self, guint index, const NnAttrSpec *spec)
{
  const char *title = pcn_layer_info_attr (spec->name);
  GtkWidget *row, *control;

  if (!title)
    return;
  if (spec->type == NN_ATTR_UNITS && pcn_layer_get_per_class (self->layer)) {
    control = gtk_label_new (_ ("One for each class"));
    gtk_widget_add_css_class (control, "dim-label");
    row = make_row (title, control);
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), NULL);
    control = NULL;
  } else if (spec->type == NN_ATTR_CHOICE) {
    row = control = make_choice (self, spec, title);
  } else if (spec->type == NN_ATTR_BOOL) {
    control = gtk_switch_new ();
    g_signal_connect (control, "notify::active", G_CALLBACK (on_switch), self);
    row = make_row (title, control);
  } else {
    control = make_spin (self, spec);
    row = make_row (title, control);
  }
  if (spec->type == NN_ATTR_PAIR && spec->min == 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ ("0: as large as the window"));
  self->controls[index] = control;
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

static void
update (PcnLayerRow *self)
{
  const NnOp *op = pcn_layer_get_op (self->layer);
  g_autofree char *text = pcn_layer_info_describe (self->layer);
  gboolean wrong = pcn_layer_get_facts (self->layer)->error != NULL;

  self->updating = TRUE;
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), text);
  gtk_widget_set_visible (self->mark, wrong);
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self), "wrong-layer");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "wrong-layer");
  for (guint i = 0; op->attrs && op->attrs[i].name; i++) {
    const NnAttr *attr = pcn_layer_get_attr (self->layer, i);
    GtkWidget *control = self->controls[i];
    if (GTK_IS_SPIN_BUTTON (control))
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (control),
                                 op->attrs[i].type == NN_ATTR_FLOAT ? attr->f : attr->i[0]);
    else if (GTK_IS_SWITCH (control))
      gtk_switch_set_active (GTK_SWITCH (control), attr->i[0] != 0);
    else if (ADW_IS_COMBO_ROW (control))
      adw_combo_row_set_selected (ADW_COMBO_ROW (control), (guint) attr->i[0]);
  }
  self->updating = FALSE;
}

static void
on_remove (PcnLayerRow *self)
{
  pcn_network_remove (self->network, get_index (self));
}

static gboolean
on_remove_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  on_remove (PCN_LAYER_ROW (widget));
  return TRUE;
}

static gboolean
on_move_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  PcnLayerRow *self = PCN_LAYER_ROW (widget);
  gint64 to = (gint64) get_index (self) + g_variant_get_int32 (args);
  guint n = g_list_model_get_n_items (pcn_network_get_layers (self->network));

  if (to >= 0 && to < n)
    pcn_network_move (self->network, get_index (self), (guint) to);
  return TRUE;
}

static void
on_entered (PcnLayerRow *self)
{
  g_signal_emit (self, entered_signal, 0);
}

static GdkContentProvider *
on_drag (GtkDragSource *source, double x, double y, PcnLayerRow *self)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (self));

  gtk_drag_source_set_icon (source, paintable, (int) x, (int) y);
  return gdk_content_provider_new_typed (PCN_TYPE_LAYER, self->layer);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, PcnLayerRow *self)
{
  PcnLayer *layer = g_value_get_object (value);
  guint n = g_list_model_get_n_items (pcn_network_get_layers (self->network));
  guint from = pcn_layer_get_facts (layer)->index, to = get_index (self);

  if (from >= n || to >= n)
    return FALSE;
  pcn_network_move (self->network, from, to);
  return TRUE;
}

static void
pcn_layer_row_dispose (GObject *object)
{
  PcnLayerRow *self = PCN_LAYER_ROW (object);

  if (self->layer)
    g_signal_handlers_disconnect_by_data (self->layer, self);
  g_clear_object (&self->layer);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (pcn_layer_row_parent_class)->dispose (object);
}

static void
pcn_layer_row_class_init (PcnLayerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_layer_row_dispose;
  entered_signal = g_signal_new ("entered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/model/layer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnLayerRow, handle);
  gtk_widget_class_bind_template_child (widget_class, PcnLayerRow, mark);
  gtk_widget_class_bind_template_child (widget_class, PcnLayerRow, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_drag);
  gtk_widget_class_bind_template_callback (widget_class, on_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Delete, 0, on_remove_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, GDK_ALT_MASK, on_move_key, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, GDK_ALT_MASK, on_move_key, "i", 1);
}

static void
pcn_layer_row_init (PcnLayerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  GtkDropTarget *target = gtk_drop_target_new (PCN_TYPE_LAYER, GDK_ACTION_COPY);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_entered), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *
pcn_layer_row_new (PcnNetwork *network, PcnLayer *layer)
{
  PcnLayerRow *self = g_object_new (PCN_TYPE_LAYER_ROW, NULL);
  const NnOp *op = pcn_layer_get_op (layer);

  self->network = g_object_ref (network);
  self->layer = g_object_ref (layer);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), pcn_layer_info_title (op));
  for (guint i = 0; op->attrs && op->attrs[i].name; i++)
    add_setting (self, i, &op->attrs[i]);
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (self), op->attrs != NULL);
  if (!op->attrs)
    gtk_widget_add_css_class (GTK_WIDGET (self), "no-settings");
  /* Translators: %s is a layer, such as Convolution */
  g_autofree char *label = g_strdup_printf (_ ("Remove %s"), pcn_layer_info_title (op));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_swapped (layer, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

PcnLayer *
pcn_layer_row_get_layer (PcnLayerRow *self)
{
  g_return_val_if_fail (PCN_IS_LAYER_ROW (self), NULL);
  return self->layer;
}
