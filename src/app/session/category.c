/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/category.h"
#include "format.h"

struct _PcnCategory {
  GObject parent_instance;
  PcnCategoryKind kind;
  char *name;
  guint class_index;
  guint count;
};

G_DEFINE_FINAL_TYPE (PcnCategory, pcn_category, G_TYPE_OBJECT)

enum {
  PROP_NAME = 1,
  PROP_COUNT,
  PROP_COUNT_TEXT,
  PROP_CLASS_INDEX,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
pcn_category_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnCategory *self = PCN_CATEGORY (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_COUNT:
    g_value_set_uint (value, self->count);
    break;
  case PROP_COUNT_TEXT:
    g_value_take_string (value, pcn_format_count (self->count));
    break;
  case PROP_CLASS_INDEX:
    g_value_set_int (value, self->kind == PCN_CATEGORY_CLASS ? (int) self->class_index : -1);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_category_finalize (GObject *object)
{
  g_free (PCN_CATEGORY (object)->name);
  G_OBJECT_CLASS (pcn_category_parent_class)->finalize (object);
}

static void
pcn_category_class_init (PcnCategoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = pcn_category_get_property;
  object_class->finalize = pcn_category_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, ro);
  props[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, ro);
  props[PROP_COUNT_TEXT] = g_param_spec_string ("count-text", NULL, NULL, NULL, ro);
  props[PROP_CLASS_INDEX] = g_param_spec_int ("class-index", NULL, NULL, -1, G_MAXINT, -1, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_category_init (PcnCategory *self)
{
}

PcnCategory *
pcn_category_new (PcnCategoryKind kind, const char *name, guint class_index, guint count)
{
  PcnCategory *self = g_object_new (PCN_TYPE_CATEGORY, NULL);

  self->kind = kind;
  self->name = pcn_format_title (name);
  self->class_index = class_index;
  self->count = count;
  return self;
}

PcnCategoryKind
pcn_category_get_kind (PcnCategory *self)
{
  g_return_val_if_fail (PCN_IS_CATEGORY (self), PCN_CATEGORY_ALL);
  return self->kind;
}

const char *
pcn_category_get_name (PcnCategory *self)
{
  g_return_val_if_fail (PCN_IS_CATEGORY (self), NULL);
  return self->name;
}

guint
pcn_category_get_class (PcnCategory *self)
{
  g_return_val_if_fail (PCN_IS_CATEGORY (self), 0);
  return self->class_index;
}

guint
pcn_category_get_count (PcnCategory *self)
{
  g_return_val_if_fail (PCN_IS_CATEGORY (self), 0);
  return self->count;
}

void
pcn_category_update (PcnCategory *self, const char *name, guint count)
{
  g_return_if_fail (PCN_IS_CATEGORY (self));

  g_autofree char *title = pcn_format_title (name);
  if (g_strcmp0 (self->name, title) != 0) {
    g_free (self->name);
    self->name = g_steal_pointer (&title);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
  }
  if (self->count == count)
    return;
  self->count = count;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COUNT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COUNT_TEXT]);
}
