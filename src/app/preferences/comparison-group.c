/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "preferences/comparison-group.h"
#include "session/preset-info.h"
#include "settings.h"
#include "widgets/bar-chart.h"

#include <glib/gi18n.h>

/* How long the button says that it has copied. */
#define COPIED_SECONDS 3

struct _PcnComparisonGroup {
  AdwPreferencesGroup parent_instance;
  GtkButton *compare;
  GtkWidget *copy, *running, *results;
  GtkLabel *status, *caption, *problems;
  GtkProgressBar *progress;
  PcnBarChart *chart;
  GtkGrid *table;
  PcnSession *session;
  guint copied_source;
};

G_DEFINE_FINAL_TYPE (PcnComparisonGroup, pcn_comparison_group, ADW_TYPE_PREFERENCES_GROUP)

static PcnLab *
get_lab (PcnComparisonGroup *self)
{
  return pcn_session_get_lab (self->session);
}

static gboolean
is_comparing (PcnComparisonGroup *self)
{
  gboolean comparing, waiting;

  g_object_get (get_lab (self), "comparing", &comparing, "waiting", &waiting, NULL);
  return comparing || waiting;
}

enum { N_COLUMNS = 4 };

static GtkWidget *
add_cell (PcnComparisonGroup *self, const char *text, int column, int row)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_grid_attach (self->table, label, column, row, 1, 1);
  return label;
}

/* The name has a line of its own: beside four numbers there is no room for it on a narrow window. */
static void
add_result (PcnComparisonGroup *self, PcnMeasurement *result, int row, GString *problems)
{
  const PcnFigures *figures = pcn_measurement_get_figures (result);
  const char *problem = pcn_measurement_get_problem (result), *name = pcn_measurement_get_name (result);
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, name);
  gtk_grid_attach (self->table, label, 0, row, N_COLUMNS, 1);
  if (problem) {
    for (int i = 0; i < N_COLUMNS; i++)
      add_cell (self, "–", i, row + 1);
    g_string_append_printf (problems, "%s%s: %s", problems->len > 0 ? "\n" : "", name, problem);
    return;
  }
  g_autofree char *rate = pcn_format_rate (figures->images_per_second);
  g_autofree char *step = pcn_format_ms (figures->step_ms);
  g_autofree char *latency = figures->latency_ms > 0 ? pcn_format_ms (figures->latency_ms) : g_strdup ("–");
  g_autofree char *memory = pcn_format_memory (figures->memory);
  add_cell (self, rate, 0, row + 1);
  add_cell (self, step, 1, row + 1);
  add_cell (self, latency, 2, row + 1);
  add_cell (self, memory, 3, row + 1);
}

/* The device in use stands out. */
static void
update_chart (PcnComparisonGroup *self, GListModel *results)
{
  guint n = g_list_model_get_n_items (results);
  NnDevice *device = pcn_session_get_device (self->session);
  g_autofree PcnBar *bars = g_new0 (PcnBar, n);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++) {
    g_autoptr (PcnMeasurement) result = g_list_model_get_item (results, i);
    double rate = pcn_measurement_get_figures (result)->images_per_second;
    g_autofree char *number = pcn_format_rate (rate);
    /* Translators: pictures that a device trains on in a second */
    char *text = g_strdup_printf (_ ("%s pictures/s"), number);
    g_ptr_array_add (texts, text);
    bars[i]
        = (PcnBar){ .label = pcn_measurement_get_name (result),
                    .value = rate,
                    .text = text,
                    .error = pcn_measurement_get_problem (result) ? _ ("No result") : NULL,
                    .highlighted
                    = device && g_strcmp0 (nn_device_get_id (device), pcn_measurement_get_id (result)) == 0 };
  }
  pcn_bar_chart_set (self->chart, bars, n);
}

static void
update_results (PcnComparisonGroup *self)
{
  PcnComparison *comparison = pcn_lab_get_comparison (get_lab (self));
  GListModel *results = pcn_comparison_get_results (comparison);
  guint n = g_list_model_get_n_items (results);
  const char *const headings[N_COLUMNS] = { _ ("Pictures/s"), _ ("Step"), _ ("One Picture"), _ ("Memory") };
  g_autoptr (GString) problems = g_string_new (NULL);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))))
    gtk_grid_remove (self->table, child);
  for (int i = 0; i < N_COLUMNS; i++) {
    GtkWidget *heading = add_cell (self, headings[i], i, 0);
    gtk_widget_add_css_class (heading, "dim-label");
    gtk_widget_add_css_class (heading, "caption");
  }
  for (guint i = 0; i < n; i++) {
    g_autoptr (PcnMeasurement) result = g_list_model_get_item (results, i);
    add_result (self, result, 2 * (int) i + 1, problems);
  }
  update_chart (self, results);
  g_autofree char *date = pcn_format_date (pcn_comparison_get_date (comparison));
  g_autofree char *caption = g_strdup_printf ("%s · %s", pcn_comparison_get_title (comparison), date);
  gtk_label_set_label (self->caption, caption);
  gtk_label_set_label (self->problems, problems->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->problems), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  problems->str, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->problems), problems->len > 0);
  gtk_widget_set_visible (self->results, n > 0);
  gtk_widget_set_visible (self->copy, n > 0);
}

