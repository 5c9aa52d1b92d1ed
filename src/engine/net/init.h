/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/random.h"
#include "ops/op.h"

G_BEGIN_DECLS

/** nn_init_fill: fills @values with the starting values of a weight, as its NnInit says */
void nn_init_fill (const NnParam *param, NnRandom *random, float *values);

G_END_DECLS
