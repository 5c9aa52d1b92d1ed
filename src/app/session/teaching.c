/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/session-private.h"
#include "session/teaching-private.h"

#include "train/teaching.h"

G_DEFINE_FINAL_TYPE (PcnTeaching, pcn_teaching, G_TYPE_OBJECT)

enum {
  PROP_DRAWINGS = 1,
  PROP_N_DRAWINGS,
  PROP_CAN_TEACH,
  PROP_WAITING,
  PROP_LEARNING,
  PROP_FRACTION,
  PROP_TAUGHT,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

PcnLesson *
pcn_lesson_new (void)
{
  PcnLesson *self = g_new0 (PcnLesson, 1);

  self->drawings = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

PcnLesson *
pcn_lesson_copy (const PcnLesson *self)
{
  PcnLesson *copy = pcn_lesson_new ();

  for (guint i = 0; i < self->drawings->len; i++)
    g_ptr_array_add (copy->drawings, g_object_ref (self->drawings->pdata[i]));
  copy->base = self->base ? nn_model_ref (self->base) : NULL;
  copy->base_name = g_strdup (self->base_name);
  copy->taught = self->taught ? nn_model_ref (self->taught) : NULL;
  return copy;
}

void
pcn_lesson_free (PcnLesson *self)
{
  g_ptr_array_unref (self->drawings);
  g_clear_pointer (&self->base, nn_model_unref);
  g_clear_pointer (&self->taught, nn_model_unref);
  g_free (self->base_name);
  g_free (self);
}

GPtrArray *
pcn_lesson_dup_drawings (const PcnLesson *self)
{
  GPtrArray *drawings = g_ptr_array_new_with_free_func ((GDestroyNotify) nn_drawing_free);

  for (guint i = 0; i < self->drawings->len; i++) {
    NnDrawing *drawing = g_new0 (NnDrawing, 1);
    drawing->label = g_strdup (pcn_drawing_get_label (self->drawings->pdata[i]));
    drawing->strokes = nn_strokes_copy (pcn_drawing_get_strokes (self->drawings->pdata[i]));
    g_ptr_array_add (drawings, drawing);
  }
  return drawings;
}

GPtrArray *
pcn_teaching_dup_drawings (PcnTeaching *self)
{
  return pcn_lesson_dup_drawings (self->lesson);
}

GListModel *
pcn_teaching_get_drawings (PcnTeaching *self)
{
  g_return_val_if_fail (PCN_IS_TEACHING (self), NULL);
  return G_LIST_MODEL (self->list);
}

void
pcn_teaching_notify_state (PcnTeaching *self)
{
  for (guint i = PROP_CAN_TEACH; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

void
pcn_teaching_set_waiting (PcnTeaching *self, gboolean waiting)
{
  if (self->waiting == waiting)
    return;
  self->waiting = waiting;
  pcn_teaching_notify_state (self);
}

gboolean
pcn_teaching_is_testing (PcnTeaching *self)
{
  return self->session && self->lesson->taught && self->session->model == self->lesson->taught;
}

static gboolean
can_teach (PcnTeaching *self)
{
  return self->session && self->session->model && nn_teaching_accepts (self->session->model);
}

/* The list follows the lesson; most changes are one drawing at the end. */
static void
show_drawings (PcnTeaching *self)
{
  GPtrArray *drawings = self->lesson->drawings;
  guint same = 0, n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  for (; same < MIN (n, drawings->len); same++) {
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->list), same);
    if (item != drawings->pdata[same])
      break;
  }
  g_list_store_splice (self->list, same, n - same, drawings->pdata + same, drawings->len - same);
  if (n != drawings->len)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_DRAWINGS]);
}

static void
remember (PcnTeaching *self)
{
  g_clear_pointer (&self->before, pcn_lesson_free);
  self->before = pcn_lesson_copy (self->lesson);
}

/* After the drawings have changed. */
static void
follow (PcnTeaching *self)
{
  show_drawings (self);
  pcn_teaching_save (self);
  if (self->lesson->drawings->len > 0)
    pcn_teaching_learn (self);
  pcn_teaching_notify_state (self);
}

void
pcn_teaching_add (PcnTeaching *self, const NnStrokes *strokes, const char *label)
{
  g_return_if_fail (PCN_IS_TEACHING (self) && strokes && label);

  if (!can_teach (self))
    return;
  remember (self);
  g_ptr_array_add (self->lesson->drawings, pcn_drawing_new (label, strokes));
  follow (self);
}

/* Back to the model from before, with another lesson or none. */
static void
start_over (PcnTeaching *self, PcnLesson *lesson)
{
  gboolean tested = pcn_teaching_is_testing (self) || pcn_teaching_is_learning (self);

  pcn_teaching_drop_run (self);
  pcn_teaching_set_waiting (self, FALSE);
  g_clear_pointer (&self->lesson, pcn_lesson_free);
  self->lesson = lesson;
  if (tested || lesson->taught)
    pcn_teaching_test (self);
  show_drawings (self);
  pcn_teaching_save (self);
  if (lesson->drawings->len > 0 && !lesson->taught)
    pcn_teaching_learn (self);
  pcn_teaching_notify_state (self);
}

