/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question goes to the trainer thread as a call of several steps: first the model's answer, unless it is known, then the
 * map. Weights are those of the model as it was given out, so a run isn't touched. */
#include "config.h"

#include "session/explanation.h"
#include "session/picture-loader.h"
#include "session/session-private.h"

#include "data/heat-map.h"
#include "train/grad-cam.h"
#include "train/occlusion.h"

#include <glib/gi18n.h>
#include <string.h>

/* A question on its way, and its answer. */
typedef struct {
  NnModel *model;
  GBytes *pixels;
  PcnExplainMethod method;
  guint node;
  int class_index;
  float *probabilities, *map;
  int done; /* atomic: parts of PCN_JOB_WHOLE */
  /* Of the trainer thread. */
  NnOcclusion *occlusion;
} Request;

struct _PcnExplanation {
  PcnJob parent_instance;
  NnModel *model;
  GBytes *pixels;
  float *probabilities, *map;
  PcnExplainMethod method;
  guint class_index;
  GCancellable *decoding;
  Request *waiting; /* for the picture */
};

G_DEFINE_FINAL_TYPE (PcnExplanation, pcn_explanation, PCN_TYPE_JOB)

static void
request_free (Request *self)
{
  g_clear_pointer (&self->occlusion, nn_occlusion_free);
  g_clear_pointer (&self->pixels, g_bytes_unref);
  nn_model_unref (self->model);
  g_free (self->probabilities);
  g_free (self->map);
  g_free (self);
}

/* The trainer thread's part. */

static gboolean
answer (Request *request, NnContext *context, GError **error)
{
  guint n = nn_graph_get_n_classes (nn_model_get_graph (request->model));
  g_autofree float *probabilities = g_new0 (float, n);
  g_autoptr (NnPredictor) predictor = nn_predictor_new (context, request->model, 1, error);

  if (!predictor
      || !nn_predictor_run (predictor, g_bytes_get_data (request->pixels, NULL), 1, probabilities, error))
    return FALSE;
  request->probabilities = g_steal_pointer (&probabilities);
  return TRUE;
}

static void
choose_class (Request *request)
{
  guint n = nn_graph_get_n_classes (nn_model_get_graph (request->model)), best = 0;

  for (guint c = 1; c < n; c++)
    if (request->probabilities[c] > request->probabilities[best])
      best = c;
  if (request->class_index < 0)
    request->class_index = (int) best;
}

static gboolean
look (Request *request, NnContext *context, GError **error)
{
  g_autoptr (NnGradCam) cam = nn_grad_cam_new (context, request->model, request->node, error);

  return cam
         && nn_grad_cam_run (cam, g_bytes_get_data (request->pixels, NULL), (guint) request->class_index,
                             request->map, error);
}

static gboolean
occlude (Request *request, NnContext *context, gboolean *done, GError **error)
{
  if (!request->occlusion)
    request->occlusion = nn_occlusion_new (request->model, g_bytes_get_data (request->pixels, NULL),
                                           (guint) request->class_index, NULL, error);
  if (!request->occlusion
      || !nn_occlusion_advance (request->occlusion, context, NN_TRAINER_SLICE_MS, done, error))
    return FALSE;
  g_atomic_int_set (&request->done, (int) (nn_occlusion_get_fraction (request->occlusion) * PCN_JOB_WHOLE));
  if (*done)
    nn_occlusion_get_map (request->occlusion, request->map);
  return TRUE;
}

static gboolean
step (const NnTrainerScene *scene, gpointer data, gboolean *done, GError **error)
{
  Request *request = data;
  const NnShape *input = nn_graph_get_input_shape (nn_model_get_graph (request->model));

  *done = FALSE;
  if (!request->probabilities)
    return answer (request, scene->context, error);
  choose_class (request);
  if (!request->map)
    request->map = g_new0 (float, (gsize) input->dims[0] * input->dims[1]);
  if (request->method == PCN_EXPLAIN_OCCLUSION)
    return occlude (request, scene->context, done, error);
  *done = TRUE;
  return look (request, scene->context, error);
}

static void
leave (gpointer data)
{
  Request *request = data;

  if (request->occlusion)
    nn_occlusion_leave (request->occlusion);
}

