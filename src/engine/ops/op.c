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
