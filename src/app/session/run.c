/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "session/run.h"
#include <glib/gi18n.h>
#include <math.h>

G_DEFINE_ENUM_TYPE (PcnRunState, pcn_run_state,
                    G_DEFINE_ENUM_VALUE (PCN_RUN_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (PCN_RUN_PREPARING, "preparing"),
                    G_DEFINE_ENUM_VALUE (PCN_RUN_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (PCN_RUN_PAUSED, "paused"),
                    G_DEFINE_ENUM_VALUE (PCN_RUN_STOPPING, "stopping"),
                    G_DEFINE_ENUM_VALUE (PCN_RUN_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (PCN_RUN_STOPPED, "stopped"),
                    G_DEFINE_ENUM_VALUE (PCN_RUN_FAILED, "failed"))

struct _PcnRun {
  GObject parent_instance;
  PcnRunState state;
  PcnProgress progress;
  double fraction, epoch_fraction;
  char *status, *failure;
  int failure_code;
  double elapsed;
  gint64 running_since; /* 0: not running */
  gboolean counts_mistakes, tuning;
  GListStore *loss, *accuracy;
  PcnSeries *train_loss, *validation_loss, *train_accuracy, *validation_accuracy;
};

G_DEFINE_FINAL_TYPE (PcnRun, pcn_run, G_TYPE_OBJECT)

enum {
  PROP_STATE = 1,
  PROP_ACTIVE,
  PROP_FRACTION,
  PROP_EPOCH_FRACTION,
  PROP_EPOCHS,
  PROP_STATUS,
  PROP_FAILURE,
  PROP_TUNING,
  PROP_COUNTS_MISTAKES,
  PROP_LOSS,
  PROP_ACCURACY,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static guint progressed;

static gboolean
is_active (PcnRunState state)
{
  return state == PCN_RUN_PREPARING || state == PCN_RUN_RUNNING || state == PCN_RUN_PAUSED
         || state == PCN_RUN_STOPPING;
}

static char *
format_epoch (const PcnProgress *progress)
{
  guint epochs = (guint) MAX (progress->epochs, 1);
  guint epoch = MIN ((guint) floor (progress->epoch) + 1, epochs);

  /* Translators: which pass over the data is running, of how many */
  return g_strdup_printf (_ ("Epoch %u of %u"), epoch, epochs);
}

char *
pcn_run_format_status (PcnRunState state, const PcnProgress *progress)
{
  g_autofree char *epoch = format_epoch (progress);

  switch (state) {
  case PCN_RUN_PREPARING:
    return g_strdup (_ ("Preparing…"));
  case PCN_RUN_RUNNING:
    return g_steal_pointer (&epoch);
  case PCN_RUN_PAUSED:
    /* Translators: %s is “Epoch 3 of 10” */
    return g_strdup_printf (_ ("Paused · %s"), epoch);
  case PCN_RUN_STOPPING:
    return g_strdup (_ ("Stopping…"));
  case PCN_RUN_DONE:
    return g_strdup (_ ("Finished"));
  case PCN_RUN_STOPPED:
    /* Translators: training was ended by the user; %s is “Epoch 3 of 10” */
    return g_strdup_printf (_ ("Stopped · %s"), epoch);
  case PCN_RUN_FAILED:
    return g_strdup (_ ("Training failed"));
  case PCN_RUN_IDLE:
  default:
    return g_strdup (_ ("Ready"));
  }
}

static void
set_status (PcnRun *self, char *status)
{
  if (g_strcmp0 (status, self->status) == 0) {
    g_free (status);
    return;
  }
  g_free (self->status);
  self->status = status;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
}

static void
set_fraction (PcnRun *self, double fraction)
{
  fraction = CLAMP (fraction, 0, 1);
  if (fraction == self->fraction)
    return;
  self->fraction = fraction;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

static void
set_tuning (PcnRun *self, gboolean tuning)
{
  if (self->tuning == tuning)
    return;
  self->tuning = tuning;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TUNING]);
}

PcnRunState
pcn_run_get_state (PcnRun *self)
{
  g_return_val_if_fail (PCN_IS_RUN (self), PCN_RUN_IDLE);
  return self->state;
}

void
pcn_run_set_state (PcnRun *self, PcnRunState state)
{
  g_return_if_fail (PCN_IS_RUN (self));

  if (self->state == state)
    return;
  set_tuning (self, FALSE);
  gboolean was_active = is_active (self->state);
  self->state = state;
  self->elapsed = pcn_run_get_elapsed (self);
  self->running_since = state == PCN_RUN_RUNNING ? g_get_monotonic_time () : 0;
  if (state == PCN_RUN_DONE)
    set_fraction (self, 1);
  set_status (self, pcn_run_format_status (state, &self->progress));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  if (was_active != is_active (state))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVE]);
}

gboolean
pcn_run_get_active (PcnRun *self)
{
  g_return_val_if_fail (PCN_IS_RUN (self), FALSE);
  return is_active (self->state);
}

void
pcn_run_set_preparing (PcnRun *self, double fraction)
{
  g_return_if_fail (PCN_IS_RUN (self));

  pcn_run_set_state (self, PCN_RUN_PREPARING);
  if (fraction >= 0) {
    /* Translators: how much of the pictures has been read */
    set_status (self, g_strdup_printf (_ ("Reading pictures · %.0f %%"), floor (fraction * 100)));
    set_fraction (self, fraction);
  }
}

void
pcn_run_set_looking (PcnRun *self, double fraction)
{
  g_return_if_fail (PCN_IS_RUN (self));

  pcn_run_set_state (self, PCN_RUN_PREPARING);
  set_tuning (self, FALSE);
  /* Translators: of how many pictures a network that was trained before has found what is in them */
  set_status (self, g_strdup_printf (_ ("Looking at the pictures · %.0f %%"), floor (fraction * 100)));
  set_fraction (self, fraction);
}

void
pcn_run_set_tuning (PcnRun *self, guint done, guint total)
{
  g_return_if_fail (PCN_IS_RUN (self));

  if (self->state != PCN_RUN_PREPARING)
    return;
  /* Translators: the fastest of several programs is looked for; %u ways to compute something are tried */
  set_status (self, total > 0 ? g_strdup_printf (_ ("Tuning for this device… %u of %u"), done, total)
                              : g_strdup (_ ("Tuning for this device…")));
  set_fraction (self, total > 0 ? (double) done / total : 0);
  set_tuning (self, TRUE);
}

void
pcn_run_set_compiling (PcnRun *self, guint done, guint total)
{
  g_return_if_fail (PCN_IS_RUN (self));

  if (self->state != PCN_RUN_PREPARING)
    return;
  /* Translators: programs for the chosen device are compiled before training begins; %u of them are ready */
  set_status (self, total > 0 ? g_strdup_printf (_ ("Getting the device ready… %u of %u"), done, total)
                              : g_strdup (_ ("Getting the device ready…")));
  set_fraction (self, total > 0 ? (double) done / total : 0);
}

void
pcn_run_set_progress (PcnRun *self, const PcnProgress *progress)
{
  g_return_if_fail (PCN_IS_RUN (self));

  gboolean epochs = progress->epochs != self->progress.epochs;
  self->progress = *progress;
  self->epoch_fraction = progress->epoch - floor (progress->epoch);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EPOCH_FRACTION]);
  set_fraction (self, progress->epochs > 0 ? progress->epoch / progress->epochs : 0);
  set_status (self, pcn_run_format_status (self->state, progress));
  if (epochs)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EPOCHS]);
  g_signal_emit (self, progressed, 0);
}

