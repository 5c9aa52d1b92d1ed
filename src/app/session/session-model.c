/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model that is tested: the one of digits that comes with the program, one trained here, or one from a file. */
#include "config.h"

#include "format.h"
#include "session/recent.h"
#include "session/session-private.h"
#include "settings.h"

#include "base/error.h"
#include "data/strokes.h"
#include "onnx/onnx-file.h"
#include "onnx/pixel-range.h"
#include "train/preparation.h"

#include <glib/gi18n.h>

static char *
summarise (NnModel *model)
{
  const char *text = nn_model_get_metadata (model, "val_accuracy");
  double accuracy = text ? g_ascii_strtod (text, NULL) : 0;

  if (accuracy <= 0 || accuracy > 1)
    return NULL;
  /* Translators: how good a model is; %.1f is a share of pictures in percent */
  return g_strdup_printf (_ ("%.1f %% right on pictures it had not seen"), accuracy * 100);
}

void
pcn_session_replace_model (PcnSession *self, NnModel *model)
{
  nn_model_ref (model);
  g_clear_pointer (&self->model, nn_model_unref);
  self->model = model;
  g_free (self->model_summary);
  self->model_summary = summarise (model);
  nn_trainer_thread_set_model (self->trainer, model);
  pcn_session_notify (self, PCN_PROP_HAS_MODEL);
  pcn_session_notify (self, PCN_PROP_MODEL_SUMMARY);
  pcn_session_notify (self, PCN_PROP_CAN_USE_DIGITS);
  pcn_session_notify (self, PCN_PROP_CAN_USE_TRAINED);
  pcn_session_notify (self, PCN_PROP_HAS_TRAINED);
  pcn_session_notify (self, PCN_PROP_PIXEL_RANGE);
}

void
pcn_session_set_model (PcnSession *self, NnModel *model, const char *name)
{
  /* Names and places of the classes are exchanged before anybody asks the new model. */
  g_object_freeze_notify (G_OBJECT (self));
  g_free (self->model_name);
  self->model_name = pcn_format_title (name);
  pcn_session_forget_prediction (self);
  pcn_session_replace_model (self, model);
  pcn_session_notify (self, PCN_PROP_MODEL_NAME);
  pcn_session_emit_model_changed (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
pcn_session_set_trained (PcnSession *self, NnModel *model)
{
  gboolean tested = self->model == self->trained;

  nn_model_ref (model);
  g_clear_pointer (&self->trained, nn_model_unref);
  self->trained = model;
  if (tested)
    pcn_session_replace_model (self, model);
  else
    pcn_session_notify (self, PCN_PROP_CAN_USE_TRAINED);
}

void
pcn_session_take_trained (PcnSession *self, NnModel *model, gboolean test)
{
  const char *name = nn_model_get_metadata (model, PCN_MODEL_NAME_KEY);

  nn_model_ref (model);
  g_clear_pointer (&self->trained, nn_model_unref);
  self->trained = model;
  g_free (self->trained_name);
  /* Translators: what a model is called that was trained here, and that has no name */
  self->trained_name = g_strdup (name ? name : _ ("Trained Network"));
  if (test)
    pcn_session_set_model (self, model, self->trained_name);
  pcn_session_notify_abilities (self);
}

void
pcn_session_use_trained (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (self->trained && self->trained != self->model)
    pcn_session_set_model (self, self->trained, self->trained_name);
}

static void
run_load (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  GError *error = NULL;
  NnModel *model = nn_onnx_load (path, &error);

  if (model)
    g_task_return_pointer (task, model, (GDestroyNotify) nn_model_unref);
  else
    g_task_return_error (task, error);
}

/* Takes @path. */
static void
load (PcnSession *self, char *path, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, done, NULL);

  g_task_set_source_tag (task, load);
  g_task_set_task_data (task, path, g_free);
  g_task_run_in_thread (task, run_load);
}

static void
on_digits_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnSession *self = PCN_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = g_task_propagate_pointer (G_TASK (result), &error);

  if (!self->trainer)
    return;
  if (!model) {
    /* The rest of the program works without it. */
    pcn_session_notice (self, error->message);
    return;
  }
  g_clear_pointer (&self->digits, nn_model_unref);
  self->digits = nn_model_ref (model);
  /* Data may have been trained on before the file was read. */
  if (!self->model)
    pcn_session_set_model (self, model, _ ("Digits"));
}

