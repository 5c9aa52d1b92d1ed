/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ops/op.h"

G_BEGIN_DECLS

/** NnActivation: in the order of nn_activation_names; dense and conv2d have it as an attribute and fuse it */
typedef enum {
  NN_ACTIVATION_NONE,
  NN_ACTIVATION_RELU,
  NN_ACTIVATION_LEAKY_RELU,
  NN_ACTIVATION_SIGMOID,
  NN_ACTIVATION_TANH,
  NN_ACTIVATION_RELU6,
} NnActivation;

/** NN_LEAKY_SLOPE: of the leaky ReLU for negative input (Maas et al. 2013) */
#define NN_LEAKY_SLOPE 0.01
/** NN_RELU6_TOP: where ReLU6 ends (Howard et al. 2017, MobileNets) */
#define NN_RELU6_TOP 6.0

extern const char *const nn_activation_names[]; /* "none", "relu", …, NULL: the choices of the attribute */

/** nn_activation_is_rectifier: Returns: whether weights before it should start as He et al. 2015 say */
gboolean nn_activation_is_rectifier (NnActivation activation);

/** nn_activation_option: Returns: the build option that makes ACTIVATE(x) and ACTIVATE_GRAD(y) of common.clh this function */
const char *nn_activation_option (NnActivation activation);

/** nn_activation_backward: records dy *= f'(y) in place, from the output y; nothing for NN_ACTIVATION_NONE */
gboolean nn_activation_backward (NnOpArgs *args, NnActivation activation, GError **error);

/** The reference: f(x), and f'(x) from the output y */
double nn_activation_ref (NnActivation activation, double x);
double nn_activation_ref_grad (NnActivation activation, double y);

G_END_DECLS