/* The main thread's part. */

static void
take_answer (PcnExplanation *self, Request *request)
{
  g_free (self->map);
  self->map = g_steal_pointer (&request->map);
  self->method = request->method;
  self->class_index = (guint) request->class_index;
  if (!self->probabilities)
    self->probabilities = g_steal_pointer (&request->probabilities);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnExplanation) self = data;
  g_autoptr (GError) error = NULL;
  Request *request = nn_trainer_thread_call_finish (result, &error);

  /* Another question took its place, or nobody wants to know any more. */
  if (!pcn_job_is_current (PCN_JOB (self), result))
    return;
  if (!request) {
    pcn_job_fail (PCN_JOB (self), error);
    return;
  }
  take_answer (self, request);
  pcn_job_stop (PCN_JOB (self));
  pcn_job_changed (PCN_JOB (self));
}

static void
send (PcnExplanation *self, Request *request)
{
  static const NnTrainerCallFuncs funcs = { .step = step, .leave = leave };

  request->pixels = g_bytes_ref (self->pixels);
  pcn_job_call (PCN_JOB (self), &funcs, request, (GDestroyNotify) request_free,
                request->method == PCN_EXPLAIN_OCCLUSION ? &request->done : NULL, on_answered);
}

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GBytes *pixels = pcn_picture_load_pixels_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  PcnExplanation *self = data;
  g_clear_object (&self->decoding);
  self->pixels = pixels;
  if (!pixels) {
    g_clear_pointer (&self->waiting, request_free);
    pcn_job_fail (PCN_JOB (self), error);
  } else if (self->waiting) {
    send (self, g_steal_pointer (&self->waiting));
  }
}

void
pcn_explanation_ask (PcnExplanation *self, PcnExplainMethod method, guint node, int class_index)
{
  g_return_if_fail (PCN_IS_EXPLANATION (self));

  g_clear_pointer (&self->waiting, request_free);
  if (!self->pixels && !self->decoding)
    return;
  guint n = nn_graph_get_n_classes (nn_model_get_graph (self->model));
  Request *request = g_new0 (Request, 1);
  request->model = nn_model_ref (self->model);
  request->method = method;
  request->node = node;
  request->class_index = class_index;
  if (self->probabilities)
    request->probabilities = g_memdup2 (self->probabilities, n * sizeof (float));
  pcn_job_begin (PCN_JOB (self));
  if (self->pixels)
    send (self, request);
  else
    self->waiting = request;
}

void
pcn_explanation_cancel (PcnExplanation *self)
{
  g_return_if_fail (PCN_IS_EXPLANATION (self));

  g_clear_pointer (&self->waiting, request_free);
  pcn_job_stop (PCN_JOB (self));
}

NnModel *
pcn_explanation_get_model (PcnExplanation *self)
{
  g_return_val_if_fail (PCN_IS_EXPLANATION (self), NULL);
  return self->model;
}

const guint8 *
pcn_explanation_get_pixels (PcnExplanation *self)
{
  g_return_val_if_fail (PCN_IS_EXPLANATION (self), NULL);
  return self->pixels ? g_bytes_get_data (self->pixels, NULL) : NULL;
}

const float *
pcn_explanation_get_map (PcnExplanation *self, PcnExplainMethod *method, guint *class_index)
{
  g_return_val_if_fail (PCN_IS_EXPLANATION (self), NULL);

  *method = self->method;
  *class_index = self->class_index;
  return self->map;
}

const float *
pcn_explanation_get_probabilities (PcnExplanation *self)
{
  g_return_val_if_fail (PCN_IS_EXPLANATION (self), NULL);
  return self->probabilities;
}

/* A picture on its way to a file. */
typedef struct {
  char *path;
  GBytes *pixels;
  NnShape shape;
  float *map;
  double opacity;
} Saving;

static void
saving_free (Saving *self)
{
  g_free (self->path);
  g_bytes_unref (self->pixels);
  g_free (self->map);
  g_free (self);
}

