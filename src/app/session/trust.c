/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/session-private.h"
#include "session/trust.h"

#include <math.h>

/* So many models are remembered; a run gives one an epoch. */
#define MAX_CHOICES 8

/* What was chosen for a model that isn't tested any more, or is again; threads may read the model, so it
 * isn't written there. */
typedef struct {
  double threshold, temperature;
} Choice;

struct _PcnTrust {
  GObject parent_instance;
  PcnSession *session; /* our owner */
  NnModel *model;      /* that the rest is of */
  double threshold, temperature;
  NnReliability *raw, *scaled; /* scaled: NULL where it is the same */
  GHashTable *choices;         /* NnModel → Choice */
};

G_DEFINE_FINAL_TYPE (PcnTrust, pcn_trust, G_TYPE_OBJECT)

enum { PROP_THRESHOLD = 1, PROP_TEMPERATURE, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint changed_signal;

double
pcn_trust_get_threshold (PcnTrust *self)
{
  g_return_val_if_fail (PCN_IS_TRUST (self), 0);
  return self->threshold;
}

double
pcn_trust_get_temperature (PcnTrust *self)
{
  g_return_val_if_fail (PCN_IS_TRUST (self), 1);
  return self->temperature;
}

const NnReliability *
pcn_trust_get_raw (PcnTrust *self)
{
  g_return_val_if_fail (PCN_IS_TRUST (self), NULL);
  return self->raw;
}

const NnReliability *
pcn_trust_get_reliability (PcnTrust *self)
{
  g_return_val_if_fail (PCN_IS_TRUST (self), NULL);
  return self->scaled ? self->scaled : self->raw;
}

/* Anew from the evaluation, if that is of this model. */
static void
measure (PcnTrust *self)
{
  const NnEvaluation *e = pcn_results_get_evaluation (self->session->results);
  const gint32 *labels = pcn_results_get_labels (self->session->results);

  g_clear_pointer (&self->raw, nn_reliability_free);
  g_clear_pointer (&self->scaled, nn_reliability_free);
  if (e && e->n > 0 && pcn_results_get_model (self->session->results) == self->model) {
    self->raw = nn_reliability_new (e->probabilities, labels, e->n, e->n_classes, 1);
    if (self->temperature != 1)
      self->scaled = nn_reliability_new (e->probabilities, labels, e->n, e->n_classes, self->temperature);
  }
  g_signal_emit (self, changed_signal, 0);
}

static void
remember (PcnTrust *self)
{
  if (!self->model)
    return;
  Choice *choice = g_new (Choice, 1);
  *choice = (Choice){ self->threshold, self->temperature };
  if (g_hash_table_size (self->choices) >= MAX_CHOICES)
    g_hash_table_remove_all (self->choices);
  g_hash_table_replace (self->choices, nn_model_ref (self->model), choice);
}

static void
set_threshold (PcnTrust *self, double threshold)
{
  if (self->threshold == threshold)
    return;
  self->threshold = threshold;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_THRESHOLD]);
}

void
pcn_trust_set_threshold (PcnTrust *self, double threshold)
{
  g_return_if_fail (PCN_IS_TRUST (self));

  set_threshold (self, CLAMP (threshold, 0, 1));
  remember (self);
}

static void
set_temperature (PcnTrust *self, double temperature)
{
  if (self->temperature == temperature)
    return;
  self->temperature = temperature;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEMPERATURE]);
}

gboolean
pcn_trust_get_fits (PcnTrust *self)
{
  g_return_val_if_fail (PCN_IS_TRUST (self), FALSE);
  return self->raw && self->model && !nn_model_has_temperature (self->model) && self->temperature == 1;
}

gboolean
pcn_trust_fit (PcnTrust *self, GError **error)
{
  g_return_val_if_fail (PCN_IS_TRUST (self) && pcn_trust_get_fits (self), FALSE);

  const NnEvaluation *e = pcn_results_get_evaluation (self->session->results);
  double temperature = nn_temperature_fit (e->probabilities, pcn_results_get_labels (self->session->results),
                                           e->n, e->n_classes, error);
  if (temperature == 0)
    return FALSE;
  set_temperature (self, temperature);
  remember (self);
  measure (self);
  pcn_trust_keep (self);
  return TRUE;
}