const PcnProgress *
pcn_run_get_progress (PcnRun *self)
{
  g_return_val_if_fail (PCN_IS_RUN (self), NULL);
  return &self->progress;
}

double
pcn_run_get_elapsed (PcnRun *self)
{
  g_return_val_if_fail (PCN_IS_RUN (self), 0);

  gint64 since = self->running_since > 0 ? g_get_monotonic_time () - self->running_since : 0;
  return self->elapsed + (double) since * 1e-6;
}

void
pcn_run_fail (PcnRun *self, int code, const char *message)
{
  g_return_if_fail (PCN_IS_RUN (self));

  g_free (self->failure);
  self->failure = g_strdup (message);
  self->failure_code = code;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAILURE]);
  pcn_run_set_state (self, PCN_RUN_FAILED);
}

int
pcn_run_get_failure (PcnRun *self)
{
  g_return_val_if_fail (PCN_IS_RUN (self), -1);
  return self->failure ? self->failure_code : -1;
}

void
pcn_run_go_on (PcnRun *self, double epoch)
{
  g_return_if_fail (PCN_IS_RUN (self));

  PcnSeries *series[] = { self->train_loss, self->validation_loss, self->train_accuracy, self->validation_accuracy };
  for (gsize i = 0; i < G_N_ELEMENTS (series); i++)
    pcn_series_truncate (series[i], epoch);
  g_clear_pointer (&self->failure, g_free);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAILURE]);
  pcn_run_set_preparing (self, -1);
}

PcnSeries *
pcn_run_get_curve (PcnRun *self, const char *list, PcnSeriesKind kind)
{
  g_return_val_if_fail (PCN_IS_RUN (self), NULL);

  gboolean train = kind == PCN_SERIES_TRAIN;
  if (g_str_equal (list, "loss"))
    return train ? self->train_loss : self->validation_loss;
  return train ? self->train_accuracy : self->validation_accuracy;
}

