/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawings and the taught model lie in the folder of the user's data. They are written on a thread, one
 * writing at a time; what comes meanwhile is written by the next. */
#include "config.h"

#include "session/session-private.h"
#include "session/teaching-private.h"

#include "onnx/onnx-file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

static char *
get_path (const char *name)
{
  return g_build_filename (g_get_user_data_dir (), "perceptron", name, NULL);
}

static gboolean
remove_file (const char *path, GError **error)
{
  if (g_remove (path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "“%s”: %s", path, g_strerror (errno));
  return FALSE;
}

static gboolean
write_model (const char *name, NnModel *model, GError **error)
{
  g_autofree char *path = get_path (name);

  return model ? nn_onnx_save (model, path, error) : remove_file (path, error);
}

/* The drawings first: the rest can be made again of them. */
static gboolean
write_lesson (const PcnLesson *lesson, GError **error)
{
  g_autofree char *path = get_path ("drawings.jsonl"), *folder = g_path_get_dirname (path);
  g_autoptr (GPtrArray) drawings = pcn_lesson_dup_drawings (lesson);

  g_mkdir_with_parents (folder, 0700);
  if (!(drawings->len > 0 ? nn_strokes_save_jsonl (path, drawings, error) : remove_file (path, error)))
    return FALSE;
  return write_model ("taught-base.onnx", lesson->taught ? lesson->base : NULL, error)
         && write_model ("taught.onnx", lesson->taught, error);
}

static void
run_save (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PcnTeaching *self = source;
  GError *error = NULL;

  g_mutex_lock (&self->lock);
  gboolean written = write_lesson (data, &error);
  g_mutex_unlock (&self->lock);
  if (written)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnTeaching *self = PCN_TEACHING (source);
  g_autoptr (GError) error = NULL;

  self->saving = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error) && self->session)
    pcn_session_problem (self->session, _ ("The Drawings Weren’t Saved"), error->message);
  if (self->save_again && self->session)
    pcn_teaching_save (self);
}

void
pcn_teaching_save (PcnTeaching *self)
{
  self->save_again = self->saving;
  if (self->saving)
    return;
  self->saving = TRUE;
  g_settings_set_string (self->session->settings, "taught-from",
                         self->lesson->base_name ? self->lesson->base_name : "");
  g_autoptr (GTask) task = g_task_new (self, NULL, on_saved, NULL);
  g_task_set_source_tag (task, pcn_teaching_save);
  g_task_set_task_data (task, pcn_lesson_copy (self->lesson), (GDestroyNotify) pcn_lesson_free);
  g_task_run_in_thread (task, run_save);
}

static NnModel *
read_model (const char *name)
{
  g_autofree char *path = get_path (name);
  g_autoptr (GError) error = NULL;
  NnModel *model = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !(model = nn_onnx_load (path, &error)))
    g_message ("What was taught can't be read: %s", error->message);
  return model;
}

/* A file that can't be read is kept beside what will be written. */
static void
read_drawings (PcnLesson *lesson)
{
  g_autofree char *path = get_path ("drawings.jsonl");
  g_autoptr (GError) error = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  g_autoptr (GPtrArray) drawings = nn_strokes_load_jsonl (path, &error);
  if (!drawings) {
    g_autofree char *aside = g_strconcat (path, ".unreadable", NULL);
    g_message ("The drawings can't be read, and are put aside: %s", error->message);
    g_rename (path, aside);
    return;
  }
  for (guint i = 0; i < drawings->len; i++) {
    const NnDrawing *drawing = drawings->pdata[i];
    if (drawing->label && nn_strokes_n_strokes (drawing->strokes) > 0)
      g_ptr_array_add (lesson->drawings, pcn_drawing_new (drawing->label, drawing->strokes));
  }
}

static void
run_load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PcnLesson *lesson = pcn_lesson_new ();

  read_drawings (lesson);
  if (lesson->drawings->len > 0)
    lesson->taught = read_model ("taught.onnx");
  if (lesson->taught)
    lesson->base = read_model ("taught-base.onnx");
  g_task_return_pointer (task, lesson, (GDestroyNotify) pcn_lesson_free);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnTeaching *self = PCN_TEACHING (source);
  g_autoptr (PcnLesson) lesson = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Somebody who taught something before the file was read would be very fast. */
  if (!self->session || self->lesson->drawings->len > 0)
    return;
  if (lesson->base)
    lesson->base_name = g_settings_get_string (self->session->settings, "taught-from");
  pcn_teaching_take_lesson (self, g_steal_pointer (&lesson));
}

void
pcn_teaching_load (PcnTeaching *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_loaded, NULL);

  g_task_set_source_tag (task, pcn_teaching_load);
  g_task_run_in_thread (task, run_load);
}

void
pcn_teaching_detach (PcnTeaching *self)
{
  g_autoptr (GError) error = NULL;

  if (!self->session)
    return;
  self->session = NULL;
  if (!self->saving)
    return;
  /* Closing in the middle of a writing mustn't cost the drawings. */
  g_mutex_lock (&self->lock);
  if (!write_lesson (self->lesson, &error))
    g_message ("The drawings weren't saved: %s", error->message);
  g_mutex_unlock (&self->lock);
}
