/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NnRandom:
 *
 * A small seeded generator whose whole state is two words, so that a run can be saved and resumed exactly.
 * Not for secrets. Algorithm: PCG32 (O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically
 * Good Algorithms for Random Number Generation", 2014, section 6.3, XSH-RR). Not thread-safe: one a thread.
 */
typedef struct {
  guint64 state;
  guint64 stream;
} NnRandom;

/**
 * nn_random_init:
 * @self: the generator
 * @seed: the user's seed
 * @stream: which of 2^63 independent sequences of that seed: one a purpose (weights, order, augmentation)
 */
void nn_random_init (NnRandom *self, guint64 seed, guint64 stream);

/** nn_random_uint32: Returns: 32 uniform bits */
guint32 nn_random_uint32 (NnRandom *self);

/** nn_random_below: Returns: a uniform integer in [0, @bound), without modulo bias; @bound > 0 */
guint32 nn_random_below (NnRandom *self, guint32 bound);

/** nn_random_uniform: Returns: a uniform float in [0, 1) */
float nn_random_uniform (NnRandom *self);

/**
 * nn_random_word:
 *
 * Stateless: the same three numbers give the same word, on the host as on a device (kernels/common.clh). Algorithm: pcg3d
 * (Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020, section 4.2).
 */
guint32 nn_random_word (guint32 seed, guint32 step, guint32 index);

/** nn_random_normal: Returns: a float from the standard normal distribution (Box and Muller, 1958) */
float nn_random_normal (NnRandom *self);

/** nn_random_shuffle: puts the @n values into a uniformly random order (Fisher and Yates; Durstenfeld 1964) */
void nn_random_shuffle (NnRandom *self, guint32 *values, gsize n);

G_END_DECLS
