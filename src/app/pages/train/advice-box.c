/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/train/advice-box.h"
#include "session/advice.h"
#include "settings.h"

#include "net/optimizer.h"

#include <glib/gi18n.h>
#include <math.h>

#define MAX_OTHER_DEVICES 2
#define PATIENCE 3

struct _PcnAdviceBox {
  AdwBin parent_instance;
  GtkRevealer *revealer;
  GtkLabel *title, *text;
  GtkBox *buttons;
  PcnSession *session;
  PcnRun *run;
  PcnAdvice shown, closed;
  double looked_at; /* epoch */
};

G_DEFINE_FINAL_TYPE (PcnAdviceBox, pcn_advice_box, ADW_TYPE_BIN)

enum {
  PROP_SESSION = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static GSettings *
get_settings (PcnAdviceBox *self)
{
  return pcn_session_get_settings (self->session);
}

/* The rate that the last run had, which may have been the optimizer's own. */
static double
get_rate (PcnAdviceBox *self)
{
  NnTrainConfig config = pcn_session_get_train_config (self->session);

  return config.learning_rate > 0 ? config.learning_rate : nn_optimizer_find (config.optimizer)->learning_rate;
}

static void
on_smaller_rate (PcnAdviceBox *self)
{
  g_settings_set_double (get_settings (self), "learning-rate", MAX (get_rate (self) / 10, 1e-4));
  pcn_session_start (self->session);
}

static void
on_adam (PcnAdviceBox *self)
{
  g_settings_set_string (get_settings (self), "optimizer", "adam");
  g_settings_reset (get_settings (self), "learning-rate");
  pcn_session_start (self->session);
}

static void
on_smaller_batch (PcnAdviceBox *self)
{
  guint batch = MAX (pcn_session_get_run_batch (self->session) / 2, 1);

  g_settings_set_int (get_settings (self), "batch-size", (int) batch);
  pcn_session_go_on (self->session, NULL, batch);
}

static void
on_again (PcnAdviceBox *self)
{
  pcn_session_go_on (self->session, NULL, 0);
}

static void
on_other_device (PcnAdviceBox *self, GtkWidget *button)
{
  pcn_session_go_on (self->session, g_object_get_data (G_OBJECT (button), "device"), 0);
}

static void
on_stop (PcnAdviceBox *self)
{
  pcn_session_stop (self->session);
}

static void
on_stop_early (PcnAdviceBox *self)
{
  g_settings_set_int (get_settings (self), "patience", PATIENCE);
  pcn_session_start (self->session);
}

static void
on_add_pictures (PcnAdviceBox *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-step", "s", "data");
}

static GtkWidget *
add_button (PcnAdviceBox *self, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), TRUE);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  gtk_box_append (self->buttons, button);
  return button;
}

static void
add_device_buttons (PcnAdviceBox *self)
{
  GListModel *devices = pcn_session_get_devices (self->session);
  guint n = devices ? g_list_model_get_n_items (devices) : 0, added = 0;

  for (guint i = 0; i < n && added < MAX_OTHER_DEVICES; i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (devices, i);
    if (device == pcn_session_get_device (self->session) || nn_device_get_unusable_reason (device))
      continue;
    /* Translators: training failed on one device; %s is the name of another */
    g_autofree char *label = g_strdup_printf (_ ("Go On With %s"), nn_device_get_name (device));
    GtkWidget *button = add_button (self, label, G_CALLBACK (on_other_device));
    g_object_set_data_full (G_OBJECT (button), "device", g_object_ref (device), g_object_unref);
    added++;
  }
}

static void
add_batch_button (PcnAdviceBox *self)
{
  guint batch = pcn_session_get_run_batch (self->session);

  if (batch < 2)
    return;
  /* Translators: %u is a number of pictures in one training step */
  g_autofree char *label = g_strdup_printf (_ ("Go On With Batches of %u"), batch / 2);
  add_button (self, label, G_CALLBACK (on_smaller_batch));
}

static void
add_rate_button (PcnAdviceBox *self)
{
  /* Translators: %.4g is a learning rate */
  g_autofree char *label = g_strdup_printf (_ ("Start Again With a Rate of %.4g"), MAX (get_rate (self) / 10, 1e-4));

  add_button (self, label, G_CALLBACK (on_smaller_rate));
}