void
pcn_teaching_remove (PcnTeaching *self, guint position)
{
  g_return_if_fail (PCN_IS_TEACHING (self));

  if (position >= self->lesson->drawings->len)
    return;
  if (self->lesson->drawings->len == 1) {
    pcn_teaching_forget (self);
    return;
  }
  remember (self);
  g_ptr_array_remove_index (self->lesson->drawings, position);
  follow (self);
}

void
pcn_teaching_forget (PcnTeaching *self)
{
  g_return_if_fail (PCN_IS_TEACHING (self));

  remember (self);
  PcnLesson *none = pcn_lesson_new ();
  none->base = self->lesson->base ? nn_model_ref (self->lesson->base) : NULL;
  none->base_name = g_strdup (self->lesson->base_name);
  start_over (self, none);
}

void
pcn_teaching_undo (PcnTeaching *self)
{
  g_return_if_fail (PCN_IS_TEACHING (self));

  if (self->before)
    start_over (self, g_steal_pointer (&self->before));
}

void
pcn_teaching_take_lesson (PcnTeaching *self, PcnLesson *lesson)
{
  PcnSession *session = self->session;

  g_clear_pointer (&self->lesson, pcn_lesson_free);
  self->lesson = lesson;
  if (lesson->taught && (!session->model || session->model == session->digits))
    pcn_teaching_test (self);
  show_drawings (self);
  /* The program ended before they were learnt. */
  pcn_teaching_set_waiting (self, lesson->drawings->len > 0 && !lesson->taught);
  pcn_teaching_try (self);
  pcn_teaching_notify_state (self);
}

gboolean
pcn_teaching_use (PcnTeaching *self)
{
  if (!self->lesson->taught || self->lesson->base)
    return FALSE;
  if (!pcn_teaching_is_testing (self))
    pcn_teaching_test (self);
  return TRUE;
}

static void
pcn_teaching_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnTeaching *self = PCN_TEACHING (object);
  double fraction = 0;

  switch (id) {
  case PROP_DRAWINGS:
    g_value_set_object (value, self->list);
    break;
  case PROP_N_DRAWINGS:
    g_value_set_uint (value, self->lesson->drawings->len);
    break;
  case PROP_CAN_TEACH:
    g_value_set_boolean (value, can_teach (self));
    break;
  case PROP_WAITING:
    g_value_set_boolean (value, self->waiting);
    break;
  case PROP_LEARNING:
    g_value_set_boolean (value, pcn_teaching_is_learning (self));
    break;
  case PROP_FRACTION:
    if (pcn_teaching_is_learning (self) && pcn_run_get_state (self->run) != PCN_RUN_PREPARING)
      g_object_get (self->run, "fraction", &fraction, NULL);
    g_value_set_double (value, fraction);
    break;
  case PROP_TAUGHT:
    g_value_set_boolean (value, pcn_teaching_is_testing (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_teaching_finalize (GObject *object)
{
  PcnTeaching *self = PCN_TEACHING (object);

  g_mutex_clear (&self->lock);
  g_clear_object (&self->list);
  g_clear_object (&self->run);
  g_clear_pointer (&self->lesson, pcn_lesson_free);
  g_clear_pointer (&self->before, pcn_lesson_free);
  g_clear_pointer (&self->start, nn_model_unref);
  G_OBJECT_CLASS (pcn_teaching_parent_class)->finalize (object);
}

static void
pcn_teaching_class_init (PcnTeachingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_teaching_get_property;
  object_class->finalize = pcn_teaching_finalize;
  props[PROP_DRAWINGS] = g_param_spec_object ("drawings", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_N_DRAWINGS] = g_param_spec_uint ("n-drawings", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_CAN_TEACH] = g_param_spec_boolean ("can-teach", NULL, NULL, FALSE, flags);
  props[PROP_WAITING] = g_param_spec_boolean ("waiting", NULL, NULL, FALSE, flags);
  props[PROP_LEARNING] = g_param_spec_boolean ("learning", NULL, NULL, FALSE, flags);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  props[PROP_TAUGHT] = g_param_spec_boolean ("taught", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pcn_teaching_init (PcnTeaching *self)
{
  self->list = g_list_store_new (PCN_TYPE_DRAWING);
  self->lesson = pcn_lesson_new ();
  g_mutex_init (&self->lock);
}

static void
on_session_changed (PcnTeaching *self)
{
  pcn_teaching_notify_state (self);
  pcn_teaching_try (self);
}

PcnTeaching *
pcn_teaching_new (PcnSession *session)
{
  PcnTeaching *self = g_object_new (PCN_TYPE_TEACHING, NULL);

  self->session = session;
  g_signal_connect_object (session, "notify::has-model", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::can-start", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  pcn_teaching_load (self);
  return self;
}
