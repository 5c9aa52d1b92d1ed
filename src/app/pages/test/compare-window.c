/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/compare-window.h"
#include "file-dialogs.h"
#include "format.h"
#include "messages.h"
#include "session/model-duel.h"
#include "settings.h"
#include "widgets/chart-scale.h"
#include "widgets/progress.h"
#include "widgets/stack-shown.h"
#include "widgets/thumbnail.h"

#include <glib/gi18n.h>

/* Of more classes than this the rest is left to the command line: a grid isn't made for a thousand rows. */
#define MAX_CLASSES 60

struct _PcnCompareWindow {
  AdwWindow parent_instance;
  GtkStack *state, *working;
  AdwComboRow *rows[2];
  GtkLabel *data, *verdict, *failure, *count;
  GtkWidget *pictures_box;
  GtkGrid *numbers, *classes;
  GtkProgressBar *progress;
  GtkDropDown *filter;
  GtkFilterListModel *filtered;
  GtkCustomFilter *custom;
  PcnSession *session;
  PcnModelDuel *duel;
  GListStore *contenders;
  guint opening; /* which row a file is opened for */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (PcnCompareWindow, pcn_compare_window, ADW_TYPE_WINDOW)

/* Entries of the filter. */
enum { SHOW_ALL, SHOW_ONLY_A, SHOW_ONLY_B };

static PcnContender *
get_contender (PcnCompareWindow *self, guint row)
{
  return adw_combo_row_get_selected_item (self->rows[row]);
}

static void
update_working (PcnCompareWindow *self)
{
  gboolean busy;
  double fraction;
  g_autofree char *failure = NULL;
  gboolean same = get_contender (self, 0) == get_contender (self, 1);

  g_object_get (self->duel, "busy", &busy, "fraction", &fraction, "failure", &failure, NULL);
  gtk_stack_set_visible_child_name (self->working, busy      ? "busy"
                                                   : failure ? "failed"
                                                   : same    ? "same"
                                                             : "idle");
  gtk_widget_set_visible (GTK_WIDGET (self->working), busy || failure || same);
  gtk_label_set_label (self->failure, failure ? failure : "");
  pcn_progress_show (self->progress, busy, fraction);
}

static void
compare (PcnCompareWindow *self)
{
  PcnContender *a = get_contender (self, 0), *b = get_contender (self, 1);

  if (a && b && a != b)
    pcn_model_duel_start (self->duel, a, b);
  else
    pcn_job_stop (PCN_JOB (self->duel));
  update_working (self);
}

static void
on_choice (PcnCompareWindow *self)
{
  if (!self->updating && self->duel)
    compare (self);
}

static GtkWidget *
add_cell (GtkGrid *grid, const char *text, int column, int row, gboolean heading)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), column == 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (label, column == 0);
  gtk_widget_add_css_class (label, heading ? "heading" : column > 0 ? "numeric" : "dim-label");
  gtk_grid_attach (grid, label, column, row, 1, 1);
  return label;
}

static void
clear_grid (GtkGrid *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))))
    gtk_grid_remove (grid, child);
}

/* A row of the table of numbers, whose titles are sentences where there is little room. Takes @a and @b. */
static void
add_numbers (PcnCompareWindow *self, int row, const char *title, char *a, char *b)
{
  GtkLabel *label = GTK_LABEL (add_cell (self->numbers, title, 0, row, FALSE));

  gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap (label, TRUE);
  add_cell (self->numbers, a, 1, row, FALSE);
  add_cell (self->numbers, b, 2, row, FALSE);
  g_free (a);
  g_free (b);
}

static char *
format_interval (NnInterval interval)
{
  /* Translators: a range in percent: “91.2–94.0 %” */
  return g_strdup_printf (_ ("%.1f–%.1f %%"), 100 * interval.low, 100 * interval.high);
}

static char *
format_milliseconds (double milliseconds)
{
  g_autofree char *number = pcn_value_format (milliseconds, FALSE);
  /* Translators: milliseconds */
  return g_strdup_printf (_ ("%s ms"), number);
}

static char *
format_bytes (PcnContender *contender)
{
  guint64 bytes = pcn_contender_get_bytes (contender);
  return bytes > 0 ? g_format_size (bytes) : g_strdup ("–");
}

