/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/category.h"
#include "session/reject.h"
#include "session/session-private.h"


#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (PcnSession, pcn_session, G_TYPE_OBJECT)

static GParamSpec *props[PCN_N_PROPS];

enum {
  PROBLEM,
  NOTICE,
  PREDICTED,
  MODEL_CHANGED,
  DATA_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

void
pcn_session_notify (PcnSession *self, PcnSessionProp prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
pcn_session_notify_abilities (PcnSession *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (PcnSessionProp prop = PCN_PROP_CAN_START; prop <= PCN_PROP_CAN_STOP; prop++)
    pcn_session_notify (self, prop);
  pcn_session_notify (self, PCN_PROP_CAN_USE_DIGITS);
  pcn_session_notify (self, PCN_PROP_CAN_USE_TRAINED);
  pcn_session_notify (self, PCN_PROP_HAS_TRAINED);
  g_object_thaw_notify (G_OBJECT (self));
}

void
pcn_session_problem (PcnSession *self, const char *title, const char *text)
{
  g_signal_emit (self, signals[PROBLEM], 0, title, text);
}

void
pcn_session_notice (PcnSession *self, const char *text)
{
  g_signal_emit (self, signals[NOTICE], 0, text);
}

void
pcn_session_emit_predicted (PcnSession *self)
{
  g_signal_emit (self, signals[PREDICTED], 0);
}

void
pcn_session_emit_model_changed (PcnSession *self)
{
  g_signal_emit (self, signals[MODEL_CHANGED], 0);
}

void
pcn_session_emit_data_changed (PcnSession *self)
{
  g_signal_emit (self, signals[DATA_CHANGED], 0);
}

GSettings *
pcn_session_get_settings (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->settings;
}

static gboolean
has_no_device (PcnSession *self)
{
  return pcn_device_store_get_found (self->store) && !self->device;
}

static gboolean
is_enough_data (PcnSession *self)
{
  return self->dataset && nn_dataset_get_n_classes (self->dataset) > 1;
}

static gboolean
get_ability (PcnSession *self, PcnSessionProp prop)
{
  PcnRunState state = pcn_run_get_state (self->run);

  switch ((int) prop) {
  case PCN_PROP_CAN_START:
    return !pcn_run_get_active (self->run) && self->device && is_enough_data (self)
           && pcn_network_get_graph (self->network);
  case PCN_PROP_CAN_PAUSE:
    return state == PCN_RUN_RUNNING;
  case PCN_PROP_CAN_RESUME:
    return state == PCN_RUN_PAUSED;
  case PCN_PROP_CAN_TRAIN_MORE:
    return pcn_session_can_go_on (self);
  case PCN_PROP_CAN_STOP:
    return state == PCN_RUN_PREPARING || state == PCN_RUN_RUNNING || state == PCN_RUN_PAUSED;
  default:
    g_assert_not_reached ();
  }
}

void
pcn_session_new_run (PcnSession *self)
{
  if (self->run)
    g_signal_handlers_disconnect_by_func (self->run, pcn_session_notify_abilities, self);
  g_clear_object (&self->run);
  self->run = pcn_run_new ();
  g_signal_connect_swapped (self->run, "notify::state", G_CALLBACK (pcn_session_notify_abilities), self);
  pcn_session_notify (self, PCN_PROP_RUN);
  pcn_session_notify_abilities (self);
}

PcnRun *
pcn_session_get_run (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->run;
}

PcnInside *
pcn_session_get_inside (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->inside;
}

PcnTeaching *
pcn_session_get_teaching (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->teaching;
}

static void
get_data_property (PcnSession *self, PcnSessionProp prop, GValue *value)
{
  switch ((int) prop) {
  case PCN_PROP_IMPORTING:
    g_value_set_boolean (value, self->import != NULL);
    break;
  case PCN_PROP_IMPORT_FRACTION:
    g_value_set_double (value, self->import_fraction);
    break;
  case PCN_PROP_HAS_DATA:
    g_value_set_boolean (value, self->dataset != NULL);
    break;
  case PCN_PROP_DATA_NAME:
    g_value_set_string (value, self->dataset ? nn_dataset_get_name (self->dataset) : NULL);
    break;
  case PCN_PROP_DATA_SUMMARY:
    g_value_set_string (value, self->data_summary);
    break;
  case PCN_PROP_EDITS:
    g_value_set_object (value, self->edits);
    break;
  case PCN_PROP_CATEGORIES:
    g_value_set_object (value, self->categories);
    break;
  case PCN_PROP_REJECTS:
    g_value_set_object (value, self->rejects);
    break;
  case PCN_PROP_WARNINGS:
    g_value_set_string (value, self->warnings);
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
pcn_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnSession *self = PCN_SESSION (object);

  switch ((int) id) {
  case PCN_PROP_DEVICES:
    g_value_set_object (value, pcn_session_get_devices (self));
    break;
  case PCN_PROP_DEVICE:
    g_value_set_object (value, self->device);
    break;
  case PCN_PROP_NO_DEVICE:
    g_value_set_boolean (value, has_no_device (self));
    break;
  case PCN_PROP_DEVICE_ADVICE:
    g_value_set_string (value, pcn_device_store_get_advice (self->store));
    break;
  case PCN_PROP_RUN:
    g_value_set_object (value, self->run);
    break;
  case PCN_PROP_CAN_START:
  case PCN_PROP_CAN_PAUSE:
  case PCN_PROP_CAN_RESUME:
  case PCN_PROP_CAN_TRAIN_MORE:
  case PCN_PROP_CAN_STOP:
    g_value_set_boolean (value, get_ability (self, id));
    break;
  case PCN_PROP_PRESET:
    g_value_set_string (value, pcn_session_get_preset (self));
    break;
  case PCN_PROP_EPOCHS:
    g_value_set_int (value, (int) pcn_session_get_train_config (self).epochs);
    break;
  case PCN_PROP_BATCH_SIZE:
    g_value_set_int (value, (int) pcn_session_get_train_config (self).batch);
    break;
  case PCN_PROP_LEARNING_RATE:
    g_value_set_double (value, pcn_session_get_train_config (self).learning_rate);
    break;
  case PCN_PROP_RESULTS:
    g_value_set_object (value, self->results);
    break;
  case PCN_PROP_CLASSIFICATION:
    g_value_set_object (value, self->classification);
    break;
  case PCN_PROP_HAS_MODEL:
    g_value_set_boolean (value, self->model != NULL);
    break;
  case PCN_PROP_MODEL_NAME:
    g_value_set_string (value, self->model_name);
    break;
  case PCN_PROP_MODEL_SUMMARY:
    g_value_set_string (value, self->model_summary);
    break;
  case PCN_PROP_CAN_USE_DIGITS:
    g_value_set_boolean (value, self->digits && self->model != self->digits && !pcn_teaching_is_testing (self->teaching));
    break;
  case PCN_PROP_CAN_USE_TRAINED:
    g_value_set_boolean (value, self->trained && self->model != self->trained);
    break;
  case PCN_PROP_TEACHING:
    g_value_set_object (value, self->teaching);
    break;
  case PCN_PROP_TRUST:
    g_value_set_object (value, self->trust);
    break;
  case PCN_PROP_PIXEL_RANGE:
    g_value_set_string (value, pcn_session_get_pixel_range (self));
    break;
  case PCN_PROP_HAS_TRAINED:
    g_value_set_boolean (value, self->trained && !pcn_run_get_active (self->run));
    break;
  default:
    get_data_property (self, id, value);
  }
}

static void
pcn_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PcnSession *self = PCN_SESSION (object);

  switch ((int) id) {
  case PCN_PROP_DEVICE:
    pcn_session_set_device (self, g_value_get_object (value));
    break;
  case PCN_PROP_PRESET:
    pcn_session_set_preset (self, g_value_get_string (value));
    break;
  case PCN_PROP_EPOCHS:
    g_settings_set_int (self->settings, "epochs", g_value_get_int (value));
    break;
  case PCN_PROP_BATCH_SIZE:
    g_settings_set_int (self->settings, "batch-size", g_value_get_int (value));
    break;
  case PCN_PROP_LEARNING_RATE:
    g_settings_set_double (self->settings, "learning-rate", g_value_get_double (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

void
pcn_session_shutdown (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (self->classification)
    pcn_classification_cancel (self->classification);
  if (self->results)
    pcn_results_cancel (self->results);
  if (self->lab)
    pcn_lab_shutdown (self->lab);
  if (self->inside)
    pcn_inside_detach (self->inside);
  if (self->teaching)
    pcn_teaching_detach (self->teaching);
  pcn_session_clear_data (self);
  pcn_session_stop_trainer (self);
}

static void
pcn_session_dispose (GObject *object)
{
  PcnSession *self = PCN_SESSION (object);

  pcn_session_shutdown (self);
  g_clear_object (&self->classification);
  g_clear_object (&self->trust);
  g_clear_object (&self->results);
  g_clear_object (&self->settings);
  g_clear_object (&self->device);
  g_clear_object (&self->edits);
  g_clear_object (&self->store);
  g_clear_object (&self->lab);
  g_clear_object (&self->network);
  g_clear_object (&self->categories);
  g_clear_object (&self->rejects);
  if (self->run)
    g_signal_handlers_disconnect_by_func (self->run, pcn_session_notify_abilities, self);
  g_clear_object (&self->run);
  pcn_session_clear_models (self);
  g_clear_object (&self->inside);
  g_clear_object (&self->teaching);
  G_OBJECT_CLASS (pcn_session_parent_class)->dispose (object);
}

static void
pcn_session_finalize (GObject *object)
{
  g_mutex_clear (&PCN_SESSION (object)->remember_lock);
  G_OBJECT_CLASS (pcn_session_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags rw = ro | G_PARAM_WRITABLE;
  static const struct {
    PcnSessionProp id;
    const char *name;
  } strings[] = { { PCN_PROP_DEVICE_ADVICE, "device-advice" }, { PCN_PROP_DATA_NAME, "data-name" },
                  { PCN_PROP_DATA_SUMMARY, "data-summary" },   { PCN_PROP_WARNINGS, "warnings" },
                  { PCN_PROP_MODEL_NAME, "model-name" },       { PCN_PROP_MODEL_SUMMARY, "model-summary" } },
    booleans[] = { { PCN_PROP_NO_DEVICE, "no-device" },   { PCN_PROP_IMPORTING, "importing" },
                   { PCN_PROP_HAS_DATA, "has-data" },     { PCN_PROP_CAN_START, "can-start" },
                   { PCN_PROP_CAN_PAUSE, "can-pause" },   { PCN_PROP_CAN_RESUME, "can-resume" },
                   { PCN_PROP_CAN_TRAIN_MORE, "can-train-more" }, { PCN_PROP_CAN_STOP, "can-stop" },     { PCN_PROP_HAS_MODEL, "has-model" },
                   { PCN_PROP_CAN_USE_DIGITS, "can-use-digits" },
                   { PCN_PROP_CAN_USE_TRAINED, "can-use-trained" },
                   { PCN_PROP_HAS_TRAINED, "has-trained" } };

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    props[strings[i].id] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, ro);
  for (gsize i = 0; i < G_N_ELEMENTS (booleans); i++)
    props[booleans[i].id] = g_param_spec_boolean (booleans[i].name, NULL, NULL, FALSE, ro);
  props[PCN_PROP_DEVICES] = g_param_spec_object ("devices", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  props[PCN_PROP_DEVICE] = g_param_spec_object ("device", NULL, NULL, NN_TYPE_DEVICE, rw);
  props[PCN_PROP_IMPORT_FRACTION] = g_param_spec_double ("import-fraction", NULL, NULL, 0, 1, 0, ro);
  props[PCN_PROP_EDITS] = g_param_spec_object ("edits", NULL, NULL, PCN_TYPE_EDITS, ro);
  props[PCN_PROP_CATEGORIES] = g_param_spec_object ("categories", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  props[PCN_PROP_REJECTS] = g_param_spec_object ("rejects", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  props[PCN_PROP_TEACHING] = g_param_spec_object ("teaching", NULL, NULL, PCN_TYPE_TEACHING, ro);
  props[PCN_PROP_RUN] = g_param_spec_object ("run", NULL, NULL, PCN_TYPE_RUN, ro);
  props[PCN_PROP_TRUST] = g_param_spec_object ("trust", NULL, NULL, PCN_TYPE_TRUST, ro);
  props[PCN_PROP_PIXEL_RANGE] = g_param_spec_string ("pixel-range", NULL, NULL, NULL, ro);
  props[PCN_PROP_RESULTS] = g_param_spec_object ("results", NULL, NULL, PCN_TYPE_RESULTS, ro);
  props[PCN_PROP_CLASSIFICATION]
      = g_param_spec_object ("classification", NULL, NULL, PCN_TYPE_CLASSIFICATION, ro);
  props[PCN_PROP_PRESET] = g_param_spec_string ("preset", NULL, NULL, NULL, rw);
  props[PCN_PROP_EPOCHS] = g_param_spec_int ("epochs", NULL, NULL, 1, 10000, 10, rw);
  props[PCN_PROP_BATCH_SIZE] = g_param_spec_int ("batch-size", NULL, NULL, 1, 4096, 64, rw);
  props[PCN_PROP_LEARNING_RATE] = g_param_spec_double ("learning-rate", NULL, NULL, 0, 10, 0.001, rw);
  g_object_class_install_properties (klass, PCN_N_PROPS, props);
}

static void
pcn_session_class_init (PcnSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = pcn_session_get_property;
  object_class->set_property = pcn_session_set_property;
  object_class->dispose = pcn_session_dispose;
  object_class->finalize = pcn_session_finalize;
  install_properties (object_class);
  signals[PROBLEM] = g_signal_new ("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_STRING, G_TYPE_STRING);
  signals[NOTICE]
      = g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PREDICTED] = g_signal_new ("predicted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MODEL_CHANGED]
      = g_signal_new ("model-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DATA_CHANGED] = g_signal_new ("data-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pcn_session_init (PcnSession *self)
{
  g_mutex_init (&self->remember_lock);
  self->edits = pcn_edits_new ();
  g_signal_connect_object (self->edits, "changed", G_CALLBACK (pcn_session_data_edited), self, G_CONNECT_SWAPPED);
  self->categories = g_list_store_new (PCN_TYPE_CATEGORY);
  self->rejects = g_list_store_new (PCN_TYPE_REJECT);
  pcn_session_new_run (self);
}

static void
on_setting_changed (PcnSession *self, const char *key)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), key);

  if (pspec && (pspec->flags & G_PARAM_WRITABLE) && pspec->value_type != NN_TYPE_DEVICE)
    g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

PcnSession *
pcn_session_new (GSettings *settings)
{
  PcnSession *self = g_object_new (PCN_TYPE_SESSION, NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed", G_CALLBACK (on_setting_changed), self, G_CONNECT_SWAPPED);
  pcn_session_start_network (self);
  pcn_session_start_trainer (self);
  self->results = pcn_results_new (self);
  /* It hears of another model before the pictures are classified anew by it. */
  self->trust = pcn_trust_new (self);
  self->classification = pcn_classification_new (self);
  pcn_session_use_digits (self);
  self->teaching = pcn_teaching_new (self);
  self->inside = pcn_inside_new (self);
  pcn_session_open_last_model (self);
  pcn_session_reopen (self);
  pcn_session_start_devices (self);
  return self;
}
