/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/child.h"
#include "session/device-store.h"

#include "base/background.h"
#include "cl/device-list.h"

struct _PcnDeviceStore {
  GObject parent_instance;
  GSettings *settings;
  GListStore *all, *offered;
  char *advice, *hidden;
  gboolean found;
  guint n_looking; /* the thread and the child */
  PcnChild *child;
  char **child_ids, **child_names;
};

G_DEFINE_FINAL_TYPE (PcnDeviceStore, pcn_device_store, G_TYPE_OBJECT)

enum { PROP_ALL = 1, PROP_OFFERED, PROP_FOUND, PROP_LOOKING, PROP_ADVICE, PROP_HIDDEN_DEVICES, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
notify (PcnDeviceStore *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

/* Returns: (transfer none): the store holds it */
static NnDevice *
find_by_id (GListModel *model, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (model, i);
    if (g_str_equal (nn_device_get_id (device), id))
      return device;
  }
  return NULL;
}

static void
update_offered (PcnDeviceStore *self)
{
  GListStore *old = self->offered;

  /* Another list, rather than other items in it: a dropdown must not take what vanishes for a choice. */
  self->offered = g_list_store_new (NN_TYPE_DEVICE);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->all)); i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (G_LIST_MODEL (self->all), i);
    if (pcn_device_store_is_allowed (self, device))
      g_list_store_append (self->offered, device);
  }
  notify (self, PROP_OFFERED);
  g_object_unref (old);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Whoever trains on a device goes on with the same object. */
static void
take_list (PcnDeviceStore *self, NnDeviceList *list)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++) {
    g_autoptr (NnDevice) device = g_list_model_get_item (G_LIST_MODEL (list), i);
    NnDevice *known = find_by_id (G_LIST_MODEL (self->all), nn_device_get_id (device));
    gboolean same
        = known
          && g_strcmp0 (nn_device_get_unusable_reason (known), nn_device_get_unusable_reason (device)) == 0;
    g_ptr_array_add (devices, g_object_ref (same ? known : device));
  }
  g_list_store_splice (self->all, 0, g_list_model_get_n_items (G_LIST_MODEL (self->all)), devices->pdata,
                       devices->len);
  notify (self, PROP_ALL);
  g_free (self->advice);
  self->advice = g_strdup (nn_device_list_get_advice (list));
  notify (self, PROP_ADVICE);
  if (!self->found) {
    self->found = TRUE;
    notify (self, PROP_FOUND);
  }
  update_offered (self);
}

static void
update_hidden (PcnDeviceStore *self)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; self->child_ids && self->child_ids[i]; i++)
    if (!find_by_id (G_LIST_MODEL (self->all), self->child_ids[i]))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", self->child_names[i]);
  g_free (self->hidden);
  self->hidden = names->len > 0 ? g_strdup (names->str) : NULL;
  notify (self, PROP_HIDDEN_DEVICES);
}

static void
end_looking (PcnDeviceStore *self)
{
  if (--self->n_looking > 0)
    return;
  update_hidden (self);
  notify (self, PROP_LOOKING);
}

static void
run_look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  /* A driver for processors starts its threads here. */
  nn_enter_background ();
  g_task_return_pointer (task, nn_device_list_new (), g_object_unref);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnDeviceStore *self = PCN_DEVICE_STORE (source);
  g_autoptr (NnDeviceList) list = g_task_propagate_pointer (G_TASK (result), NULL);

  if (list)
    take_list (self, list);
  end_looking (self);
}

static void
start_looking (PcnDeviceStore *self)
{
  self->n_looking++;
  /* Loading the drivers takes up to a second. */
  g_autoptr (GTask) task = g_task_new (self, NULL, on_looked, NULL);
  g_task_set_source_tag (task, start_looking);
  g_task_run_in_thread (task, run_look);
}

static void
on_child_line (PcnDeviceStore *self, JsonObject *line)
{
  JsonArray *devices
      = json_object_has_member (line, "devices") ? json_object_get_array_member (line, "devices") : NULL;
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new (), names = g_strv_builder_new ();

  for (guint i = 0; devices && i < json_array_get_length (devices); i++) {
    JsonObject *device = json_array_get_object_element (devices, i);
    if (!json_object_get_boolean_member_with_default (device, "usable", FALSE))
      continue;
    g_strv_builder_add (ids, json_object_get_string_member_with_default (device, "id", ""));
    g_strv_builder_add (names, json_object_get_string_member_with_default (device, "name", ""));
  }
  g_strfreev (self->child_ids);
  g_strfreev (self->child_names);
  self->child_ids = g_strv_builder_end (ids);
  self->child_names = g_strv_builder_end (names);
}

static void
on_child_done (PcnDeviceStore *self)
{
  g_clear_object (&self->child);
  end_looking (self);
}

void
pcn_device_store_look (PcnDeviceStore *self)
{
  g_return_if_fail (PCN_IS_DEVICE_STORE (self));

  if (self->n_looking > 0)
    return;
  start_looking (self);
  /* The loader of drivers reads its list once a process: what was installed since, only another one sees. */
  const char *const arguments[] = { "devices", NULL };
  self->n_looking++;
  self->child = pcn_child_new (arguments);
  g_signal_connect_object (self->child, "line", G_CALLBACK (on_child_line), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->child, "done", G_CALLBACK (on_child_done), self, G_CONNECT_SWAPPED);
  pcn_child_start (self->child);
  notify (self, PROP_LOOKING);
}

