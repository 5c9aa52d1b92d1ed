/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The activation functions: fused into dense and conv2d, and as operators of their own. */
#include "ops/activation.h"

#include "ops/registry.h"

#include <math.h>

const char *const nn_activation_names[] = { "none", "relu", "leaky_relu", "sigmoid", "tanh", "relu6", NULL };

gboolean
nn_activation_is_rectifier (NnActivation activation)
{
  return activation == NN_ACTIVATION_RELU || activation == NN_ACTIVATION_LEAKY_RELU
         || activation == NN_ACTIVATION_RELU6;
}

const char *
nn_activation_option (NnActivation activation)
{
  switch (activation) {
  case NN_ACTIVATION_RELU:
    return "-D ACT_RELU";
  case NN_ACTIVATION_LEAKY_RELU:
    return "-D ACT_LEAKY_RELU -D LEAKY_SLOPE=" G_STRINGIFY (NN_LEAKY_SLOPE) "f";
  case NN_ACTIVATION_SIGMOID:
    return "-D ACT_SIGMOID";
  case NN_ACTIVATION_TANH:
    return "-D ACT_TANH";
  case NN_ACTIVATION_RELU6:
    return "-D ACT_RELU6 -D RELU6_TOP=" G_STRINGIFY (NN_RELU6_TOP) "f";
  case NN_ACTIVATION_NONE:
  default:
    return "-D ACT_NONE";
  }
}

double
nn_activation_ref (NnActivation activation, double x)
{
  switch (activation) {
  case NN_ACTIVATION_RELU:
    return MAX (x, 0);
  case NN_ACTIVATION_LEAKY_RELU:
    return x > 0 ? x : NN_LEAKY_SLOPE * x;
  case NN_ACTIVATION_SIGMOID:
    return 1 / (1 + exp (-x));
  case NN_ACTIVATION_TANH:
    return tanh (x);
  case NN_ACTIVATION_RELU6:
    return CLAMP (x, 0, NN_RELU6_TOP);
  case NN_ACTIVATION_NONE:
  default:
    return x;
  }
}

double
nn_activation_ref_grad (NnActivation activation, double y)
{
  switch (activation) {
  case NN_ACTIVATION_RELU:
    return y > 0 ? 1 : 0;
  case NN_ACTIVATION_LEAKY_RELU:
    return y > 0 ? 1 : NN_LEAKY_SLOPE;
  case NN_ACTIVATION_SIGMOID:
    return y * (1 - y);
  case NN_ACTIVATION_TANH:
    return 1 - y * y;
  case NN_ACTIVATION_RELU6:
    return y > 0 && y < NN_RELU6_TOP ? 1 : 0;
  case NN_ACTIVATION_NONE:
  default:
    return 1;
  }
}

static gboolean
record_backward (NnOpArgs *args, NnActivation activation, NnTensor *dx, GError **error)
{
  g_autofree char *options = g_strconcat ("-D ACTIVATION_BACKWARD ", nn_activation_option (activation), NULL);
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "activation_backward", .options = options, .dims = 1,
                      .label = args->node->name };
  nn_commands_linear (args->ctx, args->dy->size, launch.global, launch.local);
  return nn_commands_launch (args->commands, &launch,
                             NN_ARGS (NN_UINT (args->dy->size), NN_TENSOR (args->y), NN_TENSOR (args->dy), NN_TENSOR (dx)),
                             error);
}

gboolean
nn_activation_backward (NnOpArgs *args, NnActivation activation, GError **error)
{
  return activation == NN_ACTIVATION_NONE || record_backward (args, activation, args->dy, error);
}

/* The operators: which function is told by the operator that the node has. */

static NnActivation node_activation (const NnNode *node);

static gboolean
infer (NnNode *node, GError **error)
{
  node->shape = node->inputs[0]->shape;
  return TRUE;
}

static gboolean
forward (NnOpArgs *args, GError **error)
{
  const char *activation = nn_activation_option (node_activation (args->node));
  g_autofree char *options = g_strconcat ("-D ACTIVATION_FORWARD ", activation, NULL);
  NnLaunch launch = { .file = "elementwise.cl", .kernel = "activation_forward", .options = options, .dims = 1,
                      .label = args->node->name };
  nn_commands_linear (args->ctx, args->y->size, launch.global, launch.local);
  return nn_commands_launch (args->commands, &launch,
                             NN_ARGS (NN_UINT (args->y->size), NN_TENSOR (args->x[0]), NN_TENSOR (args->y)), error);
}

static gboolean
backward (NnOpArgs *args, GError **error)
{
  return args->dx[0] == NULL || record_backward (args, node_activation (args->node), args->dx[0], error);
}

static void
ref_forward (const NnRefArgs *args)
{
  gsize n = args->batch * nn_shape_size (&args->node->shape);
  for (gsize i = 0; i < n; i++)
    args->y[i] = nn_activation_ref (node_activation (args->node), args->x[0][i]);
}

static void
ref_backward (const NnRefArgs *args)
{
  gsize n = args->batch * nn_shape_size (&args->node->shape);
  for (gsize i = 0; i < n; i++)
    args->dx[0][i] = args->dy[i] * nn_activation_ref_grad (node_activation (args->node), args->y[i]);
}

#define ACTIVATION_OP(name, people) \
  const NnOp nn_op_##name = { \
    .id = #name, .title = people, .n_inputs = 1, .infer = infer, .forward = forward, .backward = backward, \
    .ref_forward = ref_forward, .ref_backward = ref_backward, \
  }
ACTIVATION_OP (relu, "ReLU");
ACTIVATION_OP (leaky_relu, "Leaky ReLU");
ACTIVATION_OP (sigmoid, "Sigmoid");
ACTIVATION_OP (tanh, "Tanh");
ACTIVATION_OP (relu6, "ReLU6");

static NnActivation
node_activation (const NnNode *node)
{
  for (guint i = 1; nn_activation_names[i]; i++)
    if (g_str_equal (nn_activation_names[i], node->op->id))
      return (NnActivation) i;
  g_assert_not_reached ();
}
