/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "messages.h"
#include "pages/data/category-row.h"
#include "pages/data/data-page.h"
#include "pages/data/name-dialog.h"
#include "pages/data/sample-grid.h"
#include "pages/data/split-popover.h"
#include "pages/data/start-view.h"
#include "session/category.h"
#include "session/sample-list.h"
#include "settings.h"
#include "widgets/progress.h"
#include "widgets/stack-shown.h"

#include <glib/gi18n.h>

struct _PcnDataPage {
  AdwBin parent_instance;
  GtkStack *state, *content;
  AdwFlap *flap;
  GtkProgressBar *progress;
  GtkListView *categories, *rejects;
  PcnSampleGrid *grid;
  GtkLabel *title;
  GtkWidget *undo, *redo, *menu;
  PcnSession *session;
  AdwToast *toast;
  /* What is shown, by name and number: after an edit it may be another row. */
  char *shown_name;
  guint n_classes;
};

G_DEFINE_FINAL_TYPE (PcnDataPage, pcn_data_page, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static PcnEdits *
get_edits (PcnDataPage *self)
{
  return pcn_session_get_edits (self->session);
}

static PcnCategory *
get_category (PcnDataPage *self)
{
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->categories));

  return selection ? gtk_single_selection_get_selected_item (selection) : NULL;
}

/* What the grid calls the pictures of a category. */
static int
get_samples_class (PcnCategory *category)
{
  switch (pcn_category_get_kind (category)) {
  case PCN_CATEGORY_CLASS:
    return (int) pcn_category_get_class (category);
  case PCN_CATEGORY_EXCLUDED:
    return PCN_SAMPLES_EXCLUDED;
  case PCN_CATEGORY_ALL:
  case PCN_CATEGORY_REJECTS:
  default:
    return PCN_SAMPLES_ALL;
  }
}

static void
update_content (PcnDataPage *self, PcnCategory *category)
{
  PcnCategoryKind kind = pcn_category_get_kind (category);

  g_free (self->shown_name);
  self->shown_name = g_strdup (pcn_category_get_name (category));
  self->n_classes = nn_dataset_get_n_classes (pcn_session_get_dataset (self->session));
  gtk_label_set_label (self->title, self->shown_name);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "data.rename", kind == PCN_CATEGORY_CLASS);
  gtk_stack_set_visible_child_name (self->content, kind == PCN_CATEGORY_REJECTS            ? "rejects"
                                                   : pcn_category_get_count (category) > 0 ? "samples"
                                                                                           : "empty-class");
}

static void
on_category_selected (PcnDataPage *self)
{
  PcnCategory *category = get_category (self);

  if (!category || !pcn_session_get_dataset (self->session))
    return;
  if (pcn_category_get_kind (category) != PCN_CATEGORY_REJECTS)
    pcn_sample_grid_show (self->grid, get_samples_class (category));
  update_content (self, category);
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

/* The row of the class that was shown, when classes went or came: its number may have changed. */
static void
select_shown (PcnDataPage *self)
{
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->categories));
  GListModel *model = G_LIST_MODEL (selection);
  g_autofree char *name = g_strdup (self->shown_name);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PcnCategory) category = g_list_model_get_item (model, i);
    if (g_strcmp0 (pcn_category_get_name (category), name) == 0) {
      gtk_single_selection_set_selected (selection, i);
      return;
    }
  }
  gtk_single_selection_set_selected (selection, 0);
}

static void
on_data_changed (PcnDataPage *self)
{
  PcnCategory *category = get_category (self);
  NnDataset *dataset = pcn_session_get_dataset (self->session);

  if (!category || !dataset)
    return;
  if (nn_dataset_get_n_classes (dataset) != self->n_classes && self->shown_name) {
    select_shown (self);
    category = get_category (self);
  }
  pcn_sample_grid_follow (self->grid, get_samples_class (category));
  update_content (self, category);
}

static void
on_toast_dismissed (PcnDataPage *self)
{
  self->toast = NULL;
}

static void
on_toast_undo (PcnDataPage *self)
{
  pcn_edits_undo (get_edits (self));
}

static void
on_edited (PcnDataPage *self, const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);

  if (!overlay || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  /* What its button undoes is the latest edit: one of an older edit would lie. */
  if (self->toast)
    adw_toast_dismiss (self->toast);
  g_autofree char *markup = g_markup_escape_text (text, -1);
  self->toast = adw_toast_new (markup);
  adw_toast_set_button_label (self->toast, _ ("_Undo"));
  g_signal_connect_object (self->toast, "button-clicked", G_CALLBACK (on_toast_undo), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->toast, "dismissed", G_CALLBACK (on_toast_dismissed), self,
                           G_CONNECT_SWAPPED);
  pcn_show_toast (ADW_TOAST_OVERLAY (overlay), self->toast);
}

