/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/test/trust-button.h"
#include "format.h"
#include "settings.h"
#include "widgets/chart-scale.h"
#include "widgets/reliability-plot.h"
#include "widgets/stack-shown.h"

#include <glib/gi18n.h>

struct _PcnTrustButton {
  AdwBin parent_instance;
  GtkStack *state;
  PcnReliabilityPlot *plot;
  GtkSpinButton *threshold;
  GtkLabel *kept, *calibration, *message;
  GtkProgressBar *progress;
  GtkWidget *facts, *fit;
  PcnSession *session;
  PcnTrust *trust;
  PcnResults *results;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (PcnTrustButton, pcn_trust_button, ADW_TYPE_BIN)

enum { PROP_SESSION = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

/* A share that stays on one line. */
static char *
format_share (double share)
{
  g_autofree char *text = pcn_value_format (share, TRUE);
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);

  return g_strjoinv ("\u00a0", parts);
}

/* What is left by the threshold, of the pictures that were evaluated. */
static void
update_kept (PcnTrustButton *self)
{
  const NnReliability *reliability = pcn_trust_get_reliability (self->trust);
  double accuracy;

  if (!reliability)
    return;
  double share = nn_reliability_keep (reliability, pcn_trust_get_threshold (self->trust), &accuracy);
  g_autofree char *kept = format_share (share), *right = format_share (accuracy);
  g_autofree char *text
      = share > 0
            /* Translators: of a threshold: the share of pictures that are sure enough, and how many of these
               are right */
            ? g_strdup_printf (_ ("%s of the pictures are sure enough; %s of these are right"), kept, right)
            : g_strdup (_ ("No picture is sure enough"));
  gtk_label_set_label (self->kept, text);
}

static char *
make_source (PcnTrustButton *self, gsize n)
{
  g_autofree char *count = pcn_format_count (n);

  switch (pcn_results_get_part (self->results)) {
  case NN_SPLIT_TEST:
    return g_strdup_printf (g_dngettext (NULL, "%s test picture", "%s test pictures", n), count);
  case NN_SPLIT_VAL:
    return g_strdup_printf (g_dngettext (NULL, "%s validation picture", "%s validation pictures", n), count);
  case NN_SPLIT_TRAIN:
  case NN_SPLIT_ALL:
  default:
    return g_strdup_printf (
        g_dngettext (NULL, "%s picture, learnt from or not", "%s pictures, learnt from or not", n), count);
  }
}

static void
update_calibration (PcnTrustButton *self, const NnReliability *reliability)
{
  const NnReliability *raw = pcn_trust_get_raw (self->trust);
  g_autofree char *now = format_share (reliability->error), *before = format_share (raw->error);
  g_autofree char *source = make_source (self, reliability->n);
  g_autofree char *text = NULL;

  if (raw == reliability)
    /* Translators: the second %s is of how many pictures, such as “120 test pictures” */
    text = g_strdup_printf (_ ("Calibration error %s, of %s"), now, source);
  else
    /* Translators: what “temperature scaling” achieves; the last %s is of how many pictures, such as “120
     * test pictures” */
    text = g_strdup_printf (_ ("Calibration error %s; without the temperature of %.3g it would be %s. Of %s"),
                            now, pcn_trust_get_temperature (self->trust), before, source);
  gtk_label_set_label (self->calibration, text);
}

static void
update_message (PcnTrustButton *self, const char *state, const char *message)
{
  const char *text = _ ("Not evaluated yet");

  if (g_str_equal (state, "no-data"))
    text = _ ("Open pictures whose classes are known on the Data page, and see here how often the network is "
              "right when it is so sure");
  else if (message)
    text = message;
  gtk_label_set_label (self->message, text);
}

static void
update (PcnTrustButton *self)
{
  g_autofree char *state = NULL, *message = NULL;
  const NnReliability *reliability = pcn_trust_get_reliability (self->trust);
  gboolean busy;
  double fraction;

  g_object_get (self->results, "state", &state, "message", &message, "busy", &busy, "fraction", &fraction,
                NULL);
  pcn_reliability_plot_set (self->plot, reliability);
  gtk_progress_bar_set_fraction (self->progress, fraction);
  gtk_widget_set_visible (self->facts, reliability != NULL);
  gtk_widget_set_visible (self->fit, pcn_trust_get_fits (self->trust));
  gtk_stack_set_visible_child_name (self->state, reliability ? "plot" : busy ? "busy" : "message");
  if (reliability) {
    update_kept (self);
    update_calibration (self, reliability);
  } else
    update_message (self, state, message);
}

static void
on_threshold (PcnTrustButton *self)
{
  self->updating = TRUE;
  gtk_spin_button_set_value (self->threshold, pcn_trust_get_threshold (self->trust) * 100);
  self->updating = FALSE;
  update_kept (self);
}

static void
on_spin (PcnTrustButton *self)
{
  if (!self->updating && self->trust)
    pcn_trust_set_threshold (self->trust, gtk_spin_button_get_value (self->threshold) / 100);
}

static gboolean
on_output (GtkSpinButton *spin)
{
  g_autofree char *text = g_strdup_printf ("%.0f %%", gtk_spin_button_get_value (spin));

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
on_show (PcnTrustButton *self)
{
  if (!self->results)
    return;
  pcn_results_refresh (self->results, TRUE);
  update (self);
}

static void
on_closed (PcnTrustButton *self)
{
  if (self->trust)
    pcn_trust_keep (self->trust);
}

static void
on_fit (PcnTrustButton *self)
{
  g_autoptr (GError) error = NULL;

  if (pcn_trust_fit (self->trust, &error))
    return;
  gtk_label_set_label (self->calibration, error->message);
  gtk_widget_set_visible (self->fit, FALSE);
}

static void
set_session (PcnTrustButton *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    self->trust = g_object_ref (pcn_session_get_trust (session));
    self->results = g_object_ref (pcn_session_get_results (session));
    g_object_bind_property (self->trust, "threshold", self->plot, "threshold",
                            G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
    g_signal_connect_object (self->trust, "notify::threshold", G_CALLBACK (on_threshold), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->trust, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->results, "notify::fraction", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    on_threshold (self);
    update (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_trust_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_TRUST_BUTTON (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_trust_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_TRUST_BUTTON (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_trust_button_dispose (GObject *object)
{
  PcnTrustButton *self = PCN_TRUST_BUTTON (object);

  g_clear_object (&self->trust);
  g_clear_object (&self->results);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (pcn_trust_button_parent_class)->dispose (object);
}

static void
pcn_trust_button_class_init (PcnTrustButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_trust_button_get_property;
  object_class->set_property = pcn_trust_button_set_property;
  object_class->dispose = pcn_trust_button_dispose;
  props[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_RELIABILITY_PLOT);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/test/trust-button.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, state);
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, plot);
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, threshold);
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, kept);
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, calibration);
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, message);
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, progress);
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, facts);
  gtk_widget_class_bind_template_child (widget_class, PcnTrustButton, fit);
  gtk_widget_class_bind_template_callback (widget_class, on_spin);
  gtk_widget_class_bind_template_callback (widget_class, on_output);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_closed);
  gtk_widget_class_bind_template_callback (widget_class, on_fit);
}

static void
pcn_trust_button_init (PcnTrustButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
}