static void
add_buttons (PcnAdviceBox *self, PcnAdvice advice)
{
  g_autofree char *optimizer = g_settings_get_string (get_settings (self), "optimizer");

  switch (advice) {
  case PCN_ADVICE_DIVERGED:
    add_rate_button (self);
    break;
  case PCN_ADVICE_OUT_OF_MEMORY:
    add_batch_button (self);
    add_device_buttons (self);
    break;
  case PCN_ADVICE_DEVICE_FAILED:
    add_device_buttons (self);
    add_button (self, _ ("Try Again"), G_CALLBACK (on_again));
    add_batch_button (self);
    break;
  case PCN_ADVICE_NOT_LEARNING:
    if (!g_str_has_prefix (optimizer, "adam"))
      add_button (self, _ ("Start Again With Adam"), G_CALLBACK (on_adam));
    else
      add_rate_button (self);
    break;
  case PCN_ADVICE_OVERFITTING:
    if (pcn_run_get_active (self->run))
      add_button (self, _ ("Stop Here"), G_CALLBACK (on_stop));
    else
      add_button (self, _ ("Start Again and Stop Early"), G_CALLBACK (on_stop_early));
    break;
  case PCN_ADVICE_FEW_PICTURES:
    add_button (self, _ ("Add Pictures"), G_CALLBACK (on_add_pictures));
    break;
  case PCN_ADVICE_NONE:
  default:
    break;
  }
}

static const char *
get_title (PcnAdvice advice)
{
  static const char *const titles[] = {
    [PCN_ADVICE_DIVERGED] = N_ ("Training Ran Away"),
    [PCN_ADVICE_OUT_OF_MEMORY] = N_ ("The Device Is Out of Memory"),
    [PCN_ADVICE_DEVICE_FAILED] = N_ ("The Device Failed"),
    [PCN_ADVICE_NOT_LEARNING] = N_ ("It Isn’t Learning"),
    [PCN_ADVICE_OVERFITTING] = N_ ("It Learns by Heart"),
    [PCN_ADVICE_FEW_PICTURES] = N_ ("Few Pictures to Learn From"),
  };

  return titles[advice] ? _ (titles[advice]) : "";
}

/* What ended a run is told in the engine's words, which name the device and the place. */
static char *
make_text (PcnAdviceBox *self, PcnAdvice advice)
{
  g_autofree char *failure = NULL;

  g_object_get (self->run, "failure", &failure, NULL);
  switch (advice) {
  case PCN_ADVICE_DIVERGED:
    return g_strdup (_ ("The steps were too large, and the loss is no longer a number. What was learnt in the epochs before "
                        "is kept; smaller steps will get further."));
  case PCN_ADVICE_OUT_OF_MEMORY:
  case PCN_ADVICE_DEVICE_FAILED:
    /* Translators: %s is a sentence: what failed */
    return g_strdup_printf (_ ("%s\nEverything up to the last whole epoch is kept."), failure ? failure : "");
  case PCN_ADVICE_NOT_LEARNING:
    return g_strdup (_ ("After several epochs the network still does no better than guessing."));
  case PCN_ADVICE_OVERFITTING:
    return g_strdup (_ ("It gets better at the pictures that it learns from, and worse at those that it hasn’t seen. More "
                        "pictures, more variation or fewer epochs help."));
  case PCN_ADVICE_FEW_PICTURES:
    return g_strdup (_ ("With fewer than ten pictures a class, what it learns may be chance. A few dozen make a great "
                        "difference."));
  case PCN_ADVICE_NONE:
  default:
    return g_strdup ("");
  }
}

static void
show_advice (PcnAdviceBox *self, PcnAdvice advice)
{
  self->shown = advice;
  if (advice != PCN_ADVICE_NONE) {
    g_autofree char *text = make_text (self, advice);
    gtk_label_set_label (self->title, get_title (advice));
    gtk_label_set_label (self->text, text);
    for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (self->buttons)));)
      gtk_box_remove (self->buttons, child);
    add_buttons (self, advice);
  }
  gtk_revealer_set_reveal_child (self->revealer, advice != PCN_ADVICE_NONE);
  gtk_widget_set_visible (GTK_WIDGET (self), advice != PCN_ADVICE_NONE);
}

