/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/data/name-dialog.h"
#include "pages/data/preview.h"
#include "pages/data/sample-grid.h"
#include "session/sample-list.h"
#include "settings.h"
#include "widgets/gradual-list.h"
#include "widgets/thumbnail.h"

#include <glib/gi18n.h>

struct _PcnSampleGrid {
  AdwBin parent_instance;
  GtkGridView *view;
  GtkWidget *menu;
  PcnSession *session;
  PcnSampleList *list;
  int class_index;
};

G_DEFINE_FINAL_TYPE (PcnSampleGrid, pcn_sample_grid, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static GtkSelectionModel *
get_selection (PcnSampleGrid *self)
{
  return gtk_grid_view_get_model (self->view);
}

/* The indices of the selected samples. */
static GArray *
get_selected (PcnSampleGrid *self)
{
  GtkSelectionModel *selection = get_selection (self);
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GtkBitset) set
      = selection ? gtk_selection_model_get_selection (selection) : gtk_bitset_new_empty ();
  GtkBitsetIter iter;
  guint position;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, set, &position); more;
       more = gtk_bitset_iter_next (&iter, &position)) {
    g_autoptr (PcnSample) sample = g_list_model_get_item (G_LIST_MODEL (selection), position);
    guint32 index = pcn_sample_get_index (sample);
    g_array_append_val (samples, index);
  }
  return samples;
}

static void
update_actions (PcnSampleGrid *self)
{
  GtkSelectionModel *selection = get_selection (self);
  g_autoptr (GtkBitset) set
      = selection ? gtk_selection_model_get_selection (selection) : gtk_bitset_new_empty ();
  gboolean any = !gtk_bitset_is_empty (set), excluded = self->class_index == PCN_SAMPLES_EXCLUDED;
  const struct {
    const char *name;
    gboolean enabled;
  } actions[] = { { "samples.open", any },
                  { "samples.exclude", any && !excluded },
                  { "samples.restore", any && excluded },
                  { "samples.move", any && !excluded },
                  { "samples.move-new", any && !excluded } };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i].name, actions[i].enabled);
}

static void
open_preview (PcnSampleGrid *self, guint position)
{
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  PcnPreview *preview = pcn_preview_new (self->session, G_LIST_MODEL (get_selection (self)), position);

  gtk_window_set_transient_for (GTK_WINDOW (preview), parent);
  gtk_window_present (GTK_WINDOW (preview));
}

static void
on_activate (PcnSampleGrid *self, guint position)
{
  open_preview (self, position);
}

static void
on_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnSampleGrid *self = PCN_SAMPLE_GRID (widget);
  g_autoptr (GtkBitset) set = gtk_selection_model_get_selection (get_selection (self));

  if (!gtk_bitset_is_empty (set))
    open_preview (self, gtk_bitset_get_minimum (set));
}

static void
on_exclude (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnSampleGrid *self = PCN_SAMPLE_GRID (widget);
  g_autoptr (GArray) samples = get_selected (self);

  pcn_edits_exclude (pcn_session_get_edits (self->session), (const guint32 *) (void *) samples->data,
                     samples->len);
}

static void
on_restore (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnSampleGrid *self = PCN_SAMPLE_GRID (widget);
  g_autoptr (GArray) samples = get_selected (self);

  pcn_edits_restore (pcn_session_get_edits (self->session), (const guint32 *) (void *) samples->data,
                     samples->len);
}

static void
move (PcnSession *session, const char *class_name, gpointer data)
{
  const GArray *samples = data;

  pcn_edits_move (pcn_session_get_edits (session), (const guint32 *) (void *) samples->data, samples->len,
                  class_name);
}

static void
on_move (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnSampleGrid *self = PCN_SAMPLE_GRID (widget);
  g_autoptr (GArray) samples = get_selected (self);

  move (self->session, g_variant_get_string (parameter, NULL), samples);
}

static void
on_move_new (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnSampleGrid *self = PCN_SAMPLE_GRID (widget);

  pcn_ask_class_name (widget, self->session, -1, move, get_selected (self), (GDestroyNotify) g_array_unref);
}

static void
on_select_all (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkSelectionModel *selection = get_selection (PCN_SAMPLE_GRID (widget));

  if (selection)
    gtk_selection_model_select_all (selection);
}

static GMenuModel *
build_move_menu (PcnSampleGrid *self)
{
  NnDataset *dataset = pcn_session_get_dataset (self->session);
  g_autoptr (GMenu) classes = g_menu_new (), end = g_menu_new ();
  GMenu *menu = g_menu_new ();

  for (guint c = 0; c < nn_dataset_get_n_classes (dataset); c++) {
    const char *name = nn_dataset_get_class_name (dataset, c);
    if ((int) c == self->class_index)
      continue;
    /* An underscore in a name is no mnemonic. */
    g_auto (GStrv) parts = g_strsplit (name, "_", -1);
    g_autofree char *label = g_strjoinv ("__", parts);
    g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
    g_menu_item_set_action_and_target (item, "samples.move", "s", name);
    g_menu_append_item (classes, item);
  }
  g_menu_append (end, _ ("_New Class…"), "samples.move-new");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (classes));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (end));
  return G_MENU_MODEL (menu);
}

