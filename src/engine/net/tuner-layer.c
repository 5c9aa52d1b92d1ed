/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/tuner-layer.h"

#include "base/random.h"

#include <math.h>

/* Random numbers, repeated over a tensor. */
#define PERIOD 65521

static NnTensor *
make_filled (NnContext *context, gsize size, double scale, double offset, GError **error)
{
  g_autoptr (NnTensor) tensor = nn_tensor_new (context, NN_DTYPE_FLOAT32, size, error);
  if (tensor == NULL)
    return NULL;
  NnRandom random;
  nn_random_init (&random, 11, size);
  g_autofree float *values = g_new (float, size);
  for (gsize i = 0; i < size; i++)
    values[i] = i < PERIOD ? (float) (offset + scale * (2.0 * (double) nn_random_uniform (&random) - 1.0)) : values[i - PERIOD];
  return nn_tensor_upload (tensor, values, error) ? g_steal_pointer (&tensor) : NULL;
}

/* Something that the layer writes. */
static NnTensor *
make_result (NnTunerLayer *self, gsize size, GError **error)
{
  NnTensor *tensor = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, size, error);
  if (tensor != NULL)
    g_ptr_array_add (self->results, tensor);
  return tensor;
}

static gboolean
make_weights (NnTunerLayer *self, GError **error)
{
  const NnNode *node = self->node;
  NnOpArgs *args = &self->args;
  for (guint i = 0; i < node->n_params; i++) {
    gsize size = nn_shape_size (&node->params[i].shape);
    double scale = sqrt (3.0 / MAX (node->params[i].fan_in, 1));
    if ((args->param[i] = make_filled (self->context, size, scale, 0, error)) == NULL ||
        (args->grad[i] = make_result (self, size, error)) == NULL)
      return FALSE;
  }
  for (guint i = 0; i < node->n_states; i++)
    if ((args->state[i] = make_filled (self->context, nn_shape_size (&node->states[i].shape), 0.1, 1, error)) == NULL)
      return FALSE;
  for (guint i = 0; i < node->n_aux; i++) {
    gsize size = args->batch * node->aux[i].size + node->aux[i].fixed;
    if ((args->aux[i] = nn_tensor_new (self->context, node->aux[i].dtype, size, error)) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
make_tensors (NnTunerLayer *self, gboolean wants_dx, GError **error)
{
  const NnNode *node = self->node;
  NnOpArgs *args = &self->args;
  gsize n = args->batch * nn_shape_size (&node->shape);
  static const guint32 step[4] = { 3, 42, 0, 0 };
  for (guint i = 0; i < node->n_inputs; i++) {
    gsize size = args->batch * nn_shape_size (&node->inputs[i]->shape);
    if ((args->x[i] = make_filled (self->context, size, 1, 0, error)) == NULL ||
        (wants_dx && (args->dx[i] = make_result (self, size, error)) == NULL))
      return FALSE;
  }
  return (args->y = make_result (self, n, error)) != NULL &&
         (args->dy = nn_tensor_new (self->context, NN_DTYPE_FLOAT32, n, error)) != NULL &&
         (self->dy_kept = make_filled (self->context, n, 1, 0, error)) != NULL &&
         (args->step = nn_tensor_new (self->context, NN_DTYPE_INT32, 4, error)) != NULL &&
         nn_tensor_upload (args->step, step, error) && make_weights (self, error);
}

NnTunerLayer *
nn_tuner_layer_new (NnContext *context, const NnNode *node, guint batch, gboolean wants_dx, GError **error)
{
  g_autoptr (NnTunerLayer) self = g_new0 (NnTunerLayer, 1);
  self->context = nn_context_ref (context);
  self->node = node;
  self->results = g_ptr_array_new ();
  self->scratch = nn_scratch_new (context);
  self->args = (NnOpArgs){ .ctx = context, .node = node, .batch = batch, .training = TRUE, .scratch = self->scratch };
  return make_tensors (self, wants_dx, error) ? g_steal_pointer (&self) : NULL;
}

void
nn_tuner_layer_free (NnTunerLayer *self)
{
  nn_op_args_clear (&self->args);
  g_clear_pointer (&self->dy_kept, nn_tensor_unref);
  g_ptr_array_unref (self->results);
  nn_scratch_free (self->scratch);
  nn_context_unref (self->context);
  g_free (self);
}

void
nn_tuner_launches_free (NnTunerLaunches *self)
{
  g_clear_pointer (&self->forward, nn_commands_free);
  g_clear_pointer (&self->backward, nn_commands_free);
  g_free (self);
}

NnTunerLaunches *
nn_tuner_layer_record (NnTunerLayer *self, NnTunerPass *now, GError **error)
{
  g_autoptr (NnTunerLaunches) launches = g_new0 (NnTunerLaunches, 1);
  launches->forward = nn_commands_new (self->context);
  launches->backward = nn_commands_new (self->context);
  *now = NN_TUNER_FORWARD;
  nn_scratch_release (self->scratch);
  self->args.commands = launches->forward;
  if (!self->node->op->forward (&self->args, error) || !nn_commands_prepare (launches->forward, error))
    return NULL;
  *now = NN_TUNER_BACKWARD;
  nn_scratch_release (self->scratch);
  self->args.commands = launches->backward;
  if (!self->node->op->backward (&self->args, error) || !nn_commands_prepare (launches->backward, error))
    return NULL;
  return g_steal_pointer (&launches);
}

/* Backward changes dy, and may change what forward has kept. */
static gboolean
restore (NnTunerLayer *self, NnTunerLaunches *launches, GError **error)
{
  NnBuffer *dy = self->args.dy->buffer, *kept = self->dy_kept->buffer;
  cl_int status = clEnqueueCopyBuffer (nn_context_get_queue (self->context), nn_buffer_get_cl (kept), nn_buffer_get_cl (dy), 0, 0,
                                       nn_buffer_get_size (kept), 0, NULL, NULL);
  if (status != CL_SUCCESS)
    return nn_error_set_cl (error, status, "Could not copy");
  return (self->node->n_aux == 0 || nn_commands_run (launches->forward, NULL, error)) &&
         nn_context_finish (self->context, error);
}

gboolean
nn_tuner_layer_time (NnTunerLayer *self, NnTunerLaunches *launches, NnTunerPass passes, double *milliseconds, GError **error)
{
  if ((passes & NN_TUNER_BACKWARD) != 0 && !restore (self, launches, error))
    return FALSE;
  gint64 start = g_get_monotonic_time ();
  if (((passes & NN_TUNER_FORWARD) != 0 && !nn_commands_run (launches->forward, NULL, error)) ||
      ((passes & NN_TUNER_BACKWARD) != 0 && !nn_commands_run (launches->backward, NULL, error)) ||
      !nn_context_finish (self->context, error))
    return FALSE;
  *milliseconds = (double) (g_get_monotonic_time () - start) * 1e-3;
  return TRUE;
}

float *
nn_tuner_layer_get_results (NnTunerLayer *self, NnTunerLaunches *base, NnTunerLaunches *launches, NnTunerPass passes,
                            GError **error)
{
  gsize size = 0, at = 0;
  /* What isn't written must show. */
  for (guint i = 0; i < self->results->len; i++) {
    const NnTensor *tensor = self->results->pdata[i];
    if (!nn_buffer_zero (tensor->buffer, error))
      return NULL;
    size += tensor->size;
  }
  NnTunerLaunches *before = (passes & NN_TUNER_FORWARD) != 0 ? launches : base;
  if (!nn_commands_run (before->forward, NULL, error) ||
      ((passes & NN_TUNER_BACKWARD) != 0 &&
       (!restore (self, before, error) || !nn_commands_run (launches->backward, NULL, error))))
    return NULL;
  g_autofree float *values = g_new (float, size);
  for (guint i = 0; i < self->results->len; i++) {
    NnTensor *tensor = self->results->pdata[i];
    if (!nn_tensor_download (tensor, values + at, error))
      return NULL;
    at += tensor->size;
  }
  return g_steal_pointer (&values);
}

/* The largest difference of @size numbers, as a part of the largest. */
static double
compare (const float *values, const float *wanted, gsize size)
{
  double scale = 1e-6, worst = 0;
  for (gsize i = 0; i < size; i++) {
    double difference = fabs ((double) values[i] - (double) wanted[i]);
    scale = MAX (scale, fabs ((double) wanted[i]));
    worst = difference <= worst ? worst : isfinite (difference) ? difference : INFINITY;
  }
  return worst / scale;
}

double
nn_tuner_layer_compare (NnTunerLayer *self, NnTunerPass passes, const float *results, const float *wanted)
{
  double worst = 0;
  for (guint t = 0; t < self->results->len; t++) {
    const NnTensor *tensor = self->results->pdata[t];
    NnTunerPass pass = tensor == self->args.y ? NN_TUNER_FORWARD : NN_TUNER_BACKWARD;
    if ((passes & pass) != 0)
      worst = MAX (worst, compare (results, wanted, tensor->size));
    results += tensor->size;
    wanted += tensor->size;
  }
  return worst;
}
