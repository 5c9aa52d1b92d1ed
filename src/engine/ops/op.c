/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/op.h"

#include "ops/registry.h"

#include <string.h>

void
nn_node_add_param (NnNode *node, const char *name, NnShape shape, NnInit init, guint fan_in, guint fan_out, gboolean decay)
{
  g_return_if_fail (node->n_params < NN_MAX_PARAMS);
  node->params[node->n_params++] = (NnParam){
    .name = name, .shape = shape, .init = init, .fan_in = fan_in, .fan_out = fan_out, .decay = decay,
  };
}

void
nn_node_add_state (NnNode *node, const char *name, NnShape shape, float value)
{
  g_return_if_fail (node->n_states < NN_MAX_STATES);
  node->states[node->n_states++] = (NnState){ .name = name, .shape = shape, .value = value };
}

void
nn_node_add_aux (NnNode *node, const char *name, NnDtype dtype, gsize size, gsize fixed)
{
  g_return_if_fail (node->n_aux < NN_MAX_AUX);
  node->aux[node->n_aux++] = (NnAux){ .name = name, .dtype = dtype, .size = size, .fixed = fixed };
}

static const NnOp *const registry[] = {
#define ROW(op) &nn_op_##op,
  NN_OPS (ROW)
#undef ROW
  NULL,
};

const NnOp *const *
nn_op_list (void)
{
  return registry;
}

const NnOp *
nn_op_find (const char *id)
{
  for (const NnOp *const *op = registry; *op; op++)
    if (strcmp ((*op)->id, id) == 0)
      return *op;
  return NULL;
}

void
nn_op_args_clear (NnOpArgs *args)
{
  for (guint i = 0; i < NN_MAX_INPUTS; i++) {
    g_clear_pointer (&args->x[i], nn_tensor_unref);
    g_clear_pointer (&args->dx[i], nn_tensor_unref);
  }
  for (guint i = 0; i < NN_MAX_PARAMS; i++) {
    g_clear_pointer (&args->param[i], nn_tensor_unref);
    g_clear_pointer (&args->grad[i], nn_tensor_unref);
  }
  for (guint i = 0; i < NN_MAX_STATES; i++)
    g_clear_pointer (&args->state[i], nn_tensor_unref);
  for (guint i = 0; i < NN_MAX_AUX; i++)
    g_clear_pointer (&args->aux[i], nn_tensor_unref);
  g_clear_pointer (&args->y, nn_tensor_unref);
  g_clear_pointer (&args->dy, nn_tensor_unref);
  g_clear_pointer (&args->step, nn_tensor_unref);
}
