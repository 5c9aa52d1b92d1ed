/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "session/outcome.h"
#include "widgets/chart-scale.h"

#include <glib/gi18n.h>

struct _PcnOutcome {
  GObject parent_instance;
  PcnSample *sample;
  char *truth, *answer; /* shared strings */
  float *probabilities;
  guint n_classes, answer_index;
};

G_DEFINE_FINAL_TYPE (PcnOutcome, pcn_outcome, G_TYPE_OBJECT)

enum { PROP_SAMPLE = 1, PROP_TEXT, PROP_SHARE, N_PROPS };
static GParamSpec *props[N_PROPS];

char *
pcn_outcome_dup_text (PcnOutcome *self)
{
  g_return_val_if_fail (PCN_IS_OUTCOME (self), NULL);

  if (self->truth == self->answer)
    return g_strdup (self->truth);
  /* Translators: a picture of the first class that the network takes for one of the second, such as “cat,
   * taken for dog” */
  return g_strdup_printf (_ ("%s, taken for %s"), self->truth, self->answer);
}

static void
pcn_outcome_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnOutcome *self = PCN_OUTCOME (object);

  switch (id) {
  case PROP_SAMPLE:
    g_value_set_object (value, self->sample);
    break;
  case PROP_TEXT:
    g_value_take_string (value, pcn_outcome_dup_text (self));
    break;
  case PROP_SHARE:
    g_value_take_string (value, pcn_value_format ((double) self->probabilities[self->answer_index], TRUE));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_outcome_finalize (GObject *object)
{
  PcnOutcome *self = PCN_OUTCOME (object);

  g_object_unref (self->sample);
  g_ref_string_release (self->truth);
  g_ref_string_release (self->answer);
  g_free (self->probabilities);
  G_OBJECT_CLASS (pcn_outcome_parent_class)->finalize (object);
}

static void
pcn_outcome_class_init (PcnOutcomeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_outcome_get_property;
  object_class->finalize = pcn_outcome_finalize;
  props[PROP_SAMPLE] = g_param_spec_object ("sample", NULL, NULL, PCN_TYPE_SAMPLE, ro);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, ro);
  props[PROP_SHARE] = g_param_spec_string ("share", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_outcome_init (PcnOutcome *self)
{
}

static char *
share_name (const char *name)
{
  g_autofree char *title = pcn_format_title (name);
  return g_ref_string_new_intern (title);
}

PcnOutcome *
pcn_outcome_new (PcnSample *sample, const char *const *classes, const float *probabilities, guint truth,
                 guint answer)
{
  PcnOutcome *self = g_object_new (PCN_TYPE_OUTCOME, NULL);

  self->sample = g_object_ref (sample);
  self->truth = share_name (classes[truth]);
  self->answer = share_name (classes[answer]);
  self->answer_index = answer;
  self->n_classes = g_strv_length ((char **) classes);
  self->probabilities = g_memdup2 (probabilities, self->n_classes * sizeof *probabilities);
  return self;
}

PcnSample *
pcn_outcome_get_sample (PcnOutcome *self)
{
  g_return_val_if_fail (PCN_IS_OUTCOME (self), NULL);
  return self->sample;
}

const float *
pcn_outcome_get_probabilities (PcnOutcome *self, guint *n)
{
  g_return_val_if_fail (PCN_IS_OUTCOME (self), NULL);

  *n = self->n_classes;
  return self->probabilities;
}
