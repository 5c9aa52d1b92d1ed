/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "pages/test/explain-window.h"
#include "pages/test/results-pictures.h"
#include "session/outcome.h"
#include "settings.h"
#include "widgets/bars.h"
#include "widgets/gradual-list.h"
#include "widgets/photo.h"
#include "widgets/stack-shown.h"
#include "widgets/thumbnail.h"

#include <glib/gi18n.h>

struct _PcnResultsPictures {
  AdwBin parent_instance;
  GtkStack *state;
  GtkLabel *title, *large_text, *large_name;
  GtkWidget *all, *previous, *next;
  GtkGridView *grid;
  GtkSingleSelection *selection;
  PcnPhoto *photo;
  PcnBars *bars;
  GtkDropDown *label;
  PcnSession *session;
  GListModel *list;
  guint place; /* of the large one */
  gboolean updating;
  guint label_source;
};

G_DEFINE_FINAL_TYPE (PcnResultsPictures, pcn_results_pictures, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint all_signal;

static PcnOutcome *
get_large (PcnResultsPictures *self)
{
  return self->list ? g_list_model_get_item (self->list, self->place) : NULL;
}

static void
show_grid (PcnResultsPictures *self)
{
  gboolean empty = !self->list || g_list_model_get_n_items (self->list) == 0;

  gtk_stack_set_visible_child_name (self->state, empty ? "empty" : "grid");
}

/* The classes of the data as they are now: the picture may have been labelled anew meanwhile. */
static void
update_label (PcnResultsPictures *self, PcnSample *sample)
{
  NnDataset *dataset = pcn_session_get_dataset (self->session);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  NnSample facts;

  pcn_sample_describe (sample, &facts);
  for (guint c = 0; c < nn_dataset_get_n_classes (dataset); c++)
    gtk_string_list_take (names, pcn_format_title (nn_dataset_get_class_name (dataset, c)));
  self->updating = TRUE;
  gtk_drop_down_set_model (self->label, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->label, facts.class_index);
  self->updating = FALSE;
  g_autofree char *name = pcn_format_title (facts.name);
  gtk_label_set_label (self->large_name, name);
}

static void
show_large (PcnResultsPictures *self)
{
  g_autoptr (PcnOutcome) outcome = get_large (self);
  guint n;

  if (!outcome || !pcn_session_get_dataset (self->session)) {
    show_grid (self);
    return;
  }
  PcnSample *sample = pcn_outcome_get_sample (outcome);
  const float *probabilities = pcn_outcome_get_probabilities (outcome, &n);
  const char *const *classes = pcn_results_get_classes (pcn_session_get_results (self->session));
  g_autofree char *text = pcn_outcome_dup_text (outcome);
  pcn_photo_set_sample (self->photo, pcn_thumbnail_loader_get_dataset (pcn_sample_get_loader (sample)),
                        pcn_sample_get_index (sample));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->photo), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_label_set_label (self->large_text, text);
  if (classes && g_strv_length ((char **) classes) == n) {
    pcn_bars_set_classes (self->bars, classes);
    pcn_bars_set_values (self->bars, probabilities, n);
  }
  update_label (self, sample);
  gtk_widget_set_sensitive (self->previous, self->place > 0);
  gtk_widget_set_sensitive (self->next, self->place + 1 < g_list_model_get_n_items (self->list));
  gtk_stack_set_visible_child_name (self->state, "large");
}

static void
on_activate (PcnResultsPictures *self, guint position)
{
  self->place = position;
  show_large (self);
}

static void
on_back (PcnResultsPictures *self)
{
  show_grid (self);
  pcn_results_pictures_grab_focus (self);
}

static void
on_previous (PcnResultsPictures *self)
{
  if (self->place > 0)
    self->place--;
  show_large (self);
}

static void
on_next (PcnResultsPictures *self)
{
  self->place++;
  show_large (self);
}

static void
on_all (PcnResultsPictures *self)
{
  g_signal_emit (self, all_signal, 0);
}

/* What was dealt with goes, and the next one is shown. */
static void
remove_large (PcnResultsPictures *self)
{
  guint n = g_list_model_get_n_items (self->list);

  if (self->place < n)
    g_list_store_remove (G_LIST_STORE (self->list), self->place);
  if (self->place + 1 >= n && self->place > 0)
    self->place--;
  show_large (self);
}

