/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "session/sample-list.h"

#include <glib/gi18n.h>

struct _PcnSample {
  GObject parent_instance;
  NnDataset *dataset;
  PcnThumbnailLoader *loader;
  guint index;
};

G_DEFINE_FINAL_TYPE (PcnSample, pcn_sample, G_TYPE_OBJECT)

static void
pcn_sample_finalize (GObject *object)
{
  PcnSample *self = PCN_SAMPLE (object);

  nn_dataset_unref (self->dataset);
  g_object_unref (self->loader);
  G_OBJECT_CLASS (pcn_sample_parent_class)->finalize (object);
}

static void
pcn_sample_class_init (PcnSampleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pcn_sample_finalize;
}

static void
pcn_sample_init (PcnSample *self)
{
}

guint
pcn_sample_get_index (PcnSample *self)
{
  g_return_val_if_fail (PCN_IS_SAMPLE (self), 0);
  return self->index;
}

PcnThumbnailLoader *
pcn_sample_get_loader (PcnSample *self)
{
  g_return_val_if_fail (PCN_IS_SAMPLE (self), NULL);
  return self->loader;
}

char *
pcn_sample_dup_title (PcnSample *self)
{
  g_return_val_if_fail (PCN_IS_SAMPLE (self), NULL);

  NnSample sample;
  nn_dataset_get_sample (self->dataset, self->index, &sample);
  g_autofree char *name = pcn_format_title (sample.name);
  g_autofree char *class_name = pcn_format_title (nn_dataset_get_class_name (self->dataset, sample.class_index));
  /* Translators: a picture's file name, and the class that it belongs to */
  return g_strdup_printf (_ ("%s, class %s"), name, class_name);
}

struct _PcnSampleList {
  GObject parent_instance;
  NnDataset *dataset;
  PcnThumbnailLoader *loader;
  GArray *indices;
};

static GType
pcn_sample_list_get_item_type (GListModel *model)
{
  return PCN_TYPE_SAMPLE;
}

static guint
pcn_sample_list_get_n_items (GListModel *model)
{
  return PCN_SAMPLE_LIST (model)->indices->len;
}

static gpointer
pcn_sample_list_get_item (GListModel *model, guint position)
{
  PcnSampleList *self = PCN_SAMPLE_LIST (model);

  if (position >= self->indices->len)
    return NULL;
  PcnSample *sample = g_object_new (PCN_TYPE_SAMPLE, NULL);
  sample->dataset = nn_dataset_ref (self->dataset);
  sample->loader = g_object_ref (self->loader);
  sample->index = g_array_index (self->indices, guint32, position);
  return sample;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = pcn_sample_list_get_item_type;
  iface->get_n_items = pcn_sample_list_get_n_items;
  iface->get_item = pcn_sample_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PcnSampleList, pcn_sample_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
pcn_sample_list_finalize (GObject *object)
{
  PcnSampleList *self = PCN_SAMPLE_LIST (object);

  g_array_unref (self->indices);
  nn_dataset_unref (self->dataset);
  g_object_unref (self->loader);
  G_OBJECT_CLASS (pcn_sample_list_parent_class)->finalize (object);
}

static void
pcn_sample_list_class_init (PcnSampleListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pcn_sample_list_finalize;
}

static void
pcn_sample_list_init (PcnSampleList *self)
{
  self->indices = g_array_new (FALSE, FALSE, sizeof (guint32));
}

PcnSampleList *
pcn_sample_list_new (NnDataset *dataset, PcnThumbnailLoader *loader, int class_index)
{
  PcnSampleList *self = g_object_new (PCN_TYPE_SAMPLE_LIST, NULL);
  guint n = nn_dataset_get_n_samples (dataset);

  self->dataset = nn_dataset_ref (dataset);
  self->loader = g_object_ref (loader);
  for (guint32 i = 0; i < n; i++) {
    NnSample sample;
    nn_dataset_get_sample (dataset, i, &sample);
    if (class_index < 0 || sample.class_index == (guint) class_index)
      g_array_append_val (self->indices, i);
  }
  return self;
}
