/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/no-device.h"
#include "pages/train/train-page.h"
#include "session/preset-info.h"
#include "settings.h"
#include "widgets/chart.h"
#include "widgets/columns.h"

#include <glib/gi18n.h>

struct _PcnTrainPage {
  AdwBin parent_instance;
  GtkStack *state;
  GtkSpinButton *epochs, *batch, *rate;
  GtkLabel *hint;
  PcnSession *session;
};

G_DEFINE_FINAL_TYPE (PcnTrainPage, pcn_train_page, ADW_TYPE_BIN)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static char *
get_loss_title (GObject *object, gboolean counts_mistakes)
{
  return g_strdup (counts_mistakes ? _ ("Mistakes an Epoch") : _ ("Loss"));
}

static char *
get_preset_title (GObject *object, const char *name)
{
  return g_strdup (pcn_preset_get_title (name));
}

static gboolean
or (GObject *object, gboolean a, gboolean b)
{
  return a || b;
}

static gboolean
not (GObject *object, gboolean a)
{
  return !a;
}

/* The optimizer's own rate is written as a word. */
static gboolean
on_rate_output (GtkSpinButton *spin)
{
  double rate = gtk_spin_button_get_value (spin);
  g_autofree char *text = rate > 0 ? g_strdup_printf ("%.4f", rate) : g_strdup (_ ("Automatic"));

  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (spin)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static int
on_rate_input (GtkSpinButton *spin, double *value)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (spin));
  char *end;

  *value = g_strtod (text, &end);
  /* A word, “Automatic” or another: the optimizer's own. */
  if (end == text)
    *value = 0;
  return TRUE;
}

/* Why Start can't be pressed. */
static void
update_hint (PcnTrainPage *self)
{
  NnDataset *dataset = pcn_session_get_dataset (self->session);
  const char *text = NULL;

  if (!dataset)
    text = _ ("Add pictures on the Data page first.");
  else if (nn_dataset_get_n_classes (dataset) < 2)
    text = _ ("Telling things apart takes at least two classes. Add a folder for each.");
  gtk_label_set_label (self->hint, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint), text != NULL);
}

static void
update_state (PcnTrainPage *self)
{
  gboolean no_device;

  g_object_get (self->session, "no-device", &no_device, NULL);
  gtk_stack_set_visible_child_name (self->state, no_device ? "no-device" : "train");
}

static void
bind_setting (PcnTrainPage *self, const char *property, GtkSpinButton *spin)
{
  g_object_bind_property (self->session, property, spin, "value", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

static void
set_session (PcnTrainPage *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "notify::has-data", G_CALLBACK (update_hint), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::no-device", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
    bind_setting (self, "epochs", self->epochs);
    bind_setting (self, "batch-size", self->batch);
    bind_setting (self, "learning-rate", self->rate);
    update_hint (self);
    update_state (self);
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
on_start (PcnTrainPage *self)
{
  pcn_session_start (self->session);
}

static void
on_pause (PcnTrainPage *self)
{
  pcn_session_pause (self->session);
}

static void
on_resume (PcnTrainPage *self)
{
  pcn_session_resume (self->session);
}

static void
on_stop (PcnTrainPage *self)
{
  pcn_session_stop (self->session);
}

static void
pcn_train_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_TRAIN_PAGE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_train_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_TRAIN_PAGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_train_page_dispose (GObject *object)
{
  g_clear_object (&PCN_TRAIN_PAGE (object)->session);
  G_OBJECT_CLASS (pcn_train_page_parent_class)->dispose (object);
}

static void
pcn_train_page_class_init (PcnTrainPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_train_page_get_property;
  object_class->set_property = pcn_train_page_set_property;
  object_class->dispose = pcn_train_page_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_CHART);
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_NO_DEVICE);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/train/train-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnTrainPage, state);
  gtk_widget_class_bind_template_child (widget_class, PcnTrainPage, epochs);
  gtk_widget_class_bind_template_child (widget_class, PcnTrainPage, batch);
  gtk_widget_class_bind_template_child (widget_class, PcnTrainPage, rate);
  gtk_widget_class_bind_template_child (widget_class, PcnTrainPage, hint);
  gtk_widget_class_bind_template_callback (widget_class, get_loss_title);
  gtk_widget_class_bind_template_callback (widget_class, get_preset_title);
  gtk_widget_class_bind_template_callback (widget_class, or);
  gtk_widget_class_bind_template_callback (widget_class, not);
  gtk_widget_class_bind_template_callback (widget_class, on_rate_output);
  gtk_widget_class_bind_template_callback (widget_class, on_rate_input);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_resume);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
}

static void
pcn_train_page_init (PcnTrainPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