static void
show_numbers (PcnCompareWindow *self, const NnDuel *duel, const double milliseconds[2])
{
  NnGraph *a = nn_model_get_graph (pcn_contender_get_model (get_contender (self, 0)));
  NnGraph *b = nn_model_get_graph (pcn_contender_get_model (get_contender (self, 1)));
  double n = (double) duel->n;
  int row = 1;

  clear_grid (self->numbers);
  add_cell (self->numbers, "A", 1, 0, TRUE);
  add_cell (self->numbers, "B", 2, 0, TRUE);
  add_numbers (self, row++, _ ("Accuracy"), pcn_value_format ((double) duel->right_a / n, TRUE),
               pcn_value_format ((double) duel->right_b / n, TRUE));
  add_numbers (self, row++, _ ("Confidence (95 %)"), format_interval (duel->interval_a),
               format_interval (duel->interval_b));
  add_numbers (self, row++, _ ("Only This One Right"), pcn_format_count (duel->test.only_a),
               pcn_format_count (duel->test.only_b));
  add_numbers (self, row++, _ ("Weights"), pcn_format_count (nn_graph_count_params (a)),
               pcn_format_count (nn_graph_count_params (b)));
  add_numbers (self, row++, _ ("File"), format_bytes (get_contender (self, 0)), format_bytes (get_contender (self, 1)));
  add_numbers (self, row++, _ ("One Picture"), format_milliseconds (milliseconds[0]),
               format_milliseconds (milliseconds[1]));
}

static void
show_classes (PcnCompareWindow *self, const NnDuel *duel)
{
  const char *const *names = nn_model_get_classes (pcn_contender_get_model (get_contender (self, 0)));

  clear_grid (self->classes);
  add_cell (self->classes, _ ("Class"), 0, 0, TRUE);
  add_cell (self->classes, _ ("Pictures"), 1, 0, TRUE);
  add_cell (self->classes, "A", 2, 0, TRUE);
  add_cell (self->classes, "B", 3, 0, TRUE);
  for (guint c = 0; c < MIN (duel->n_classes, MAX_CLASSES); c++) {
    double n = (double) duel->class_n[c];
    g_autofree char *name = pcn_format_title (names[c]), *count = pcn_format_count (duel->class_n[c]);
    g_autofree char *a = pcn_value_format ((double) duel->class_right_a[c] / MAX (n, 1), TRUE);
    g_autofree char *b = pcn_value_format ((double) duel->class_right_b[c] / MAX (n, 1), TRUE);
    add_cell (self->classes, name, 0, (int) c + 1, FALSE);
    add_cell (self->classes, count, 1, (int) c + 1, FALSE);
    add_cell (self->classes, n > 0 ? a : "–", 2, (int) c + 1, FALSE);
    add_cell (self->classes, n > 0 ? b : "–", 3, (int) c + 1, FALSE);
  }
}

static char *
make_verdict (const NnDuel *duel)
{
  g_autofree char *p = pcn_value_format (duel->test.p, FALSE);

  if (duel->agree == duel->n)
    return g_strdup (_ ("Both give the same answer to every picture."));
  if (duel->test.p >= NN_DUEL_SIGNIFICANT)
    /* Translators: of McNemar's test; with no-break spaces */
    return g_strdup_printf (_ ("No clear difference: it may well be chance (McNemar’s test, p = %s)."), p);
  return g_strdup_printf (duel->right_a > duel->right_b ? _ ("A is better (McNemar’s test, p = %s).")
                                                        : _ ("B is better (McNemar’s test, p = %s)."),
                          p);
}

static char *
make_data_text (PcnCompareWindow *self, const NnDuel *duel, NnSplit part)
{
  g_autofree char *n = pcn_format_count (duel->n);
  g_autofree char *name = NULL;

  g_object_get (self->session, "data-name", &name, NULL);
  switch (part) {
  case NN_SPLIT_TEST:
    /* Translators: how many pictures of which data: “300 test pictures of animals” */
    return g_strdup_printf (_ ("%s test pictures of %s"), n, name);
  case NN_SPLIT_VAL:
    return g_strdup_printf (_ ("%s validation pictures of %s"), n, name);
  case NN_SPLIT_TRAIN:
  case NN_SPLIT_ALL:
  default:
    return g_strdup_printf (_ ("%s pictures of %s"), n, name);
  }
}

static void
update_count (PcnCompareWindow *self)
{
  g_autofree char *n = pcn_format_count (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)));

  gtk_label_set_label (self->count, n);
}

static void
on_changed (PcnCompareWindow *self)
{
  double milliseconds[2];
  NnSplit part;
  const NnDuel *duel = pcn_model_duel_get (self->duel, milliseconds, &part);

  gtk_widget_set_visible (GTK_WIDGET (self->verdict), duel != NULL);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->numbers)), duel != NULL);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->classes)), duel != NULL);
  gtk_widget_set_visible (self->pictures_box, duel && duel->differing->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->data), duel != NULL);
  if (!duel) {
    gtk_filter_list_model_set_model (self->filtered, NULL);
    return;
  }
  g_autoptr (GListModel) list = pcn_model_duel_list (self->duel);
  g_autofree char *verdict = make_verdict (duel), *data = make_data_text (self, duel, part);
  gtk_label_set_label (self->verdict, verdict);
  gtk_label_set_label (self->data, data);
  show_numbers (self, duel, milliseconds);
  show_classes (self, duel);
  gtk_filter_list_model_set_model (self->filtered, list);
  update_count (self);
}