static void
set_hint (GtkWidget *button, const char *title, const char *what)
{
  /* Translators: Undo or Redo, and what that would undo or redo */
  g_autofree char *text = what ? g_strdup_printf (_ ("%s: %s"), title, what) : g_strdup (title);

  gtk_widget_set_tooltip_text (button, text);
}

static void
update_undo (PcnDataPage *self)
{
  PcnEdits *edits = get_edits (self);
  g_autofree char *undo = NULL, *redo = NULL;

  g_object_get (edits, "undo-text", &undo, "redo-text", &redo, NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "data.undo", pcn_edits_get_can_undo (edits));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "data.redo", pcn_edits_get_can_redo (edits));
  set_hint (self->undo, _ ("Undo"), undo);
  set_hint (self->redo, _ ("Redo"), redo);
  if (self->toast && !undo)
    adw_toast_dismiss (self->toast);
}

static void
on_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_edits_undo (get_edits (PCN_DATA_PAGE (widget)));
}

static void
on_redo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_edits_redo (get_edits (PCN_DATA_PAGE (widget)));
}

/* Wherever the focus is, as long as this page is the one that is shown. */
static gboolean
on_undo_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_activate_action (widget, "data.undo", NULL);
}

static gboolean
on_redo_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_activate_action (widget, "data.redo", NULL);
}

static void
rename_class (PcnSession *session, const char *name, gpointer class_index)
{
  NnDataset *dataset = pcn_session_get_dataset (session);

  if (dataset && GPOINTER_TO_UINT (class_index) < nn_dataset_get_n_classes (dataset))
    pcn_edits_rename (pcn_session_get_edits (session), GPOINTER_TO_UINT (class_index), name);
}

static void
on_rename (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnDataPage *self = PCN_DATA_PAGE (widget);
  PcnCategory *category = get_category (self);

  if (!category || pcn_category_get_kind (category) != PCN_CATEGORY_CLASS)
    return;
  guint class_index = pcn_category_get_class (category);
  pcn_ask_class_name (widget, self->session, (int) class_index, rename_class, GUINT_TO_POINTER (class_index),
                      NULL);
}

static void
on_copy_rejects (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PcnDataPage *self = PCN_DATA_PAGE (widget);
  GListModel *rejects = G_LIST_MODEL (gtk_list_view_get_model (self->rejects));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rejects); i++) {
    g_autoptr (GObject) reject = g_list_model_get_item (rejects, i);
    g_autofree char *file = NULL, *reason = NULL;
    g_object_get (reject, "name", &file, "reason", &reason, NULL);
    g_string_append_printf (text, "%s\t%s\n", file, reason);
  }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  if (overlay)
    pcn_show_notice (ADW_TOAST_OVERLAY (overlay), _ ("List copied"));
}

/* A right click on a class: that class is chosen, and its menu comes. */
static void
on_right_pressed (PcnDataPage *self, int n_press, double x, double y, GtkGesture *gesture)
{
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->categories));
  GtkWidget *row = gtk_widget_pick (GTK_WIDGET (self->categories), x, y, GTK_PICK_DEFAULT);
  g_autoptr (PcnCategory) wanted = NULL;

  if (row && !PCN_IS_CATEGORY_ROW (row)) {
    GtkWidget *ancestor = gtk_widget_get_ancestor (row, PCN_TYPE_CATEGORY_ROW);
    row = ancestor ? ancestor : gtk_widget_get_first_child (row);
  }
  if (!row || !PCN_IS_CATEGORY_ROW (row))
    return;
  g_object_get (row, "category", &wanted, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (selection)); i++) {
    g_autoptr (PcnCategory) category = g_list_model_get_item (G_LIST_MODEL (selection), i);
    if (category == wanted)
      gtk_single_selection_set_selected (selection, i);
  }
  if (!wanted || pcn_category_get_kind (wanted) != PCN_CATEGORY_CLASS)
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
update_progress (PcnDataPage *self)
{
  gboolean importing;
  double fraction;

  g_object_get (self->session, "importing", &importing, "import-fraction", &fraction, NULL);
  pcn_progress_show (self->progress, importing, fraction > 0 ? fraction : -1);
}

