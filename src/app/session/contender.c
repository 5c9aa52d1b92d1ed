/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/contender.h"
#include "format.h"
#include "session/session-private.h"

#include "onnx/onnx-file.h"
#include "train/duel.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

struct _PcnContender {
  GObject parent_instance;
  NnModel *model;
  char *name;
  guint64 bytes;
};

G_DEFINE_FINAL_TYPE (PcnContender, pcn_contender, G_TYPE_OBJECT)

enum { PROP_NAME = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static PcnContender *
create (NnModel *model, const char *name, guint64 bytes)
{
  PcnContender *self = g_object_new (PCN_TYPE_CONTENDER, NULL);

  self->model = nn_model_ref (model);
  self->name = pcn_format_title (name);
  self->bytes = bytes;
  return self;
}

NnModel *
pcn_contender_get_model (PcnContender *self)
{
  g_return_val_if_fail (PCN_IS_CONTENDER (self), NULL);
  return self->model;
}

guint64
pcn_contender_get_bytes (PcnContender *self)
{
  g_return_val_if_fail (PCN_IS_CONTENDER (self), 0);
  return self->bytes;
}

/* Once, and only where it can be compared with the first. */
static void
add (GListStore *store, NnModel *model, const char *name)
{
  if (!model)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++) {
    g_autoptr (PcnContender) other = g_list_model_get_item (G_LIST_MODEL (store), i);
    if (other->model == model || !nn_duel_check_classes (other->model, model, NULL))
      return;
  }
  g_autoptr (PcnContender) contender = create (model, name ? name : _ ("Model"), 0);
  g_list_store_append (store, contender);
}

GListStore *
pcn_contender_list (PcnSession *session)
{
  GListStore *store = g_list_store_new (PCN_TYPE_CONTENDER);

  g_return_val_if_fail (PCN_IS_SESSION (session), store);

  add (store, session->model, session->model_name);
  add (store, session->trained, session->trained_name);
  add (store, session->digits, _ ("Digits"));
  return store;
}

static void
run_load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const char *path = data;
  GStatBuf facts = { 0 };
  GError *error = NULL;
  g_autoptr (NnModel) model = nn_onnx_load (path, &error);

  if (!model) {
    g_task_return_error (task, error);
    return;
  }
  g_autofree char *name = g_path_get_basename (path);
  g_stat (path, &facts);
  g_task_return_pointer (task, create (model, name, (guint64) facts.st_size), g_object_unref);
}

void
pcn_contender_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (G_IS_FILE (file));

  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, pcn_contender_load_async);
  if (!g_file_peek_path (file)) {
    g_task_return_new_error (task, NN_ERROR, NN_ERROR_BAD_INPUT, "%s",
                             _ ("Models can only be opened from folders of this computer."));
    return;
  }
  g_task_set_task_data (task, g_file_get_path (file), g_free);
  g_task_run_in_thread (task, run_load);
}

PcnContender *
pcn_contender_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
pcn_contender_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NAME)
    g_value_set_string (value, PCN_CONTENDER (object)->name);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
pcn_contender_finalize (GObject *object)
{
  PcnContender *self = PCN_CONTENDER (object);

  g_clear_pointer (&self->model, nn_model_unref);
  g_free (self->name);
  G_OBJECT_CLASS (pcn_contender_parent_class)->finalize (object);
}

static void
pcn_contender_class_init (PcnContenderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pcn_contender_get_property;
  object_class->finalize = pcn_contender_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_contender_init (PcnContender *self)
{
}
