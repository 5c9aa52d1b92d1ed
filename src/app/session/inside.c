/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request goes through the trainer thread in one slice: a network that keeps all outputs is made there (of
 * the weights in training, if there are any, they are shared), run once, and dropped. That takes a few
 * milliseconds. */
#include "config.h"

#include "session/inside-private.h"
#include "session/session-private.h"

#include "train/preparation.h"

typedef struct {
  GBytes *pixels;
  guint node;
  /* The answer; NULL where the model was exchanged meanwhile. */
  NnGraph *graph;
  float *maps, *filters;
} Request;

struct _PcnInside {
  GObject parent_instance;
  PcnSession *session; /* whose part it is */
  GBytes *pixels;
  guint node;
  Request *answer;
  GCancellable *decoding;
  gboolean asking, ask_again;
};

G_DEFINE_FINAL_TYPE (PcnInside, pcn_inside, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
request_free (Request *self)
{
  g_bytes_unref (self->pixels);
  g_clear_pointer (&self->graph, nn_graph_unref);
  g_free (self->maps);
  g_free (self->filters);
  g_free (self);
}

static Request *
request_copy_answer (Request *self)
{
  Request *copy = g_new0 (Request, 1);

  copy->pixels = g_bytes_ref (self->pixels);
  copy->node = self->node;
  copy->graph = self->graph ? nn_graph_ref (self->graph) : NULL;
  copy->maps = g_steal_pointer (&self->maps);
  copy->filters = g_steal_pointer (&self->filters);
  return copy;
}

static float *
read_maps (NnInspector *inspector, NnGraph *graph, guint node, GError **error)
{
  NnMaps maps;
  gsize size = nn_inspection_get_maps (graph, node, &maps);
  g_autofree float *values = g_new0 (float, MAX (size, 1)), *pictures = g_new0 (float, MAX (size, 1));

  if (size == 0 || !nn_inspector_read (inspector, node, values, error))
    return NULL;
  nn_inspection_arrange (graph, node, values, pictures);
  return g_steal_pointer (&pictures);
}

static gboolean
step (const NnTrainerScene *scene, gpointer data, gboolean *done, GError **error)
{
  Request *request = data;
  gsize size;
  const guint8 *pixels = g_bytes_get_data (request->pixels, &size);
  NnGraph *graph = scene->model ? nn_model_get_graph (scene->model) : NULL;

  *done = TRUE;
  if (!graph || size != nn_shape_size (nn_graph_get_input_shape (graph))
      || request->node >= nn_graph_get_n_nodes (graph))
    return TRUE;
  g_autoptr (NnInspector) inspector
      = scene->weights
            ? nn_inspector_new_shared (scene->weights, nn_model_get_preprocess (scene->model), error)
            : nn_inspector_new (scene->context, scene->model, error);
  if (!inspector || !nn_inspector_run (inspector, pixels, error)
      || !(request->maps = read_maps (inspector, graph, request->node, error)))
    return FALSE;
  if (nn_inspection_find_filters (graph) > 0
      && !(request->filters = read_maps (inspector, graph, NN_INSPECTION_FILTERS, error)))
    return FALSE;
  request->graph = nn_graph_ref (graph);
  return TRUE;
}

static void ask (PcnInside *self);

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PcnInside) self = PCN_INSIDE (data);
  g_autoptr (GError) error = NULL;
  Request *request = nn_trainer_thread_call_finish (result, &error);

  self->asking = FALSE;
  /* The prediction of the same picture tells what is wrong with the device. */
  if (error)
    g_debug ("Nothing seen inside: %s", error->message);
  if (!self->session)
    return;
  if (request && request->graph && request->graph == pcn_inside_get_graph (self)) {
    g_clear_pointer (&self->answer, request_free);
    self->answer = request_copy_answer (request);
    g_signal_emit (self, signals[CHANGED], 0);
  }
  if (self->ask_again)
    ask (self);
}

static void
ask (PcnInside *self)
{
  static const NnTrainerCallFuncs funcs = { .step = step };

  self->ask_again = self->asking;
  if (self->asking || !self->pixels || !self->session->trainer || !self->session->device
      || !self->session->model)
    return;
  Request *request = g_new0 (Request, 1);
  request->pixels = g_bytes_ref (self->pixels);
  request->node = self->node;
  self->asking = TRUE;
  nn_trainer_thread_call_async (self->session->trainer, &funcs, request, (GDestroyNotify) request_free, NULL,
                                on_answered, g_object_ref (self));
}

NnGraph *
pcn_inside_get_graph (PcnInside *self)
{
  g_return_val_if_fail (PCN_IS_INSIDE (self), NULL);
  return self->session && self->session->model ? nn_model_get_graph (self->session->model) : NULL;
}

void
pcn_inside_set_node (PcnInside *self, guint node)
{
  g_return_if_fail (PCN_IS_INSIDE (self));

  self->node = node;
  ask (self);
}