static void
update_state (PcnDataPage *self)
{
  gboolean importing, has_data;

  g_object_get (self->session, "importing", &importing, "has-data", &has_data, NULL);
  gtk_stack_set_visible_child_name (self->state, importing ? "busy" : has_data ? "filled" : "empty");
  update_progress (self);
}

static gboolean
has_text (GObject *object, const char *text)
{
  return text && text[0];
}

/* The first warning, and how many there are more. */
static char *
shorten (GObject *object, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);
  guint n = g_strv_length (lines);

  if (n < 2)
    return g_strdup (text);
  /* Translators: a sentence, and how many others there are */
  return g_strdup_printf (ngettext ("%s (and %u more)", "%s (and %u more)", n - 1), lines[0], n - 1);
}

static gboolean
is_not (GObject *object, gboolean value)
{
  return !value;
}

static void
on_cancel (PcnDataPage *self)
{
  pcn_session_cancel_import (self->session);
}

static void
bind_lists (PcnDataPage *self)
{
  GListModel *categories, *rejects;

  g_object_get (self->session, "categories", &categories, "rejects", &rejects, NULL);
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (categories);
  g_signal_connect_object (selection, "notify::selected-item", G_CALLBACK (on_category_selected), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->categories, GTK_SELECTION_MODEL (selection));
  g_autoptr (GtkNoSelection) all = gtk_no_selection_new (rejects);
  gtk_list_view_set_model (self->rejects, GTK_SELECTION_MODEL (all));
}

static void
set_session (PcnDataPage *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
  if (!session)
    return;
  /* Not by a binding, which comes later: the list of classes shows the first one at once. */
  g_object_set (self->grid, "session", session, NULL);
  g_signal_connect_object (session, "notify::importing", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::has-data", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::import-fraction", G_CALLBACK (update_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "data-changed", G_CALLBACK (on_data_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_edits (self), "done", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_edits (self), "notify::undo-text", G_CALLBACK (update_undo), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_edits (self), "notify::redo-text", G_CALLBACK (update_undo), self,
                           G_CONNECT_SWAPPED);
  bind_lists (self);
  on_category_selected (self);
  update_state (self);
  update_undo (self);
}

static void
pcn_data_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_DATA_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_data_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_DATA_PAGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_data_page_dispose (GObject *object)
{
  PcnDataPage *self = PCN_DATA_PAGE (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->shown_name, g_free);
  G_OBJECT_CLASS (pcn_data_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/data/data-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, state);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, content);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, flap);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, progress);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, categories);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, grid);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, rejects);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, title);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, undo);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, redo);
  gtk_widget_class_bind_template_child (widget_class, PcnDataPage, menu);
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_callback (widget_class, shorten);
  gtk_widget_class_bind_template_callback (widget_class, is_not);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_right_pressed);
}

static void
pcn_data_page_class_init (PcnDataPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_data_page_get_property;
  object_class->set_property = pcn_data_page_set_property;
  object_class->dispose = pcn_data_page_dispose;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_CATEGORY_ROW);
  g_type_ensure (PCN_TYPE_SAMPLE_GRID);
  g_type_ensure (PCN_TYPE_SPLIT_POPOVER);
  g_type_ensure (PCN_TYPE_START_VIEW);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "data.undo", NULL, on_undo);
  gtk_widget_class_install_action (widget_class, "data.redo", NULL, on_redo);
  gtk_widget_class_install_action (widget_class, "data.rename", NULL, on_rename);
  gtk_widget_class_install_action (widget_class, "data.copy-rejects", NULL, on_copy_rejects);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "data.rename", NULL);
}

static void
add_shortcut (PcnDataPage *self, GtkShortcutController *controller, const char *trigger, GtkShortcutFunc func)
{
  gtk_shortcut_controller_add_shortcut (controller,
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                                                          gtk_callback_action_new (func, NULL, NULL)));
}

static void
pcn_data_page_init (PcnDataPage *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
  pcn_stack_tell_shown (GTK_WIDGET (self->content));
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self->categories));
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller), GTK_SHORTCUT_SCOPE_GLOBAL);
  add_shortcut (self, GTK_SHORTCUT_CONTROLLER (controller), "<Control>z", on_undo_key);
  add_shortcut (self, GTK_SHORTCUT_CONTROLLER (controller), "<Control><Shift>z", on_redo_key);
  add_shortcut (self, GTK_SHORTCUT_CONTROLLER (controller), "<Control>y", on_redo_key);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "data.rename", FALSE);
}