static void
run_save (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Saving *saving = data;
  GError *error = NULL;

  if (nn_heat_save_png (saving->path, g_bytes_get_data (saving->pixels, NULL), saving->shape.dims[0],
                        saving->shape.dims[1], saving->shape.dims[2], saving->map, saving->opacity, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
pcn_explanation_save_async (PcnExplanation *self, GFile *file, double opacity, GAsyncReadyCallback callback,
                            gpointer data)
{
  g_return_if_fail (PCN_IS_EXPLANATION (self) && self->map);

  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  g_task_set_source_tag (task, pcn_explanation_save_async);
  if (!g_file_peek_path (file)) {
    g_task_return_new_error (task, NN_ERROR, NN_ERROR_BAD_INPUT, "%s",
                             _ ("Pictures can only be saved in folders of this computer."));
    return;
  }
  Saving *saving = g_new0 (Saving, 1);
  saving->path = g_file_get_path (file);
  saving->pixels = g_bytes_ref (self->pixels);
  saving->shape = *nn_graph_get_input_shape (nn_model_get_graph (self->model));
  saving->map = g_memdup2 (self->map, (gsize) saving->shape.dims[0] * saving->shape.dims[1] * sizeof (float));
  saving->opacity = opacity;
  g_task_set_task_data (task, saving, (GDestroyNotify) saving_free);
  g_task_run_in_thread (task, run_save);
}

gboolean
pcn_explanation_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
pcn_explanation_dispose (GObject *object)
{
  PcnExplanation *self = PCN_EXPLANATION (object);

  if (self->decoding)
    g_cancellable_cancel (self->decoding);
  g_clear_object (&self->decoding);
  g_clear_pointer (&self->waiting, request_free);
  G_OBJECT_CLASS (pcn_explanation_parent_class)->dispose (object);
}

static void
pcn_explanation_finalize (GObject *object)
{
  PcnExplanation *self = PCN_EXPLANATION (object);

  g_clear_pointer (&self->pixels, g_bytes_unref);
  g_clear_pointer (&self->model, nn_model_unref);
  g_free (self->probabilities);
  g_free (self->map);
  G_OBJECT_CLASS (pcn_explanation_parent_class)->finalize (object);
}

static void
pcn_explanation_class_init (PcnExplanationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = pcn_explanation_dispose;
  object_class->finalize = pcn_explanation_finalize;
}

static void
pcn_explanation_init (PcnExplanation *self)
{
}

static PcnExplanation *
create (PcnSession *session)
{
  PcnExplanation *self = g_object_new (PCN_TYPE_EXPLANATION, "session", session, NULL);

  self->model = nn_model_ref (session->model);
  return self;
}

static gboolean
begin_decoding (PcnExplanation *self, NnPixelSpec *spec)
{
  g_autoptr (GError) error = NULL;

  if (nn_preparation_pixel_spec (self->model, spec, &error))
    self->decoding = g_cancellable_new ();
  else
    pcn_job_set_failure (PCN_JOB (self), error->message);
  return self->decoding != NULL;
}

PcnExplanation *
pcn_explanation_new_pixels (PcnSession *session, const guint8 *pixels)
{
  g_return_val_if_fail (PCN_IS_SESSION (session) && session->model && pixels, NULL);

  PcnExplanation *self = create (session);
  self->pixels = g_bytes_new (pixels, nn_shape_size (nn_graph_get_input_shape (nn_model_get_graph (self->model))));
  return self;
}

PcnExplanation *
pcn_explanation_new_file (PcnSession *session, const char *path)
{
  g_return_val_if_fail (PCN_IS_SESSION (session) && session->model && path, NULL);

  PcnExplanation *self = create (session);
  NnPixelSpec spec;
  if (begin_decoding (self, &spec))
    pcn_picture_load_pixels_async (path, &spec, self->decoding, on_decoded, self);
  return self;
}

PcnExplanation *
pcn_explanation_new_sample (PcnSession *session, NnDataset *dataset, guint sample)
{
  g_return_val_if_fail (PCN_IS_SESSION (session) && session->model && dataset, NULL);

  PcnExplanation *self = create (session);
  NnPixelSpec spec;
  if (begin_decoding (self, &spec))
    pcn_picture_load_sample_pixels_async (dataset, sample, &spec, self->decoding, on_decoded, self);
  return self;
}
