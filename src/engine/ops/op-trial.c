/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/op-trial.h"

#include "base/error.h"
#include "base/random.h"
#include "ops/attrs.h"

#include <glib/gi18n.h>
#include <string.h>

gsize
nn_trial_input_size (const NnTrial *self, guint input)
{
  return self->batch * nn_shape_size (&self->inputs[input].shape);
}

gsize
nn_trial_output_size (const NnTrial *self)
{
  return self->batch * nn_shape_size (&self->node.shape);
}

gsize
nn_trial_param_size (const NnTrial *self, guint param)
{
  return nn_shape_size (&self->node.params[param].shape);
}

gsize
nn_trial_state_size (const NnTrial *self, guint state)
{
  return nn_shape_size (&self->node.states[state].shape);
}

static gsize
aux_size (const NnTrial *self, guint aux)
{
  return self->batch * self->node.aux[aux].size + self->node.aux[aux].fixed;
}

/* Values that float32 holds exactly, so that device and reference start from the same. */
static double *
random_array (NnRandom *random, gsize n, double scale, double offset)
{
  double *values = g_new (double, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    values[i] = (double) (float) (offset + scale * (2.0 * nn_random_uniform (random) - 1.0));
  return values;
}

static gboolean
infer (NnTrial *self, const NnOpCase *op_case, GError **error)
{
  self->node = (NnNode){ .name = (char *) "trial", .op = nn_op_find (op_case->op), .index = 1 };
  if (self->node.op == NULL) {
    g_set_error (error, NN_ERROR, NN_ERROR_FAILED, _ ("There is no operator “%s”."), op_case->op);
    return FALSE;
  }
  self->node.n_inputs = self->node.op->n_inputs;
  for (guint i = 0; i < self->node.n_inputs; i++) {
    self->inputs[i] = (NnNode){ .name = (char *) "input", .op = nn_op_find ("input"), .shape = op_case->shapes[i] };
    self->node.inputs[i] = &self->inputs[i];
  }
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, op_case->attrs ? op_case->attrs : "{}", -1, error))
    return FALSE;
  JsonObject *object = json_node_get_object (json_parser_get_root (parser));
  return nn_attrs_read (self->node.op, object, 10, self->node.attrs, error) && self->node.op->infer (&self->node, error);
}

NnTrial *
nn_trial_new (const NnOpCase *op_case, gboolean training, GError **error)
{
  g_autoptr (NnTrial) self = g_new0 (NnTrial, 1);
  self->batch = op_case->batch;
  self->training = training;
  self->step[0] = 3;
  self->step[1] = 42;
  if (!infer (self, op_case, error))
    return NULL;
  NnRandom random;
  nn_random_init (&random, 7, 1);
  for (guint i = 0; i < self->node.n_inputs; i++) {
    self->x[i] = random_array (&random, nn_trial_input_size (self, i), 1, 0);
    self->dx[i] = g_new0 (double, nn_trial_input_size (self, i));
  }
  for (guint i = 0; i < self->node.n_params; i++) {
    self->param[i] = random_array (&random, nn_trial_param_size (self, i), 0.5, 0.1);
    self->grad[i] = g_new0 (double, nn_trial_param_size (self, i));
  }
  for (guint i = 0; i < self->node.n_states; i++) /* variances must be positive */
    self->state[i] = random_array (&random, nn_trial_state_size (self, i), 0.4, 1);
  for (guint i = 0; i < self->node.n_aux; i++)
    self->aux[i] = g_new0 (double, aux_size (self, i));
  self->y = g_new0 (double, nn_trial_output_size (self));
  self->dy = random_array (&random, nn_trial_output_size (self), 1, 0);
  return g_steal_pointer (&self);
}

void
nn_trial_free (NnTrial *self)
{
  g_clear_pointer (&self->forward, nn_commands_free);
  g_clear_pointer (&self->backward, nn_commands_free);
  g_clear_pointer (&self->scratch, nn_scratch_free);
  nn_op_args_clear (&self->args);
  g_clear_pointer (&self->context, nn_context_unref);
  for (guint i = 0; i < NN_MAX_INPUTS; i++) {
    g_free (self->x[i]);
    g_free (self->dx[i]);
  }
  for (guint i = 0; i < NN_MAX_PARAMS; i++) {
    g_free (self->param[i]);
    g_free (self->grad[i]);
  }
  for (guint i = 0; i < NN_MAX_STATES; i++)
    g_free (self->state[i]);
  for (guint i = 0; i < NN_MAX_AUX; i++)
    g_free (self->aux[i]);
  g_free (self->y);
  g_free (self->dy);
  g_free (self);
}

