/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pages/data/category-row.h"
#include "settings.h"
#include "widgets/swatch.h"

struct _PcnCategoryRow {
  GtkBox parent_instance;
  PcnCategory *category;
};

G_DEFINE_FINAL_TYPE (PcnCategoryRow, pcn_category_row, GTK_TYPE_BOX)

enum { PROP_CATEGORY = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static char *
get_icon (GObject *object, PcnCategory *category)
{
  static const char *const icons[] = {
    [PCN_CATEGORY_ALL] = "pcn-data-symbolic",
    [PCN_CATEGORY_CLASS] = NULL,
    [PCN_CATEGORY_EXCLUDED] = "user-trash-symbolic",
    [PCN_CATEGORY_REJECTS] = "dialog-warning-symbolic",
  };

  return category ? g_strdup (icons[pcn_category_get_kind (category)]) : NULL;
}

static gboolean
has_icon (GObject *object, PcnCategory *category)
{
  return category && pcn_category_get_kind (category) != PCN_CATEGORY_CLASS;
}

static void
pcn_category_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CATEGORY)
    g_value_set_object (value, PCN_CATEGORY_ROW (object)->category);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_category_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id != PROP_CATEGORY)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (g_set_object (&PCN_CATEGORY_ROW (object)->category, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
pcn_category_row_dispose (GObject *object)
{
  g_clear_object (&PCN_CATEGORY_ROW (object)->category);
  G_OBJECT_CLASS (pcn_category_row_parent_class)->dispose (object);
}

static void
pcn_category_row_class_init (PcnCategoryRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pcn_category_row_get_property;
  object_class->set_property = pcn_category_row_set_property;
  object_class->dispose = pcn_category_row_dispose;
  props[PROP_CATEGORY]
      = g_param_spec_object ("category", NULL, NULL, PCN_TYPE_CATEGORY,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (PCN_TYPE_SWATCH);
  gtk_widget_class_set_template_from_resource (widget_class, PCN_RESOURCE "/ui/data/category-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, get_icon);
  gtk_widget_class_bind_template_callback (widget_class, has_icon);
}

static void
pcn_category_row_init (PcnCategoryRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
