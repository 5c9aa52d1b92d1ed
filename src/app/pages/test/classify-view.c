/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/classify-view-private.h"
#include "format.h"
#include "pages/test/trust-button.h"
#include "settings.h"
#include "widgets/columns.h"
#include "widgets/progress.h"
#include "widgets/stack-shown.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (PcnClassifyView, pcn_classify_view, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static gboolean
matches (gpointer item, gpointer data)
{
  PcnClassifyView *self = data;
  PcnClassifiedFilter filter;

  pcn_classified_filter_init (&filter, gtk_editable_get_text (self->search), gtk_drop_down_get_selected (self->class_filter),
                              gtk_drop_down_get_selected (self->sure_filter));
  return pcn_classified_matches (item, &filter);
}

static void
update_count (PcnClassifyView *self)
{
  guint n = g_list_model_get_n_items (pcn_classification_get_rows (self->classification));
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  g_autofree char *all = pcn_format_count (n), *shown = pcn_format_count (n_shown);
  g_autofree char *text
      = n_shown == n
            ? g_strdup_printf (g_dngettext (NULL, "%s picture", "%s pictures", n), all)
            /* Translators: how many pictures are shown, and how many there are */
            : g_strdup_printf (g_dngettext (NULL, "%s of %s picture", "%s of %s pictures", n), shown, all);

  gtk_label_set_label (self->count, text);
}

static void
on_filter (PcnClassifyView *self)
{
  if (self->updating || !self->classification)
    return;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_count (self);
}

static void
show_answer (PcnClassifyView *self, PcnClassified *row)
{
  const char *const *classes = pcn_session_get_classes (self->session);
  guint n;
  const float *probabilities = pcn_classified_get_probabilities (row, &n);

  gtk_stack_set_visible_child_name (self->outcome, probabilities ? "answer" : "unreadable");
  gtk_widget_set_visible (self->photo_card, probabilities != NULL);
  if (!probabilities) {
    g_autofree char *reason = g_markup_escape_text (pcn_classified_get_reason (row), -1);
    pcn_answer_clear (self->answer);
    adw_status_page_set_description (self->unreadable, reason);
    return;
  }
  pcn_answer_clear (self->answer);
  if (!classes || g_strv_length ((char **) classes) != n)
    return;
  pcn_answer_set_values (self->answer, probabilities, n);
  pcn_answer_see_picture (self->answer, pcn_classified_get_path (row),
                          pcn_classification_get_model (self->classification));
}

static void
on_selected (PcnClassifyView *self)
{
  PcnClassified *row = gtk_single_selection_get_selected_item (self->selection);

  if (!self->classification)
    return;
  if (!row) {
    pcn_photo_set_path (self->photo, NULL);
    pcn_answer_clear (self->answer);
    gtk_stack_set_visible_child_name (self->outcome, "answer");
    gtk_widget_set_visible (self->photo_card, TRUE);
    gtk_label_set_label (self->photo_name, "");
    return;
  }
  g_autofree char *name = NULL;
  g_object_get (row, "name", &name, NULL);
  pcn_photo_set_path (self->photo, pcn_classified_get_path (row));
  gtk_label_set_label (self->photo_name, name);
  show_answer (self, row);
}

/* The threshold was moved, or the temperature: some rows are of another class now. */
static void
on_judged (PcnClassifyView *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->table);

  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  if (gtk_sorter_get_order (sorter) != GTK_SORTER_ORDER_NONE)
    gtk_sorter_changed (sorter, GTK_SORTER_CHANGE_DIFFERENT);
  update_count (self);
  on_selected (self);
}

