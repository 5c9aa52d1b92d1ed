/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shapes every operator is checked with: one, primes, one more than a vector or a tile, larger than a tile. */
#include "ops/op-cases.h"


static const NnOpCase cases[] = {
  { "flatten", NULL, { { 3, { 3, 2, 5 } } }, 2, TRUE },
  { "relu", NULL, { { 1, { 67 } } }, 3, TRUE },
  { "relu", NULL, { { 3, { 14, 14, 32 } } }, 16, FALSE },
  { "leaky_relu", NULL, { { 1, { 67 } } }, 3, TRUE },
  { "sigmoid", NULL, { { 1, { 67 } } }, 3, TRUE },
  { "tanh", NULL, { { 1, { 67 } } }, 3, TRUE },
  { "add", NULL, { { 3, { 5, 3, 7 } }, { 3, { 5, 3, 7 } } }, 2, TRUE },
  { "dropout", "{\"rate\":0.25}", { { 1, { 129 } } }, 3, TRUE },
  { "max_pool", NULL, { { 3, { 4, 4, 1 } } }, 2, TRUE },
  { "max_pool", NULL, { { 3, { 7, 5, 3 } } }, 2, TRUE },
  { "max_pool", NULL, { { 3, { 28, 28, 32 } } }, 5, FALSE },
  { "max_pool", "{\"size\":3,\"stride\":2,\"padding\":\"same\"}", { { 3, { 7, 6, 8 } } }, 2, TRUE },
  { "max_pool", "{\"size\":[3,2],\"stride\":[1,3]}", { { 3, { 9, 11, 17 } } }, 3, FALSE },
  { "max_pool", "{\"size\":5,\"stride\":1,\"padding\":\"same\"}", { { 3, { 3, 4, 20 } } }, 3, FALSE },
  { "max_pool", "{\"size\":3,\"stride\":2,\"padding\":\"explicit\",\"pads_begin\":1,\"pads_end\":[1,2]}",
    { { 3, { 8, 7, 4 } } }, 2, TRUE },
  { "avg_pool", NULL, { { 3, { 7, 5, 3 } } }, 2, TRUE },
  { "avg_pool", "{\"size\":3,\"stride\":2,\"padding\":\"explicit\",\"pads_begin\":[1,0],\"pads_end\":[0,1]}",
    { { 3, { 8, 7, 4 } } }, 2, TRUE },
  { "avg_pool", "{\"size\":3,\"stride\":2,\"padding\":\"same\"}", { { 3, { 7, 6, 8 } } }, 2, TRUE },
  { "avg_pool", "{\"size\":2,\"stride\":1}", { { 3, { 12, 9, 48 } } }, 3, FALSE },
  { "global_avg_pool", NULL, { { 3, { 3, 5, 7 } } }, 2, TRUE },
  { "global_avg_pool", NULL, { { 3, { 4, 4, 128 } } }, 32, FALSE },
  { "dense", "{\"units\":1}", { { 1, { 1 } } }, 1, TRUE },
  { "dense", "{\"units\":17}", { { 1, { 33 } } }, 3, TRUE },
  { "dense", "{\"units\":33,\"activation\":\"relu\"}", { { 3, { 2, 3, 5 } } }, 7, TRUE },
  { "dense", "{\"units\":5,\"bias\":false,\"activation\":\"tanh\"}", { { 1, { 130 } } }, 1, TRUE },
  { "dense", "{\"units\":10,\"activation\":\"sigmoid\"}", { { 1, { 512 } } }, 127, FALSE },
  { "dense", "{\"units\":130,\"activation\":\"leaky_relu\"}", { { 1, { 600 } } }, 33, FALSE },
  { "dense", "{\"units\":600}", { { 1, { 64 } } }, 600, FALSE },
  { "batch_norm", NULL, { { 3, { 3, 3, 3 } } }, 3, TRUE },
  { "batch_norm", "{\"activation\":\"relu\",\"momentum\":0.3}", { { 1, { 17 } } }, 12, TRUE },
  { "batch_norm", "{\"activation\":\"leaky_relu\"}", { { 2, { 5, 70 } } }, 11, FALSE },
  { "batch_norm", "{\"activation\":\"sigmoid\"}", { { 1, { 1 } } }, 9, FALSE },
  { "batch_norm", NULL, { { 3, { 9, 7, 32 } } }, 7, FALSE },
  { "rnn", "{\"units\":5}", { { 3, { 3, 4, 1 } } }, 2, TRUE },
  { "rnn", "{\"units\":1,\"activation\":\"relu\",\"return_sequences\":true}", { { 2, { 4, 3 } } }, 1, TRUE },
  { "rnn", "{\"units\":33,\"return_sequences\":true}", { { 3, { 5, 3, 3 } } }, 13, FALSE },
  { "rnn", "{\"units\":20}", { { 2, { 2, 3 } } }, 2, TRUE },
  { "rnn", "{\"units\":80}", { { 2, { 3, 7 } } }, 19, FALSE },
  { "lstm", "{\"units\":3}", { { 3, { 3, 2, 2 } } }, 2, TRUE },
  { "lstm", "{\"units\":17,\"return_sequences\":true}", { { 2, { 4, 5 } } }, 7, FALSE },
  { "lstm", "{\"units\":1}", { { 2, { 1, 1 } } }, 1, TRUE },
  { "lstm", "{\"units\":64}", { { 3, { 7, 28, 1 } } }, 32, FALSE },
  { "gru", "{\"units\":3}", { { 3, { 3, 2, 2 } } }, 2, TRUE },
  { "gru", "{\"units\":19,\"return_sequences\":true}", { { 2, { 4, 5 } } }, 7, FALSE },
  { "gru", "{\"units\":48}", { { 3, { 5, 3, 3 } } }, 23, FALSE },
  { "conv2d", "{\"filters\":1,\"kernel\":1}", { { 3, { 1, 1, 1 } } }, 1, TRUE },
  { "conv2d", "{\"filters\":17,\"activation\":\"relu\"}", { { 3, { 5, 4, 1 } } }, 2, TRUE },
  { "conv2d", "{\"filters\":3,\"kernel\":5}", { { 3, { 3, 2, 3 } } }, 1, TRUE },
  { "conv2d", "{\"filters\":5,\"stride\":2,\"activation\":\"tanh\"}", { { 3, { 6, 7, 3 } } }, 2, TRUE },
  { "conv2d", "{\"filters\":8,\"kernel\":[2,3],\"padding\":\"valid\",\"bias\":false}", { { 3, { 5, 4, 5 } } }, 2, TRUE },
  { "conv2d", "{\"filters\":6,\"groups\":3}", { { 3, { 4, 5, 3 } } }, 2, TRUE },
  { "conv2d", "{\"filters\":4,\"kernel\":3,\"stride\":2,\"padding\":\"explicit\",\"pads_begin\":[1,0],\"pads_end\":[0,2]}", { { 3, { 5, 6, 2 } } }, 2, TRUE },
  { "conv2d", "{\"filters\":32,\"activation\":\"relu\"}", { { 3, { 28, 28, 1 } } }, 7, FALSE },
  { "conv2d", "{\"filters\":64,\"activation\":\"relu\"}", { { 3, { 14, 14, 32 } } }, 5, FALSE },
  { "conv2d", "{\"filters\":33,\"activation\":\"leaky_relu\"}", { { 3, { 9, 13, 17 } } }, 3, FALSE },
  { "conv2d", "{\"filters\":130,\"kernel\":[1,3],\"activation\":\"sigmoid\"}", { { 3, { 5, 7, 33 } } }, 1, FALSE },
  { "conv2d", "{\"filters\":10,\"kernel\":1}", { { 3, { 7, 5, 130 } } }, 33, FALSE },
  { "conv2d", "{\"filters\":34,\"kernel\":5,\"stride\":[1,3],\"padding\":\"valid\"}", { { 3, { 17, 33, 5 } } }, 3, FALSE },
  { "conv2d", "{\"filters\":32,\"kernel\":7,\"stride\":2}", { { 3, { 32, 29, 3 } } }, 3, FALSE },
  { "conv2d", "{\"filters\":16,\"activation\":\"relu\"}", { { 3, { 4, 4, 16 } } }, 1, TRUE },
  { "conv2d", "{\"filters\":24,\"activation\":\"tanh\"}", { { 3, { 7, 11, 16 } } }, 3, FALSE },
  { "conv2d", "{\"filters\":48,\"padding\":\"valid\"}", { { 3, { 14, 13, 32 } } }, 7, FALSE },
  { "conv2d", "{\"filters\":16,\"padding\":\"explicit\",\"pads_begin\":[2,0],\"pads_end\":[1,2],\"bias\":false}", { { 3, { 12, 8, 144 } } }, 2, FALSE },
  { "conv2d", "{\"filters\":64,\"groups\":2,\"stride\":2}", { { 3, { 9, 8, 34 } } }, 3, FALSE },
  { "conv2d", "{\"filters\":40,\"groups\":40,\"stride\":2}", { { 3, { 9, 8, 40 } } }, 3, FALSE },
  { "conv2d", "{\"filters\":16,\"groups\":16,\"activation\":\"relu\"}", { { 3, { 5, 7, 16 } } }, 2, TRUE },
  { "conv2d", "{\"filters\":48,\"groups\":48,\"kernel\":5,\"stride\":2,\"activation\":\"tanh\"}", { { 3, { 14, 11, 48 } } }, 3, FALSE },
  { "conv2d", "{\"filters\":8,\"groups\":8,\"kernel\":[1,7],\"stride\":[1,3],\"padding\":\"valid\",\"bias\":false}", { { 3, { 3, 29, 8 } } }, 2, FALSE },
  { "conv2d", "{\"filters\":32,\"groups\":32,\"kernel\":5}", { { 3, { 2, 3, 32 } } }, 1, FALSE },
  { "conv2d", "{\"filters\":16,\"kernel\":2,\"stride\":3}", { { 3, { 10, 11, 8 } } }, 3, FALSE },
  { "conv2d", "{\"filters\":24,\"kernel\":3}", { { 3, { 1, 1, 65 } } }, 127, FALSE },
  { "conv2d", "{\"filters\":16,\"kernel\":3}", { { 3, { 70, 90, 3 } } }, 1, FALSE },
  { 0 },
};

const NnOpCase *
nn_op_cases (void)
{
  return cases;
}

char *
nn_op_case_name (const NnOpCase *self)
{
  g_autofree char *shape = nn_shape_to_string (&self->shapes[0]);
  return g_strdup_printf ("%s %s%s%s batch %u", self->op, self->attrs ? self->attrs : "", self->attrs ? " " : "", shape,
                          self->batch);
}
