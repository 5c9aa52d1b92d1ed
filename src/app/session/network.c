/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What undo goes back to are whole specifications: they are short, and a layer's settings can't be forgotten
 * that way. */
#include "config.h"

#include "session/network.h"

#include "session/network-spec.h"

#include "ops/attrs.h"

#define MAX_STEPS 200
#define SAME_EDIT_US (2 * G_USEC_PER_SEC)

typedef struct {
  char *preset, *spec;
} Step;

struct _PcnNetwork {
  GObject parent_instance;
  char *preset, *spec; /* @spec: NULL while it is as in the preset */
  PcnSpec *frame;      /* name, trainer and input; its layers moved to @layers */
  GListStore *layers;
  NnGraph *graph;
  gboolean has_input;
  NnShape input;
  guint n_classes;
  GQueue undo, redo; /* Step, the latest first */
  gint64 last_time;
  guint last_index, last_attr;
};

G_DEFINE_FINAL_TYPE (PcnNetwork, pcn_network, G_TYPE_OBJECT)

enum { PROP_EDITED = 1, PROP_CAN_UNDO, PROP_CAN_REDO, PROP_VALID, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { CHANGED, CHECKED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->preset);
  g_free (step->spec);
  g_free (step);
}

static Step *
step_new (PcnNetwork *self)
{
  Step *step = g_new0 (Step, 1);

  step->preset = g_strdup (self->preset);
  step->spec = g_strdup (self->spec);
  return step;
}

static void
notify_all (PcnNetwork *self)
{
  for (guint i = PROP_EDITED; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static void
check (PcnNetwork *self)
{
  g_clear_pointer (&self->graph, nn_graph_unref);
  if (self->frame)
    self->graph = pcn_spec_check (self->frame, G_LIST_MODEL (self->layers),
                                  self->has_input ? &self->input : NULL, self->n_classes);
  notify_all (self);
  g_signal_emit (self, signals[CHECKED], 0);
}

static gboolean
is_alike (GListStore *list, guint place, PcnLayer *other)
{
  g_autoptr (PcnLayer) layer = g_list_model_get_item (G_LIST_MODEL (list), place);
  return pcn_layer_get_op (layer) == pcn_layer_get_op (other);
}

/* Rows of layers that stay are kept, so that they stay open and keep the focus. */
static void
take_layers (PcnNetwork *self, GPtrArray *layers)
{
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->layers)), n_new = layers->len, head = 0,
        tail = 0;

  while (head < MIN (n_old, n_new) && is_alike (self->layers, head, layers->pdata[head]))
    head++;
  while (tail < MIN (n_old, n_new) - head
         && is_alike (self->layers, n_old - 1 - tail, layers->pdata[n_new - 1 - tail]))
    tail++;
  for (guint i = 0; i < head + tail; i++) {
    guint old = i < head ? i : n_old - 1 - (i - head), new = i < head ? i : n_new - 1 - (i - head);
    g_autoptr (PcnLayer) layer = g_list_model_get_item (G_LIST_MODEL (self->layers), old);
    pcn_layer_take_from (layer, layers->pdata[new]);
  }
  if (n_old != head + tail || n_new != head + tail)
    g_list_store_splice (self->layers, head, n_old - head - tail, layers->pdata + head, n_new - head - tail);
}

static PcnSpec *
read_preset (const char *preset)
{
  g_autoptr (GBytes) bytes = nn_preset_json (preset, NULL);
  gsize length;

  if (!bytes)
    return NULL;
  const char *text = g_bytes_get_data (bytes, &length);
  return pcn_spec_parse (text, (gssize) length, NULL);
}

static void
show (PcnNetwork *self, const char *preset, const char *spec)
{
  g_autoptr (PcnSpec) read = spec && *spec ? pcn_spec_parse (spec, -1, NULL) : NULL;
  g_autofree char *text = read ? g_strdup (spec) : NULL;
  g_autofree char *name = g_strdup (preset);

  if (!read)
    read = read_preset (preset);
  g_return_if_fail (read);
  g_free (self->preset);
  self->preset = g_steal_pointer (&name);
  g_free (self->spec);
  self->spec = g_steal_pointer (&text);
  g_clear_pointer (&self->frame, pcn_spec_free);
  self->frame = g_steal_pointer (&read);
  take_layers (self, self->frame->layers);
  check (self);
}

