/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "format.h"
#include "session/sample-list.h"

#include <glib/gi18n.h>

struct _PcnSample {
  GObject parent_instance;
  PcnThumbnailLoader *loader;
  guint index;
};

G_DEFINE_FINAL_TYPE (PcnSample, pcn_sample, G_TYPE_OBJECT)

static void
pcn_sample_finalize (GObject *object)
{
  PcnSample *self = PCN_SAMPLE (object);

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

PcnSample *
pcn_sample_new (PcnThumbnailLoader *loader, guint index)
{
  PcnSample *self = g_object_new (PCN_TYPE_SAMPLE, NULL);

  self->loader = g_object_ref (loader);
  self->index = index;
  return self;
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

void
pcn_sample_describe (PcnSample *self, NnSample *sample)
{
  g_return_if_fail (PCN_IS_SAMPLE (self) && sample);
  nn_dataset_get_sample (pcn_thumbnail_loader_get_dataset (self->loader), self->index, sample);
}

char *
pcn_sample_dup_title (PcnSample *self)
{
  g_return_val_if_fail (PCN_IS_SAMPLE (self), NULL);

  NnSample sample;
  pcn_sample_describe (self, &sample);
  NnDataset *dataset = pcn_thumbnail_loader_get_dataset (self->loader);
  g_autofree char *name = pcn_format_title (sample.name);
  g_autofree char *class_name = pcn_format_title (nn_dataset_get_class_name (dataset, sample.class_index));
  /* Translators: a picture's file name, and the class that it belongs to */
  return g_strdup_printf (_ ("%s, class %s"), name, class_name);
}

struct _PcnSampleList {
  GObject parent_instance;
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
  return pcn_sample_new (self->loader, g_array_index (self->indices, guint32, position));
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

static GArray *
find_indices (NnDataset *dataset, int class_index)
{
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n = nn_dataset_get_n_samples (dataset);

  for (guint32 i = 0; i < n; i++) {
    NnSample sample;
    nn_dataset_get_sample (dataset, i, &sample);
    if (sample.excluded ? class_index == PCN_SAMPLES_EXCLUDED
                        : class_index == PCN_SAMPLES_ALL || sample.class_index == (guint) class_index)
      g_array_append_val (indices, i);
  }
  return indices;
}

PcnSampleList *
pcn_sample_list_new (NnDataset *dataset, PcnThumbnailLoader *loader, int class_index)
{
  PcnSampleList *self = g_object_new (PCN_TYPE_SAMPLE_LIST, NULL);

  self->loader = g_object_ref (loader);
  g_array_unref (self->indices);
  self->indices = find_indices (dataset, class_index);
  return self;
}

static int
compare_indices (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

gboolean
pcn_sample_list_find (PcnSampleList *self, guint sample, guint *position)
{
  g_return_val_if_fail (PCN_IS_SAMPLE_LIST (self), FALSE);

  guint32 index = sample;
  return g_array_binary_search (self->indices, &index, compare_indices, position);
}

/* A stretch that differs: @n_old items from @at on give way to the @n_new from @new_at on. */
typedef struct {
  guint at, n_old, new_at, n_new;
} Run;

/* Both rise, so one pass finds what only one of them has. The runs are told from the end on, so that the
 * places of those before stay valid. */
static GArray *
find_runs (const GArray *old, const GArray *new)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (Run));
  const guint32 *a = (const guint32 *) (void *) old->data, *b = (const guint32 *) (void *) new->data;

  for (guint i = 0, j = 0; i < old->len || j < new->len;) {
    if (i < old->len && j < new->len &&a[i] == b[j]) {
      i++;
      j++;
      continue;
    }
    Run run = { i, 0, j, 0 };
    while (i + run.n_old < old->len || j + run.n_new < new->len) {
      guint32 x = i + run.n_old < old->len ? a[i + run.n_old] : G_MAXUINT32;
      guint32 y = j + run.n_new < new->len ? b[j + run.n_new] : G_MAXUINT32;
      if (x == y)
        break;
      run.n_old += x < y;
      run.n_new += y < x;
    }
    g_array_append_val (runs, run);
    i += run.n_old;
    j += run.n_new;
  }
  return runs;
}

/* Beyond this, one change of everything is cheaper than many small ones. */
#define MAX_RUNS 100

void
pcn_sample_list_update (PcnSampleList *self, int class_index)
{
  g_return_if_fail (PCN_IS_SAMPLE_LIST (self));

  g_autoptr (GArray) old = self->indices;
  g_autoptr (GArray) new = find_indices (pcn_thumbnail_loader_get_dataset (self->loader), class_index);
  g_autoptr (GArray) runs = find_runs (old, new);

  if (runs->len > MAX_RUNS) {
    self->indices = g_steal_pointer (&new);
    g_list_model_items_changed (G_LIST_MODEL (self), 0, old->len, self->indices->len);
    return;
  }
  /* Each signal must find the list as it tells it. */
  self->indices = g_array_copy (old);
  for (guint i = runs->len; i-- > 0;) {
    const Run *run = &g_array_index (runs, Run, i);
    if (run->n_old > 0)
      g_array_remove_range (self->indices, run->at, run->n_old);
    if (run->n_new > 0)
      g_array_insert_vals (self->indices, run->at, &g_array_index (new, guint32, run->new_at), run->n_new);
    g_list_model_items_changed (G_LIST_MODEL (self), run->at, run->n_old, run->n_new);
  }
}