void
pcn_run_add_train (PcnRun *self, double epoch, double loss, double accuracy)
{
  g_return_if_fail (PCN_IS_RUN (self));
  pcn_series_append (self->train_loss, epoch, loss);
  pcn_series_append (self->train_accuracy, epoch, accuracy);
}

void
pcn_run_add_validation (PcnRun *self, double epoch, double loss, double accuracy)
{
  g_return_if_fail (PCN_IS_RUN (self));
  pcn_series_append (self->validation_loss, epoch, loss);
  pcn_series_append (self->validation_accuracy, epoch, accuracy);
}

void
pcn_run_add_mistakes (PcnRun *self, double epoch, double mistakes, double accuracy)
{
  g_return_if_fail (PCN_IS_RUN (self));

  if (!self->counts_mistakes) {
    self->counts_mistakes = TRUE;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COUNTS_MISTAKES]);
  }
  pcn_series_append (self->train_loss, epoch, mistakes);
  pcn_series_append (self->train_accuracy, epoch, accuracy);
}

static void
pcn_run_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnRun *self = PCN_RUN (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_enum (value, self->state);
    break;
  case PROP_ACTIVE:
    g_value_set_boolean (value, is_active (self->state));
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->fraction);
    break;
  case PROP_EPOCH_FRACTION:
    g_value_set_double (value, self->epoch_fraction);
    break;
  case PROP_FAILURE:
    g_value_set_string (value, self->failure);
    break;
  case PROP_EPOCHS:
    g_value_set_double (value, self->progress.epochs);
    break;
  case PROP_STATUS:
    g_value_set_string (value, self->status);
    break;
  case PROP_TUNING:
    g_value_set_boolean (value, self->tuning);
    break;
  case PROP_COUNTS_MISTAKES:
    g_value_set_boolean (value, self->counts_mistakes);
    break;
  case PROP_LOSS:
    g_value_set_object (value, self->loss);
    break;
  case PROP_ACCURACY:
    g_value_set_object (value, self->accuracy);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_run_finalize (GObject *object)
{
  PcnRun *self = PCN_RUN (object);

  g_free (self->status);
  g_free (self->failure);
  g_object_unref (self->loss);
  g_object_unref (self->accuracy);
  g_object_unref (self->train_loss);
  g_object_unref (self->validation_loss);
  g_object_unref (self->train_accuracy);
  g_object_unref (self->validation_accuracy);
  G_OBJECT_CLASS (pcn_run_parent_class)->finalize (object);
}

static void
pcn_run_class_init (PcnRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_run_get_property;
  object_class->finalize = pcn_run_finalize;
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PCN_TYPE_RUN_STATE, PCN_RUN_IDLE, ro);
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, ro);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, ro);
  props[PROP_EPOCH_FRACTION] = g_param_spec_double ("epoch-fraction", NULL, NULL, 0, 1, 0, ro);
  props[PROP_FAILURE] = g_param_spec_string ("failure", NULL, NULL, NULL, ro);
  props[PROP_TUNING] = g_param_spec_boolean ("tuning", NULL, NULL, FALSE, ro);
  props[PROP_EPOCHS] = g_param_spec_double ("epochs", NULL, NULL, 0, G_MAXDOUBLE, 0, ro);
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, ro);
  props[PROP_COUNTS_MISTAKES] = g_param_spec_boolean ("counts-mistakes", NULL, NULL, FALSE, ro);
  props[PROP_LOSS] = g_param_spec_object ("loss", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  props[PROP_ACCURACY] = g_param_spec_object ("accuracy", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
  progressed = g_signal_new ("progressed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                             G_TYPE_NONE, 0);
}

static PcnSeries *
add_series (GListStore *store, PcnSeriesKind kind)
{
  /* Translators: names of curves: measured on the pictures learnt from, and on pictures kept apart */
  PcnSeries *series = pcn_series_new (kind, kind == PCN_SERIES_TRAIN ? _ ("Training") : _ ("Validation"));

  g_list_store_append (store, series);
  return series;
}

static void
pcn_run_init (PcnRun *self)
{
  self->loss = g_list_store_new (PCN_TYPE_SERIES);
  self->accuracy = g_list_store_new (PCN_TYPE_SERIES);
  self->train_loss = add_series (self->loss, PCN_SERIES_TRAIN);
  self->validation_loss = add_series (self->loss, PCN_SERIES_VALIDATION);
  self->train_accuracy = add_series (self->accuracy, PCN_SERIES_TRAIN);
  self->validation_accuracy = add_series (self->accuracy, PCN_SERIES_VALIDATION);
  self->status = pcn_run_format_status (PCN_RUN_IDLE, &self->progress);
}

PcnRun *
pcn_run_new (void)
{
  return g_object_new (PCN_TYPE_RUN, NULL);
}