void
pcn_network_load (PcnNetwork *self, const char *preset, const char *spec)
{
  g_return_if_fail (PCN_IS_NETWORK (self) && preset);

  const char *text = spec && *spec ? spec : NULL;
  if (g_strcmp0 (preset, self->preset) == 0 && g_strcmp0 (text, self->spec) == 0)
    return;
  g_queue_clear_full (&self->undo, step_free);
  g_queue_clear_full (&self->redo, step_free);
  show (self, preset, text);
}

void
pcn_network_set_data (PcnNetwork *self, const NnShape *input, guint n_classes)
{
  g_return_if_fail (PCN_IS_NETWORK (self));

  self->has_input = input != NULL;
  if (input)
    self->input = *input;
  self->n_classes = MAX (n_classes, 2);
  check (self);
}

static void
remember (PcnNetwork *self)
{
  g_queue_push_head (&self->undo, step_new (self));
  if (self->undo.length > MAX_STEPS)
    step_free (g_queue_pop_tail (&self->undo));
  g_queue_clear_full (&self->redo, step_free);
  self->last_time = 0;
}

/* The layers were changed: the specification follows. */
static void
write_spec (PcnNetwork *self)
{
  g_free (self->spec);
  self->spec = pcn_spec_write (self->frame, G_LIST_MODEL (self->layers));
  check (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
pcn_network_choose (PcnNetwork *self, const char *preset)
{
  g_return_if_fail (PCN_IS_NETWORK (self) && preset);

  if (!self->spec && g_strcmp0 (preset, self->preset) == 0)
    return;
  remember (self);
  show (self, preset, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
pcn_network_add (PcnNetwork *self, const NnOp *op, guint index)
{
  g_return_if_fail (PCN_IS_NETWORK (self) && op && op->n_inputs == 1);
  g_return_if_fail (index <= g_list_model_get_n_items (G_LIST_MODEL (self->layers)));

  NnAttr attrs[NN_MAX_ATTRS] = { 0 };
  nn_attrs_default (op, attrs);
  g_autoptr (PcnLayer) layer = pcn_layer_new (op, attrs, FALSE, NULL, NULL);
  remember (self);
  g_list_store_insert (self->layers, index, layer);
  write_spec (self);
}

void
pcn_network_remove (PcnNetwork *self, guint index)
{
  g_return_if_fail (PCN_IS_NETWORK (self) && index < g_list_model_get_n_items (G_LIST_MODEL (self->layers)));

  /* A network has a layer. */
  if (g_list_model_get_n_items (G_LIST_MODEL (self->layers)) == 1)
    return;
  remember (self);
  g_list_store_remove (self->layers, index);
  write_spec (self);
}

static gboolean
is_of_backbone (PcnNetwork *self, guint index)
{
  g_autoptr (PcnLayer) layer = g_list_model_get_item (G_LIST_MODEL (self->layers), index);
  return pcn_layer_get_of_backbone (layer);
}

void
pcn_network_move (PcnNetwork *self, guint from, guint to)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->layers));
  g_return_if_fail (PCN_IS_NETWORK (self) && from < n && to < n);

  if (from == to || is_of_backbone (self, from) || is_of_backbone (self, to))
    return;
  remember (self);
  /* Of two neighbours the other one goes around: the row of the layer that moves stays as it is, with the
   * focus. */
  if (from + 1 == to || to + 1 == from) {
    guint other = to;
    to = from;
    from = other;
  }
  g_autoptr (PcnLayer) layer = g_list_model_get_item (G_LIST_MODEL (self->layers), from);
  g_list_store_remove (self->layers, from);
  g_list_store_insert (self->layers, to, layer);
  write_spec (self);
}

void
pcn_network_set_attr (PcnNetwork *self, guint index, guint attr, const NnAttr *value)
{
  g_return_if_fail (PCN_IS_NETWORK (self) && index < g_list_model_get_n_items (G_LIST_MODEL (self->layers)));

  g_autoptr (PcnLayer) layer = g_list_model_get_item (G_LIST_MODEL (self->layers), index);
  gint64 now = g_get_monotonic_time ();
  if (!pcn_layer_set_attr (layer, attr, value))
    return;
  if (index != self->last_index || attr != self->last_attr || now - self->last_time > SAME_EDIT_US)
    remember (self);
  self->last_index = index;
  self->last_attr = attr;
  self->last_time = now;
  write_spec (self);
}

static void
go_back (PcnNetwork *self, GQueue *from, GQueue *to)
{
  Step *step = g_queue_pop_head (from);

  if (!step)
    return;
  g_queue_push_head (to, step_new (self));
  self->last_time = 0;
  show (self, step->preset, step->spec);
  step_free (step);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
pcn_network_undo (PcnNetwork *self)
{
  g_return_if_fail (PCN_IS_NETWORK (self));
  go_back (self, &self->undo, &self->redo);
}

void
pcn_network_redo (PcnNetwork *self)
{
  g_return_if_fail (PCN_IS_NETWORK (self));
  go_back (self, &self->redo, &self->undo);
}

GListModel *
pcn_network_get_layers (PcnNetwork *self)
{
  g_return_val_if_fail (PCN_IS_NETWORK (self), NULL);
  return G_LIST_MODEL (self->layers);
}

const char *
pcn_network_get_preset (PcnNetwork *self)
{
  g_return_val_if_fail (PCN_IS_NETWORK (self), NULL);
  return self->preset;
}

const char *
pcn_network_get_spec (PcnNetwork *self)
{
  g_return_val_if_fail (PCN_IS_NETWORK (self), NULL);
  return self->spec;
}

const char *
pcn_network_get_pretrained (PcnNetwork *self)
{
  g_return_val_if_fail (PCN_IS_NETWORK (self), NULL);
  return self->frame ? self->frame->pretrained : NULL;
}

const NnGraph *
pcn_network_get_graph (PcnNetwork *self)
{
  g_return_val_if_fail (PCN_IS_NETWORK (self), NULL);
  return self->graph;
}

static void
pcn_network_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnNetwork *self = PCN_NETWORK (object);

  switch (id) {
  case PROP_EDITED:
    g_value_set_boolean (value, self->spec != NULL);
    break;
  case PROP_CAN_UNDO:
    g_value_set_boolean (value, self->undo.length > 0);
    break;
  case PROP_CAN_REDO:
    g_value_set_boolean (value, self->redo.length > 0);
    break;
  case PROP_VALID:
    g_value_set_boolean (value, self->graph != NULL);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_network_finalize (GObject *object)
{
  PcnNetwork *self = PCN_NETWORK (object);

  g_queue_clear_full (&self->undo, step_free);
  g_queue_clear_full (&self->redo, step_free);
  g_clear_pointer (&self->frame, pcn_spec_free);
  g_clear_pointer (&self->graph, nn_graph_unref);
  g_object_unref (self->layers);
  g_free (self->preset);
  g_free (self->spec);
  G_OBJECT_CLASS (pcn_network_parent_class)->finalize (object);
}

static void
pcn_network_class_init (PcnNetworkClass *klass)
{
  static const char *const names[] = { "edited", "can-undo", "can-redo", "valid" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = pcn_network_get_property;
  object_class->finalize = pcn_network_finalize;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    props[PROP_EDITED + i] = g_param_spec_boolean (
        names[i], NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHECKED] = g_signal_new ("checked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pcn_network_init (PcnNetwork *self)
{
  self->layers = g_list_store_new (PCN_TYPE_LAYER);
  self->n_classes = 10;
  g_queue_init (&self->undo);
  g_queue_init (&self->redo);
}

PcnNetwork *
pcn_network_new (void)
{
  return g_object_new (PCN_TYPE_NETWORK, NULL);
}
