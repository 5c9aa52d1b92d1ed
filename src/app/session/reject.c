/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "session/reject.h"

struct _PcnReject {
  GObject parent_instance;
  char *name, *reason;
};

G_DEFINE_FINAL_TYPE (PcnReject, pcn_reject, G_TYPE_OBJECT)

enum {
  PROP_NAME = 1,
  PROP_REASON,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
pcn_reject_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnReject *self = PCN_REJECT (object);

  if (id == PROP_NAME)
    g_value_set_string (value, self->name);
  else if (id == PROP_REASON)
    g_value_set_string (value, self->reason);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_reject_finalize (GObject *object)
{
  PcnReject *self = PCN_REJECT (object);

  g_free (self->name);
  g_free (self->reason);
  G_OBJECT_CLASS (pcn_reject_parent_class)->finalize (object);
}

static void
pcn_reject_class_init (PcnRejectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_reject_get_property;
  object_class->finalize = pcn_reject_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, ro);
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_reject_init (PcnReject *self)
{
}

PcnReject *
pcn_reject_new (const char *name, const char *reason)
{
  PcnReject *self = g_object_new (PCN_TYPE_REJECT, NULL);

  self->name = pcn_format_title (name);
  self->reason = pcn_format_title (reason);
  return self;
}
