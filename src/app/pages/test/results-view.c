/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/results-view.h"
#include "file-dialogs.h"
#include "format.h"
#include "pages/test/results-pictures.h"
#include "pages/test/trust-button.h"
#include "session/score-row.h"
#include "settings.h"
#include "widgets/chart-scale.h"
#include "widgets/matrix.h"
#include "widgets/stack-shown.h"

#include <glib/gi18n.h>

struct _PcnResultsView {
  AdwBin parent_instance;
  GtkStack *state;
  AdwStatusPage *mismatch, *failed;
  GtkProgressBar *progress, *again_progress;
  GtkRevealer *stale_revealer;
  GtkLabel *stale_text, *accuracy, *summary;
  GtkWidget *again;
  GtkButton *forward;
  AdwLeaflet *leaflet;
  PcnMatrix *matrix;
  GtkColumnView *scores;
  GtkSingleSelection *score_selection;
  GtkSortListModel *sorted_scores;
  PcnResultsPictures *pictures;
  PcnSession *session;
  PcnResults *results;
  gboolean waits; /* until somebody looks: there is something new to show */
};

G_DEFINE_FINAL_TYPE (PcnResultsView, pcn_results_view, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static char *
get_name (PcnResultsView *self, int class_index)
{
  return pcn_format_title (pcn_results_get_classes (self->results)[class_index]);
}

static char *
make_title (PcnResultsView *self, int truth, int answer, guint n)
{
  g_autofree char *count = pcn_format_count (n);

  if (truth == PCN_ANY_CLASS)
    /* Translators: title of a grid of pictures; %s is how many */
    return g_strdup_printf (_ ("Mistakes: %s"), count);
  g_autofree char *of = get_name (self, truth);
  if (answer == PCN_ANY_CLASS)
    /* Translators: title of a grid of pictures: of a class, taken for any other; the second %s is how many */
    return g_strdup_printf (_ ("%s, not recognised: %s"), of, count);
  if (truth == answer)
    /* Translators: title of a grid of pictures: of a class, and taken for it; the second %s is how many */
    return g_strdup_printf (_ ("%s, recognised: %s"), of, count);
  g_autofree char *as = get_name (self, answer);
  /* Translators: title of a grid of pictures of one class, taken for another; the last %s is how many */
  return g_strdup_printf (_ ("%s, taken for %s: %s"), of, as, count);
}

static guint64
count_pictures (PcnResultsView *self, int truth, int answer)
{
  const NnEvaluation *evaluation = pcn_results_get_evaluation (self->results);
  guint n = evaluation->n_classes;
  guint64 count = 0;

  for (guint t = 0; t < n; t++)
    for (guint c = 0; c < n; c++)
      if ((truth == PCN_ANY_CLASS || t == (guint) truth)
          && (answer == PCN_ANY_CLASS ? t != c : c == (guint) answer))
        count += evaluation->confusion[(gsize) t * n + c];
  return count;
}

static void
show_pictures (PcnResultsView *self, int truth, int answer)
{
  g_autofree char *title = make_title (self, truth, answer, (guint) count_pictures (self, truth, answer));

  pcn_results_pictures_show (self->pictures, pcn_results_list (self->results, truth, answer), title,
                             truth == PCN_ANY_CLASS);
}

static void
go_to_pictures (PcnResultsView *self)
{
  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
on_cell (PcnResultsView *self, guint truth, guint answer)
{
  gtk_single_selection_set_selected (self->score_selection, GTK_INVALID_LIST_POSITION);
  show_pictures (self, (int) truth, (int) answer);
  go_to_pictures (self);
}

static void
on_score (PcnResultsView *self, guint position)
{
  g_autoptr (PcnScoreRow) row = g_list_model_get_item (G_LIST_MODEL (self->sorted_scores), position);

  if (!row)
    return;
  pcn_matrix_select (self->matrix, -1, -1);
  show_pictures (self, (int) pcn_score_row_get_class (row), PCN_ANY_CLASS);
  go_to_pictures (self);
}

static void
on_all (PcnResultsView *self)
{
  pcn_matrix_select (self->matrix, -1, -1);
  gtk_single_selection_set_selected (self->score_selection, GTK_INVALID_LIST_POSITION);
  show_pictures (self, PCN_ANY_CLASS, PCN_ANY_CLASS);
}

static void
on_forward (PcnResultsView *self)
{
  on_all (self);
  go_to_pictures (self);
}

static void
on_back (PcnResultsView *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static char *
make_summary (PcnResultsView *self, const NnEvaluation *evaluation)
{
  g_autofree char *count = pcn_format_count (evaluation->n),
                  *loss = pcn_value_format (evaluation->loss, FALSE);

  switch (pcn_results_get_part (self->results)) {
  case NN_SPLIT_TEST:
    /* Translators: below a share such as “94.2 %”: of how many pictures, and the loss */
    return g_strdup_printf (g_dngettext (NULL, "of %s test picture right · loss %s",
                                         "of %s test pictures right · loss %s", evaluation->n),
                            count, loss);
  case NN_SPLIT_VAL:
    return g_strdup_printf (g_dngettext (NULL, "of %s validation picture right · loss %s",
                                         "of %s validation pictures right · loss %s", evaluation->n),
                            count, loss);
  case NN_SPLIT_TRAIN:
  case NN_SPLIT_ALL:
  default:
    return g_strdup_printf (g_dngettext (NULL, "of %s picture right, learnt from or not · loss %s",
                                         "of %s pictures right, learnt from or not · loss %s", evaluation->n),
                            count, loss);
  }
}

static void
fill_scores (PcnResultsView *self, const NnEvaluation *evaluation, const char *const *classes)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GListStore) list = g_list_store_new (PCN_TYPE_SCORE_ROW);

  for (guint c = 0; c < evaluation->n_classes; c++) {
    PcnScore score;
    pcn_score_get (evaluation, c, &score);
    g_ptr_array_add (
        rows, pcn_score_row_new (c, classes[c], score.n_present, score.precision, score.recall, score.f1));
  }
  g_list_store_splice (list, 0, 0, rows->pdata, rows->len);
  gtk_sort_list_model_set_model (self->sorted_scores, G_LIST_MODEL (list));
}

static void
on_changed (PcnResultsView *self)
{
  const NnEvaluation *evaluation = pcn_results_get_evaluation (self->results);
  const char *const *classes = pcn_results_get_classes (self->results);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "results.save", evaluation != NULL);
  /* What is evaluated for others isn't shown behind their back: a page that isn't allocated can't tell the stack around
   * it when it gets narrower again. */
  self->waits = evaluation && !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (!evaluation || self->waits)
    return;
  g_autofree char *share = pcn_value_format (evaluation->accuracy, TRUE),
                  *summary = make_summary (self, evaluation);
  g_autofree char *mistakes = make_title (self, PCN_ANY_CLASS, PCN_ANY_CLASS,
                                          (guint) count_pictures (self, PCN_ANY_CLASS, PCN_ANY_CLASS));
  gtk_label_set_label (self->accuracy, share);
  gtk_label_set_label (self->summary, summary);
  gtk_button_set_label (self->forward, mistakes);
  pcn_matrix_set (self->matrix, evaluation->confusion, classes, evaluation->n_classes);
  fill_scores (self, evaluation, classes);
  on_all (self);
}

