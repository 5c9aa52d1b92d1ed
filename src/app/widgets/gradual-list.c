/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No GtkSliceListModel: that tells of a removed item as of a change of everything behind it, after which a
 * view makes all its cells anew and the selection is lost. */
#include "config.h"

#include "widgets/gradual-list.h"

/* Items that are added in one frame: their cells take some 10 ms. */
#define STEP 64
/* More than a view makes cells for. */
#define ENOUGH 640

#define PCN_TYPE_GRADUAL_LIST (pcn_gradual_list_get_type ())
G_DECLARE_FINAL_TYPE (PcnGradualList, pcn_gradual_list, PCN, GRADUAL_LIST, GObject)

struct _PcnGradualList {
  GObject parent_instance;
  GListModel *model;
  /* Items that may be shown; G_MAXUINT once all may. */
  guint limit;
};

static GType
get_item_type (GListModel *model)
{
  return g_list_model_get_item_type (PCN_GRADUAL_LIST (model)->model);
}

static guint
get_n_items (GListModel *model)
{
  PcnGradualList *self = PCN_GRADUAL_LIST (model);

  return MIN (g_list_model_get_n_items (self->model), self->limit);
}

static gpointer
get_item (GListModel *model, guint position)
{
  PcnGradualList *self = PCN_GRADUAL_LIST (model);

  return position < self->limit ? g_list_model_get_item (self->model, position) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PcnGradualList, pcn_gradual_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
on_items_changed (PcnGradualList *self, guint position, guint removed, guint added)
{
  guint now = g_list_model_get_n_items (self->model), before = now - added + removed;

  if (self->limit == G_MAXUINT) {
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
    return;
  }
  now = MIN (now, self->limit);
  before = MIN (before, self->limit);
  if (position < MAX (now, before))
    g_list_model_items_changed (G_LIST_MODEL (self), position, before - MIN (position, before),
                                now - MIN (position, now));
}

static gboolean
grow (GtkWidget *view, GdkFrameClock *clock, gpointer data)
{
  PcnGradualList *self = data;
  guint before = get_n_items (G_LIST_MODEL (self));

  self->limit += STEP;
  if (self->limit >= ENOUGH)
    self->limit = G_MAXUINT;
  guint now = get_n_items (G_LIST_MODEL (self));
  if (now > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, now - before);
  return self->limit == G_MAXUINT ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
pcn_gradual_list_finalize (GObject *object)
{
  g_object_unref (PCN_GRADUAL_LIST (object)->model);
  G_OBJECT_CLASS (pcn_gradual_list_parent_class)->finalize (object);
}

static void
pcn_gradual_list_class_init (PcnGradualListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pcn_gradual_list_finalize;
}

static void
pcn_gradual_list_init (PcnGradualList *self)
{
  self->limit = STEP;
}

GListModel *
pcn_gradual_list_new (GListModel *model, GtkWidget *view)
{
  g_return_val_if_fail (G_IS_LIST_MODEL (model) && GTK_IS_WIDGET (view), NULL);

  PcnGradualList *self = g_object_new (PCN_TYPE_GRADUAL_LIST, NULL);
  self->model = model;
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_add_tick_callback (view, grow, g_object_ref (self), g_object_unref);
  return G_LIST_MODEL (self);
}
