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
  { "avg_pool", NULL, { { 3, { 7, 5, 3 } } }, 2, TRUE },
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
  { "rnn", "{\"units\":5}", { { 3, { 3, 4, 1 } } }, 2, TRUE },
  { "rnn", "{\"units\":1,\"activation\":\"relu\",\"return_sequences\":true}", { { 2, { 4, 3 } } }, 1, TRUE },
  { "rnn", "{\"units\":33,\"return_sequences\":true}", { { 3, { 5, 3, 3 } } }, 13, FALSE },
  { "rnn", "{\"units\":80}", { { 2, { 3, 7 } } }, 19, FALSE },
  { "lstm", "{\"units\":3}", { { 3, { 3, 2, 2 } } }, 2, TRUE },
  { "lstm", "{\"units\":17,\"return_sequences\":true}", { { 2, { 4, 5 } } }, 7, FALSE },
  { "lstm", "{\"units\":1}", { { 2, { 1, 1 } } }, 1, TRUE },
  { "lstm", "{\"units\":64}", { { 3, { 7, 28, 1 } } }, 32, FALSE },
  { "gru", "{\"units\":3}", { { 3, { 3, 2, 2 } } }, 2, TRUE },
  { "gru", "{\"units\":19,\"return_sequences\":true}", { { 2, { 4, 5 } } }, 7, FALSE },
  { "gru", "{\"units\":48}", { { 3, { 5, 3, 3 } } }, 23, FALSE },
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