static void
update_running (PcnComparisonGroup *self)
{
  gboolean comparing = is_comparing (self);
  g_autofree char *status = NULL;
  double fraction;

  g_object_get (get_lab (self), "status", &status, "fraction", &fraction, NULL);
  gtk_label_set_label (self->status, status ? status : "");
  gtk_progress_bar_set_fraction (self->progress, comparing ? fraction : 0);
  gtk_widget_set_visible (self->running, comparing);
  gtk_button_set_label (self->compare, comparing ? _ ("_Stop") : _ ("_Compare"));
}

static void
on_disturbing (PcnComparisonGroup *self, const char *response)
{
  if (g_str_equal (response, "pause"))
    pcn_session_compare_devices (self->session, PCN_COMPARE_PAUSING);
  else if (g_str_equal (response, "after"))
    pcn_session_compare_devices (self->session, PCN_COMPARE_AFTERWARDS);
}

static void
ask (PcnComparisonGroup *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                              _ ("Training Is Running"), NULL);

  adw_message_dialog_set_body (
      ADW_MESSAGE_DIALOG (dialog),
      _ ("Both would be slower, and the figures wrong. Training can pause for half a minute or "
         "so, or the devices are compared when it has ended."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "after",
                                    _ ("_Afterwards"), "pause", _ ("_Pause Training"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "pause");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "pause", ADW_RESPONSE_SUGGESTED);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_disturbing), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_compare (PcnComparisonGroup *self)
{
  PcnRunState state = pcn_run_get_state (pcn_session_get_run (self->session));

  if (is_comparing (self))
    pcn_lab_cancel_comparison (get_lab (self));
  else if (pcn_run_get_active (pcn_session_get_run (self->session)) && state != PCN_RUN_PAUSED)
    ask (self);
  else
    pcn_session_compare_devices (self->session, PCN_COMPARE_NOW);
}

static void
set_copied (PcnComparisonGroup *self, gboolean copied)
{
  const char *word = copied ? _ ("Copied") : _ ("Copy as Text");

  gtk_button_set_icon_name (GTK_BUTTON (self->copy),
                            copied ? "object-select-symbolic" : "edit-copy-symbolic");
  gtk_widget_set_tooltip_text (self->copy, word);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy), GTK_ACCESSIBLE_PROPERTY_LABEL, word, -1);
}

static gboolean
on_copied_long_ago (gpointer data)
{
  PcnComparisonGroup *self = data;

  self->copied_source = 0;
  set_copied (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_copy (PcnComparisonGroup *self)
{
  g_autofree char *text = pcn_comparison_to_text (pcn_lab_get_comparison (get_lab (self)));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  set_copied (self, TRUE);
  g_clear_handle_id (&self->copied_source, g_source_remove);
  self->copied_source = g_timeout_add_seconds (COPIED_SECONDS, on_copied_long_ago, self);
}

static void
update_description (PcnComparisonGroup *self)
{
  /* Translators: %s is a network */
  g_autofree char *text = g_strdup_printf (_ ("By real training steps of the network at hand, %s."),
                                           pcn_preset_get_title (pcn_session_get_preset (self->session)));

  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), text);
}

void
pcn_comparison_group_set_session (PcnComparisonGroup *self, PcnSession *session)
{
  g_return_if_fail (PCN_IS_COMPARISON_GROUP (self));
  g_return_if_fail (!self->session);

  self->session = g_object_ref (session);
  PcnLab *lab = pcn_session_get_lab (session);
  g_signal_connect_object (lab, "notify::comparing", G_CALLBACK (update_running), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lab, "notify::waiting", G_CALLBACK (update_running), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lab, "notify::status", G_CALLBACK (update_running), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (lab, "notify::fraction", G_CALLBACK (update_running), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pcn_lab_get_comparison (lab), "notify::date", G_CALLBACK (update_results), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::preset", G_CALLBACK (update_description), self,
                           G_CONNECT_SWAPPED);
  update_description (self);
  update_results (self);
  update_running (self);
}

static void
pcn_comparison_group_dispose (GObject *object)
{
  PcnComparisonGroup *self = PCN_COMPARISON_GROUP (object);

  g_clear_handle_id (&self->copied_source, g_source_remove);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_comparison_group_parent_class)->dispose (object);
}

static void
pcn_comparison_group_class_init (PcnComparisonGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pcn_comparison_group_dispose;
  g_type_ensure (PCN_TYPE_BAR_CHART);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               PCN_RESOURCE "/ui/preferences/comparison-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, compare);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, copy);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, running);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, results);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, status);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, caption);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, problems);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, progress);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, chart);
  gtk_widget_class_bind_template_child (widget_class, PcnComparisonGroup, table);
  gtk_widget_class_bind_template_callback (widget_class, on_compare);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
pcn_comparison_group_init (PcnComparisonGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
