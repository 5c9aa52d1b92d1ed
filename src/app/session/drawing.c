/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/drawing.h"

struct _PcnDrawing {
  GObject parent_instance;
  char *label;
  NnStrokes *strokes;
};

G_DEFINE_FINAL_TYPE (PcnDrawing, pcn_drawing, G_TYPE_OBJECT)

enum { PROP_LABEL = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
pcn_drawing_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LABEL)
    g_value_set_string (value, PCN_DRAWING (object)->label);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_drawing_finalize (GObject *object)
{
  PcnDrawing *self = PCN_DRAWING (object);

  g_free (self->label);
  nn_strokes_free (self->strokes);
  G_OBJECT_CLASS (pcn_drawing_parent_class)->finalize (object);
}

static void
pcn_drawing_class_init (PcnDrawingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pcn_drawing_get_property;
  object_class->finalize = pcn_drawing_finalize;
  props[PROP_LABEL]
      = g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_drawing_init (PcnDrawing *self)
{
}

PcnDrawing *
pcn_drawing_new (const char *label, const NnStrokes *strokes)
{
  PcnDrawing *self = g_object_new (PCN_TYPE_DRAWING, NULL);

  self->label = g_strdup (label);
  self->strokes = nn_strokes_copy (strokes);
  return self;
}

const char *
pcn_drawing_get_label (PcnDrawing *self)
{
  g_return_val_if_fail (PCN_IS_DRAWING (self), NULL);
  return self->label;
}

const NnStrokes *
pcn_drawing_get_strokes (PcnDrawing *self)
{
  g_return_val_if_fail (PCN_IS_DRAWING (self), NULL);
  return self->strokes;
}
