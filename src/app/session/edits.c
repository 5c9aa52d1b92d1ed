/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command knows the way back and forth as lists of what changes: 70,000 samples that get another split are
 * 2 MB, and a picture that is left out is a few bytes. */
#include "config.h"

#include "session/edits.h"

#include <glib/gi18n.h>

#define MAX_COMMANDS 200
#define MAX_BYTES ((gsize) 64 << 20)

typedef struct {
  char *text;
  /* NnSampleEdit, the names of the classes and the plan before and after. */
  GArray *edits[2];
  char **names[2];
  NnSplitPlan plans[2];
} Command;

enum {
  BEFORE,
  AFTER,
};

struct _PcnEdits {
  GObject parent_instance;
  NnDataset *dataset;
  NnSplitPlan plan;
  GQueue undo, redo; /* latest first */
};

G_DEFINE_FINAL_TYPE (PcnEdits, pcn_edits, G_TYPE_OBJECT)

enum { PROP_CAN_UNDO = 1, PROP_CAN_REDO, PROP_UNDO_TEXT, PROP_REDO_TEXT, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CHANGED, DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
command_free (gpointer data)
{
  Command *self = data;

  for (guint i = 0; i < 2; i++) {
    g_array_unref (self->edits[i]);
    g_strfreev (self->names[i]);
  }
  g_free (self->text);
  g_free (self);
}

static gsize
command_bytes (const Command *self)
{
  return (self->edits[BEFORE]->len + self->edits[AFTER]->len) * sizeof (NnSampleEdit);
}

static Command *
command_new (const char *text, NnDataset *before, NnDataset *after, const NnSplitPlan *plan_before,
             const NnSplitPlan *plan_after)
{
  Command *self = g_new0 (Command, 1);

  self->text = g_strdup (text);
  self->edits[BEFORE] = nn_dataset_compare (after, before);
  self->edits[AFTER] = nn_dataset_compare (before, after);
  self->names[BEFORE] = nn_dataset_dup_class_names (before);
  self->names[AFTER] = nn_dataset_dup_class_names (after);
  self->plans[BEFORE] = *plan_before;
  self->plans[AFTER] = *plan_after;
  return self;
}

static void
notify_all (PcnEdits *self)
{
  for (guint i = PROP_CAN_UNDO; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static void
forget_old (PcnEdits *self)
{
  gsize bytes = 0;
  guint n = 0;

  for (GList *l = self->undo.head; l; l = l->next, n++) {
    bytes += command_bytes (l->data);
    if (n == 0 || (n < MAX_COMMANDS && bytes <= MAX_BYTES))
      continue;
    while (self->undo.length > n)
      command_free (g_queue_pop_tail (&self->undo));
    return;
  }
}

/* Takes @dataset. */
static void
set_dataset (PcnEdits *self, NnDataset *dataset)
{
  NnDataset *old = self->dataset;

  /* What was found out while an edit was made. */
  if (old && dataset)
    nn_dataset_adopt_rejects (dataset, old);
  self->dataset = dataset;
  g_clear_pointer (&old, nn_dataset_unref);
}

/* Takes @dataset. */
static void
commit (PcnEdits *self, NnDataset *dataset, const NnSplitPlan *plan, const char *text)
{
  g_queue_push_head (&self->undo, command_new (text, self->dataset, dataset, &self->plan, plan));
  g_queue_clear_full (&self->redo, command_free);
  forget_old (self);
  self->plan = *plan;
  set_dataset (self, dataset);
  g_signal_emit (self, signals[CHANGED], 0);
  notify_all (self);
  g_signal_emit (self, signals[DONE], 0, text);
}

void
pcn_edits_reset (PcnEdits *self, NnDataset *dataset, const NnSplitPlan *plan)
{
  g_return_if_fail (PCN_IS_EDITS (self) && plan);

  g_queue_clear_full (&self->undo, command_free);
  g_queue_clear_full (&self->redo, command_free);
  g_clear_pointer (&self->dataset, nn_dataset_unref);
  self->dataset = dataset ? nn_dataset_ref (dataset) : NULL;
  self->plan = *plan;
  g_signal_emit (self, signals[CHANGED], 0);
  notify_all (self);
}

NnDataset *
pcn_edits_get_dataset (PcnEdits *self)
{
  g_return_val_if_fail (PCN_IS_EDITS (self), NULL);
  return self->dataset;
}

const NnSplitPlan *
pcn_edits_get_plan (PcnEdits *self)
{
  g_return_val_if_fail (PCN_IS_EDITS (self), NULL);
  return &self->plan;
}

void
pcn_edits_exclude (PcnEdits *self, const guint32 *samples, gsize n)
{
  g_return_if_fail (PCN_IS_EDITS (self) && self->dataset);

  if (n == 0)
    return;
  g_autofree char *text
      = g_strdup_printf (ngettext ("%u picture excluded", "%u pictures excluded", (gulong) n), (guint) n);
  commit (self, nn_dataset_exclude (self->dataset, samples, n, TRUE), &self->plan, text);
}

void
pcn_edits_restore (PcnEdits *self, const guint32 *samples, gsize n)
{
  g_return_if_fail (PCN_IS_EDITS (self) && self->dataset);

  if (n == 0)
    return;
  g_autofree char *text
      = g_strdup_printf (ngettext ("%u picture restored", "%u pictures restored", (gulong) n), (guint) n);
  commit (self, nn_dataset_exclude (self->dataset, samples, n, FALSE), &self->plan, text);
}

void
pcn_edits_move (PcnEdits *self, const guint32 *samples, gsize n, const char *class_name)
{
  g_return_if_fail (PCN_IS_EDITS (self) && self->dataset && class_name && class_name[0]);

  if (n == 0)
    return;
  g_autofree char *text
      /* Translators: the second is the name of a class */
      = g_strdup_printf (ngettext ("%u picture moved to “%s”", "%u pictures moved to “%s”", (gulong) n),
                         (guint) n, class_name);
  commit (self, nn_dataset_move_samples (self->dataset, samples, n, class_name), &self->plan, text);
}

void
pcn_edits_rename (PcnEdits *self, guint class_index, const char *name)
{
  g_return_if_fail (PCN_IS_EDITS (self) && self->dataset && name && name[0]);
  g_return_if_fail (class_index < nn_dataset_get_n_classes (self->dataset));

  const char *old = nn_dataset_get_class_name (self->dataset, class_index);
  if (g_str_equal (old, name))
    return;
  gboolean merges = nn_dataset_find_class (self->dataset, name) >= 0;
  g_autofree char *text
      = g_strdup_printf (merges ? _ ("“%s” merged into “%s”") : _ ("“%s” renamed to “%s”"), old, name);
  commit (self, nn_dataset_rename_class (self->dataset, class_index, name), &self->plan, text);
}

void
pcn_edits_split (PcnEdits *self, const NnSplitPlan *plan)
{
  g_return_if_fail (PCN_IS_EDITS (self) && self->dataset && plan);

  commit (self, nn_dataset_with_split (self->dataset, plan), plan, _ ("Pictures divided anew"));
}

gboolean
pcn_edits_add_pictures (PcnEdits *self, gsize n, guint height, guint width, guint channels,
                        const guint8 *pixels, const char *const *class_names, NnSplit split, GError **error)
{
  g_return_val_if_fail (PCN_IS_EDITS (self) && self->dataset, FALSE);

  NnDataset *more = nn_dataset_add_pictures (self->dataset, n, height, width, channels, pixels, class_names,
                                             split, error);
  if (!more)
    return FALSE;
  g_autofree char *text
      = g_strdup_printf (ngettext ("%u picture added", "%u pictures added", (gulong) n), (guint) n);
  commit (self, more, &self->plan, text);
  return TRUE;
}

static void
apply (PcnEdits *self, const Command *command, guint side)
{
  const GArray *edits = command->edits[side];

  self->plan = command->plans[side];
  set_dataset (self, nn_dataset_edit (self->dataset, (const char *const *) command->names[side],
                                      (const NnSampleEdit *) (void *) edits->data, edits->len));
  g_signal_emit (self, signals[CHANGED], 0);
  notify_all (self);
}

gboolean
pcn_edits_get_can_undo (PcnEdits *self)
{
  g_return_val_if_fail (PCN_IS_EDITS (self), FALSE);
  return self->undo.length > 0;
}

gboolean
pcn_edits_get_can_redo (PcnEdits *self)
{
  g_return_val_if_fail (PCN_IS_EDITS (self), FALSE);
  return self->redo.length > 0;
}

void
pcn_edits_undo (PcnEdits *self)
{
  g_return_if_fail (PCN_IS_EDITS (self));

  Command *command = g_queue_pop_head (&self->undo);
  if (!command)
    return;
  g_queue_push_head (&self->redo, command);
  apply (self, command, BEFORE);
}

void
pcn_edits_redo (PcnEdits *self)
{
  g_return_if_fail (PCN_IS_EDITS (self));

  Command *command = g_queue_pop_head (&self->redo);
  if (!command)
    return;
  g_queue_push_head (&self->undo, command);
  apply (self, command, AFTER);
}

static const char *
get_text (GQueue *queue)
{
  const Command *command = g_queue_peek_head (queue);

  return command ? command->text : NULL;
}

static void
pcn_edits_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnEdits *self = PCN_EDITS (object);

  switch (id) {
  case PROP_CAN_UNDO:
    g_value_set_boolean (value, pcn_edits_get_can_undo (self));
    break;
  case PROP_CAN_REDO:
    g_value_set_boolean (value, pcn_edits_get_can_redo (self));
    break;
  case PROP_UNDO_TEXT:
    g_value_set_string (value, get_text (&self->undo));
    break;
  case PROP_REDO_TEXT:
    g_value_set_string (value, get_text (&self->redo));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_edits_finalize (GObject *object)
{
  PcnEdits *self = PCN_EDITS (object);

  g_queue_clear_full (&self->undo, command_free);
  g_queue_clear_full (&self->redo, command_free);
  g_clear_pointer (&self->dataset, nn_dataset_unref);
  G_OBJECT_CLASS (pcn_edits_parent_class)->finalize (object);
}

static void
pcn_edits_class_init (PcnEditsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = pcn_edits_get_property;
  object_class->finalize = pcn_edits_finalize;
  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, ro);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, ro);
  props[PROP_UNDO_TEXT] = g_param_spec_string ("undo-text", NULL, NULL, NULL, ro);
  props[PROP_REDO_TEXT] = g_param_spec_string ("redo-text", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DONE]
      = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
pcn_edits_init (PcnEdits *self)
{
}

PcnEdits *
pcn_edits_new (void)
{
  return g_object_new (PCN_TYPE_EDITS, NULL);
}
