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

#define PROGRESS_MS 100
#define WHOLE 1000

/* A question on its way, and its answer. */
typedef struct {
  NnModel *model;
  GBytes *pixels;
  PcnExplainMethod method;
  guint node;
  int class_index;
  float *probabilities, *map;
  int done; /* atomic: thousandths */
  /* Of the trainer thread. */
  NnOcclusion *occlusion;
} Request;

struct _PcnExplanation {
  GObject parent_instance;
  PcnSession *session;
  NnModel *model;
  GBytes *pixels;
  float *probabilities, *map;
  PcnExplainMethod method;
  guint class_index;
  GCancellable *decoding, *asking;
  Request *request; /* what is being answered */
  Request *waiting; /* for the picture */
  char *failure;
  guint progress;
};

G_DEFINE_FINAL_TYPE (PcnExplanation, pcn_explanation, G_TYPE_OBJECT)

enum { PROP_BUSY = 1, PROP_FRACTION, PROP_FAILURE, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint changed_signal;

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
  g_atomic_int_set (&request->done, (int) (nn_occlusion_get_fraction (request->occlusion) * WHOLE));
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
set_failure (PcnExplanation *self, const char *failure)
{
  if (g_strcmp0 (self->failure, failure) == 0)
    return;
  g_free (self->failure);
  self->failure = g_strdup (failure);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAILURE]);
}

static void
notify_busy (PcnExplanation *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

static void
stop (PcnExplanation *self)
{
  if (self->asking)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_handle_id (&self->progress, g_source_remove);
  g_clear_pointer (&self->waiting, request_free);
  self->request = NULL;
}

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
  if (g_task_get_cancellable (G_TASK (result)) != self->asking)
    return;
  stop (self);
  if (request)
    take_answer (self, request);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_failure (self, error->message);
  notify_busy (self);
  if (request)
    g_signal_emit (self, changed_signal, 0);
}

static gboolean
on_progress (gpointer data)
{
  g_object_notify_by_pspec (G_OBJECT (data), props[PROP_FRACTION]);
  return G_SOURCE_CONTINUE;
}

static void
send (PcnExplanation *self, Request *request)
{
  static const NnTrainerCallFuncs funcs = { .step = step, .leave = leave };

  if (!self->session->trainer || !self->session->device) {
    request_free (request);
    set_failure (self, _ ("There is no device to compute on; choose one in the header of the window."));
    return;
  }
  request->pixels = g_bytes_ref (self->pixels);
  self->request = request;
  self->asking = g_cancellable_new ();
  self->progress = g_timeout_add (PROGRESS_MS, on_progress, self);
  nn_trainer_thread_call_async (self->session->trainer, &funcs, request, (GDestroyNotify) request_free, self->asking,
                                on_answered, g_object_ref (self));
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
    stop (self);
    set_failure (self, error->message);
  } else if (self->waiting) {
    send (self, g_steal_pointer (&self->waiting));
  }
  notify_busy (self);
}

void
pcn_explanation_ask (PcnExplanation *self, PcnExplainMethod method, guint node, int class_index)
{
  g_return_if_fail (PCN_IS_EXPLANATION (self));

  stop (self);
  guint n = nn_graph_get_n_classes (nn_model_get_graph (self->model));
  Request *request = g_new0 (Request, 1);
  request->model = nn_model_ref (self->model);
  request->method = method;
  request->node = node;
  request->class_index = class_index;
  if (self->probabilities)
    request->probabilities = g_memdup2 (self->probabilities, n * sizeof (float));
  if (self->pixels || self->decoding)
    set_failure (self, NULL);
  if (self->pixels)
    send (self, request);
  else if (self->decoding)
    self->waiting = request;
  else
    request_free (request);
  notify_busy (self);
}

void
pcn_explanation_cancel (PcnExplanation *self)
{
  g_return_if_fail (PCN_IS_EXPLANATION (self));

  stop (self);
  notify_busy (self);
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
pcn_explanation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PcnExplanation *self = PCN_EXPLANATION (object);
  Request *request = self->request;
  gboolean measured = request && request->method == PCN_EXPLAIN_OCCLUSION;

  switch (id) {
  case PROP_BUSY:
    g_value_set_boolean (value, self->asking || self->waiting);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, measured ? (double) g_atomic_int_get (&request->done) / WHOLE : -1);
    break;
  case PROP_FAILURE:
    g_value_set_string (value, self->failure);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
pcn_explanation_dispose (GObject *object)
{
  PcnExplanation *self = PCN_EXPLANATION (object);

  stop (self);
  if (self->decoding)
    g_cancellable_cancel (self->decoding);
  g_clear_object (&self->decoding);
  g_clear_object (&self->session);
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
  g_free (self->failure);
  G_OBJECT_CLASS (pcn_explanation_parent_class)->finalize (object);
}

static void
pcn_explanation_class_init (PcnExplanationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = pcn_explanation_get_property;
  object_class->dispose = pcn_explanation_dispose;
  object_class->finalize = pcn_explanation_finalize;
  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, ro);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, ro);
  props[PROP_FAILURE] = g_param_spec_string ("failure", NULL, NULL, NULL, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
pcn_explanation_init (PcnExplanation *self)
{
}

static PcnExplanation *
create (PcnSession *session)
{
  PcnExplanation *self = g_object_new (PCN_TYPE_EXPLANATION, NULL);

  self->session = g_object_ref (session);
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
    set_failure (self, error->message);
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