static void
update (PcnResultsView *self)
{
  g_autofree char *state = NULL, *message = NULL;
  gboolean busy, stale;
  double fraction;

  g_object_get (self->results, "state", &state, "message", &message, "busy", &busy, "stale", &stale,
                "fraction", &fraction, NULL);
  g_autofree char *markup = g_markup_escape_text (message ? message : "", -1);
  adw_status_page_set_description (self->mismatch, markup);
  adw_status_page_set_description (self->failed, markup);
  gtk_progress_bar_set_fraction (self->progress, fraction);
  gtk_progress_bar_set_fraction (self->again_progress, fraction);
  gtk_label_set_label (self->stale_text,
                       busy ? _ ("Evaluating") : _ ("The model or the pictures have changed since"));
  gtk_widget_set_visible (GTK_WIDGET (self->again_progress), busy);
  gtk_widget_set_visible (self->again, !busy);
  gtk_revealer_set_reveal_child (self->stale_revealer, stale || busy);
  if (!self->waits)
    gtk_stack_set_visible_child_name (self->state, state);
}

/* Evaluates what is looked at; the rest can wait until somebody looks. Whoever goes through the mistakes and
 * mends the data keeps them until he asks for more. */
static void
refresh (PcnResultsView *self)
{
  if (self->results && gtk_widget_get_mapped (GTK_WIDGET (self)))
    pcn_results_refresh (self->results, FALSE);
}