GListModel *
pcn_device_store_get_all (PcnDeviceStore *self)
{
  g_return_val_if_fail (PCN_IS_DEVICE_STORE (self), NULL);
  return G_LIST_MODEL (self->all);
}

GListModel *
pcn_device_store_get_offered (PcnDeviceStore *self)
{
  g_return_val_if_fail (PCN_IS_DEVICE_STORE (self), NULL);
  return G_LIST_MODEL (self->offered);
}

gboolean
pcn_device_store_get_found (PcnDeviceStore *self)
{
  g_return_val_if_fail (PCN_IS_DEVICE_STORE (self), FALSE);
  return self->found;
}

const char *
pcn_device_store_get_advice (PcnDeviceStore *self)
{
  g_return_val_if_fail (PCN_IS_DEVICE_STORE (self), NULL);
  return self->advice;
}

gboolean
pcn_device_store_is_allowed (PcnDeviceStore *self, NnDevice *device)
{
  g_return_val_if_fail (PCN_IS_DEVICE_STORE (self), FALSE);

  g_auto (GStrv) denied = g_settings_get_strv (self->settings, "disallowed-devices");
  return !g_strv_contains ((const char *const *) denied, nn_device_get_id (device));
}

void
pcn_device_store_set_allowed (PcnDeviceStore *self, NnDevice *device, gboolean allowed)
{
  g_return_if_fail (PCN_IS_DEVICE_STORE (self));

  if (pcn_device_store_is_allowed (self, device) == !!allowed)
    return;
  g_auto (GStrv) denied = g_settings_get_strv (self->settings, "disallowed-devices");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; denied[i]; i++)
    if (!g_str_equal (denied[i], nn_device_get_id (device)))
      g_strv_builder_add (builder, denied[i]);
  if (!allowed)
    g_strv_builder_add (builder, nn_device_get_id (device));
  g_auto (GStrv) list = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, "disallowed-devices", (const char *const *) list);
}

NnDevice *
pcn_device_store_choose (PcnDeviceStore *self, const char *wanted)
{
  g_return_val_if_fail (PCN_IS_DEVICE_STORE (self), NULL);

  NnDevice *device = wanted ? find_by_id (G_LIST_MODEL (self->offered), wanted) : NULL;
  if (device && !nn_device_get_unusable_reason (device))
    return device;
  /* The best come first. */
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->offered)); i++) {
    g_autoptr (NnDevice) item = g_list_model_get_item (G_LIST_MODEL (self->offered), i);
    if (!nn_device_get_unusable_reason (item))
      return item;
  }
  return NULL;
}

static void
pcn_device_store_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnDeviceStore *self = PCN_DEVICE_STORE (object);

  switch (id) {
  case PROP_ALL:
    g_value_set_object (value, self->all);
    break;
  case PROP_OFFERED:
    g_value_set_object (value, self->offered);
    break;
  case PROP_FOUND:
    g_value_set_boolean (value, self->found);
    break;
  case PROP_LOOKING:
    g_value_set_boolean (value, self->n_looking > 0);
    break;
  case PROP_ADVICE:
    g_value_set_string (value, self->advice);
    break;
  case PROP_HIDDEN_DEVICES:
    g_value_set_string (value, self->hidden);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_device_store_dispose (GObject *object)
{
  PcnDeviceStore *self = PCN_DEVICE_STORE (object);

  if (self->child)
    pcn_child_cancel (self->child);
  g_clear_object (&self->child);
  g_clear_object (&self->settings);
  g_clear_object (&self->all);
  g_clear_object (&self->offered);
  g_clear_pointer (&self->advice, g_free);
  g_clear_pointer (&self->hidden, g_free);
  g_clear_pointer (&self->child_ids, g_strfreev);
  g_clear_pointer (&self->child_names, g_strfreev);
  G_OBJECT_CLASS (pcn_device_store_parent_class)->dispose (object);
}

static void
pcn_device_store_class_init (PcnDeviceStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = pcn_device_store_get_property;
  object_class->dispose = pcn_device_store_dispose;
  props[PROP_ALL] = g_param_spec_object ("all", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  props[PROP_OFFERED] = g_param_spec_object ("offered", NULL, NULL, G_TYPE_LIST_MODEL, ro);
  props[PROP_FOUND] = g_param_spec_boolean ("found", NULL, NULL, FALSE, ro);
  props[PROP_LOOKING] = g_param_spec_boolean ("looking", NULL, NULL, FALSE, ro);
  props[PROP_ADVICE] = g_param_spec_string ("advice", NULL, NULL, NULL, ro);
  props[PROP_HIDDEN_DEVICES] = g_param_spec_string ("hidden-devices", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
pcn_device_store_init (PcnDeviceStore *self)
{
  self->all = g_list_store_new (NN_TYPE_DEVICE);
  self->offered = g_list_store_new (NN_TYPE_DEVICE);
}

PcnDeviceStore *
pcn_device_store_new (GSettings *settings)
{
  PcnDeviceStore *self = g_object_new (PCN_TYPE_DEVICE_STORE, NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::disallowed-devices", G_CALLBACK (update_offered), self,
                           G_CONNECT_SWAPPED);
  start_looking (self);
  return self;
}
