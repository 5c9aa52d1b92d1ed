/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/differing.h"
#include "format.h"

#include <glib/gi18n.h>

struct _PcnDiffering {
  GObject parent_instance;
  PcnSample *sample;
  char *truth, *answers;
  PcnWhoIsRight right;
};

G_DEFINE_FINAL_TYPE (PcnDiffering, pcn_differing, G_TYPE_OBJECT)

enum { PROP_SAMPLE = 1, PROP_TRUTH, PROP_ANSWERS, N_PROPS };
static GParamSpec *props[N_PROPS];

PcnDiffering *
pcn_differing_new (PcnSample *sample, const char *const *classes, guint truth, guint a, guint b)
{
  g_return_val_if_fail (PCN_IS_SAMPLE (sample) && classes, NULL);

  PcnDiffering *self = g_object_new (PCN_TYPE_DIFFERING, NULL);
  g_autofree char *of_a = pcn_format_title (classes[a]), *of_b = pcn_format_title (classes[b]);
  self->sample = g_object_ref (sample);
  self->truth = pcn_format_title (classes[truth]);
  /* Translators: the answers of two models, which are called A and B, to a picture: “A: cat · B: dog” */
  self->answers = g_strdup_printf (_ ("A: %s · B: %s"), of_a, of_b);
  self->right = a == truth ? PCN_RIGHT_A : b == truth ? PCN_RIGHT_B : PCN_RIGHT_NEITHER;
  return self;
}

PcnWhoIsRight
pcn_differing_get_right (PcnDiffering *self)
{
  g_return_val_if_fail (PCN_IS_DIFFERING (self), PCN_RIGHT_NEITHER);
  return self->right;
}

static void
pcn_differing_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnDiffering *self = PCN_DIFFERING (object);

  switch (id) {
  case PROP_SAMPLE:
    g_value_set_object (value, self->sample);
    break;
  case PROP_TRUTH:
    g_value_set_string (value, self->truth);
    break;
  case PROP_ANSWERS:
    g_value_set_string (value, self->answers);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_differing_finalize (GObject *object)
{
  PcnDiffering *self = PCN_DIFFERING (object);

  g_clear_object (&self->sample);
  g_free (self->truth);
  g_free (self->answers);
  G_OBJECT_CLASS (pcn_differing_parent_class)->finalize (object);
}

static void
pcn_differing_class_init (PcnDifferingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_differing_get_property;
  object_class->finalize = pcn_differing_finalize;
  props[PROP_SAMPLE] = g_param_spec_object ("sample", NULL, NULL, PCN_TYPE_SAMPLE, ro);
  props[PROP_TRUTH] = g_param_spec_string ("truth", NULL, NULL, NULL, ro);
  props[PROP_ANSWERS] = g_param_spec_string ("answers", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_differing_init (PcnDiffering *self)
{
}