static void
on_evaluate (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_results_evaluate (PCN_RESULTS_VIEW (widget)->results);
}

static void
on_cancel (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_results_cancel (PCN_RESULTS_VIEW (widget)->results);
}

static void
save (gpointer owner, GListModel *files)
{
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  pcn_results_save (PCN_RESULTS_VIEW (owner)->results, file);
}

static void
on_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  /* Translators: the proposed name of a file; a table of how well each class is recognised */
  pcn_save_file (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Save the Results"), PCN_FILE_KIND_TABLE,
                 _ ("results.csv"), save, widget);
}

static void
set_session (PcnResultsView *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    self->results = g_object_ref (pcn_session_get_results (session));
    g_signal_connect_object (self->results, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->results, "notify::fraction", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    /* The end of a run, which comes with its last model. */
    g_signal_connect_object (session, "notify::can-start", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "model-changed", G_CALLBACK (refresh), self,
                             G_CONNECT_SWAPPED | G_CONNECT_AFTER);
    on_changed (self);
    update (self);
    refresh (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_results_view_map (GtkWidget *widget)
{
  PcnResultsView *self = PCN_RESULTS_VIEW (widget);

  GTK_WIDGET_CLASS (pcn_results_view_parent_class)->map (widget);
  if (!self->results)
    return;
  if (self->waits) {
    on_changed (self);
    update (self);
  }
  pcn_results_refresh (self->results, TRUE);
}

static void
pcn_results_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_RESULTS_VIEW (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_results_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_RESULTS_VIEW (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_results_view_dispose (GObject *object)
{
  PcnResultsView *self = PCN_RESULTS_VIEW (object);

  g_clear_object (&self->results);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_results_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/results-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, state);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, mismatch);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, failed);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, progress);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, again_progress);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, stale_revealer);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, stale_text);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, accuracy);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, summary);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, again);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, forward);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, leaflet);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, matrix);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, scores);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, score_selection);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, sorted_scores);
  gtk_widget_class_bind_template_child (widget_class, PcnResultsView, pictures);
  gtk_widget_class_bind_template_callback (widget_class, on_cell);
  gtk_widget_class_bind_template_callback (widget_class, on_score);
  gtk_widget_class_bind_template_callback (widget_class, on_all);
  gtk_widget_class_bind_template_callback (widget_class, on_forward);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
}

static void
pcn_results_view_class_init (PcnResultsViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_results_view_get_property;
  object_class->set_property = pcn_results_view_set_property;
  object_class->dispose = pcn_results_view_dispose;
  widget_class->map = pcn_results_view_map;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_MATRIX);
  g_type_ensure (PCN_TYPE_RESULTS_PICTURES);
  g_type_ensure (PCN_TYPE_SCORE_ROW);
  g_type_ensure (PCN_TYPE_TRUST_BUTTON);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "results.evaluate", NULL, on_evaluate);
  gtk_widget_class_install_action (widget_class, "results.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "results.save", NULL, on_save);
}

static void
pcn_results_view_init (PcnResultsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
  gtk_sort_list_model_set_sorter (self->sorted_scores, gtk_column_view_get_sorter (self->scores));
}