static void
take_pixels (PcnInside *self, GBytes *pixels)
{
  g_clear_pointer (&self->pixels, g_bytes_unref);
  self->pixels = pixels;
  if (pixels) {
    ask (self);
    return;
  }
  g_clear_pointer (&self->answer, request_free);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
cancel_decoding (PcnInside *self)
{
  if (self->decoding)
    g_cancellable_cancel (self->decoding);
  g_clear_object (&self->decoding);
}

void
pcn_inside_set_pixels (PcnInside *self, const guint8 *pixels, gsize n_bytes)
{
  g_return_if_fail (PCN_IS_INSIDE (self));

  cancel_decoding (self);
  take_pixels (self, pixels ? g_bytes_new (pixels, n_bytes) : NULL);
}

typedef struct {
  char *path;
  NnModel *model;
} Decoding;

static void
decoding_free (Decoding *self)
{
  nn_model_unref (self->model);
  g_free (self->path);
  g_free (self);
}

static void
run_decode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Decoding *decoding = data;
  NnPixelSpec spec;
  GError *error = NULL;

  if (nn_preparation_pixel_spec (decoding->model, &spec, &error)) {
    gsize size = nn_pixel_spec_bytes (&spec);
    g_autofree guint8 *pixels = g_malloc (size);
    if (nn_decode_file (decoding->path, &spec, pixels, &error)) {
      g_task_return_pointer (task, g_bytes_new_take (g_steal_pointer (&pixels), size),
                             (GDestroyNotify) g_bytes_unref);
      return;
    }
  }
  g_task_return_error (task, error);
}

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  PcnInside *self = PCN_INSIDE (source);
  GBytes *pixels = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!pixels)
    return;
  if (!self->session || g_task_get_cancellable (G_TASK (result)) != self->decoding) {
    g_bytes_unref (pixels);
    return;
  }
  g_clear_object (&self->decoding);
  take_pixels (self, pixels);
}

void
pcn_inside_set_file (PcnInside *self, const char *path)
{
  g_return_if_fail (PCN_IS_INSIDE (self) && path);

  cancel_decoding (self);
  if (!self->session->model)
    return;
  Decoding *decoding = g_new0 (Decoding, 1);
  decoding->path = g_strdup (path);
  decoding->model = nn_model_ref (self->session->model);
  self->decoding = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, self->decoding, on_decoded, NULL);
  g_task_set_source_tag (task, pcn_inside_set_file);
  g_task_set_task_data (task, decoding, (GDestroyNotify) decoding_free);
  g_task_run_in_thread (task, run_decode);
}

void
pcn_inside_refresh (PcnInside *self)
{
  g_return_if_fail (PCN_IS_INSIDE (self));
  ask (self);
}

const guint8 *
pcn_inside_get_pixels (PcnInside *self)
{
  g_return_val_if_fail (PCN_IS_INSIDE (self), NULL);
  return self->pixels ? g_bytes_get_data (self->pixels, NULL) : NULL;
}

static const float *
get_answer (PcnInside *self, const float *values, guint node, NnMaps *maps)
{
  *maps = (NnMaps){ 0 };
  if (!values)
    return NULL;
  nn_inspection_get_maps (self->answer->graph, node, maps);
  return values;
}

const float *
pcn_inside_get_maps (PcnInside *self, NnMaps *maps)
{
  g_return_val_if_fail (PCN_IS_INSIDE (self), NULL);
  return get_answer (self, self->answer ? self->answer->maps : NULL, self->answer ? self->answer->node : 0,
                     maps);
}

const float *
pcn_inside_get_filters (PcnInside *self, NnMaps *maps)
{
  g_return_val_if_fail (PCN_IS_INSIDE (self), NULL);
  return get_answer (self, self->answer ? self->answer->filters : NULL, NN_INSPECTION_FILTERS, maps);
}

static void
on_model_changed (PcnInside *self)
{
  self->node = 0;
  pcn_inside_set_pixels (self, NULL, 0);
}

void
pcn_inside_detach (PcnInside *self)
{
  cancel_decoding (self);
  self->session = NULL;
}

static void
pcn_inside_finalize (GObject *object)
{
  PcnInside *self = PCN_INSIDE (object);

  cancel_decoding (self);
  g_clear_pointer (&self->pixels, g_bytes_unref);
  g_clear_pointer (&self->answer, request_free);
  G_OBJECT_CLASS (pcn_inside_parent_class)->finalize (object);
}

static void
pcn_inside_class_init (PcnInsideClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pcn_inside_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
pcn_inside_init (PcnInside *self)
{
}

PcnInside *
pcn_inside_new (PcnSession *session)
{
  PcnInside *self = g_object_new (PCN_TYPE_INSIDE, NULL);

  self->session = session;
  g_signal_connect_object (session, "model-changed", G_CALLBACK (on_model_changed), self, G_CONNECT_SWAPPED);
  return self;
}