static gboolean
matches (gpointer item, gpointer data)
{
  PcnCompareWindow *self = data;
  guint shown = gtk_drop_down_get_selected (self->filter);
  PcnWhoIsRight right = pcn_differing_get_right (item);

  return shown == SHOW_ONLY_A ? right == PCN_RIGHT_A : shown == SHOW_ONLY_B ? right == PCN_RIGHT_B : TRUE;
}

static void
on_filter (PcnCompareWindow *self)
{
  if (!self->duel)
    return;
  gtk_filter_changed (GTK_FILTER (self->custom), GTK_FILTER_CHANGE_DIFFERENT);
  update_count (self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnCompareWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PcnContender) contender = pcn_contender_load_finish (result, &error);

  if (!self->session) /* it was closed meanwhile */
    return;
  if (!contender) {
    pcn_show_problem (GTK_WINDOW (self), _ ("The Model Can’t Be Opened"), error->message);
    return;
  }
  g_list_store_append (self->contenders, contender);
  adw_combo_row_set_selected (self->rows[self->opening], g_list_model_get_n_items (G_LIST_MODEL (self->contenders)) - 1);
}

static void
open_model (gpointer owner, GListModel *files)
{
  PcnCompareWindow *self = owner;
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  pcn_contender_load_async (file, NULL, on_loaded, g_object_ref (self));
}

static void
on_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PCN_COMPARE_WINDOW (widget)->opening = g_variant_get_uint32 (parameter);
  pcn_open_files (GTK_WINDOW (widget), _ ("Open a Model"), PCN_FILE_KIND_MODEL, open_model, widget);
}

static void
on_stop (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pcn_job_stop (PCN_JOB (PCN_COMPARE_WINDOW (widget)->duel));
}

static void
on_again (GtkWidget *widget, const char *name, GVariant *parameter)
{
  compare (PCN_COMPARE_WINDOW (widget));
}

static void
pcn_compare_window_dispose (GObject *object)
{
  PcnCompareWindow *self = PCN_COMPARE_WINDOW (object);

  if (self->custom)
    gtk_custom_filter_set_filter_func (self->custom, NULL, NULL, NULL);
  self->custom = NULL;
  if (self->duel)
    pcn_job_stop (PCN_JOB (self->duel));
  g_clear_object (&self->duel);
  g_clear_object (&self->contenders);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_compare_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/compare-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, state);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, working);
  gtk_widget_class_bind_template_child_full (widget_class, "row_a", FALSE,
                                             G_STRUCT_OFFSET (PcnCompareWindow, rows[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "row_b", FALSE,
                                             G_STRUCT_OFFSET (PcnCompareWindow, rows[1]));
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, data);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, verdict);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, failure);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, count);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, pictures_box);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, numbers);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, classes);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, filter);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, filtered);
  gtk_widget_class_bind_template_child (widget_class, PcnCompareWindow, custom);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_filter);
}

static void
pcn_compare_window_class_init (PcnCompareWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_compare_window_dispose;
  g_type_ensure (PCN_TYPE_CONTENDER);
  g_type_ensure (PCN_TYPE_DIFFERING);
  g_type_ensure (PCN_TYPE_THUMBNAIL);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "compare.open", "u", on_open);
  gtk_widget_class_install_action (widget_class, "compare.stop", NULL, on_stop);
  gtk_widget_class_install_action (widget_class, "compare.again", NULL, on_again);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pcn_compare_window_init (PcnCompareWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
  pcn_stack_tell_shown (GTK_WIDGET (self->working));
  gtk_custom_filter_set_filter_func (self->custom, matches, self, NULL);
}

static void
present (GtkWindow *parent, PcnSession *session)
{
  PcnCompareWindow *self = g_object_new (PCN_TYPE_COMPARE_WINDOW, NULL);
  self->session = g_object_ref (session);
  self->contenders = pcn_contender_list (session);
  self->updating = TRUE;
  for (guint i = 0; i < 2; i++)
    adw_combo_row_set_model (self->rows[i], G_LIST_MODEL (self->contenders));
  adw_combo_row_set_selected (self->rows[1], MIN (1, g_list_model_get_n_items (G_LIST_MODEL (self->contenders)) - 1));
  self->updating = FALSE;
  self->duel = pcn_model_duel_new (session);
  g_signal_connect_object (self->duel, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->duel, "notify::fraction", G_CALLBACK (update_working), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->duel, "notify::failure", G_CALLBACK (update_working), self, G_CONNECT_SWAPPED);
  gtk_stack_set_visible_child_name (self->state, pcn_session_get_dataset (session) ? "models" : "no-data");
  on_changed (self);
  compare (self);
  gtk_window_set_transient_for (GTK_WINDOW (self), parent);
  gtk_window_present (GTK_WINDOW (self));
}

static void
on_compare_models (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (PcnSession) session = NULL;

  g_object_get (widget, "session", &session, NULL);
  if (session)
    present (GTK_WINDOW (widget), session);
}

void
pcn_compare_window_install_action (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.compare-models", NULL, on_compare_models);
}