static NnRefArgs
ref_args (NnTrial *self)
{
  NnRefArgs ref = { .node = &self->node, .batch = self->batch, .training = self->training, .y = self->y, .dy = self->dy };
  for (guint i = 0; i < NN_MAX_INPUTS; i++) {
    ref.x[i] = self->x[i];
    ref.dx[i] = self->dx[i];
  }
  for (guint i = 0; i < NN_MAX_PARAMS; i++) {
    ref.param[i] = self->param[i];
    ref.grad[i] = self->grad[i];
  }
  memcpy (ref.state, self->state, sizeof ref.state);
  memcpy (ref.aux, self->aux, sizeof ref.aux);
  memcpy (ref.step, self->step, sizeof ref.step);
  return ref;
}

void
nn_trial_ref_forward (NnTrial *self)
{
  NnRefArgs ref = ref_args (self);
  self->node.op->ref_forward (&ref);
}

void
nn_trial_ref_backward (NnTrial *self)
{
  NnRefArgs ref = ref_args (self);
  self->node.op->ref_backward (&ref);
}

/* A device tensor with these values; NULL values leave it full of 0xff, so that what is not written shows. */
static NnTensor *
upload (NnContext *context, NnDtype dtype, gsize size, const double *values, GError **error)
{
  g_autoptr (NnTensor) tensor = nn_tensor_new (context, dtype, size, error);
  if (tensor == NULL)
    return NULL;
  g_autofree guint8 *bytes = g_malloc (nn_tensor_get_bytes (tensor));
  memset (bytes, 0xff, nn_tensor_get_bytes (tensor));
  for (gsize i = 0; values && i < size; i++)
    ((float *) bytes)[i] = (float) values[i];
  if (!nn_tensor_upload (tensor, bytes, error))
    return NULL;
  return g_steal_pointer (&tensor);
}

static gboolean
upload_all (NnTrial *self, GError **error)
{
  NnOpArgs *args = &self->args;
  NnContext *c = self->context;
  gsize n = nn_trial_output_size (self);
  gboolean ok = (args->y = upload (c, NN_DTYPE_FLOAT32, n, NULL, error)) != NULL &&
                (args->dy = upload (c, NN_DTYPE_FLOAT32, n, self->dy, error)) != NULL &&
                (args->step = nn_tensor_new (c, NN_DTYPE_INT32, 4, error)) != NULL &&
                nn_tensor_upload (args->step, self->step, error);
  for (guint i = 0; ok && i < self->node.n_inputs; i++) {
    n = nn_trial_input_size (self, i);
    ok = (args->x[i] = upload (c, NN_DTYPE_FLOAT32, n, self->x[i], error)) != NULL &&
         (self->is_first || (args->dx[i] = upload (c, NN_DTYPE_FLOAT32, n, NULL, error)) != NULL);
  }
  for (guint i = 0; ok && i < self->node.n_params; i++) {
    n = nn_trial_param_size (self, i);
    ok = (args->param[i] = upload (c, NN_DTYPE_FLOAT32, n, self->param[i], error)) != NULL &&
         (args->grad[i] = upload (c, NN_DTYPE_FLOAT32, n, NULL, error)) != NULL;
  }
  for (guint i = 0; ok && i < self->node.n_states; i++)
    ok = (args->state[i] = upload (c, NN_DTYPE_FLOAT32, nn_trial_state_size (self, i), self->state[i], error)) != NULL;
  for (guint i = 0; ok && i < self->node.n_aux; i++)
    ok = (args->aux[i] = upload (c, self->node.aux[i].dtype, aux_size (self, i), NULL, error)) != NULL;
  return ok;
}

gboolean
nn_trial_record (NnTrial *self, NnContext *context, GError **error)
{
  self->context = nn_context_ref (context);
  self->args.ctx = context;
  self->args.node = &self->node;
  self->args.batch = self->batch;
  self->args.training = self->training;
  if (!upload_all (self, error))
    return FALSE;
  self->args.scratch = self->scratch = nn_scratch_new (context);
  self->args.commands = self->forward = nn_commands_new (context);
  if (!self->node.op->forward (&self->args, error))
    return FALSE;
  nn_scratch_release (self->scratch);
  self->args.commands = self->backward = nn_commands_new (context);
  return !self->training || self->node.op->backward (&self->args, error);
}

float *
nn_trial_download (NnTensor *tensor, GError **error)
{
  g_autofree float *values = g_new (float, tensor->size);
  return nn_tensor_download (tensor, values, error) ? g_steal_pointer (&values) : NULL;
}
