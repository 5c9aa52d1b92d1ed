/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/comparison.h"

#include <glib/gstdio.h>
#include <string.h>

struct _PcnComparison {
  GObject parent_instance;
  GListStore *results;
  char *title;
  gint64 date;
};

G_DEFINE_FINAL_TYPE (PcnComparison, pcn_comparison, G_TYPE_OBJECT)

enum { PROP_RESULTS = 1, PROP_TITLE, PROP_DATE, N_PROPS };
static GParamSpec *props[N_PROPS];

static char *
get_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "perceptron", "comparison.json", NULL);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* They are still on the screen; next time they have to be measured again. */
  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_debug ("The comparison can't be kept: %s", error->message);
}

static void
save (PcnComparison *self)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  char *text = pcn_measurements_to_json (G_LIST_MODEL (self->results), self->title, self->date);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  g_mkdir_with_parents (folder, 0700);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_saved, NULL);
}

static void
show (PcnComparison *self, GListModel *results, const char *title, gint64 date)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    g_ptr_array_add (items, g_list_model_get_item (results, i));
  g_free (self->title);
  self->title = g_strdup (title);
  self->date = date;
  g_list_store_splice (self->results, 0, g_list_model_get_n_items (G_LIST_MODEL (self->results)),
                       items->pdata, items->len);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DATE]);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnComparison) self = data;
  g_autofree char *text = NULL, *title = NULL;
  g_autoptr (GListStore) store = g_list_store_new (PCN_TYPE_MEASUREMENT);
  gint64 date;

  if (g_file_load_contents_finish (G_FILE (source), result, &text, NULL, NULL, NULL) && self->date == 0
      && pcn_measurements_from_json (text, store, &title, &date))
    show (self, G_LIST_MODEL (store), title, date);
}

void
pcn_comparison_take (PcnComparison *self, GListModel *results, const char *title)
{
  g_return_if_fail (PCN_IS_COMPARISON (self));

  show (self, results, title, g_get_real_time () / G_USEC_PER_SEC);
  save (self);
}

GListModel *
pcn_comparison_get_results (PcnComparison *self)
{
  g_return_val_if_fail (PCN_IS_COMPARISON (self), NULL);
  return G_LIST_MODEL (self->results);
}

const char *
pcn_comparison_get_title (PcnComparison *self)
{
  g_return_val_if_fail (PCN_IS_COMPARISON (self), NULL);
  return self->title;
}

gint64
pcn_comparison_get_date (PcnComparison *self)
{
  g_return_val_if_fail (PCN_IS_COMPARISON (self), 0);
  return self->date;
}

char *
pcn_comparison_to_text (PcnComparison *self)
{
  g_return_val_if_fail (PCN_IS_COMPARISON (self), NULL);
  return pcn_measurements_to_text (G_LIST_MODEL (self->results), self->title, self->date);
}

static void
pcn_comparison_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnComparison *self = PCN_COMPARISON (object);

  switch (id) {
  case PROP_RESULTS:
    g_value_set_object (value, self->results);
    break;
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_DATE:
    g_value_set_int64 (value, self->date);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_comparison_finalize (GObject *object)
{
  PcnComparison *self = PCN_COMPARISON (object);

  g_object_unref (self->results);
  g_free (self->title);
  G_OBJECT_CLASS (pcn_comparison_parent_class)->finalize (object);
}

static void
pcn_comparison_class_init (PcnComparisonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = pcn_comparison_get_property;
  object_class->finalize = pcn_comparison_finalize;
  props[PROP_RESULTS] = g_param_spec_object ("results", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, ro);
  props[PROP_DATE] = g_param_spec_int64 ("date", NULL, NULL, 0, G_MAXINT64, 0, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_comparison_init (PcnComparison *self)
{
  self->results = g_list_store_new (PCN_TYPE_MEASUREMENT);
}

PcnComparison *
pcn_comparison_new (void)
{
  PcnComparison *self = g_object_new (PCN_TYPE_COMPARISON, NULL);
  g_autofree char *path = get_path ();
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_file_load_contents_async (file, NULL, on_loaded, g_object_ref (self));
  return self;
}