static GMenuModel *
build_menu (PcnSampleGrid *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new (), second = g_menu_new (), third = g_menu_new ();
  g_autoptr (GMenuModel) classes = build_move_menu (self);

  g_menu_append (first, _ ("_Preview"), "samples.open");
  if (self->class_index == PCN_SAMPLES_EXCLUDED) {
    g_menu_append (second, _ ("_Restore"), "samples.restore");
  } else {
    g_menu_append_submenu (second, _ ("_Move to Class"), classes);
    g_menu_append (second, _ ("_Exclude"), "samples.exclude");
  }
  g_menu_append (third, _ ("Select _All"), "samples.select-all");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (second));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (third));
  return G_MENU_MODEL (menu);
}

/* At (@x, @y) of the view. */
static void
show_menu (PcnSampleGrid *self, double x, double y)
{
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), x, y, &x, &y);
  g_autoptr (GMenuModel) model = build_menu (self);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->menu = gtk_popover_menu_new_from_model (model);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* The cell of the view that holds @widget: its position is asked by way of the sample. */
static gboolean
find_position (PcnSampleGrid *self, GtkWidget *widget, guint *position)
{
  GtkWidget *cell = widget;

  while (cell && !PCN_IS_THUMBNAIL (cell))
    cell = cell == GTK_WIDGET (self->view) ? NULL : gtk_widget_get_parent (cell);
  if (!cell && widget && widget != GTK_WIDGET (self->view))
    cell = gtk_widget_get_first_child (widget);
  if (!cell || !PCN_IS_THUMBNAIL (cell))
    return FALSE;
  g_autoptr (PcnSample) sample = NULL;
  g_object_get (cell, "sample", &sample, NULL);
  return sample && pcn_sample_list_find (self->list, pcn_sample_get_index (sample), position);
}

static void
on_right_pressed (PcnSampleGrid *self, int n_press, double x, double y, GtkGesture *gesture)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);
  guint position;

  if (!find_position (self, picked, &position))
    return;
  if (!gtk_selection_model_is_selected (get_selection (self), position))
    gtk_selection_model_select_item (get_selection (self), position, TRUE);
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, x, y);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  PcnSampleGrid *self = PCN_SAMPLE_GRID (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  double x = 0, y = 0;
  guint position;

  if (!focus || !find_position (self, focus, &position))
    return FALSE;
  if (!gtk_selection_model_is_selected (get_selection (self), position))
    gtk_selection_model_select_item (get_selection (self), position, TRUE);
  gtk_widget_translate_coordinates (focus, GTK_WIDGET (self->view), gtk_widget_get_width (focus) / 2.0,
                                    gtk_widget_get_height (focus) / 2.0, &x, &y);
  show_menu (self, x, y);
  return TRUE;
}

static gboolean
on_delete_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  gboolean excluded = PCN_SAMPLE_GRID (widget)->class_index == PCN_SAMPLES_EXCLUDED;

  return gtk_widget_activate_action (widget, excluded ? "samples.restore" : "samples.exclude", NULL);
}

void
pcn_sample_grid_show (PcnSampleGrid *self, int class_index)
{
  g_return_if_fail (PCN_IS_SAMPLE_GRID (self) && self->session);

  self->class_index = class_index;
  g_clear_object (&self->list);
  self->list = PCN_SAMPLE_LIST (pcn_session_get_samples (self->session, class_index));
  g_autoptr (GtkMultiSelection) selection = gtk_multi_selection_new (
      pcn_gradual_list_new (g_object_ref (G_LIST_MODEL (self->list)), GTK_WIDGET (self->view)));
  g_signal_connect_object (selection, "selection-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "items-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_grid_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  update_actions (self);
}

void
pcn_sample_grid_follow (PcnSampleGrid *self, int class_index)
{
  g_return_if_fail (PCN_IS_SAMPLE_GRID (self));

  self->class_index = class_index;
  if (self->list)
    pcn_sample_list_update (self->list, class_index);
}

static void
pcn_sample_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_SAMPLE_GRID (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_sample_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (g_set_object (&PCN_SAMPLE_GRID (object)->session, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
pcn_sample_grid_dispose (GObject *object)
{
  PcnSampleGrid *self = PCN_SAMPLE_GRID (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_sample_grid_parent_class)->dispose (object);
}

static void
pcn_sample_grid_class_init (PcnSampleGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_sample_grid_get_property;
  object_class->set_property = pcn_sample_grid_set_property;
  object_class->dispose = pcn_sample_grid_dispose;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_THUMBNAIL);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/data/sample-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnSampleGrid, view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_right_pressed);
  gtk_widget_class_install_action (widget_class, "samples.open", NULL, on_open);
  gtk_widget_class_install_action (widget_class, "samples.exclude", NULL, on_exclude);
  gtk_widget_class_install_action (widget_class, "samples.restore", NULL, on_restore);
  gtk_widget_class_install_action (widget_class, "samples.move", "s", on_move);
  gtk_widget_class_install_action (widget_class, "samples.move-new", NULL, on_move_new);
  gtk_widget_class_install_action (widget_class, "samples.select-all", NULL, on_select_all);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Delete, 0, on_delete_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Delete, 0, on_delete_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

static void
pcn_sample_grid_init (PcnSampleGrid *self)
{
  self->class_index = PCN_SAMPLES_ALL;
  gtk_widget_init_template (GTK_WIDGET (self));
}