static void
on_activate (PcnClassifyView *self)
{
  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
on_back (PcnClassifyView *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
update_back (PcnClassifyView *self)
{
  gtk_widget_set_visible (self->back, adw_leaflet_get_folded (self->leaflet)
                                          && gtk_widget_get_visible (self->table_pane));
}

void
pcn_classify_view_update_progress (PcnClassifyView *self)
{
  gboolean busy;
  double fraction;
  guint n_files, n_rows = g_list_model_get_n_items (pcn_classification_get_rows (self->classification));

  g_object_get (self->classification, "busy", &busy, "fraction", &fraction, "n-files", &n_files, NULL);
  gboolean many = n_files > 1 || n_rows > 1, was_many = gtk_widget_get_visible (self->table_pane);
  /* A single picture is there at once. */
  gtk_revealer_set_reveal_child (self->progress_revealer, (busy && n_files != 1) || self->zip);
  pcn_progress_show (self->progress, busy || self->zip, self->zip ? pcn_zip_job_get_fraction (self->zip) : fraction);
  gtk_stack_set_visible_child_name (self->state, busy || n_files > 0 ? "filled" : "empty");
  gtk_widget_set_visible (self->table_pane, many);
  gtk_widget_set_hexpand (self->picture_pane, !many);
  gtk_widget_set_visible (GTK_WIDGET (self->search), many);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "classify.save", n_rows > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "classify.save-zip", n_rows > 0 && !self->zip);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "classify.copy", n_rows > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "classify.sort", many);
  if (many != was_many)
    adw_leaflet_set_visible_child_name (self->leaflet, many ? "table" : "picture");
  update_back (self);
  update_count (self);
}

static void
on_opened (PcnClassifyView *self)
{
  gtk_editable_set_text (self->search, "");
  gtk_drop_down_set_selected (self->class_filter, 0);
  gtk_drop_down_set_selected (self->sure_filter, 0);
  gtk_column_view_sort_by_column (self->table, NULL, GTK_SORT_ASCENDING);
}

static void
update_classes (PcnClassifyView *self)
{
  const char *const *classes = pcn_session_get_classes (self->session);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, _ ("All Classes"));
  gtk_string_list_append (names, _ ("Unknown"));
  gtk_string_list_append (names, _ ("Can’t Be Read"));
  for (guint c = 0; classes && classes[c]; c++)
    gtk_string_list_take (names, pcn_format_title (classes[c]));
  self->updating = TRUE;
  gtk_drop_down_set_model (self->class_filter, G_LIST_MODEL (names));
  self->updating = FALSE;
  on_filter (self);
  pcn_answer_clear (self->answer);
}

static void
set_session (PcnClassifyView *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    PcnClassification *classification = self->classification = pcn_session_get_classification (session);
    g_object_ref (classification);
    g_signal_connect_object (classification, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (classification, "judged", G_CALLBACK (on_judged), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (classification, "notify::fraction", G_CALLBACK (pcn_classify_view_update_progress), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "model-changed", G_CALLBACK (update_classes), self, G_CONNECT_SWAPPED);
    gtk_filter_list_model_set_model (self->filtered, pcn_classification_get_rows (classification));
    update_classes (self);
    pcn_classify_view_update_progress (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_classify_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_CLASSIFY_VIEW (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_classify_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_CLASSIFY_VIEW (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_classify_view_dispose (GObject *object)
{
  PcnClassifyView *self = PCN_CLASSIFY_VIEW (object);

  if (self->filter)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  self->filter = NULL;
  if (self->zip)
    pcn_zip_job_cancel (self->zip);
  self->zip = NULL;
  g_clear_handle_id (&self->zip_source, g_source_remove);
  g_clear_object (&self->classification);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_classify_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/classify-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, state);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, outcome);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, search);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, class_filter);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, sure_filter);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, count);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, photo_name);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, progress_revealer);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, progress);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, leaflet);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, table_pane);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, back);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, picture_pane);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, photo_card);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, table);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, name_column);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, class_column);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, probability_column);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, filtered);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, sorted);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, filter);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, selection);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, photo);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, answer);
  gtk_widget_class_bind_template_child (widget_class, PcnClassifyView, unreadable);
  gtk_widget_class_bind_template_callback (widget_class, on_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
}

static void
pcn_classify_view_class_init (PcnClassifyViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_classify_view_get_property;
  object_class->set_property = pcn_classify_view_set_property;
  object_class->dispose = pcn_classify_view_dispose;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_ANSWER);
  g_type_ensure (PCN_TYPE_CLASSIFIED);
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_PHOTO);
  g_type_ensure (PCN_TYPE_TRUST_BUTTON);
  bind_template (widget_class);
  pcn_classify_view_install_actions (widget_class);
}

static void
pcn_classify_view_init (PcnClassifyView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
  pcn_stack_tell_shown (GTK_WIDGET (self->outcome));
  gtk_custom_filter_set_filter_func (self->filter, matches, self, NULL);
  gtk_sort_list_model_set_sorter (self->sorted, gtk_column_view_get_sorter (self->table));
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (update_back), self,
                           G_CONNECT_SWAPPED);
}