void
pcn_session_use_digits (PcnSession *self)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  if (self->teaching && pcn_teaching_use (self->teaching))
    return;
  if (self->digits && self->model != self->digits)
    pcn_session_set_model (self, self->digits, _ ("Digits"));
  else if (!self->digits)
    load (self, pcn_settings_find_data ("models/digits.onnx"), on_digits_loaded);
}

static void
on_last_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnSession *self = PCN_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = g_task_propagate_pointer (G_TASK (result), &error);

  if (!model)
    g_debug ("There is no model of an earlier day: %s", error->message);
  else if (self->trainer && !self->trained)
    pcn_session_take_trained (self, model, FALSE);
}

void
pcn_session_open_last_model (PcnSession *self)
{
  load (self, pcn_checkpoint_get_path (), on_last_loaded);
}

static void
on_model_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnSession *self = PCN_SESSION (source);
  const char *path = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (NnModel) model = g_task_propagate_pointer (G_TASK (result), &error);

  if (!self->trainer)
    return;
  if (!model) {
    pcn_session_problem (self, _ ("The Model Can’t Be Opened"), error->message);
    return;
  }
  g_autofree char *name = g_path_get_basename (path);
  pcn_recent_add (self->settings, (const char *const[]){ path, NULL });
  pcn_session_set_model (self, model, name);
}

void
pcn_session_open_model (PcnSession *self, GFile *file)
{
  g_return_if_fail (PCN_IS_SESSION (self));

  char *path = g_file_get_path (file);
  if (path) {
    load (self, path, on_model_opened);
    return;
  }
  g_autofree char *name = g_file_get_parse_name (file);
  g_autofree char *text
      = g_strdup_printf (_ ("“%s” isn’t on this computer’s disks. Copy it here and open the copy."), name);
  pcn_session_problem (self, _ ("The Model Can’t Be Opened"), text);
}

PcnTrust *
pcn_session_get_trust (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->trust;
}

const char *
pcn_session_get_pixel_range (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->model ? nn_onnx_get_pixel_range (self->model) : NULL;
}

void
pcn_session_set_pixel_range (PcnSession *self, const char *range)
{
  const char *present = pcn_session_get_pixel_range (self);

  if (!present || g_str_equal (present, range))
    return;
  /* Threads may be reading the one that is there. */
  g_autoptr (NnModel) model = nn_model_new_copy (self->model, nn_model_get_graph (self->model));
  g_autofree char *name = g_strdup (self->model_name);
  g_autoptr (GError) error = NULL;
  /* How sure it was of other numbers says nothing. */
  nn_model_set_temperature (model, 0);
  if (nn_onnx_set_pixel_range (model, range, &error))
    pcn_session_set_model (self, model, name);
  else
    pcn_session_problem (self, _ ("The Model Can’t Take Other Pixels"), error->message);
}

PcnClassification *
pcn_session_get_classification (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->classification;
}

PcnResults *
pcn_session_get_results (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->results;
}

NnModel *
pcn_session_get_model (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->model;
}

gboolean
pcn_session_get_input (PcnSession *self, guint *height, guint *width, guint *channels)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), FALSE);

  if (!self->model)
    return FALSE;
  const NnShape *shape = nn_graph_get_input_shape (nn_model_get_graph (self->model));
  *height = (guint) shape->dims[0];
  *width = (guint) shape->dims[1];
  *channels = (guint) shape->dims[2];
  return TRUE;
}

gboolean
pcn_session_takes_digits (PcnSession *self)
{
  guint height, width, channels;

  return pcn_session_get_input (self, &height, &width, &channels) && height == NN_DIGIT_SIZE && width == NN_DIGIT_SIZE
         && channels == 1 && g_str_equal (nn_model_get_preprocess (self->model)->fit, NN_FIT_DIGIT);
}

const char *const *
pcn_session_get_classes (PcnSession *self)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);
  return self->model ? nn_model_get_classes (self->model) : NULL;
}

const float *
pcn_session_get_prediction (PcnSession *self, guint *n)
{
  g_return_val_if_fail (PCN_IS_SESSION (self), NULL);

  *n = self->prediction->len;
  return *n > 0 ? (const float *) (gpointer) self->prediction->data : NULL;
}

void
pcn_session_clear_models (PcnSession *self)
{
  g_clear_pointer (&self->model, nn_model_unref);
  g_clear_pointer (&self->digits, nn_model_unref);
  g_clear_pointer (&self->trained, nn_model_unref);
  g_clear_pointer (&self->model_name, g_free);
  g_clear_pointer (&self->model_summary, g_free);
  g_clear_pointer (&self->trained_name, g_free);
  g_clear_pointer (&self->prediction, g_array_unref);
}
