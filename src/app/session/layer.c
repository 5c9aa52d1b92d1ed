/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/layer.h"

#include <string.h>

struct _PcnLayer {
  GObject parent_instance;
  const NnOp *op;
  NnAttr attrs[NN_MAX_ATTRS];
  gboolean per_class, frozen, of_backbone;
  char *name;
  char **inputs;
  PcnLayerFacts facts;
};

G_DEFINE_FINAL_TYPE (PcnLayer, pcn_layer, G_TYPE_OBJECT)

static guint changed_signal;

static void
pcn_layer_finalize (GObject *object)
{
  PcnLayer *self = PCN_LAYER (object);

  g_free (self->name);
  g_strfreev (self->inputs);
  g_free (self->facts.error);
  G_OBJECT_CLASS (pcn_layer_parent_class)->finalize (object);
}

static void
pcn_layer_class_init (PcnLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pcn_layer_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
pcn_layer_init (PcnLayer *self)
{
}

PcnLayer *
pcn_layer_new (const NnOp *op, const NnAttr *attrs, gboolean per_class, const char *name,
               const char *const *inputs)
{
  PcnLayer *self = g_object_new (PCN_TYPE_LAYER, NULL);

  self->op = op;
  memcpy (self->attrs, attrs, sizeof self->attrs);
  self->per_class = per_class;
  self->name = g_strdup (name);
  self->inputs = g_strdupv ((char **) inputs);
  return self;
}

const NnOp *
pcn_layer_get_op (PcnLayer *self)
{
  return self->op;
}

const NnAttr *
pcn_layer_get_attr (PcnLayer *self, guint index)
{
  g_return_val_if_fail (index < NN_MAX_ATTRS, NULL);
  return &self->attrs[index];
}

const NnAttr *
pcn_layer_get_attrs (PcnLayer *self)
{
  return self->attrs;
}

gboolean
pcn_layer_get_per_class (PcnLayer *self)
{
  return self->per_class;
}

const char *
pcn_layer_get_name (PcnLayer *self)
{
  return self->name;
}

const char *const *
pcn_layer_get_inputs (PcnLayer *self)
{
  return (const char *const *) self->inputs;
}

gboolean
pcn_layer_get_frozen (PcnLayer *self)
{
  return self->frozen;
}

void
pcn_layer_set_frozen (PcnLayer *self, gboolean frozen)
{
  self->frozen = frozen;
}

gboolean
pcn_layer_get_of_backbone (PcnLayer *self)
{
  return self->of_backbone;
}

void
pcn_layer_set_of_backbone (PcnLayer *self, gboolean of_backbone)
{
  self->of_backbone = of_backbone;
}

const PcnLayerFacts *
pcn_layer_get_facts (PcnLayer *self)
{
  return &self->facts;
}

static gboolean
is_same (const NnAttr *a, const NnAttr *b)
{
  return a->i[0] == b->i[0] && a->i[1] == b->i[1] && a->f == b->f;
}

gboolean
pcn_layer_set_attr (PcnLayer *self, guint index, const NnAttr *value)
{
  g_return_val_if_fail (PCN_IS_LAYER (self) && index < NN_MAX_ATTRS, FALSE);

  if (is_same (&self->attrs[index], value))
    return FALSE;
  self->attrs[index] = *value;
  return TRUE;
}

void
pcn_layer_take_from (PcnLayer *self, PcnLayer *other)
{
  g_return_if_fail (self->op == other->op);

  memcpy (self->attrs, other->attrs, sizeof self->attrs);
  self->per_class = other->per_class;
  self->frozen = other->frozen;
  self->of_backbone = other->of_backbone;
  g_free (self->name);
  self->name = g_strdup (other->name);
  g_strfreev (self->inputs);
  self->inputs = g_strdupv (other->inputs);
}

void
pcn_layer_set_facts (PcnLayer *self, const PcnLayerFacts *facts)
{
  g_return_if_fail (PCN_IS_LAYER (self));

  char *error = g_strdup (facts->error);
  g_free (self->facts.error);
  self->facts = *facts;
  self->facts.error = error;
  g_signal_emit (self, changed_signal, 0);
}
