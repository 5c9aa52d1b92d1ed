/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/no-device.h"
#include "pages/train/advice-box.h"
#include "pages/train/run-facts.h"
#include "pages/train/settings-group.h"
#include "pages/train/train-page.h"
#include "settings.h"
#include "widgets/chart.h"
#include "widgets/columns.h"
#include "widgets/stack-shown.h"

#include <glib/gi18n.h>

struct _PcnTrainPage {
  AdwBin parent_instance;
  GtkStack *state;
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

static gboolean
not (GObject *object, gboolean a)
{
  return !a;
}

/* One button is the next step: to begin, or, once something is learnt, to try it. */
static GStrv
get_classes (gboolean is_next)
{
  static const char *const classes[] = { "pill", "suggested-action", NULL }, *const plain[] = { "pill", NULL };

  return g_strdupv ((char **) (is_next ? classes : plain));
}

static GStrv
get_start_classes (GObject *object, gboolean has_trained)
{
  return get_classes (!has_trained);
}

static GStrv
get_try_classes (GObject *object, gboolean training)
{
  return get_classes (!training);
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
  else if (!pcn_network_get_graph (pcn_session_get_network (self->session)))
    text = _ ("A layer of the network is wrong. The Model page shows which one.");
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
set_session (PcnTrainPage *self, PcnSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  if (session) {
    g_signal_connect_object (session, "notify::has-data", G_CALLBACK (update_hint), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (pcn_session_get_network (session), "checked", G_CALLBACK (update_hint), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (session, "notify::no-device", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
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
on_skip_tuning (PcnTrainPage *self)
{
  pcn_session_skip_tuning (self->session);
}

static void
on_stop (PcnTrainPage *self)
{
  pcn_session_stop (self->session);
}

static void
on_train_more (PcnTrainPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.train-more", NULL);
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
  g_type_ensure (PCN_TYPE_ADVICE_BOX);
  g_type_ensure (PCN_TYPE_CHART);
  g_type_ensure (PCN_TYPE_COLUMNS);
  g_type_ensure (PCN_TYPE_NO_DEVICE);
  g_type_ensure (PCN_TYPE_RUN_FACTS);
  g_type_ensure (PCN_TYPE_SETTINGS_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/train/train-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnTrainPage, state);
  gtk_widget_class_bind_template_child (widget_class, PcnTrainPage, hint);
  gtk_widget_class_bind_template_callback (widget_class, get_loss_title);
  gtk_widget_class_bind_template_callback (widget_class, not);
  gtk_widget_class_bind_template_callback (widget_class, get_start_classes);
  gtk_widget_class_bind_template_callback (widget_class, get_try_classes);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_resume);
  gtk_widget_class_bind_template_callback (widget_class, on_skip_tuning);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_train_more);
}

static void
pcn_train_page_init (PcnTrainPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pcn_stack_tell_shown (GTK_WIDGET (self->state));
}