gboolean
pcn_trust_judge (PcnTrust *self, PcnClassified *row, gboolean scale)
{
  g_return_val_if_fail (PCN_IS_TRUST (self), FALSE);

  const float *raw = pcn_classified_get_raw (row);
  guint n;
  pcn_classified_get_probabilities (row, &n);
  if (!raw || !scale)
    return pcn_classified_set_trust (row, NULL, self->threshold);
  g_autofree float *scaled = g_memdup2 (raw, n * sizeof *raw);
  nn_temperature_apply (scaled, 1, n, self->temperature);
  return pcn_classified_set_trust (row, scaled, self->threshold);
}

NnModel *
pcn_trust_dup_model (PcnTrust *self)
{
  g_return_val_if_fail (PCN_IS_TRUST (self) && self->session->model, NULL);

  NnModel *model = self->session->model;
  if (model != self->model
      || (fabs (nn_model_get_threshold (model) - self->threshold) < 1e-4
          && fabs (nn_model_get_temperature (model) - self->temperature) < 1e-3))
    return nn_model_ref (model);
  model = nn_model_new_copy (model, nn_model_get_graph (model));
  nn_model_set_threshold (model, self->threshold);
  nn_model_set_temperature (model, self->temperature != 1 ? self->temperature : 0);
  return model;
}

void
pcn_trust_keep (PcnTrust *self)
{
  g_return_if_fail (PCN_IS_TRUST (self));

  if (!self->session->model || self->session->model != self->session->trained || !self->session->checkpoint)
    return;
  g_autoptr (NnModel) model = pcn_trust_dup_model (self);
  if (model != self->session->model)
    pcn_checkpoint_save (self->session->checkpoint, model);
}

static void
take_model (PcnTrust *self, gboolean another)
{
  NnModel *model = self->session->model;

  if (self->model == model)
    return;
  if (model)
    nn_model_ref (model);
  g_clear_pointer (&self->model, nn_model_unref);
  self->model = model;
  const Choice *choice = model ? g_hash_table_lookup (self->choices, model) : NULL;
  set_temperature (self, choice ? choice->temperature : model ? nn_model_get_temperature (model) : 1);
  if (choice)
    set_threshold (self, choice->threshold);
  else if (another)
    set_threshold (self, model ? nn_model_get_threshold (model) : 0);
  measure (self);
}

static void
on_another_model (PcnTrust *self)
{
  take_model (self, TRUE);
}

/* The same that has learnt on: what the user chose holds. */
static void
on_weights (PcnTrust *self)
{
  take_model (self, FALSE);
}

static void
pcn_trust_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnTrust *self = PCN_TRUST (object);

  if (id == PROP_THRESHOLD)
    g_value_set_double (value, self->threshold);
  else if (id == PROP_TEMPERATURE)
    g_value_set_double (value, self->temperature);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_trust_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_THRESHOLD)
    pcn_trust_set_threshold (PCN_TRUST (object), g_value_get_double (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_trust_finalize (GObject *object)
{
  PcnTrust *self = PCN_TRUST (object);

  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_pointer (&self->raw, nn_reliability_free);
  g_clear_pointer (&self->scaled, nn_reliability_free);
  g_hash_table_unref (self->choices);
  G_OBJECT_CLASS (pcn_trust_parent_class)->finalize (object);
}

static void
pcn_trust_class_init (PcnTrustClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pcn_trust_get_property;
  object_class->set_property = pcn_trust_set_property;
  object_class->finalize = pcn_trust_finalize;
  props[PROP_THRESHOLD] = g_param_spec_double (
      "threshold", NULL, NULL, 0, 1, 0, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_TEMPERATURE] = g_param_spec_double ("temperature", NULL, NULL, 0, NN_TEMPERATURE_MAX, 1,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
pcn_trust_init (PcnTrust *self)
{
  self->temperature = 1;
  self->choices = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) nn_model_unref, g_free);
}

PcnTrust *
pcn_trust_new (PcnSession *session)
{
  PcnTrust *self = g_object_new (PCN_TYPE_TRUST, NULL);

  self->session = session;
  g_signal_connect_object (session->results, "changed", G_CALLBACK (measure), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "model-changed", G_CALLBACK (on_another_model), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::has-model", G_CALLBACK (on_weights), self, G_CONNECT_SWAPPED);
  return self;
}
