/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/self-test-private.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (PcnFamily, pcn_family, G_TYPE_OBJECT)

enum { PROP_TITLE = 1, PROP_SUMMARY, PROP_FAILURES, PROP_STATE, N_PROPS };
static GParamSpec *props[N_PROPS];

const char *
pcn_family_find_title (const char *id)
{
  static const struct {
    const char *id, *title;
  } table[] = {
    { "convolution", N_ ("Convolution") },
    /* Translators: multiplication of matrices */
    { "matrix", N_ ("Matrix Product") },
    { "pooling", N_ ("Pooling") },
    /* Translators: layers with a memory, such as LSTM */
    { "recurrent", N_ ("Recurrent Layers") },
    { "normalisation", N_ ("Normalisation") },
    /* Translators: functions that are applied to each number by itself */
    { "elementwise", N_ ("Activations and Sums") },
    { "optimizer", N_ ("Optimizers") },
    { "loss", N_ ("Loss") },
    /* Translators: pictures are gathered into batches and changed at random */
    { "batch", N_ ("Batches of Pictures") },
    /* Translators: the same training run done twice has to give the same result */
    { "run", N_ ("Whole Training Run") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (table[i].id, id) == 0)
      return _ (table[i].title);
  return id;
}

PcnTestState
pcn_family_get_state (PcnFamily *self)
{
  g_return_val_if_fail (PCN_IS_FAMILY (self), PCN_TEST_NONE);

  if (self->crashed)
    return PCN_TEST_CRASHED;
  if (self->failures->len > 0)
    return PCN_TEST_FAILED;
  return self->n_done == 0 ? PCN_TEST_WAITING : self->n_done < self->n ? PCN_TEST_RUNNING : PCN_TEST_PASSED;
}

static char *
summarise (PcnFamily *self)
{
  if (self->n_done == 0)
    /* Translators: how many tests of a kind there will be */
    return g_strdup_printf (ngettext ("%u test", "%u tests", self->n), self->n);
  /* Translators: how many tests passed, of how many, and how long they took */
  return g_strdup_printf (_ ("%u of %u · %.1f s"), self->n_passed, self->n, self->seconds);
}

void
pcn_family_changed (PcnFamily *self)
{
  for (guint i = PROP_SUMMARY; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static void
pcn_family_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnFamily *self = PCN_FAMILY (object);

  switch (id) {
  case PROP_TITLE:
    g_value_set_string (value, pcn_family_find_title (self->id));
    break;
  case PROP_SUMMARY:
    g_value_take_string (value, summarise (self));
    break;
  case PROP_FAILURES:
    g_value_set_string (value, self->failures->str);
    break;
  case PROP_STATE:
    g_value_set_int (value, (int) pcn_family_get_state (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_family_finalize (GObject *object)
{
  PcnFamily *self = PCN_FAMILY (object);

  g_free (self->id);
  g_string_free (self->failures, TRUE);
  G_OBJECT_CLASS (pcn_family_parent_class)->finalize (object);
}

static void
pcn_family_class_init (PcnFamilyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = pcn_family_get_property;
  object_class->finalize = pcn_family_finalize;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, ro);
  props[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, ro);
  props[PROP_FAILURES] = g_param_spec_string ("failures", NULL, NULL, NULL, ro);
  props[PROP_STATE]
      = g_param_spec_int ("state", NULL, NULL, PCN_TEST_NONE, PCN_TEST_CANCELLED, PCN_TEST_NONE, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_family_init (PcnFamily *self)
{
  self->failures = g_string_new (NULL);
}

/* “dense {"units":17} 33 batch 3: dx[0] element 7 is off by 0.02; 0.00002 are allowed” */
void
pcn_family_add_failure (PcnFamily *self, const char *name, JsonObject *result)
{
  const char *message = json_object_get_string_member_with_default (result, "message", NULL);
  const char *where = json_object_get_string_member_with_default (result, "where", NULL);
  g_autofree char *text = NULL;

  if (message || !where) {
    text = g_strdup_printf ("%s: %s", name, message ? message : "?");
  } else if (!json_object_has_member (result, "error") || json_object_get_null_member (result, "error")) {
    /* Translators: %s are a test and a tensor, such as “dx[0]”; what came is infinite or not a number */
    text = g_strdup_printf (_ ("%s: %s has an element that is no number"), name, where);
  } else {
    /* Translators: a test and a tensor, such as “dx[0]”; how far an element of it is off, and how far it may
     * be */
    text = g_strdup_printf (_ ("%s: %s[%d] is off by %.2g, allowed are %.2g"), name, where,
                            (int) json_object_get_int_member_with_default (result, "index", 0),
                            json_object_get_double_member_with_default (result, "error", 0),
                            json_object_get_double_member_with_default (result, "tolerance", 0));
  }
  g_string_append_printf (self->failures, "%s%s", self->failures->len > 0 ? "\n" : "", text);
}