static void
on_exclude (PcnResultsPictures *self)
{
  g_autoptr (PcnOutcome) outcome = get_large (self);

  if (!outcome)
    return;
  guint32 index = pcn_sample_get_index (pcn_outcome_get_sample (outcome));
  pcn_edits_exclude (pcn_session_get_edits (self->session), &index, 1);
  remove_large (self);
}

static void
on_explain (PcnResultsPictures *self)
{
  g_autoptr (PcnOutcome) outcome = get_large (self);

  if (!outcome || !pcn_session_get_classes (self->session))
    return;
  PcnSample *sample = pcn_outcome_get_sample (outcome);
  PcnExplanation *explanation
      = pcn_explanation_new_sample (self->session, pcn_thumbnail_loader_get_dataset (pcn_sample_get_loader (sample)),
                                    pcn_sample_get_index (sample));
  pcn_explain_window_present (GTK_WIDGET (self), self->session, explanation, gtk_label_get_label (self->large_name));
}

static gboolean
label_large (gpointer data)
{
  PcnResultsPictures *self = data;
  NnDataset *dataset = self->session ? pcn_session_get_dataset (self->session) : NULL;
  guint selected = gtk_drop_down_get_selected (self->label);
  g_autoptr (PcnOutcome) outcome = get_large (self);

  self->label_source = 0;
  if (!outcome || !dataset || selected >= nn_dataset_get_n_classes (dataset))
    return G_SOURCE_REMOVE;
  guint32 index = pcn_sample_get_index (pcn_outcome_get_sample (outcome));
  g_autofree char *name = g_strdup (nn_dataset_get_class_name (dataset, selected));
  pcn_edits_move (pcn_session_get_edits (self->session), &index, 1, name);
  remove_large (self);
  return G_SOURCE_REMOVE;
}

/* Later: the dropdown isn't done yet, and would choose the same for the next picture. */
static void
on_label (PcnResultsPictures *self)
{
  if (!self->updating && self->label_source == 0)
    self->label_source = g_idle_add (label_large, self);
}

void
pcn_results_pictures_show (PcnResultsPictures *self, GListModel *list, const char *title, gboolean all)
{
  g_return_if_fail (PCN_IS_RESULTS_PICTURES (self));

  gtk_label_set_label (self->title, title);
  gtk_widget_set_visible (self->all, !all);
  g_clear_object (&self->list);
  self->list = list;
  self->place = 0;
  g_autoptr (GListModel) gradual = pcn_gradual_list_new (g_object_ref (list), GTK_WIDGET (self->grid));
  gtk_single_selection_set_model (self->selection, gradual);
  show_grid (self);
}

void
pcn_results_pictures_grab_focus (PcnResultsPictures *self)
{
  g_return_if_fail (PCN_IS_RESULTS_PICTURES (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static void
pcn_results_pictures_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_RESULTS_PICTURES (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_results_pictures_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnResultsPictures *self = PCN_RESULTS_PICTURES (object);

  if (id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (g_set_object (&self->session, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
pcn_results_pictures_dispose (GObject *object)
{
  PcnResultsPictures *self = PCN_RESULTS_PICTURES (object);

  g_clear_handle_id (&self->label_source, g_source_remove);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_results_pictures_parent_class)->dispose (object);
}

static void
pcn_results_pictures_class_init (PcnResultsPicturesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_results_pictures_get_property;
  object_class->set_property = pcn_results_pictures_set_property;
  object_class->dispose = pcn_results_pictures_dispose;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  all_signal = g_signal_new ("all", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                             G_TYPE_NONE, 0);
  g_type_ensure (PCN_TYPE_BARS);
  g_type_ensure (PCN_TYPE_OUTCOME);
  g_type_ensure (PCN_TYPE_PHOTO);
  g_type_ensure (PCN_TYPE_THUMBNAIL);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/results-pictures.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, state);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, title);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, all);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, grid);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, selection);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, photo);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, bars);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, label);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, large_text);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, large_name);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, previous);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsPictures, next);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_all);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_exclude);
  gtk_widget_class_bind_template_callback (widget_class, on_explain);
  gtk_widget_class_bind_template_callback (widget_class, on_label);
}

static void
pcn_results_pictures_init (PcnResultsPictures *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
}