static PcnCurve
get_curve (PcnRun *run, const char *list, PcnSeriesKind kind)
{
  PcnCurve curve;

  curve.points = pcn_series_get_points (pcn_run_get_curve (run, list, kind), &curve.n);
  return curve;
}

static PcnAdvice
find_advice (PcnAdviceBox *self)
{
  NnDataset *dataset = pcn_session_get_dataset (self->session);
  PcnRunState state = pcn_run_get_state (self->run);
  gboolean mistakes;

  g_object_get (self->run, "counts-mistakes", &mistakes, NULL);
  if (state == PCN_RUN_IDLE || state == PCN_RUN_PREPARING)
    return PCN_ADVICE_NONE;
  PcnAdviceFacts facts = {
    .failure = pcn_run_get_failure (self->run),
    .ended = state == PCN_RUN_DONE || state == PCN_RUN_STOPPED,
    .train_accuracy = get_curve (self->run, "accuracy", PCN_SERIES_TRAIN),
    .n_classes = dataset ? nn_dataset_get_n_classes (dataset) : 0,
    .n_train = pcn_session_get_n_trained_on (self->session),
  };
  if (!mistakes) {
    facts.train_loss = get_curve (self->run, "loss", PCN_SERIES_TRAIN);
    facts.val_loss = get_curve (self->run, "loss", PCN_SERIES_VALIDATION);
  }
  return pcn_advise (&facts);
}

static void
update (PcnAdviceBox *self)
{
  PcnAdvice advice = find_advice (self);

  if (advice != self->closed)
    self->closed = PCN_ADVICE_NONE;
  show_advice (self, advice == self->closed ? PCN_ADVICE_NONE : advice);
}

/* Once an epoch is often enough. */
static void
on_progressed (PcnAdviceBox *self)
{
  double epoch = floor (pcn_run_get_progress (self->run)->epoch);

  if (epoch == self->looked_at)
    return;
  self->looked_at = epoch;
  if (find_advice (self) != self->shown)
    update (self);
}

static void
on_close (PcnAdviceBox *self)
{
  self->closed = self->shown;
  show_advice (self, PCN_ADVICE_NONE);
}

static void
set_run (PcnAdviceBox *self)
{
  if (self->run) {
    g_signal_handlers_disconnect_by_data (self->run, self);
    g_clear_object (&self->run);
  }
  if (!self->session)
    return;
  self->run = g_object_ref (pcn_session_get_run (self->session));
  self->closed = PCN_ADVICE_NONE;
  self->looked_at = 0;
  g_signal_connect_swapped (self->run, "progressed", G_CALLBACK (on_progressed), self);
  g_signal_connect_swapped (self->run, "notify::state", G_CALLBACK (update), self);
  update (self);
}

static void
set_session (PcnAdviceBox *self, PcnSession *session)
{
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (!g_set_object (&self->session, session))
    return;
  if (session)
    g_signal_connect_swapped (session, "notify::run", G_CALLBACK (set_run), self);
  set_run (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
}

static void
pcn_advice_box_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    g_value_set_object (value, PCN_ADVICE_BOX (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_advice_box_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SESSION)
    set_session (PCN_ADVICE_BOX (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_advice_box_dispose (GObject *object)
{
  set_session (PCN_ADVICE_BOX (object), NULL);
  G_OBJECT_CLASS (pcn_advice_box_parent_class)->dispose (object);
}

static void
pcn_advice_box_class_init (PcnAdviceBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_advice_box_get_property;
  object_class->set_property = pcn_advice_box_set_property;
  object_class->dispose = pcn_advice_box_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, PCN_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/train/advice-box.ui");
  gtk_widget_class_bind_template_child (widget_class, PcnAdviceBox, revealer);
  gtk_widget_class_bind_template_child (widget_class, PcnAdviceBox, title);
  gtk_widget_class_bind_template_child (widget_class, PcnAdviceBox, text);
  gtk_widget_class_bind_template_child (widget_class, PcnAdviceBox, buttons);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
pcn_advice_box_init (PcnAdviceBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
